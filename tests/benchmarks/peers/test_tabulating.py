import pytest

from benchmarks.peers.stacks import STACKS, Stack
from benchmarks.peers.tabulating import MEASURES, Result, by_source, table


def result(name: str, ndcg: list[float], times: list[float]) -> Result:
    values = {measure: {str(number): 1.0 for number in range(len(ndcg))} for measure in MEASURES}
    values["nDCG@10"] = {str(number): value for number, value in enumerate(ndcg)}
    return Result(name, values, times)


def test_the_best_passage_counts_for_its_source() -> None:
    assert by_source([3, 0, 2, 1], ["a", "b", "a", "c"]) == ("c", "a", "b")


def test_a_stack_is_told_by_its_means_its_gap_and_its_times() -> None:
    ours, other = result("nous", [1.0, 0.5], [4.0, 6.0, 100.0]), result("elle", [0.5, 0.5], [1.0, 2.0, 3.0])
    head, rule, first, second = table([ours, other], {})
    assert head.count("|") == rule.count("|") == first.count("|") == second.count("|")
    assert "0,750 [0,500 ; 1,000]" in first
    assert "6,0 ms" in first
    assert "90,6 ms" in first
    assert "0,500 [0,500 ; 0,500]" in second
    assert "+0,250 [+0,000 ; +0,500]" in second


def test_a_stack_that_does_better_than_ours_is_told_too() -> None:
    told = table([result("nous", [0.25], [1.0, 1.0]), result("elle", [0.75], [1.0, 1.0])], {})
    assert "−0,500 [−0,500 ; −0,500]" in told[-1]


def test_a_stack_that_was_not_asked_has_a_row_with_the_reason() -> None:
    told = table([result("nous", [1.0], [1.0, 1.0])], {"elle": "n'est pas installée"})
    assert told[-1].startswith("| elle | non mesurée : n'est pas installée |")
    assert told[-1].count("|") == told[0].count("|")


def test_a_stack_that_is_not_installed_names_what_is_missing() -> None:
    with pytest.raises(ImportError) as raised:
        _ = Stack("elle", "elle", ("no-such-package-at-all",)).versions
    assert raised.value.name == "no-such-package-at-all"


def test_ours_is_the_one_that_the_others_are_held_against() -> None:
    assert STACKS[0].module == "ours"
    assert len({stack.name for stack in STACKS}) == len(STACKS)
