"""Values: what stands on a page, in points, from its lower left corner."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    def shared_width(self, other: "Box") -> float:
        """How much of the page's width both stand on; negative: the gap between them."""
        return min(self.right, other.right) - max(self.left, other.left)


def around(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds them all."""
    lefts, bottoms, rights, tops = zip(*((b.left, b.bottom, b.right, b.top) for b in boxes), strict=True)
    return Box(min(lefts), min(bottoms), max(rights), max(tops))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of one column; `size` is that of its letters."""

    text: str
    box: Box
    size: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its lines in the order in which the file draws them."""

    width: float
    height: float
    lines: tuple[Line, ...]
