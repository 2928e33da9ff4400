import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest
from langchain_core.embeddings import Embeddings

from ingest import ingest
from knowledge import (
    CorruptLibrary,
    EmptyKnowledgeBase,
    Home,
    KnowledgeBase,
    KnowledgeError,
    LockedBase,
    Source,
    UnknownRevision,
    UnknownSource,
    WrongModel,
)
from knowledge.history import KEPT
from knowledge.housing import FolderHome
from knowledge.index import VectorIndex
from knowledge.keeping import index_name
from knowledge.library import Library
from knowledge.splitting import split

from ..conftest import EVERYWHERE
from ..fakes import FAKE_MODEL, FailingEmbeddings, HashedEmbeddings
from ..servers import variables

HOMES = EVERYWHERE
ROOT = Path(__file__).parents[2]
ONE = Source("docs/a.md", "Charte", "Une charte se signe pour trois ans.")
OTHER = Source("docs/b.md", "Freins", "Le manque de temps est le premier frein.")


def reopened(base: KnowledgeBase) -> KnowledgeBase:
    """The same base, opened again as a new process would; the embeddings count from nothing."""
    base.close()
    return KnowledgeBase.open(base.home, None, HashedEmbeddings())


def indexed(base: KnowledgeBase) -> set[str]:
    return index_of(base).digests()


def index_of(base: KnowledgeBase, embeddings: Embeddings | None = None) -> VectorIndex:
    return base.home.index(base.library, index_name(base.library), embeddings or HashedEmbeddings())


def assert_sound(base: KnowledgeBase, *sources: Source) -> None:
    """The base holds these sources, its index their passages, and each is found by its own words and meaning."""
    assert dict(base.library.contents().sources) == {source.id: source for source in sources}
    assert indexed(base) == base.library.live_digests()
    for source in sources:
        best = base.retriever().search(f"{source.title} {source.text}").hits[0]
        assert best.passage.source == source.id
        assert best.cosine > 0.9


def test_what_is_published_is_found(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER])
    assert_sound(base, ONE, OTHER)


def test_a_base_outlives_the_process_that_made_it(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER])
    assert_sound(reopened(base), ONE, OTHER)


def test_a_changed_source_replaces_the_old_one(base: KnowledgeBase) -> None:
    base.publish([Source("docs/a.md", "Charte", "Un long paragraphe sur la charte.\n\n" * 200), OTHER])
    base.publish([ONE])
    assert_sound(base, ONE, OTHER)


def test_publishing_again_embeds_nothing(base: KnowledgeBase, embeddings: HashedEmbeddings) -> None:
    base.publish([ONE, OTHER])
    embeddings.embedded.clear()
    base.publish([ONE, OTHER])
    assert embeddings.embedded == []


def test_facts_are_kept_with_what_they_are_published_with(base: KnowledgeBase) -> None:
    base.publish([ONE], facts={"seen:docs/a.md": "1"})
    base.publish([], facts={"seen:docs/a.md": "2"})
    again = reopened(base)
    assert (again.library.fact("seen:docs/a.md"), again.library.revision) == ("2", 1)


def test_a_run_that_was_stopped_is_settled_by_the_next_even_if_it_has_nothing_to_do(base: KnowledgeBase) -> None:
    base.publish([ONE])
    index_of(base).add({"x": "ce qu'un programme arrêté a laissé"})
    base.home.mark_unfinished(base.library, True)
    base.close()
    base = KnowledgeBase.create(base.home, None, HashedEmbeddings())
    base.publish([])
    assert_sound(base, ONE)
    assert not base.home.is_unfinished(base.library)


def test_an_index_that_was_lost_is_made_again_even_if_there_is_nothing_to_do(base: KnowledgeBase) -> None:
    base.publish([ONE])
    base.home.drop(base.library, index_name(base.library))
    base.close()
    base = KnowledgeBase.create(base.home, None, HashedEmbeddings())
    base.publish([])
    assert indexed(base) == base.library.live_digests()


