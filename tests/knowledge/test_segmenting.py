import re
from itertools import pairwise

import pytest
from hypothesis import given

from knowledge.segmenting import Block, Kind, lists, segment

from ..strategies import texts

BULLET = re.compile(r"^[^\S\n]*(?:[-•*–—]|\d{1,2}[.)])(?=\s)", re.MULTILINE)


@given(texts)
def test_sentences_are_in_order_and_never_overlap(text: str) -> None:
    ranges = [span for block in segment(text) for span in block.sentences]
    assert all(start < end for start, end in ranges)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))


@given(texts)
def test_sentences_stand_in_their_block_and_blocks_in_order(text: str) -> None:
    blocks = segment(text)
    assert all(block.start <= start and end <= block.end for block in blocks for start, end in block.sentences)
    assert all(before.end <= after.start for before, after in pairwise(blocks))


@given(texts)
def test_sentences_hold_every_character_but_blanks_and_bullets(text: str) -> None:
    held = {at for block in segment(text) for span in block.sentences for at in range(*span)}
    bullets = {at for match in BULLET.finditer(text) for at in range(*match.span())}
    left_out = {at for at, char in enumerate(text) if not char.isspace()} - held
    assert left_out <= bullets


@given(texts)
def test_no_sentence_begins_or_ends_with_a_blank(text: str) -> None:
    found = [text[slice(*span)] for block in segment(text) for span in block.sentences]
    assert found == [sentence.strip() for sentence in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Un. Deux ! Trois ?", ["Un.", "Deux !", "Trois ?"]),
        ("Née en 2014. Elle dure.", ["Née en 2014.", "Elle dure."]),
        ("Les élus (maires). Les autres.", ["Les élus (maires).", "Les autres."]),
        ("L’art. 5 de la loi. M. Dupont dit oui.", ["L’art. 5 de la loi.", "M. Dupont dit oui."]),
        ("Il dit : « Oui. Non. » Elle part.", ["Il dit : « Oui. Non. »", "Elle part."]),
        ("Éléonore écoute. Été comme hiver.", ["Éléonore écoute.", "Été comme hiver."]),
        ("Le taux est de 3.5 points.", ["Le taux est de 3.5 points."]),
    ],
)
def test_french_sentences_are_told_apart(text: str, expected: list[str]) -> None:
    assert _sentences(text) == expected


def test_list_items_lose_their_bullets_and_keep_their_lead() -> None:
    text = "Trois freins :\n\n- le temps ;\n- la culture ;\n1. l’argent."
    assert [(block.kind, text[block.start : block.end]) for block in segment(text)] == [
        (Kind.PARAGRAPH, "Trois freins :"),
        (Kind.ITEM, "le temps ;"),
        (Kind.ITEM, "la culture ;"),
        (Kind.ITEM, "l’argent."),
    ]


def test_lines_cut_by_the_page_are_one_paragraph() -> None:
    text = "La co-construction demande du temps\net de la confiance entre les\nacteurs du territoire."
    assert _sentences(text) == [text]


def test_a_line_without_a_stop_reads_as_a_heading() -> None:
    assert [block.kind for block in segment("Les freins\n\nLe temps manque.")] == [Kind.HEADING, Kind.PARAGRAPH]


def test_a_known_heading_is_one_whatever_its_form() -> None:
    text = "Pourquoi co-construire ?\n\nPour décider mieux."
    assert [block.kind for block in segment(text)] == [Kind.PARAGRAPH, Kind.PARAGRAPH]
    assert [block.kind for block in segment(text, headings=(0,))] == [Kind.HEADING, Kind.PARAGRAPH]


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\u00a0\n"])
def test_a_blank_text_has_no_block(text: str) -> None:
    assert segment(text) == ()


def _sentences(text: str) -> list[str]:
    blocks: tuple[Block, ...] = segment(text)
    return [text[slice(*span)] for block in blocks for span in block.sentences]


def test_a_list_has_the_block_above_it_and_all_its_items() -> None:
    text = "- Seul.\n\nLes freins :\n\n- Le temps.\n- Le droit.\n\nLes leviers :\n\n- La loi.\n\nRien ici."
    found = [
        (text[lead.start : lead.end], [text[item.start : item.end] for item in items])
        for lead, items in lists(segment(text))
    ]
    assert found == [("Les freins :", ["Le temps.", "Le droit."]), ("Les leviers :", ["La loi."])]
