"""Pure: what surrounds a quote, and the beginning of a lead, cut where they can be left."""

import re

from knowledge import Passage
from knowledge.segmenting import Kind, segment

from .answers import Citation

# Characters kept on each side of a quote, and of a lead that nothing in it is quoted from.
_CONTEXT = 240
_LEAD = 480
_BULLET = r"[^\S\n]*(?:[-•*–—]|\d{1,2}[.)])\s*"


def clipped(citation: Citation) -> tuple[str, str]:
    """The words around the quote."""
    return _end(citation.before.lstrip(), _CONTEXT), _beginning(citation.after.rstrip(), _CONTEXT)


def excerpt(lead: Passage) -> str:
    """The beginning of a lead."""
    return _beginning(lead.text.strip(), _LEAD)


def _beginning(text: str, size: int) -> str:
    """Up to `size` characters: whole sentences if they fill half of it, else whole words; no bullet left alone."""
    if len(text) <= size:
        return text
    blocks = (block for block in segment(text[: 2 * size]) if block.kind is not Kind.HEADING)
    ends = [end for block in blocks for _, end in block.sentences if size <= 2 * end <= 2 * size]
    kept = text[: max(ends)] if ends else text[:size].rsplit(" ", 1)[0]
    return re.sub(rf"(?:^|\n){_BULLET}$", "", kept).rstrip() + "\u00a0…"


def _end(text: str, size: int) -> str:
    """The same of what a text ends with; an item keeps its bullet."""
    if len(text) <= size:
        return text
    tail = text[-2 * size :]
    starts = [start for block in segment(tail) for start, _ in block.sentences]
    starts = [start for start in starts if size <= 2 * (len(tail) - start) <= 2 * size]
    if not starts:
        return "… " + text[-size:].split(" ", 1)[-1]
    line = tail.rfind("\n", 0, min(starts)) + 1
    is_item = re.fullmatch(_BULLET, tail[line : min(starts)])
    return f"…\n{tail[line:]}" if is_item else f"… {tail[min(starts) :]}"
