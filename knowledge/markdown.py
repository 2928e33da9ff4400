"""Pure: Markdown into plain text that can be quoted, with its headings and the marks of its references."""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler
from markdown_it import MarkdownIt
from markdown_it.token import Token

from .errors import MalformedDocument
from .sources import Section

# A run of footnote marks, with the spaces before it: "… commune. [^S01] [^S13]"
MARKS = re.compile(r"(?:[  ]*\[\^\w+\])+")
_MARK = re.compile(r"\[\^(\w+)\]")
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """The characters [start, end) are followed by the mark [^code]."""

    start: int
    end: int
    code: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Plain text: blocks separated by an empty line, list items on lines that start with "- " or "1. "."""

    text: str
    sections: tuple[Section, ...]
    marks: tuple[MarkedSpan, ...]


def split_front_matter(text: str) -> tuple[dict[str, Any], str]:
    """
    The YAML front matter (dates as ISO strings; empty when there is none) and the body.
    Raises MalformedDocument when the front matter is not a YAML mapping.
    """
    if not text.startswith("---\n"):
        return {}, text
    try:
        post = frontmatter.loads(text, handler=_Header())
    except (yaml.YAMLError, ValueError) as error:  # ValueError: an impossible date
        where = getattr(error, "problem_mark", None)
        line = f", ligne {where.line + 1}" if where else ""
        raise MalformedDocument(
            f"L'en-tête YAML (entre les deux lignes « --- ») est mal formé{line} : corrigez-le."
        ) from error
    return {key: _plain(value) for key, value in post.metadata.items()}, post.content


def render(markdown: str) -> Rendered:
    """Raw HTML, images and link targets are dropped; the words stay in their order."""
    out = _Writer()
    tokens = _PARSER.parse(markdown)
    position = 0
    while position < len(tokens):
        position = _block(tokens, position, out)
    return Rendered("".join(out.pieces).rstrip(), tuple(out.sections), tuple(out.marks))


class _Writer:
    """Where the text has got to."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.sections: list[Section] = []
        self.marks: list[MarkedSpan] = []
        self.lists: list[int | None] = []  # the next number of each open list, None for bullets
        self.tight = False  # the next block follows on the next line

    def block(self, text: str, prefix: str = "") -> int:
        """Write one block without its marks; the offset of its first character."""
        separator = "" if not self.length else "\n" if self.tight else "\n\n"
        self._write(separator + prefix)
        start = segment = self.length
        position = 0
        for run in MARKS.finditer(text):
            self._write(text[position : run.start()])
            position = run.end()
            for code in _MARK.findall(run.group()):
                self.marks.append(MarkedSpan(segment, self.length, code))
            segment = self.length
        self._write(text[position:].rstrip())
        self.tight = False
        return start

    def _write(self, text: str) -> None:
        self.pieces.append(text)
        self.length += len(text)


def _block(tokens: list[Token], position: int, out: _Writer) -> int:
    """Write the block that starts at `position`; the position after it."""
    token = tokens[position]
    match token.type:
        case "heading_open":
            text = _inline(tokens[position + 1])
            if text:
                start = out.block(text)
                out.sections.append(Section(start, text, int(token.tag[1])))
            return position + 3
        case "bullet_list_open":
            out.lists.append(None)
        case "ordered_list_open":
            out.lists.append(int(token.attrs.get("start", 1)))
        case "bullet_list_close" | "ordered_list_close":
            out.lists.pop()
        case "inline":
            text = _inline(token)
            if text:
                out.block(text, _item_prefix(tokens, position, out))
        case "fence" | "code_block":
            out.block(token.content.rstrip())
        case "table_open":
            return _table(tokens, position, out)
    return position + 1


def _item_prefix(tokens: list[Token], position: int, out: _Writer) -> str:
    """ "- " or "1. " when this block opens a list item; items after the first follow on the next line."""
    opens_item = position >= 2 and tokens[position - 2].type == "list_item_open"
    if not opens_item or not out.lists:
        return ""
    follows = position >= 3 and tokens[position - 3].type == "list_item_close"
    out.tight = follows or len(out.lists) > 1
    number = out.lists[-1]
    indent = "  " * (len(out.lists) - 1)
    if number is None:
        return f"{indent}- "
    out.lists[-1] = number + 1
    return f"{indent}{number}. "


def _table(tokens: list[Token], position: int, out: _Writer) -> int:
    """Each row as one item: "- Seuil : 50 M€ ; Date : 2023."."""
    header: list[str] = []
    row: list[str] = []
    first = True
    while tokens[position].type != "table_close":
        token = tokens[position]
        if token.type == "inline":
            (header if tokens[position - 1].type == "th_open" else row).append(_inline(token))
        elif token.type == "tr_close" and row:
            cells = zip(header, row, strict=False)
            out.tight = not first
            out.block(" ; ".join(f"{name} : {cell}" if name else cell for name, cell in cells), "- ")
            row, first = [], False
        position += 1
    return position + 1


def _inline(token: Token) -> str:
    return re.sub(r"\s*\n\s*", " ", "".join(_words(token.children or []))).strip()


def _words(children: list[Token]) -> Iterator[str]:
    for child in children:
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield "\n"


class _Header(YAMLHandler):  # type: ignore[misc]  # no types
    def load(self, fm: str, **options: object) -> dict[str, Any]:
        # A header has no use for aliases, and a few lines of them unfold into gigabytes.
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(fm)):
            raise ValueError("an alias")
        fields = super().load(fm, **options) or {}
        if not isinstance(fields, dict):
            raise ValueError("not a mapping")
        return fields


def _plain(value: Any) -> Any:
    """YAML reads 2016-12-10 as a date and 2016 as a number; a date is a string here."""
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value
