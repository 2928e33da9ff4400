import socket
from pathlib import Path

import pytest

from knowledge import BadAddress, UnreachableServer, UnreadableIndex
from knowledge.served import ChromaServer, ServedIndex

from ..fakes import FailingEmbeddings, HashedEmbeddings
from ..servers import Servers, free_port

TEXTS = {"a": "la charte de la commune", "b": "le temps des associations"}


@pytest.fixture
def server(servers: Servers) -> ChromaServer:
    return ChromaServer(servers.chroma.url)


@pytest.fixture
def index(server: ChromaServer, embeddings: HashedEmbeddings, tmp_path: Path) -> ServedIndex:
    # No two tests have a folder of the same name.
    return ServedIndex(server, f"essai-{tmp_path.name}", embeddings).clear()


def other_client(servers: Servers, index: ServedIndex) -> ServedIndex:
    """As another machine sees it."""
    return ServedIndex(ChromaServer(servers.chroma.url), index._name, HashedEmbeddings())


def test_what_another_adds_and_removes_is_seen_at_once(servers: Servers, index: ServedIndex) -> None:
    index.add(TEXTS)
    wanted = HashedEmbeddings().embed_query("les maires")
    assert index.nearest(wanted, 3).keys() == {"a", "b"}
    other = other_client(servers, index)
    other.add({"c": "les maires"})
    assert next(iter(index.nearest(wanted, 3))) == "c"
    other.remove(["c"])
    assert index.nearest(wanted, 3).keys() == {"a", "b"}
    other.clear().add({"d": "les maires"})
    with pytest.raises(UnreadableIndex, match="réessayez dans un instant"):
        index.nearest(wanted, 3)
    assert index.nearest(wanted, 3).keys() == {"d"}


def test_an_index_that_is_not_there_is_not_taken_for_an_empty_one(server: ChromaServer) -> None:
    index = ServedIndex(server, "essai-absent", HashedEmbeddings())
    assert not index.exists()
    with pytest.raises(UnreadableIndex, match="python -m knowledge rebuild"):
        index.nearest([1.0] * 64, 3)
    with pytest.raises(UnreadableIndex):
        index.add(TEXTS)
    assert not index.exists()


def test_more_collections_than_a_page_are_listed(server: ChromaServer) -> None:
    names = {f"page-{n:03}" for n in range(103)}
    for name in names:
        ServedIndex(server, name, HashedEmbeddings()).clear()
    assert set(server.collections("page-")) == names
    for name in names:
        server.drop(name)
    server.drop("page-000")
    assert server.collections("page-") == []


def test_a_server_that_is_gone_is_told_and_found_again(servers: Servers, index: ServedIndex) -> None:
    index.add(TEXTS)
    wanted = HashedEmbeddings().embed_query(TEXTS["a"])
    servers.chroma.kill()
    for _ in range(2):
        with pytest.raises(UnreachableServer, match=rf"{servers.chroma.port} ne répond pas .* à son retour"):
            index.nearest(wanted, 1)
    with pytest.raises(UnreachableServer):
        index.clear()
    servers.chroma.start()
    assert list(index.nearest(wanted, 1)) == ["a"]
    assert index.digests() == {"a", "b"}


def test_a_server_that_is_not_there_yet_is_found_once_it_is(servers: Servers) -> None:
    servers.chroma.kill()
    server = ChromaServer(servers.chroma.url)
    with pytest.raises(UnreachableServer):
        server.collections("x")
    servers.chroma.start()
    assert server.collections("essai-aucun") == []


def test_a_server_that_says_nothing_is_not_waited_for_without_end(servers: Servers, index: ServedIndex) -> None:
    index.add(TEXTS)
    hurried = ServedIndex(ChromaServer(servers.chroma.url, patience=1.0), index._name, HashedEmbeddings())
    wanted = HashedEmbeddings().embed_query(TEXTS["a"])
    assert list(hurried.nearest(wanted, 1)) == ["a"]
    with servers.chroma.frozen():
        with pytest.raises(UnreachableServer, match="ne répond pas"):
            hurried.nearest(wanted, 1)
        with pytest.raises(UnreachableServer, match="ne répond pas"):
            hurried.check()
    hurried.check()
    assert list(hurried.nearest(wanted, 1)) == ["a"]
    assert list(index.nearest(wanted, 1)) == ["a"]


def test_a_port_that_accepts_and_says_nothing_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(UnreachableServer):
        ChromaServer(f"http://127.0.0.1:{mute.getsockname()[1]}", patience=0.2).collections("x")


def test_a_port_where_nobody_listens_is_told() -> None:
    with pytest.raises(UnreachableServer, match="vérifiez qu'il tourne"):
        ChromaServer(f"http://127.0.0.1:{free_port()}").collections("x")


@pytest.mark.parametrize(
    "url",
    ["", "hote:8000", "ftp://hote:8000", "http://", "http://u:secret@hote:8000", "http://hote:x", "http://h/secret"],
)
def test_an_address_that_is_none_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(BadAddress, match=r"KNOWLEDGE_CHROMA_URL .* http://hôte:8000") as error:
        ChromaServer(url)
    assert "secret" not in str(error.value)


def test_a_failing_embedding_is_not_taken_for_a_failing_server(server: ChromaServer, index: ServedIndex) -> None:
    with pytest.raises(RuntimeError, match="broken down"):
        ServedIndex(server, index._name, FailingEmbeddings(0)).add(TEXTS)
