"""Pure: the sentences of passages, each compared with a question on its own."""

from bisect import bisect_left
from collections.abc import Sequence

from .segmenting import Kind, segment
from .sources import Passage


def sentences(passage: Passage) -> list[str]:
    """Those that can be said, headings left out, in order."""
    blocks = segment(passage.text, passage.headings)
    spans = [span for block in blocks if block.kind is not Kind.HEADING for span in block.sentences]
    return [passage.text[start:end] for start, end in spans]


def titled(passage: Passage) -> list[str]:
    """
    What is embedded of each sentence: alone, it does not say what it is about. The sentence that people annotated
    comes first for .63 of the questions of `piaf` (90 of them) by these vectors and words together, .57 without the
    title, .54 by words alone; the mean of the passage's own tokens over the sentence (late chunking) adds nothing.
    """
    return [f"{passage.title}\n{text}" if passage.title else text for text in sentences(passage)]


def beneath(passages: Sequence[Passage], read: Sequence[Passage]) -> list[Passage]:
    """The `passages`, in the order of their sources and starts, that the slices `read` touch."""
    found: dict[int, Passage] = {}
    for wide in read:
        for at in range(bisect_left(passages, (wide.source, wide.start), key=_end), len(passages)):
            if passages[at].source != wide.source or passages[at].start >= wide.end:
                break
            found[at] = passages[at]
    return list(found.values())


def _end(passage: Passage) -> tuple[str, int]:
    """A passage that ends where a slice starts comes before it."""
    return passage.source, passage.end - 1
