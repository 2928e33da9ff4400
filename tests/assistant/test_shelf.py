import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from assistant.shelf import DAY, Shelf

from .web.test_limiting import Clock

LONG = "Mots que personne ne doit relire. " * 400


@pytest.fixture
def clock() -> Clock:
    return Clock(1000)


@pytest.fixture
def shelf(tmp_path: Path, clock: Clock) -> Shelf:
    return Shelf(tmp_path / "shelf.sqlite", "words", {"said": "text not null"}, 30 * DAY, clock)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_conversation_is_forgotten_whole_and_alone(shelf: Shelf, tmp_path: Path) -> None:
    for id, conversation in (("a", "one"), ("b", "one"), ("c", "other"), ("d", "")):
        shelf.put(id, conversation, {"said": f"{id} {LONG}"})
    assert [row["id"] for row in shelf.of("one")] == ["a", "b"]
    assert shelf.forget("one") == 2
    assert shelf.of("one") == []
    assert [row["id"] for row in shelf.all()] == ["c", "d"]
    shelf.forget("other")
    assert shelf.forget("") == 0
    assert shelf.of("") == []
    assert [row["id"] for row in shelf.all()] == ["d"]
    assert b"c Mots" not in on_disk(tmp_path)


def test_nothing_more_is_written_of_a_conversation_that_was_forgotten(shelf: Shelf, clock: Clock) -> None:
    shelf.put("a", "one", {"said": "x"})
    shelf.forget("one")
    shelf.put("b", "one", {"said": "an answer that was still being made"})
    assert shelf.all() == []
    assert shelf.has_forgotten("one")
    # It is not remembered for ever that there was one.
    clock.now += DAY + 1
    shelf.put("c", "other", {"said": "x"})
    assert not shelf.has_forgotten("one")


def test_what_outlives_its_time_is_wiped_off_the_disk_which_gets_its_room_back(
    shelf: Shelf, tmp_path: Path, clock: Clock
) -> None:
    for number in range(100):
        shelf.put(str(number), "", {"said": LONG})
    full = (tmp_path / "shelf.sqlite").stat().st_size
    clock.now += 30 * DAY
    assert shelf.purge() == 0
    clock.now += 1
    assert shelf.purge() == 100
    assert b"Mots que personne" not in on_disk(tmp_path)
    assert (tmp_path / "shelf.sqlite").stat().st_size < full / 30


def test_a_file_of_before_is_read_and_mended(tmp_path: Path, shelf: Shelf, clock: Clock) -> None:
    """Without conversations, as a log that is written ahead, and with what was deleted still in it."""
    path = tmp_path / "shelf.sqlite"
    with closing(sqlite3.connect(path)) as book:
        book.execute("pragma secure_delete = off")
        book.execute("pragma journal_mode = wal")
        book.execute("create table words (id text primary key, at integer not null, said text not null)")
        book.executemany("insert into words values (?, ?, ?)", [("old", 1000, "gardé"), ("gone", 1000, LONG)])
        book.execute("delete from words where id = 'gone'")
        book.commit()
        assert b"Mots que personne" in on_disk(tmp_path)
    assert [(row["id"], row["conversation"]) for row in shelf.all()] == [("old", "")]
    assert shelf.purge() == 0
    assert b"Mots que personne" not in on_disk(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["shelf.sqlite"]
    clock.now += 31 * DAY
    assert shelf.purge() == 1


def test_reading_and_forgetting_make_no_file(shelf: Shelf, tmp_path: Path) -> None:
    assert (shelf.one("a"), shelf.all(), shelf.of("x"), shelf.forget("x"), shelf.purge()) == (None, [], [], 0, 0)
    assert not shelf.has_forgotten("x")
    assert list(tmp_path.iterdir()) == []
