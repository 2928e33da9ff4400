"""Adapter: the room as an application of its own, to be mounted under a path: who may do what, and its headers."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from knowledge.errors import KnowledgeError
from knowledge.evaluation.question_sets import OWN_QUESTIONS
from knowledge.packing import ROOM

from ..errors import IngestError
from .handling import Handlers
from .questions import Questions
from .runs import Runs
from .showing import html, script, sheet
from .signing import LASTS, Door

# Bytes of a request: a drop, and any other form. What is in front of us may take less.
LARGEST_DROP, LARGEST_FORM = 210_000_000, 2_000_000
_COOKIE = "redaction"
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

Handle = Callable[[Request, str], Awaitable[Response]]


def open_room(
    base: Path, password_hash: str, theme: str, clock: Callable[[], float] = time.time, questions: Path = OWN_QUESTIONS
) -> Starlette:
    """The room of the base in a folder; `theme` is the style sheet that names colours and fonts."""
    folder = base / ROOM
    folder.mkdir(parents=True, exist_ok=True)
    door = Door(password_hash, folder, clock)
    guard = Guard(door)
    handlers = Handlers(base, Runs(folder, base, datetime.now), Questions(folder, questions), door.token)
    routes = [
        Route("/connexion", guard.sign_in, methods=["GET", "POST"]),
        Route("/deconnexion", guard.only(_sign_out), methods=["POST"]),
        *(Route(path, guard.only(handle), methods=[method]) for method, path, handle in handlers.routes()),
        Route("/salle.css", lambda _: Response(sheet(theme), media_type="text/css")),
        Route("/salle.js", lambda _: Response(script(), media_type="text/javascript")),
    ]
    errors: Any = {HTTPException: _refused, IngestError: _told, KnowledgeError: _told, Exception: _broken}
    app = Starlette(routes=routes, exception_handlers=errors)
    app.add_middleware(_Headers)
    return app


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets in who has signed in, and what comes from a page of the room."""

    door: Door

    async def sign_in(self, request: Request) -> Response:
        if request.method in ("GET", "HEAD"):
            return html(request, "connexion.html", problem="")
        _check_origin(request)
        _check_length(request, 4_000)
        address = request.client.host if request.client else ""
        if self.door.is_shut(address):
            raise HTTPException(429, "Trop de mots de passe faux : attendez cinq minutes, puis réessayez.")
        form = await request.form(max_files=0, max_fields=4)
        from anyio import to_thread

        given = str(form.get("password", ""))
        if not await to_thread.run_sync(self.door.admits, given, address):
            return html(request, "connexion.html", 403, problem="Ce n'est pas le mot de passe de la rédaction.")
        response = RedirectResponse(f"{request.scope.get('root_path', '')}/", 303)
        response.set_cookie(
            _COOKIE,
            self.door.open_session(),
            max_age=LASTS,
            path=request.scope.get("root_path", "") or "/",
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    def only(self, handle: Handle) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            session = self.door.session(request.cookies.get(_COOKIE, ""))
            if session is None:
                return RedirectResponse(f"{request.scope.get('root_path', '')}/connexion", 303)
            if request.method == "POST":
                _check_origin(request)
                is_drop = request.headers.get("content-type", "").startswith("multipart/form-data")
                _check_length(request, LARGEST_DROP if is_drop else LARGEST_FORM)
                async with request.form(max_files=50, max_fields=20_000, max_part_size=100_000) as form:
                    if not self.door.is_token(session, str(form.get("csrf", ""))):
                        raise HTTPException(403, "Cette page a expiré : revenez en arrière, rechargez-la, recommencez.")
                    return await handle(request, session)
            return await handle(request, session)

        return guarded


async def _sign_out(request: Request, _session: str) -> Response:
    response = RedirectResponse(f"{request.scope.get('root_path', '')}/connexion", 303)
    response.delete_cookie(_COOKIE, path=request.scope.get("root_path", "") or "/")
    return response


def _check_origin(request: Request) -> None:
    """A browser says where a form was sent from; the token is for those that do not."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "Cette demande ne vient pas de la salle de rédaction.")


def _check_length(request: Request, most: int) -> None:
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411, "La taille de cette demande n'est pas dite.")
    if int(length) > most:
        raise HTTPException(
            413, f"C'est trop : {most // 1_000_000} Mo au plus à la fois. Déposez-les en plusieurs fois."
        )


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
