"""
The readers that benchmarks.load sends, for locust: most through the widget, some through /v1.

LOAD_READS is how many seconds each reads an answer, "5-15" or "0"; LOAD_KEY opens /v1; LOAD_TOLD is the file to which
what came of each question is added, if there is one. Each has an address of its own, as a proxy in front would tell it:
the limit per address stays what it is.
"""

import json
import os
import random
import re
import time
from itertools import count
from pathlib import Path
from typing import Any

from locust import FastHttpUser, between, constant, task

QUESTIONS = Path(__file__).parent.parent / "tests" / "evaluation" / "questions.jsonl"
ASKED = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
LEAST, MOST = (float(seconds) for seconds in (os.environ.get("LOAD_READS", "5-15") + "-0").split("-")[:2])
TOLD = os.environ.get("LOAD_TOLD")
# Questions of one reader before another comes to the same place.
_ASKS = 6
_draw = random.Random(1)
_addresses = (f"10.{number // 65536}.{number // 256 % 256}.{number % 256}" for number in count(1))


class Reader(FastHttpUser):
    abstract = True
    wait_time = between(LEAST, MOST) if MOST else constant(0)
    # Nobody waits longer; a server that closes an idle connection is asked again by any browser.
    network_timeout = connection_timeout = 60

    def on_start(self) -> None:
        self.arrive()

    def arrive(self) -> None:
        self.left = _ASKS
        self.headers = {"x-forwarded-for": next(_addresses)}

    @task
    def ask(self) -> None:
        if not self.left:
            self.arrive()
        self.left -= 1
        self.question(_draw.choice(ASKED))

    def question(self, words: str) -> None:
        raise NotImplementedError

    def heard(self, name: str, path: str, asked: dict[str, Any], *signs: str) -> None:
        """Ask, and fail unless the whole answer came, with all of these signs."""
        began = time.time()
        with self.client.post(path, json=asked, headers=self.headers, name=name, catch_response=True) as response:
            text = response.text or ""
            if response.status_code != 200:
                response.failure(f"{response.status_code} {text[:120]}")
                wrong = said(text) or f"sans phrase : {response.status_code or response.error}"
            elif missing := [sign for sign in signs if sign not in text]:
                response.failure(f"sans {missing}")
                wrong = said(text) or "sans phrase : coupée"
            elif "event: error" in text or '"error":' in text:
                response.failure("une erreur dans la réponse")
                wrong = said(text)
            else:
                wrong = ""
        if TOLD:
            link = re.search(r'"link":\s*"([^"]+)"', text)
            stood_in = "modèle de langue n'a pas répondu" in text or "modèle de langue s'est tu" in text
            outcome = {"began": began, "ended": time.time(), "wrong": wrong, "stood_in": stood_in}
            outcome["is_kept"] = "widget" in name
            with Path(TOLD).open("a", encoding="utf-8") as file:
                file.write(json.dumps(outcome | {"link": link.group(1) if link else ""}) + "\n")


def said(text: str) -> str:
    """The sentence of a refusal, in whichever form it came; "" where there is none."""
    found = re.search(r'event: error\s+data: (".*")|"(?:detail|message)":\s*("(?:[^"\\]|\\.)*")', text)
    return str(json.loads(found.group(1) or found.group(2))) if found else ""


class OfTheWidget(Reader):
    """Opens a session, asks, now and then reads the conversation again, gives an opinion."""

    weight = 4

    def arrive(self) -> None:
        super().arrive()
        self.headers["origin"] = self.host or ""
        self.headers.pop("authorization", None)
        opened = self.client.post("/api/session", json={}, headers=self.headers, name="session")
        if opened.status_code == 200:
            self.headers["authorization"] = f"Bearer {opened.json()['token']}"

    def question(self, words: str) -> None:
        if "authorization" not in self.headers:
            self.arrive()
        self.heard("question, widget", "/api/ask", {"question": words}, "event: answer", "event: done")
        if not self.left:
            read = self.client.get("/api/conversation", headers=self.headers, name="conversation")
            # An assistant that was restarted remembers none.
            if read.status_code == 200 and (exchanges := read.json()["exchanges"]):
                opinion = {"id": exchanges[-1]["id"], "useful": True, "comment": "Merci."}
                self.client.post("/api/feedback", json=opinion, headers=self.headers, name="avis")


class OfOtherSoftware(Reader):
    """Asks as one asks a language model, now in one piece, now as it comes."""

    weight = 1

    def arrive(self) -> None:
        super().arrive()
        self.headers["authorization"] = f"Bearer {os.environ['LOAD_KEY']}"

    def question(self, words: str) -> None:
        asked = {"model": "co-construction", "messages": [{"role": "user", "content": words}]}
        self.heard("question, /v1", "/v1/chat/completions", asked, '"content"')
        self.heard("question, /v1 en flux", "/v1/chat/completions", asked | {"stream": True}, "data: [DONE]")
