"""What a chat leaves on the disk: every byte of it is read, of a service that runs as it does for readers."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from assistant.__main__ import main
from ingest import ingest
from knowledge import KnowledgeBase

from .conftest import Watched
from .test_commands import FICHES

ROOT = Path(__file__).parents[2]
KEY = "cle-de-seize-caracteres"
# An address kept for examples: no other program writes it.
ADDRESS = "203.0.113.77"
PERSONAL = (
    "Quels sont les freins d'un jardin partagé pour mon adjoint Zébulon Quartermain, "
    "06 12 34 56 78, zq@exemple-prive.fr, 12 rue des Mirabelles ?"
)
# As they would stand in JSON or in a log, whatever becomes of the accents.
SEEDS = (b"bulon", b"quartermain", b"12 34 56 78", b"612345678", b"exemple-prive", b"mirabelles", ADDRESS.encode())
Captured = pytest.CaptureFixture[str]


@dataclass(frozen=True, slots=True)
class Running:
    """A service in a process of its own, all of whose files are in `folder`."""

    address: str
    folder: Path

    @property
    def base(self) -> Path:
        return self.folder / "base"

    def has_written(self, words: bytes) -> bool:
        """Whether some file holds the words, in whatever case."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        assert {"journal.sqlite", "library.sqlite", "log.txt"} <= {path.name for path in files}
        return any(words in path.read_bytes().lower() for path in files)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("privacy")
    for name in ("jardins", "tmp", "home"):
        (folder / name).mkdir()
    for name, text in FICHES.items():
        (folder / "jardins" / name).write_text(text)
    base = KnowledgeBase.create(folder / "base")
    assert ingest(base, [folder / "jardins"]).failed == ()
    base.close()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {
        "ASSISTANT_TRUSTED_PROXIES": "127.0.0.1",
        "ASSISTANT_API_KEYS": KEY,
        "ASSISTANT_RETENTION_DAYS": "90",
        "ASSISTANT_PRIVACY_CONTACT": "dpo@exemple.fr",
    }
    places = {"TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "assistant", "--base", str(folder / "base"), "--port", str(port)]
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=os.environ | settings | places, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            # It is asked again while it starts, and waited for twice as long each time.
            with httpx.Client(transport=httpx.HTTPTransport(retries=8)) as client:
                assert client.get(f"{address}/health", timeout=60).status_code == 200
            yield Running(address, folder)
        finally:
            process.terminate()
            assert process.wait(30) == 0


@pytest.fixture
def client(running: Running) -> Iterator[httpx.Client]:
    came = {"x-forwarded-for": ADDRESS, "origin": running.address}
    with httpx.Client(base_url=running.address, headers=came, timeout=60) as client:
        yield client
        assert len(client.cookies) == 0


def opened(client: httpx.Client) -> dict[str, str]:
    return {"authorization": f"Bearer {client.post('/api/session').json()['token']}"}


def asked(client: httpx.Client, question: str, session: dict[str, str]) -> dict[str, Any]:
    """What the last event tells of the answer."""
    answer = client.post("/api/ask", json={"question": question}, headers=session)
    assert answer.status_code == 200
    told: dict[str, Any] = json.loads(answer.text.rsplit("data: ", 1)[1])
    return told


def test_nothing_personal_reaches_the_disk_through_the_widget_nor_other_software(
    running: Running, client: httpx.Client
) -> None:
    session = opened(client)
    told = asked(client, PERSONAL, session)
    asked(client, "Et pour Quartermain ?", session)
    verdict = {"id": told["id"], "useful": False, "comment": f"Dit par {PERSONAL}"}
    assert client.post("/api/feedback", json=verdict, headers=session).status_code == 204
    call = {"model": "co-construction", "messages": [{"role": "user", "content": PERSONAL}]}
    assert client.post("/v1/chat/completions", json=call, headers={"authorization": f"Bearer {KEY}"}).status_code == 200
    assert client.get(f"/{told['link']}").status_code == 200
    # Written down it is, but for what is personal.
    assert running.has_written(b"pour mon adjoint [nom]")
    assert [seed for seed in SEEDS if running.has_written(seed)] == []


@pytest.mark.browser
def test_nor_through_the_page(running: Running, watched: Watched) -> None:
    from .web.test_page import ask, expect

    page = watched.open(f"{running.address}/chat/")
    ask(page, PERSONAL.replace("Quels sont les freins", "Qui souffre des freins"))
    page.get_by_role("button", name="Réponse peu utile").click()
    page.get_by_role("textbox", name=re.compile("Avis noté")).fill("Demandez à Zébulon Quartermain")
    page.get_by_role("button", name="Envoyer l'avis").click()
    expect(page.get_by_role("textbox", name=re.compile("Merci"))).to_be_visible()
    assert page.context.cookies() == []
    assert running.has_written(b"qui souffre des freins")
    assert [seed for seed in SEEDS if running.has_written(seed)] == []


@pytest.mark.parametrize("way", ["form", "interface", "command", "widget"])
def test_what_was_kept_of_a_conversation_is_gone_once_it_is_erased(
    running: Running, client: httpx.Client, way: str
) -> None:
    marker = f"gommettes-{way}"
    session = opened(client)
    told = asked(client, f"Quels sont les freins d'un jardin partagé aux {marker} ?", session)
    verdict = {"id": told["id"], "useful": True, "comment": f"Merci pour les {marker}"}
    assert client.post("/api/feedback", json=verdict, headers=session).status_code == 204
    other = asked(client, f"Quels sont les freins, {marker[:-1]} ?", opened(client))
    assert running.has_written(marker.encode())
    if way == "form":
        form = {"code": told["code"].lower(), "action": "erase"}
        assert "C'est effacé : 2 réponses et avis." in client.post("/confidentialite", data=form).text.replace(
            "&#39;", "'"
        )
    elif way == "interface":
        assert client.post("/api/erase", json={"code": told["code"]}).json() == {"erased": 2}
    elif way == "command":
        assert main(["forget", told["code"], "--base", str(running.base)]) == 0
    else:
        assert client.delete("/api/conversation", headers=session).status_code == 204
    assert not running.has_written(marker.encode())
    assert client.get(f"/{told['link']}").status_code == 404
    assert client.post("/api/export", json={"code": told["code"]}).status_code == 404
    # Another conversation is left, and this one goes on under another code.
    assert client.get(f"/{other['link']}").status_code == 200
    assert asked(client, "Quels sont les freins ?", session)["code"] not in ("", told["code"], other["code"])


def test_what_is_kept_is_given_to_whoever_has_the_code(
    running: Running, client: httpx.Client, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(client)
    told = asked(client, "Quels sont les freins d'un jardin partagé ?", session)
    client.post("/api/feedback", json={"id": told["id"], "useful": True, "comment": "Clair"}, headers=session)
    file = client.post("/confidentialite", data={"code": told["code"], "action": "export"})
    assert file.headers["content-disposition"] == f'attachment; filename="conversation-{told["code"]}.json"'
    found = file.json()
    assert [one["question"] for one in found["reponses"]] == ["Quels sont les freins d'un jardin partagé ?"]
    assert found["reponses"][0]["lien"] == told["link"]
    assert [(one["utile"], one["commentaire"]) for one in found["avis"]] == [(True, "Clair")]
    assert client.post("/api/export", json={"code": told["code"]}).json() == found
    monkeypatch.setenv("ASSISTANT_RETENTION_DAYS", "90")
    assert main(["export", told["code"], "--base", str(running.base)]) == 0
    assert json.loads(capsys.readouterr().out) == found


@pytest.mark.parametrize("command", ["export", "forget"])
@pytest.mark.parametrize("code", ["AAAA-AAAA-AAAA", "rien"])
def test_a_code_under_which_nothing_is_kept_is_told(
    running: Running, capsys: Captured, command: str, code: str
) -> None:
    assert main([command, code, "--base", str(running.base)]) == 1
    assert capsys.readouterr().err.startswith("Erreur : Rien n'est gardé sous ce code")
