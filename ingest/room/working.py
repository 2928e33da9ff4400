"""Façade: what a run of the editors' room does, in a process of its own, telling how far it is."""

import shutil
import time
import traceback
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from filelock import FileLock
from langchain_core.embeddings import Embeddings

from knowledge import KnowledgeBase, KnowledgeError, KnowledgeSettings, LockedBase, Source, home_of
from knowledge.evaluation.question_sets import OWN_QUESTIONS
from knowledge.packing import DEPOSITS

from ..checking import Verdict, try_out
from ..errors import IngestError
from ..pipeline import plan
from ..places.fetching import Client
from ..places.finding import Place
from ..planning import Plan
from ..reporting import Progress
from ..settings import IngestSettings
from .depositing import Drop, file_of, keep, link_of
from .proposing import Choice, changed_since, chosen, documents_of, outdated, packed, withdrawn
from .questions import questions_in
from .runs import Run, State, Status

# In seconds: between two words on how far it is; between two tries where another program writes, and for how long.
_OFTEN, _PAUSE, _PATIENCE = 0.3, 2.0, 1800.0

Wait = Callable[[float], object]


def work(run: Run, step: str, folder: Path, embeddings: Embeddings | None = None, wait: Wait = time.sleep) -> None:
    """One step of a run ("read" or "publish") on the base in `folder`; what goes wrong is told in its state."""
    try:
        with closing(KnowledgeBase.create(home_of(KnowledgeSettings(), folder), None, embeddings)) as base:
            if step == "read":
                _read(run, base)
            else:
                Publication(run, base, wait, embeddings).publish()
    except (KnowledgeError, IngestError) as error:
        run.tell(State(Status.FAILED, step, sentence=str(error)))
    except Exception as error:
        traceback.print_exc()
        sentence = f"Une erreur imprévue ({type(error).__name__}) a arrêté ce travail ; le détail est dans "
        run.tell(State(Status.FAILED, step, sentence=f"{sentence}{run.folder / 'log'}."))


def _read(run: Run, base: KnowledgeBase) -> None:
    made = plan(base, [_place(run, base.folder)], reading=_progress(run, State(Status.READING, "read", "lecture")))
    held = _held(base, [source.id for source in made.sources])
    run.write("documents.json", documents_of(made, held))
    run.write("plan.json", packed(made, {id: source.digest for id, source in held.items()}))
    run.tell(State(Status.READY, "read", sentence=made.report.sentence, lines=tuple(made.report.lines())))


def _place(run: Run, folder: Path) -> Place:
    order = run.order
    if order["kind"] == "adresse":
        return link_of(order["address"], Client.create(IngestSettings().allow_private))
    return Drop(run.staged, tuple(order["files"]), folder / DEPOSITS)


