"""The derived file: never the truth, and nothing that a search finds depends on it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import Findings, KnowledgeBase, Source
from knowledge.embedding import CachedEmbeddings
from knowledge.shelving import Shelf

from ..fakes import FAKE_MODEL, HashedEmbeddings
from ..strategies import sentences

QUESTIONS = ("la charte de la commune", "les frien des asociations", "Qu'est-ce que la CPO ?", "Fiche 3")
LONG = "La charte numéro {} de la commune se signe. La convention pluriannuelle d'objectifs (CPO) la suit. " * 25


def fiche(number: int, text: str = LONG) -> Source:
    return Source(f"docs/{number}.md", f"Fiche {number}", text.replace("{}", str(number)))


@pytest.fixture
def base(tmp_path: Path) -> Iterator[KnowledgeBase]:
    base = KnowledgeBase.create(tmp_path / "base", FAKE_MODEL, HashedEmbeddings())
    base.publish([fiche(number) for number in range(5)])
    yield base
    base.close()


def opened(base: KnowledgeBase) -> KnowledgeBase:
    return KnowledgeBase.open(base.folder, FAKE_MODEL, HashedEmbeddings())


def kept(base: KnowledgeBase) -> list[Path]:
    return sorted((base.folder / "derived").iterdir())


def found(base: KnowledgeBase) -> list[Findings]:
    retriever = base.retriever()
    return [retriever.search(question) for question in QUESTIONS]


def taken(base: KnowledgeBase) -> tuple[int, int]:
    """How many sources of how many are read to make the base searchable."""
    contents = base.library.contents(unread=True)
    read: list[str] = []

    class Watched(dict[str, Source]):
        def __getitem__(self, id: str) -> Source:
            read.append(id)
            return contents.sources[id]

    watched = Watched.fromkeys(contents.sources)
    embeddings = CachedEmbeddings(HashedEmbeddings(), base.library, FAKE_MODEL)
    Shelf(base.folder).take(replace(contents, sources=watched), embeddings)
    return len(set(read)), len(contents.sources)


def test_a_run_leaves_one_file_that_spares_the_next_opening_all_reading(base: KnowledgeBase) -> None:
    assert len(kept(base)) == 1
    assert taken(base) == (0, 5)


def test_what_is_found_by_a_file_is_what_is_found_without(base: KnowledgeBase) -> None:
    by_file = found(opened(base))
    kept(base)[0].unlink()
    assert taken(base) == (5, 5)
    kept(base)[0].unlink()
    assert found(opened(base)) == by_file
    assert all(findings.hits for findings in by_file)


def test_a_small_change_reads_what_has_changed(base: KnowledgeBase) -> None:
    kept_before = kept(base)[0].read_bytes()
    base.publish([fiche(2, "Un verger nourrit la cantine.")], ["docs/4.md"])
    (file,) = kept(base)
    made_in_steps = file.read_bytes()
    file.unlink()
    (base.folder / "derived" / "before.npz").write_bytes(kept_before)
    assert taken(base) == (1, 4)
    assert kept(base) == [file]
    file.unlink()
    assert taken(base) == (4, 4)
    assert file.read_bytes() == made_in_steps


@pytest.mark.parametrize("at", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_damaged_file_is_made_again(base: KnowledgeBase, at: float) -> None:
    (file,) = kept(base)
    whole = file.read_bytes()
    place = int(at * len(whole))
    file.write_bytes(whole[:place] + bytes(byte ^ 255 for byte in whole[place : place + 200]) + whole[place + 200 :])
    assert taken(base) == (5, 5)
    assert file.read_bytes() == whole


def test_a_file_cut_short_is_made_again(base: KnowledgeBase) -> None:
    (file,) = kept(base)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert taken(base) == (5, 5)
    assert file.read_bytes() == whole


def test_where_nothing_can_be_written_the_base_is_searched_all_the_same(base: KnowledgeBase) -> None:
    by_file = found(base)
    kept(base)[0].unlink()
    (base.folder / "derived").rmdir()
    (base.folder / "derived").write_text("un fichier à la place du dossier")
    assert found(opened(base)) == by_file


def test_what_a_stopped_writing_left_is_put_away(base: KnowledgeBase) -> None:
    (base.folder / "derived" / "x.part").write_bytes(b"PK")
    base.publish([fiche(7)])
    assert [path.suffix for path in kept(base)] == [".npz"]


def test_a_retriever_that_is_open_sees_the_next_revision_as_one_that_opens_then(base: KnowledgeBase) -> None:
    retriever = base.retriever()
    retriever.search("charte")
    base.publish([fiche(2, "Un verger nourrit la cantine de la commune."), fiche(8)], ["docs/0.md"])
    after = [retriever.search(question) for question in QUESTIONS]
    assert after == found(opened(base))
    assert retriever.search("verger").hits[0].passage.source == "docs/2.md"


@settings(max_examples=5)
@given(st.lists(st.tuples(st.integers(0, 4), sentences), max_size=4), sentences)
def test_after_any_edits_it_is_what_a_new_base_would_keep(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, str]], question: str
) -> None:
    bases = [KnowledgeBase.create(tmp_path_factory.mktemp("base"), FAKE_MODEL, HashedEmbeddings()) for _ in range(2)]
    edited, fresh = bases
    last = {0: LONG} | dict(edits)
    edited.publish([fiche(0)])
    for number, text in edits:
        edited.publish([fiche(number, text)])
    fresh.publish([fiche(number, text) for number, text in last.items()])
    assert kept(edited)[0].read_bytes() == kept(fresh)[0].read_bytes()
    assert edited.retriever().search(question) == fresh.retriever().search(question)
    for base in bases:
        base.close()
