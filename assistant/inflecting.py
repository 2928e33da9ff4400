"""Pure: are two French words forms of one word?

A stem is too wide for a proof: « conseil » and « conseiller », « maire » and « mairie », « consultent » and
« consultées » share one. Here number, gender and person may differ; the kind of word, tense, mood and voice may not.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from knowledge.analysing import fold

# Words that say the same of the same thing, verbs by their infinitive. Each must replace any other of its row in a text
# on public policy without changing who does what, how much or whether one must.
_SYNONYMS = """
commencer débuter démarrer
regrouper rassembler réunir
comporter contenir
favoriser faciliter
aider soutenir appuyer
augmenter progresser
diminuer baisser
indiquer préciser
associer impliquer
élaborer construire
choisir sélectionner
montrer révéler
mentionner citer
objectif but finalité
façon manière
étape phase
municipalité commune
an année
frein obstacle
avantage atout
soutien appui
souvent fréquemment
rapidement vite
essentiel primordial
divers différent
""".strip().split("\n")

# Irregular verbs, with any prefix: present, infinitive and gerund; participle; future; imperfect.
_IRREGULAR = """
tenir    tien(?:s|t|nent)|ten(?:ons|ez|ant|ir)                      tenue?s?  tiendr(?:a|ont)  ten(?:ait|aient)
venir    vien(?:s|t|nent)|ven(?:ons|ez|ant|ir)                      venue?s?  viendr(?:a|ont)  ven(?:ait|aient)
mettre   met(?:s|tent|tons|tez|tant|tre)?                           mise?s?   mettr(?:a|ont)   mett(?:ait|aient)
prendre  pren(?:d|ds|nent|dre|ons|ez|ant)                           prise?s?  prendr(?:a|ont)  pren(?:ait|aient)
faire    f(?:ait|ont|aire|aisons|aisant)                            faite?s?  fer(?:a|ont)     fais(?:ait|aient)
cevoir   çoi(?:t|s|vent)|cev(?:ons|ez|ant|oir)                      çue?s?    cevr(?:a|ont)    cev(?:ait|aient)
vouloir  veu(?:t|x|lent)|voul(?:ons|ez|oir)                         voulue?s? voudr(?:a|ont)   voul(?:ait|aient)
savoir   sai(?:t|s)|sav(?:ons|ez|ent|oir)                           sue?s?    saur(?:a|ont)    sav(?:ait|aient)
crire    cri(?:t|s|re|vent|vons|vez|vant)                           crite?s?  crir(?:a|ont)    criv(?:ait|aient)
naître   na[iî](?:t|s|tre|ssent|ssant)                               née?s?    naîtr(?:a|ont)   naiss(?:ait|aient)
""".strip().split("\n")
_TENSES = ("v", "p", "f", "i")

_ENDINGS = (
    # present, infinitive and gerund; participle; imperfect; future; conditional, of the three regular groups
    ("v", r"e|es|ent|er|ez|ons|ant"),
    ("p", r"ée?s?"),
    ("i", r"ait|aient|ais|iez"),
    ("f", r"era|eront|erai|eras|erez|erons"),
    ("c", r"erait|eraient|erais"),
    ("v2", r"ir|it|is|issent|issons|issez|issant"),
    ("p2", r"ie?s?"),
    ("f2", r"ira|iront|irai|irez|irons"),
    ("c2", r"irait|iraient|irais"),
    ("v3", r"(?<=[dt])(?:|s|re|ent|ez|ons|ant)"),
    ("p3", r"ue?s?"),
    ("f3", r"(?<=[dt])(?:ra|ront|rai|rez|rons)"),
    ("v4", r"(?<=u)(?:it|is|ire|isent|isez|isons|isant)"),
    ("p4", r"(?<=u)ite?s?"),
)
_READINGS = tuple((kind, re.compile(rf"(\w{{2,}}?)(?:{ending})$")) for kind, ending in _ENDINGS)
_NOUN = (
    (re.compile(r"(?<=\w{3})aux$"), "al"),
    (re.compile(r"(?<=\w{2})[sx]$"), ""),
    (re.compile(r"(?<=\w{2})(?:euse|eu)$"), "eur"),
    (re.compile(r"(?<=\w{2})trice$"), "teur"),
    (re.compile(r"(?<=\w{2})ère$"), "er"),
    (re.compile(r"(?<=\w{2})ive$"), "if"),
    (re.compile(r"(?<=\w{2})que$"), "c"),
    (re.compile(r"(?<=\w{2})(?:elle|el)$"), "el"),
    (re.compile(r"(?<=\w)(?:enne|onne)$"), "n"),
    (re.compile(r"(?<=\w{2}[^i])e$"), ""),
)

Reading = tuple[str, str]


@lru_cache(maxsize=65536)
def same_word(one: str, other: str) -> bool:
    """
    Whether the words differ in number, gender or person alone, or are declared synonyms in the same form.
    Example: « finance » and « financent », not « finance » and « finançait », « financée » nor « financement ».
    """
    return one == other or bool(readings(one) & readings(other))


def distinguishes(words: Iterable[str]) -> bool:
    """Whether a text uses two declared synonyms: it then means two things by them."""
    rows: dict[str, str] = {}
    return any(
        rows.setdefault(_heads()[reading], reading[1]) != reading[1]
        for word in words
        for reading in _forms(word)
        if reading in _heads()
    )


@lru_cache(maxsize=65536)
def is_synonym(one: str, other: str) -> bool:
    """Whether only their being declared synonyms makes one word of them."""
    return one != other and not _forms(one) & _forms(other) and same_word(one, other)


@lru_cache(maxsize=65536)
def readings(word: str) -> frozenset[Reading]:
    """What a word may be a form of: (kind, radical). A word with a digit, or all capitals, is itself and nothing else."""
    if any(char.isdigit() for char in word) or (len(word) > 1 and word.isupper()) or word[:1] == "=":
        return frozenset({("=", word)})
    heads = _heads()
    return frozenset(
        (reading[0].rstrip("234"), heads[reading]) if reading in heads else reading for reading in _forms(word)
    )


@lru_cache(maxsize=65536)
def _forms(word: str) -> frozenset[Reading]:
    # A capital often goes without its accent.
    word = fold(word[:1].lower()) + word[1:].lower()
    found = {("n", _noun(word)), *_irregular(word)}
    for kind, pattern in _READINGS:
        if match := pattern.match(word):
            found.add((kind, _soft(match.group(1))))
    return frozenset(found)


def _noun(word: str) -> str:
    for pattern, by in _NOUN:
        word = pattern.sub(by, word)
    return word


def _soft(radical: str) -> str:
    """« finançons », « engageons » and « appellent » with the radicals of « finance », « engage » and « appeler »."""
    return re.sub(r"ge$", "g", radical.replace("ç", "c"))


def _irregular(word: str) -> set[Reading]:
    found = set()
    for infinitive, patterns in _tables():
        for kind, pattern in patterns:
            if match := pattern.fullmatch(word):
                found.add((kind, match.group(1) + infinitive))
    return found


@cache
def _tables() -> tuple[tuple[str, tuple[tuple[str, re.Pattern[str]], ...]], ...]:
    rows = []
    for infinitive, *forms in map(str.split, _IRREGULAR):
        patterns = [(kind, re.compile(rf"(\w*?)(?:{form})")) for kind, form in zip(_TENSES, forms, strict=True)]
        rows.append((infinitive, tuple(patterns)))
    return tuple(rows)


@cache
def _heads() -> dict[Reading, str]:
    """The readings of each synonym, and its row's first word."""
    heads: dict[Reading, str] = {}
    for head, *others in map(str.split, _SYNONYMS):
        verbs = re.search(r"(?:er|ir)$", head) is not None
        for word in (head, *others):
            for kind, radical in _forms(word):
                if verbs and kind[0] == "v":
                    heads.update({(k + kind[1:], radical): f"≈{head}" for k in "vpifc"})
                elif not verbs and kind == "n":
                    heads[kind, radical] = f"≈{head}"
    return heads
