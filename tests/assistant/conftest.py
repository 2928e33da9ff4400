"""A small base, the real application on a free port, and a browser that notices whatever leaves it."""

import json
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from assistant import Assistant
from assistant.journal import JournalBook
from assistant.web.opinions import OpinionBook
from assistant.web.serving import SERVER, build_app
from ingest import ingest
from knowledge import KnowledgeBase
from knowledge.retrieving import HybridRetriever

from ..fakes import FAKE_MODEL, HashedEmbeddings

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
ANSWER_WITHIN = 15_000

DOCUMENTS = {
    "conditions.md": """---
titre: Les conditions d'un jardin partagé
partie: Conditions
mots_cles: [jardin, conditions]
mis_a_jour: 2026-01-05
editeur: Référentiel des jardins
sources:
  - {code: S01, editeur: "Réseau des jardins", titre: "Retour sur la soirée « Jardins »", date: "2016-12-10", url: "https://jardins.example/retour"}
  - {code: S02, editeur: "Ville de Nantes", titre: "La charte des jardins", date: "2099-03", url: ""}
---
Un jardin partagé réunit des habitants autour d'un terrain cultivé ensemble. [^S01]

## Les trois conditions

Les trois conditions d'un jardin partagé sont :

- La commune prête un terrain aux habitants. [^S01]
- Les habitants s'engagent par une charte. [^S02]
- Une personne anime le jardin toute l'année. [^S01]

Le jardin se transmet ensuite de saison en saison.
""",
    "freins.md": """---
titre: Les freins d'un jardin partagé
partie: Freins
mots_cles: [freins, eau]
mis_a_jour: 2026-01-05
editeur: Référentiel des jardins
---
Le manque d'eau est le premier frein d'un jardin partagé en été. Le vol des outils est le second frein.
""",
    "composteur.md": """---
titre: Le composteur collectif
partie: Outils
mis_a_jour: 2026-01-05
editeur: Référentiel des jardins
---
Le composteur collectif transforme les déchets verts du quartier en terreau pour les habitants.
""",
    # A document wants to be a page: its words must stay words.
    "rapport-zephyr.md": """---
titre: 'Rapport Zéphyr <img src="http://evil.invalid/t.png" onerror="window.hurt=1">'
partie: '<b>Pièges</b>'
editeur: '<style>body{opacity:0}</style>'
url: 'javascript:window.hurt=2'
mis_a_jour: 2026-01-05
sources:
  - {code: S01, editeur: "<i>É</i>", titre: "<svg onload='hurt=3'>", date: "2016", url: "javascript:hurt=4"}
---
Le rapport Zéphyr recommande &lt;script&gt;window.hurt=5&lt;/script&gt; d'arroser le soir
!&#91;x](http://evil.invalid/i.png) avec &lt;div style="position:fixed;inset:0"&gt;douceur. [^S01]
""",
}


@pytest.fixture(scope="session")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HybridRetriever]:
    """Of the four documents above."""
    folder = tmp_path_factory.mktemp("page")
    documents = folder / "jardins"
    documents.mkdir()
    for name, text in DOCUMENTS.items():
        (documents / name).write_text(text)
    base = KnowledgeBase.create(folder / "base", FAKE_MODEL, HashedEmbeddings())
    assert ingest(base, [documents]).failed == ()
    yield base.retriever()
    base.close()


@pytest.fixture(scope="session")
def assistant(searcher: HybridRetriever) -> Assistant:
    return Assistant(searcher)


class _Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, app: Any) -> None:
        super().__init__(uvicorn.Config(app, log_level="critical", **SERVER))
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """The address of `app`, on a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        server = _Server(app)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        assert server.listens.wait(30)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        # A page left open keeps its stream: it is not waited for.
        server.should_exit = server.force_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of what the site writes down."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="session")
def site(assistant: Assistant, kept: Path) -> Iterator[str]:
    opinions, journal = OpinionBook(kept / "assistant.sqlite"), JournalBook(kept / "journal.sqlite", 30)
    with served(build_app(assistant, opinions=opinions, journal=journal)) as address:
        yield address


# One browser a module: Playwright keeps an event loop running, and asynchronous tests want theirs.
@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium n'est pas installé")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Watched:
    """Opens pages, each in a profile of its own, and keeps what they should not have done."""

    def __init__(self, browser: Any) -> None:
        self._browser = browser
        self._contexts: list[Any] = []
        self._allowed: tuple[str, ...] = ("data:", "blob:")
        self.faults: list[str] = []

    def allow(self, address: str) -> None:
        """Requests to `address` are no faults."""
        self._allowed += (f"{address}/",)

    def open(self, address: str, ready: bool = True, script: str = "", **context: Any) -> Any:
        """A page at `address`, in an English browser unless told otherwise."""
        own = self._browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "locale": "en-US"} | context)
        self._contexts.append(own)
        own.set_default_timeout(ANSWER_WITHIN)
        own.add_init_script("addEventListener('securitypolicyviolation', e => console.error('CSP', e.blockedURI));")
        if script:
            own.add_init_script(script)
        origin = "/".join(address.split("/")[:3])
        own.on("request", lambda request: self._see(request.url, origin))
        page = own.new_page()
        page.on("console", lambda message: self._hear(message))
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(address)
        if ready:
            page.get_by_role("textbox").wait_for()
        return page

    def close(self) -> None:
        while self._contexts:
            self._contexts.pop().close()

    def _see(self, url: str, origin: str) -> None:
        if not url.startswith((f"{origin}/", *self._allowed)):
            self.faults.append(f"request: {url}")

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.faults.append(f"console: {message.text}")


@pytest.fixture
def serve() -> Iterator[Callable[[Any], str]]:
    """Serves an assistant of the test's own, until the test ends; gives the address of its page."""
    with ExitStack() as stack:
        yield lambda assistant: stack.enter_context(served(build_app(assistant))) + "/chat/"


# It asks for `serve` so that pages are closed before their servers.
@pytest.fixture
def watched(browser: Any, serve: Any) -> Iterator[Watched]:  # noqa: ARG001
    """Fails the test whose pages asked for anything elsewhere, ran anything of a text, or logged an error."""
    watched = Watched(browser)
    yield watched
    watched.close()
    assert watched.faults == []


@pytest.fixture
def visit(watched: Watched, site: str) -> Callable[..., Any]:
    """Opens the chat page."""
    return lambda path="/chat/", **context: watched.open(site + path, **context)


def hostile_strings(name: str) -> list[str]:
    """The strings of a shared list. Skips the test where there is none."""
    path = Path(__file__).parents[3] / "shared" / "hostile" / name
    if not path.exists():
        pytest.skip(f"{path.name} n'est pas là : voir ../shared/hostile")
    return [text for text in json.loads(path.read_text()) if text.strip()]
