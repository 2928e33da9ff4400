from pathlib import Path

import pytest

from assistant.sharing import shared
from assistant.web.opinions import KEPT, Kept, Opinion, OpinionBook
from knowledge import Home

from ...conftest import EVERYWHERE
from .test_limiting import Clock

HOMES = EVERYWHERE
OPINION = Opinion("x", True, "Merci", "Qui décide ?", "L'élu. [1]")


@pytest.fixture
def clock() -> Clock:
    return Clock(1000)


@pytest.fixture
def book(home: Home, clock: Clock) -> OpinionBook:
    home.create()
    return OpinionBook(shared(home) or home.folder / "assistant.sqlite", clock)


def test_an_opinion_is_kept_with_its_question_and_its_answer(book: OpinionBook) -> None:
    book.note(OPINION)
    assert book.all() == [Kept(1000, OPINION)]


def test_a_second_thought_replaces_the_first(book: OpinionBook) -> None:
    book.note(OPINION)
    book.note(Opinion("x", False, "", "Qui décide ?", "L'élu. [1]"))
    book.note(Opinion("y", True, "", "Qui décide ?", "L'élu. [1]"))
    assert [(kept.opinion.id, kept.opinion.useful) for kept in book.all()] == [("x", False), ("y", True)]


def test_an_opinion_is_forgotten_in_its_time(book: OpinionBook, clock: Clock) -> None:
    book.note(OPINION)
    clock.now += KEPT + 1
    book.note(Opinion("y", True, "", "?", "."))
    assert [kept.opinion.id for kept in book.all()] == ["y"]


@pytest.mark.embedded
def test_what_is_masked_is_not_on_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "assistant.sqlite"
    OpinionBook(path).note(Opinion("x", True, "moi@ville.fr", "Joindre le 06 12 34 56 78 ?", "Non."))
    assert b"moi@ville" not in path.read_bytes()
    assert b"12 34 56" not in path.read_bytes()


def test_who_was_named_earlier_is_not_named_by_an_opinion(book: OpinionBook) -> None:
    earlier = ("Que fait mon adjoint Jean Dupontel ?",)
    book.note(Opinion("x", False, "Dupontel est déçu", "Et Dupontel ?", "Rien.", "code", earlier))
    (kept,) = book.of("code")
    assert (kept.at, kept.opinion.comment, kept.opinion.question) == (1000, "[…] est déçu", "Et […] ?")
    assert book.forget("code") == 1
    assert book.all() == []
