import gc
from collections.abc import Iterator

import pytest

from knowledge.sparing import lasting


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    was_enabled = gc.isenabled()
    gc.enable()
    yield
    if not was_enabled:
        gc.disable()


def test_no_cycle_is_searched_for_until_the_last_of_what_lasts_is_made() -> None:
    with lasting():
        with lasting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_cycles_are_searched_for_again_where_the_making_failed() -> None:
    with pytest.raises(ValueError, match="raté"), lasting():
        raise ValueError("raté")
    assert gc.isenabled()


def test_a_process_that_searches_for_no_cycle_is_left_at_that() -> None:
    gc.disable()
    with lasting():
        pass
    assert not gc.isenabled()