def test_a_run_that_breaks_down_is_marked_until_one_comes_to_its_end(home: Home) -> None:
    base = KnowledgeBase.create(home, FAKE_MODEL, FailingEmbeddings(0))
    with pytest.raises(RuntimeError):
        base.publish([ONE])
    assert base.home.is_unfinished(base.library)
    again = reopened(base)
    again.publish([ONE])
    assert not base.home.is_unfinished(base.library)


def test_what_an_earlier_version_split_is_split_again_by_the_next_run(base: KnowledgeBase) -> None:
    long = Source("long", "Un guide", "\n\n".join(f"Paragraphe {n} du guide, assez long." * 8 for n in range(12)))
    base.publish([long])
    base.library.publish({long: split(long, 300)}, (), {"splitter": "0"})
    base.publish([])
    ranges = [(start, stop) for _, start, stop, _ in base.library.contents().ranges]
    assert ranges == [(passage.start, passage.end) for passage in split(long)]
    assert_sound(base, long)
    revision = base.library.revision
    base.publish([])
    assert base.library.revision == revision


def test_the_passages_that_have_no_vector_are_counted(base: KnowledgeBase) -> None:
    base.publish([ONE])
    assert base.unmade([ONE]) == 0
    assert base.unmade([ONE, OTHER]) == 1


def test_facts_of_a_run_that_breaks_down_are_not_kept(home: Home) -> None:
    base = KnowledgeBase.create(home, FAKE_MODEL, FailingEmbeddings(0))
    with pytest.raises(RuntimeError):
        base.publish([ONE], facts={"seen:docs/a.md": "1"})
    assert base.library.fact("seen:docs/a.md") is None


def test_only_the_words_that_changed_are_embedded(base: KnowledgeBase, embeddings: HashedEmbeddings) -> None:
    paragraphs = [f"Le paragraphe {n} de la fiche. " * 25 for n in range(6)]
    base.publish([Source("docs/a.md", "Fiche", "\n\n".join(paragraphs))])
    embeddings.embedded.clear()
    paragraphs[5] = "Une autre fin."
    base.publish([Source("docs/a.md", "Fiche", "\n\n".join(paragraphs))])
    assert len(embeddings.embedded) == 1
    assert "Une autre fin." in embeddings.embedded[0]


def test_a_moved_source_is_not_embedded_again(base: KnowledgeBase, embeddings: HashedEmbeddings) -> None:
    base.publish([ONE])
    embeddings.embedded.clear()
    moved = Source("docs/c.md", ONE.title, ONE.text)
    base.publish([moved], [ONE.id])
    assert embeddings.embedded == []
    assert_sound(base, moved)


def test_progress_is_told_up_to_the_end(base: KnowledgeBase) -> None:
    told: list[tuple[int, int]] = []
    sources = [Source(f"docs/{n}.md", "", f"Texte {n}.") for n in range(40)]
    base.publish(sources, (), lambda done, total: told.append((done, total)))
    assert told == [(16, 40), (32, 40), (40, 40)]


def test_a_source_is_forgotten(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER])
    base.forget(ONE.id)
    assert_sound(base, OTHER)


def test_an_unknown_source_is_not_forgotten(base: KnowledgeBase) -> None:
    base.publish([ONE])
    with pytest.raises(UnknownSource, match=r"Aucune source « docs/z\.md »"):
        base.forget("docs/z.md")
    assert base.library.revision == 1


def test_a_base_without_sources_has_no_retriever(base: KnowledgeBase) -> None:
    with pytest.raises(EmptyKnowledgeBase, match="python -m ingest"):
        base.retriever()


@pytest.mark.embedded
def test_a_folder_without_a_base_is_reported_and_left_alone(tmp_path: Path) -> None:
    with pytest.raises(EmptyKnowledgeBase, match="Aucune base dans"):
        KnowledgeBase.open(tmp_path / "rien", None, HashedEmbeddings())
    assert not (tmp_path / "rien").exists()


