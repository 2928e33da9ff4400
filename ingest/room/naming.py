"""Pure: the name that a file is kept under, out of whatever name a browser sends."""

import re
import unicodedata
from collections.abc import Iterable

_KEPT = re.compile(r"[^\w .,'’()+-]")
_BLANKS = re.compile(r"[\s_-]*\s[\s_-]*")
# In bytes: file systems take 255, of which a version may need some.
_LONGEST = 150


def safe_name(name: str) -> str:
    """
    Of one segment, printable, not hidden, of bounded length; the suffix stays.
    Example: "../../Guide <2026>.PDF" -> "Guide 2026.pdf"
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in last)
    plain = _BLANKS.sub(" ", _KEPT.sub(" ", shown)).strip(" .~-_")
    stem, dot, suffix = plain.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", suffix):
        stem, suffix = plain, ""
    stem = stem.encode()[:_LONGEST].decode("utf-8", "ignore").strip(" .~-_") or "document"
    return f"{stem}.{suffix.lower()}" if suffix else stem


def distinct(names: Iterable[str]) -> list[str]:
    """
    Each name, numbered where it was there before: two files of one drop do not overwrite each other.
    Example: a.pdf, A.pdf -> a.pdf, A (2).pdf
    """
    taken: set[str] = set()
    made = []
    for name in names:
        stem, dot, suffix = name.rpartition(".")
        stem, end = (stem, dot + suffix) if dot else (name, "")
        one, number = name, 1
        while one.casefold() in taken:
            number += 1
            one = f"{stem} ({number}){end}"
        taken.add(one.casefold())
        made.append(one)
    return made
