"""Pure: a conversation as the chat's Markdown and the sources panel's HTML, an answer as plain text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from knowledge import Passage, Reference

from .answers import Answer, Citation, Claim, Layout, Mode
from .clipping import clipped, excerpt
from .noting import french_date, is_old

NO_SOURCES = "Les sources citées apparaîtront ici."
_NOTHING_CITED = "Aucune source n'est citée : l'assistant n'a pas répondu à cette question."
_WRITTEN = "Texte rédigé par un modèle de langue, puis confronté aux sources phrase par phrase."
_ASKED = 90
_FORMATS = {"md": "Markdown", "docx": "DOCX (Word)", "odt": "ODT (LibreOffice)"}


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what came of it: an answer, and the sentence that says why there is none or no more of it."""

    question: str
    answer: Answer | None = None
    problem: str = ""
    # The question could not be taken as it is: it leaves the conversation with the next one.
    is_rejected: bool = False
    # What its answer is opened again with, once it is complete, and whether it is kept for that.
    code: str = ""
    is_kept: bool = False
    # The code of the conversation that it is kept under.
    conversation: str = ""
    # The questions before it, for what they say of a person not to be written down with this one.
    earlier: tuple[str, ...] = ()


def chat_markdown(answer: Answer, turn: int) -> str:
    """The answer for the chat, at `turn` (from 1): each mark links to its card in the panel; no word is markup."""
    parts = [_laid_out(answer, turn), *(f"*{_escaped(note)}*" for note in answer.notes)]
    if answer.is_abstention:
        parts.append("\n".join(f"- {_lead_link(lead, turn, at)}" for at, lead in enumerate(answer.leads, 1)))
    elif answer.mode is Mode.GENERATED:
        parts.append(f"*{_escaped(_WRITTEN)}*")
    return "\n\n".join(filter(None, parts))


def literal(text: str) -> str:
    """Markdown that shows `text` as it was typed."""
    return "\n".join(_escaped(line) for line in text.split("\n"))


def shortened(question: str) -> str:
    """One line that recalls the question."""
    line = " ".join(question.split())
    return line if len(line) <= _ASKED else line[:_ASKED].rsplit(" ", 1)[0] + " …"


def typeset(text: str) -> str:
    """No line starts with the mark that French sets apart from its word."""
    return re.sub(r" (?=[?!:;»%€])|(?<=«) ", "\u00a0", text)


def panel_html(turns: Sequence[Turn], year: int) -> str:
    """The sources of every answer that needs some, last one first, so that every mark of the chat leads somewhere."""
    groups = [
        f"<summary><h3>{_flat(_heading(turn.question))}</h3></summary>{_permalink(turn)}{_cards(turn.answer, at, year)}"
        for at, turn in enumerate(turns, 1)
        if turn.answer is not None and not turn.answer.is_courtesy
    ]
    # One line of HTML each: an empty line would end it for Markdown.
    folded = [f"<details{'' if at else ' open'}>{group}</details>" for at, group in enumerate(reversed(groups))]
    return "\n\n".join(folded) or NO_SOURCES


def exports_html(key: str) -> str:
    """The links that take the conversation away, "" where there is none under `key`."""
    links = ", ".join(f'<a href="../export/{key}.{kind}">{name}</a>' for kind, name in _FORMATS.items())
    return f"<p>Exporter la conversation : {links}</p>" if key else ""


def _permalink(turn: Turn) -> str:
    if not turn.is_kept:
        return ""
    said = typeset("Pourquoi cette réponse ? (lien permanent)")
    return f'<p class="permalink"><a href="../reponse/{turn.code}" target="_blank" rel="noopener">{said}</a></p>'


def plain_text(answer: Answer) -> str:
    """The answer for a terminal: marks, then the sources with the words they are cited for."""
    lines = [answer.text, *(f"({note})" for note in answer.notes)]
    if answer.citations:
        lines.append("Sources :")
    for citation in answer.citations:
        lines.append(f"[{citation.number}] {citation.place} ({citation.passage.source})")
        lines.append(f"    « {' '.join(citation.quote.split())} »")
        for reference in citation.references:
            address = f" — {reference.url}" if reference.url else ""
            lines.append(f"    {reference.publisher}, « {reference.title} », {french_date(reference.date)}{address}")
    for lead in answer.leads:
        lines.append(f"Piste : {lead_place(lead)} ({lead.source})")
    return "\n".join(lines)


def card_id(turn: int, key: int | str) -> str:
    return f"source-{turn}-{key}"


def lead_place(lead: Passage) -> str:
    return f"{lead.part} › {lead.title}" if lead.part else lead.title


def _laid_out(answer: Answer, turn: int) -> str:
    """The claims with linked marks: the paragraphs and the lists of `Answer.text`."""
    places = {citation.number: citation.place for citation in answer.citations}
    text, above = "", None
    for claim in answer.claims:
        if claim.layout is Layout.ITEM:
            text += "\n- " if above is Layout.ITEM else "\n\n- "
        else:
            text += "\n\n" if claim.layout is Layout.PARAGRAPH or above is Layout.ITEM else " "
        text += _marked(claim, places, turn)
        above = claim.layout
    return text.strip()


