"""Values: what editors say of a source besides itself, kept in the library so that it outlives readings."""

import json
from collections.abc import Mapping
from dataclasses import asdict

from .places.finding import About

# What the names of these facts begin with.
FACTS = "notice:"


def notice_facts(notices: Mapping[str, About]) -> dict[str, str]:
    """The library's facts that hold what is said of each source, by its id."""
    return {f"{FACTS}{id}": _to_json(about) for id, about in notices.items()}


def read_notices(facts: Mapping[str, str]) -> dict[str, About]:
    """What is said of each source, by its id."""
    return {name.removeprefix(FACTS): About(**json.loads(text)) for name, text in facts.items()}


def _to_json(about: About) -> str:
    said = {name: value for name, value in asdict(about).items() if value}
    return json.dumps(said, ensure_ascii=False, sort_keys=True)
