"""Runs as the room starts them: each in a process of its own, with the model that is provided."""

import fcntl
import os
import select
import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.errors import Busy
from ingest.room.runs import KEPT_DAYS, KEPT_RUNS, Run, Runs, State, Status
from knowledge.library import Library

GUIDE = b"# Le guide\n\nLe guide explique comment tenir une instance avec les habitants.\n"


@pytest.fixture
def runs(bundled_base: Path) -> Runs:
    (bundled_base / "redaction").mkdir()
    (bundled_base / "redaction" / "questions.jsonl").write_text("")
    return Runs(bundled_base / "redaction", bundled_base)


@pytest.fixture
def run(runs: Runs) -> Run:
    run = runs.create({"kind": "fichiers", "address": "", "files": ["guide.md"]})
    (run.staged / "guide.md").write_bytes(GUIDE)
    return run


def ended(run: Run) -> State:
    """What it tells once its process has gone, and its lock with it."""
    with (run.folder / "alive.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    return run.state


def read(runs: Runs, run: Run) -> State:
    runs.start(run, "read", [Status.FAILED])
    return ended(run)


def publish(runs: Runs, run: Run) -> None:
    runs.start(run, "publish", [Status.READY, Status.INTERRUPTED], choices={})


def kill(process: int) -> None:
    watched = os.pidfd_open(process)
    os.kill(process, signal.SIGKILL)
    select.select([watched], [], [])
    os.close(watched)


def sources(base: Path) -> list[str]:
    library = Library(base / "library.sqlite")
    held = list(library.digests())
    library.close()
    return held


def test_a_run_is_done_apart_and_told_when_it_ends(runs: Runs, run: Run, bundled_base: Path) -> None:
    assert read(runs, run).status is Status.READY
    publish(runs, run)
    assert ended(run).status is Status.PUBLISHED
    assert "depots/guide.md" in sources(bundled_base)
    again = Runs(bundled_base / "redaction", bundled_base).find(run.id)
    assert again is not None
    assert again.state.sentence == "Sources écrites : 1, retirées : 0."


def test_a_run_that_is_killed_is_interrupted_and_may_be_taken_up(runs: Runs, run: Run, bundled_base: Path) -> None:
    read(runs, run)
    # It waits for a publication that does not end.
    with FileLock(bundled_base / "redaction" / "publishing.lock"):
        publish(runs, run)
        assert run.state.status is Status.PUBLISHING
        with pytest.raises(Busy, match="déjà en cours"):
            publish(runs, run)
        kill(runs.processes()[-1])
        assert run.state.status is Status.INTERRUPTED
        assert "la base est entière" in run.state.sentence
        assert "depots/guide.md" not in sources(bundled_base)
    publish(runs, run)
    assert ended(run).status is Status.PUBLISHED


def test_what_is_published_is_not_published_again(runs: Runs, run: Run) -> None:
    read(runs, run)
    publish(runs, run)
    ended(run)
    with pytest.raises(Busy, match="publié"):
        publish(runs, run)


def test_a_drop_that_did_not_arrive_whole_says_so(run: Run) -> None:
    assert run.state.status is Status.FAILED
    assert "recommencez" in run.state.sentence


@pytest.mark.parametrize("id", ["..", "../../etc", "20260101-000000-abcdef", "", "a/b", "20260101-000000-abcdef/../x"])
def test_a_run_that_is_none_of_ours_is_not_found(runs: Runs, run: Run, id: str) -> None:  # noqa: ARG001
    assert runs.find(id) is None


def test_the_last_runs_come_first(bundled_base: Path) -> None:
    days = iter((datetime(2026, 1, 2), datetime(2026, 1, 3), datetime(2026, 1, 1)))
    runs = Runs(bundled_base / "redaction", bundled_base, lambda: next(days))
    made = [runs.create({"kind": "retour"}) for _ in range(3)]
    assert runs.latest(2) == [made[1], made[0]]


class Days:
    """A clock that somebody sets."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1)

    def __call__(self) -> datetime:
        return self.now


def test_an_old_run_goes_with_what_was_staged_and_one_that_is_under_way_stays(bundled_base: Path) -> None:
    days = Days()
    runs = Runs(bundled_base / "redaction", bundled_base, days)
    old, busy = (runs.create({"kind": "fichiers"}) for _ in range(2))
    (old.staged / "guide.md").write_bytes(GUIDE)
    busy.tell(State(Status.READING))
    days.now += timedelta(days=KEPT_DAYS)
    with (busy.folder / "alive.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        recent = runs.create({"kind": "fichiers"})
        assert len(runs.latest(9)) == 3
        days.now += timedelta(days=1)
        new = runs.create({"kind": "fichiers"})
        assert {run.id for run in runs.latest(9)} == {busy.id, recent.id, new.id}
        assert not old.folder.exists()


def test_of_many_runs_those_that_are_over_go_first(bundled_base: Path) -> None:
    days = Days()
    runs = Runs(bundled_base / "redaction", bundled_base, days)
    over, open_ = (runs.create({"kind": "retour"}) for _ in range(2))
    over.tell(State(Status.PUBLISHED))
    open_.tell(State(Status.READY))
    days.now += timedelta(seconds=1)
    for number in range(KEPT_RUNS):
        folder = bundled_base / "redaction" / f"{days.now:%Y%m%d-%H%M%S}-{number:06x}"
        folder.mkdir()
        Run(folder).tell(State(Status.PUBLISHED))
    assert runs.purge(days.now) == 1
    assert not over.folder.exists()
    assert open_.folder.exists()
