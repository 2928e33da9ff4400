from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Citation
from assistant.clipping import clipped, excerpt
from knowledge import Passage

PASSAGE = Passage(source="a.md", title="Les conditions", text="", start=0)
QUOTE = "LA CITATION"
SENTENCE = "Le conseil municipal vote chaque année le budget du jardin partagé. "
ITEM = "- Une personne anime le jardin partagé toute l'année scolaire.\n"

texts = st.lists(st.sampled_from([SENTENCE, ITEM, "1. ", "\n", "\n\n", "Un titre\n\n", "mot ", "x" * 300])).map("".join)


def around(before: str, after: str) -> tuple[str, str]:
    passage = replace(PASSAGE, text=before + QUOTE + after)
    return clipped(Citation(1, passage, len(before), len(before) + len(QUOTE)))


def led(text: str) -> str:
    return excerpt(replace(PASSAGE, text=text))


def test_what_is_short_is_whole() -> None:
    assert around(SENTENCE, "\n\n" + ITEM) == (SENTENCE, "\n\n" + ITEM.strip())
    assert led(SENTENCE) == SENTENCE.strip()


def test_what_is_long_is_cut_between_sentences() -> None:
    before, after = around(SENTENCE * 9, " " + SENTENCE * 9)
    assert before == "… " + SENTENCE * 3
    assert after == " " + (SENTENCE * 3).strip() + "\u00a0…"
    assert led(SENTENCE * 9) == (SENTENCE * 7).strip() + "\u00a0…"


def test_a_sentence_without_end_is_cut_between_words() -> None:
    before, after = around("mot " * 500, " mot" * 500)
    assert {*before.split(), *after.split()} == {"…", "mot"}
    assert len(before) + len(after) < 500


@pytest.mark.parametrize("bullet", ["1. ", "- ", "12) "])
def test_no_bullet_is_left_alone_at_the_end(bullet: str) -> None:
    """« 1. … » tells of an item that is not there."""
    announced = "x" * 230 + " :\n\n"
    _, after = around("", announced + bullet + "y" * 400)
    assert after == announced.strip() + "\u00a0…"


def test_no_heading_is_left_alone_at_the_end() -> None:
    _, after = around("", " " + SENTENCE * 3 + "\n\nLes freins\n\n" + SENTENCE * 3)
    assert after.endswith("partagé.\u00a0…")


def test_an_item_begins_with_its_bullet() -> None:
    before, _ = around(ITEM * 9, "")
    assert before == "…\n" + ITEM * 3


@given(texts, texts)
def test_nothing_is_shown_that_is_not_in_the_source(before: str, after: str) -> None:
    shown_before, shown_after = around(before, after)
    assert before.lstrip().endswith(shown_before.removeprefix("…\n").removeprefix("… "))
    assert after.rstrip().startswith(shown_after.removesuffix("\u00a0…"))
    assert max(len(shown_before), len(shown_after)) <= 250
