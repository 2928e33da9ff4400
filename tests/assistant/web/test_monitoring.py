import asyncio
import threading
from collections.abc import Iterator
from typing import Any, cast

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from assistant import Assistant
from assistant.answering import State
from assistant.settings import AssistantSettings
from assistant.web.fronting import Fronted
from assistant.web.looking import Look
from assistant.web.monitoring import monitor
from assistant.web.serving import build_app
from knowledge import CorruptLibrary, UnreachableServer

from ..conftest import served
from .test_page import CONDITIONS

QUESTION = CONDITIONS


def failing() -> State:
    raise CorruptLibrary("La bibliothèque est abîmée : remettez une sauvegarde.")


async def get(path: str, state: Any = lambda: State(7, 3), client: str = "127.0.0.1", **given: Any) -> httpx.Response:
    """What an application of these two routes says to a caller at the address `client`."""
    headers = {"x-forwarded-for": given.pop("forwarded_for")} if "forwarded_for" in given else {}
    settings = AssistantSettings(**given)
    app = FastAPI()
    monitor(app, state, CollectorRegistry(), settings)
    fronted: Any = Fronted(app, settings.trusted_proxies or ())
    transport = httpx.ASGITransport(fronted, client=(client, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as caller:
        return await caller.get(path, headers=headers)


# --- Health


async def test_a_base_that_can_be_read_is_healthy() -> None:
    response = await get("/health", chat_model="openai:x", client="192.0.2.1")
    assert response.json() == {"status": "ok", "revision": 7, "sources": 3, "model": "openai:x"}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("state", "said"), [(failing, "remettez une sauvegarde"), (lambda: State(7, 0), "ingest")])
async def test_a_base_that_cannot_serve_is_not_and_says_why(state: Any, said: str) -> None:
    response = await get("/health", state)
    assert response.status_code == 503
    assert response.json()["status"] == "error"
    assert said in response.json()["detail"]


async def test_many_who_ask_at_once_ask_the_base_once() -> None:
    asked: list[int] = []

    def state() -> State:
        asked.append(1)
        return State(7, 3)

    look = Look(state, clock=lambda: 0.0)
    assert set(await asyncio.gather(*(look.now() for _ in range(20)))) == {State(7, 3)}
    assert len(asked) == 1


async def test_a_state_is_told_again_for_a_moment_and_a_failure_is_not() -> None:
    states: Iterator[Any] = iter([State(7, 3), CorruptLibrary("Abîmée."), State(8, 3)])
    now = 0.0

    def state() -> State:
        said = next(states)
        if isinstance(said, Exception):
            raise said
        return cast(State, said)

    look = Look(state, fresh=1.0, clock=lambda: now)
    assert [await look.now(), await look.now()] == [State(7, 3)] * 2
    now = 1.0
    with pytest.raises(CorruptLibrary):
        await look.now()
    assert await look.now() == State(8, 3)


async def test_a_base_that_says_nothing_is_not_waited_for_and_not_asked_again() -> None:
    asked: list[int] = []
    answers = threading.Event()

    def state() -> State:
        asked.append(1)
        assert answers.wait(30)
        return State(7, 3)

    look = Look(state, patience=0.05)
    for _ in range(3):
        with pytest.raises(UnreachableServer, match=r"pas répondu en 0\.05 secondes : vérifiez que PostgreSQL"):
            await look.now()
    answers.set()
    assert await look.now() == State(7, 3)
    assert len(asked) == 1


# --- Metrics


def samples(text: str) -> dict[str, float]:
    return {
        "".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_questions_are_counted_whatever_they_come_through_and_their_words_are_not_told(assistant: Assistant) -> None:
    settings = AssistantSettings(api_keys=("cle-d-essai-0123456789",))  # type: ignore[arg-type]
    with served(build_app(assistant, settings)) as site, httpx.Client(base_url=site, timeout=20) as client:
        token = client.post("/api/session", headers={"origin": site}).json()["token"]
        client.post(
            "/api/ask", json={"question": QUESTION}, headers={"origin": site, "authorization": f"Bearer {token}"}
        )
        asked = {"model": "co-construction", "messages": [{"role": "user", "content": QUESTION}]}
        client.post(
            "/v1/chat/completions", json=asked, headers={"authorization": "Bearer cle-d-essai-0123456789"}
        ).raise_for_status()
        text = client.get("/metrics").raise_for_status().text
    told = samples(text)
    assert told["assistant_questions_totalreponse"] == told["assistant_answer_seconds_count"] == 2
    assert told["assistant_questions_totalrefus"] == 0
    assert (told["assistant_base_revision"], told["assistant_base_sources"]) == (1, 4)
    assert "jardin" not in text


async def test_a_base_that_cannot_be_read_is_told_in_the_metrics() -> None:
    assert samples((await get("/metrics", failing)).text)["assistant_base_readable"] == 0
    assert samples((await get("/metrics")).text)["assistant_base_readable"] == 1


@pytest.mark.parametrize(
    ("status", "given"),
    [
        (200, {}),
        (200, {"client": "::1"}),
        (403, {"client": "192.0.2.1"}),
        (403, {"client": ""}),
        # A proxy on this machine that nobody has told us of.
        (403, {"forwarded_for": "192.0.2.1"}),
        (200, {"client": "10.0.0.7", "trusted_proxies": ("10.0.0.7",)}),
        (403, {"client": "10.0.0.7", "trusted_proxies": ("10.0.0.7",), "forwarded_for": "192.0.2.1"}),
        (403, {"client": "10.0.0.7", "trusted_proxies": ("10.0.0.7",), "forwarded_for": "127.0.0.1"}),
        (200, {"client": "192.0.2.1", "metrics_from": ("192.0.2.0/24",)}),
    ],
)
async def test_the_metrics_are_for_those_near_and_those_named(status: int, given: dict[str, Any]) -> None:
    response = await get("/metrics", **given)
    assert response.status_code == status
    if status == 403:
        assert "ASSISTANT_METRICS_FROM" in response.text
