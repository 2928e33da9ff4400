import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from assistant.sharing import TABLES, shared
from assistant.shelf import DAY, Shelf, open_shelf
from assistant.web.opinions import Opinion, OpinionBook
from knowledge import Home, NewerLibrary
from knowledge.connecting import connect
from knowledge.housing import SharedHome

from ..conftest import EVERYWHERE
from ..servers import Servers
from .web.test_limiting import Clock

HOMES = EVERYWHERE
LONG = "Mots que personne ne doit relire. " * 400


@pytest.fixture
def clock() -> Clock:
    return Clock(1000)


@pytest.fixture
def home(home: Home) -> Home:
    home.create()
    return home


def opened(home: Home, clock: Clock) -> Shelf:
    """As each machine opens it."""
    place = shared(home) or home.folder / "shelf.sqlite"
    return open_shelf(place, "answers", {"record": "text not null"}, 30 * DAY, clock)


@pytest.fixture
def shelf(home: Home, clock: Clock) -> Shelf:
    return opened(home, clock)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_conversation_is_forgotten_whole_and_alone(shelf: Shelf) -> None:
    for id, conversation in (("a", "one"), ("b", "one"), ("c", "other"), ("d", "")):
        shelf.put(id, conversation, {"record": f"{id} {LONG}"})
    assert [row["id"] for row in shelf.of("one")] == ["a", "b"]
    assert shelf.forget("one") == 2
    assert shelf.of("one") == []
    assert [row["id"] for row in shelf.all()] == ["c", "d"]
    shelf.forget("other")
    assert shelf.forget("") == 0
    assert shelf.of("") == []
    assert [row["id"] for row in shelf.all()] == ["d"]


@pytest.mark.embedded
def test_a_conversation_that_is_forgotten_is_wiped_off_the_disk(shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("c", "other", {"record": LONG})
    assert b"Mots que personne" in on_disk(tmp_path)
    shelf.forget("other")
    assert b"Mots que personne" not in on_disk(tmp_path)


def test_nothing_more_is_written_of_a_conversation_that_was_forgotten(shelf: Shelf, clock: Clock) -> None:
    shelf.put("a", "one", {"record": "x"})
    shelf.forget("one")
    shelf.put("b", "one", {"record": "an answer that was still being made"})
    assert shelf.all() == []
    assert shelf.has_forgotten("one")
    # It is not remembered for ever that there was one.
    clock.now += DAY + 1
    shelf.put("c", "other", {"record": "x"})
    assert not shelf.has_forgotten("one")


def test_a_row_is_there_as_it_was_put_for_its_time(shelf: Shelf, clock: Clock) -> None:
    shelf.put("a", "one", {"record": '{"é": 1}'})
    clock.now += 30 * DAY
    shelf.put("b", "", {"record": "x"})
    assert shelf.one("a") == {"id": "a", "at": 1000, "record": '{"é": 1}', "conversation": "one"}
    assert shelf.one("c") is None
    assert shelf.purge() == 0
    clock.now += 1
    assert (shelf.one("a"), shelf.of("one"), [row["id"] for row in shelf.all()]) == (None, [], ["b"])


def test_a_row_that_is_put_again_takes_the_place_of_the_first_at_the_end(shelf: Shelf) -> None:
    for id, record in (("a", "1"), ("b", "2"), ("a", "3")):
        shelf.put(id, "", {"record": record})
    assert [(row["id"], row["record"]) for row in shelf.all()] == [("b", "2"), ("a", "3")]


def test_what_one_forgets_another_cannot_put_any_more(home: Home, shelf: Shelf, clock: Clock) -> None:
    other = opened(home, clock)
    shelf.put("a", "one", {"record": "x"})
    assert [row["id"] for row in other.of("one")] == ["a"]
    assert other.forget("one") == 1
    shelf.put("b", "one", {"record": "an answer that was still being made"})
    assert shelf.all() == other.all() == []


def test_those_that_put_and_forget_at_once_leave_nothing_of_what_was_forgotten(home: Home, clock: Clock) -> None:
    """From the very first moment, when each would make the tables."""
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            mine = opened(home, clock)
            for row in range(8):
                mine.put(f"{number}-{row}", "one", {"record": "x"})
                mine.put(f"{number}-{row}-other", f"other-{number}", {"record": "x"})
                if number == 3 and row == 4:
                    mine.forget("one")
                mine.purge()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    shelf = opened(home, clock)
    assert shelf.of("one") == []
    assert len(shelf.all()) == 32


def test_the_tables_of_a_later_program_are_refused_and_left_as_they_are(running_servers: Servers) -> None:
    home = running_servers.home(Path("nowhere"))
    assert isinstance(home, SharedHome)
    shared(home)
    with connect(home._url, 1) as connection:
        connection.execute("UPDATE assistant_schema SET version = version + 1")
        with pytest.raises(NewerLibrary, match=rf"\(schéma {TABLES.version + 1}, .* mettez le programme"):
            shared(home)


def test_a_character_that_the_server_has_no_place_for_is_left_out(home: Home, clock: Clock) -> None:
    book = OpinionBook(shared(home) or home.folder / "assistant.sqlite", clock)
    book.note(Opinion("x", True, "Merci\0 !", "Qui ?", "L'élu.", "code"))
    assert [kept.opinion.comment.replace("\0", "") for kept in book.of("code")] == ["Merci !"]


@pytest.mark.embedded
def test_what_outlives_its_time_is_wiped_off_the_disk_which_gets_its_room_back(
    shelf: Shelf, tmp_path: Path, clock: Clock
) -> None:
    for number in range(100):
        shelf.put(str(number), "", {"record": LONG})
    full = (tmp_path / "base" / "shelf.sqlite").stat().st_size
    clock.now += 30 * DAY
    assert shelf.purge() == 0
    clock.now += 1
    assert shelf.purge() == 100
    assert b"Mots que personne" not in on_disk(tmp_path)
    assert (tmp_path / "base" / "shelf.sqlite").stat().st_size < full / 30


@pytest.mark.embedded
def test_a_file_of_before_is_read_and_mended(tmp_path: Path, shelf: Shelf, clock: Clock) -> None:
    """Without conversations, as a log that is written ahead, and with what was deleted still in it."""
    path = tmp_path / "base" / "shelf.sqlite"
    with closing(sqlite3.connect(path)) as book:
        book.execute("pragma secure_delete = off")
        book.execute("pragma journal_mode = wal")
        book.execute("create table answers (id text primary key, at integer not null, record text not null)")
        book.executemany("insert into answers values (?, ?, ?)", [("old", 1000, "gardé"), ("gone", 1000, LONG)])
        book.execute("delete from answers where id = 'gone'")
        book.commit()
        assert b"Mots que personne" in on_disk(tmp_path)
    assert [(row["id"], row["conversation"]) for row in shelf.all()] == [("old", "")]
    assert shelf.purge() == 0
    assert b"Mots que personne" not in on_disk(tmp_path)
    assert [path.name for path in (tmp_path / "base").iterdir()] == ["shelf.sqlite"]
    clock.now += 31 * DAY
    assert shelf.purge() == 1


@pytest.mark.embedded
def test_reading_and_forgetting_make_no_file(shelf: Shelf, tmp_path: Path) -> None:
    assert (shelf.one("a"), shelf.all(), shelf.of("x"), shelf.forget("x"), shelf.purge()) == (None, [], [], 0, 0)
    assert not shelf.has_forgotten("x")
    assert list((tmp_path / "base").iterdir()) == []
