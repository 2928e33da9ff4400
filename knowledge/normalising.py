"""Pure: the declared equivalence under which two texts say the same words, with the way back to the original."""

import re
import unicodedata
from dataclasses import dataclass

# What typography may change without changing a word. Accents and case are kept: they carry meaning.
_FOLDED = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "′": "'",
        "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-",
        "…": "...",
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE",
        "ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st",
        "\u00ad": "", "\u200b": "", "\u2060": "", "\ufeff": "",
    }
)  # fmt: skip
_TIGHT = re.compile(r"\s*\"\s*|\s+(?=[:;!?%»])|(?<=\d)\s(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True)
class Normalised:
    """`text` is the normal form; its character i comes from the range `origins[i]` of the original."""

    text: str
    origins: tuple[tuple[int, int], ...]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original text that became [start, end), of at least one character."""
        return self.origins[start][0], self.origins[end - 1][1]


def normalise(text: str) -> Normalised:
    """
    NFC, one apostrophe, one dash, one quotation mark, ligatures undone, soft hyphens gone,
    words cut at a line's end rejoined, any run of blanks one space, no space before « : ; ! ? % » nor inside a number.
    """
    composed = _composed(text)
    folded = [(out, origin) for char, origin in composed for out in char.translate(_FOLDED)]
    joined = _drop(folded, r"(?<=\w)-[ \t]*\n\s*(?=[a-zà-ÿ])")
    spaced = _squeeze(joined)
    final = _tighten(spaced)
    return Normalised("".join(char for char, _ in final), tuple(origin for _, origin in final))


def locate(quote: str, text: str) -> tuple[int, int] | None:
    """Where `text` says the words of `quote` under the equivalence; None where it does not."""
    wanted = normalise(quote).text.strip()
    haystack = normalise(text)
    start = haystack.text.find(wanted) if wanted else -1
    return None if start < 0 else haystack.original(start, start + len(wanted))


_Chars = list[tuple[str, tuple[int, int]]]


def _composed(text: str) -> _Chars:
    """NFC cluster by cluster, so that each character knows its origin."""
    clusters: _Chars = []
    for at, char in enumerate(text):
        if clusters and _belongs(char, clusters[-1][0]):
            base, (start, _) = clusters[-1]
            clusters[-1] = (unicodedata.normalize("NFC", base + char), (start, at + 1))
        else:
            clusters.append((char, (at, at + 1)))
    return [(char, origin) for cluster, origin in clusters for char in unicodedata.normalize("NFC", cluster)]


def _belongs(char: str, cluster: str) -> bool:
    """An accent, or a letter that is one with what stands before it (Hangul)."""
    if char < "\u0300":
        return False
    return bool(unicodedata.combining(char)) or len(unicodedata.normalize("NFC", cluster[-1] + char)) == 1


def _drop(chars: _Chars, pattern: str) -> _Chars:
    gone: set[int] = set()
    for match in re.finditer(pattern, "".join(char for char, _ in chars)):
        gone.update(range(*match.span()))
    return [pair for index, pair in enumerate(chars) if index not in gone]


def _squeeze(chars: _Chars) -> _Chars:
    out: _Chars = []
    for char, origin in chars:
        if not char.isspace():
            out.append((char, origin))
        elif out and out[-1][0] != " ":
            out.append((" ", origin))
    return out


def _tighten(chars: _Chars) -> _Chars:
    text = "".join(char for char, _ in chars)
    gone: set[int] = set()
    for match in _TIGHT.finditer(text):
        gone.update(index for index in range(*match.span()) if text[index] == " ")
    return [pair for index, pair in enumerate(chars) if index not in gone]
