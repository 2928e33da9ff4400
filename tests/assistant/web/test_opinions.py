import sqlite3
from pathlib import Path

import pytest

from assistant.web.opinions import KEPT, Opinion, OpinionBook, masked

from .test_limiting import Clock

OPINION = Opinion("x", True, "Merci", "Qui décide ?", "L'élu. [1]")


def rows(path: Path) -> list[tuple[object, ...]]:
    return sqlite3.connect(path).execute("select * from opinions order by at").fetchall()


def test_an_opinion_is_kept_with_its_question_and_its_answer(tmp_path: Path) -> None:
    path = tmp_path / "assistant.sqlite"
    OpinionBook(path, Clock(1000)).note(OPINION)
    assert rows(path) == [("x", 1000, 1, "Merci", "Qui décide ?", "L'élu. [1]")]


def test_a_second_thought_replaces_the_first(tmp_path: Path) -> None:
    book = OpinionBook(tmp_path / "assistant.sqlite", Clock(1000))
    book.note(OPINION)
    book.note(Opinion("x", False, "", "Qui décide ?", "L'élu. [1]"))
    book.note(Opinion("y", True, "", "Qui décide ?", "L'élu. [1]"))
    assert [(row[0], row[2]) for row in rows(tmp_path / "assistant.sqlite")] == [("x", 0), ("y", 1)]


def test_an_opinion_is_forgotten_in_its_time(tmp_path: Path) -> None:
    clock = Clock(1000)
    book = OpinionBook(tmp_path / "assistant.sqlite", clock)
    book.note(OPINION)
    clock.now += KEPT + 1
    book.note(Opinion("y", True, "", "?", "."))
    assert [row[0] for row in rows(tmp_path / "assistant.sqlite")] == ["y"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Écrivez à jeanne.dupont@mairie-ville.fr, merci", "Écrivez à [courriel], merci"),
        ("06 12 34 56 78 ou 06.12.34.56.78", "[téléphone] ou [téléphone]"),
        ("+33 6 12 34 56 78", "[téléphone]"),
        ("0612345678", "[téléphone]"),
        ("loi n° 2014-856 du 31 juillet 2014, 23 000 euros", "loi n° 2014-856 du 31 juillet 2014, 23 000 euros"),
    ],
)
def test_how_to_reach_someone_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_what_is_masked_is_not_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "assistant.sqlite"
    OpinionBook(path).note(Opinion("x", True, "moi@ville.fr", "Joindre le 06 12 34 56 78 ?", "Non."))
    assert b"moi@ville" not in path.read_bytes()
    assert b"12 34 56" not in path.read_bytes()
