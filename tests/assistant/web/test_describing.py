"""The interfaces do what they say: requests made from their own descriptions, and true answers against them."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis

from assistant import Assistant
from assistant.settings import AssistantSettings
from assistant.web.describing import ShownAnswer
from assistant.web.serving import build_app

from ..conftest import served
from .test_api import events
from .test_page import COMPOSTEUR, CONDITIONS, FREIN, UNKNOWN

KEY = "cle-d-essai-0123456789"
MODEL = "co-construction"
PLENTY = 1_000_000
# That the last message is a question of the user cannot be said in a schema: what does not end so is refused.
UNSAID = ["--exclude-checks", "positive_data_acceptance"]

Start = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def start(assistant: Assistant) -> Iterator[Start]:
    """Serves the application with these settings; a caller with a session and a key."""
    running: list[Any] = []

    def start(**given: Any) -> httpx.Client:
        application = build_app(assistant, AssistantSettings(api_keys=(KEY,), **given))  # type: ignore[arg-type]
        running.append(served(application))
        address = running[-1].__enter__()
        client = httpx.Client(base_url=address, headers={"origin": address}, timeout=20)
        client.headers["authorization"] = f"Bearer {client.post('/api/session').json()['token']}"
        return client

    yield start
    for one in running:
        one.__exit__(None, None, None)


@pytest.fixture(scope="module")
def open_handed(start: Start) -> httpx.Client:
    """Takes as much as it is given."""
    return start(questions_per_minute=PLENTY, site_questions_per_minute=PLENTY)


def address(client: httpx.Client) -> str:
    return client.headers["origin"]


@pytest.mark.parametrize(("interface", "more"), [("/api", []), ("/v1", UNSAID), ("", [])])
def test_an_interface_does_what_its_description_says(
    open_handed: httpx.Client, tmp_path: Path, interface: str, more: list[str]
) -> None:
    bearer = f"Bearer {KEY}" if interface == "/v1" else open_handed.headers["authorization"]
    command = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"]
    command += [f"{address(open_handed)}{interface}/openapi.json", "--generation-deterministic", "--seed", "1"]
    command += ["-H", f"Origin: {address(open_handed)}", "-H", f"Authorization: {bearer}", "-n", "60", *more]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout
    assert " generated, " in run.stdout


def test_what_a_session_gives_and_remembers_is_as_described(open_handed: httpx.Client) -> None:
    schema = schemathesis.openapi.from_url(f"{address(open_handed)}/api/openapi.json")
    for question in (FREIN, CONDITIONS, COMPOSTEUR, UNKNOWN):
        for name, told in events(open_handed.post("/api/ask", json={"question": question})):
            if name == "answer":
                ShownAnswer.model_validate(told)
    said = open_handed.get("/api/conversation")
    assert len(said.json()["exchanges"]) == 4
    schema["/conversation"]["GET"].validate_response(said)


@pytest.mark.parametrize("question", [FREIN, UNKNOWN])
def test_a_completion_is_as_described(open_handed: httpx.Client, question: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address(open_handed)}/v1/openapi.json")
    response = complete(open_handed, question)
    assert response.status_code == 200
    schema["/chat/completions"]["POST"].validate_response(response)


def complete(client: httpx.Client, question: str, **given: Any) -> httpx.Response:
    asked = {"model": MODEL, "messages": [{"role": "user", "content": question}]}
    return client.post(
        "/v1/chat/completions", **({"json": asked, "headers": {"authorization": f"Bearer {KEY}"}} | given)
    )


STRANGER = {"authorization": "Bearer personne"}
ELSEWHERE = {"origin": "https://ailleurs.example"}
LONG = b" " * 300_000
REFUSED: dict[str, tuple[int, Callable[[httpx.Client], httpx.Response]]] = {
    "no session": (401, lambda client: client.post("/api/ask", json={"question": FREIN}, headers=STRANGER)),
    "another site": (403, lambda client: client.post("/api/ask", json={"question": FREIN}, headers=ELSEWHERE)),
    "too long a request": (413, lambda client: client.post("/api/ask", content=LONG)),
    "an empty question": (422, lambda client: client.post("/api/ask", json={"question": " "})),
    "not JSON": (422, lambda client: client.post("/api/ask", content=b"{")),
    "no such key": (401, lambda client: complete(client, FREIN, headers=STRANGER)),
    "no such model": (404, lambda client: complete(client, FREIN, json={"model": "x", "messages": []})),
    "no question": (400, lambda client: complete(client, " ")),
    "too long a call": (413, lambda client: complete(client, FREIN, json=None, content=LONG)),
}


@pytest.mark.parametrize(("status", "call"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_as_described(
    open_handed: httpx.Client, status: int, call: Callable[[httpx.Client], httpx.Response]
) -> None:
    matches(call(open_handed), status)


@pytest.mark.parametrize(
    "call", [lambda client: client.post("/api/ask", json={"question": FREIN}), lambda client: complete(client, FREIN)]
)
def test_one_who_asks_too_often_is_refused_as_described(
    start: Start, call: Callable[[httpx.Client], httpx.Response]
) -> None:
    client = start(questions_per_minute=1)
    refused = [response for response in (call(client) for _ in range(3)) if response.status_code != 200]
    matches(refused[-1], 429)


def matches(response: httpx.Response, status: int) -> None:
    """Fails where it is not the refusal that is described."""
    assert response.status_code == status
    interface, _, path = response.request.url.path[1:].partition("/")
    described = schemathesis.openapi.from_url(str(response.request.url.join(f"/{interface}/openapi.json")))
    described[f"/{path}"]["POST"].validate_response(response)


def test_each_interface_is_described_and_nothing_else_is(open_handed: httpx.Client) -> None:
    told = {path: open_handed.get(f"{path}/openapi.json").json() for path in ("/api", "/v1", "")}
    assert set(told["/api"]["paths"]) == {"/session", "/ask", "/conversation", "/feedback", "/export", "/erase"}
    assert set(told["/v1"]["paths"]) == {"/models", "/models/{id}", "/chat/completions"}
    assert set(told[""]["paths"]) == {"/health", "/metrics"}
    assert "HTTPValidationError" not in str(told)
