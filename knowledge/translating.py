"""Pure: a question asked in English, told apart, and put into the French words that its subject has."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from .analysing import fold, words

# By stems of the English, one or more words long.
Lexicon = Mapping[tuple[str, ...], str]

_ENGLISH = frozenset(
    """
    a about above according after again against all also am an and any are as at be because been before being below
    between both but by can could did do does doing down during each few for from further had has have having he her
    here him his how i if in into is it its itself just many may me might more most much must my no nor not now of off
    on once only or other our out over own same shall she should since so some such than that the their them then
    there these they this those through to too under until up upon us was we were what when where whether which while
    who whom whose why will with within without would you your
    """.split()
)
# Words of both languages, which tell nothing: « on », « a », « me », « as », « plus »…
_BOTH = frozenset("a as do for in me no on or son us".split())
_FRENCH = frozenset(
    """
    au aux avec ce ces cet cette comment dans de des du elle elles en est et etre faut il ils je la le les leur leurs
    ma mais mes mon ne nos notre nous ont ou par pas peut pour pourquoi qu quand que quel quelle quelles quels qui
    quoi sa ses sont sur ta tes ton tu un une vos votre vous y l c j n
    """.split()
)
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 3


def is_english(question: str) -> bool:
    """
    Whether its small words are English rather than French; of as many of both, the first decides.
    Example: "Who chairs Le RAMEAU?" -> True; "Qui préside Le RAMEAU ?" -> False; "subvention" -> False
    """
    said = [fold(word) for word in _WORD.findall(question.lower().replace("’", "'"))]
    votes = [word in _FRENCH for word in said if word in _FRENCH | (_ENGLISH - _BOTH)]
    french = sum(votes)
    return french * 2 < len(votes) or (french * 2 == len(votes) > 0 and not votes[0])


def read_lexicon(text: str) -> Lexicon:
    """
    Of lines « english, other english = french words », without French for what tells nothing of what is looked for;
    the rest is passed over. What is given twice is joined.
    """
    lexicon: dict[tuple[str, ...], str] = {}
    for line in text.splitlines():
        english, equals, french = line.partition("=")
        for way in english.split(",") if equals and not line.startswith("#") else ():
            known = lexicon.get(_stems(way), "").split()
            lexicon[_stems(way)] = " ".join(dict.fromkeys([*known, *french.split()]))
    return lexicon


def in_french(question: str, lexicon: Lexicon) -> str:
    """
    The French of what the lexicon knows of a question, longest expressions first; other words as they are.
    Example, of a lexicon with « grant = subvention » and « please = »: "a grant, please" -> "subvention"
    """
    said = [word for word in words(question) if word not in _ENGLISH]
    stems = _stems(" ".join(said))
    found: list[str] = []
    at = 0
    while at < len(stems):
        size = next((n for n in range(_LONGEST, 0, -1) if stems[at : at + n] in lexicon), 0)
        found.append(lexicon[stems[at : at + size]] if size else said[at])
        at += size or 1
    return " ".join(filter(None, found))


def _stems(text: str) -> tuple[str, ...]:
    return tuple(_stemmer().stemWords([word for word in words(text) if word not in _ENGLISH]))


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")
