from hypothesis import given
from hypothesis import strategies as st

from knowledge import Section, Source
from knowledge.splitting import SIZE, split

from ..strategies import sources

PARAGRAPH = "Une phrase de trente lettres. " * 9 + "Fin."


@given(sources(), st.integers(20, 400))
def test_passages_partition_their_source(source: Source, size: int) -> None:
    passages = split(source, size)
    assert "".join(passage.text for passage in passages) == source.text
    assert [passage.start for passage in passages] == [0, *(passage.end for passage in passages)][: len(passages)]
    assert all(passage.text for passage in passages)


@given(sources())
def test_the_same_source_is_always_split_the_same_way(source: Source) -> None:
    assert split(source) == split(source)


def test_an_empty_source_has_no_passage() -> None:
    assert split(Source("a", "", "")) == []


def test_a_short_source_is_one_passage() -> None:
    assert [passage.text for passage in split(Source("a", "", "Une phrase.\n\nUne autre."))] == [
        "Une phrase.\n\nUne autre."
    ]


def test_passages_are_cut_between_paragraphs_before_they_overflow() -> None:
    passages = split(Source("a", "", "\n\n".join([PARAGRAPH] * 20)))
    assert len(passages) > 4
    assert all(len(passage.text) <= SIZE and passage.text.strip().endswith("Fin.") for passage in passages)
    assert all(passage.text.startswith("Une phrase") for passage in passages)


def test_a_paragraph_too_long_is_cut_after_a_sentence() -> None:
    passages = split(Source("a", "", "Une phrase de trente lettres. " * 100))
    assert len(passages) > 2
    assert all(len(passage.text) <= SIZE and passage.text.rstrip().endswith(".") for passage in passages)


def test_a_heading_opens_a_passage_rather_than_end_one() -> None:
    before = "\n\n".join([PARAGRAPH] * 4) + "\n\n"
    text = f"{before}Un intertitre\n\n{PARAGRAPH}"
    passages = split(Source("a", "", text, sections=(Section(len(before), "Un intertitre", 2),)))
    assert [passage.text.startswith("Un intertitre") for passage in passages] == [False, True]
