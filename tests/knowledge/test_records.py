import pytest

from knowledge import Source
from knowledge.records import Passages, Records
from knowledge.sources import slice_source
from knowledge.splitting import split

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


def partition(sources: list[Source]) -> Passages:
    pieces = [passage for source in sources for passage in split(source, 100)]
    ranges = [(piece.source, piece.start, piece.end, piece.digest) for piece in pieces]
    return Passages({source.id: source for source in sources}, ranges)


def test_a_slice_lies_on_every_passage_that_it_touches_and_on_no_other() -> None:
    sources = [Source(name, "", "".join(f"Phrase {n} du texte. " for n in range(40))) for name in "abc"]
    passages = partition(sources)
    for source in sources:
        for start in range(0, len(source.text) - 50, 37):
            wide = slice_source(source, start, start + 50)
            touched = [p for p in passages if p.source == source.id and p.start < wide.end and p.end > start]
            assert passages.beneath([wide]) == touched


def test_what_several_slices_touch_comes_once() -> None:
    source = Source("a", "", "Une phrase. " * 40)
    passages = partition([source])
    whole = slice_source(source, 0, len(source.text))
    assert passages.beneath([whole, slice_source(source, 10, 20)]) == list(passages)
    assert passages.beneath([slice_source(Source("b", "", "Autre."), 0, 6)]) == []
