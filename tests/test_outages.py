"""PostgreSQL and the Chroma server killed and started again, under assistants that answer and runs that write."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from assistant import Assistant
from assistant.__main__ import main as answer
from assistant.settings import AssistantSettings
from assistant.web.serving import build_app
from ingest import ingest
from ingest.__main__ import main as read
from knowledge import Home, KnowledgeBase, KnowledgeError, KnowledgeSettings, Source, UnreachableServer, home_of
from knowledge.__main__ import main as look
from knowledge.housing import SharedHome
from knowledge.keeping import index_name
from knowledge.library import Library
from knowledge.postgres import PostgresDatabase
from knowledge.served import ChromaServer

from .assistant.conftest import served
from .fakes import FAKE_MODEL, HashedEmbeddings
from .servers import PASSWORD, Postgres, Server, Servers, variables

KEY = "une-cle-des-essais-0123"
QUESTION = "Quel est le premier frein des associations ?"
NEW = Source("docs/nouveau.md", "Le budget participatif", "Les habitants votent le budget participatif.")


@pytest.fixture
def home(servers: Servers, corpus: Path, tmp_path: Path) -> Home:
    """Of a base that holds the corpus."""
    home = servers.home(tmp_path / "machine")
    base = KnowledgeBase.create(home, FAKE_MODEL, HashedEmbeddings())
    assert not ingest(base, [corpus]).failed
    base.close()
    return home


def opened(home: Home) -> KnowledgeBase:
    return KnowledgeBase.open(home, None, HashedEmbeddings())


@pytest.fixture
def address(home: Home) -> Iterator[str]:
    """Of an assistant that answers from it."""
    with answering(opened(home)) as address:
        yield address


@pytest.fixture
def hurried(home: Home) -> Iterator[str]:
    """Of one that waits two seconds, and not six, for servers that say nothing."""
    url = variables(home)["KNOWLEDGE_LIBRARY_URL"]
    hasty = SharedHome(home.folder, url, ChromaServer(str(home._server), patience=2.0))
    library = Library(PostgresDatabase(url, silence=2.0))
    with answering(KnowledgeBase(hasty, library, HashedEmbeddings(), FAKE_MODEL)) as address:
        yield address


@contextmanager
def answering(base: KnowledgeBase) -> Iterator[str]:
    retriever = base.retriever()
    retriever.watch()
    settings = AssistantSettings(api_keys=(KEY,), questions_per_minute=10**6, site_questions_per_minute=10**6)
    with served(build_app(Assistant(retriever), settings)) as address:
        yield address
    retriever.close()


@pytest.fixture(params=["postgres", "chroma"])
def victim(request: pytest.FixtureRequest, servers: Servers) -> Server:
    server: Server = getattr(servers, request.param)
    return server


def ask(address: str, question: str = QUESTION) -> str:
    asked = {"model": "co-construction", "messages": [{"role": "user", "content": question}]}
    told = httpx.post(
        f"{address}/v1/chat/completions", json=asked, headers={"authorization": f"Bearer {KEY}"}, timeout=60
    )
    return told.text


@dataclass
class Asking:
    """Three who ask without end, until it ends."""

    address: str
    told: list[str] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __enter__(self) -> "Asking":
        self._threads = [threading.Thread(target=self._ask) for _ in range(3)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        while not self.ended.is_set():
            try:
                told = ask(self.address)
            except BaseException as error:
                self.errors.append(error)
                return
            with self.changed:
                self.told.append(told)
                self.changed.notify_all()

    def wait_for(self, is_wanted: Callable[[str], bool]) -> None:
        """For an answer like this, asked for from now on."""
        with self.changed:
            at = len(self.told)
            assert self.changed.wait_for(lambda: any(map(is_wanted, self.told[at:])), 60), self.told[-1:]


def is_answer(told: str) -> bool:
    return "manque de temps" in told


def is_clear(told: str) -> bool:
    return "ne répond pas" in told and "Traceback" not in told and PASSWORD not in told


def test_while_a_server_is_gone_everyone_is_told_and_afterwards_answered(address: str, victim: Server) -> None:
    with Asking(address) as asking:
        asking.wait_for(is_answer)
        victim.kill()
        asking.wait_for(is_clear)
        victim.start()
        asking.wait_for(is_answer)
    assert asking.errors == []
    assert all(is_answer(told) or is_clear(told) for told in asking.told)
    assert httpx.get(f"{address}/health").status_code == 200


def test_what_was_answered_from_can_still_be_kept_and_read_while_its_library_is_gone(
    home: Home, servers: Servers
) -> None:
    retriever = opened(home).retriever()
    source = retriever.source("corpus/freins.md")
    assert source is not None
    servers.postgres.kill()
    assert retriever.source("corpus/freins.md") == source
    with pytest.raises(UnreachableServer):
        retriever.search("freins")


def test_the_state_of_the_service_says_which_server_is_gone(address: str, victim: Server) -> None:
    victim.kill()
    told = httpx.get(f"{address}/health")
    named = "PostgreSQL" if isinstance(victim, Postgres) else f"Le serveur Chroma {victim.url}"
    assert (told.status_code, named in told.json()["detail"], is_clear(told.text)) == (503, True, True)
    victim.start()
    assert httpx.get(f"{address}/health").json()["status"] == "ok"


def test_while_a_server_is_frozen_everyone_is_told_and_afterwards_answered(hurried: str, victim: Server) -> None:
    with Asking(hurried) as asking:
        asking.wait_for(is_answer)
        with victim.frozen():
            asking.wait_for(is_clear)
            told = httpx.get(f"{hurried}/health", timeout=60)
            assert (told.status_code, "pond" in told.json()["detail"], PASSWORD in told.text) == (503, True, False)
        asking.wait_for(is_answer)
    assert asking.errors == []
    assert all(is_answer(told) or is_clear(told) for told in asking.told)


def test_what_another_machine_publishes_after_an_outage_is_answered(
    address: str, home: Home, victim: Server, servers: Servers, tmp_path: Path
) -> None:
    victim.kill()
    victim.start()
    writer = opened(elsewhere(home, servers, tmp_path))
    writer.publish([NEW])
    question = "Qui vote le budget participatif ?"
    # The first questions may be answered from the revision before, while this one is made ready.
    waiting = time.monotonic() + 60
    while "Les habitants votent" not in ask(address, question) and time.monotonic() < waiting:
        pass
    assert "Les habitants votent" in ask(address, question)


def elsewhere(home: Home, servers: Servers, tmp_path: Path) -> Home:
    """The same base as another machine finds it."""
    url = variables(home)["KNOWLEDGE_LIBRARY_URL"]
    settings = KnowledgeSettings(library_url=SecretStr(url), chroma_url=servers.chroma.url)
    return home_of(settings, tmp_path / "autre-machine")


def test_a_run_in_which_a_server_falls_says_so_and_is_put_right_by_the_next(home: Home, victim: Server) -> None:
    base = opened(home)
    before = dict(base.library.contents().sources)
    many = [Source(f"docs/{n}.md", f"Fiche {n}", f"Le texte numéro {n}.") for n in range(40)]

    def fall(done: int, _total: int) -> None:
        if done == 16:
            victim.kill()

    with pytest.raises(UnreachableServer, match="ne répond pas"):
        base.publish(many, progress=fall)
    victim.start()
    assert dict(base.library.contents().sources) == before
    again = opened(home)
    assert again.retriever().search("premier frein des associations").hits[0].passage.source == "corpus/freins.md"
    again.publish(many)
    assert again.library.contents().sources.keys() == before.keys() | {source.id for source in many}
    index = home.index(again.library, index_name(again.library), HashedEmbeddings())
    assert index.digests() == again.library.live_digests()
    assert not home.is_unfinished(again.library)


def test_two_machines_that_publish_at_once_are_done_whole_or_told_to_wait(
    home: Home, servers: Servers, tmp_path: Path
) -> None:
    bases = [opened(home), opened(elsewhere(home, servers, tmp_path))]
    told: list[str] = []
    together = threading.Barrier(2)

    def publish(number: int) -> None:
        together.wait()
        try:
            bases[number].publish([Source(f"docs/{number}.md", f"Fiche {number}", f"Le texte numéro {number}.")])
        except KnowledgeError as error:
            told.append(str(error))

    threads = [threading.Thread(target=publish, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all("attendez qu'elle finisse" in words for words in told)
    held = opened(home).library.digests().keys()
    assert len({"docs/0.md", "docs/1.md"} & held) == 2 - len(told) >= 1


@pytest.fixture
def machine(servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a machine whose settings name the servers."""
    home = servers.home(tmp_path / "machine")
    for name, value in (variables(home) | {"KNOWLEDGE_BASE": str(home.folder)}).items():
        monkeypatch.setenv(name, value)
    return home.folder


def test_the_commands_read_search_and_answer_on_the_servers(
    machine: Path, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [read([str(corpus)]), look([]), look(["search", "premier frein"]), answer([QUESTION])] == [0, 0, 0, 0]
    told = capsys.readouterr().out
    assert "Sources : 5 nouvelles" in told
    assert "Base : PostgreSQL 127.0.0.1" in told
    assert "corpus/freins.md" in told
    assert "Le manque de temps est le premier frein" in told
    assert PASSWORD not in told
    assert not machine.exists()


@pytest.mark.usefixtures("machine")
def test_a_command_on_a_server_that_is_gone_says_so(victim: Server, capsys: pytest.CaptureFixture[str]) -> None:
    victim.kill()
    assert look([]) == 1
    told = capsys.readouterr().err
    assert told.startswith("Erreur : ")
    assert is_clear(told)
