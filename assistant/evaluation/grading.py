"""Pure: whether an answer says what was expected, from the right source, word for word. No model judges."""

from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.evaluation.question_sets import Question
from knowledge.normalising import locate, normalise

from ..answers import Answer
from ..verifying import bears_out


@dataclass(frozen=True, slots=True)
class Grade:
    """One question, its answer, and the milliseconds that it took."""

    question: Question
    answer: Answer
    milliseconds: float

    @property
    def is_answered(self) -> bool:
        return bool(self.answer.citations)

    @property
    def has_facts(self) -> bool:
        """Every expected string is in the answer, in one of its wordings."""
        said = _said(self.answer.text)
        return all(any(_said(one) in said for one in fact.split(" | ")) for fact in self.question.facts)

    @property
    def cites_right(self) -> bool:
        return any(citation.passage.source in self.question.relevant for citation in self.answer.citations)

    @property
    def unproved(self) -> list[str]:
        """The claims that none of their quotes bears out; a lead-in without a mark claims nothing."""
        quotes = {citation.number: citation.quote for citation in self.answer.citations}
        return [
            claim.text
            for claim in self.answer.claims
            if claim.numbers and not any(_proves(quotes[number], claim.text) for number in claim.numbers)
        ]

    @property
    def forbidden(self) -> list[str]:
        """What the answer should not have said."""
        said = _said(self.answer.text)
        return [words for words in self.question.forbidden if _said(words) in said]

    @property
    def problems(self) -> list[str]:
        """What is wrong with the answer, one French phrase each; none for a right one."""
        if self.question.behaviour == "decline":
            return ["répond au lieu de décliner"] if self.is_answered else []
        if not self.is_answered:
            return ["ne répond pas"]
        missing = not self.has_facts and "ne dit pas ce qui est attendu"
        other = bool(self.question.relevant) and not self.cites_right and "ne cite pas la source attendue"
        unproved = bool(self.unproved) and "dit ce que ses citations ne prouvent pas"
        forbidden = bool(self.forbidden) and f"dit « {self.forbidden[0]} »"
        return [problem for problem in (missing, other, unproved, forbidden) if problem]

    @property
    def words(self) -> int:
        return len(" ".join(claim.text for claim in self.answer.claims).split())


@dataclass(frozen=True, slots=True)
class Marks:
    """Shares of 0 to 1 over a set; None where the set has no such question."""

    answerable: int
    declinable: int
    facts: float | None
    sources: float | None
    proved: float | None
    refused: float | None
    refused_wrongly: float | None


def mark(grades: Sequence[Grade]) -> Marks:
    answerable = [grade for grade in grades if grade.question.behaviour == "answer"]
    declinable = [grade for grade in grades if grade.question.behaviour == "decline"]
    claims = sum(1 for grade in grades for claim in grade.answer.claims if claim.numbers)
    unproved = sum(len(grade.unproved) for grade in grades)
    return Marks(
        len(answerable),
        len(declinable),
        facts=_share([grade.is_answered and grade.has_facts for grade in answerable if grade.question.facts]),
        sources=_share([grade.cites_right for grade in answerable if grade.question.relevant]),
        proved=1 - unproved / claims if claims else None,
        refused=_share([not grade.is_answered for grade in declinable]),
        refused_wrongly=_share([not grade.is_answered for grade in answerable]),
    )


def _share(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _proves(quote: str, text: str) -> bool:
    return locate(text, quote) is not None or bool(bears_out(text, quote))


def _said(text: str) -> str:
    return normalise(text).text.lower()
