import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.sufficing import standing, suffices
from assistant.weighing import Unit
from knowledge import Hit, Passage
from knowledge.segmenting import segment

TEXT = "La charte lie la commune."


def unit(score: float) -> Unit:
    (block,) = segment(TEXT)
    return Unit(Hit(Passage("a.md", "", TEXT, 0), 1.0), block, 0, len(TEXT), "", None, score)


def test_nothing_found_never_suffices() -> None:
    assert standing([], 100.0) == -math.inf
    assert not suffices([], 100.0)


@pytest.mark.parametrize(
    ("nearness", "score", "enough"),
    [
        (0.0, 0.85, False),  # what questions from elsewhere find
        (0.0, 1.5, True),  # far, but a sentence that answers
        (6.0, 0.6, True),  # near, and a sentence that says part of it
        (4.0, 0.3, False),  # rather near, and nothing about the question
    ],
)
def test_the_further_the_passages_the_better_a_sentence_must_answer(
    nearness: float, score: float, enough: bool
) -> None:
    assert suffices([unit(score)], nearness) is enough


@given(nearness=st.floats(-10, 20), score=st.floats(0, 3), more=st.floats(0, 3))
def test_what_suffices_still_does_when_it_is_nearer_or_better(nearness: float, score: float, more: float) -> None:
    if suffices([unit(score)], nearness):
        assert suffices([unit(score + more)], nearness)
        assert suffices([unit(score)], nearness + more)


def test_where_there_should_be_no_answer_a_doubt_is_not_enough() -> None:
    assert suffices([unit(0.9)], 6.0)
    assert not suffices([unit(0.9)], 6.0, sure=True)
    assert suffices([unit(1.1)], 6.0, sure=True)


def test_more_is_needed_where_the_figure_that_is_asked_for_is_not_there() -> None:
    assert suffices([unit(0.9)], 3.0)
    assert not suffices([unit(0.9)], 3.0, exact=False)
    assert suffices([unit(0.9)], 6.0, exact=False)
