"""Adapter: the widget's one script, with its sheet in it, and a page that shows it at work."""

import json
import re
from html import escape
from pathlib import Path

_HERE = Path(__file__).parent


def script() -> str:
    """What a site includes: nothing else is fetched. Its comments stay here."""
    theme = (_HERE.parent / "theme.css").read_text().replace(":root", ".assistant").replace(".dark", ".assistant.dark")
    sheet = json.dumps(f"{theme}\n{(_HERE / 'widget.css').read_text()}", ensure_ascii=False)
    bare = re.sub(r"(?m)^ *//.*\n", "", (_HERE / "widget.js").read_text())
    return bare.replace('"widget.css"', sheet, 1)


def demonstration(address: str) -> str:
    """A page of a site that shows the widget; `address` is ours."""
    return (_HERE / "demo.html").read_text().replace("ADRESSE", escape(address))


def demonstration_sheet() -> str:
    return (_HERE / "demo.css").read_text()
