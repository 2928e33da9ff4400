from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from knowledge import Hit, KnowledgeBase, Scope, Source
from knowledge.retrieving import HybridRetriever
from knowledge.sources import Section

from ..fakes import FAKE_MODEL, HashedEmbeddings
from ..strategies import anything, sentences


@pytest.fixture
def retriever(filled: KnowledgeBase) -> HybridRetriever:
    return filled.retriever()


class TestHybridRetriever(RetrieversIntegrationTests):
    """LangChain's own contract."""

    @pytest.fixture(autouse=True)
    def _of_a_base(self, filled: KnowledgeBase) -> None:
        self._filled = filled.retriever()

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return HybridRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        opened = self._filled
        return {"library": opened.library, "index": opened.index, "embeddings": opened.embeddings}

    @property
    def retriever_query_example(self) -> str:
        return "les freins des associations"


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("Quel est le premier frein des associations ?", "corpus/freins.md"),
        ("Combien de maires croient aux alliances ?", "corpus/chiffres.txt"),
        ("charte d'engagements", "corpus/outils.md"),
        ("societe cooperative d'interet collectif", "corpus/page.html"),
        ("Quelle posture pour l'élu ?", "corpus/conditions/posture.md"),
    ],
)
def test_the_passage_that_answers_comes_first(retriever: HybridRetriever, question: str, source: str) -> None:
    assert retriever.search(question).hits[0].passage.source == source


def test_hits_are_verbatim_and_best_first(retriever: HybridRetriever) -> None:
    hits = retriever.search("les associations et la commune").hits
    assert len(hits) > 1
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    for hit in hits:
        source = retriever.source(hit.passage.source)
        assert source is not None
        assert source.text[hit.passage.start : hit.passage.end] == hit.passage.text


def test_documents_carry_the_hits(retriever: HybridRetriever) -> None:
    question = "les freins des associations"
    documents = retriever.invoke(question)
    assert tuple(Hit.from_document(document) for document in documents) == retriever.search(question).hits


@pytest.mark.parametrize("question", ["", " \n", "\u00a0"])
def test_a_blank_question_finds_nothing(retriever: HybridRetriever, question: str) -> None:
    assert retriever.search(question).hits == ()


def test_no_more_hits_than_wanted(retriever: HybridRetriever) -> None:
    assert len(retriever.search("les associations", 2).hits) == 2


def test_one_source_does_not_crowd_out_the_others(base: KnowledgeBase) -> None:
    long = Source("docs/long.md", "Long", "\n\n".join(f"La charte numéro {n} de la commune. " * 25 for n in range(8)))
    base.publish([long, Source("docs/court.md", "Court", "Une charte aussi.")])
    found = [hit.passage.source for hit in base.retriever().search("la charte de la commune", 5).hits]
    assert found.count("docs/long.md") == 3
    assert "docs/court.md" in found


def test_a_new_revision_is_seen_at_the_next_question(base: KnowledgeBase) -> None:
    base.publish([Source("docs/a.md", "Charte", "La charte dure trois ans.")])
    retriever = base.retriever()
    assert retriever.search("charte").hits[0].passage.text == "La charte dure trois ans."
    base.publish([Source("docs/a.md", "Charte", "La charte dure cinq ans.")])
    assert [hit.passage.text for hit in retriever.search("charte").hits] == ["La charte dure cinq ans."]


def test_a_forgotten_source_is_found_no_more(filled: KnowledgeBase) -> None:
    retriever = filled.retriever()
    assert retriever.search("premier frein").hits[0].passage.source == "corpus/freins.md"
    filled.forget("corpus/freins.md")
    assert all(hit.passage.source != "corpus/freins.md" for hit in retriever.search("premier frein").hits)
    assert retriever.source("corpus/freins.md") is None


def test_the_same_words_in_two_sources_are_found_in_both(base: KnowledgeBase) -> None:
    base.publish([Source(f"docs/{name}.md", "Charte", "Une charte se signe.") for name in "ab"])
    found = {hit.passage.source for hit in base.retriever().search("charte").hits}
    assert found == {"docs/a.md", "docs/b.md"}


def test_terms_are_weighed_as_the_base_spells_them(retriever: HybridRetriever) -> None:
    weights = retriever.weights("frien des asociations")
    assert "associ" in weights
    assert all(weight > 0 for weight in weights.values())


