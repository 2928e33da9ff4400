import json
from pathlib import Path

import pytest

from knowledge.errors import MalformedSet
from knowledge.evaluation.question_sets import Question, QuestionSet, read_beir, read_questions, read_set
from knowledge.sources import Source

CORPUS = '{"_id": "d1", "title": "La charte", "text": "Une charte."}\n{"_id": "d2", "text": "Un texte sans titre."}\n'
QUERIES = '{"_id": "q1", "text": "Une charte ?"}\n{"_id": "q2", "text": "Sans jugement ?"}\n'
QRELS = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\n"
LINE = {"id": "q1", "question": "Une charte ?", "behaviour": "answer", "sources": ["a.md"], "facts": ["trois ans"]}


@pytest.fixture
def beir(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(CORPUS, encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text(QUERIES, encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text(QRELS, encoding="utf-8")
    return tmp_path


def written(folder: Path, *records: object) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_a_beir_folder_is_its_documents_and_its_judged_questions(beir: Path) -> None:
    assert read_beir(beir) == QuestionSet(
        beir.name,
        (Question("q1", "Une charte ?", {"d1": 2}),),
        (Source("d1", "La charte", "Une charte."), Source("d2", "", "Un texte sans titre.")),
    )


def test_a_folder_and_a_file_are_told_apart(beir: Path) -> None:
    assert read_set(beir).sources
    assert not read_set(written(beir, LINE)).sources


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_folder_that_lacks_a_file_is_refused_by_its_name(beir: Path, name: str) -> None:
    (beir / name).unlink()
    with pytest.raises(MalformedSet, match=name):
        read_beir(beir)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("corpus.jsonl", '{"_id": "d1"', "ligne 1 : ce n'est pas du JSON"),
        ("corpus.jsonl", CORPUS + "[]", "ligne 3 : un objet"),
        ("queries.jsonl", '{"text": "Une charte ?"}', "_id"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1 d1 1\n", "ligne 2 : trois colonnes"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td9\t1\n", "« d9 », absent"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq9\td1\t1\n", "Aucune question"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said_in_french(beir: Path, name: str, text: str, reason: str) -> None:
    (beir / name).write_text(text, encoding="utf-8")
    with pytest.raises(MalformedSet, match=reason):
        read_beir(beir)


def test_a_place_that_is_neither_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedSet, match="ni un dossier BEIR"):
        read_set(tmp_path / "absent")


def test_a_question_keeps_its_facts_and_its_other_wordings(tmp_path: Path) -> None:
    asked = read_questions(
        written(tmp_path, LINE | {"english": "A charter?", "history": ["Avant ?"], "forbidden": ["dix ans"]})
    )
    wordings = {"english": "A charter?"}
    assert asked.questions == (
        Question("q1", "Une charte ?", {"a.md": 1}, "answer", ("trois ans",), ("Avant ?",), wordings, ("dix ans",)),
    )


@pytest.mark.parametrize(
    "records",
    [[], [LINE, LINE], [LINE | {"behaviour": "refuse"}], [LINE | {"question": ""}], [{"id": "q1"}], ["q1"]],
)
def test_a_malformed_file_of_questions_is_refused(tmp_path: Path, records: list[object]) -> None:
    with pytest.raises(MalformedSet):
        read_questions(written(tmp_path, *records))


def test_searching_alone_is_not_asked_what_leans_on_an_earlier_question(tmp_path: Path) -> None:
    follows = LINE | {"id": "q2", "question": "et avant ?", "history": ["Une charte ?"]}
    declined = {"id": "q3", "question": "Quel temps ?", "behaviour": "decline"}
    asked = read_questions(written(tmp_path, LINE, follows, declined))
    assert [question.id for question in asked.answerable] == ["q1"]
    assert [question.id for question in asked.unanswerable] == ["q3"]


def test_the_digest_ignores_the_order_and_nothing_else() -> None:
    one, other = Question("1", "Une charte ?", {"a": 1}), Question("2", "Un frein ?", {"b": 1})
    assert QuestionSet("x", (one, other)).digest == QuestionSet("y", (other, one)).digest
    judged_otherwise = Question("2", "Un frein ?", {"a": 1})
    assert QuestionSet("x", (one, other)).digest != QuestionSet("x", (one, judged_otherwise)).digest
