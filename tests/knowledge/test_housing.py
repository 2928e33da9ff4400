from pathlib import Path

import pytest
from pydantic import SecretStr

from ingest import ingest
from knowledge import (
    BadAddress,
    EmptyKnowledgeBase,
    Home,
    KnowledgeBase,
    KnowledgeError,
    KnowledgeSettings,
    Source,
    home_of,
)
from knowledge.housing import FolderHome
from knowledge.keeping import index_name
from knowledge.saving import back_up, restore

from ..fakes import FAKE_MODEL, HashedEmbeddings
from ..servers import Servers

ONE = Source("docs/a.md", "Charte", "Une charte se signe pour trois ans.")
OTHER = Source("docs/b.md", "Freins", "Le manque de temps est le premier frein.")


@pytest.fixture
def shared(servers: Servers, tmp_path: Path) -> Home:
    return servers.home(tmp_path / "machine")


def on_chroma(servers: Servers, folder: Path) -> Home:
    """The library in a folder, the index on a server."""
    return home_of(KnowledgeSettings(chroma_url=servers.chroma.url), folder)


def filled(home: Home, *sources: Source) -> KnowledgeBase:
    base = KnowledgeBase.create(home, FAKE_MODEL, HashedEmbeddings())
    base.publish(sources)
    return base


def assert_sound(base: KnowledgeBase, *sources: Source) -> None:
    assert dict(base.library.contents().sources) == {source.id: source for source in sources}
    index = base.home.index(base.library, index_name(base.library), HashedEmbeddings())
    assert index.digests() == base.library.live_digests()
    for source in sources:
        best = base.retriever().search(f"{source.title} {source.text}").hits[0]
        assert (best.passage.source, best.cosine > 0.9) == (source.id, True)


def test_by_default_all_of_it_is_in_the_folder(tmp_path: Path) -> None:
    home = home_of(KnowledgeSettings(base=tmp_path / "base"))
    filled(home, ONE).close()
    assert {"library.sqlite", "index"} <= {path.name for path in (tmp_path / "base").iterdir()}


def test_settings_left_blank_are_no_addresses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LIBRARY_URL", "CHROMA_URL", "CHROMA_TOKEN"):
        monkeypatch.setenv(f"KNOWLEDGE_{name}", "")
    assert not home_of(KnowledgeSettings(), tmp_path).is_live


def test_a_shared_library_with_an_index_of_ones_own_is_refused(tmp_path: Path) -> None:
    alone = KnowledgeSettings(library_url=SecretStr("postgresql://u:secret@hote/base"))
    with pytest.raises(BadAddress, match="demande aussi KNOWLEDGE_CHROMA_URL") as error:
        home_of(alone, tmp_path)
    assert "secret" not in str(error.value) + repr(alone)


def test_the_index_alone_may_be_on_a_server(servers: Servers, tmp_path: Path) -> None:
    base = filled(on_chroma(servers, tmp_path / "base"), ONE, OTHER)
    assert_sound(base, ONE, OTHER)
    assert not (tmp_path / "base" / "index").exists()
    base.close()
    assert_sound(KnowledgeBase.open(on_chroma(servers, tmp_path / "base"), None, HashedEmbeddings()), ONE, OTHER)


def test_a_base_of_a_folder_finds_its_way_to_a_server_without_embedding(servers: Servers, tmp_path: Path) -> None:
    filled(FolderHome(tmp_path / "base"), ONE, OTHER).close()
    embeddings = HashedEmbeddings()
    base = KnowledgeBase.open(on_chroma(servers, tmp_path / "base"), None, embeddings)
    assert embeddings.embedded == []
    assert_sound(base, ONE, OTHER)


def test_bases_that_share_a_server_do_not_touch_each_other(servers: Servers, tmp_path: Path) -> None:
    bases = [filled(on_chroma(servers, tmp_path / name), ONE) for name in ("one", "other")]
    for _ in range(2):
        bases[0].rebuild()
    bases[0].publish([], [ONE.id])
    assert_sound(bases[1], ONE)


def test_two_machines_build_on_one_base(servers: Servers, shared: Home, tmp_path: Path) -> None:
    first = filled(shared, ONE)
    second = KnowledgeBase.open(shared, None, HashedEmbeddings())
    second.rebuild()
    second.publish([OTHER])
    first.publish([Source("docs/c.md", "Chiffres", "En 2016, 87 % des maires.")])
    assert len(servers.home(tmp_path).indexes(first.library)) == 1
    assert_sound(KnowledgeBase.open(shared, None, HashedEmbeddings()), *first.library.contents().sources.values())


def test_a_base_moves_to_the_servers_and_back_in_a_backup(shared: Home, corpus: Path, tmp_path: Path) -> None:
    base = KnowledgeBase.create(tmp_path / "base", FAKE_MODEL, HashedEmbeddings())
    ingest(base, [corpus])
    (corpus / "freins.md").unlink()
    ingest(base, [corpus])
    here, there = tmp_path / "here.tar.gz", tmp_path / "there.tar.gz"
    assert back_up(base.home, here) == 2
    restore(here, shared)
    assert back_up(shared, there) == 2
    restore(there, tmp_path / "again")
    for home in (shared, FolderHome(tmp_path / "again")):
        embeddings = HashedEmbeddings()
        moved = KnowledgeBase.open(home, None, embeddings)
        assert moved.library.contents() == base.library.contents()
        assert moved.library.history.revisions() == base.library.history.revisions()
        question = "Que fixe une charte d'engagements ?"
        found, wanted = (opened.retriever().search(question).hits[0] for opened in (moved, base))
        assert (found.passage, found.cosine) == (wanted.passage, pytest.approx(wanted.cosine))
        assert embeddings.embedded == []
        assert moved.rollback() == 1
        assert "corpus/freins.md" in moved.library.digests()


def test_a_backup_takes_the_place_of_what_is_on_the_servers_by_force_alone(shared: Home, tmp_path: Path) -> None:
    with pytest.raises(EmptyKnowledgeBase, match="PostgreSQL"):
        back_up(shared, tmp_path / "b.tar.gz")
    kept = filled(shared, ONE)
    back_up(shared, tmp_path / "b.tar.gz")
    kept.publish([OTHER], [ONE.id])
    with pytest.raises(KnowledgeError, match=r"déjà une base dans PostgreSQL .*--force"):
        restore(tmp_path / "b.tar.gz", shared)
    assert_sound(kept, OTHER)
    restore(tmp_path / "b.tar.gz", shared, force=True)
    assert_sound(KnowledgeBase.open(shared, None, HashedEmbeddings()), ONE)
