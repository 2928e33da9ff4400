"""Pure: a question as other people would type it."""

import re
import zlib
from collections.abc import Callable, Mapping

from ..analysing import fold

# Letters beside each other on a French keyboard.
_NEIGHBOURS = dict(zip("azertyuiopqsdfghjklmwxcvbn", "zareytiuposqfdhgkjmlxwvcnb", strict=True))
_LONG_WORD = re.compile(r"[^\W\d_]{7,}")


def without_accents(text: str) -> str:
    return fold(text)


def in_capitals(text: str) -> str:
    return text.upper()


def with_curly_apostrophes(text: str) -> str:
    return text.replace("'", "’")


def with_typos(text: str) -> str:
    """
    One slip in each word of over six letters, the same one each time: two letters swapped, one left out, one
    doubled or one struck beside. The first letter and the last are kept, as those who type mostly do.
    """
    return _LONG_WORD.sub(lambda match: _slipped(match.group()), text)


DISTORTIONS: Mapping[str, Callable[[str], str]] = {
    "sans accents": without_accents,
    "en capitales": in_capitals,
    "apostrophes typographiques": with_curly_apostrophes,
    "une faute par mot long": with_typos,
}


def _slipped(word: str) -> str:
    drawn = zlib.crc32(word.lower().encode())
    at = 1 + drawn // 4 % (len(word) - 3)
    before, here, after, rest = word[:at], word[at], word[at + 1], word[at + 2 :]
    match drawn % 4:
        case 0 if here != after:
            return before + after + here + rest
        case 1:
            return before + after + rest
        case 2:
            return before + _NEIGHBOURS.get(fold(here).lower(), "e") + after + rest
        case _:
            return before + here + here + after + rest
