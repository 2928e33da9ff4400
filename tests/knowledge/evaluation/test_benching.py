from dataclasses import replace
from pathlib import Path

import pytest

from knowledge import EmptyKnowledgeBase, KnowledgeBase, KnowledgeError, Source
from knowledge.evaluation.benching import Bench, RememberedQuestions, read_referentiel
from knowledge.library import Library
from knowledge.sources import slice_source

from ...fakes import FAKE_MODEL, HashedEmbeddings

CHARTER = Source("charte.md", "La charte", "Une charte fixe les engagements de la commune.\n")
BRAKES = Source("freins.md", "Les freins", "Le manque de temps est le premier frein.\n")


class CountedQuestions(HashedEmbeddings):
    """Lists the questions that it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.questions: list[str] = []

    def embed_query(self, text: str) -> list[float]:
        self.questions.append(text)
        return super().embed_query(text)


@pytest.fixture
def bench(tmp_path: Path, embeddings: HashedEmbeddings) -> Bench:
    return Bench.open(tmp_path / "cache", FAKE_MODEL, embeddings)


def test_a_base_holds_the_sources_and_nothing_else(bench: Bench) -> None:
    bench.base("jeu", [CHARTER, BRAKES]).close()
    base = bench.base("jeu", [CHARTER])
    assert list(base.library.digests()) == ["charte.md"]
    base.close()


def test_a_second_run_embeds_nothing(bench: Bench, embeddings: HashedEmbeddings) -> None:
    bench.base("jeu", [CHARTER, BRAKES]).close()
    embeddings.embedded.clear()
    bench.base("jeu", [CHARTER, BRAKES]).close()
    assert embeddings.embedded == []


def test_a_source_that_changed_is_read_again_alone(bench: Bench, embeddings: HashedEmbeddings) -> None:
    bench.base("jeu", [CHARTER, BRAKES]).close()
    embeddings.embedded.clear()
    base = bench.base("jeu", [replace(CHARTER, text="Elle se signe pour trois ans.\n"), BRAKES])
    # The passage, then its sentence, which is the same here.
    assert embeddings.embedded == ["La charte\nElle se signe pour trois ans."] * 2
    base.close()


def test_passages_cut_by_an_earlier_version_are_cut_again(bench: Bench) -> None:
    base = bench.base("jeu", [CHARTER])
    whole = base.library.contents().ranges
    middle = len(CHARTER.text) // 2
    halves = [slice_source(CHARTER, 0, middle), slice_source(CHARTER, middle, len(CHARTER.text))]
    base.library.publish({CHARTER: halves}, (), {})
    base.close()
    base = bench.base("jeu", [CHARTER])
    assert base.library.contents().ranges == whole
    base.close()


def test_each_model_has_bases_of_its_own(tmp_path: Path, embeddings: HashedEmbeddings) -> None:
    for model in (FAKE_MODEL, "équipe/autre"):
        base = Bench.open(tmp_path, model, embeddings).base("jeu", [CHARTER])
        assert base.model == model
        base.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [FAKE_MODEL, "équipe-autre"]


def test_a_question_is_embedded_once_for_all_runs(tmp_path: Path) -> None:
    inner = CountedQuestions()
    vectors = []
    for _ in range(2):
        library = Library(tmp_path / "questions.sqlite")
        vectors.append(RememberedQuestions(inner, library, "m").embed_query("Une charte ?"))
        library.close()
    assert inner.questions == ["Une charte ?"]
    assert vectors[1] == pytest.approx(vectors[0])


def test_the_referentiel_is_what_a_base_holds_of_it(bench: Bench, base: KnowledgeBase) -> None:
    fiche = replace(CHARTER, id="referentiel/outils/charte.md")
    base.publish([fiche, BRAKES])
    assert read_referentiel(base, bench) == (fiche,)


def test_the_referentiel_brings_its_vectors(bench: Bench, base: KnowledgeBase, embeddings: HashedEmbeddings) -> None:
    base.publish([replace(CHARTER, id="referentiel/outils/charte.md")])
    base.refine()
    embeddings.embedded.clear()
    bench.base("référentiel", read_referentiel(base, bench)).close()
    assert embeddings.embedded == []


def test_a_base_without_the_referentiel_says_what_to_do(bench: Bench, base: KnowledgeBase) -> None:
    base.publish([BRAKES])
    with pytest.raises(EmptyKnowledgeBase, match="python -m ingest"):
        read_referentiel(base, bench)


def test_a_cache_that_cannot_be_made_is_said_in_french(tmp_path: Path, embeddings: HashedEmbeddings) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KnowledgeError, match="--cache"):
        Bench.open(tmp_path / "file", FAKE_MODEL, embeddings)
