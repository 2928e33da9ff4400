import sqlite3
from pathlib import Path

from assistant.web.opinions import KEPT, Opinion, OpinionBook

from .test_limiting import Clock

OPINION = Opinion("x", True, "Merci", "Qui décide ?", "L'élu. [1]")


def rows(path: Path) -> list[tuple[object, ...]]:
    return sqlite3.connect(path).execute("select * from opinions order by at").fetchall()


def test_an_opinion_is_kept_with_its_question_and_its_answer(tmp_path: Path) -> None:
    path = tmp_path / "assistant.sqlite"
    OpinionBook(path, Clock(1000)).note(OPINION)
    assert rows(path) == [("x", 1000, 1, "Merci", "Qui décide ?", "L'élu. [1]", "")]


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


def test_what_is_masked_is_not_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "assistant.sqlite"
    OpinionBook(path).note(Opinion("x", True, "moi@ville.fr", "Joindre le 06 12 34 56 78 ?", "Non."))
    assert b"moi@ville" not in path.read_bytes()
    assert b"12 34 56" not in path.read_bytes()


def test_who_was_named_earlier_is_not_named_by_an_opinion(tmp_path: Path) -> None:
    book = OpinionBook(tmp_path / "assistant.sqlite", Clock(1000))
    earlier = ("Que fait mon adjoint Jean Dupontel ?",)
    book.note(Opinion("x", False, "Dupontel est déçu", "Et Dupontel ?", "Rien.", "code", earlier))
    (kept,) = book.of("code")
    assert (kept.at, kept.opinion.comment, kept.opinion.question) == (1000, "[…] est déçu", "Et […] ?")
    assert book.forget("code") == 1
    assert book.all() == []
