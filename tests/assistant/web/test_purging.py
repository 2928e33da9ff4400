from pathlib import Path

import anyio
import httpx
import pytest

from assistant import Assistant
from assistant.journal import JournalBook
from assistant.web.keeping import Keeping
from assistant.web.opinions import Opinion, OpinionBook
from assistant.web.purging import purging
from assistant.web.serving import build_app

from ..conftest import served
from .test_limiting import Clock

DAY = 24 * 3600


@pytest.fixture
def keeping(tmp_path: Path) -> Keeping:
    """With an answer and an opinion that nobody may read any more."""
    clock = Clock(1_800_000_000)
    journal = JournalBook(tmp_path / "journal.sqlite", 30, clock)
    opinions = OpinionBook(tmp_path / "assistant.sqlite", clock, 30 * DAY)
    journal.note("a", {"question": "Mots d'hier"}, "code")
    opinions.note(Opinion("a", True, "Mots d'hier", "?", "!", "code"))
    clock.now += 30 * DAY + 1
    return Keeping(journal, opinions)


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_a_service_that_starts_wipes_off_what_has_outlived_its_time(
    assistant: Assistant, keeping: Keeping, tmp_path: Path
) -> None:
    assert b"Mots d'hier" in on_disk(tmp_path)
    with served(build_app(assistant, journal=keeping.journal, opinions=keeping.opinions)) as address:
        assert httpx.get(f"{address}/health").status_code == 200
        anyio.run(_until, lambda: b"Mots d'hier" not in on_disk(tmp_path))


def test_a_file_that_cannot_be_purged_stops_nothing(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_bytes(b"no database at all" * 100)
    broken = Keeping(JournalBook(tmp_path / "journal.sqlite", 30))

    async def live() -> None:
        async with purging(broken)(None):
            await _until(lambda: "could not be erased" in caplog.text)

    anyio.run(live)


async def _until(is_so: object) -> None:
    assert callable(is_so)
    with anyio.fail_after(20):
        while not is_so():
            await anyio.sleep(0.01)