@pytest.mark.embedded
def test_a_base_where_a_file_stands_is_reported(tmp_path: Path) -> None:
    (tmp_path / "fichier").write_text("texte")
    with pytest.raises(KnowledgeError, match="KNOWLEDGE_BASE"):
        KnowledgeBase.create(tmp_path / "fichier", FAKE_MODEL, HashedEmbeddings())
    assert (tmp_path / "fichier").read_text() == "texte"


def test_a_base_remembers_its_model(base: KnowledgeBase) -> None:
    base.publish([ONE])
    assert reopened(base).model == FAKE_MODEL


def test_another_model_is_refused(base: KnowledgeBase) -> None:
    base.publish([ONE])
    with pytest.raises(WrongModel, match=r"« factice », et non « autre ».*rebuild --embedding-model autre"):
        KnowledgeBase.open(base.home, "autre", HashedEmbeddings())
    assert_sound(reopened(base), ONE)


class OtherEmbeddings(HashedEmbeddings):
    size = 32


def test_a_base_is_rebuilt_with_another_model(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER])
    other = OtherEmbeddings()
    KnowledgeBase.adopt(base.home, "autre", other).rebuild()
    opened = KnowledgeBase.open(base.home, "autre", other)
    assert opened.library.fact("model") == "autre"
    assert len(other.embedded) == 2
    assert_sound_of(opened, ONE, OTHER)


def assert_sound_of(base: KnowledgeBase, *sources: Source) -> None:
    for source in sources:
        best = base.retriever().search(f"{source.title} {source.text}").hits[0]
        assert (best.passage.source, best.cosine > 0.9) == (source.id, True)


def test_a_rebuilt_base_is_the_same_and_embeds_nothing(base: KnowledgeBase, embeddings: HashedEmbeddings) -> None:
    base.publish([ONE, OTHER])
    before = base.library.contents()
    embeddings.embedded.clear()
    base.rebuild()
    after = base.library.contents()
    assert (after.sources, after.ranges, embeddings.embedded) == (before.sources, before.ranges, [])
    assert_sound(base, ONE, OTHER)


def test_a_rebuild_that_breaks_down_leaves_the_old_model_in_use(base: KnowledgeBase) -> None:
    sources = [Source(f"docs/{n}.md", f"Fiche {n}", f"Le texte numéro {n}.") for n in range(20)]
    base.publish(sources)
    with pytest.raises(RuntimeError):
        KnowledgeBase.adopt(base.home, "autre", FailingEmbeddings(17)).rebuild()
    opened = reopened(base)
    assert opened.model == FAKE_MODEL
    assert indexed(opened) == opened.library.live_digests()
    assert opened.retriever().search("Fiche 7 Le texte numéro 7.").hits[0].passage.source == "docs/7.md"


def test_while_another_run_writes_nothing_is_written(base: KnowledgeBase) -> None:
    base.publish([ONE])
    with base.home.alone("writing.lock"):
        with pytest.raises(LockedBase, match="Une autre ingestion écrit"):
            base.publish([OTHER])
        with pytest.raises(LockedBase, match="Une autre ingestion écrit"):
            base.forget(ONE.id)
        with pytest.raises(LockedBase, match="Une autre ingestion écrit"):
            base.rebuild()
    assert_sound(base, ONE)


def test_while_another_run_writes_a_base_can_be_opened_and_searched(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER])
    with base.home.alone("writing.lock"):
        assert_sound(reopened(base), ONE, OTHER)


def test_a_run_that_breaks_down_shows_the_old_revision(home: Home) -> None:
    KnowledgeBase.create(home, FAKE_MODEL, HashedEmbeddings()).publish([ONE])
    many = [Source(f"docs/{n}.md", f"Fiche {n}", f"Le texte numéro {n}.") for n in range(40)]
    broken = FailingEmbeddings(32)
    with pytest.raises(RuntimeError):
        KnowledgeBase.open(home, None, broken).publish(many, [ONE.id])
    opened = KnowledgeBase.open(home, None, HashedEmbeddings())
    assert dict(opened.library.contents().sources) == {ONE.id: ONE}
    assert [hit.passage.source for hit in opened.retriever().search("Fiche 3 texte numéro").hits] == [ONE.id]


