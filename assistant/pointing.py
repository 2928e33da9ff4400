"""Pure: a question that points at the page where it is asked: « dans cet article… »."""

import re

_ADDRESS = re.compile(r"https?://(?:www\.)?([^/:?#]+)(?::\d+)?([^?#]*)(?:\?([^#]*))?", re.I)
_POINTED = re.compile(
    r"\b(?:cet|cette|ce|le présent|la présente)\s+(article|page|texte|document|fiche)(?:-ci)?\b", re.I
)


def points_at_page(question: str) -> bool:
    return bool(_POINTED.search(question))


def with_title(question: str, title: str) -> str:
    """
    The question with the page's title where it points at it.
    Example: with_title("De quoi parle cet article ?", "Les SCIC") -> "De quoi parle l'article « Les SCIC » ?"
    """
    return _POINTED.sub(lambda found: f"{_the(found.group(1).lower())} « {title} »", question, count=1)


def is_same_page(one: str, other: str) -> bool:
    """Whatever the scheme, « www. », the slash at the end, the fragment, and parameters that `one` does without."""
    place, (host, path, query) = _place(one), _place(other)
    return bool(one) and place == (host, path, query if place[2] else "")


def _the(noun: str) -> str:
    return {"article": "l'article", "page": "la page", "fiche": "la fiche"}.get(noun, f"le {noun}")


def _place(url: str) -> tuple[str, str, str]:
    match = _ADDRESS.match(url)
    if match is None:
        return url, "", ""
    host, path, query = match.groups("")
    return host.lower(), path.rstrip("/"), query
