"""Pure: what may be asked next, about what stands near an answer."""

from collections.abc import Callable, Iterator

from .answers import Answer

MOST = 3
# Questions that are tried at most: each is answered to be sure.
_TRIED = 6


def follow_ups(answer: Answer, answered: Callable[[str, str], bool]) -> tuple[str, ...]:
    """
    The questions about neighbouring sources that have an answer. `answered` says whether a question has one that
    cites a source: not one that this answer cites already.
    """
    kept: list[str] = []
    for at, (source, question) in enumerate(_candidates(answer)):
        if len(kept) == MOST or at == _TRIED:
            break
        if answered(question, source):
            kept.append(question)
    return tuple(kept)


def about(title: str) -> str:
    """A source's title as something to ask."""
    return title if title.endswith("?") else f"Que dit la fiche « {title} » ?"


def _candidates(answer: Answer) -> Iterator[tuple[str, str]]:
    """(source, question) of what was found and not cited, the nearest first, each source and each title once."""
    seen = {citation.passage.source for citation in answer.citations} | {answer.question}
    for passage in (*answer.leads, *(hit.passage for hit in (answer.trace.hits if answer.trace else ()))):
        question = about(passage.title)
        if passage.title and not seen & {passage.source, question}:
            seen |= {passage.source, question}
            yield passage.source, question
