"""Adapter: what each page of the room shows and does, for who has signed in."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from knowledge import KnowledgeSettings, Source, home_of
from knowledge.dating import first_day, last_day
from knowledge.library import Library

from ..errors import IngestError
from ..places.fetching import Client
from .depositing import file_of, link_of
from .naming import distinct, safe_name
from .questions import Questions, record_of
from .runs import AGAIN, KEPT_DAYS, OPEN, UNDER_WAY, Run, Runs, State, Status
from .sessions import Session
from .showing import html, in_paris, to

# Bytes of one file, and the sources and runs on one page.
LARGEST_FILE = 100_000_000
_SOURCES, _RUNS = 50, 50
_KINDS = {
    "fichiers": "Dépôt de fichiers",
    "adresse": "Adresse",
    "validite": "Fin de validité",
    "retrait": "Retrait",
    "retour": "Retour en arrière",
}


@dataclass(frozen=True, slots=True)
class Handlers:
    base: Path
    runs: Runs
    questions: Questions

    def routes(self) -> Iterator[tuple[str, str, Any]]:
        """(method, path, handler) of each."""
        yield "GET", "/", self.home
        yield "POST", "/depots", self.drop
        yield "GET", "/travaux/{id}", self.run
        yield "GET", "/travaux/{id}/etat", self.state
        yield "POST", "/travaux/{id}/publier", self.publish
        yield "POST", "/travaux/{id}/relire", self.read_again
        yield "POST", "/travaux/{id}/abandonner", self.give_up
        yield "GET", "/sources", self.sources
        yield "POST", "/sources/validite", self.outdate
        yield "POST", "/sources/retrait", self.withdraw
        yield "GET", "/historique", self.history
        yield "POST", "/historique/retour", self.go_back
        yield "GET", "/questions", self.ask
        yield "POST", "/questions", self.put_question
        yield "POST", "/questions/retrait", self.remove_question

    async def home(self, request: Request, session: Session) -> Response:
        runs = await to_thread.run_sync(lambda: [self._told(run) for run in self.runs.latest(_RUNS)])
        return html(request, "accueil.html", session=session, runs=runs, days=KEPT_DAYS)

    async def drop(self, request: Request, session: Session) -> Response:
        form = await request.form()
        files = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
        address = str(form.get("address", "")).strip()
        if bool(files) == bool(address):
            raise IngestError("Donnez soit des fichiers, soit une adresse.")
        return await to_thread.run_sync(self._dropped, request, session.by, files, address)

    def _dropped(self, request: Request, by: str, files: list[UploadFile], address: str) -> Response:
        if address:
            link_of(address, Client())  # refuses what is none; nothing is asked of it yet
            run = self.runs.create({"kind": "adresse", "address": address, "files": [], "by": by})
        else:
            names = distinct(safe_name(one.filename or "") for one in files)
            if large := [name for name, one in zip(names, files, strict=True) if (one.size or 0) > LARGEST_FILE]:
                most = LARGEST_FILE // 1_000_000
                raise HTTPException(413, f"« {large[0]} » dépasse {most} Mo : découpez-le, ou allégez ses images.")
            run = self.runs.create({"kind": "fichiers", "address": "", "files": names, "by": by})
            for name, one in zip(names, files, strict=True):
                with (run.staged / name).open("wb") as staged:
                    shutil.copyfileobj(one.file, staged)
        self.runs.start(run, "read", [Status.FAILED])
        return to(request, f"/travaux/{run.id}")

    async def run(self, request: Request, session: Session) -> Response:
        run = self._found(request)
        told = self._told(run)
        documents = await to_thread.run_sync(run.read, "documents.json") or []
        if told["state"].step == "read" and told["state"].status != Status.READY:
            documents = []
        sources = await to_thread.run_sync(self._titles) if told["state"].status == Status.READY else []
        choices = run.read("choices.json")
        values = {"documents": documents, "sources": sources, "choices": choices, "refresh": told["is_under_way"]}
        return html(request, "travail.html", session=session, **told, **values)

    async def state(self, request: Request, session: Session) -> Response:  # noqa: ARG002
        state = self._found(request).state
        told = {"status": state.status, "phase": state.phase, "done": state.done, "total": state.total}
        return JSONResponse({**told, "is_under_way": state.status in UNDER_WAY})

    async def publish(self, request: Request, session: Session) -> Response:
        run, form = self._found(request), await request.form()
        # Whoever tries again has chosen already.
        files = {"choices": _choices(form)} if "count" in form else {}
        if files and not any(choice["keep"] for choice in files["choices"].values()):
            raise IngestError("Cochez au moins un document à publier.")
        for choice in files.get("choices", {}).values():
            if choice["date"] and not first_day(choice["date"]):
                raise IngestError(
                    f"« {choice['date'][:20]} » n'est pas une date : écrivez 2026, 2026-03 ou 2026-03-31."
                )
        return await to_thread.run_sync(self._published, request, run, {**files, "publisher": {"by": session.by}})

    def _published(self, request: Request, run: Run, files: dict[str, Any]) -> Response:
        named = {choice["replaces"] for choice in files.get("choices", {}).values()} - {""}
        if named and (unknown := named - self._with_library(lambda library: library.digests()).keys()):
            raise IngestError(
                f"« {min(unknown)[:200]} » n'est pas une source de la base : choisissez-la dans la liste."
            )
        self.runs.start(run, "publish", OPEN, **files)
        return to(request, f"/travaux/{run.id}")

    async def read_again(self, request: Request, session: Session) -> Response:  # noqa: ARG002
        run = self._found(request)
        if run.order["kind"] not in ("fichiers", "adresse"):
            raise IngestError("Il n'y a rien à relire ici : relancez.")
        await to_thread.run_sync(self.runs.start, run, "read", OPEN)
        return to(request, f"/travaux/{run.id}")

    async def give_up(self, request: Request, session: Session) -> Response:  # noqa: ARG002
        run = self._found(request)
        await to_thread.run_sync(self._given_up, run)
        return to(request, f"/travaux/{run.id}")

    def _given_up(self, run: Run) -> None:
        with run.alone():
            if run.held.status in (*OPEN, *UNDER_WAY):
                run.tell(State(Status.DROPPED, run.held.step, sentence="Rien n'a été publié."))
                shutil.rmtree(run.staged, ignore_errors=True)

    async def sources(self, request: Request, session: Session) -> Response:
        words = request.query_params.get("q", "")[:200].casefold().split()
        held = await to_thread.run_sync(self._sources)
        found = [
            one for one in held if all(word in f"{one.id} {one.title} {one.publisher}".casefold() for word in words)
        ]
        today = date.today()
        shown = [(one, file_of(one.id) is not None, _is_over(one, today)) for one in found[:_SOURCES]]
        values: dict[str, Any] = {"query": " ".join(words), "shown": shown, "count": len(found)}
        values["yesterday"] = (today - timedelta(days=1)).isoformat()
        return html(request, "sources.html", session=session, **values)

    async def outdate(self, request: Request, session: Session) -> Response:
        form = await request.form()
        until = str(form.get("until", ""))
        _check_day(until)
        return await self._asked(
            request, session.by, {"kind": "validite", "source": str(form.get("source", "")), "until": until}
        )

    async def withdraw(self, request: Request, session: Session) -> Response:
        form = await request.form()
        return await self._asked(request, session.by, {"kind": "retrait", "source": str(form.get("source", ""))})

    async def history(self, request: Request, session: Session) -> Response:
        revisions = await to_thread.run_sync(lambda: self._with_library(lambda library: library.history.revisions()))
        people = await to_thread.run_sync(self.runs.publishers)
        return html(request, "historique.html", session=session, revisions=revisions, people=people)

    async def go_back(self, request: Request, session: Session) -> Response:
        revision = str((await request.form()).get("revision", ""))
        if not revision.isdecimal():
            raise IngestError("Choisissez une révision de la liste.")
        return await self._asked(request, session.by, {"kind": "retour", "revision": int(revision)})

    async def ask(self, request: Request, session: Session) -> Response:
        records = await to_thread.run_sync(self.questions.records)
        chosen = next((one for one in records if one["id"] == request.query_params.get("id")), None)
        return html(request, "questions.html", session=session, records=records, chosen=chosen)

    async def put_question(self, request: Request, session: Session) -> Response:  # noqa: ARG002
        form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        record = record_of(form, form.get("id") or f"redaction-{secrets.token_hex(4)}")
        await to_thread.run_sync(self.questions.put, record)
        return to(request, "/questions")

    async def remove_question(self, request: Request, session: Session) -> Response:  # noqa: ARG002
        await to_thread.run_sync(self.questions.remove, str((await request.form()).get("id", "")))
        return to(request, "/questions")

    async def _asked(self, request: Request, by: str, order: dict[str, Any]) -> Response:
        """What needs no reading begins at once."""
        run = self.runs.create({"address": "", "files": [], "by": by, **order})
        await to_thread.run_sync(partial(self.runs.start, run, "publish", [Status.FAILED], publisher={"by": by}))
        return to(request, f"/travaux/{run.id}")

    def _found(self, request: Request) -> Run:
        run = self.runs.find(request.path_params["id"])
        if run is None:
            raise HTTPException(404)
        return run

    def _told(self, run: Run) -> dict[str, Any]:
        order, state = run.order, run.state
        named = order.get("source") or order["address"] or ", ".join(order["files"])
        named = named or (f"révision {order['revision']}" if "revision" in order else "")
        title = f"{_KINDS[order['kind']]} : {named if len(named) <= 120 else named[:119] + '…'}"
        is_under_way = state.status in UNDER_WAY
        return {
            "run": run, "order": order, "state": state, "title": title, "is_under_way": is_under_way,
            "may_again": state.status in AGAIN, "when": in_paris(run.made_on),
            "by": order.get("by", ""), "publisher": run.publisher,
        }  # fmt: skip

    def _sources(self) -> list[Source]:
        held: list[Source] = self._with_library(lambda library: list(library.contents().sources.values()))
        return held

    def _titles(self) -> list[tuple[str, str]]:
        return [(source.id, source.title) for source in self._sources()]

    def _with_library(self, read: Callable[[Library], Any]) -> Any:
        with closing(home_of(KnowledgeSettings(), self.base).library()) as library:
            return read(library)


def _choices(form: FormData) -> dict[str, dict[str, Any]]:
    """By the id of each document: what its fields say, numbered from 0."""
    count = str(form["count"])
    fields = ("title", "publisher", "date", "replaces")
    return {
        str(form.get(f"id-{at}", "")): {
            "keep": f"keep-{at}" in form,
            **{name: str(form.get(f"{name}-{at}", "")) for name in fields},
        }
        for at in range(min(int(count) if count.isdecimal() else 0, 5_000))
    }


def _check_day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise IngestError(f"« {text[:20]} » n'est pas une date : écrivez-la comme 2026-03-31.") from error


def _is_over(source: Source, today: date) -> bool:
    return bool(last_day(source.valid_until)) and last_day(source.valid_until) < today.isoformat()
