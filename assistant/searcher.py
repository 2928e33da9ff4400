"""Values: what the assistant asks of a retriever."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from knowledge import Findings, Passage, Source, Zone


class Searcher(Protocol):
    """What the assistant asks of a retriever."""

    def search(self, question: str, count: int | None = None) -> Findings: ...
    def weights(self, question: str) -> dict[str, float]: ...
    def source(self, id: str) -> Source | None: ...
    def sources(self) -> Collection[Source]: ...
    @property
    def revision(self) -> int: ...
    def zone(self, findings: Findings) -> Zone: ...

    def nearness(self, findings: Findings) -> float:
        """How near what was found comes, in spreads above what questions from elsewhere reach on average."""

    def likeness(self, question: str, read: Sequence[Passage]) -> Mapping[str, float]:
        """The cosine of the question and each sentence of what is read, where the base has its vector."""

    def acronyms(self) -> Mapping[str, str]: ...

    def check(self) -> None:
        """Raises KnowledgeError where it is known, without a search, that there could be none."""

    def edition(self) -> "Searcher":
        """What does not change before the question is answered, whatever is published meanwhile."""
