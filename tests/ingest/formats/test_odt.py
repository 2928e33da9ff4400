import odfdo
import pytest

from ingest import UnreadableFile
from knowledge import Section

from .making import changed, odt, read_odt

TABLE = (
    "<table:table><table:table-row><table:table-cell><text:p>Échelon</text:p></table:table-cell><table:table-cell>"
    "<text:p>Nombre</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell><text:p>Communes"
    "</text:p></table:table-cell><table:table-cell><text:p>34 935</text:p></table:table-cell></table:table-row>"
    "</table:table>"
)
NOTED = (
    '<text:p>Une charte<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
    "<text:note-body><text:p>Loi du 31 juillet 2014.</text:p></text:note-body></text:note> se signe.</text:p>"
)


def test_headings_are_sections() -> None:
    page = read_odt(odt(odfdo.Header(1, "La charte"), odfdo.Paragraph("Texte."), odfdo.Header(2, "Pourquoi")))
    assert page.page_content == "La charte\n\nTexte.\n\nPourquoi"
    assert page.metadata["sections"] == (Section(0, "La charte", 1), Section(19, "Pourquoi", 2))


def test_a_title_is_a_heading() -> None:
    page = read_odt(odt(odfdo.Paragraph("Le guide", style="Title"), odfdo.Paragraph("Texte.")))
    assert page.metadata["sections"] == (Section(0, "Le guide", 1),)
    assert page.metadata["title"] == "Le guide"


def test_lists_keep_their_items() -> None:
    assert (
        read_odt(odt(odfdo.Paragraph("Avant :"), odfdo.List(["un", "deux"]))).page_content == "Avant :\n\n- un\n- deux"
    )


def test_a_table_is_read_row_by_row_under_the_names_of_its_columns() -> None:
    assert read_odt(odt(TABLE)).page_content == "- Échelon : Communes ; Nombre : 34 935"


def test_a_footnote_follows_the_paragraph_that_calls_it() -> None:
    page = read_odt(odt(NOTED, odfdo.Paragraph("Elle dure trois ans.")))
    assert page.page_content == "Une charte se signe.\n\nNote 1 : Loi du 31 juillet 2014.\n\nElle dure trois ans."


def test_spaces_tabs_and_line_breaks_are_spaces() -> None:
    text = '<text:p>Un<text:s text:c="3"/>deux<text:tab/>trois<text:line-break/>quatre</text:p>'
    assert read_odt(odt(text)).page_content == "Un deux trois quatre"


def test_comments_deleted_words_and_tables_of_contents_are_left_out() -> None:
    elements = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>rayé</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>",
        "<text:table-of-content><text:index-body><text:p>Un 3</text:p></text:index-body></text:table-of-content>",
        "<text:p>Texte<office:annotation><text:p>à revoir</text:p></office:annotation> lu.</text:p>",
    )
    assert read_odt(odt(*elements)).page_content == "Texte lu."


def test_a_text_box_follows_the_paragraph_that_it_hangs_on() -> None:
    box = "<draw:frame><draw:text-box><text:p>À retenir.</text:p></draw:text-box></draw:frame>"
    assert read_odt(odt(f"<text:p>Un{box} texte.</text:p>")).page_content == "Un texte.\n\nÀ retenir."


def test_what_the_file_says_of_itself_is_kept() -> None:
    assert (
        read_odt(odt(odfdo.Paragraph("Texte."), title="Guide de la charte")).metadata["title"] == "Guide de la charte"
    )


def test_an_encrypted_document_is_refused() -> None:
    manifest = "<manifest><encryption-data/></manifest>"
    data = changed(odt(odfdo.Paragraph("Texte.")), "META-INF/manifest.xml", manifest)
    with pytest.raises(UnreadableFile, match="mot de passe"):
        read_odt(data)


def test_a_document_whose_body_is_missing_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="abîmé"):
        read_odt(changed(odt(odfdo.Paragraph("Texte.")), "content.xml", "<autre/>"))