def test_a_run_that_broke_down_is_taken_up_where_it_stopped(home: Home) -> None:
    many = [Source(f"docs/{n}.md", f"Fiche {n}", f"Le texte numéro {n}.") for n in range(40)]
    with pytest.raises(RuntimeError):
        KnowledgeBase.create(home, FAKE_MODEL, FailingEmbeddings(32)).publish(many)
    rest = HashedEmbeddings()
    base = KnowledgeBase.create(home, FAKE_MODEL, rest)
    base.publish(many)
    assert len(rest.embedded) == 8
    assert_sound(base, *many)


KILLED = """
import os, signal, sys
from pathlib import Path
from ingest import ingest
from knowledge import KnowledgeBase, KnowledgeSettings, home_of
from tests.fakes import HashedEmbeddings

def die(done, total):
    os.kill(os.getpid(), signal.SIGKILL)

home = home_of(KnowledgeSettings(), Path(sys.argv[1]))
ingest(KnowledgeBase.open(home, None, HashedEmbeddings()), [Path(sys.argv[2])], None, die)
"""


def test_a_killed_ingestion_loses_nothing(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    before = base.library.contents()
    (corpus / "freins.md").write_text("# Les freins\n\nTout autre chose.", encoding="utf-8")
    (corpus / "outils.md").unlink()
    assert _python(KILLED, base.home, corpus).returncode == -signal.SIGKILL
    again = reopened(base)
    assert again.library.contents() == before
    assert again.retriever().search("premier frein des associations").hits[0].passage.source == "corpus/freins.md"
    report = ingest(again, [corpus])
    assert (report.changed, report.forgotten) == (("corpus/freins.md",), ("corpus/outils.md",))
    assert indexed(again) == again.library.live_digests()


INGESTED = """
import sys
from pathlib import Path
from ingest import ingest
from knowledge import KnowledgeBase, KnowledgeSettings, home_of
from tests.fakes import HashedEmbeddings

home = home_of(KnowledgeSettings(), Path(sys.argv[1]))
print(ingest(KnowledgeBase.open(home, None, HashedEmbeddings()), [Path(sys.argv[2])]).sentence)
"""


def test_what_another_process_publishes_is_seen_without_reopening(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    retriever = base.retriever()
    assert retriever.search("charte d’engagements").hits[0].passage.source == "corpus/outils.md"
    (corpus / "outils.md").unlink()
    (corpus / "nouveau.md").write_text("# Le budget participatif\n\nLes habitants votent le budget.", encoding="utf-8")
    run = _python(INGESTED, base.home, corpus)
    assert run.stdout == "Sources : 1 nouvelle, 0 modifiée, 4 inchangées, 1 oubliée, 0 en échec.\n"
    best = retriever.search("Le budget participatif Les habitants votent le budget").hits[0]
    assert (best.passage.source, best.cosine > 0.9) == ("corpus/nouveau.md", True)
    assert all(hit.passage.source != "corpus/outils.md" for hit in retriever.search("charte d’engagements").hits)


def _python(script: str, home: Home, corpus: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", script, str(home.folder), str(corpus)]
    environment = os.environ | variables(home)
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)


# Enough passages for Chroma to write the vectors of the first thousand to files of their own. The one that an opening
# looks up (the least digest) is among the others.
MANY = sorted(
    (Source(f"docs/{n}.md", f"Fiche {n}", f"Le texte numéro {n} parle de {n * 7}.") for n in range(1100)),
    key=lambda source: split(source)[0].digest,
    reverse=True,
)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "base"
    base = KnowledgeBase.create(folder, FAKE_MODEL, HashedEmbeddings())
    base.publish(MANY)
    base.close()
    return folder


@pytest.fixture
def damaged(large: Path, tmp_path: Path) -> Path:
    """A copy of a large base, to be damaged."""
    return shutil.copytree(large, tmp_path / "damaged")


def _lost(index: Path) -> None:
    shutil.rmtree(index)


def _garbled(index: Path) -> None:
    (index / "chroma.sqlite3").write_bytes(b"octets quelconques" * 900)


def _cut_short(index: Path) -> None:
    path = index / "chroma.sqlite3"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _emptied(index: Path) -> None:
    (index / "chroma.sqlite3").write_bytes(b"")


def _without_a_table(index: Path) -> None:
    with sqlite3.connect(index / "chroma.sqlite3") as connection:
        connection.execute("DROP TABLE collections")


def _without_some_records(index: Path) -> None:
    with sqlite3.connect(index / "chroma.sqlite3") as connection:
        connection.execute("DELETE FROM embeddings WHERE id % 3 = 0")


def _without_vectors(index: Path) -> None:
    for folder in index.glob("*-*"):
        shutil.rmtree(folder)


def _with_vectors_garbled(index: Path) -> None:
    for path in index.glob("*/header.bin"):
        path.write_bytes(b"octets quelconques" * 9)


def _without_the_names_of_vectors(index: Path) -> None:
    for path in index.glob("*/index_metadata.pickle"):
        path.unlink()


def _replaced_by_a_file(index: Path) -> None:
    shutil.rmtree(index)
    index.write_text("pas un dossier")


@pytest.mark.embedded
@pytest.mark.parametrize(
    "damage", [_lost, _garbled, _cut_short, _emptied, _without_a_table, _without_some_records, _replaced_by_a_file]
)
def test_a_damaged_index_is_made_again_without_embedding(base: KnowledgeBase, damage: Callable[[Path], None]) -> None:
    sources = [ONE, OTHER, Source("docs/c.md", "Chiffres", "En 2016, 87 % des maires.")]
    base.publish(sources)
    base.close()
    damage(base.folder / "index")
    embeddings = HashedEmbeddings()
    opened = KnowledgeBase.open(base.home, None, embeddings)
    assert embeddings.embedded == []
    assert_sound(opened, *sources)


@pytest.mark.embedded
@pytest.mark.parametrize("damage", [_without_vectors, _with_vectors_garbled, _without_the_names_of_vectors])
def test_an_index_with_damaged_vectors_is_made_again(damaged: Path, damage: Callable[[Path], None]) -> None:
    damage(damaged / "index")
    base = KnowledgeBase.open(damaged, None, HashedEmbeddings())
    assert indexed(base) == base.library.live_digests()
    retriever = base.retriever()
    for source in MANY[::157]:
        found = retriever.search(f"{source.title}\n{source.text}").hits
        assert max(hit.cosine for hit in found if hit.passage.source == source.id) > 0.99


@pytest.mark.embedded
def test_a_sound_index_is_not_made_again(damaged: Path) -> None:
    files = {path: path.stat().st_ino for path in (damaged / "index").rglob("*")}
    KnowledgeBase.open(damaged, None, HashedEmbeddings())
    assert {path: path.stat().st_ino for path in (damaged / "index").rglob("*")} == files


@pytest.mark.embedded
def test_neither_a_run_nor_what_is_made_again_leaves_vectors_for_each_opening_to_add(base: KnowledgeBase) -> None:
    def found_without_the_journal(base: KnowledgeBase) -> int:
        with closing(sqlite3.connect(base.folder / "index" / "chroma.sqlite3")) as files, files:
            files.execute("DELETE FROM embeddings_queue")
        return len(index_of(base).nearest(HashedEmbeddings().embed_query("la charte"), 9))

    base.publish([ONE, OTHER])
    assert found_without_the_journal(base) == 2
    shutil.rmtree(base.folder / "index")
    assert found_without_the_journal(reopened(base)) == 2


class Settling(VectorIndex):
    """Tells whether someone else might open it while its vectors go into their files."""

    might: ClassVar[list[bool]] = []

    def reopen(self) -> VectorIndex:
        return Settling(self._folder, self._embeddings)

    def settle(self) -> VectorIndex:
        try:
            with FolderHome(self._folder.parent).alone("opening.lock"):
                self.might.append(True)
        except LockedBase:
            self.might.append(False)
        return super().settle()


class SettlingHome(FolderHome):
    def index(self, _: Library, name: str, embeddings: Embeddings) -> VectorIndex:
        return Settling(self.folder / name, embeddings)


@pytest.mark.embedded
def test_nobody_opens_an_index_while_its_vectors_go_into_their_files(tmp_path: Path) -> None:
    Settling.might.clear()
    base = KnowledgeBase.create(SettlingHome(tmp_path / "base"), FAKE_MODEL, HashedEmbeddings())
    base.publish([ONE])
    shutil.rmtree(base.folder / "index")
    reopened(base)
    assert Settling.might == [False, False]


@pytest.mark.parametrize("model", [HashedEmbeddings, OtherEmbeddings])
def test_an_index_of_other_vectors_is_made_again(base: KnowledgeBase, model: type[HashedEmbeddings]) -> None:
    base.publish([ONE, OTHER])
    index = index_of(base, model()).clear()
    index.add(dict.fromkeys(base.library.live_digests(), "un autre texte"))
    assert_sound(reopened(base), ONE, OTHER)


@pytest.mark.embedded
def test_an_index_whose_opening_ended_the_process_is_not_opened_again(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER])
    unprobed = max(base.library.live_digests())
    index_of(base).add({unprobed: "un tout autre texte"})
    (base.folder / "opening").touch()
    assert_sound(reopened(base), ONE, OTHER)
    assert not (base.folder / "opening").exists()


def test_a_damaged_index_waits_for_the_run_that_writes(base: KnowledgeBase) -> None:
    base.publish([ONE])
    base.home.drop(base.library, index_name(base.library))
    base.close()
    with base.home.alone("writing.lock"), pytest.raises(LockedBase, match="attendez"):
        KnowledgeBase.open(base.home, None, HashedEmbeddings())
    assert_sound(KnowledgeBase.open(base.home, None, HashedEmbeddings()), ONE)


def test_what_a_stopped_run_left_in_the_index_is_removed(base: KnowledgeBase) -> None:
    base.publish([ONE])
    index_of(base).add({"stale": "un reste"})
    assert_sound(reopened(base), ONE)


def test_what_a_running_ingestion_adds_does_not_hide_what_is_shown(base: KnowledgeBase) -> None:
    base.publish([ONE])
    with base.home.alone("writing.lock"):
        index_of(base).add({"new": "un ajout"})
        again = reopened(base)
        assert [hit.passage.source for hit in again.retriever().search("un ajout").hits] == [ONE.id]


@pytest.mark.embedded
def test_a_corrupt_library_is_reported_and_left_as_it_is(base: KnowledgeBase) -> None:
    base.publish([ONE])
    base.close()
    garbage = b"octets quelconques" * 500
    (base.folder / "library.sqlite").write_bytes(garbage)
    for opening in (KnowledgeBase.open, KnowledgeBase.create, KnowledgeBase.adopt):
        with pytest.raises(CorruptLibrary, match="remettez une sauvegarde"):
            opening(base.folder, None, HashedEmbeddings())
    assert (base.folder / "library.sqlite").read_bytes() == garbage


def test_vectors_are_kept_as_long_as_a_state_that_can_be_gone_back_to_needs_them(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER])
    first = base.library.live_digests()
    base.publish([], [ONE.id])
    gone = first - base.library.live_digests()
    for n in range(KEPT - 1):
        base.publish([Source("docs/c.md", "", f"Texte {n}.")])
        assert base.library.vectors(FAKE_MODEL, gone).keys() == gone
    base.publish([Source("docs/c.md", "", "Un de trop.")])
    assert base.library.vectors(FAKE_MODEL, gone) == {}


