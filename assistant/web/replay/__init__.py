"""Adapter: the page that opens an answer again, as files of this folder."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HERE = Path(__file__).parent


def page(**values: Any) -> str:
    """Every value is text, never markup."""
    return _environment().get_template("replay.html").render(**values)


def sheet() -> str:
    return f"{theme()}\n{(_HERE / 'replay.css').read_text()}"


def theme() -> str:
    """Its dark colours follow the reader's wish: no script is there to set a class."""
    light, _, dark = (_HERE.parent / "theme.css").read_text().partition(".dark")
    return f"{light}@media (prefers-color-scheme: dark) {{ :root{dark}}}"


@cache
def _environment() -> Environment:
    made = Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters["is_web"] = lambda url: re.match(r"https?://", url, re.IGNORECASE) is not None
    return made
