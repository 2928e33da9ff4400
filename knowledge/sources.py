"""Values: what can be cited (Source), a slice of it (Passage), a slice found for a question (Hit)."""

import hashlib
import json
from bisect import bisect_right
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from langchain_core.documents import Document


@dataclass(frozen=True, slots=True)
class Reference:
    """A publication that a source itself rests on. `date` is ISO (2016, 2016-11, 2016-11-29) or empty."""

    code: str
    publisher: str
    title: str
    date: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the offset at which it stands; `level` counts from 1."""

    start: int
    title: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Support:
    """The characters [start, end) of a text rest on `reference`."""

    start: int
    end: int
    reference: Reference


@dataclass(frozen=True, slots=True)
class Source:
    """
    One text that can be cited, whole or not at all replaced.

    `pages` and `sections` are sorted offsets into `text`; dates are ISO strings or empty. `aliases` are other titles
    by which it may be looked for, such as the same in another language; they are not shown. `trust` is what whoever
    listed the source says of how far it is to be relied on.
    """

    id: str
    title: str
    text: str
    url: str = ""
    publisher: str = ""
    date: str = ""
    part: str = ""
    keywords: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    valid_from: str = ""
    valid_until: str = ""
    pages: tuple[int, ...] = ()
    sections: tuple[Section, ...] = ()
    supports: tuple[Support, ...] = ()
    trust: str = ""

    @property
    def digest(self) -> str:
        """Changes exactly when something a reader could see changes."""
        return digest(self.to_json())

    def page_at(self, offset: int) -> int | None:
        """The page (from 1) of the character at `offset`; None where the source has no pages."""
        return bisect_right(self.pages, offset) or None

    def section_at(self, offset: int) -> str:
        """The path of headings above `offset`, "" before the first."""
        path: list[Section] = []
        for section in self.sections:
            if section.start > offset:
                break
            path = [above for above in path if above.level < section.level] + [section]
        return " › ".join(section.title for section in path)

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        record = json.loads(text)
        return cls(
            **record
            | {
                "keywords": tuple(record["keywords"]),
                "aliases": tuple(record.get("aliases", ())),  # a base made before there were any
                "pages": tuple(record["pages"]),
                "sections": tuple(Section(**section) for section in record["sections"]),
                "supports": _supports(record["supports"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Passage:
    """
    A verbatim slice of a source, with what a reader needs to judge it.

    `start` is an offset into the source's text; `headings` and `pages` (where each begins) and `supports` are offsets
    into `text`, the slice. `section` and `page` are those of its first character.
    """

    source: str
    title: str
    text: str
    start: int
    section: str = ""
    page: int | None = None
    url: str = ""
    publisher: str = ""
    date: str = ""
    part: str = ""
    keywords: tuple[str, ...] = ()
    valid_from: str = ""
    valid_until: str = ""
    headings: tuple[int, ...] = ()
    supports: tuple[Support, ...] = ()
    pages: tuple[int, ...] = ()

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def id(self) -> str:
        """Readable in logs: "<source>#<start>-<end>"."""
        return f"{self.source}#{self.start}-{self.end}"

    @property
    def indexed_text(self) -> str:
        """What is embedded: the title says what a slice from the middle is about."""
        return f"{self.title}\n{self.text.strip()}" if self.title else self.text.strip()

    @property
    def digest(self) -> str:
        """Equal for equal indexed texts, wherever they stand: unchanged words keep their vector."""
        return digest(self.indexed_text)

    def section_at(self, offset: int) -> str:
        """The heading above `offset`, "" before the first."""
        above = [start for start in self.headings if start <= offset]
        return self.text[above[-1] :].splitlines()[0].strip() if above else self.section.split(" › ")[-1]

    def page_at(self, offset: int) -> int | None:
        """The page (from 1) of the character at `offset`; None where the source has no pages."""
        return self.page and self.page + bisect_right(self.pages, offset)

    def references(self, start: int, end: int) -> tuple[Reference, ...]:
        """What the characters [start, end) of this passage rest on, first mentioned first."""
        found = [s.reference for s in self.supports if s.start < end and start < s.end]
        return tuple(dict.fromkeys(found))

    def to_document(self) -> Document:
        metadata = asdict(self)
        metadata["supports"] = json.dumps(metadata["supports"], ensure_ascii=False)
        metadata["keywords"] = json.dumps(metadata["keywords"], ensure_ascii=False)
        metadata |= {name: json.dumps(metadata[name]) for name in ("headings", "pages")}
        return Document(page_content=metadata.pop("text"), metadata=metadata, id=self.id)

    @classmethod
    def from_document(cls, document: Document) -> Self:
        names = set(cls.__dataclass_fields__) - {"text"}
        metadata = {name: document.metadata[name] for name in names}
        metadata["supports"] = _supports(json.loads(metadata["supports"]))
        metadata["keywords"] = tuple(json.loads(metadata["keywords"]))
        metadata |= {name: tuple(json.loads(metadata[name])) for name in ("headings", "pages")}
        return cls(text=document.page_content, **metadata)


@dataclass(frozen=True, slots=True)
class Hit:
    """
    A passage found for a question.

    `score` orders the hits of one question (0 to 1, no meaning across questions). `cosine` (−1 to 1) and
    `coverage` (BM25 over the best BM25 the question could reach, 0 to 1) are raw and do compare.
    """

    passage: Passage
    score: float
    cosine: float = 0.0
    coverage: float = 0.0

    def to_document(self) -> Document:
        document = self.passage.to_document()
        document.metadata |= {"score": self.score, "cosine": self.cosine, "coverage": self.coverage}
        return document

    @classmethod
    def from_document(cls, document: Document) -> Self:
        signals = {name: document.metadata[name] for name in ("score", "cosine", "coverage")}
        return cls(Passage.from_document(document), **signals)


@dataclass(frozen=True, slots=True)
class Findings:
    """
    The hits of one search, best first, and the best cosine and coverage that any passage of the base reaches,
    among the hits or not.
    """

    hits: tuple[Hit, ...] = ()
    cosine: float = 0.0
    coverage: float = 0.0


def slice_source(source: Source, start: int, end: int) -> Passage:
    """The characters [start, end) of `source`, as a passage."""
    supports = (
        replace(s, start=max(s.start, start) - start, end=min(s.end, end) - start)
        for s in source.supports
        if s.start < end and start < s.end
    )
    return Passage(
        source=source.id,
        title=source.title,
        text=source.text[start:end],
        start=start,
        section=source.section_at(start),
        page=source.page_at(start),
        url=source.url,
        publisher=source.publisher,
        date=source.date,
        part=source.part,
        keywords=source.keywords,
        valid_from=source.valid_from,
        valid_until=source.valid_until,
        headings=tuple(section.start - start for section in source.sections if start <= section.start < end),
        supports=tuple(supports),
        pages=tuple(page - start for page in source.pages if start < page < end),
    )


def digest(text: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _supports(records: list[dict[str, Any]]) -> tuple[Support, ...]:
    return tuple(Support(r["start"], r["end"], Reference(**r["reference"])) for r in records)