def test_a_question_in_english_finds_by_the_french_words_and_the_english_title(base: KnowledgeBase) -> None:
    base.publish(
        [
            Source("docs/a.md", "La subvention", "La subvention se demande chaque année.", aliases=("The grant",)),
            Source("docs/b.md", "La charte", "La charte se signe.", aliases=("Reciprocal promises",)),
            Source("docs/c.md", "Le jardin", "Le jardin se partage."),
        ]
    )
    retriever = base.retriever()
    assert retriever.search("How do we get subsidies?").hits[0].passage.source == "docs/a.md"
    assert retriever.search("What are reciprocal promises?").hits[0].passage.source == "docs/b.md"
    assert "subvent" in retriever.weights("How do we get subsidies?")


def test_other_words_for_the_same_find_what_nothing_else_would(base: KnowledgeBase) -> None:
    base.publish([Source(f"docs/{n}.md", "", text) for n, text in enumerate(("Un bilan obligatoire.", "Un jardin."))])
    assert max(base.retriever().snapshot().bodies.scores("imposer")) == 0
    first, second = base.retriever().search("imposer ?").hits
    assert first.passage.text == "Un bilan obligatoire."
    assert first.score > second.score + 0.09


def test_the_opening_of_a_source_speaks_for_its_other_passages(base: KnowledgeBase) -> None:
    opening = "Le verger communal nourrit la cantine. " * 30
    later = "Il coûte dix euros par an et par arbre. " * 30
    other = opening.replace("verger", "rucher")
    base.publish([Source("docs/a.md", "", f"{other}\n\n{later}"), Source("docs/b.md", "", f"{opening}\n\n{later}")])
    found = [hit.passage for hit in base.retriever().search("Combien coûte le verger ?").hits]
    priced = [passage.source for passage in found if passage.text.startswith("Il coûte")]
    assert priced == ["docs/b.md", "docs/a.md"]


def test_the_nearest_sentence_of_a_passage_speaks_for_it(base: KnowledgeBase) -> None:
    answer, filling = "Le compost nourrit le verger.", "Le compost se mesure. Le verger se taille. Il nourrit."
    base.publish(
        [Source("docs/a.md", "", f"{filling} Elle plante."), Source("docs/b.md", "", f"{answer} On vote ici.")]
    )
    question = "Le compost nourrit-il le verger ?"
    before = {hit.passage.source: hit.score for hit in base.retriever().search(question).hits}
    base.refine()
    after = {hit.passage.source: hit.score for hit in base.retriever().search(question).hits}
    assert after["docs/b.md"] == pytest.approx((before["docs/b.md"] + 0.2) / 1.2)
    assert after["docs/a.md"] == pytest.approx(before["docs/a.md"] / 1.2)


def test_until_all_sentences_found_have_vectors_none_speaks(base: KnowledgeBase) -> None:
    base.publish([Source("docs/a.md", "", "Le compost nourrit le verger.")])
    base.refine()
    base.publish([Source("docs/b.md", "", "Le compost se mesure.")])
    found = base.retriever().search("le compost").hits
    assert {hit.passage.source for hit in found} == {"docs/a.md", "docs/b.md"}
    assert max(hit.score for hit in found) <= 1


