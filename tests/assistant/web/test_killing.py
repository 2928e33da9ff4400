"""The assistant, and the server of its model, killed and started again while readers ask."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from .test_api import events

ROOT = Path(__file__).parents[3]
FREINS = "Quel est le premier frein des associations ?"
READERS = 4
PLENTY = "1000000"
# A model that says one true sentence under the number of the passage that bears it out.
SPEAKING = r"""
import re, sys, uvicorn
from tests.assistant.served import Speaker

def reply(prompt):
    passage = re.search(r"<<<passage (\d+) —(?:(?!>>>).)*premier frein", prompt, re.DOTALL)
    return f"Le manque de temps est le premier frein des associations. [{passage.group(1)}]"

uvicorn.run(Speaker(reply).app, port=int(sys.argv[1]), log_level="critical")
"""


class Process:
    """A program that listens on `port`, and can be killed without warning and started again."""

    def __init__(self, port: int, path: str, command: list[str], **environment: str) -> None:
        self.address, self._path = f"http://127.0.0.1:{port}", path
        self._command, self._environment = [sys.executable, *command], os.environ | environment
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Comes back when it answers."""
        self._running = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=subprocess.DEVNULL)
        while self._running.poll() is None:
            try:
                httpx.get(f"{self.address}{self._path}", timeout=60)
                return
            except httpx.TransportError:
                threading.Event().wait(0.1)
        raise AssertionError(f"{self._command} : {self._running.returncode}")

    def kill(self) -> None:
        if self._running is not None:
            self._running.send_signal(signal.SIGKILL)
            self._running.wait()


@dataclass
class Readers:
    """What those who ask all the time were told. `until` waits for something to have come to that."""

    address: str
    answers: list[dict[str, Any]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    opinions: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)

    def until(self, reached: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(reached, 120)

    def note(self, kept: list[Any], *said: Any) -> None:
        with self.changed:
            kept.extend(said)
            self.changed.notify_all()

    def read(self) -> None:
        with httpx.Client(base_url=f"{self.address}/api/", headers={"origin": self.address}, timeout=60) as client:
            while not self.over.is_set():
                try:
                    self._ask(client)
                except httpx.TransportError as error:
                    self.note(self.failures, type(error).__name__)
                    threading.Event().wait(0.1)

    def _ask(self, client: httpx.Client) -> None:
        response = client.post("ask", json={"question": FREINS})
        if response.status_code == 401:
            if "authorization" in client.headers:
                self.note(self.failures, response.json()["detail"])
            client.headers["authorization"] = f"Bearer {client.post('session').json()['token']}"
            return
        told = dict(events(response.raise_for_status()))
        if "done" not in told:
            self.note(self.failures, "coupée")
            return
        self.note(self.links, told["done"]["link"])
        self.note(self.answers, told["answer"])
        given = client.post("feedback", json={"id": told["done"]["id"], "useful": True})
        if given.status_code == 204:
            self.note(self.opinions, told["done"]["id"])


@contextmanager
def reading(address: str) -> Iterator[Readers]:
    readers = Readers(address)
    threads = [threading.Thread(target=readers.read) for _ in range(READERS)]
    for thread in threads:
        thread.start()
    yield readers
    readers.over.set()
    for thread in threads:
        thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(bundled_base: Path) -> Iterator[Callable[..., Process]]:
    """Starts a program, killed when the test ends; an assistant of the small base unless told otherwise."""
    running: list[Process] = []

    def start(*command: str, path: str = "/health", **environment: str) -> Process:
        port = free_port()
        settings = {"KNOWLEDGE_BASE": str(bundled_base), "ASSISTANT_QUESTIONS_PER_MINUTE": PLENTY}
        settings |= {"ASSISTANT_SITE_QUESTIONS_PER_MINUTE": PLENTY} | environment
        given = [*command, str(port)] if command else ["-m", "assistant", "--port", str(port)]
        running.append(Process(port, path, given, **settings))
        running[-1].start()
        return running[-1]

    yield start
    for one in running:
        one.kill()


def test_an_assistant_killed_while_it_answers_loses_nothing_that_it_said(
    start: Callable[..., Process], bundled_base: Path
) -> None:
    assistant = start()
    with reading(assistant.address) as readers:
        readers.until(lambda: len(readers.opinions) >= 2 * READERS)
        assistant.kill()
        before = len(readers.links)
        readers.until(lambda: len(readers.failures) >= READERS)
        assistant.start()
        readers.until(lambda: len(readers.links) >= before + 2 * READERS)
    # Sessions end with their process, and say so; whoever asks again is answered.
    assert "La session a expiré : ouvrez-en une autre." in readers.failures
    for link in readers.links:
        assert "Pourquoi cette réponse" in httpx.get(f"{assistant.address}/{link}").raise_for_status().text
    with closing(sqlite3.connect(bundled_base / "assistant.sqlite")) as kept:
        noted = {row[0] for row in kept.execute("select id from opinions")}
    assert noted >= set(readers.opinions)


def test_a_model_killed_while_it_writes_is_replaced_by_the_sources_until_it_is_back(
    start: Callable[..., Process],
) -> None:
    model = start("-c", SPEAKING, path="/v1/models")
    told = {"ASSISTANT_CHAT_MODEL": "openai:servi", "ASSISTANT_CHAT_BASE_URL": f"{model.address}/v1"}
    with reading(start(**told).address) as readers:
        readers.until(lambda: len(readers.answers) >= READERS)
        written = len(readers.answers)
        model.kill()
        readers.until(lambda: any(answer["mode"] == "extractif" for answer in readers.answers[written:]))
        model.start()
        again = len(readers.answers) + READERS
        readers.until(lambda: len(readers.answers) > again and readers.answers[-1]["mode"] == "rédigé")
    assert readers.failures == []
    assert {answer["mode"] for answer in readers.answers[:written]} == {"rédigé"}
    stood_in = [answer for answer in readers.answers if answer["mode"] == "extractif"]
    assert all(answer["citations"] for answer in readers.answers)
    for answer in stood_in:
        assert re.match(r"Mode extractif : Le modèle de langue n'a pas répondu \(\w+\)\.", answer["notes"][0])
