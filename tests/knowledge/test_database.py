import sqlite3
from pathlib import Path

import pytest

from knowledge import CorruptLibrary, KnowledgeBase, LockedBase, NewerLibrary, Source
from knowledge.database import SCHEMA
from knowledge.library import Library
from knowledge.splitting import split
from knowledge.sqlite import SqliteDatabase

from ..fakes import FAKE_MODEL, HashedEmbeddings

ONE, OTHER = Source("docs/a.md", "Un", "Un texte."), Source("docs/b.md", "Deux", "Un autre texte.")
# As the first version of this program made it.
FIRST_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sources (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, title TEXT NOT NULL, record TEXT NOT NULL, read_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE passages (
    source TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
    start INTEGER NOT NULL, stop INTEGER NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (source, start)
) WITHOUT ROWID;
CREATE TABLE vectors (
    model TEXT NOT NULL, digest TEXT NOT NULL, vector BLOB NOT NULL, PRIMARY KEY (model, digest)
) WITHOUT ROWID;
"""


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A library of the first schema, at revision 7, that holds ONE."""
    path = tmp_path / "library.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript(FIRST_SCHEMA)
        facts = {"revision": "7", "changed_on": "2026-11-20T08:00:00+00:00", "model": FAKE_MODEL}
        connection.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
        connection.execute(
            "INSERT INTO sources VALUES (?, ?, ?, ?, ?)", (ONE.id, ONE.digest, ONE.title, ONE.to_json(), "2026-11-20")
        )
        connection.execute("INSERT INTO passages VALUES (?, 0, 9, ?)", (ONE.id, split(ONE)[0].digest))
    return path


def test_a_library_of_the_first_schema_is_taken_over_whole(first: Path) -> None:
    library = Library(first)
    assert (dict(library.contents().sources), library.revision) == ({ONE.id: ONE}, 7)
    (revision,) = library.history.revisions()
    assert (revision.number, revision.made_on) == (7, "2026-11-20T08:00:00+00:00")
    assert (revision.counts, revision.is_kept) == (None, True)


def test_what_a_library_of_the_first_schema_held_can_be_gone_back_to(first: Path) -> None:
    base = KnowledgeBase.open(first.parent, None, HashedEmbeddings())
    base.publish([OTHER], [ONE.id])
    assert base.rollback() == 7
    assert dict(base.library.contents().sources) == {ONE.id: ONE}


def test_a_migration_is_made_once(first: Path) -> None:
    Library(first).close()
    before = first.read_bytes()
    Library(first).close()
    assert first.read_bytes() == before


def test_a_migration_that_breaks_down_changes_nothing(first: Path) -> None:
    with sqlite3.connect(first) as connection:
        connection.execute("CREATE TABLE past_facts (in_the_way TEXT)")
    before = first.read_bytes()
    for _ in range(2):
        with pytest.raises(Exception, match="past_facts"):
            SqliteDatabase(first)
    with sqlite3.connect(first) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'revisions'").fetchall() == []
    assert len(first.read_bytes()) == len(before)


def test_a_library_of_a_later_schema_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "library.sqlite"
    Library(path).publish({ONE: split(ONE)}, [], {})
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    with pytest.raises(NewerLibrary, match=rf"plus récente .* \(schéma {SCHEMA + 1}, .* mettez le programme à jour"):
        Library(path)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM sources").fetchone() == (1,)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA + 1,)


def test_a_transaction_that_fails_leaves_the_next_one_free(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "library.sqlite")
    with pytest.raises(CorruptLibrary), database.transaction():
        database.write("INSERT INTO facts VALUES (?, ?)", ("a", "1"), ("a", "again"))
    with database.transaction():
        database.write("INSERT INTO facts VALUES (?, ?)", ("b", "1"))
    assert database.rows("SELECT name FROM facts") == [("b",)]


def test_a_locked_library_is_reported(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "library.sqlite", patience=0.01)
    with sqlite3.connect(tmp_path / "library.sqlite", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedBase, match="occupée par un autre programme : réessayez"), database.transaction():
            raise AssertionError("nobody gets here")
    with database.transaction():
        database.write("INSERT INTO facts VALUES (?, ?)", ("a", "1"))
