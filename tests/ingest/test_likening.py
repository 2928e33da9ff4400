import re

import pytest

from ingest.likening import alike, sketch
from knowledge.markdown import render, split_front_matter
from knowledge.settings import REFERENTIEL

TEXTS = {
    path.stem: render(split_front_matter(path.read_text(encoding="utf-8"))[1]).text
    for path in sorted(REFERENTIEL.rglob("*.md"))
}
SCIC = TEXTS["scic"]


def laid_out_otherwise(text: str) -> str:
    """In narrow lines, hyphenated, in capitals, without accents on them, under a running head."""
    lines = re.findall(r".{1,60}(?:\s|$)|\S+", text.upper().translate(str.maketrans("ÉÈÊÀÂÇÎÔÙÛ", "EEEAACIOUU")))
    pages = ["\n".join(lines[at : at + 20]) for at in range(0, len(lines), 20)]
    return "".join(f"GUIDE DES COOPÉRATIVES\n{page}\n{number}\n" for number, page in enumerate(pages, 1))


def found(texts: dict[str, str], new: set[str]) -> list[tuple[str, str]]:
    sketches = {id: sketch(text) for id, text in texts.items()}
    return [(pair.id, pair.other) for pair in alike(sketches, new)]


def test_the_same_text_in_two_layouts_is_found() -> None:
    other = laid_out_otherwise(SCIC)
    assert found({**TEXTS, "guide.pdf": other}, {"guide.pdf"}) == [("guide.pdf", "scic")]


def test_the_same_text_is_shared_whole() -> None:
    sketches = {"a": sketch(SCIC), "b": sketch(SCIC)}
    assert [pair.share for pair in alike(sketches, {"b"})] == [1.0]


def test_a_pair_is_told_once() -> None:
    assert found({"a": SCIC, "b": SCIC}, {"a", "b"}) == [("a", "b")]


def test_only_what_is_new_is_compared() -> None:
    assert found({"a": SCIC, "b": SCIC, "c": TEXTS["strasbourg"]}, {"c"}) == []


def test_no_two_fiches_of_the_referentiel_are_alike() -> None:
    assert found(TEXTS, set(TEXTS)) == []


@pytest.mark.parametrize("text", ["", "Un texte trop court."])
def test_a_short_text_is_not_compared(text: str) -> None:
    assert found({"a": text, "b": text}, {"a", "b"}) == []


def test_a_hyphen_at_the_end_of_a_line_changes_nothing() -> None:
    assert sketch(SCIC) == sketch(SCIC.replace("coopérative", "coopéra-\ntive"))
