"""Adapter: the runs that editors ask for, each a folder: what is asked, how far it is, what came of it."""

import fcntl
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..checking import environment
from ..errors import Busy

_ROOT = Path(__file__).parents[2]
_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
# In seconds.
_ENDING = 10.0
# The days for which a run is kept once its day is past, and how many of those that are over.
KEPT_DAYS, KEPT_RUNS = 90, 500


class Status(StrEnum):
    READING = "lecture en cours"
    READY = "à relire"
    PUBLISHING = "publication en cours"
    PUBLISHED = "publié"
    REFUSED = "refusé par les questions de contrôle"
    FAILED = "en échec"
    DROPPED = "abandonné"
    INTERRUPTED = "interrompu"


UNDER_WAY = (Status.READING, Status.PUBLISHING)
# What may be tried again, and what may still be given up.
AGAIN = (Status.FAILED, Status.REFUSED, Status.INTERRUPTED)
OPEN = (Status.READY, *AGAIN)
OVER = (Status.PUBLISHED, Status.DROPPED)


@dataclass(frozen=True, slots=True)
class State:
    """`phase` is what is being done, `done` of `total`; `lines` is what there is to tell, `step` the last one begun."""

    status: Status
    step: str = ""
    phase: str = ""
    done: int = 0
    total: int = 0
    sentence: str = ""
    lines: tuple[str, ...] = ()
    revision: int | None = None
    check: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    folder: Path

    @property
    def id(self) -> str:
        return self.folder.name

    @property
    def made_on(self) -> datetime:
        return datetime.strptime(self.id[:15], "%Y%m%d-%H%M%S")

    @property
    def staged(self) -> Path:
        return self.folder / "files"

    @property
    def order(self) -> dict[str, Any]:
        record: dict[str, Any] = self.read("order.json")
        return record

    @property
    def publisher(self) -> str:
        """Who asked for its publication; "" where that is not known."""
        return str(self.read("publisher.json").get("by", ""))

    @property
    def state(self) -> State:
        """As it is now: what was under way when its process ended is interrupted."""
        state = self.held
        if state.status not in UNDER_WAY or self._is_alive():
            return state
        # It may have ended between the two looks.
        state = self.held
        return _interrupted(state) if state.status in UNDER_WAY else state

    @property
    def held(self) -> State:
        """As it was last told."""
        record = self.read("state.json")
        return State(**record | {"status": Status(record["status"]), "lines": tuple(record["lines"])})

    def tell(self, state: State) -> None:
        self.write("state.json", {name: getattr(state, name) for name in State.__dataclass_fields__})

    def read(self, name: str) -> Any:
        """{} where it was never written."""
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}

    def write(self, name: str, record: object) -> None:
        """Whole or not at all."""
        part = self.folder / f"{name}.part"
        part.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
        os.replace(part, self.folder / name)

    @contextmanager
    def alone(self) -> Iterator[int]:
        """The descriptor of a lock that lasts as long as any process has it open. Raises Busy."""
        descriptor = self._descriptor()
        try:
            # A process that has told its last word takes a moment to end.
            until = time.monotonic() + _ENDING
            while not _locks(descriptor):
                if self.held.status in UNDER_WAY or time.monotonic() > until:
                    raise Busy("Ce travail est déjà en cours : attendez qu'il finisse.")
                time.sleep(0.02)
            yield descriptor
        finally:
            os.close(descriptor)

    def _is_alive(self) -> bool:
        descriptor = self._descriptor()
        try:
            return not _locks(descriptor)
        finally:
            os.close(descriptor)

    def _descriptor(self) -> int:
        return os.open(self.folder / "alive.lock", os.O_RDWR | os.O_CREAT, 0o600)


def _locks(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _interrupted(state: State) -> State:
    return State(
        Status.INTERRUPTED,
        state.step,
        sentence="Ce travail a été interrompu avant sa fin : la base est entière. Relancez-le.",
    )


class Runs:
    """Those of one base, in `folder`; each works in a process of its own, which outlives ours."""

    def __init__(self, folder: Path, base: Path, now: Callable[[], datetime] = datetime.now) -> None:
        self._folder, self._base, self._now = folder, base, now
        self._children: list[subprocess.Popen[bytes]] = []
        folder.mkdir(parents=True, exist_ok=True)

    def create(self, order: Mapping[str, Any]) -> Run:
        """With nothing staged and nothing begun; what is too old goes."""
        now = self._now()
        self.purge(now)
        run = Run(self._folder / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}")
        run.staged.mkdir(parents=True)
        run.write("order.json", dict(order))
        run.tell(State(Status.FAILED, sentence="Ce dépôt n'est pas arrivé entier : recommencez-le."))
        return run

    def find(self, id: str) -> Run | None:
        run = Run(self._folder / id)
        return run if _ID.fullmatch(id) and (run.folder / "state.json").exists() else None

    def latest(self, count: int) -> list[Run]:
        found = (self.find(path.name) for path in sorted(self._folder.iterdir(), reverse=True))
        return [run for run, _ in zip((run for run in found if run), range(count), strict=False)]

    def publishers(self) -> dict[int | None, str]:
        """By revision, where that is known and its run is kept."""
        return {run.held.revision: run.publisher for run in self.latest(sys.maxsize) if run.publisher}

    def purge(self, now: datetime) -> int:
        """How many went, older than KEPT_DAYS or over and not among the last KEPT_RUNS; never one that is under way."""
        oldest = now - timedelta(days=KEPT_DAYS)
        gone = 0
        for place, run in enumerate(self.latest(sys.maxsize)):
            if run.made_on < oldest or (place >= KEPT_RUNS and run.held.status in OVER):
                with suppress(Busy, OSError), run.alone():
                    shutil.rmtree(run.folder)
                    gone += 1
        return gone

    def processes(self) -> list[int]:
        """The ids of those that are at work."""
        self._children = [child for child in self._children if child.poll() is None]
        return [child.pid for child in self._children]

    def start(self, run: Run, step: str, allowed: Collection[Status], **files: object) -> None:
        """
        Begin `step` ("read" or "publish") where the run's status lets, with `files` (name: content) written first.
        Raises Busy.
        """
        with run.alone() as descriptor:
            status = Status.INTERRUPTED if run.held.status in UNDER_WAY else run.held.status
            if status not in allowed:
                raise Busy(f"Ce travail est {status} : revenez à sa page.")
            for name, record in files.items():
                run.write(f"{name}.json", record)
            run.tell(State(Status.READING if step == "read" else Status.PUBLISHING, step, "en attente"))
            self.processes()  # those that have ended are let go
            where = [str(run.folder.resolve()), step, "--base", str(self._base.resolve())]
            with (run.folder / "log").open("ab") as log:
                self._children.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "ingest.room", "work", *where],
                        cwd=_ROOT,
                        env=environment(),
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        pass_fds=(descriptor,),
                        start_new_session=True,
                    )
                )
