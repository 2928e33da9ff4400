"""Pure: words that people say for one another, where the sources say but one of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from .analysing import terms

# A stem → the stems of the words that mean the same, itself left out.
Groups = Mapping[str, frozenset[str]]


def read_groups(text: str) -> Groups:
    """
    Of lines of words parted by commas; what follows a # is passed over. A word of two groups has the mates of both.
    Example: "obligatoire, imposer" -> {"obligatoir": {"impos"}, "impos": {"obligatoir"}}
    """
    mates: dict[str, set[str]] = defaultdict(set)
    for line in text.splitlines():
        group = set(terms(line.partition("#")[0]))
        for stem in group:
            mates[stem] |= group - {stem}
    return {stem: frozenset(some) for stem, some in mates.items()}


def mates(said: Iterable[str]) -> frozenset[str]:
    """The terms that the subject says for these, which are left out."""
    own = frozenset(said)
    return frozenset().union(*(_groups().get(term, ()) for term in own)) - own


def widened(said: Iterable[str]) -> frozenset[str]:
    """The terms, and those that the subject says for them."""
    own = frozenset(said)
    return own | mates(own)


@cache
def _groups() -> Groups:
    return read_groups((files(__package__) / "lexicon" / "synonymes.txt").read_text(encoding="utf-8"))
