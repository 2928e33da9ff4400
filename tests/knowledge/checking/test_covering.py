import pytest

from knowledge import MalformedDocument
from knowledge.checking.covering import Plan, cover, read_plan

PLAN = Plan(("A-01", "A-02", "C1"), {"A-02": "aucune source n'a été lue"})


def test_a_fact_is_treated_by_the_fiches_that_name_it() -> None:
    coverage = cover({"a": ["A-01"], "b": ["C1", "A-01"]}, PLAN)
    assert list(coverage.lines()) == [
        "A-01  a, b",
        "A-02  laissé de côté : aucune source n'a été lue",
        "C1    b",
    ]


def test_a_plan_that_is_covered_has_no_problem() -> None:
    assert list(cover({"a": ["A-01", "C1"]}, PLAN).problems()) == []


def test_a_fact_without_fiche_or_reason_is_missing() -> None:
    assert cover({"a": ["A-01"]}, PLAN).missing == ("C1",)


def test_an_empty_reason_is_no_reason() -> None:
    assert cover({"a": ["A-01", "C1"]}, Plan(PLAN.keys, {"A-02": ""})).missing == ("A-02",)


def test_a_key_that_the_dossier_does_not_have_is_unknown() -> None:
    assert cover({"a": ["A-01", "C1", "C99"]}, PLAN).unknown == ("C99",)


def test_a_fact_left_out_and_treated_is_disputed() -> None:
    assert cover({"a": ["A-01", "A-02", "C1"]}, PLAN).disputed == ("A-02",)


def test_each_problem_names_its_key() -> None:
    problems = list(cover({"a": ["A-02", "C99"]}, PLAN).problems())
    assert [problem.split()[0] for problem in problems] == ["A-01", "C1", "C99", "A-02"]


def test_the_summary_counts_the_keys() -> None:
    assert cover({"a": ["A-01"]}, PLAN).summary == (
        "Faits du dossier : 3 clés, 1 traitées, 1 laissées de côté, 1 sans fiche ni raison."
    )


def test_a_plan_is_read_from_its_table() -> None:
    table = "cles: [A-01, A-02, C1]\nlaisse_de_cote:\n  A-02: aucune source n'a été lue\n"
    assert read_plan(table) == PLAN


@pytest.mark.parametrize("table", ["cles: [", "cles: [A-01]", "[A-01]", ""])
def test_a_malformed_table_is_refused_in_french(table: str) -> None:
    with pytest.raises(MalformedDocument, match="couverture"):
        read_plan(table)
