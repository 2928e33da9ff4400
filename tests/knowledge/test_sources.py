import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import Hit, Passage, Reference, Section, Source, Support
from knowledge.sources import slice_source

from ..strategies import sources

A = Reference("S01", "RTES", "Retour", "2016-12-10", "https://example.org/a")
B = Reference("S02", "Le RAMEAU", "Le référentiel", "2016", "https://example.org/b")


_LEVELS = (("Les freins", 2), ("En droit", 3), ("Les leviers", 2))


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    source = draw(sources())
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(source.text))] * 2)))
    return slice_source(source, start, end)


@given(sources())
def test_a_source_goes_into_json_and_back(source: Source) -> None:
    assert Source.from_json(source.to_json()) == source


@given(passages())
def test_a_passage_goes_into_a_document_and_back(passage: Passage) -> None:
    assert Passage.from_document(passage.to_document()) == passage


@given(passages(), st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1))
def test_a_hit_goes_into_a_document_and_back(passage: Passage, score: float, cosine: float, coverage: float) -> None:
    hit = Hit(passage, score, cosine, coverage)
    assert Hit.from_document(hit.to_document()) == hit


@given(passages())
def test_a_document_says_in_plain_values_what_its_passage_is(passage: Passage) -> None:
    document = passage.to_document()
    assert (document.page_content, document.id) == (passage.text, passage.id)
    assert all(value is None or isinstance(value, str | int | float) for value in document.metadata.values())


@given(sources(), st.data())
def test_a_passage_is_a_verbatim_slice(source: Source, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(source.text))] * 2)))
    passage = slice_source(source, start, end)
    assert passage.text == source.text[passage.start : passage.end]
    assert passage.id == f"{source.id}#{start}-{end}"


@given(sources(), st.data())
def test_a_slice_rests_on_what_its_characters_rest_on(source: Source, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(source.text))] * 2)))
    passage = slice_source(source, start, end)
    for at in range(len(passage.text)):
        there = {s.reference for s in source.supports if s.start <= start + at < s.end}
        assert set(passage.references(at, at + 1)) == there


@pytest.mark.parametrize("name", list(Source.__dataclass_fields__))
def test_the_digest_changes_with_every_field(name: str) -> None:
    source = Source("docs/a.md", "Titre", "Un texte.")
    other: dict[str, object] = {
        "keywords": ("mot",),
        "aliases": ("Title",),
        "pages": (0, 4),
        "sections": (Section(0, "Titre"),),
        "supports": (Support(0, 2, A),),
    }
    changed = replace(source, **{name: other.get(name, "autre")})  # type: ignore[arg-type]
    assert changed.digest != source.digest
    assert replace(changed, **{name: getattr(source, name)}).digest == source.digest


def test_a_source_kept_before_there_were_aliases_has_none() -> None:
    source = Source("docs/a.md", "Titre", "Un texte.")
    record = json.loads(source.to_json())
    del record["aliases"]
    assert Source.from_json(json.dumps(record)) == source


def test_equal_words_under_an_equal_title_have_an_equal_digest_wherever_they_stand() -> None:
    first = Passage("docs/a.md", "Titre", "Les mots.\n\n", 0)
    assert first.digest == Passage("docs/b.md", "Titre", "Les mots.", 120, section="Fin").digest
    assert first.digest != Passage("docs/a.md", "Autre titre", "Les mots.\n\n", 0).digest


def test_pages_are_counted_from_one() -> None:
    source = Source("a", "", "page une, page deux", pages=(0, 10))
    assert [source.page_at(offset) for offset in (0, 9, 10, 18)] == [1, 1, 2, 2]


def test_a_source_without_pages_has_no_page() -> None:
    assert Source("a", "", "texte").page_at(2) is None


@given(st.integers(0, 90))
def test_each_word_of_a_slice_has_the_section_and_the_page_that_it_has_in_its_source(start: int) -> None:
    text = "Elle sert.\n\nLes freins\n\nLe temps manque.\n\nEn droit\n\nLe code dit.\n\nLes leviers\n\nSe former."
    sections = tuple(Section(text.index(title), title, level) for title, level in _LEVELS)
    source = Source("a", "Fiche", text, sections=sections, pages=(0, 30, 60))
    passage = slice_source(source, start, len(text))
    for at in range(len(passage.text)):
        assert passage.section_at(at) == source.section_at(start + at).split(" › ")[-1]
        assert passage.page_at(at) == source.page_at(start + at)


def test_a_section_is_the_path_of_the_headings_above() -> None:
    sections = (Section(5, "Un", 1), Section(10, "Deux", 2), Section(20, "Trois", 3), Section(30, "Quatre", 2))
    source = Source("a", "", "x" * 40, sections=sections)
    assert [source.section_at(offset) for offset in (0, 5, 12, 25, 35)] == [
        "",
        "Un",
        "Un › Deux",
        "Un › Deux › Trois",
        "Un › Quatre",
    ]


def test_references_come_once_each_in_the_order_of_their_first_mention() -> None:
    supports = (Support(0, 5, B), Support(0, 5, A), Support(6, 9, B))
    passage = Passage("a", "", "x" * 10, 0, supports=supports)
    assert passage.references(0, 10) == (B, A)
    assert passage.references(6, 10) == (B,)
    assert passage.references(5, 6) == ()
