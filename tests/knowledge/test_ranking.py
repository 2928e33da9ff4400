import bm25s
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from knowledge.analysing import terms
from knowledge.ranking import LexicalIndex, best, fuse

from ..strategies import sentences

TEXTS = [
    "La co-construction demande du temps et de la confiance.",
    "Le premier frein des associations est le manque de temps.",
    "Une charte fixe les engagements de la commune.",
    "En 2016, 87 % des maires croient aux alliances.",
    "La société coopérative d’intérêt collectif associe usagers et salariés.",
]
scores = st.integers(0, 1000).map(float)
rankings = st.lists(st.dictionaries(st.integers(0, 20), scores, min_size=1), min_size=1, max_size=4)


@settings(max_examples=40)
@given(st.lists(sentences, min_size=1, max_size=8), sentences)
def test_scores_are_those_of_bm25s_on_the_same_terms(texts: list[str], question: str) -> None:
    corpus = [terms(text) for text in texts]
    known = {term for document in corpus for term in document}
    query = [term for term in terms(question) if term in known]
    assume(query and [term for term in terms(question) if term not in known] == [])
    reference = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    reference.index(corpus, show_progress=False)
    np.testing.assert_array_equal(LexicalIndex(texts).scores(question), reference.get_scores(query))


@given(st.lists(sentences, min_size=1, max_size=8), sentences)
def test_no_text_is_worth_more_than_the_ideal_one(texts: list[str], question: str) -> None:
    index = LexicalIndex(texts)
    assert index.scores(question).max() <= index.ideal(question) * (1 + 1e-6)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Quels freins pour les associations ?", 1),
        ("charte d'engagement", 2),
        ("Combien de maires en 2016 ?", 3),
        ("cooperative interet collectif", 4),
        ("la coconstruction", 0),
        ("les asociations et leurs frein", 1),
        ("coopértaive", 4),
    ],
)
def test_the_text_that_answers_comes_first(question: str, first: int) -> None:
    assert int(LexicalIndex(TEXTS).scores(question).argmax()) == first


@pytest.mark.parametrize("question", ["", "de la", "photosynthèse", "???", "2017"])
def test_a_question_without_a_known_term_scores_nothing(question: str) -> None:
    assert not LexicalIndex(TEXTS).scores(question).any()


@pytest.mark.parametrize("texts", [[], ["", " ", "de la"]])
def test_texts_without_terms_score_nothing(texts: list[str]) -> None:
    assert LexicalIndex(texts).scores("les freins").tolist() == [0.0] * len(texts)


def test_a_number_is_never_guessed() -> None:
    assert "2016" not in LexicalIndex(TEXTS).query_terms("en 2017")


def test_a_common_word_that_no_text_holds_is_not_taken_for_a_slip() -> None:
    index = LexicalIndex(["Les erreurs à éviter."])
    assert not index.scores("une fuite sous un évier").any()
    assert index.scores("les erreurs à éviterr").any()


@pytest.mark.parametrize(("question", "is_found"), [("le SMIC horaire", False), ("le smic", True), ("LE SMIC", True)])
def test_an_acronym_is_not_taken_for_another_unless_all_is_in_capitals(question: str, is_found: bool) -> None:
    assert LexicalIndex(["La SCIC est une coopérative."]).scores(question).any() == is_found


def test_a_rare_term_is_worth_more_than_a_frequent_one() -> None:
    index = LexicalIndex(TEXTS)
    rare, frequent, unknown = (index.idf(terms(word)[0]) for word in ("charte", "temps", "photosynthèse"))
    assert frequent < rare < unknown


@given(rankings, st.data())
def test_what_all_rankings_put_first_is_first(rankings: list[dict[int, float]], data: st.DataObject) -> None:
    winner = data.draw(st.sampled_from(sorted(rankings[0])))
    rankings = [ranking | {winner: 1001.0} for ranking in rankings]
    weights = data.draw(st.lists(st.floats(0.1, 1), min_size=len(rankings), max_size=len(rankings)))
    assert next(iter(fuse(rankings, weights))) == winner


@given(rankings)
def test_the_fusion_holds_each_item_once_best_first(rankings: list[dict[int, float]]) -> None:
    fused = fuse(rankings, [1 / len(rankings)] * len(rankings))
    assert fused.keys() == set().union(*rankings)
    assert list(fused.values()) == sorted(fused.values(), reverse=True)
    assert all(0 <= score <= 1 + 1e-9 for score in fused.values())


@given(rankings, st.integers(1, 9), st.integers(-9, 9))
def test_the_scale_of_a_ranking_does_not_matter(rankings: list[dict[int, float]], factor: int, shift: int) -> None:
    weights = [1.0] * len(rankings)
    stretched = [{item: score * factor + shift for item, score in ranking.items()} for ranking in rankings]
    assert fuse(stretched, weights) == pytest.approx(fuse(rankings, weights))


def test_equal_scores_are_ordered_by_place() -> None:
    assert list(fuse([{3: 1.0, 1: 1.0}, {2: 1.0}], [0.5, 0.5])) == [1, 2, 3]


def test_nothing_fused_is_nothing() -> None:
    assert fuse([{}, {}], [0.5, 0.5]) == {}


def test_the_best_scores_are_positive_and_in_order() -> None:
    assert best(np.array([0.0, 2.0, 3.0, 2.0, -1.0], dtype=np.float32), 3) == {2: 3.0, 1: 2.0, 3: 2.0}
    assert list(best(np.array([0.0, 2.0, 3.0], dtype=np.float32), 9)) == [2, 1]


@given(st.lists(st.integers(-2, 5)), st.integers(1, 9))
def test_the_best_scores_are_those_of_sorting_them_all(scores: list[int], count: int) -> None:
    whole = sorted(((score, -at) for at, score in enumerate(scores) if score > 0), reverse=True)[:count]
    assert list(best(np.array(scores, np.float32), count).items()) == [(-at, score) for score, at in whole]
