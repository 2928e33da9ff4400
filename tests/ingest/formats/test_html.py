import pytest
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from ingest import UnreadableFile
from ingest.formats import HTML, parse

from ...conftest import CORPUS


def page_of(text: str | bytes) -> Document:
    (page,) = parse(Blob.from_data(text, mime_type=HTML))
    return page


def test_the_main_text_of_a_page_is_read_without_its_menus() -> None:
    page = page_of(CORPUS["page.html"])
    assert "La société coopérative d’intérêt collectif associe" in page.page_content
    assert "Accueil" not in page.page_content
    assert page.metadata["title"] == "Les SCIC en France"


def test_the_metadata_of_a_page_are_read() -> None:
    head = (
        '<title>Les SCIC</title><meta property="og:site_name" content="RTES">'
        '<meta property="article:published_time" content="2016-12-10">'
        '<link rel="canonical" href="https://example.org/scic">'
    )
    page = page_of(CORPUS["page.html"].replace("<title>Les SCIC en France</title>", head))
    assert [page.metadata[name] for name in ("publisher", "date", "url")] == [
        "RTES",
        "2016-12-10",
        "https://example.org/scic",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "windows-1252", "iso-8859-15"])
def test_a_page_is_read_in_the_encoding_that_it_declares(encoding: str) -> None:
    text = CORPUS["page.html"].replace("<head>", f'<head><meta charset="{encoding}">').replace("’", "'")
    assert "La société coopérative d'intérêt collectif" in page_of(text.encode(encoding)).page_content


def test_a_page_that_is_wrong_about_its_encoding_is_read_all_the_same() -> None:
    text = CORPUS["page.html"].replace("<head>", '<head><meta charset="utf-8">').replace("’", "'")
    assert "coopérative" in page_of(text.encode("cp1252")).page_content


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "http://[", ""])
def test_an_address_that_is_none_of_the_web_is_not_kept(address: str) -> None:
    head = f'<head><link rel="canonical" href="{address}"><meta property="og:url" content="{address}">'
    assert page_of(CORPUS["page.html"].replace("<head>", head)).metadata["url"] == ""


@pytest.mark.parametrize("text", ["", "<html></html>", "<html><body><script>x()</script></body></html>", "<<<>>>"])
def test_a_page_without_text_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFile, match="Aucun texte principal"):
        page_of(text)


def test_a_page_of_more_than_ten_megabytes_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="dépasse 10 Mo"):
        page_of(b"<p>" + b"a" * 10_000_000)
