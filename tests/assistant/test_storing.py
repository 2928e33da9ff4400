from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.storing import JOURNAL, books, kept
from assistant.web.opinions import Opinion
from knowledge import Home, KnowledgeBase, Source
from knowledge.housing import FolderHome, SharedHome
from knowledge.saving import back_up, restore

from ..fakes import FAKE_MODEL, HashedEmbeddings
from ..servers import Servers
from .web.test_limiting import Clock

NOW = 1_800_000_000
RECORD = {"answer": {"question": "Qui décide ?", "text": "L'élu, dit « l'été ». [1]"}}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def on_servers(running_servers: Servers) -> Callable[[Path], Home]:
    return running_servers.home


def fill(home: Home, clock: Clock, conversation: str = "code") -> None:
    """A base, and the two answers and the opinion of a conversation."""
    base = KnowledgeBase.create(home, FAKE_MODEL, HashedEmbeddings())
    base.publish([Source("docs/a.md", "Un", "Un texte.")])
    base.close()
    keep(home, clock, conversation)


def keep(home: Home, clock: Clock, conversation: str) -> None:
    journal, opinions = books(home, 30, clock)
    for id in ("z", "a"):
        journal.note(f"{conversation}-{id}", RECORD, conversation)
    opinions.note(Opinion(f"{conversation}-z", False, "Court", "Qui décide ?", "L'élu. [1]", conversation))


def test_a_backup_takes_what_is_kept_from_servers_to_a_folder_and_back(
    on_servers: Callable[[Path], Home], tmp_path: Path, clock: Clock
) -> None:
    first, folder, last = on_servers(tmp_path / "one"), FolderHome(tmp_path / "two"), on_servers(tmp_path / "three")
    fill(first, clock)
    told = kept(first, 30, clock).export("code")
    assert told is not None
    assert [answer["lien"] for answer in told["reponses"]] == ["reponse/code-z", "reponse/code-a"]
    clock.now += 3600
    for source, target in ((first, folder), (folder, last)):
        back_up(source, tmp_path / "b.tar.gz")
        restore(tmp_path / "b.tar.gz", target)
        assert kept(target, 30, clock).export("code") == told
    assert not list((tmp_path / "three").glob("*.sqlite"))
    assert not (tmp_path / "one").exists()


def test_what_machines_kept_each_for_itself_is_together_once_they_share(
    on_servers: Callable[[Path], Home], tmp_path: Path, clock: Clock
) -> None:
    home = on_servers(tmp_path / "one")
    fill(home, clock, "mine")
    keep(FolderHome(folder := made(tmp_path / "one")), clock, "theirs")
    for _ in range(2):
        assert [kept(home, 30, clock).export(code) is None for code in ("mine", "theirs")] == [False, False]
    assert not list(folder.iterdir())


def test_a_backup_of_servers_holds_what_has_not_joined_them_yet(
    on_servers: Callable[[Path], Home], tmp_path: Path, clock: Clock
) -> None:
    home = on_servers(tmp_path / "one")
    fill(home, clock, "mine")
    keep(FolderHome(made(tmp_path / "one")), clock, "theirs")
    back_up(home, tmp_path / "b.tar.gz")
    restore(tmp_path / "b.tar.gz", FolderHome(tmp_path / "two"))
    restored = kept(FolderHome(tmp_path / "two"), 30, clock)
    assert [restored.export(code) is None for code in ("mine", "theirs")] == [False, False]


def test_what_was_forgotten_or_is_too_old_does_not_come_back_with_a_file_of_before(
    on_servers: Callable[[Path], Home], tmp_path: Path, clock: Clock
) -> None:
    home, before = on_servers(tmp_path / "one"), FolderHome(made(tmp_path / "one"))
    keep(before, clock, "old")
    clock.now += 30 * 24 * 3600 + 1
    keep(before, clock, "forgotten")
    keep(before, clock, "fresh")
    assert isinstance(home, SharedHome)
    # Another machine of the same base, which has no such file.
    kept(SharedHome(tmp_path / "elsewhere", home._url, home._server), 30, clock).forget("forgotten")  # type: ignore[arg-type]
    held = kept(home, 30, clock)
    assert [held.export(code) is None for code in ("old", "forgotten", "fresh")] == [True, True, False]


def test_a_file_that_cannot_be_read_stays_and_stops_nothing(
    on_servers: Callable[[Path], Home], tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    home = on_servers(tmp_path / "one")
    (made(tmp_path / "one") / JOURNAL).write_bytes(b"no database at all" * 100)
    keep(home, clock, "mine")
    assert kept(home, 30, clock).export("mine") is not None
    assert "could not join the others" in caplog.text
    assert [path.name for path in (tmp_path / "one").iterdir()] == [JOURNAL]


def made(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder
