"""Fixtures of all tests: a fake embedding model, a base made with it, a folder of French documents."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from ingest import ingest
from knowledge import Home, KnowledgeBase
from knowledge.database import TABLES
from knowledge.housing import FolderHome
from knowledge.library import Library
from knowledge.settings import BUNDLED_MODEL

from .fakes import FAKE_MODEL, BundledSizeEmbeddings, HashedEmbeddings
from .servers import Servers, running_servers, servers

__all__ = ["running_servers", "servers"]

Homes = Callable[[Path], Home]
# The kinds of homes that what is kept is tried in.
EVERYWHERE = ("folder", "servers")

settings.register_profile("tests", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
# By hand, after a change: pytest --hypothesis-profile thorough
settings.register_profile("thorough", deadline=None, max_examples=3000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tests")

POSTURE = """\
---
titre: Changer de posture
partie: Conditions
mots_cles: [posture, élus, décideur]
mis_a_jour: 2026-11-23
editeur: Référentiel
sources:
  - {code: S01, editeur: RTES, titre: "Retour sur la soirée", date: 2016-12-10, url: "https://example.org/rtes"}
  - {code: S02, editeur: Le RAMEAU, titre: "Le référentiel", date: 2016-11, url: "https://example.org/rameau"}
---
L’élu passe du rôle de décideur à celui d’animateur du territoire. [^S01] [^S02] Il garde la décision.

## Pourquoi
La co-construction demande une posture d’écoute :

- les habitants expriment leurs besoins ; [^S01]
- les associations apportent leur expertise.
"""
CORPUS: Mapping[str, str] = {
    "conditions/posture.md": POSTURE,
    "freins.md": "# Les freins à la co-construction\n\nLe manque de temps est le premier frein des associations.\n\n"
    "## La culture\n\nLes services municipaux et les associations n’ont pas le même langage.\n",
    "outils.md": "# La charte d’engagements réciproques\n\nUne charte fixe les engagements de la commune et des "
    "associations. Elle se signe pour trois ans.\n",
    "chiffres.txt": "Les chiffres de 2016\n\nEn 2016, 87 % des maires croient aux alliances.\n",
    "page.html": "<html><head><title>Les SCIC en France</title></head><body><nav>Accueil Contact</nav><article><h1>"
    "Les SCIC en France</h1><p>La société coopérative d’intérêt collectif associe salariés, usagers et collectivités "
    "autour d’un projet de territoire, pour produire des biens ou des services d’utilité sociale.</p></article>"
    "</body></html>",
}


def _reads_everything() -> bool:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).chmod(0)
        return os.access(file.name, os.R_OK)


# For what only shows to those whom permissions bind.
bound_by_permissions = pytest.mark.skipif(_reads_everything(), reason="root may read everything")

_OUTSIDE: list[str] = []


def _note_what_leaves_the_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
    elif event == "socket.getaddrinfo":
        host = str(arguments[0] or "localhost")
    else:
        return
    if host not in ("localhost", "::1", "0.0.0.0") and not host.startswith("127."):
        _OUTSIDE.append(host)


# A hook cannot be taken away: one for the whole session.
sys.addaudithook(_note_what_leaves_the_machine)


@pytest.fixture(autouse=True)
def _nothing_leaves_the_machine() -> Iterator[None]:
    _OUTSIDE.clear()
    yield
    assert _OUTSIDE == []


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("KNOWLEDGE_", "ASSISTANT_", "INGEST_")):
            monkeypatch.delenv(name)


@pytest.fixture
def embeddings() -> HashedEmbeddings:
    return HashedEmbeddings()


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of five documents, in Markdown, text and HTML, one of them in a folder of its own."""
    return _write_corpus(tmp_path / "corpus")


def _write_corpus(folder: Path) -> Path:
    for name, text in CORPUS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The tests of a module that says HOMES = EVERYWHERE run on each, but for those that are marked `embedded`."""
    if "homes" in metafunc.fixturenames:
        kinds = getattr(metafunc.module, "HOMES", ("folder",))
        if len(kinds) > 1 and not metafunc.definition.get_closest_marker("embedded"):
            metafunc.parametrize("homes", kinds, indirect=True, scope="module")


@pytest.fixture(scope="module")
def homes(request: pytest.FixtureRequest) -> Homes:
    """Makes homes for bases: in a folder, or on PostgreSQL and a Chroma server."""
    if getattr(request, "param", "folder") == "folder":
        return FolderHome
    running: Servers = request.getfixturevalue("running_servers")
    return running.home


@pytest.fixture(scope="module")
def new_library(homes: Homes) -> Callable[[], Library]:
    """Opens an empty library that is of no base: in memory, or always the same one of PostgreSQL."""
    if homes is FolderHome:
        return lambda: Library(Path(":memory:"))
    home = homes(Path())

    def emptied() -> Library:
        library = home.library()
        library._database.rows(f"TRUNCATE {', '.join(TABLES)}")
        return library

    return emptied


@pytest.fixture
def home(homes: Homes, tmp_path: Path) -> Home:
    """Where nothing is yet."""
    return homes(tmp_path / "base")


@pytest.fixture
def base(home: Home, embeddings: HashedEmbeddings) -> Iterator[KnowledgeBase]:
    """A new base, empty."""
    base = KnowledgeBase.create(home, FAKE_MODEL, embeddings)
    yield base
    base.close()


@pytest.fixture
def filled(base: KnowledgeBase, corpus: Path) -> KnowledgeBase:
    """The base, with the corpus read into it."""
    report = ingest(base, [corpus])
    assert not report.failed
    return base


@pytest.fixture(scope="session")
def _bundled_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundled")
    base = KnowledgeBase.create(folder / "base", BUNDLED_MODEL, BundledSizeEmbeddings())
    ingest(base, [_write_corpus(folder / "corpus")])
    base.close()
    return folder / "base"


@pytest.fixture
def bundled_base(_bundled_base: Path, tmp_path: Path) -> Path:
    """
    The folder of a base that holds the corpus and says that the bundled model made it, so that the commands open
    that model; its vectors are fakes, which takes seconds less and leaves the words to rank by.
    """
    return shutil.copytree(_bundled_base, tmp_path / "bundled")
