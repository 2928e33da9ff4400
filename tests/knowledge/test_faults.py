"""Whatever stops a run, and wherever: the old state or the new one is shown, and the next run puts the rest right."""

import multiprocessing
import os
import re
import resource
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from knowledge import KnowledgeBase, KnowledgeError, Source
from knowledge.index import VectorIndex
from knowledge.keeping import index_folder
from knowledge.splitting import split

from ..fakes import FAKE_MODEL, HashedEmbeddings

# One interpreter that has imported everything and opened nothing, from which the others are forked.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["knowledge.gauging", "chromadb", "langchain_chroma", "tests.knowledge.test_faults"])
# Of each kind of run, spread from its first write to its last.
POINTS = 16

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
    engine before and after, each file opened to be written, made or removed. `stop` is called at the one `wanted`.
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
        if event in ("c_call", "c_return") and type(owner).__name__ == "Bindings":
            self._step(f"{event} {function.__name__}")


def run_up_to(run: Callable[[KnowledgeBase], None], folder: Path, wanted: int, told: Connection) -> None:
    steps = Steps(wanted)
    run(open_to_write(folder))
    told.send(steps.names)


def run_with_files_up_to(run: Callable[[KnowledgeBase], None], folder: Path, size: int, kills: bool) -> None:
    """No file grows beyond `size` bytes: it kills, in the middle of a write, or is a disk that is full."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL if kills else signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    _run_told(run, folder)


def run_as_nobody(run: Callable[[KnowledgeBase], None], folder: Path) -> None:
    if os.getuid() == 0:
        os.setuid(65534)
    _run_told(run, folder)


def _run_told(run: Callable[[KnowledgeBase], None], folder: Path) -> None:
    """0 where it came to its end, 3 where it says why not."""
    try:
        run(open_to_write(folder))
    except KnowledgeError as error:
        (sys.stderr or sys.stdout).write(f"{error}\n")
        os._exit(3)
    os._exit(0)


# --- In the process that looks at what is left


def outcome(target: Callable[..., None], *arguments: Any) -> int | None:
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    process.join(timeout=100)
    return process.exitcode


def names_of_steps(run: Callable[[KnowledgeBase], None], folder: Path) -> list[str]:
    """The writes of a run that nothing stops."""
    listen, told = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=run_up_to, args=(run, folder, 0, told))
    process.start()
    told.close()
    names: list[str] = listen.recv()
    process.join(timeout=100)
    return names


def assert_whole(base: KnowledgeBase) -> None:
    """The index holds what the library shows, and each source is found, as it now is and by its own words."""
    sources = base.library.contents().sources
    index = VectorIndex(base.folder / index_folder(base.library), HashedEmbeddings())
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
    names = names_of_steps(run, shutil.copytree(template, tmp_path / "counted"))
    assert {"COMMIT", "c_call delete" if run is forget else "c_call upsert", "BEGIN IMMEDIATE"} <= set(names)
    points = sorted({1 + at * (len(names) - 1) // (POINTS - 1) for at in range(POINTS)})
    assert len(points) >= 12
    for point in points:
        folder = shutil.copytree(template, tmp_path / f"killed-{point}")
        listen, told = PROCESSES.Pipe(duplex=False)
        assert outcome(run_up_to, run, folder, point, told) == -signal.SIGKILL, names[point - 1]
        listen.close()
        assert_put_right(folder, run, old, states[run])
