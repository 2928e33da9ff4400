import contextlib
import socket
import threading
from pathlib import Path

import pytest

from knowledge import (
    BadAddress,
    CorruptLibrary,
    KnowledgeBase,
    KnowledgeError,
    LockedBase,
    NewerLibrary,
    Source,
    UnreachableServer,
    UnwritableBase,
)
from knowledge.connecting import connect
from knowledge.database import SCHEMA
from knowledge.library import Library
from knowledge.postgres import PostgresDatabase, alone
from knowledge.splitting import split

from ..fakes import FAKE_MODEL, HashedEmbeddings
from ..servers import PASSWORD, Servers, free_port

ONE = Source("docs/é.md", "Un", "Un texte.")
TWO = Source("docs/f.md", "Deux", "Un autre texte.")


@pytest.fixture
def url(servers: Servers) -> str:
    """Of a schema in which there is nothing."""
    return servers.postgres.new_url()


def told(error: pytest.ExceptionInfo[KnowledgeError]) -> str:
    assert PASSWORD not in str(error.value)
    return str(error.value)


def test_sources_are_in_the_order_of_their_code_points_whatever_the_server_speaks(url: str) -> None:
    library = Library(PostgresDatabase(url))
    library.publish({ONE: split(ONE), TWO: split(TWO)}, [], {})
    assert list(library.digests()) == ["docs/f.md", "docs/é.md"]
    assert connect(url, 1).execute("SELECT 'é' < 'f'").fetchone() == (True,)


def test_a_library_of_a_later_schema_is_refused_and_left_as_it_is(url: str) -> None:
    Library(PostgresDatabase(url)).publish({ONE: split(ONE)}, [], {})
    with connect(url, 1) as connection:
        connection.execute("UPDATE library_schema SET version = version + 1")
        with pytest.raises(NewerLibrary, match=rf"plus récente .* \(schéma {SCHEMA + 1}, .* mettez le programme"):
            PostgresDatabase(url)
        assert connection.execute("SELECT version FROM library_schema").fetchone() == (SCHEMA + 1,)
        assert connection.execute("SELECT count(*) FROM sources").fetchone() == (1,)


def test_tables_that_cannot_be_made_are_not_made_by_halves(url: str) -> None:
    with connect(url, 1) as connection:
        connection.execute("CREATE TABLE past_facts (in_the_way TEXT)")
        with pytest.raises(CorruptLibrary, match="past_facts"):
            PostgresDatabase(url)
        assert connection.execute("SELECT to_regclass('sources'), to_regclass('facts')").fetchone() == (None, None)


def test_a_transaction_that_fails_leaves_the_next_one_free(url: str) -> None:
    database = PostgresDatabase(url)
    with pytest.raises(CorruptLibrary), database.transaction():
        database.write("INSERT INTO facts VALUES (?, ?)", ("a", "1"), ("a", "again"))
    with database.transaction():
        database.write("INSERT INTO facts VALUES (?, ?)", ("b", "1"))
    assert database.rows("SELECT name FROM facts") == [("b",)]


def test_while_another_writes_nobody_else_does_and_everybody_reads(url: str) -> None:
    first, other = PostgresDatabase(url), PostgresDatabase(url, patience=0.01)
    with first.transaction():
        with pytest.raises(LockedBase, match="occupée par un autre programme : réessayez"), other.transaction():
            raise AssertionError("nobody gets here")
        assert other.rows("SELECT name FROM facts") == []
    with other.transaction():
        other.write("INSERT INTO facts VALUES (?, ?)", ("a", "1"))


def test_two_libraries_of_one_database_do_not_wait_for_each_other(servers: Servers) -> None:
    one, other = servers.postgres.new_url(), servers.postgres.new_url()
    held = pytest.raises(LockedBase, match="attendez")
    with alone(one, "writing.lock"), alone(other, "writing.lock"), held, alone(one, "writing.lock", 0.01):
        raise AssertionError("nobody gets here")


def test_whoever_may_not_write_is_told(url: str) -> None:
    Library(PostgresDatabase(url))
    read_only = PostgresDatabase(url + "%20-cdefault_transaction_read_only%3Don")
    with pytest.raises(UnwritableBase, match="les droits de l'utilisateur"), read_only.transaction():
        read_only.write("INSERT INTO facts VALUES (?, ?)", ("a", "1"))


@pytest.mark.parametrize(
    "address", ["postgresql://", "mysql://essai@hote/base", "host=secret", "postgresql://u:secret@hote/b?inconnu=1"]
)
def test_an_address_that_is_none_is_refused_without_being_shown(address: str) -> None:
    with pytest.raises(BadAddress, match=r"KNOWLEDGE_LIBRARY_URL .* postgresql://utilisateur") as error:
        PostgresDatabase(address)
    assert "secret" not in str(error.value)


def test_a_wrong_password_is_told_and_not_shown(servers: Servers) -> None:
    with pytest.raises(BadAddress, match="refuse l'utilisateur ou le mot de passe") as error:
        PostgresDatabase(servers.postgres.url("public", password="motdepasse-faux"))
    assert "motdepasse-faux" not in told(error)


def test_a_database_that_is_not_there_is_told(servers: Servers) -> None:
    with pytest.raises(BadAddress, match=r"n'existe pas .*/absente\) : créez-la") as error:
        PostgresDatabase(servers.postgres.url("public", "absente"))
    told(error)


