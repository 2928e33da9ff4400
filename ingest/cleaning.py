"""Pure: text as decoded into text as it will be stored and quoted, with the way back to the original."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial

# U+0080–U+009F stand for nothing in a text: they are Windows-1252 taken for Latin-1 (« \x9cuvre » is « œuvre »).
_WINDOWS = {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_SPACES = dict.fromkeys("\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u200a\u205f\u3000", " ")
_REPLACED = _WINDOWS | _LIGATURES | _SPACES | {"\u2007": "\u00a0", "\u2009": "\u202f"}
_ONE = re.compile(f"[{''.join(_REPLACED)}]")
_LINE_END = re.compile(r"\r\n?")
# A soft hyphen at the end of a line joins the two halves of a word.
_UNSEEN = re.compile(
    r"\u00ad[ \t]*\n[ \t]*(?=\w)|[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
)
# What composes is U+0300 or above, with what stands before it.
_COMPOSING = re.compile(r"(?:^|[\x00-\u02ff])[^\x00-\u02ff]+")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)
_EDGES = re.compile(r"\A\n+|\n+\Z")
# An accent printed apart from its letter: « pr´elev´ee », « aoˆut ».
_APART = {"´": "\u0301", "ˆ": "\u0302", "¨": "\u0308", "¸": "\u0327", "`": "\u0300"}
_ACCENTED = re.compile(r"([´ˆ¨`]) ?([aeiouyAEIOUYı])|([¸]) ?([cC])")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])([-‐‑])[ \t]*\n[ \t]*([^\W\d_](?:(?:[^\W\d_]|['’-])*[^\W\d_])?)")
_LEFT = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-])*$")
_WORD = re.compile(r"[^\W\d_]+(?:[-‐‑][^\W\d_]+)*")
_CUT = re.compile(r"[\w-]+[-‐‑]\s*\n\s*[\w-]+")
_NUMBERED = re.compile(r"(?<=\d)([-‐‑])[ \t]*\n[ \t]*(?=\d)")
_WRAPPED = re.compile(r"[ \t]*(?<!\n)\n(?!\n|- |\d+\. )[ \t]*")
_BLANKS = re.compile(r"[ \t]{2,}")
# Letters of the first half of a word.
_LONGEST = 40
# What keeps its hyphen in French, where the document itself does not tell.
_PREFIXES = frozenset(
    "co ex non vice semi demi mi sous avant après contre néo auto inter socio médico anti pro".split()
)
_CLITICS = frozenset(
    "ci là même mêmes je tu il elle on nous vous ils elles moi toi lui leur y en ce le la les t il être".split()
)
_PRONOUNS = frozenset("celui celle ceux celles moi toi soi lui elle elles eux nous vous".split())
_EMPHASES = frozenset("ci là même mêmes".split())


@dataclass(frozen=True, slots=True)
class _Step:
    """Edits in order: the range of the new text `starts[i]`–`ends[i]` replaces `origins[i]` of the old one."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    origins: tuple[tuple[int, int], ...]

    def start_of(self, offset: int) -> int:
        at = bisect_right(self.starts, offset) - 1
        if at < 0:
            return offset
        return self.origins[at][0] if offset < self.ends[at] else self.origins[at][1] + offset - self.ends[at]

    def end_of(self, offset: int) -> int:
        at = bisect_right(self.starts, offset - 1) - 1
        if at < 0:
            return offset
        return self.origins[at][1] if offset <= self.ends[at] else self.origins[at][1] + offset - self.ends[at]

    def arrival(self, offset: int) -> int:
        """Where the old character at `offset` went, or the place it left."""
        at = bisect_right(self.origins, (offset, offset)) - 1
        at += at + 1 < len(self.origins) and self.origins[at + 1][0] == offset
        if at < 0:
            return offset
        start, end = self.origins[at]
        return self.starts[at] if start <= offset < end else self.ends[at] + offset - end


