import pytest

from knowledge import Source
from knowledge.records import Passages, Records
from knowledge.sources import slice_source

ONE, OTHER = Source("docs/a.md", "Un", "Début. Suite."), Source("docs/b.md", "Deux", "")


def records(ends: dict[str, int]) -> Records:
    made = [(source.id, source.to_json().encode()) for source in (ONE, OTHER)]
    return Records(made, ends, lambda: ValueError("abîmé"))


def test_sources_are_those_of_their_records() -> None:
    held = records({ONE.id: 13})
    assert (len(held), list(held), ONE.id in held, "docs/c.md" in held) == (2, [ONE.id, OTHER.id], True, False)
    assert held == {ONE.id: ONE, OTHER.id: OTHER}


def test_a_source_is_made_once() -> None:
    held = records({ONE.id: 13})
    assert held[ONE.id] is held[ONE.id]


@pytest.mark.parametrize("ends", [{}, {ONE.id: 12}, {ONE.id: 14}])
def test_a_text_that_does_not_end_with_its_passages_is_refused_whenever_it_is_asked_for(ends: dict[str, int]) -> None:
    held = records(ends)
    assert held[OTHER.id] == OTHER
    for _ in range(2):
        with pytest.raises(ValueError, match="abîmé"):
            held[ONE.id]


def test_passages_are_slices_of_their_sources() -> None:
    passages = Passages({ONE.id: ONE}, ((ONE.id, 0, 7, "x"), (ONE.id, 7, 13, "y")))
    both = [slice_source(ONE, 0, 7), slice_source(ONE, 7, 13)]
    assert (list(passages), len(passages), list(passages[1:])) == (both, 2, both[1:])
