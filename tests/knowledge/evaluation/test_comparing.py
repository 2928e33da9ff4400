from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.errors import MalformedSet
from knowledge.evaluation.comparing import Record, read_records, to_json
from knowledge.evaluation.evaluating import Evaluation
from knowledge.evaluation.measuring import Interval

EVALUATION = Evaluation("jeu d'été", "abc", "m", 3, {}, (), {"MRR": {"q1": 1.0, "q2": 0.5}})


def test_what_is_stored_is_read_again(tmp_path: Path) -> None:
    stored = tmp_path / "mesures.json"
    stored.write_text(to_json([EVALUATION, replace(EVALUATION, name="autre")]), encoding="utf-8")
    assert read_records(stored) == dict.fromkeys(["jeu d'été", "autre"], Record("abc", EVALUATION.values))


def test_a_difference_is_paired_by_question() -> None:
    record = Record("abc", {"MRR": {"q1": 0.75, "q2": 0.25, "gone": 0.0}})
    assert record.differences(EVALUATION) == {"MRR": Interval(0.25, 0.25, 0.25)}


def test_a_measure_that_was_not_stored_has_no_difference() -> None:
    assert Record("abc", {"autre": {"q1": 1.0}}).differences(EVALUATION) == {}


@pytest.mark.parametrize("text", ["", "[]", '{"jeu": {}}', '{"jeu": []}', "{"])
def test_a_file_that_is_not_of_results_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "mesures.json").write_text(text, encoding="utf-8")
    with pytest.raises(MalformedSet, match="--save"):
        read_records(tmp_path / "mesures.json")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedSet, match=r"absent\.json"):
        read_records(tmp_path / "absent.json")