# --- Going back

EDITED = Source(ONE.id, ONE.title, "Une charte se signe pour cinq ans.")
NEW = Source("docs/c.md", "Chiffres", "En 2016, 87 % des maires.")


def test_going_back_shows_the_state_before_and_embeds_nothing(
    base: KnowledgeBase, embeddings: HashedEmbeddings
) -> None:
    base.publish([ONE, OTHER], facts={"seen:docs/a.md": "1", "seen:docs/b.md": "1"})
    base.publish(
        [EDITED, NEW], [OTHER.id], facts={"seen:docs/a.md": "2", "seen:docs/b.md": None, "seen:docs/c.md": "1"}
    )
    embeddings.embedded.clear()
    assert base.rollback() == 1
    assert embeddings.embedded == []
    assert base.library.facts("seen:") == {"seen:docs/a.md": "1", "seen:docs/b.md": "1"}
    assert base.library.revision == 3
    assert_sound(reopened(base), ONE, OTHER)


def test_going_back_is_undone_by_going_back_again(base: KnowledgeBase, embeddings: HashedEmbeddings) -> None:
    base.publish([ONE], facts={"seen:docs/a.md": "1"})
    base.publish([EDITED], facts={"seen:docs/a.md": "2"})
    embeddings.embedded.clear()
    assert (base.rollback(), base.rollback()) == (1, 2)
    assert embeddings.embedded == []
    assert base.library.fact("seen:docs/a.md") == "2"
    assert_sound(base, EDITED)


