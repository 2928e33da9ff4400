import pytest

from ingest.formats.headings import levels, told
from ingest.formats.layout import Paragraph
from ingest.formats.lines import Box, Line


def paragraph(text: str, size: float = 10) -> Paragraph:
    return Paragraph((Line(text, Box(0, 0, 100, size), size),))


TEXT = paragraph("La co-construction demande du temps, une écoute et un cadre clair. " * 5)


def test_each_larger_size_is_a_level() -> None:
    page = [paragraph("Agir", 24), paragraph("Pourquoi", 14), TEXT, paragraph("Comment", 14), TEXT]
    assert levels([page], {}, body=10) == [[1, 2, 0, 2, 0]]


@pytest.mark.parametrize("text", ["12", "Elle se signe à la fin.", "mot " * 60, "- un point à retenir"])
def test_large_letters_that_are_no_title_are_text(text: str) -> None:
    assert levels([[paragraph(text, 14), TEXT, TEXT]], {}, body=10) == [[0, 0, 0]]


def test_where_much_is_large_nothing_is_a_heading() -> None:
    assert levels([[paragraph("Un grand mot sur une affiche", 30), paragraph("et le reste", 10)]], {}, 10) == [[0, 0]]


def test_a_page_in_larger_letters_is_not_made_of_headings() -> None:
    large = [paragraph(f"Une ligne de texte plus grande que le reste, numéro {number}", 12) for number in range(20)]
    assert levels([[TEXT] * 40, large], {}, body=10)[1] == [0] * 20


def test_the_outline_tells_the_level() -> None:
    page = [paragraph("Le  diagnostic", 10), TEXT]
    assert levels([page], {0: {told("Le diagnostic"): 3}}, body=10) == [[3, 0]]
    assert levels([page], {1: {told("Le diagnostic"): 3}}, body=10) == [[0, 0]]
