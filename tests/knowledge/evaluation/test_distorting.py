import re

import pytest
from hypothesis import given
from rapidfuzz.distance import OSA

from knowledge.evaluation.distorting import (
    DISTORTIONS,
    in_capitals,
    with_curly_apostrophes,
    with_typos,
    without_accents,
)

from ...strategies import texts


def test_accents_go_and_nothing_else() -> None:
    assert without_accents("L'œuvre, où ça ? À l'été.") == "L'œuvre, ou ca ? A l'ete."


def test_capitals_keep_their_accents() -> None:
    assert in_capitals("à l'été") == "À L'ÉTÉ"


def test_apostrophes_are_those_of_a_word_processor() -> None:
    assert with_curly_apostrophes("l'appel d'offres") == "l’appel d’offres"


def test_short_words_have_no_typo() -> None:
    assert with_typos("Qui paie la charte d'une ville ?") == "Qui paie la charte d'une ville ?"


@pytest.mark.parametrize("word", ["collectivité", "association", "subvention", "territoire", "économie", "annuelle"])
def test_a_long_word_has_one_slip_inside(word: str) -> None:
    slipped = with_typos(word)
    assert OSA.distance(word, slipped) == 1
    assert (slipped[0], slipped[-1]) == (word[0], word[-1])


def test_a_slip_is_the_same_each_time() -> None:
    assert with_typos("la collectivité et la collectivité").split()[1] == with_typos("collectivité")


@given(texts)
def test_typos_leave_the_words_where_they_were(text: str) -> None:
    long_word = r"[^\W\d_]{6,}"
    assert re.sub(long_word, "x", with_typos(text)) == re.sub(long_word, "x", text)


@given(texts)
def test_a_text_of_short_words_without_accent_or_apostrophe_survives_all_but_capitals(text: str) -> None:
    plain = " ".join(re.findall(r"\b[a-z]{1,6}\b", text))
    assert {distort(plain).lower() for distort in DISTORTIONS.values()} == {plain}
