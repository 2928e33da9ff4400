"""Values: a fiche of the référentiel as it was written: its header, its text and the marks of its sources."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from ..markdown import Rendered, render, split_front_matter
from ..segmenting import Block, segment


@dataclass(frozen=True, slots=True)
class Fiche:
    """`place` is its path in the folder of the référentiel; nothing in `fields` has been checked."""

    place: str
    fields: Mapping[str, Any]
    rendered: Rendered

    @classmethod
    def read(cls, place: str, text: str) -> Self:
        """Raises MalformedDocument when the front matter cannot be read."""
        fields, body = split_front_matter(text)
        return cls(place, fields, render(body))

    @property
    def name(self) -> str:
        return self.place.rpartition("/")[2].removesuffix(".md")

    @property
    def title(self) -> str:
        return str(self.fields.get("titre") or "")

    @property
    def facts(self) -> list[str]:
        """The keys of the facts that it says it treats."""
        return list(dict.fromkeys(str(key) for key in self._listed("faits")))

    @property
    def descriptions(self) -> list[Mapping[str, Any]]:
        """The entries of « sources » that are written in full."""
        return [entry for entry in self._listed("sources") if _is_description(entry)]

    @property
    def undescribed(self) -> list[str]:
        """The other entries: bare codes."""
        return [str(entry) for entry in self._listed("sources") if not _is_description(entry)]

    @property
    def blocks(self) -> Iterator[Block]:
        """Its paragraphs and list items, headings left out."""
        headings = {section.start for section in self.rendered.sections}
        return (block for block in segment(self.rendered.text) if block.start not in headings)

    @property
    def sentences(self) -> Iterator[str]:
        """Its title, its headings and its sentences."""
        yield self.title
        for block in segment(self.rendered.text):
            yield from (self.rendered.text[start:end] for start, end in block.sentences)

    def _listed(self, field: str) -> list[Any]:
        value = self.fields.get(field)
        return value if isinstance(value, list) else []


def _is_description(entry: Any) -> bool:
    return isinstance(entry, dict) and "code" in entry
