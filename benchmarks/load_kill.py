"""What benchmarks.load does with --kill: while readers ask, each part of the service is killed or frozen in turn."""

import argparse
import json
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.servers import Server

from .load import readers, settings
from .load_servers import Program, Site, site

# Seconds without a failure after which the service is well again, and how many are waited for at most.
_WELL, _AT_MOST = 6.0, 90.0
_BEFORE = 20.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    Of one question: `wrong` is what was said in an answer's place; `stood_in`: the sources did in the model's;
    `is_kept`: a whole answer is kept under a `link`.
    """

    began: float
    ended: float
    wrong: str
    stood_in: bool
    is_kept: bool
    link: str


@dataclass(frozen=True, slots=True)
class Fall:
    """When a part fell, was back, and the service well again, or given up on."""

    title: str
    began: float
    back: float
    over: float


def kill_in_turn(given: argparse.Namespace) -> None:
    """Prints what the readers were told meanwhile, how long it took to be well again, and what was lost."""
    with site(given.base, settings(), has_model=True) as service, tempfile.NamedTemporaryFile() as told:
        before = [_state(one) for one in service.assistants]
        reading = readers(service.address, given.users, reads="5-15", told=told.name)
        try:
            _wait(_BEFORE)
            falls = [_fall(title, cut, given.down, Path(told.name)) for title, cut in _cuts(service)]
        finally:
            reading.terminate()
            reading.wait(60)
        outcomes = _outcomes(Path(told.name))
        print("| ce qui tombe | questions | répondues | dont sans le modèle | erreurs | par minute ", end="")
        print("| plus longue | reprise | ce qui est dit |\n|---|---|---|---|---|---|---|---|---|")
        for fall in falls:
            print(_row(fall, outcomes))
        after = [_state(one) for one in service.assistants]
        links = [outcome.link for outcome in outcomes if outcome.link]
        with ThreadPoolExecutor(8) as asking, httpx.Client(timeout=60) as client:
            kept = sum(asking.map(lambda link: _is_kept(client, service, link), links))
    good = [outcome for outcome in outcomes if not outcome.wrong]
    due = sum(outcome.is_kept for outcome in good)
    print(f"\n{len(outcomes)} questions, {len(good)} réponses entières, dont {due} à garder : {len(links)} ", end="")
    print(f"l'ont été, {kept} se relisent. Révision et sources : {before} avant, {after} après.")


def _cuts(service: Site) -> Iterator[tuple[str, Callable[[], AbstractContextManager[None]]]]:
    assert service.model is not None
    one = service.assistants[0]
    parts: list[tuple[str, Server]] = [("PostgreSQL", service.postgres), ("Chroma", service.chroma)]
    parts.append(("le serveur du modèle", service.model))
    yield "un assistant sur deux, tué", lambda: _killed(one)
    for title, server in parts:
        yield f"{title}, tué", lambda server=server: _killed(server)  # type: ignore[misc]
    for title, server in parts:
        yield f"{title}, gelé", server.frozen


@contextmanager
def _killed(server: Server) -> Iterator[None]:
    server.kill()
    yield
    server.start()


def _fall(title: str, cut: Callable[[], AbstractContextManager[None]], down: float, told: Path) -> Fall:
    began = time.time()
    with cut():
        _wait(down)
    back = time.time()
    while (now := time.time()) < back + _AT_MOST:
        last = max((one.ended for one in _outcomes(told) if one.wrong or one.stood_in), default=back)
        if now > max(back, last) + _WELL:
            break
        _wait(0.5)
    return Fall(title, began, back, time.time())


def _row(fall: Fall, outcomes: Sequence[Outcome]) -> str:
    here = [one for one in outcomes if fall.began < one.ended <= fall.over]
    wrong = [one for one in here if one.wrong]
    late = max((one.ended for one in wrong if one.ended > fall.back), default=fall.back)
    said = Counter(_sentence(one.wrong) for one in wrong).most_common(3)
    cells = (
        fall.title,
        len(here),
        len(here) - len(wrong),
        sum(one.stood_in for one in here),
        len(wrong),
        f"{len(wrong) * 60 / (fall.back - fall.began):.0f}",
        f"{max((one.ended - one.began for one in here), default=0):.1f} s",
        f"{late - fall.back:.1f} s",
        " ; ".join(f"« {sentence} » ({times})" for sentence, times in said) or "rien",
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _sentence(wrong: str) -> str:
    """Its beginning, without the addresses and the causes, which differ each time."""
    return re.sub(r" \(.*| : vérifiez.*", "", re.sub(r"(?:https?://)?127\.0\.0\.1:\d+\S*", "…", wrong))


def _outcomes(told: Path) -> list[Outcome]:
    # The last line may be under way.
    lines = told.read_text(encoding="utf-8").rpartition("\n")[0].splitlines()
    return [Outcome(**json.loads(line)) for line in lines]


def _state(assistant: Program) -> Any:
    said = httpx.get(f"{assistant.address}/health", timeout=30).json()
    return (said.get("revision"), said.get("sources")) if said["status"] == "ok" else said["detail"]


def _is_kept(client: httpx.Client, service: Site, link: str) -> bool:
    """Whether one of the assistants can show the answer again."""
    return any(client.get(f"{one.address}/{link}").status_code == 200 for one in service.assistants)


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)