def test_a_server_that_is_not_there_is_told() -> None:
    port = free_port()
    with pytest.raises(UnreachableServer, match=rf"127\.0\.0\.1:{port}/base ne répond pas") as error:
        PostgresDatabase(f"postgresql://essai:{PASSWORD}@127.0.0.1:{port}/base")
    told(error)


def test_a_connection_that_was_cut_is_opened_again_by_whoever_asks_next(servers: Servers, url: str) -> None:
    library = Library(PostgresDatabase(url))
    library.publish({ONE: split(ONE)}, [], {})
    servers.postgres.kill()
    with pytest.raises(UnreachableServer, match="se rétablit d'elle-même") as error:
        library.digests()
    told(error)
    with pytest.raises(UnreachableServer):
        library.remember("a", "1")
    servers.postgres.start()
    assert library.digests() == {ONE.id: ONE.digest}
    library.remember("a", "2")
    assert library.fact("a") == "2"
    servers.postgres.kill()
    servers.postgres.start()
    # Cut and back, without anyone having noticed.
    library.publish({TWO: split(TWO)}, [], {})
    assert library.revision == 2


def test_what_was_being_written_when_the_server_fell_is_not_written(servers: Servers, url: str) -> None:
    library = Library(PostgresDatabase(url))

    def write() -> None:
        with library._database.transaction():
            library._database.write("INSERT INTO facts VALUES (?, ?)", ("a", "1"))
            servers.postgres.kill()
            servers.postgres.start()
            library._database.write("INSERT INTO facts VALUES (?, ?)", ("b", "1"))

    with pytest.raises(UnreachableServer):
        write()
    assert library.facts("") == {}


def hurry(database: PostgresDatabase) -> None:
    """The connection at hand is not waited for as long as others are."""
    assert database._connection is not None
    database._connection.silence = 0.2


def test_a_server_that_is_frozen_is_not_waited_for_without_end_and_found_again(servers: Servers, url: str) -> None:
    # Two seconds to connect: the least that the driver takes.
    database = PostgresDatabase(url + "&connect_timeout=2")
    library = Library(database)
    library.publish({ONE: split(ONE)}, [], {})
    with servers.postgres.frozen():
        hurry(database)
        with pytest.raises(UnreachableServer, match=r"ne répond pas \(rien reçu en 0.2 secondes\)") as error:
            library.digests()
        told(error)
        with pytest.raises(UnreachableServer, match="ne répond pas"):
            library.remember("a", "1")
    assert library.digests() == {ONE.id: ONE.digest}
    assert library.fact("a") is None
    # The answer to what was asked before the connection was given up is nobody's.
    assert database.rows("SELECT 'mine'") == [("mine",)]


def test_what_was_being_written_when_the_server_froze_is_not_written(servers: Servers, url: str) -> None:
    database = PostgresDatabase(url)

    def write() -> None:
        with database.transaction():
            database.write("INSERT INTO facts VALUES (?, ?)", ("a", "1"))
            with servers.postgres.frozen():
                hurry(database)
                database.write("INSERT INTO facts VALUES (?, ?)", ("b", "1"))

    with pytest.raises(UnreachableServer, match=r"rien reçu en 0\.2 secondes"):
        write()
    assert database.rows("SELECT name FROM facts") == []
    with PostgresDatabase(url).transaction():
        assert database.rows("SELECT name FROM facts") == []


def test_a_lock_that_a_frozen_server_keeps_is_known_to_be_lost(servers: Servers, url: str) -> None:
    frozen, told_so = servers.postgres.frozen(), pytest.raises(UnreachableServer, match="ne répond pas")
    with alone(url, "writing.lock", silence=1.0) as confirm, frozen, told_so:
        confirm()
    with alone(url, "writing.lock", 5) as confirm:
        confirm()


def test_a_run_that_has_lost_its_lock_publishes_nothing(servers: Servers, tmp_path: Path) -> None:
    base = KnowledgeBase.create(servers.home(tmp_path), FAKE_MODEL, HashedEmbeddings())
    base.publish([ONE])

    def restart(_done: int, _total: int) -> None:
        servers.postgres.kill()
        servers.postgres.start()

    with pytest.raises(UnreachableServer):
        base.publish([TWO], progress=restart)
    assert base.library.digests().keys() == {ONE.id}
    base.publish([TWO])
    assert base.library.digests().keys() == {ONE.id, TWO.id}


def test_those_that_wait_for_a_server_that_says_nothing_wait_for_it_once(url: str) -> None:
    database = PostgresDatabase(url)
    database.close()
    told, accepted = list[str](), list[socket.socket]()

    def ask() -> None:
        try:
            database.rows("SELECT 1")
        except UnreachableServer as error:
            told.append(str(error))

    with socket.create_server(("127.0.0.1", 0)) as silent:
        database._url = f"postgresql://essai@127.0.0.1:{silent.getsockname()[1]}/base?connect_timeout=2"
        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        silent.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                accepted.append(silent.accept()[0])
    for connection in accepted:
        connection.close()
    assert len(told) == 4
    assert len(set(told)) == len(accepted) == 1
    database._url = url
    assert database.rows("SELECT 1") == [(1,)]
