from collections.abc import Sequence

import pytest

from ingest import UnreadableFile
from ingest.formats import ocr
from knowledge import Section

from .making import Drawn, column, pdf, picture, read_pdf, scan

FIRST = (
    "La co-construction associe une collec-",
    "tivité et des associations du territoire",
    "autour d’un projet, dans une démarche de",
    "confiance réciproque et durable.",
)
SECOND = (
    "Elle demande du temps, une écoute, et un",
    "cadre clair. Une démarche de co-",
    "construction ne s’improvise pas : elle se",
    "prépare avec tous, à parts égales.",
)


def text_of(*pages: Sequence[Drawn]) -> str:
    return "\n\n".join(page.page_content for page in read_pdf(pdf(*pages)))


def test_the_lines_of_a_paragraph_are_joined_and_cut_words_with_them() -> None:
    assert text_of(column(72, 700, *FIRST)) == (
        "La co-construction associe une collectivité et des associations du territoire autour d’un projet, dans une "
        "démarche de confiance réciproque et durable."
    )


def test_a_compound_word_keeps_its_hyphen_where_the_document_writes_it_so() -> None:
    text = text_of([*column(72, 700, *FIRST), *column(72, 600, *SECOND)])
    assert "Une démarche de co-construction ne s’improvise pas" in text
    assert "une collectivité et des associations" in text


@pytest.mark.parametrize("interleaved", [False, True])
def test_columns_are_read_one_after_the_other(interleaved: bool) -> None:
    left, right = column(72, 700, *FIRST), column(320, 700, *SECOND)
    drawn = [line for pair in zip(left, right, strict=True) for line in pair] if interleaved else [*right, *left]
    text = text_of([(72, 760, 20, "La co-construction dans les territoires"), *drawn])
    places = [text.index(words) for words in ("dans les territoires", "La co-construction associe", "Elle demande")]
    assert places == sorted(places)
    assert "à parts égales." in text
    assert "confiance réciproque et durable." in text


def test_each_page_is_a_document() -> None:
    pages = read_pdf(pdf(column(72, 700, *FIRST), column(72, 700, *SECOND)))
    assert [page.page_content[:16] for page in pages] == ["La co-constructi", "Elle demande du "]


def test_a_word_that_a_page_cuts_stands_whole_on_the_first() -> None:
    first, second = read_pdf(
        pdf(column(72, 700, "Les associations et la", "com-"), column(72, 700, "mune se", "rencontrent"))
    )
    assert (first.page_content, second.page_content) == (
        "Les associations et la commune",
        "se rencontrent",
    )


def test_running_heads_feet_and_page_numbers_are_left_out() -> None:
    pages = [
        [(72, 810, 8, "Guide de la co-construction"), *column(72, 700, *FIRST), (290, 30, 8, f"page {number}")]
        for number in (7, 8, 9)
    ]
    assert "Guide" not in text_of(*pages)
    assert "page" not in text_of(*pages)
    assert text_of(*pages).count("confiance réciproque") == 3


def test_the_head_of_a_single_page_stays() -> None:
    assert text_of([(72, 810, 8, "Guide de la co-construction"), *column(72, 700, *FIRST)]).startswith("Guide de la")


def test_larger_letters_are_headings_by_their_sizes() -> None:
    page = [
        (72, 780, 24, "Agir ensemble"),
        (72, 740, 14, "Le diagnostic"),
        *column(72, 710, *FIRST, *FIRST),
        (72, 580, 14, "La charte"),
        *column(72, 550, *SECOND, *SECOND),
    ]
    (read,) = read_pdf(pdf(page))
    sections: tuple[Section, ...] = read.metadata["sections"]
    assert [(section.title, section.level) for section in sections] == [
        ("Agir ensemble", 1),
        ("Le diagnostic", 2),
        ("La charte", 2),
    ]
    for section in sections:
        assert read.page_content.startswith(section.title, section.start)


def test_the_outline_tells_a_heading_that_has_the_size_of_the_text() -> None:
    drawn = [*column(72, 700, *FIRST), (72, 600, 10, "Le diagnostic partagé"), *column(72, 560, *SECOND)]
    (read,) = read_pdf(pdf(drawn, outline={0: "Le diagnostic partagé"}))
    assert [section.title for section in read.metadata["sections"]] == ["Le diagnostic partagé"]
    (read,) = read_pdf(pdf(drawn))
    assert read.metadata["sections"] == ()


