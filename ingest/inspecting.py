"""Pure: what shows that a text was badly decoded or badly taken out of its pages."""

import re
from collections import Counter
from collections.abc import Iterator

# An accent that was printed beside its letter: « pr´elev´ee », « aoˆut ». An elision's apostrophe may look like one.
_ACCENT = re.compile(
    r"(?<!\b[ldjmtsncLDJMTSNC])(?<!qu)(?<!Qu)[´ˆ¨](?=[aeiouıAEIOU])|[aeiouAEIOU][´ˆ¨](?=[^\W\d_])|¸(?=[cC])"
)
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ \u00a0]){4,}[^\W\d_](?![^\W_])")
_ADDRESS = re.compile(r"\S*(?:://|www\.|@|_)\S*|\S+/\S+")
_LETTERS = re.compile(r"[^\W\d_]+")
_LOST = "\ufffd"

# Words that glue to their neighbours more often than they begin or end one; and words that they do begin or end.
_SMALL = frozenset(
    "les des une pour dans avec que est sont aux cette ces leurs leur dont mais ses nos vos ont qui".split()
)
_USUAL = frozenset(
    "pourquoi pourtant quelque quelques auxquels auxquelles desquels desquelles lesquels lesquelles lequel dessous "
    "dessus surtout partout parfois parfait".split()
)
# No French word in use is as long.
_TOO_LONG = 24
# So many, and such a part of all words. Of 2,430 French texts (référentiel, fiches, guides, three public sets) none
# reaches the latter (.0037 at most); with a third of its spaces taken away, 97 in 100 do, with a tenth, 73.
_GLUED, _GLUED_PART = 3, 0.005
# Fewer may be meant: a sign that is spoken of, a title set in spaced capitals.
_ACCENTS, _MISREAD, _SPACINGS = 2, 3, 3


def flaws(text: str) -> Iterator[str]:
    """One French sentence a kind of damage, with the first example of it; none for a sound text."""
    if lost := text.count(_LOST):
        yield _told("lettres perdues", lost, _around(text, text.index(_LOST)))
    accents = list(_ACCENT.finditer(text))
    if len(accents) >= _ACCENTS:
        yield _told("accents détachés de leur lettre", len(accents), _around(text, accents[0].start()))
    misread = list(_misread(text))
    if len(misread) >= _MISREAD:
        yield _told("accents mal décodés", len(misread), misread[0])
    glued = _glued(text)
    if glued:
        yield _told("mots collés", len(glued), glued[0])
    spaced = _SPACED.findall(text)
    if len(spaced) >= _SPACINGS:
        yield _told("lettres espacées", len(spaced), spaced[0])


def _misread(text: str) -> Iterator[str]:
    """UTF-8 taken for something else: « Ã© ». ftfy takes for suspect our œ at the end of a word, and what is lost."""
    from ftfy.badness import BADNESS_RE

    sound = text.replace("œ", "o").replace("Œ", "O").replace(_LOST, " ")
    return (_around(sound, match.start()) for match in BADNESS_RE.finditer(sound))


def _glued(text: str) -> list[str]:
    """Words met once that are two words of the same text; none unless they are many."""
    counts = Counter(word.lower() for word in _LETTERS.findall(_ADDRESS.sub(" ", text)))
    found = [word for word, times in counts.items() if times == 1 and word not in _USUAL and _is_two(word, counts)]
    enough = len(found) >= max(_GLUED, _GLUED_PART * counts.total())
    return found if enough else []


def _is_two(word: str, counts: Counter[str]) -> bool:
    halves = ((word[:at], word[at:]) for at in range(3, len(word) - 2))
    return len(word) >= _TOO_LONG or any(
        (one in _SMALL and len(other) >= 4 and other in counts)
        or (other in _SMALL and len(one) >= 5 and one in counts)
        or (len(one) >= 5 and len(other) >= 5 and one in counts and other in counts)
        for one, other in halves
    )


def _around(text: str, at: int) -> str:
    """The word that stands at an offset."""
    start = max((text.rfind(blank, 0, at) for blank in " \n\t\u00a0"), default=-1) + 1
    return text[start:].split(maxsplit=1)[0][:40] if text[start:].strip() else ""


def _told(what: str, times: int, example: str) -> str:
    return f"{what}, {times} fois (« {example} ») ; reprenez-le de l'original, ou enregistrez-le autrement"
