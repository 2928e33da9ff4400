import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.evaluation.measuring import MEASURES, Interval, auc, difference, interval, measure, require_libraries

pytest.importorskip("ir_measures", reason="ir_measures n'est pas installé")
RELEVANT = {"q1": {"a": 1, "b": 1}, "q2": {"c": 1}, "q3": {"d": 1}}
RANKINGS = {"q1": ["x", "a", "y", "z", "w", "v", "b"], "q2": ["c"], "q3": []}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nDCG@10", (1 / math.log2(3) + 1 / math.log2(8)) / (1 + 1 / math.log2(3))),
        ("MRR", 1 / 2),
        ("Recall@5", 1 / 2),
        ("Recall@20", 1.0),
        ("Success@3", 1.0),
    ],
)
def test_a_measure_is_what_its_definition_says(name: str, expected: float) -> None:
    assert measure(RELEVANT, RANKINGS)[name]["q1"] == pytest.approx(expected)


def test_a_question_that_finds_nothing_counts_for_nought() -> None:
    assert {values["q3"] for values in measure(RELEVANT, RANKINGS).values()} == {0.0}


def test_every_measure_has_every_question() -> None:
    values = measure(RELEVANT, RANKINGS)
    assert list(values) == list(MEASURES)
    assert all(by_question.keys() == RELEVANT.keys() for by_question in values.values())


def test_ties_of_a_ranking_are_its_order() -> None:
    """Fifty sources, the good one last: sorted by name, it would be first."""
    ranking = [f"s{number:02}" for number in range(50, 0, -1)]
    assert measure({"q": {"s01": 1}}, {"q": ranking})["MRR"]["q"] == pytest.approx(1 / 50)


def test_an_interval_holds_its_mean_and_does_not_depend_on_the_order() -> None:
    values = {str(number): number % 3 / 2 for number in range(30)}
    found = interval(values)
    assert found.low < found.mean < found.high
    assert found == interval(dict(reversed(values.items())))


def test_equal_values_leave_no_doubt() -> None:
    assert interval(dict.fromkeys("abc", 0.5)) == Interval(0.5, 0.5, 0.5)


def test_a_difference_is_taken_over_common_questions() -> None:
    assert difference({"a": 1.0, "b": 0.5}, {"b": 0.25, "c": 0.0}) == Interval(0.25, 0.25, 0.25)
    assert difference({"a": 1.0}, {"b": 1.0}) is None


@pytest.mark.parametrize(
    ("value", "is_clear"),
    [
        (Interval(0.1, 0.01, 0.2), True),
        (Interval(-0.1, -0.2, -0.01), True),
        (Interval(0.1, 0, 0.2), False),
        (Interval(0.1, -0.1, 0.2), False),
    ],
)
def test_a_difference_is_clear_on_one_side_of_zero(value: Interval, is_clear: bool) -> None:
    assert value.is_clear is is_clear


def test_auc_counts_the_pairs_in_order_and_halves_ties() -> None:
    assert auc([3.0, 2.0], [1.0, 2.0]) == pytest.approx((2 + 1 + 0.5) / 4)


@given(st.lists(st.floats(-5, 5), min_size=1), st.lists(st.floats(-5, 5), min_size=1))
def test_auc_of_the_two_exchanged_is_its_complement(positives: list[float], negatives: list[float]) -> None:
    assert auc(positives, negatives) == pytest.approx(1 - auc(negatives, positives))


def test_the_libraries_of_the_measures_are_found_where_they_are_installed() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib n'est pas installé")
    require_libraries()
