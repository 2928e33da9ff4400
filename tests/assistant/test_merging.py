from dataclasses import replace

import pytest

from assistant.merging import merged, relative
from knowledge import Findings, Hit, Passage


def findings(*scores: tuple[int, float], cosine: float = 0.0, coverage: float = 0.0) -> Findings:
    hits = tuple(Hit(Passage(f"docs/{n}.md", "", f"Texte {n}.", 0), score) for n, score in scores)
    return Findings(hits, cosine, coverage)


def test_what_both_searches_found_comes_first() -> None:
    both = merged(findings((1, 1.0), (2, 0.8)), findings((3, 1.0), (2, 0.7)))
    assert [hit.passage.source for hit in both.hits] == ["docs/2.md", "docs/1.md"]
    assert both.hits[0].score == 1.0


def test_the_nearest_of_two_searches_says_how_near_they_come() -> None:
    both = merged(findings((1, 1.0), cosine=0.9, coverage=0.1), findings((2, 1.0), cosine=0.8, coverage=0.5))
    assert (both.cosine, both.coverage) == (0.9, 0.5)


def test_scores_are_shares_of_the_best_one() -> None:
    assert [hit.score for hit in relative(findings((1, 0.8), (2, 0.4)).hits)] == [1.0, 0.5]
    assert relative(()) == ()
    assert [hit.score for hit in relative(findings((1, 0.0)).hits)] == [0.0]


@pytest.mark.parametrize("other", [Findings(), findings((1, 0.0))])
def test_two_searches_that_found_nothing_are_merged_too(other: Findings) -> None:
    assert merged(Findings(), other).hits == other.hits
    assert merged(other, replace(other)).hits == other.hits