def test_an_older_state_is_gone_back_to_by_its_number(base: KnowledgeBase) -> None:
    for state in ([ONE], [EDITED, NEW], [OTHER]):
        base.publish(state)
    assert base.rollback(1) == 1
    assert_sound(base, ONE)
    assert base.rollback(2) == 2
    assert_sound(base, EDITED, NEW)


def test_what_was_read_again_without_a_change_stays_as_it_is(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER], facts={"seen:docs/b.md": "1"})
    base.publish([EDITED])
    base.publish([], facts={"seen:docs/b.md": "touched"})
    base.rollback()
    assert base.library.fact("seen:docs/b.md") == "touched"


def test_a_rebuild_changes_no_source_and_is_not_what_is_undone(base: KnowledgeBase) -> None:
    base.publish([ONE])
    base.publish([EDITED])
    base.rebuild()
    base.rollback()
    assert_sound(base, ONE)


def test_after_another_model_going_back_keeps_it(base: KnowledgeBase) -> None:
    base.publish([ONE, OTHER])
    base.publish([EDITED])
    other = OtherEmbeddings()
    rebuilt = KnowledgeBase.adopt(base.home, "autre", other)
    rebuilt.rebuild()
    rebuilt.rollback()
    assert rebuilt.library.fact("model") == "autre"
    assert_sound_of(KnowledgeBase.open(base.home, "autre", other), ONE, OTHER)


