from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading import read_around
from knowledge import Hit, Passage, Section, Source
from knowledge.sources import slice_source

OPENING = "La charte fixe les engagements.\n\n" + "Un long développement sans fin. " * 40
ITEMS = "\n".join(f"- Le point numéro {n} de la liste se lit en entier." for n in range(12))
TEXT = f"{OPENING}\n\nLa charte compte douze points :\n\n{ITEMS}\n\nLa suite parle d'autre chose."
SOURCE = Source("docs/charte.md", "La charte", TEXT, sections=(Section(0, "La charte"),))


def hit(source: Source, start: int, end: int, score: float = 1.0) -> Hit:
    return Hit(slice_source(source, start, end), score)


def read(hits: Sequence[Hit], *sources: Source) -> list[Hit]:
    return read_around(hits, {source.id: source for source in sources}.get)


def test_a_passage_is_widened_to_whole_lines() -> None:
    start = TEXT.index("compte douze")
    found = read([hit(SOURCE, start, start + 12)], SOURCE)[0].passage
    assert found.text.startswith("Un long développement")
    assert "La charte compte douze points :" in found.text
    assert TEXT[found.end : found.end + 1] == "\n"


@pytest.mark.parametrize("point", [0, 5, 11])
def test_a_list_is_read_whole_from_any_of_its_items_with_the_line_that_announces_it(point: int) -> None:
    start = TEXT.index(f"Le point numéro {point} ")
    found = read([hit(SOURCE, start, start + 10)], SOURCE)[0].passage
    assert "La charte compte douze points :" in found.text
    assert ITEMS in found.text


def test_what_stands_between_two_passages_far_apart_is_not_read() -> None:
    filling = "\n".join(f"Ligne {n}." for n in range(600))
    source = Source("docs/long.md", "", filling)
    places = [filling.index("Ligne 200."), filling.index("Ligne 500.")]
    texts = [h.passage.text for h in read([hit(source, at, at + 10) for at in places], source)]
    assert sum("Ligne 200." in text for text in texts) == sum("Ligne 500." in text for text in texts) == 1
    assert not any("Ligne 350." in text for text in texts)


def test_the_opening_of_a_source_is_read_too_and_weighs_less() -> None:
    start = TEXT.index("La suite")
    first, *others = read([hit(SOURCE, start, len(TEXT), 0.5)], SOURCE)
    opening = others[-1]
    assert opening.passage.start == 0
    assert opening.passage.text.startswith("La charte fixe les engagements.")
    assert first.score == 0.5
    assert opening.score < first.score


def test_the_openings_of_the_three_best_sources_only_are_read() -> None:
    filling = "Un long développement. " * 60
    sources = [Source(f"docs/{n}.md", "", f"Ouverture {n}.\n{filling}\nFin {n}.") for n in range(5)]
    found = read([hit(source, source.text.index("Fin"), len(source.text)) for source in sources], *sources)
    opened = [h.passage.text.split("\n")[0] for h in found if h.passage.start == 0]
    assert opened == ["Ouverture 0.", "Ouverture 1.", "Ouverture 2."]


def test_what_stands_between_two_readings_is_not_lost() -> None:
    """A hit whose list reaches back over an earlier hit is still read to its end."""
    middle = TEXT.index("- Le point numéro 4 ")
    narrow = Hit(Passage("docs/charte.md", "La charte", TEXT[middle : middle + 10], middle), 1.0)
    last = TEXT.index("Le point numéro 11")
    found = read([narrow, hit(SOURCE, last, last + 10)], SOURCE)
    assert any("Le point numéro 11" in h.passage.text for h in found)


@pytest.mark.parametrize("known", [True, False])
def test_what_is_no_longer_in_its_source_stays_as_it_was_found(known: bool) -> None:
    stale = Hit(Passage("docs/charte.md", "La charte", "Des mots d'une version d'avant.", 40), 1.0)
    assert read([stale], *[SOURCE] * known)[0] == stale


def test_nothing_found_is_nothing_read() -> None:
    assert read([], SOURCE) == []


LINES = [
    "",
    "",
    "- Un point de la liste.",
    "2. Un autre point.",
    "Une phrase.",
    "Elle annonce :",
    "Un long texte. " * 30,
]


@st.composite
def found(draw: st.DrawFn) -> tuple[list[Source], list[Hit]]:
    """Slices of up to three sources, apart or one over another, in any order."""
    texts = draw(st.lists(st.lists(st.sampled_from(LINES), min_size=1, max_size=40), min_size=1, max_size=3))
    sources = [Source(f"docs/{n}.md", f"Titre {n}", "\n".join(["Début.", *lines])) for n, lines in enumerate(texts)]
    hits = []
    for at, start, length in draw(st.lists(st.tuples(*[st.integers(0, 2000)] * 3), max_size=6)):
        source = sources[at % len(sources)]
        start %= len(source.text)
        hits.append(hit(source, start, min(len(source.text), start + 1 + length % 400)))
    return sources, hits


@given(found())
def test_all_that_was_found_is_read_once_as_it_stands_in_its_source(given: tuple[list[Source], list[Hit]]) -> None:
    sources, hits = given
    texts = {source.id: source.text for source in sources}
    seen: set[tuple[str, int]] = set()
    for passage in (h.passage for h in read(hits, *sources)):
        assert passage.text == texts[passage.source][passage.start : passage.end]
        places = {(passage.source, at) for at in range(passage.start, passage.end)}
        assert not places & seen
        seen |= places
    for passage in (h.passage for h in hits):
        words = {(passage.source, passage.start + at) for at, char in enumerate(passage.text) if not char.isspace()}
        assert words <= seen
    assert {id for id, _ in seen} <= {h.passage.source for h in hits}
