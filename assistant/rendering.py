"""Pure: an Answer as the chat's Markdown, as the sources panel's HTML and as plain text."""

import re
from collections.abc import Iterator
from html import escape

from knowledge import Passage, Reference

from .answers import Answer, Citation
from .noting import french_date, is_old

# Characters that Markdown could read as more than themselves.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+!|~$>.-])")
_CONTEXT = 320


def chat_markdown(answer: Answer, turn: int) -> str:
    """The answer for the chat of `turn` (from 1): each mark links to its card in the panel; no source text is markup."""
    marked = re.sub(
        r" ((?:\[\d+\] ?)+)(?=\n|$| )",
        lambda match: " " + _linked(match.group(1), turn),
        "\n".join(_escaped_line(line) for line in answer.text.split("\n")),
    )
    parts = [marked, *(f"*{_escaped(note)}*" for note in answer.notes)]
    if answer.is_abstention and answer.leads:
        parts.append("\n".join(f"- {_lead(lead)}" for lead in answer.leads))
    return "\n\n".join(parts)


def _escaped_line(line: str) -> str:
    """Bullets and marks [n] stay; all else is words."""
    bullet, text = ("- ", line[2:]) if line.startswith("- ") else ("", line)
    body, marks = re.fullmatch(r"(.*?)((?: \[\d+\])*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return bullet + "".join(_sentences(body)) + marks


def _sentences(text: str) -> Iterator[str]:
    """Words escaped, marks [n] inside the line kept."""
    for piece in re.split(r"( \[\d+\])", text):
        yield piece if re.fullmatch(r" \[\d+\]", piece) else _escaped(piece)


def _escaped(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", escape(text, quote=False))


def _linked(marks: str, turn: int) -> str:
    numbers = re.findall(r"\d+", marks)
    return " ".join(f"[\\[{number}\\]](#{card_id(turn, int(number))})" for number in numbers) + " "


def card_id(turn: int, number: int) -> str:
    return f"source-{turn}-{number}"


def _lead(lead: Passage) -> str:
    place = f"{lead.part} › " if lead.part else ""
    return f"{_escaped(place + lead.title)}"


def panel_html(answer: Answer, turn: int, year: int) -> str:
    """The cards of an answer's citations, one line of HTML each; every word of a source is escaped."""
    cards = "\n\n".join(_card(citation, turn, year) for citation in answer.citations)
    return cards or "Aucune source n'est citée : l'assistant n'a pas répondu à cette question."


def _card(citation: Citation, turn: int, year: int) -> str:
    before, after = _clipped(citation)
    number = citation.number
    context = f"{_words(before)}<mark>{_words(citation.quote)}</mark>{_words(after)}"
    return (
        f'<section id="{card_id(turn, number)}" class="source" tabindex="-1">'
        f"<h3>[{number}] {escape(citation.passage.title)}</h3>"
        f'<p class="place">{escape(citation.place)}</p>'
        f"<blockquote>{context}</blockquote>"
        f"<ul>{''.join(_origins(citation, year))}</ul>"
        "</section>"
    )


def _origins(citation: Citation, year: int) -> Iterator[str]:
    passage = citation.passage
    for reference in citation.references:
        yield f"<li>{_reference(reference, year)}</li>"
    own = ", ".join(
        filter(None, (escape(passage.publisher), _dated(passage.date, "mis à jour le " if passage.part else "")))
    )
    if citation.link:
        own += f" — {_anchor(citation.link, 'ouvrir au passage')}"
    if own:
        yield f"<li>{own}</li>"


def _reference(reference: Reference, year: int) -> str:
    title = f"« {escape(reference.title)} »"
    linked = _anchor(reference.url, title) if reference.url.startswith(("https://", "http://")) else title
    age = ' <strong class="old">plus de cinq ans</strong>' if is_old(reference.date, year) else ""
    return f"{escape(reference.publisher)}, {linked}, {french_date(reference.date)}{age}"


def _anchor(url: str, html: str) -> str:
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{html}</a>'


def _dated(iso: str, prefix: str) -> str:
    return f"{prefix}{french_date(iso)}" if iso else ""


def _clipped(citation: Citation) -> tuple[str, str]:
    """The words around the quote, cut between words."""
    before, after = citation.before, citation.after
    if len(before) > _CONTEXT:
        before = "… " + before[-_CONTEXT:].split(" ", 1)[-1]
    if len(after) > _CONTEXT:
        after = after[:_CONTEXT].rsplit(" ", 1)[0] + " …"
    return before.lstrip("\n"), after.rstrip("\n")


def _words(text: str) -> str:
    return re.sub(r"\n+", "<br>", escape(text))


def plain_text(answer: Answer) -> str:
    """The answer for a terminal: marks, then the sources with the words they are cited for."""
    lines = [answer.text, *(f"({note})" for note in answer.notes)]
    if answer.citations:
        lines.append("Sources :")
    for citation in answer.citations:
        lines.append(f"[{citation.number}] {citation.place} ({citation.passage.source})")
        lines.append(f"    « {' '.join(citation.quote.split())} »")
        for reference in citation.references:
            lines.append(
                f"    {reference.publisher}, « {reference.title} », {french_date(reference.date)} — {reference.url}"
            )
    for lead in answer.leads:
        lines.append(f"Piste : {lead.part + ' › ' if lead.part else ''}{lead.title} ({lead.source})")
    return "\n".join(lines)
