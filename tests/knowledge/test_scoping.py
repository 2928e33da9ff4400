import pytest

from knowledge import Passage, Reference, Scope, Support
from knowledge.scoping import EVERYTHING

RESTS_ON_RTES = (Support(0, 5, Reference("S01", "RTES", "Un article", "2016", "")),)
PASSAGE = Passage(
    "docs/a.md",
    "La charte",
    "Une charte se signe.",
    0,
    publisher="Ville de Nantes",
    date="2024-03",
    part="Étapes et méthode",
    supports=RESTS_ON_RTES,
)


def test_an_empty_scope_admits_everything() -> None:
    assert not EVERYTHING
    assert EVERYTHING.admits(PASSAGE)
    assert EVERYTHING.admits(Passage("docs/b.md", "", "", 0))


@pytest.mark.parametrize(
    "scope",
    [
        Scope(part="etapes et METHODE"),
        Scope(part="méthode"),
        Scope(publisher="ville de nantes"),
        Scope(publisher="rtes"),
        Scope(since="2024"),
        Scope(since="2024-03-15"),
        Scope(until="2024-03-15"),
        Scope(until="2024"),
        Scope(since="2024-03-31", until="2024-03-31"),
        Scope(source="docs/a.md"),
        Scope(part="Étapes", publisher="RTES", since="2020", source="docs/a.md"),
    ],
)
def test_what_is_asked_for_is_admitted(scope: Scope) -> None:
    assert scope
    assert scope.admits(PASSAGE)


@pytest.mark.parametrize(
    "scope",
    [
        Scope(part="Freins"),
        Scope(part="méth"),
        Scope(publisher="RTE"),
        Scope(publisher="Nantes Ville"),
        Scope(since="2024-04"),
        Scope(until="2024-02"),
        Scope(until="2023"),
        Scope(source="docs/a"),
        Scope(part="Étapes", publisher="Ville de Lyon"),
    ],
)
def test_what_is_not_asked_for_is_left_out(scope: Scope) -> None:
    assert not scope.admits(PASSAGE)


@pytest.mark.parametrize("dated", ["", "hier", "mars 2024"])
def test_a_source_without_a_date_is_in_no_period(dated: str) -> None:
    passage = Passage("docs/a.md", "", "Une charte.", 0, date=dated)
    assert not Scope(since="1900").admits(passage)
    assert not Scope(until="2999").admits(passage)
    assert Scope(source="docs/a.md").admits(passage)
