import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knowledge.analysing import content_words, fold, stem
from knowledge.wording import Wording, reword, word

from ..strategies import anything, sentences

texts = st.lists(st.one_of(sentences, anything), max_size=8)


def read_back(wording: Wording) -> list[list[str]]:
    bounds = zip(wording.starts, wording.starts[1:], strict=False)
    return [[wording.words[number] for number in wording.tokens[start:stop]] for start, stop in bounds]


def assert_same(one: Wording, other: Wording) -> None:
    assert (one.words, one.stems, one.bares) == (other.words, other.stems, other.bares)
    for name in ("tokens", "starts"):
        left, right = getattr(one, name), getattr(other, name)
        np.testing.assert_array_equal(left, right)
        assert left.dtype == right.dtype


@given(texts)
def test_texts_are_their_content_words(texts: list[str]) -> None:
    wording = word(texts)
    assert len(wording) == len(texts)
    assert read_back(wording) == [content_words(text) for text in texts]
    assert wording.stems == tuple(map(stem, wording.words))
    assert wording.bares == tuple(map(fold, wording.words))


@given(texts)
def test_words_are_numbered_as_they_first_appear(texts: list[str]) -> None:
    assert word(texts).words == tuple(dict.fromkeys(one for text in texts for one in content_words(text)))


@given(texts, st.data())
def test_texts_that_are_kept_come_to_the_same_as_if_they_were_read_anew(before: list[str], data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.integers(-1, len(before) - 1), max_size=10))
    fresh = data.draw(st.lists(sentences, min_size=kept.count(-1), max_size=kept.count(-1)))
    unread = iter(fresh)
    after = [before[at] if at >= 0 else next(unread) for at in kept]
    assert_same(reword(word(before), kept, fresh), word(after))