def test_a_passage_with_nothing_to_say_leaves_the_others_as_they_are(base: KnowledgeBase) -> None:
    nothing = Source("docs/c.md", "Le compost", "Le compost", sections=(Section(0, "Le compost"),))
    base.publish([Source("docs/a.md", "", "Le compost nourrit."), Source("docs/b.md", "", "Le compost."), nothing])
    base.refine()
    edition = base.retriever().edition()
    digests = {passage.source: passage.digest for passage in edition.snapshot.passages}
    nearest = edition.snapshot.nearest_sentences(edition.embeddings.embed_query("compost"), digests.values())
    assert nearest[digests["docs/c.md"]] is None
    scores = {hit.passage.source: hit.score for hit in edition.search("compost").hits}
    assert scores["docs/b.md"] > scores["docs/a.md"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> HybridRetriever:
    base = KnowledgeBase.create(tmp_path_factory.mktemp("base"), FAKE_MODEL, HashedEmbeddings())
    base.publish([Source(f"docs/{n}.md", f"Fiche {n}", f"La co-construction {n} des élus. " * 60) for n in range(5)])
    return base.retriever()


@settings(max_examples=50)
@given(st.one_of(sentences, anything))
def test_any_question_finds_slices_of_what_was_published(published: HybridRetriever, question: str) -> None:
    findings = published.search(question)
    assert len(findings.hits) <= published.k
    assert len({hit.passage.id for hit in findings.hits}) == len(findings.hits)
    for hit in findings.hits:
        source = published.source(hit.passage.source)
        assert source is not None
        assert source.text[hit.passage.start : hit.passage.end] == hit.passage.text
        assert 0 <= hit.score <= 1 + 1e-6
        assert 0 <= hit.coverage <= 1 + 1e-6
        assert -1 - 1e-6 <= hit.cosine <= 1 + 1e-6


# --- Limits and validity


def test_a_search_may_be_limited(base: KnowledgeBase) -> None:
    text = "La charte de la commune se signe."
    base.publish(
        [
            Source("docs/a.md", "Charte", text, part="Outils", publisher="RTES", date="2016-05"),
            Source("docs/b.md", "Charte", text, part="Freins", publisher="Ville de Nantes", date="2024"),
            Source("docs/c.md", "Charte", f"{text} Encore."),
        ]
    )
    retriever = base.retriever()

    def found(**scope: str) -> set[str]:
        return {hit.passage.source for hit in retriever.search("la charte", scope=Scope(**scope)).hits}

    assert found() == {"docs/a.md", "docs/b.md", "docs/c.md"}
    assert found(part="outils") == found(publisher="rtes") == found(until="2020") == {"docs/a.md"}
    assert found(since="2020") == {"docs/b.md"}
    assert found(source="docs/c.md") == {"docs/c.md"}
    assert found(part="Glossaire") == set()


def test_the_limit_comes_before_the_ranking(base: KnowledgeBase) -> None:
    """However many others are nearer: what is admitted is compared one by one."""
    near = [Source(f"docs/{n}.md", "", f"La charte de la commune {n}.") for n in range(300)]
    base.publish([*near, Source("docs/loin.md", "", "Un verger nourrit parfois la cantine.", part="Territoires")])
    findings = base.retriever().search("la charte de la commune", scope=Scope(part="Territoires"))
    (hit,) = findings.hits
    assert hit.passage.source == "docs/loin.md"
    vectors = HashedEmbeddings()
    near_to = np.dot(vectors.embed_query(hit.passage.indexed_text), vectors.embed_query("la charte de la commune"))
    assert hit.cosine == findings.cosine == pytest.approx(near_to, abs=1e-5)


def test_one_document_alone_may_fill_the_hits(base: KnowledgeBase) -> None:
    long = Source("docs/long.md", "Long", "\n\n".join(f"La charte numéro {n} de la commune. " * 25 for n in range(8)))
    base.publish([long, Source("docs/court.md", "Court", "Une charte aussi.")])
    found = base.retriever().search("la charte", 5, Scope(source="docs/long.md")).hits
    assert [hit.passage.source for hit in found] == ["docs/long.md"] * 5


def test_what_is_over_comes_behind_what_takes_its_place_from_that_day_on(base: KnowledgeBase) -> None:
    threshold = "Le schéma des achats responsables est obligatoire au-dessus de {} millions d'euros d'achats par an."
    base.publish(
        [
            Source("docs/ancien.md", "Le seuil du schéma", threshold.format(100), valid_until="2023-12-31"),
            Source("docs/neuf.md", "Le schéma", threshold.format(50) + " C'est la loi.", valid_from="2024-01-01"),
        ]
    )

    def first(question: str, day: date) -> str:
        return base.retriever(today=lambda: day).search(question).hits[0].passage.source

    assert first("Le seuil du schéma, 100 millions d'euros ?", date(2024, 1, 1)) == "docs/neuf.md"
    assert first("Le seuil du schéma, 50 millions ? C'est la loi ?", date(2023, 12, 31)) == "docs/ancien.md"
    assert first("Quel était le seuil ? C'est la loi ?", date(2024, 1, 1)) == "docs/ancien.md"
