"""Adapter: the page that tells what is kept, and gives it back or erases it, as files of this folder."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .. import replay

_HERE = Path(__file__).parent


def page(**values: Any) -> str:
    """Every value is text, never markup."""
    return _environment().get_template("privacy.html").render(**values)


def sheet() -> str:
    """That of an answer opened again, and what a form needs."""
    return f"{replay.sheet()}\n{(_HERE / 'privacy.css').read_text()}"


@cache
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
