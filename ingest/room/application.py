"""Adapter: the room as an application of its own, to be mounted under a path: who may do what, and its headers."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from knowledge.errors import KnowledgeError
from knowledge.evaluation.question_sets import OWN_QUESTIONS
from knowledge.packing import ROOM

from ..errors import IngestError
from .departing import Departures
from .guarding import Guard
from .handling import Handlers
from .questions import Questions
from .runs import Runs
from .sessions import Sessions
from .showing import html, script, sheet
from .signing import Door, Tries, secret

_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
    "img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
}
_TITLES = {403: "Refusé", 404: "Introuvable", 413: "Trop grand", 429: "Trop d'essais"}


def open_room(
    base: Path,
    password_hash: str,
    theme: str,
    clock: Callable[[], float] = time.time,
    questions: Path = OWN_QUESTIONS,
    provider: Mapping[str, Any] | None = None,
) -> Starlette:
    """
    The room of the base in a folder; `theme` is the style sheet that names colours and fonts, `provider` what a
    Registration holds. Raises ImportError where the package that a provider asks for is not there.
    """
    folder = base / ROOM
    folder.mkdir(parents=True, exist_ok=True)
    departures = Departures(secret(folder / "secret"), clock)
    sessions = Sessions(folder / "sessions.sqlite", clock)
    guard = Guard(Door(password_hash, clock), sessions, departures, Tries(clock), _provider(provider, clock))
    handlers = Handlers(base, Runs(folder, base, datetime.now), Questions(folder, questions))
    routes = [
        *guard.routes(),
        *(Route(path, guard.only(handle), methods=[method]) for method, path, handle in handlers.routes()),
        Route("/salle.css", lambda _: Response(sheet(theme), media_type="text/css")),
        Route("/salle.js", lambda _: Response(script(), media_type="text/javascript")),
    ]
    errors: Any = {HTTPException: _refused, IngestError: _told, KnowledgeError: _told, Exception: _broken}
    app = Starlette(routes=routes, exception_handlers=errors)
    app.add_middleware(_Headers)
    return app


def _provider(given: Mapping[str, Any] | None, clock: Callable[[], float]) -> Any:
    if given is None:
        return None
    from .provider import Provider
    from .registering import Registration

    return Provider(Registration(**given), clock)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reason = {
        400: "Cette demande est illisible : 50 fichiers au plus à la fois.",
        404: "Cette page n'existe pas.",
        405: "Cette page ne se demande pas ainsi.",
    }.get(error.status_code, error.detail)
    title = _TITLES.get(error.status_code, "Demande refusée")
    headers = {"connection": "close"} if error.status_code in (411, 413) else {}
    return html(request, "message.html", error.status_code, headers, title=title, problem=reason)


async def _told(request: Request, error: Exception) -> Response:
    return html(request, "message.html", 409, title="Rien n'a été fait", problem=str(error))


async def _broken(request: Request, _error: Exception) -> Response:
    """The server's log has the rest."""
    reason = "Une erreur imprévue est survenue : réessayez, puis prévenez la personne qui tient ce serveur."
    return html(request, "message.html", 500, _HEADERS, title="Erreur", problem=reason)


class _Headers:
    """On every answer, errors too."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def dressed(message: Any) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message.get("headers", []), *added]}
            await send(message)

        await self._app(scope, receive, dressed)
