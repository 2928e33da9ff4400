"""Sentences with and without personal data, and how well masking tells them apart."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.analysing import content_words

_FILE = Path(__file__).parent / "personal-data.txt"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`personal` are the stretches of the text that must not be written down; `text` holds them."""

    text: str
    personal: tuple[str, ...] = ()

    def missed(self, masked: Callable[[str], str]) -> list[str]:
        """The stretches of which a word is left."""
        left = set(_words(masked(self.text)))
        return [one for one in self.personal if set(_words(one)) & left - set(_words(self.rest))]

    def lost(self, masked: Callable[[str], str]) -> list[str]:
        """The other words that are gone."""
        left = _words(masked(self.text))
        return [word for word in _words(self.rest) if word not in left]

    @property
    def rest(self) -> str:
        rest = self.text
        for one in self.personal:
            rest = rest.replace(one, " ")
        return rest


def sentences() -> tuple[Sequence[Sentence], Sequence[Sentence]]:
    """Those with personal data, and those without."""
    lines = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    at = lines.index("--")
    marked = [Sentence(re.sub(r"[{}]", "", line), tuple(re.findall(r"{(.*?)}", line))) for line in lines[:at]]
    return marked, [Sentence(line) for line in lines[at + 1 :]]


def _words(text: str) -> list[str]:
    # A title may stay: it is nobody's.
    return [word for word in content_words(text) if word not in ("monsieur", "madame", "mme")]
