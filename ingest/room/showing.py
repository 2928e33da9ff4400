"""Adapter: the pages of the room, as files of this folder."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

_HERE = Path(__file__).parent / "pages"


def html(
    request: Request, page: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Every value is text, never markup; a page whose values have no token shows no menu."""
    shown = {"root": request.scope.get("root_path", ""), "token": "", "refresh": False, **values}
    return HTMLResponse(_environment().get_template(page).render(**shown), status, headers)


def sheet(theme: str) -> str:
    return f"{theme}\n{(_HERE / 'salle.css').read_text(encoding='utf-8')}"


def script() -> str:
    return (_HERE / "salle.js").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters["is_web"] = lambda url: re.match(r"https?://", url, re.IGNORECASE) is not None
    return made
