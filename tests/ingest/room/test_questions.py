import json
from pathlib import Path

import pytest

from ingest.room.questions import Questions, questions_in, record_of
from knowledge.errors import MalformedSet
from knowledge.evaluation.question_sets import read_questions

OURS = {"id": "1", "question": "Quels freins ?", "behaviour": "answer", "facts": ["temps"], "english": "Which ones?"}


@pytest.fixture
def default(tmp_path: Path) -> Path:
    (tmp_path / "ours.jsonl").write_text(json.dumps(OURS) + "\n", encoding="utf-8")
    return tmp_path / "ours.jsonl"


@pytest.fixture
def questions(tmp_path: Path, default: Path) -> Questions:
    (tmp_path / "room").mkdir()
    return Questions(tmp_path / "room", default)


def test_the_questions_of_the_project_are_asked_until_editors_change_them(
    questions: Questions, tmp_path: Path, default: Path
) -> None:
    assert questions_in(tmp_path / "room", default) == default
    questions.put(record_of({"question": "Une charte ?", "sources": "a.md", "forbidden": "dix ans\n\n"}, "2"))
    own = questions_in(tmp_path / "room", default)
    assert own == tmp_path / "room" / "questions.jsonl"
    first, second = read_questions(own).questions
    assert (first.text, second.text, second.forbidden) == ("Quels freins ?", "Une charte ?", ("dix ans",))


def test_a_question_keeps_what_its_form_does_not_show(questions: Questions) -> None:
    questions.put(record_of({"question": "Quels freins, déjà ?", "facts": "temps"}, "1"))
    (held,) = questions.records()
    assert (held["question"], held["english"]) == ("Quels freins, déjà ?", "Which ones?")


def test_without_a_question_nothing_is_asked(questions: Questions, tmp_path: Path, default: Path) -> None:
    questions.remove("1")
    assert questions.records() == []
    assert questions_in(tmp_path / "room", default) is None
    assert default.exists()


def test_a_file_that_was_damaged_by_hand_is_told(questions: Questions, tmp_path: Path) -> None:
    (tmp_path / "room" / "questions.jsonl").write_text("{")
    with pytest.raises(MalformedSet, match="n'est plus lisible"):
        questions.records()


@pytest.mark.parametrize(
    "form", [{}, {"question": " "}, {"question": "Quoi ?"}, {"question": "Quoi ?", "behaviour": "autre"}]
)
def test_a_question_that_cannot_be_asked_is_refused(questions: Questions, form: dict[str, str]) -> None:
    with pytest.raises(MalformedSet):
        questions.put(record_of(form, "2"))
    assert len(questions.records()) == 1
