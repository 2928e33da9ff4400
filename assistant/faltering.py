"""Pure: where a model goes wrong as a whole, in words for the reader."""

import re

# A model that has written this much goes on for ever.
LONGEST = 6_000
# A sentence said so many times is a loop.
_LOOP = 4
_PIECE = re.compile(r"[^.!?\n]*[.!?\n]")
_REFUSES = re.compile(
    r"(?i)ne (?:permettent|permet) pas de répondre|je (?:suis désolée?|regrette|ne (?:peux|sais|suis)|n'ai pas)|"
    r"désolée?,|en tant que (?:modèle|assistant|ia\b)|\bi(?: am|'m) (?:sorry|unable)|\bi can(?:not|'t)|as an ai\b"
)
_FRENCH = frozenset(
    "le la les un une des du de d l et à au aux en que qui est sont dans pour par sur avec ce cette ne pas il".split()
)
# In French texts four words in ten are among these; in other languages one in ten at most.
_FRENCH_SHARE = 0.2


def sound(text: str) -> str:
    """The text up to where it begins to loop, or becomes endless; it depends on no later word."""
    counts: dict[str, int] = {}
    for match in _PIECE.finditer(text[:LONGEST]):
        piece = re.sub(r"\W+", " ", re.sub(r"\[[\d\s,;]*\]", "", match.group())).strip().lower()
        if len(piece) < 8:
            continue
        counts[piece] = counts.get(piece, 0) + 1
        if counts[piece] == _LOOP:
            return text[: match.end()]
    return text[:LONGEST]


def is_endless(text: str) -> bool:
    """Whether nothing that comes after can matter."""
    return len(text) >= LONGEST or len(sound(text)) < len(text)


def fault(text: str) -> str:
    """Why a text none of which is borne out cannot be shown, in a French sentence."""
    tokens = re.findall(r"[^\W\d_]+", text.lower())
    if not tokens:
        return "Le modèle de langue n'a rien écrit."
    if _REFUSES.search(text.replace("’", "'")):
        return "Le modèle de langue a dit ne pas pouvoir répondre."
    if is_endless(text):
        return "Le modèle de langue s'est répété."
    if len(tokens) >= 8 and sum(token in _FRENCH for token in tokens) < _FRENCH_SHARE * len(tokens):
        return "Le modèle de langue n'a pas écrit en français."
    return "Le modèle de langue n'a rien écrit que les sources étayent."
