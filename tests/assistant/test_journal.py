from pathlib import Path

from assistant.__main__ import books
from assistant.journal import JournalBook

from .web.test_limiting import Clock

DAY = 24 * 3600


def test_an_answer_is_read_again_under_its_code(tmp_path: Path) -> None:
    book = JournalBook(tmp_path / "journal.sqlite", 30, Clock(1000))
    book.note("code", {"question": "Qui décide ?"})
    entry = book.read("code")
    assert entry is not None
    assert (entry.at, entry.until, entry.record) == (1000, 1000 + 30 * DAY, {"question": "Qui décide ?"})
    assert book.read("autre") is None


def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert JournalBook(tmp_path / "journal.sqlite", 30).read("code") is None
    assert list(tmp_path.iterdir()) == []


def test_an_answer_is_forgotten_in_its_time_and_wiped_off_the_disk(tmp_path: Path) -> None:
    path, clock = tmp_path / "journal.sqlite", Clock(1000)
    book = JournalBook(path, 30, clock)
    book.note("code", {"question": "Mots que personne ne doit relire"})
    assert b"Mots que personne" in path.read_bytes()
    clock.now += 30 * DAY + 1
    assert book.read("code") is None
    assert b"Mots que personne" not in path.read_bytes()


def test_nothing_is_kept_for_no_day(tmp_path: Path) -> None:
    assert books(tmp_path, 0) == {}
    kept = books(tmp_path, 2)
    kept["journal"].note("code", {})
    assert kept["journal"].read("code").until - kept["journal"].read("code").at == 2 * DAY
    assert (tmp_path / "journal.sqlite").exists()
