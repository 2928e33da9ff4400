import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import CorruptLibrary, Home, Passage, Source
from knowledge.library import Library
from knowledge.splitting import split

from ..conftest import EVERYWHERE
from ..strategies import sources

HOMES = EVERYWHERE


@pytest.fixture
def library(home: Home) -> Iterator[Library]:
    home.create()
    library = home.library()
    yield library
    library.close()


def read(*sources: Source) -> dict[Source, list[Passage]]:
    return {source: split(source) for source in sources}


ONE, OTHER = Source("docs/a.md", "Un", "Un texte."), Source("docs/b.md", "Deux", "Un autre texte.")


@given(sources())
def test_what_is_published_is_given_back(new_library: Callable[[], Library], source: Source) -> None:
    passages = split(source)
    with closing(new_library()) as library:
        library.publish({source: passages}, [], {})
        contents = library.contents()
        assert dict(contents.sources) == {source.id: source}
        assert contents.ranges == tuple((source.id, p.start, p.end, p.digest) for p in passages)
        assert library.source(source.id) == source
        assert library.digests() == {source.id: source.digest}
        assert library.live_digests() == {p.digest for p in passages}


def test_a_new_library_is_empty_at_revision_zero(library: Library) -> None:
    assert library.revision == 0
    assert library.is_empty
    assert (library.contents().sources, library.contents().ranges) == ({}, ())
    assert library.source("docs/a.md") is None
    assert library.fact("model") is None


def test_each_publication_moves_the_revision_on_by_one(library: Library) -> None:
    library.publish(read(ONE), [], {"model": "factice"})
    library.publish(read(OTHER), [], {})
    assert library.revision == library.contents().revision == 2
    assert not library.is_empty
    assert library.fact("model") == "factice"
    assert library.fact("changed_on")


def test_a_source_is_replaced_whole(library: Library) -> None:
    library.publish(read(Source("docs/a.md", "Long", "Un paragraphe.\n\n" * 200)), [], {})
    library.publish(read(ONE), [], {})
    assert library.contents().ranges == (("docs/a.md", 0, 9, split(ONE)[0].digest),)


def test_a_forgotten_source_leaves_nothing(library: Library) -> None:
    library.publish(read(ONE, OTHER), [], {})
    library.publish({}, ["docs/a.md"], {})
    assert list(library.contents().sources) == ["docs/b.md"]
    assert library.live_digests() == {split(OTHER)[0].digest}


def test_a_publication_that_fails_changes_nothing(library: Library) -> None:
    library.publish(read(ONE), [], {})
    twice = split(OTHER) * 2
    with pytest.raises(CorruptLibrary):
        library.publish({OTHER: twice}, ["docs/a.md"], {"model": "autre"})
    assert dict(library.contents().sources) == {"docs/a.md": ONE}
    assert (library.revision, library.fact("model")) == (1, None)


def test_facts_are_given_by_the_beginning_of_their_names(library: Library) -> None:
    library.publish(read(ONE), [], {"seen:docs/a.md": "1", "seen:docs/%": "2", "place:docs": "/docs"})
    assert library.facts("seen:docs/") == {"seen:docs/a.md": "1", "seen:docs/%": "2"}
    assert library.facts("seen:docs/%") == {"seen:docs/%": "2"}


def test_a_fact_is_taken_away_with_the_source_it_belongs_to(library: Library) -> None:
    library.publish(read(ONE), [], {"seen:docs/a.md": "1"})
    library.publish({}, [ONE.id], {"seen:docs/a.md": None})
    assert library.fact("seen:docs/a.md") is None


def test_facts_that_are_noted_leave_the_revision_as_it_is(library: Library) -> None:
    library.publish(read(ONE), [], {"seen:docs/a.md": "1", "seen:docs/b.md": "1"})
    library.note({"seen:docs/a.md": "2", "seen:docs/b.md": None})
    assert library.facts("seen:") == {"seen:docs/a.md": "2"}
    assert library.revision == 1


