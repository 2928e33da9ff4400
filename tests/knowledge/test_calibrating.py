import pytest

from knowledge.calibrating import UNCALIBRATED, Calibration, Zone, calibrate
from knowledge.sources import Findings, Hit, Passage

HIT = Hit(Passage("a", "Titre", "Texte.", 0), 1.0)


def found(cosine: float, coverage: float) -> Findings:
    return Findings((HIT,), cosine, coverage)


# Sixty questions from elsewhere: near 0.80, give or take a little.
FAR = [found(0.80 + 0.01 * (n % 7 - 3) / 3, 0.15 + 0.03 * (n % 5 - 2) / 2) for n in range(60)]
NEAR = [found(0.90, 0.6)] * 20


def test_most_outside_questions_are_outside_and_the_base_s_own_titles_are_covered() -> None:
    calibration = calibrate(FAR, NEAR)
    assert sum(calibration.zone(one) is Zone.OUTSIDE for one in FAR) >= 54
    assert calibration.zone(NEAR[0]) is Zone.COVERED
    assert calibration.outside <= calibration.covered


def test_outside_questions_that_the_base_answers_do_not_move_the_threshold() -> None:
    alone = calibrate(FAR, NEAR)
    mixed = calibrate([*FAR, *[found(0.90, 0.55)] * 12], NEAR)
    assert mixed == alone


def test_what_finds_nothing_is_outside() -> None:
    assert calibrate(FAR, NEAR).zone(Findings()) is Zone.OUTSIDE


@pytest.mark.parametrize("outside", [[], [Findings()], [found(0.8, 0.1)]])
def test_without_outside_questions_the_usual_thresholds_hold(outside: list[Findings]) -> None:
    assert calibrate(outside, NEAR) == UNCALIBRATED


def test_without_titles_what_is_not_outside_is_covered() -> None:
    calibration = calibrate(FAR, [])
    assert calibration.covered == calibration.outside


def test_questions_all_alike_are_still_told_from_a_nearer_one() -> None:
    calibration = calibrate([found(0.8, 0.1)] * 60, [])
    assert calibration.zone(found(0.9, 0.5)) is Zone.COVERED


def test_a_calibration_is_read_back() -> None:
    calibration = calibrate(FAR, NEAR)
    assert Calibration.from_json(calibration.to_json()) == calibration
