"""Pure: texts that say nearly the same, found by sketches of them."""

import base64
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .reporting import Likeness

# What the names of the facts begin with that hold the sketch of each source.
FACTS = "sketch:"
_SIZE = 128
# Most pairs of texts share less than this part of the first few: nine in ten comparisons stop there.
_FIRST, _HOPEFUL = 32, 0.25
_HYPHEN = re.compile(r"[-\u00ad\u2010]\s*\n\s*")
_WORD = re.compile(r"[^\W\d_]+")
# The part of their pairs of words that two texts share. The four SCIC guides in three layouts each (two columns read
# across or down): .61 to .96; two fiches of the référentiel: .41 at most; one sketch errs by .04.
_ALIKE = 0.55
# Shorter texts share much by chance.
_SHORTEST = 40

Sketch = NDArray[np.uint32]


def sketch(text: str) -> str:
    """MinHash of a text's pairs of words, in base64; "" for one too short to be compared."""
    from rensa import RMinHash

    words = _words(text)
    if len(words) < _SHORTEST:
        return ""
    hashed = RMinHash(num_perm=_SIZE, seed=1)
    hashed.update([f"{one} {other}" for one, other in pairwise(words)])
    return base64.b64encode(np.asarray(hashed.digest(), dtype="<u4").tobytes()).decode()


def alike(sketches: Mapping[str, str], new: Collection[str]) -> Iterator[Likeness]:
    """Each of the `new` with the one most like it among all sketches, if it is alike; a pair once."""
    ids = [id for id, text in sketches.items() if text]
    if not ids:
        return
    table = np.stack([np.frombuffer(base64.b64decode(sketches[id]), dtype="<u4") for id in ids])
    first = np.ascontiguousarray(table[:, :_FIRST])
    told: set[frozenset[str]] = set()
    for at, id in enumerate(ids):
        if id not in new:
            continue
        hopeful = np.flatnonzero(np.count_nonzero(first == first[at], axis=1) >= _HOPEFUL * _FIRST)
        shares = (table[hopeful] == table[at]).mean(axis=1)
        shares[hopeful == at] = 0
        other, share = ids[hopeful[shares.argmax()]], float(shares.max())
        if share >= _ALIKE and frozenset((id, other)) not in told:
            told.add(frozenset((id, other)))
            yield Likeness(id, other, share)


def _words(text: str) -> list[str]:
    """Without case, accents, numbers and hyphens at the ends of lines."""
    decomposed = unicodedata.normalize("NFKD", _HYPHEN.sub("", text).casefold())
    return _WORD.findall("".join(letter for letter in decomposed if not unicodedata.combining(letter)))
