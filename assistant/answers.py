"""Values: an answer, its sentences and what bears them out."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any
from urllib.parse import quote as percent_encode

from knowledge import Passage, Reference

from .tracing import Trace


class Mode(StrEnum):
    """How an answer was made: of verbatim sentences, or written by a language model and verified."""

    EXTRACTIVE = "extractif"
    GENERATED = "rédigé"


@dataclass(frozen=True, slots=True)
class Citation:
    """The words [start, end) of `passage`'s text, under a number."""

    number: int
    passage: Passage
    start: int
    end: int

    @property
    def quote(self) -> str:
        return self.passage.text[self.start : self.end]

    @property
    def before(self) -> str:
        return self.passage.text[: self.start]

    @property
    def after(self) -> str:
        return self.passage.text[self.end :]

    @property
    def references(self) -> tuple[Reference, ...]:
        """The publications that the quoted words rest on; empty when the source speaks for itself."""
        return self.passage.references(self.start, self.end)

    @property
    def place(self) -> str:
        """partie › fiche › section."""
        section = self.passage.section_at(self.start)
        parts = (self.passage.part, self.passage.title, section if section != self.passage.title else "")
        return " › ".join(part for part in parts if part)

    @property
    def page(self) -> int | None:
        """That of its first word, None where the source has no pages."""
        return self.passage.page_at(self.start)

    @property
    def link(self) -> str:
        """The source's address at the quoted words (a text fragment), "" when it has none."""
        if not self.passage.url:
            return ""
        if self.page:
            return f"{self.passage.url}#page={self.page}"
        words = self.quote.split()
        ends = [" ".join(words[:5]), " ".join(words[-5:])] if len(words) > 12 else [" ".join(words)]
        fragment = ",".join(percent_encode(end, safe="").replace("-", "%2D") for end in ends)
        return f"{self.passage.url}#:~:text={fragment}"


class Layout(StrEnum):
    """Where a claim stands: after the one before it, at the head of a paragraph, or in a list."""

    SENTENCE = "sentence"
    PARAGRAPH = "paragraph"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer, and the numbers of the citations that bear it out."""

    text: str
    numbers: tuple[int, ...] = ()
    layout: Layout = Layout.SENTENCE

    @property
    def marked(self) -> str:
        """ "Text. [1] [2]" """
        return " ".join((self.text, *(f"[{number}]" for number in self.numbers)))


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What is said to a question. An answer without a citation is an abstention, whatever its words, unless nothing was
    asked: there is nothing to bear out in a courtesy, and nothing to explain.

    `notes` are about the answer (age of a source, sentences withheld); `leads` are near, not answers;
    `suggestions` are questions that the base can answer; `trace` says how it came to be, and is no part of it.
    """

    question: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    leads: tuple[Passage, ...] = ()
    suggestions: tuple[str, ...] = ()
    mode: Mode = Mode.EXTRACTIVE
    # It was not to be answered, whatever the sources say.
    is_refusal: bool = False
    # It asked for nothing: « merci ».
    is_courtesy: bool = False
    trace: Trace | None = field(default=None, compare=False, repr=False)

    @property
    def is_abstention(self) -> bool:
        return not self.citations and not self.is_courtesy

    @property
    def text(self) -> str:
        """The claims with their marks: paragraphs parted by empty lines, items on lines that start with "- "."""
        text = ""
        above = None
        for claim in self.claims:
            if claim.layout is Layout.ITEM:
                text += ("\n- " if above is Layout.ITEM else "\n\n- ") + claim.marked
            elif claim.layout is Layout.PARAGRAPH or above is Layout.ITEM:
                text += "\n\n" + claim.marked
            else:
                text += " " + claim.marked
            above = claim.layout
        return text.strip()

    def to_dict(self) -> dict[str, Any]:
        """Everything, for JSON."""
        citations = [
            {
                "number": citation.number,
                "quote": citation.quote,
                "before": citation.before,
                "after": citation.after,
                "source": citation.passage.source,
                "start": citation.passage.start + citation.start,
                "end": citation.passage.start + citation.end,
                "place": citation.place,
                "title": citation.passage.title,
                "publisher": citation.passage.publisher,
                "date": citation.passage.date,
                "page": citation.page,
                "link": citation.link,
                "references": [asdict(reference) for reference in citation.references],
            }
            for citation in self.citations
        ]
        return {
            "question": self.question,
            "text": self.text,
            "is_abstention": self.is_abstention,
            "mode": self.mode.value,
            "claims": [asdict(claim) for claim in self.claims],
            "citations": citations,
            "notes": list(self.notes),
            "leads": [
                {
                    "source": lead.source,
                    "title": lead.title,
                    "text": lead.text,
                    "part": lead.part,
                    "publisher": lead.publisher,
                    "date": lead.date,
                    "url": lead.url,
                    "references": [asdict(reference) for reference in lead.references(0, len(lead.text))],
                }
                for lead in self.leads
            ],
            "suggestions": list(self.suggestions),
        }
