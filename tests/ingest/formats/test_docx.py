import pytest

from ingest import UnreadableFile
from knowledge import Section

from .making import core, docx, note_mark, paragraph, read_docx, table


def test_headings_are_sections() -> None:
    page = read_docx(docx(paragraph("La charte", "Titre1") + paragraph("Texte.") + paragraph("Pourquoi", "Titre2")))
    assert page.page_content == "La charte\n\nTexte.\n\nPourquoi"
    assert page.metadata["sections"] == (Section(0, "La charte", 1), Section(19, "Pourquoi", 2))


def test_a_title_is_a_heading_and_a_table_of_contents_is_left_out() -> None:
    page = read_docx(docx(paragraph("Le guide", "Titre") + paragraph("La charte ....... 3", "TM1") + paragraph("Un.")))
    assert page.page_content == "Le guide\n\nUn."
    assert page.metadata["sections"] == (Section(0, "Le guide", 1),)


def test_lists_keep_their_bullets_and_their_numbers() -> None:
    items = paragraph("un", listed=1) + paragraph("deux", listed=1)
    numbers = paragraph("lire", listed=2) + paragraph("écrire", listed=2)
    page = read_docx(docx(paragraph("Avant :") + items + paragraph("puis :") + numbers))
    assert page.page_content == "Avant :\n\n- un\n- deux\n\npuis :\n\n1. lire\n2. écrire"


def test_a_table_is_read_row_by_row_under_the_names_of_its_columns() -> None:
    page = read_docx(docx(table(("Échelon", "Nombre"), ("Communes", "34 935"), ("Régions", "18"))))
    assert page.page_content == "- Échelon : Communes ; Nombre : 34 935\n- Échelon : Régions ; Nombre : 18"


def test_a_footnote_follows_the_paragraph_that_calls_it() -> None:
    body = paragraph(f"Une charte{note_mark(1)} se signe.") + paragraph("Elle dure trois ans.")
    page = read_docx(docx(body, notes=["Loi du 31 juillet 2014."]))
    assert page.page_content == "Une charte se signe.\n\nNote 1 : Loi du 31 juillet 2014.\n\nElle dure trois ans."


def test_what_the_file_says_of_itself_is_kept() -> None:
    page = read_docx(docx(paragraph("Texte."), core=core("Guide de la charte", "Le RTES", "2016-12-10T09:00:00Z")))
    named = [page.metadata[name] for name in ("title", "publisher", "date")]
    assert named == ["Guide de la charte", "Le RTES", "2016-12-10"]


def test_a_document_without_a_title_has_its_first_heading_or_line() -> None:
    assert read_docx(docx(paragraph("Avant.") + paragraph("La charte", "Titre1"))).metadata["title"] == "La charte"
    assert read_docx(docx(paragraph("Avant."))).metadata["title"] == "Avant."


def test_macros_pictures_and_objects_are_left_alone() -> None:
    more = {"word/vbaProject.bin": "Sub AutoOpen()", "word/embeddings/oleObject1.bin": "objet"}
    assert read_docx(docx(paragraph("Texte."), more=more)).page_content == "Texte."


def test_a_document_whose_parts_are_missing_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="abîmé"):
        read_docx(docx(paragraph("Texte."), more={"word/document.xml": "<autre/>"}))
