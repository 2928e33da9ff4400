"""Pure: the acronyms that texts themselves spell out, and a question with both forms of those it uses."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from .analysing import content_words, fold, words

# « économie sociale et solidaire (ESS) », and in a glossary « - ESS : économie sociale et solidaire. »
_SHORT = r"(?=[A-Za-z0-9]*[A-ZÉ]{2}|[A-Z][a-z]+[A-Z])[A-ZÉ][A-Za-zÉ0-9]{1,9}"
_SPELLED = re.compile(rf"[ \u00a0]\(({_SHORT})\)")
_LISTED = re.compile(rf"^[-*] ({_SHORT}) : ([^.;(]{{4,90}})", re.MULTILINE)
# Characters before the bracket among which the long form is looked for.
_BEFORE = 110


def spelled_out(text: str) -> list[tuple[str, str]]:
    """
    The acronyms of a text in lower case, each with the long form beside it, as often as it says so.
    Example: "la convention pluriannuelle d'objectifs (CPO)" -> [("cpo", "convention pluriannuelle d'objectifs")]
    """
    found = []
    for match in _SPELLED.finditer(text):
        phrase = re.split(r"[.;:!?(),»]", text[max(0, match.start() - _BEFORE) : match.start()])[-1]
        if long := _long_form(phrase, match.group(1)):
            found.append((fold(match.group(1).lower()), long.lower()))
    return found + [(fold(short.lower()), phrase.strip().lower()) for short, phrase in _LISTED.findall(text)]


def acronyms(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each acronym, and its most frequent long form, the first of those that are."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for short, long in found:
        forms[short][long] += 1
    return {short: longs.most_common(1)[0][0] for short, longs in forms.items()}


def other_forms(question: str, known: Mapping[str, str]) -> str:
    """The long forms of the acronyms that the question uses, and the acronyms of the long forms; "" when neither."""
    said = set(map(fold, content_words(question)))
    added = [long for short, long in known.items() if short in said]
    added += [short for short, long in known.items() if short not in said and _says(said, long)]
    return " ".join(added)


def _says(said: set[str], long: str) -> bool:
    wanted = _folded(long)
    return len(wanted) > 1 and wanted <= said


@lru_cache(maxsize=4096)
def _folded(long: str) -> frozenset[str]:
    return frozenset(map(fold, content_words(long)))


def _long_form(phrase: str, short: str) -> str:
    """The last words of the phrase whose initials, in order, are the acronym's (Schwartz and Hearst, 2003)."""
    parts = phrase.split()
    letters = fold(short.lower())
    for start in range(len(parts) - 1, -1, -1):
        candidate = " ".join(parts[start:])
        initials = "".join(word[0] for word in map(fold, words(candidate)))
        opens = bool(content_words(parts[start])) and initials[:1] == letters[:1]
        if opens and _in_order(letters, initials):
            return candidate
    return ""


def _in_order(letters: str, initials: str) -> bool:
    rest = iter(initials)
    return all(letter in rest for letter in letters)