@dataclass(frozen=True, slots=True)
class Cleaned:
    """`text`, and where each character of it comes from in the original."""

    text: str
    _steps: tuple[_Step, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text that became [start, end), of at least one character."""
        for step in reversed(self._steps):
            start, end = step.start_of(start), step.end_of(end)
        return start, end

    def arrival(self, offset: int) -> int:
        """Where the character of the original at `offset` went, or the place it left."""
        for step in self._steps:
            offset = step.arrival(offset)
        return min(offset, len(self.text))

    def replaced(self, pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str]) -> "Cleaned":
        """What `pattern` finds, replaced; only what differs counts as an edit."""
        pieces: list[str] = []
        edits: list[tuple[int, int, tuple[int, int]]] = []
        position = length = 0
        for match in pattern.finditer(self.text):
            new = replacement(match)
            if new == match.group():
                continue
            pieces += self.text[position : match.start()], new
            length += match.start() - position
            edits.append((length, length + len(new), match.span()))
            length += len(new)
            position = match.end()
        if not edits:
            return self
        starts, ends, origins = zip(*edits, strict=True)
        return Cleaned("".join(pieces) + self.text[position:], (*self._steps, _Step(starts, ends, origins)))


def clean(text: str) -> Cleaned:
    """
    NFC, LF line ends, typographic ligatures undone, Windows characters taken for controls given back, rare spaces
    made common ones, invisible and control characters gone, no trailing blanks.
    """
    cleaned = Cleaned(text).replaced(_LINE_END, lambda _: "\n")
    cleaned = cleaned.replaced(_ONE, lambda match: _REPLACED[match.group()])
    cleaned = cleaned.replaced(_UNSEEN, lambda _: "")
    if not unicodedata.is_normalized("NFC", cleaned.text):
        cleaned = cleaned.replaced(_COMPOSING, lambda match: unicodedata.normalize("NFC", match.group()))
    return cleaned.replaced(_TRAILING, lambda _: "").replaced(_EDGES, lambda _: "")


def flow(text: str, vocabulary: Collection[str] = ()) -> Cleaned:
    """
    `clean`, for text that was set in lines: accents printed apart put back on their letters, words cut at a line's
    end rejoined, the lines of a paragraph joined, any run of blanks one space. Paragraphs are parted by an empty
    line; a line that starts with "- " or "1. " is an item of a list.
    """
    cleaned = clean(text).replaced(_ACCENTED, _accented)
    cleaned = cleaned.replaced(_HYPHENATED, partial(_rejoined, vocabulary=vocabulary))
    cleaned = cleaned.replaced(_NUMBERED, lambda match: match[1])
    return cleaned.replaced(_WRAPPED, lambda _: " ").replaced(_BLANKS, lambda _: " ")


def words(text: str) -> set[str]:
    """The words that stand whole in the lines of a text, small; the halves of those that a line cuts are left out."""
    whole = _CUT.sub(" ", clean(text).text.casefold())
    return set(_WORD.findall(whole))


def _accented(match: re.Match[str]) -> str:
    accent, letter = (match[1], match[2]) if match[1] else (match[3], match[4])
    composed = unicodedata.normalize("NFC", letter.replace("ı", "i") + _APART[accent])
    return composed if len(composed) == 1 else match.group()


def _rejoined(match: re.Match[str], vocabulary: Collection[str]) -> str:
    left = _LEFT.search(match.string, max(match.start() - _LONGEST, 0), match.start())
    hyphen, right = match.groups()
    return hyphen + right if keeps_hyphen(left[0] if left else "", right, vocabulary) else right


def keeps_hyphen(left: str, right: str, vocabulary: Collection[str]) -> bool:
    """
    Whether « left-⏎right » is one word with a hyphen (co-construction) rather than one that the line cuts
    (collec-tivité): as the document writes it elsewhere, else as French does.
    """
    before, after = re.split(r"['’]", left.casefold())[-1], right.casefold()
    if f"{before}-{after}" in vocabulary:
        return True
    if before + after in vocabulary:
        return False
    if (right[0].isupper() and not left.isupper()) or "-" in after:
        return True
    if before in _PRONOUNS and after in _EMPHASES:
        return True
    known = after in vocabulary
    return (after in _CLITICS and before in vocabulary) or (before in _PREFIXES and known)
