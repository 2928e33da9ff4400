from pathlib import Path

import pytest

from ingest.inspecting import flaws
from knowledge.settings import REFERENTIEL

SHARED = Path(__file__).parents[3] / "shared"
SOUND = (
    "Le budget a été adopté en août, à côté de l’élu. Les associations ont été consultées, où cela était nécessaire : "
    "c’est au cœur de la co-construction, et du vœu des habitants. "
) * 3


def kinds(text: str) -> list[str]:
    return [flaw.partition(",")[0] for flaw in flaws(text)]


@pytest.mark.parametrize(
    ("damaged", "kind", "example"),
    [
        (SOUND.encode().decode("cp1252", "ignore"), "accents mal décodés", "Ã©tÃ©"),
        (SOUND.encode().decode("latin-1"), "accents mal décodés", "Ã©tÃ©"),
        (SOUND.replace("é", "´e"), "accents détachés de leur lettre", "´et´e"),
        (SOUND.replace("é", "e´"), "accents détachés de leur lettre", "e´te´"),
        (SOUND.replace("û", "ˆu"), "accents détachés de leur lettre", "aoˆut,"),
        (SOUND.replace("é", "\ufffd"), "lettres perdues", "\ufffdt\ufffd"),
        ("S O M M A I R E\n\nP A R T I E\n\nA N N E X E S", "lettres espacées", "S O M M A I R E"),
    ],
)
def test_damage_is_named_with_an_example(damaged: str, kind: str, example: str) -> None:
    assert kinds(damaged) == [kind]
    assert f"« {example} »" in next(flaws(damaged))


def test_words_that_lost_the_spaces_between_them_are_found() -> None:
    page = "Les associations et les habitants sont consultés dans les quartiers pour cette charte de la commune. "
    lost = "Lesassociations, leshabitants, lesquartiers, cettecharte."
    assert kinds(page) == []
    assert kinds(page * 3 + lost) == ["mots collés"]


def test_one_long_word_is_no_damage() -> None:
    assert kinds(SOUND + " anticonstitutionnellement") == []


def test_a_sound_text_has_no_flaw() -> None:
    assert kinds(SOUND) == []


@pytest.mark.parametrize("text", ["l´été d´une année, qu´il faut, l´action", "« a b c d »", "", "\ufeff"])
def test_what_is_only_unusual_is_no_damage(text: str) -> None:
    assert kinds(text) == []


def test_no_fiche_of_the_referentiel_is_taken_for_damaged() -> None:
    found = {path.name: kinds(path.read_text(encoding="utf-8")) for path in REFERENTIEL.rglob("*.md")}
    assert {name: flaw for name, flaw in found.items() if flaw} == {}


@pytest.mark.skipif(not SHARED.exists(), reason="../shared n'est pas là")
def test_no_real_fiche_is_taken_for_damaged() -> None:
    found = {path.name: kinds(path.read_text(encoding="utf-8")) for path in (SHARED / "documents/fiches").glob("*.md")}
    assert found
    assert {name: flaw for name, flaw in found.items() if flaw} == {}