def test_nothing_is_gone_back_to_where_there_is_nothing_before(base: KnowledgeBase) -> None:
    with pytest.raises(UnknownRevision, match="L'état précédent n'est pas gardé"):
        base.rollback()
    base.publish([ONE])
    with pytest.raises(UnknownRevision, match="L'état précédent n'est pas gardé"):
        base.rollback()
    with pytest.raises(UnknownRevision, match="L'état de la révision 1 n'est pas gardé"):
        base.rollback(1)
    assert_sound(base, ONE)


def test_a_base_rebuilt_meanwhile_with_another_model_is_not_written_with_the_old_one(base: KnowledgeBase) -> None:
    base.publish([ONE])
    other = OtherEmbeddings()
    KnowledgeBase.adopt(base.home, "autre", other).rebuild()
    with pytest.raises(WrongModel, match="relancez la commande"):
        base.publish([OTHER])
    assert_sound_of(KnowledgeBase.open(base.home, None, other), ONE)


def test_what_another_process_wrote_since_is_built_upon(base: KnowledgeBase) -> None:
    base.publish([ONE])
    other = KnowledgeBase.open(base.home, None, HashedEmbeddings())
    other.publish([OTHER])
    other.rebuild()
    other.close()
    base.publish([NEW])
    assert_sound(reopened(base), ONE, OTHER, NEW)


def test_the_index_of_a_rebuild_takes_the_place_of_the_one_before(base: KnowledgeBase) -> None:
    base.publish([ONE])
    base.rebuild()
    base.publish([OTHER])
    assert base.home.indexes(base.library) == [index_name(base.library)]
