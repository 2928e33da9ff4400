"""Every answerable question of the development set has its answer in a fiche, where the table says."""

import csv
import json
from pathlib import Path

import pytest

from knowledge.markdown import render, split_front_matter
from knowledge.settings import REFERENTIEL

HERE = Path(__file__).parent
SHARED = HERE.parent.parent.parent / "shared" / "evaluation" / "domain-questions.jsonl"


def rows() -> list[dict[str, str]]:
    lines = (HERE / "couverture-des-questions.tsv").read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t"))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["question"])
def test_the_section_that_answers_is_in_the_fiche(row: dict[str, str]) -> None:
    _, body = split_front_matter((REFERENTIEL / row["fiche"]).read_text(encoding="utf-8"))
    titles = [section.title for section in render(body).sections]
    assert not row["section"] or row["section"] in titles


def test_no_answerable_question_is_missing_from_the_table() -> None:
    if not SHARED.exists():
        pytest.skip("le jeu de questions de développement n'est pas à côté du projet")
    questions = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()]
    answerable = {question["id"] for question in questions if question["behaviour"] == "answer"}
    assert answerable <= {row["question"] for row in rows()}
