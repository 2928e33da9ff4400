"""Adapter: the pages of the room, as files of this folder."""

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from .sessions import Session

_HERE = Path(__file__).parent / "pages"
_PARIS = ZoneInfo("Europe/Paris")


def html(
    request: Request,
    page: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    session: Session | None = None,
    **values: Any,
) -> HTMLResponse:
    """Every value is text, never markup; a page without a session shows no menu."""
    token, by = (session.token, session.by) if session else ("", "")
    shown = {"root": request.scope.get("root_path", ""), "token": token, "me": by, "refresh": False, **values}
    return HTMLResponse(_environment().get_template(page).render(**shown), status, headers)


def to(request: Request, path: str) -> Response:
    """Another page of the room."""
    return RedirectResponse(f"{request.scope.get('root_path', '')}{path}", 303)


def in_paris(moment: datetime) -> str:
    """
    A moment without a zone is of this machine.
    Example: 2026-11-23 22:30 UTC -> "23/11/2026 à 23 h 30 (heure de Paris)"
    """
    return f"{moment.astimezone(_PARIS):%d/%m/%Y à %H h %M} (heure de Paris)"


def _told(moment: str) -> str:
    """As the library keeps it, with its zone."""
    return in_paris(datetime.fromisoformat(moment))


def sheet(theme: str) -> str:
    return f"{theme}\n{(_HERE / 'salle.css').read_text(encoding='utf-8')}"


def script() -> str:
    return (_HERE / "salle.js").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters["is_web"] = lambda url: re.match(r"https?://", url, re.IGNORECASE) is not None
    made.filters["in_paris"] = _told
    return made
