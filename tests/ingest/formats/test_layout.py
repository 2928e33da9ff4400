from ingest.formats.layout import joined_words, read
from ingest.formats.lines import Box, Line, Sheet

WIDTH = 5


def line(text: str, left: float, bottom: float, size: float = 10) -> Line:
    return Line(text, Box(left, bottom, left + WIDTH * len(text), bottom + size), size)


def texts(*lines: Line) -> list[str]:
    return [paragraph.text for paragraph in read(Sheet(595, 842, lines))]


def test_lines_close_together_are_a_paragraph() -> None:
    assert texts(
        line("La charte fixe les engagements", 72, 700),
        line("de chacun des partenaires.", 72, 688),
        line("Elle se signe pour trois ans.", 72, 660),
    ) == ["La charte fixe les engagements\nde chacun des partenaires.", "Elle se signe pour trois ans."]


def test_a_line_set_in_begins_a_paragraph() -> None:
    assert texts(
        line("La charte fixe les engagements", 72, 700),
        line("de chacun des partenaires, tous.", 72, 688),
        line("Elle se signe pour trois ans et", 90, 676),
    ) == ["La charte fixe les engagements\nde chacun des partenaires, tous.", "Elle se signe pour trois ans et"]


def test_a_line_that_had_room_for_the_next_word_ends_its_paragraph() -> None:
    assert texts(
        line("Les statuts", 72, 700),
        line("Rédiger les documents administratifs", 72, 688),
    ) == ["Les statuts", "Rédiger les documents administratifs"]


def test_a_sentence_goes_on_in_the_next_column() -> None:
    assert texts(
        line("La charte fixe les engagements", 72, 112),
        line("que les partenaires ont pris et", 72, 100),
        line("qu'ils tiendront ensemble.", 320, 700),
        line("Elle se signe pour trois ans.", 320, 600),
    ) == [
        "La charte fixe les engagements\nque les partenaires ont pris et\nqu'ils tiendront ensemble.",
        "Elle se signe pour trois ans.",
    ]


def test_a_table_drawn_row_by_row_is_read_row_by_row() -> None:
    cells = [
        line("Étape", 72, 700),
        line("Durée", 320, 700),
        line("Diagnostic", 72, 650),
        line("Trois mois", 320, 650),
    ]
    assert texts(*cells) == ["Étape", "Durée", "Diagnostic", "Trois mois"]


def test_a_page_drawn_from_its_foot_is_read_from_its_head() -> None:
    lines = [line(f"Ligne numéro {number} du texte", 72, 700 - 30 * number) for number in range(5)]
    assert texts(*reversed(lines)) == texts(*lines)


def test_the_marks_of_lists_are_dashes() -> None:
    assert texts(line("▪ un", 72, 700), line("• deux", 72, 688), line("– trois", 72, 676)) == [
        "- un",
        "- deux",
        "- trois",
    ]


def test_nothing_is_read_from_an_empty_page() -> None:
    assert texts() == []
    assert joined_words([[], read(Sheet(595, 842, (line("mune", 72, 700),)))])[0] == []
