import pytest

from assistant import Assistant
from assistant.evaluation.absenting import REFUSED, Without, let_through
from knowledge.retrieving import HybridRetriever

DRAWBACK = "Quel est le premier frein d'un jardin partagé ?"
FREINS = "jardins/freins.md"


def test_what_is_left_out_is_never_found(searcher: HybridRetriever) -> None:
    without = Without(searcher.edition(), {FREINS}, 8)
    assert FREINS in {hit.passage.source for hit in searcher.search(DRAWBACK).hits}
    found = without.search(DRAWBACK)
    assert found.hits
    assert FREINS not in {hit.passage.source for hit in found.hits}
    assert FREINS not in {source.id for source in without.sources()}


def test_what_is_left_comes_less_near_and_its_best_is_the_best(searcher: HybridRetriever) -> None:
    edition = searcher.edition()
    found = Without(edition, {FREINS}, 8).search(DRAWBACK)
    assert found.hits[0].score == 1
    assert edition.nearness(found) < edition.nearness(edition.search(DRAWBACK))


def test_with_nothing_left_there_is_no_answer(searcher: HybridRetriever) -> None:
    edition = searcher.edition()
    without = Without(edition, {source.id for source in edition.sources()}, 8)
    assert without.search(DRAWBACK).hits == ()
    assert Assistant(without).answer(DRAWBACK).is_abstention


def test_an_answer_without_a_source_does_not_cite_it(searcher: HybridRetriever) -> None:
    answer = Assistant(Without(searcher.edition(), {FREINS}, 8)).answer(DRAWBACK)
    assert FREINS not in {citation.passage.source for citation in answer.citations}


def test_the_curve_tells_what_each_share_of_refusals_lets_through() -> None:
    curve = let_through([float(n) for n in range(100)], [5.0, 15.0, 50.0, -1.0])
    assert [share for share, _ in curve] == list(REFUSED)
    assert [passed for _, passed in curve] == [0.75, 0.75, 0.5, 0.25]


@pytest.mark.parametrize(("answerable", "absent"), [([], [1.0]), ([1.0], [])])
def test_no_questions_draw_no_curve(answerable: list[float], absent: list[float]) -> None:
    assert let_through(answerable, absent) == []