def test_two_openings_see_the_same_revision(library: Library, home: Home) -> None:
    other = home.library()
    library.publish(read(ONE), [], {})
    assert other.revision == 1
    assert other.source("docs/a.md") == ONE


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=8))
def test_vectors_are_kept_as_they_were_made(new_library: Callable[[], Library], vector: list[float]) -> None:
    with closing(new_library()) as library:
        library.keep_vectors("factice", {"a": vector})
        np.testing.assert_array_equal(library.vectors("factice", ["a", "b"])["a"], np.array(vector, dtype=np.float32))
        assert library.vectors("factice", ["b"]) == library.vectors("autre", ["a"]) == {}


def test_more_vectors_than_a_query_takes_are_found(library: Library) -> None:
    library.keep_vectors("factice", {str(n): [float(n)] for n in range(1200)})
    assert {key: float(v[0]) for key, v in library.vectors("factice", map(str, range(1200))).items()} == {
        str(n): float(n) for n in range(1200)
    }


def test_vectors_of_passages_that_are_gone_are_dropped(library: Library) -> None:
    library.keep_vectors("factice", {"live": [1.0], "gone": [1.0]})
    library.keep_vectors("autre", {"gone": [1.0]})
    library.drop_vectors("factice", {"live"})
    assert library.vectors("factice", ["live", "gone"]).keys() == {"live"}
    assert library.vectors("autre", ["gone"]).keys() == {"gone"}


@pytest.mark.embedded
@pytest.mark.parametrize("contents", [b"octets quelconques" * 300, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_file_that_is_no_library_is_reported_and_left_as_it_is(tmp_path: Path, contents: bytes) -> None:
    path = tmp_path / "library.sqlite"
    path.write_bytes(contents)
    with pytest.raises(CorruptLibrary, match=r"abîmée .* remettez une sauvegarde"):
        Library(path)
    assert path.read_bytes() == contents


@pytest.mark.embedded
def test_a_library_that_cannot_be_opened_is_reported(tmp_path: Path) -> None:
    (tmp_path / "library.sqlite").mkdir()
    with pytest.raises(CorruptLibrary, match="ni lue ni écrite"):
        Library(tmp_path / "library.sqlite")


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sources SET record = replace(record, 'texte', 'TEXTE')",
        "UPDATE passages SET stop = stop - 1",
        "UPDATE passages SET start = 1",
        "DELETE FROM passages",
        "UPDATE facts SET value = 'zéro' WHERE name = 'revision'",
    ],
)
def test_what_is_no_longer_what_was_read_is_not_given(library: Library, damage: str) -> None:
    library.publish(read(ONE, OTHER), [], {})
    library._database.rows(damage)
    with pytest.raises(CorruptLibrary, match="abîmée"):
        library.contents()


# Which PostgreSQL would not let happen.
@pytest.mark.embedded
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE sources SET record = x'00ff'",
        "UPDATE passages SET source = 'docs/z.md' WHERE source = 'docs/a.md'",
    ],
)
def test_what_another_program_did_to_a_file_is_not_given(library: Library, home: Home, damage: str) -> None:
    library.publish(read(ONE, OTHER), [], {})
    with sqlite3.connect(home.folder / "library.sqlite") as connection:
        connection.execute(damage)
    with pytest.raises(CorruptLibrary, match="abîmée"):
        library.contents()


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a library of thirty sources."""
    path = tmp_path_factory.mktemp("library") / "library.sqlite"
    library = Library(path)
    library.publish(read(*(Source(f"docs/{n}.md", "Titre", f"Le texte {n}. " * 20) for n in range(30))), [], {})
    library.close()
    return path.read_bytes()


@pytest.mark.embedded
@given(st.data())
def test_whatever_bytes_are_damaged_the_texts_are_right_or_refused(written: bytes, data: st.DataObject) -> None:
    damaged = bytearray(written)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(written) - 1))
        noise = data.draw(st.binary(min_size=1, max_size=300))[: len(written) - at]
        damaged[at : at + len(noise)] = noise
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "library.sqlite"
        path.write_bytes(damaged)
        try:
            contents = Library(path).contents()
        except CorruptLibrary:
            return
    assert all(source.text == f"Le texte {id[5:-3]}. " * 20 for id, source in contents.sources.items())
