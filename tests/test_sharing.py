"""Two assistants on two machines, which keep nothing themselves: what one was told, the other knows."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from assistant import Assistant
from assistant.__main__ import main
from assistant.settings import AssistantSettings
from assistant.storing import kept
from assistant.web.serving import build_app
from ingest import ingest
from knowledge import Home, KnowledgeBase, KnowledgeSettings, home_of
from knowledge.housing import SharedHome
from knowledge.settings import BUNDLED_MODEL

from .assistant.conftest import served
from .assistant.web.test_api import events
from .fakes import BundledSizeEmbeddings
from .servers import PASSWORD, Servers, variables

SITE = "https://www.rtes.example"
QUESTION = "Combien de temps dure une charte d'engagements ?"
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def home(servers: Servers, corpus: Path, tmp_path: Path) -> SharedHome:
    """Of a base that holds the corpus."""
    home = servers.home(tmp_path / "one")
    base = KnowledgeBase.create(home, BUNDLED_MODEL, BundledSizeEmbeddings())
    assert not ingest(base, [corpus]).failed
    base.close()
    assert isinstance(home, SharedHome)
    return home


@pytest.fixture
def machines(home: SharedHome, servers: Servers, tmp_path: Path) -> Iterator[list[httpx.Client]]:
    """Callers of two assistants, which have the servers in common and nothing else."""
    settings = KnowledgeSettings(library_url=home._url, chroma_url=servers.chroma.url)  # type: ignore[arg-type]
    given = AssistantSettings(allowed_origins=(SITE,))
    with ExitStack() as stack:
        clients = []
        for name in ("one", "other"):
            own = home_of(settings, tmp_path / name)
            retriever = KnowledgeBase.open(own, None, BundledSizeEmbeddings()).retriever()
            stack.callback(retriever.close)
            held = kept(own, 30)
            app = build_app(
                Assistant(retriever),
                given,
                held.opinions,
                journal=held.journal,
                conversations=held.conversations,
            )
            address = stack.enter_context(served(app))
            client = httpx.Client(base_url=address, headers={"origin": SITE}, timeout=60)
            clients.append(stack.enter_context(client))
        # A visitor of the first, whom a proxy may send to the second.
        token = clients[0].post("/api/session").json()["token"]
        for client in clients:
            client.headers["authorization"] = f"Bearer {token}"
        yield clients
        assert [list((tmp_path / name).glob("*")) for name in ("one", "other")] == [[], []]


def ask(client: httpx.Client, question: str) -> dict[str, Any]:
    """What was told, by kind of event."""
    return dict(events(client.post("/api/ask", json={"question": question})))


def questions(client: httpx.Client) -> list[str]:
    return [one["question"] for one in client.get("/api/conversation").json()["exchanges"]]


def test_what_is_told_to_one_machine_is_known_to_the_other(
    machines: list[httpx.Client], home: Home, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    one, other = machines
    first = ask(one, QUESTION)
    assert "trois ans" in first["answer"]["text"]
    code = first["done"]["code"]
    # The conversation goes on where it was not begun.
    second = ask(other, "Et qui s'engage ?")
    assert second["done"]["code"] == code
    assert questions(one) == questions(other) == [QUESTION, "Et qui s'engage ?"]
    told = one.post("/api/export", json={"code": code}).json()
    assert "charte" in told["reponses"][1]["tout_ce_qui_est_garde"]["trace"]["subject"]
    # So do the links, the opinions and what they tell of.
    assert "trois ans" in other.get(f"/{first['done']['link']}").text
    verdict = {"id": first["done"]["id"], "useful": False, "comment": "Trop court"}
    assert other.post("/api/feedback", json=verdict).status_code == 204
    for name, value in (variables(home) | {"KNOWLEDGE_BASE": str(home.folder)}).items():
        monkeypatch.setenv(name, value)
    assert main(["gaps"]) == 0
    assert "2 questions gardées" in (said := capsys.readouterr().out)
    assert "1 peu utiles" in said
    assert main(["export", code]) == 0
    assert json.loads(capsys.readouterr().out)["avis"][0]["commentaire"] == "Trop court"
    # Erased on one, gone from both.
    assert other.post("/api/erase", json={"code": code}).json() == {"erased": 3}
    assert [client.get(f"/{first['done']['link']}").status_code for client in machines] == [404, 404]
    assert questions(one) == questions(other) == []
    third = ask(one, QUESTION)["done"]["code"]
    assert third not in ("", code)
    assert main(["forget", third]) == 0
    assert questions(other) == []


def test_nothing_personal_is_told_to_the_server_on_whichever_machine_it_was_said(
    machines: list[httpx.Client], home: SharedHome
) -> None:
    one, other = machines
    ask(one, "Combien de temps dure une charte pour mon adjoint Zébulon Quartermain, zq@exemple-prive.fr ?")
    done = ask(other, "Et une charte pour Quartermain ?")["done"]
    assert other.post("/api/feedback", json={"id": done["id"], "useful": False, "comment": "Quartermain"}).is_success
    with psycopg.connect(home._url) as connection:
        tables = [f"assistant_{name}" for name in ("answers", "opinions", "exchanges", "sessions", "forgotten")]
        held = repr([connection.execute(f"SELECT * FROM {table}".encode()).fetchall() for table in tables])
    assert "pour mon adjoint [nom]" in held
    assert [seed for seed in ("bulon", "uartermain", "exemple-prive") if seed in held] == []
    # Whoever said it reads it as it was said.
    assert "Zébulon Quartermain" in questions(other)[0]
    assert "mais chiffrée" in one.get("/confidentialite").text


def test_while_postgresql_is_gone_everything_is_refused_in_a_sentence_and_then_goes_on(
    machines: list[httpx.Client], servers: Servers
) -> None:
    one, other = machines
    first = ask(one, QUESTION)["done"]
    servers.postgres.kill()
    refused = [
        ask(other, "Et qui s'engage ?")["error"],
        (conversation := other.get("/api/conversation")).json()["detail"],
        (erased := one.post("/api/erase", json={"code": first["code"]})).json()["detail"],
        (link := other.get(f"/{first['link']}")).text,
        (form := one.post("/confidentialite", data={"code": first["code"], "action": "export"})).text,
    ]
    assert [answer.status_code for answer in (conversation, erased, link, form)] == [503] * 4
    assert [("ne répond pas" in said, PASSWORD in said) for said in refused] == [(True, False)] * 5
    servers.postgres.start()
    assert "trois ans" in other.get(f"/{first['link']}").text
    assert ask(other, "Et qui s'engage ?")["done"]["code"] == first["code"]
    assert questions(one) == [QUESTION, "Et qui s'engage ?"]


def test_what_cannot_be_written_down_is_answered_without_a_link(
    machines: list[httpx.Client], home: SharedHome, caplog: pytest.LogCaptureFixture
) -> None:
    ask(machines[0], QUESTION)
    with psycopg.connect(home._url) as connection:
        connection.execute("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE disk_full; END'")
        for table in ("answers", "exchanges", "opinions"):
            trigger = f"CREATE TRIGGER refuse BEFORE INSERT ON assistant_{table} EXECUTE FUNCTION refuse()"
            connection.execute(trigger.encode())
    told = ask(machines[1], QUESTION)
    assert "trois ans" in told["answer"]["text"]
    assert (told["done"]["link"], told["done"]["code"]) == ("", "")
    assert {"an answer could not be kept", "a conversation could not be kept"} <= {
        record.getMessage() for record in caplog.records
    }
    assert questions(machines[0]) == [QUESTION]
