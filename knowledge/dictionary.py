"""Pure: the common words of French, from the list that pyspellchecker ships (140,000 forms and their counts)."""

from collections import Counter
from functools import cache

from .analysing import fold

# A form seen less often is as likely to be a slip: « commues » is a form of « commuer », and « communes » misspelt.
_COMMON = 150


def is_common(bare: str) -> bool:
    """Whether the word, without accents or capitals, is a common one of French; names and acronyms are not."""
    return bare in _words()


@cache
def _words() -> frozenset[str]:
    from spellchecker import SpellChecker

    counts: Counter[str] = Counter()
    for word, count in SpellChecker(language="fr").word_frequency.dictionary.items():
        counts[fold(word)] += count
    return frozenset(bare for bare, count in counts.items() if count >= _COMMON)