def test_items_of_a_list_stand_each_on_its_line() -> None:
    drawn = column(72, 700, "Ils apportent :", "• leur expertise et leur", "connaissance des besoins ;", "• du temps.")
    assert text_of(drawn) == ("Ils apportent :\n\n- leur expertise et leur connaissance des besoins ;\n- du temps.")


def test_what_the_file_says_of_itself_is_kept_where_it_is_plausible() -> None:
    (read,) = read_pdf(pdf(column(72, 700, *FIRST), title="Guide de la co-construction", author="Le RTES"))
    assert (read.metadata["title"], read.metadata["publisher"]) == ("Guide de la co-construction", "Le RTES")
    (read,) = read_pdf(pdf(column(72, 700, *FIRST), title="Microsoft Word - v3_def.doc", author="user12"))
    assert (read.metadata["title"][:19], read.metadata["publisher"]) == ("La co-construction ", "")


def test_the_title_is_what_the_first_page_shows_in_the_words_of_the_name_of_the_file() -> None:
    page = [(72, 780, 24, "OUTILS"), (72, 740, 18, "La révision coopérative"), *column(72, 700, *FIRST, *SECOND)]
    assert read_pdf(pdf(page))[0].metadata["title"] == "OUTILS"
    assert read_pdf(pdf(page), "la_revision_cooperative.pdf")[0].metadata["title"] == "La révision coopérative"


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_text_set_on_its_side_is_read_as_it_is_written(turned: int) -> None:
    drawn = [*column(42, 500, *FIRST), *column(310, 500, *SECOND)]
    assert read_pdf(pdf(drawn, turned=turned))[0].page_content == text_of(drawn)


def test_words_off_the_page_are_left_out() -> None:
    assert text_of([(700, 400, 10, "Hors du papier"), *column(72, 700, *FIRST)]).count("papier") == 0


def test_a_pdf_that_asks_for_a_password_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="mot de passe"):
        read_pdf(pdf(column(72, 700, *FIRST), password="secret"))


def test_a_pdf_that_anyone_may_open_is_read() -> None:
    assert "confiance réciproque" in read_pdf(pdf(column(72, 700, *FIRST), password=""))[0].page_content


@pytest.mark.parametrize("data", [b"%PDF-1.4\n%%EOF", b"%PDF-1.7 tronqu", b"pas un pdf"])
def test_a_damaged_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile, match="abîmé ou incomplet"):
        read_pdf(data)


def test_an_empty_page_has_no_text() -> None:
    with pytest.raises(UnreadableFile, match="ne contient aucun texte"):
        read_pdf(pdf([]))


@pytest.mark.skipif(not ocr.is_installed(), reason="tesseract with French is not installed")
def test_a_scanned_page_is_recognised() -> None:
    (read,) = read_pdf(scan(picture("La collectivité et les associations\ncoopèrent dans la durée.")))
    assert read.page_content == "La collectivité et les associations coopèrent dans la durée."


@pytest.mark.skipif(ocr.is_installed(), reason="tesseract is installed: scans are read")
def test_a_scan_without_tesseract_is_refused_with_what_to_install() -> None:
    with pytest.raises(UnreadableFile, match=r"OCR nécessaire.*tesseract-ocr-fra"):
        read_pdf(scan(picture("La collectivité et les associations")))


def test_scanned_pages_that_are_not_read_are_told() -> None:
    """More than are recognised here, with tesseract or without it."""
    pages = read_pdf(scan(picture("La collectivité"), pages=ocr.MOST_PAGES + 1, after=column(72, 700, *FIRST)))
    (remark,) = pages[0].metadata["remarks"]
    assert remark.startswith("Pages 1, 2, 3")
    assert "OCR nécessaire" in remark
    assert "confiance réciproque" in pages[-1].page_content


def test_a_scan_of_many_pages_is_refused() -> None:
    with pytest.raises(UnreadableFile, match=r"60 au plus sont reconnues ici|OCR nécessaire"):
        read_pdf(scan(picture("La collectivité"), pages=ocr.MOST_PAGES + 1))


def test_a_thousand_pages_are_read() -> None:
    pages = read_pdf(pdf(*([*column(72, 700, *FIRST), (290, 30, 8, str(number))] for number in range(1, 1001))))
    assert len(pages) == 1000
    assert pages[999].page_content == pages[0].page_content
