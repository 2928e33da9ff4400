"""Whatever stops a run, and wherever: the old state or the new one is shown, and the next run puts the rest right."""

import multiprocessing
import os
import re
import resource
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from knowledge import KnowledgeBase, KnowledgeError, LockedBase, Source
from knowledge.index import VectorIndex
from knowledge.keeping import index_name
from knowledge.library import Library
from knowledge.splitting import split

from ..fakes import FAKE_MODEL, HashedEmbeddings

# One interpreter that has imported everything and opened nothing, from which the others are forked.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["knowledge.gauging", "chromadb", "langchain_chroma", "tests.knowledge.test_faults"])
# Of each kind of run, spread from its first write to its last.
POINTS = 16
# What Chroma's engine is asked that changes nothing.
READS = ("query", "get", "count", "get_collection", "heartbeat", "get_tenant", "get_database")

ONE = Source("docs/a.md", "Charte", "Une charte se signe pour trois ans.")
OTHER = Source("docs/b.md", "Freins", "Le manque de temps est le premier frein.")
EDITED = Source(ONE.id, ONE.title, "Une charte se signe pour cinq ans.")
NEW = Source("docs/c.md", "Chiffres", "En 2016, 87 % des maires croient aux alliances.")
State = tuple[dict[str, Source], dict[str, str]]


def seen(source: Source) -> dict[str, str | None]:
    return {f"seen:{source.id}": source.digest}


def add(base: KnowledgeBase) -> None:
    base.publish([NEW], facts=seen(NEW))


def edit(base: KnowledgeBase) -> None:
    base.publish([EDITED], facts=seen(EDITED))


def forget(base: KnowledgeBase) -> None:
    base.publish([], [OTHER.id], facts={f"seen:{OTHER.id}": None})


def go_back(base: KnowledgeBase) -> None:
    base.rollback()


RUNS = [add, edit, forget, go_back]


def open_to_write(folder: Path) -> KnowledgeBase:
    """As an ingestion does."""
    return KnowledgeBase.create(folder, FAKE_MODEL, HashedEmbeddings())


def state_of(base: KnowledgeBase) -> State:
    return dict(base.library.contents().sources), base.library.facts("seen:")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with something to go back to: EDITED was ONE, and NEW is not in it."""
    base = open_to_write(tmp_path_factory.mktemp("template") / "base")
    base.publish([ONE, OTHER], facts={**seen(ONE), **seen(OTHER)})
    base.publish([EDITED, NEW], facts={**seen(EDITED), **seen(NEW)})
    base.publish([ONE], [NEW.id], facts={**seen(ONE), f"seen:{NEW.id}": None})
    base.close()
    return base.folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "base")


@pytest.fixture(scope="module")
def states(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Callable[[KnowledgeBase], None], State]:
    """What each run that nothing stops comes to."""
    found = {}
    for run in RUNS:
        base = open_to_write(shutil.copytree(template, tmp_path_factory.mktemp("state") / "base"))
        run(base)
        found[run] = state_of(base)
        base.close()
    return found


# --- In the process that is stopped


class Steps:
    """
    Every write of this process, from now on: each statement of SQLite that changes something, each call of Chroma's
    engine before and after, each file opened to be written, made or removed. The one that is `wanted` kills.
    """

    def __init__(self, wanted: int) -> None:
        self.names: list[str] = []
        self._wanted, self._traced = wanted, list[sqlite3.Connection]()
        sys.addaudithook(self._audit)
        sys.setprofile(self._profile)

    def _step(self, name: str) -> None:
        self.names.append(name)
        if len(self.names) == self._wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "shutil.rmtree"):
            self._step(event)
        elif event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self._step(f"open {arguments[0]}")

    def _sql(self, statement: str) -> None:
        if re.match(r"\s*(INSERT|DELETE|UPDATE|CREATE|BEGIN IMMEDIATE|COMMIT)", statement):
            self._step(statement.split("(")[0].strip())

    def _profile(self, _frame: object, event: str, function: Any) -> None:
        owner = getattr(function, "__self__", None)
        if event == "c_call" and isinstance(owner, sqlite3.Connection) and owner not in self._traced:
            owner.set_trace_callback(self._sql)
            self._traced.append(owner)
        if event in ("c_call", "c_return") and type(owner).__name__ == "Bindings" and function.__name__ not in READS:
            self._step(f"{event} {function.__name__}")


def run_up_to(run: Callable[[KnowledgeBase], None], folder: Path, wanted: int, told: Connection) -> None:
    steps = Steps(wanted)
    run(open_to_write(folder))
    told.send(steps.names)


def run_with_files_up_to(
    run: Callable[[KnowledgeBase], None], folder: Path, size: int, kills: bool, told: Connection
) -> None:
    """No file grows beyond `size` bytes: it kills, in the middle of a write, or is a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if kills else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    run_told(run, folder, told)


def run_as_nobody(run: Callable[[KnowledgeBase], None], folder: Path, told: Connection) -> None:
    if os.getuid() == 0:
        os.setuid(65534)
    run_told(run, folder, told)


def run_told(run: Callable[[KnowledgeBase], None], folder: Path, told: Connection) -> None:
    """Tells what a person would read where the run cannot come to its end, "" where it does."""
    try:
        run(open_to_write(folder))
    except KnowledgeError as error:
        told.send(str(error))
    else:
        told.send("")


# --- In the process that looks at what is left


def begin(target: Callable[..., None], *arguments: Any) -> tuple[Any, Connection]:
    """A process, and what it will tell; its last argument is the way to do so."""
    listen, told = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=target, args=(*arguments, told))
    process.start()
    told.close()
    return process, listen