class Publication:
    """What was read and chosen, or what is asked of sources that are there, checked and then written."""

    def __init__(self, run: Run, base: KnowledgeBase, wait: Wait, embeddings: Embeddings | None) -> None:
        self._run, self._base, self._wait, self._embeddings = run, base, wait, embeddings
        self._state = State(Status.PUBLISHING, "publish")

    def publish(self) -> None:
        room = self._run.folder.parent
        self._tell("en attente d'une autre publication")
        with FileLock(room / "publishing.lock"):
            if self._run.order["kind"] == "retour":
                revision = self._base.rollback(self._run.order["revision"])
                self._end(f"Base revenue à l'état de la révision {revision}.")
            else:
                self._change(room)
        if self._run.held.status is Status.PUBLISHED:
            self._refine()

    def _change(self, room: Path) -> None:
        made = self._planned()
        verdict = self._tried(made, room)
        if verdict and not verdict.is_acceptable:
            self._run.tell(
                State(
                    Status.REFUSED,
                    "publish",
                    sentence=f"Rien n'a été publié, la base est restée la même. {verdict.sentence}",
                    check=_told(verdict),
                )
            )
            return
        self._write(made)
        self._end(_sentence(made), verdict)

    def _refine(self) -> None:
        """What is published stays so where this fails: the next reading takes it up."""
        try:
            self._base.refine()
        except Exception:
            traceback.print_exc()

    def _planned(self) -> Plan:
        order, library = self._run.order, self._base.library
        if order["kind"] == "retrait":
            return withdrawn(_required(self._base, order["source"]).id)
        if order["kind"] == "validite":
            return outdated(_required(self._base, order["source"]), order["until"])
        record = self._run.read("plan.json")
        if moved := changed_since(record, library.digests()):
            raise IngestError(f"{', '.join(moved[:5])} a changé dans la base depuis cette lecture : relisez ce dépôt.")
        choices = {id: Choice.of(one) for id, one in self._run.read("choices.json").items()}
        held = _held(self._base, [choice.replaced for choice in choices.values() if choice.replaced])
        return chosen(record, choices, held, date.today())

    def _tried(self, made: Plan, room: Path) -> Verdict | None:
        questions = questions_in(room, OWN_QUESTIONS)
        if questions is None or not (made.sources or made.report.forgotten):
            return None
        self._tell("calcul de la base candidate, puis questions de contrôle")
        progress = _progress(self._run, replace(self._state, phase="calcul de la base candidate"))
        return try_out(
            self._base, made, questions, IngestSettings().check_margin, progress, embeddings=self._embeddings
        )

    def _write(self, made: Plan) -> None:
        deposits = self._base.folder / DEPOSITS
        files = [file for source in made.sources if (file := file_of(source.id)) and (self._run.staged / file).exists()]
        keep(self._run.staged, files, deposits)
        progress = _progress(self._run, replace(self._state, phase="publication"))
        waited = 0.0
        while True:
            try:
                self._base.publish(made.sources, made.report.forgotten, progress, made.facts)
                break
            except LockedBase:
                if waited >= _PATIENCE:
                    raise
                self._tell("en attente d'une autre ingestion")
                self._wait(_PAUSE)
                waited += _PAUSE
        for id in made.report.forgotten:
            if file := file_of(id):
                (deposits / file).unlink(missing_ok=True)

    def _end(self, sentence: str, verdict: Verdict | None = None) -> None:
        # What was read stays to be read again, as its report; its files are deposits now.
        shutil.rmtree(self._run.staged, ignore_errors=True)
        (self._run.folder / "plan.json").unlink(missing_ok=True)
        lines = (verdict.sentence,) if verdict else ()
        revision = self._base.library.revision
        check = _told(verdict) if verdict else {}
        self._run.tell(
            State(Status.PUBLISHED, "publish", sentence=sentence, lines=lines, revision=revision, check=check)
        )

    def _tell(self, phase: str) -> None:
        self._run.tell(replace(self._state, phase=phase))


def _sentence(made: Plan) -> str:
    written, gone = len(made.sources), len(made.report.forgotten)
    return f"Sources écrites : {written}, retirées : {gone}."


def _told(verdict: Verdict) -> dict[str, object]:
    return {
        "sentence": verdict.sentence,
        "lost": [wrong.sentence for wrong in verdict.lost],
        "still_wrong": [wrong.sentence for wrong in verdict.still_wrong],
    }


def _required(base: KnowledgeBase, id: str) -> Source:
    source = base.library.source(id)
    if source is None:
        raise IngestError(f"La source « {id} » n'est plus dans la base.")
    return source


def _held(base: KnowledgeBase, ids: list[str]) -> dict[str, Source]:
    found = ((id, base.library.source(id)) for id in ids)
    return {id: source for id, source in found if source}


def _progress(run: Run, state: State) -> Progress:
    told = float("-inf")

    def tell(done: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told > _OFTEN or done == total:
            told = time.monotonic()
            run.tell(replace(state, done=done, total=total))

    return tell