def _marked(claim: Claim, places: dict[int, str], turn: int) -> str:
    marks = (
        f'[\\[{number}\\]](#{card_id(turn, number)} "{_escaped(places.get(number, ""))}")' for number in claim.numbers
    )
    return " ".join((_escaped(claim.text), *marks))


def _lead_link(lead: Passage, turn: int, at: int) -> str:
    return f"[{_escaped(lead_place(lead))}](#{card_id(turn, f'piste-{at}')})"


def _escaped(text: str) -> str:
    """One line in which Markdown reads nothing but words."""
    one_line = re.sub(r"\s*[\r\n\v\f\x85\u2028\u2029]\s*", " ", text).strip()
    return re.sub(r"[!-/:-@\[-`{-~]", _as_words, typeset(one_line))


def _as_words(character: re.Match[str]) -> str:
    entity = escape(character.group(), quote=False)
    return entity if len(entity) > 1 else "\\" + entity


def _cards(answer: Answer, turn: int, year: int) -> str:
    cards = [_citation_card(citation, turn, year) for citation in answer.citations]
    leads = [_lead_card(lead, turn, at, year) for at, lead in enumerate(answer.leads, 1)]
    return "".join([*cards, *([] if cards else [f"<p>{_NOTHING_CITED}</p>"]), *leads])


def _citation_card(citation: Citation, turn: int, year: int) -> str:
    before, after = clipped(citation)
    return _card(
        id=(turn, str(citation.number)),
        kind="source",
        title=f"[{citation.number}] {citation.passage.title}",
        place=citation.place,
        words=f"{_words(before)}<mark>{_words(citation.quote)}</mark>{_words(after)}",
        origins=_origins(citation.passage, citation.page, citation.references, citation.link, year),
    )


def _lead_card(lead: Passage, turn: int, at: int, year: int) -> str:
    return _card(
        id=(turn, f"piste-{at}"),
        kind="source lead",
        title=f"Piste, et non réponse : {lead.title}",
        place=lead_place(lead),
        words=_words(excerpt(lead)),
        origins=_origins(lead, lead.page, lead.references(0, len(lead.text)), lead.url, year),
    )


def _card(id: tuple[int, str], kind: str, title: str, place: str, words: str, origins: Iterator[str]) -> str:
    return (
        f'<section id="{card_id(*id)}" class="{kind}" tabindex="-1">'
        f"<h4>{_flat(title)}</h4>"
        f'<p class="place">{_flat(place)}</p>'
        f"<details open><summary>Lire l'extrait</summary>"
        f"<blockquote>{words}</blockquote>"
        f'<ul class="origins">{"".join(f"<li>{origin}</li>" for origin in origins)}</ul>'
        f'<p class="back"><a href="#marque-{id[0]}-{id[1]}">Revenir à la réponse</a></p>'
        "</details></section>"
    )


def _origins(
    passage: Passage, page: int | None, references: Sequence[Reference], link: str, year: int
) -> Iterator[str]:
    """Who said it first, then the source that was read."""
    for reference in references:
        yield f"D'après {_reference(reference, year)}"
    dated = "mis à jour le " if passage.part else ""
    own = [_flat(passage.publisher), f"{dated}{_flat(french_date(passage.date))}" if passage.date else ""]
    if page:
        own.append(f"page {page}")
    own.append(_anchor(link, "ouvrir le document"))
    age = "" if references else _age(passage.date, year)
    if text := ", ".join(filter(None, own)):
        yield text + age


def _reference(reference: Reference, year: int) -> str:
    inner = re.sub(r"«\s*", "“", re.sub(r"\s*»", "”", reference.title))
    title = _flat(f"« {inner} »")
    linked = _anchor(reference.url, title) or title
    date = _flat(french_date(reference.date))
    return f"{_flat(reference.publisher)}, {linked}, {date}{_age(reference.date, year)}"


def _age(iso: str, year: int) -> str:
    return ' <strong class="old">plus de cinq ans</strong>' if is_old(iso, year) else ""


def _anchor(url: str, html: str) -> str:
    """A link, "" for an address that is not of the web."""
    if not re.match(r"https?://", url, re.IGNORECASE):
        return ""
    return f'<a href="{escape("".join(url.splitlines()))}" target="_blank" rel="noopener noreferrer">{html}</a>'


def _heading(question: str) -> str:
    return f"Réponse à « {shortened(question)} »"


def _flat(text: str) -> str:
    return escape(typeset(" ".join(text.split())))


def _words(text: str) -> str:
    """Line ends shown, in HTML without any: an empty line stands between paragraphs, and a bullet for a dash."""
    shown = re.sub(r"[\r\v\f\x85\u2028\u2029]", "\n", escape(text))
    shown = re.sub(r"(?m)^[-*•–—] ", r'<span class="bullet">\g<0></span>', shown)
    return re.sub(r"\n\s*\n\s*", '<span class="gap"></span>', shown).replace("\n", "<br>")
