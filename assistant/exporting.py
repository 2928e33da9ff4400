"""Pure: a conversation as a document to keep: what was asked and answered, and what bears it out, word for word."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from knowledge import Passage, Reference

from .answers import Answer, Citation, Layout
from .noting import french_date
from .rendering import Turn, lead_place

TITLE = "Conversation avec l'assistant de la co-construction"
_CHECK = "Réponses composées par un système automatique, à vérifier : ouvrez la source de chaque phrase."
# What no XML may hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_WEB = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_MARKUP = re.compile(r"[\\`*_\[\]<>#|~&]|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
_OUR_MARK = re.compile(r"\\\[(\d+)\\\]")


class Kind(StrEnum):
    """What a block is: word processors have a style for each."""

    TITLE = "title"
    QUESTION = "question"
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    NOTE = "note"
    SOURCE = "source"
    QUOTE = "quote"
    ORIGIN = "origin"


@dataclass(frozen=True, slots=True)
class Block:
    """Words, and the address that they end with; only a quote has more than one line."""

    kind: Kind
    text: str
    url: str = ""


def document(turns: Sequence[Turn], today: date) -> Iterator[Block]:
    """The conversation, as it was read on `today`."""
    yield Block(Kind.TITLE, TITLE)
    yield Block(Kind.NOTE, f"Consultée le {french_date(today.isoformat())}. {_CHECK}")
    for turn in turns:
        yield Block(Kind.QUESTION, _line(turn.question))
        if turn.answer:
            yield from _answer(turn.answer)
        if turn.problem:
            yield Block(Kind.NOTE, _line(turn.problem))


def markdown(blocks: Sequence[Block]) -> str:
    """CommonMark in which the words of a source are no markup."""
    text = ""
    above: Kind | None = None
    for block in blocks:
        close = block.kind in (Kind.ITEM, Kind.ORIGIN) and above is block.kind
        text += ("\n" if close else "\n\n") + _STARTS[block.kind] + _marked_up(block)
        above = block.kind
    return text.strip() + "\n"


_STARTS = {
    Kind.TITLE: "# ",
    Kind.QUESTION: "## ",
    Kind.HEADING: "### ",
    Kind.PARAGRAPH: "",
    Kind.ITEM: "- ",
    Kind.NOTE: "",
    Kind.SOURCE: "",
    Kind.QUOTE: "> ",
    Kind.ORIGIN: "- ",
}


def _marked_up(block: Block) -> str:
    lines = [_MARKUP.sub(r"\\\g<0>", line.strip()) for line in block.text.split("\n")]
    # A number in brackets is no link: our own marks stay readable.
    text = _OUR_MARK.sub(r"[\1]", "  \n> ".join(lines))
    if block.kind is Kind.SOURCE:
        text = f"**{text}**"
    elif block.kind is Kind.NOTE:
        text = f"*{text}*"
    return f"{text}, <{block.url}>" if block.url else text


def _answer(answer: Answer) -> Iterator[Block]:
    yield from _said(answer)
    yield from (Block(Kind.NOTE, _line(note)) for note in answer.notes)
    if answer.trace:
        yield Block(Kind.NOTE, f"Réponse donnée d'après la révision {answer.trace.revision} de la base.")
    if answer.citations:
        yield Block(Kind.HEADING, "Sources")
    for citation in answer.citations:
        yield from _source(citation)
    if answer.leads:
        yield Block(Kind.HEADING, "Pistes, et non réponses")
    for lead in answer.leads:
        yield Block(Kind.SOURCE, _line(lead_place(lead)))
        yield from _origins(lead, lead.page, lead.references(0, len(lead.text)), lead.url)


def _said(answer: Answer) -> Iterator[Block]:
    """The paragraphs and the items of `Answer.text`."""
    for paragraph in answer.text.split("\n\n"):
        for line in paragraph.split("\n"):
            is_item = line.startswith("- ") and any(claim.layout is Layout.ITEM for claim in answer.claims)
            if line:
                yield Block(Kind.ITEM, _line(line[2:])) if is_item else Block(Kind.PARAGRAPH, _line(line))


def _source(citation: Citation) -> Iterator[Block]:
    yield Block(Kind.SOURCE, f"[{citation.number}] {_line(citation.place)}")
    lines = [_line(line) for line in citation.quote.splitlines()]
    yield Block(Kind.QUOTE, "« " + "\n".join(filter(None, lines)) + " »")
    yield from _origins(citation.passage, citation.page, citation.references, citation.link)


def _origins(passage: Passage, page: int | None, references: Sequence[Reference], link: str) -> Iterator[Block]:
    """Who said it first, then the source that was read."""
    for one in references:
        named = f"{one.publisher}, « {one.title} », {french_date(one.date)}"
        yield Block(Kind.ORIGIN, f"D'après {_line(named)}", _address(one.url))
    own = [passage.publisher, f"« {passage.title} »", french_date(passage.date)]
    if page:
        own.append(f"page {page}")
    yield Block(Kind.ORIGIN, _line(", ".join(filter(None, own))), _address(link))


def _address(url: str) -> str:
    return url if _WEB.fullmatch(url) else ""


def _line(text: str) -> str:
    return " ".join(_FORBIDDEN.sub("", text).split())
