from pathlib import Path

import pytest

from assistant.journal import JournalBook
from assistant.sharing import shared
from assistant.storing import kept
from assistant.web.opinions import Opinion
from assistant.web.sessions import Session
from knowledge import Home

from ..conftest import EVERYWHERE
from ..servers import Servers
from .web.test_limiting import Clock

HOMES = EVERYWHERE
DAY = 24 * 3600


@pytest.fixture
def home(home: Home) -> Home:
    home.create()
    return home


def test_an_answer_is_read_again_under_its_code(home: Home) -> None:
    book = JournalBook(shared(home) or home.folder / "journal.sqlite", 30, Clock(1000))
    book.note("code", {"question": "Qui décide ?"})
    entry = book.read("code")
    assert entry is not None
    assert (entry.at, entry.until, entry.record) == (1000, 1000 + 30 * DAY, {"question": "Qui décide ?"})
    assert book.read("autre") is None


@pytest.mark.embedded
def test_reading_makes_no_file(tmp_path: Path) -> None:
    assert JournalBook(tmp_path / "journal.sqlite", 30).read("code") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.embedded
def test_an_answer_is_forgotten_in_its_time_and_wiped_off_the_disk(tmp_path: Path) -> None:
    path, clock = tmp_path / "journal.sqlite", Clock(1000)
    book = JournalBook(path, 30, clock)
    book.note("code", {"question": "Mots que personne ne doit relire"})
    assert b"Mots que personne" in path.read_bytes()
    clock.now += 30 * DAY + 1
    assert book.read("code") is None
    assert b"Mots que personne" not in path.read_bytes()


def test_what_one_assistant_keeps_another_of_the_same_base_gives_back_and_erases(home: Home) -> None:
    one, other = (kept(home, 2, Clock(1000)) for _ in range(2))
    assert one.journal is not None
    assert one.opinions is not None
    one.journal.note("id", {"answer": {"question": "Qui ?", "text": "L'élu."}}, "code")
    one.opinions.note(Opinion("id", False, "Court", "Qui ?", "L'élu.", "code"))
    assert other.export("code") == one.export("code") is not None
    assert other.forget("code") == 2
    assert one.export("code") is None
    assert one.has_forgotten("code")


def test_nothing_is_kept_for_no_day_and_what_was_is_erased(home: Home) -> None:
    clock = Clock(1000)
    journal = kept(home, 2, clock).journal
    assert journal is not None
    journal.note("code", {})
    entry = journal.read("code")
    assert entry is not None
    assert entry.until - entry.at == 2 * DAY
    clock.now += 1
    nothing = kept(home, 0, clock)
    assert (nothing.journal, nothing.opinions, nothing.conversations) == (None, None, None)
    assert journal.read("code") is None


def test_nothing_is_kept_of_conversations_either_for_no_day(running_servers: Servers) -> None:
    home = running_servers.home(Path("nowhere"))
    conversations = kept(home, 2, Clock(1000)).conversations
    assert conversations is not None
    conversations.begin(Session("s", ""), "Qui ?")
    kept(home, 0, Clock(1000))
    assert conversations.of(Session("s", "")) == ()


def test_what_is_erased_is_gone_from_the_conversation_that_goes_on(running_servers: Servers) -> None:
    home = running_servers.home(Path("nowhere"))
    one, other = (kept(home, 2, Clock(1000)) for _ in range(2))
    assert one.conversations is not None
    one.conversations.begin(Session("s", ""), "Qui ?", code="code")
    other.forget("code")
    assert one.conversations.of(Session("s", "")) == ()
