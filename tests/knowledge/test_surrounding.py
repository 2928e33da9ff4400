import numpy as np
import pytest

from knowledge.surrounding import Surroundings, surround

VECTORS = {"Charte": [1.0, 0.0], "Charter": [0.0, 1.0], "": [0.6, 0.8]}
# Of three sources; the second has no passage.
NAMES, COUNTS = [("Charte", "Charter"), ("Charte",), ("",)], [2, 0, 1]


def embed_titles(titles: list[str]) -> list[list[float]]:
    return [VECTORS[title] for title in titles]


def embed_openings(sources: list[int]) -> list[list[float]]:
    return [[[0.8, 0.6], [0.0, 0.0], [0.6, 0.8]][at] for at in sources]


@pytest.fixture
def around() -> Surroundings:
    return surround(NAMES, COUNTS, embed_titles, embed_openings)


def test_a_shared_title_counts_for_less_and_a_missing_one_for_nothing(around: Surroundings) -> None:
    assert around.shares.tolist() == [0.5, 0.5, 0.0]


def test_a_passage_is_raised_by_its_title_and_its_opening(around: Surroundings) -> None:
    raised = around.raised({1: 0.5}, [1.0, 0.0], 0.4, 0.3)
    assert raised == pytest.approx({1: (0.5 + 0.2 * 1 + 0.3 * 0.8) / 1.5})


def test_a_passage_alone_in_its_source_is_its_own_opening(around: Surroundings) -> None:
    assert around.raised({2: 0.5}, [1.0, 0.0], 0.4, 0.3) == pytest.approx({2: 0.5})
    assert len(around.openings) == 1


def test_the_nearest_of_its_titles_counts(around: Surroundings) -> None:
    raised = around.raised({0: 0.5}, [0.0, 1.0], 0.4, 0.0)
    assert raised == pytest.approx({0: (0.5 + 0.2 * 1) / 1.2})


def test_without_weights_a_passage_keeps_its_cosine(around: Surroundings) -> None:
    assert around.raised({2: 0.25, 0: 0.5}, [1.0, 0.0], 0.0, 0.0) == {2: 0.25, 0: 0.5}


def test_nothing_near_is_nothing_raised(around: Surroundings) -> None:
    assert around.raised({}, [1.0, 0.0], 0.4, 0.3) == {}


def test_no_source_has_no_surroundings() -> None:
    assert surround([], [], embed_titles, embed_openings).shares.shape == (0,)
    alone = surround(NAMES[1:2], [0], embed_titles, embed_openings)
    assert alone.raised({}, [1.0, 0.0], 1.0, 1.0) == {}


def test_vectors_are_kept_in_single_precision(around: Surroundings) -> None:
    assert around.titles.dtype == around.openings.dtype == np.float32
