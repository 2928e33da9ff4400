from ingest.formats.blocks import Block, note, rows, tidy, written
from knowledge import Section


def test_paragraphs_are_parted_by_an_empty_line_and_items_by_a_line_end() -> None:
    text, _ = written([Block("Un."), Block("a", mark="- "), Block("b", mark="- "), Block("Deux.")])
    assert text == "Un.\n\n- a\n- b\n\nDeux."


def test_a_heading_is_a_section_where_it_stands() -> None:
    text, sections = written([Block("Un."), Block(" "), Block("Le  titre", level=2)])
    assert sections == (Section(5, "Le titre", 2),)
    assert text[5:] == "Le titre"


def test_a_table_without_names_of_columns_keeps_its_cells() -> None:
    assert [block.text for block in rows([["12", "34"], ["56", ""]], headed=False)] == ["12 ; 34", "56"]


def test_a_row_longer_than_the_names_keeps_all_its_cells() -> None:
    assert [block.text for block in rows([["Nom", "Rôle"], ["Une", "élue", "2026"]], headed=True)] == [
        "Nom : Une ; Rôle : élue ; 2026"
    ]


def test_an_empty_table_or_note_is_nothing() -> None:
    assert list(rows([["", " "]], headed=False)) == []
    assert written([note("1", " ")]) == ("", ())


def test_no_break_spaces_stay() -> None:
    assert tidy(" 23\u202f000\n €\u00a0 : ") == "23\u202f000 €\u00a0 :"
