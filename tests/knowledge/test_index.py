import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from knowledge import Home, UnreadableIndex
from knowledge.index import VectorIndex

from ..conftest import EVERYWHERE
from ..fakes import HashedEmbeddings

TEXTS = {"a": "la charte de la commune", "b": "le temps des associations", "c": "les maires en 2016"}


HOMES = EVERYWHERE
Named = Callable[[str], VectorIndex]


@pytest.fixture
def named(home: Home, embeddings: HashedEmbeddings) -> Named:
    """The index of this name, as another process would open it."""
    home.create()
    library = home.library()
    return lambda name: home.index(library, name, embeddings)


@pytest.fixture
def index(named: Named) -> VectorIndex:
    index = named("index").clear()
    index.add(TEXTS)
    return index


def test_the_nearest_text_comes_first_with_its_cosine(index: VectorIndex, embeddings: HashedEmbeddings) -> None:
    near = index.nearest(embeddings.embed_query(TEXTS["b"]), 3)
    assert next(iter(near)) == "b"
    assert near["b"] == pytest.approx(1, abs=1e-5)
    assert list(near.values()) == sorted(near.values(), reverse=True)


def test_no_more_than_the_wanted_number_is_found(index: VectorIndex, embeddings: HashedEmbeddings) -> None:
    assert len(index.nearest(embeddings.embed_query("commune"), 2)) == 2
    assert len(index.nearest(embeddings.embed_query("commune"), 50)) == 3


def test_adding_again_changes_nothing(index: VectorIndex) -> None:
    index.add(TEXTS)
    assert index.digests() == {"a", "b", "c"}


def test_what_is_removed_is_not_found(index: VectorIndex, embeddings: HashedEmbeddings) -> None:
    index.remove(["b", "never there"])
    assert index.digests() == {"a", "c"}
    assert "b" not in index.nearest(embeddings.embed_query(TEXTS["b"]), 3)


def test_a_new_index_is_empty(named: Named, embeddings: HashedEmbeddings) -> None:
    index = named("autre").clear()
    assert index.digests() == set()
    assert index.nearest(embeddings.embed_query("commune"), 3) == {}


def test_more_than_one_batch_is_listed_whole(index: VectorIndex) -> None:
    index.add({str(n): f"texte {n}" for n in range(1100)})
    assert len(index.digests()) == 1103
    index.remove([str(n) for n in range(1100)])
    assert index.digests() == {"a", "b", "c"}


@pytest.mark.usefixtures("index")
def test_an_index_outlives_its_opening(named: Named, embeddings: HashedEmbeddings) -> None:
    assert list(named("index").nearest(embeddings.embed_query(TEXTS["a"]), 1)) == ["a"]


def test_a_cleared_index_is_empty_and_can_be_filled(index: VectorIndex, embeddings: HashedEmbeddings) -> None:
    cleared = index.clear()
    assert cleared.digests() == set()
    cleared.add({"d": "autre chose"})
    assert list(cleared.nearest(embeddings.embed_query("autre chose"), 3)) == ["d"]


def test_a_reopened_index_shows_what_was_added_since(index: VectorIndex, embeddings: HashedEmbeddings) -> None:
    index.reopen().add({"d": "tout à fait autre"})
    assert list(index.reopen().nearest(embeddings.embed_query("tout à fait autre"), 1)) == ["d"]


@pytest.mark.embedded
def test_a_settled_index_needs_its_journal_no_more(home: Home, index: VectorIndex, named: Named) -> None:
    index.settle()
    with closing(sqlite3.connect(home.folder / "index" / "chroma.sqlite3")) as files, files:
        files.execute("DELETE FROM embeddings_queue")
    assert set(named("index").nearest(HashedEmbeddings().embed_query(TEXTS["a"]), 3)) == set(TEXTS)


@pytest.mark.embedded
def test_what_is_added_to_a_settled_index_waits_in_its_journal_again(home: Home, index: VectorIndex) -> None:
    settled = index.settle()
    files = {path: path.read_bytes() for path in (home.folder / "index").glob("*/*")}
    settled.add({"d": "tout à fait autre", "e": "un autre encore", "f": "le dernier"})
    assert len(settled.reopen()) == len(settled) == 6
    assert files
    assert {path: path.read_bytes() for path in (home.folder / "index").glob("*/*")} == files


def _garbage(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"octets quelconques" * 500)


def _truncated(folder: Path) -> None:
    path = folder / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[:10_000])


def _a_file(folder: Path) -> None:
    folder.rename(folder.with_name("ailleurs"))
    folder.write_text("pas un dossier")


@pytest.mark.embedded
@pytest.mark.usefixtures("index")
@pytest.mark.parametrize("damage", [_garbage, _truncated, _a_file])
def test_an_unreadable_index_is_reported_and_can_be_cleared(
    home: Home, embeddings: HashedEmbeddings, damage: Callable[[Path], None]
) -> None:
    damage(home.folder / "index")
    damaged = VectorIndex(home.folder / "index", embeddings)
    with pytest.raises(UnreadableIndex, match="python -m knowledge rebuild"):
        damaged.digests()
    assert damaged.clear().digests() == set()


def test_a_vector_of_another_model_is_reported(index: VectorIndex) -> None:
    with pytest.raises(UnreadableIndex):
        index.nearest([1.0, 0.0], 1)