def end(process: Any, listen: Connection) -> Any:
    """What the process told, or else how it ended."""
    try:
        told = listen.recv()
    except EOFError:
        process.join(timeout=100)
        return process.exitcode
    process.join(timeout=100)
    return told


def assert_whole(base: KnowledgeBase) -> None:
    """The index holds what the library shows, and each source is found, as it now is and by its own words."""
    sources = base.library.contents().sources
    index = VectorIndex(base.folder / index_name(base.library), HashedEmbeddings())
    assert index.digests() == base.library.live_digests()
    retriever = base.retriever()
    for source in sources.values():
        hits = retriever.search(f"{source.title}\n{source.text}").hits
        assert (hits[0].passage.source, hits[0].cosine > 0.99) == (source.id, True)
        assert all(hit.passage.text == sources[hit.passage.source].text for hit in hits)


def assert_put_right(folder: Path, run: Callable[[KnowledgeBase], None], old: State, new: State) -> None:
    """Now the old state or the new one, all of it; and the new one once the run has been made again."""
    base = KnowledgeBase.open(folder, None, HashedEmbeddings())
    left = state_of(base)
    assert left in (old, new)
    assert_whole(base)
    base.close()
    embeddings = HashedEmbeddings()
    again = KnowledgeBase.create(folder, None, embeddings)
    if left == old:
        run(again)
    else:
        again.publish([])
        assert embeddings.embedded == []
    assert state_of(again) == new
    assert_whole(again)
    assert again.library.settled == again.library.revision
    former = again.library.history.digests()
    every = {passage.digest for source in (ONE, OTHER, EDITED, NEW) for passage in split(source)}
    assert again.library.vectors(FAKE_MODEL, every).keys() == again.library.live_digests() | former
    assert not {"unfinished", "opening"} & {path.name for path in folder.iterdir()}
    again.close()


@pytest.mark.parametrize("run", RUNS)
def test_a_run_that_is_killed_at_any_step_is_put_right_by_the_next(
    run: Callable[[KnowledgeBase], None], template: Path, tmp_path: Path, states: dict[Any, State]
) -> None:
    old = state_of(KnowledgeBase.open(template, None, HashedEmbeddings()))
    names = end(*begin(run_up_to, run, shutil.copytree(template, tmp_path / "counted"), 0))
    assert {"COMMIT", "c_call delete" if run is forget else "c_call upsert", "BEGIN IMMEDIATE"} <= set(names)
    points = sorted({1 + at * (len(names) - 1) // (POINTS - 1) for at in range(POINTS)})
    assert len(points) >= 12
    for point in points:
        folder = shutil.copytree(template, tmp_path / f"killed-{point}")
        assert end(*begin(run_up_to, run, folder, point)) == -signal.SIGKILL, names[point - 1]
        assert_put_right(folder, run, old, states[run])


# From a file that may not grow at all to one below what the index takes.
SIZES = [0, 30_000, 60_000, 90_000, 120_000, 150_000, 180_000]


@pytest.mark.parametrize("size", SIZES)
def test_a_run_that_is_killed_in_the_middle_of_a_write_is_put_right_by_the_next(
    size: int, folder: Path, states: dict[Any, State]
) -> None:
    old = state_of(KnowledgeBase.open(folder, None, HashedEmbeddings()))
    assert end(*begin(run_with_files_up_to, add, folder, size, True)) == -signal.SIGXFSZ
    assert_put_right(folder, add, old, states[add])


@pytest.mark.parametrize("size", SIZES)
def test_a_run_for_which_the_disk_is_full_says_so_and_is_put_right_by_the_next(
    size: int, folder: Path, states: dict[Any, State]
) -> None:
    old = state_of(KnowledgeBase.open(folder, None, HashedEmbeddings()))
    told = end(*begin(run_with_files_up_to, add, folder, size, False))
    assert "espace disque" in told
    assert "abîmée" not in told
    # What was sound is not thrown away for want of space.
    assert VectorIndex(folder / index_name(Library(folder / "library.sqlite")), HashedEmbeddings()).digests()
    assert_put_right(folder, add, old, states[add])


def test_a_base_that_may_not_be_written_says_so_and_stays_as_it_is(template: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = shutil.copytree(template, Path(name) / "base")
        Path(name).chmod(0o755)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert "le droit d'écrire dans son dossier" in end(*begin(run_as_nobody, add, folder))
        assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
        folder.chmod(0o755)


def test_of_two_runs_at_once_each_is_done_whole_or_told_to_wait(folder: Path) -> None:
    both = [begin(run_told, run, folder) for run in (add, forget)]
    told = [end(*one) for one in both]
    assert "" in told
    assert all(not words or "attendez qu'elle finisse" in words for words in told)
    base = KnowledgeBase.open(folder, None, HashedEmbeddings())
    held = base.library.digests().keys()
    assert [NEW.id in held, OTHER.id not in held] == [not words for words in told]
    assert_whole(base)


@pytest.mark.parametrize("run", RUNS)
def test_a_library_that_another_program_holds_is_left_as_it_is(
    run: Callable[[KnowledgeBase], None], folder: Path, states: dict[Any, State]
) -> None:
    base = KnowledgeBase(folder, Library(folder / "library.sqlite", patience=0.01), HashedEmbeddings(), FAKE_MODEL)
    old = state_of(base)
    with sqlite3.connect(folder / "library.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedBase, match="réessayez dans un instant"):
            run(base)
        assert state_of(base) == old
        other.execute("ROLLBACK")
    base.close()
    assert_put_right(folder, run, old, states[run])
