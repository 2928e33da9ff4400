"""The façade of the formats: every type, real documents, documents of our own and what they read as, damaged ones."""

import contextlib
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from ingest import IngestError, UnreadableFile, UnsupportedFormat
from ingest.formats import DOCX, MIME_TYPES, ODT, PARSERS, READER, parse

from ...conftest import CORPUS
from . import making

HERE = Path(__file__).parents[2]
SHARED = Path(__file__).parents[4] / "shared" / "documents"
FILES = sorted(path for path in (HERE / "corpus").iterdir() if path.suffix in MIME_TYPES)
BINARY = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


def blob_of(path: Path) -> Blob:
    return Blob.from_data(path.read_bytes(), mime_type=MIME_TYPES[path.suffix], path=str(path))


def shown(pages: list[Document]) -> str:
    """What was read, to compare with a golden file."""
    out = []
    for number, page in enumerate(pages, 1):
        told = {name: page.metadata.get(name) or "–" for name in ("title", "publisher", "date", "url")}
        sections = [f"{section.level} {section.title}" for section in page.metadata.get("sections", ())]
        out.append(f"== {number} {told}\n== {sections}\n{page.page_content}\n")
    return "\n".join(out)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_document_reads_as_its_golden_text(path: Path) -> None:
    """To change one on purpose: python -m tests.corpus.make."""
    assert shown(parse(blob_of(path))) == (HERE / "golden" / f"{path.name}.txt").read_text(encoding="utf-8")


def test_every_format_has_a_golden_text() -> None:
    assert {path.suffix for path in FILES} >= {".md", ".txt", ".html", ".pdf", ".docx", ".odt"}


@pytest.mark.parametrize("mime_type", [None, "application/zip", "image/png"])
def test_a_format_without_a_parser_is_refused(mime_type: str | None) -> None:
    with pytest.raises(UnsupportedFormat, match="donnez du Markdown, du texte, du HTML, un PDF, un DOCX ou un ODT"):
        parse(Blob.from_data("texte", mime_type=mime_type))


def test_what_servers_add_to_a_type_is_ignored() -> None:
    (page,) = parse(Blob.from_data(CORPUS["page.html"], mime_type="Text/HTML; charset=utf-8"))
    assert page.metadata["title"] == "Les SCIC en France"


def test_a_file_of_a_hundred_megabytes_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="dépasse 100 Mo"):
        parse(Blob.from_data(b"a" * 100_000_001, mime_type="text/plain"))


def test_the_version_of_the_reader_names_its_libraries() -> None:
    assert all(name in READER for name in ("pypdfium2=", "mammoth=", "odfdo=", "trafilatura="))


@pytest.mark.parametrize("mime_type", PARSERS)
@pytest.mark.parametrize("data", [BINARY, b"\0\0\0\0abc\0\0\0def", b"\xff" * 100])
def test_what_is_not_of_its_type_is_refused(mime_type: str, data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"Encodage inconnu|n'est pas|abîmé"):
        parse(Blob.from_data(data, mime_type=mime_type))


@pytest.mark.parametrize("mime_type", ["text/markdown", "text/plain"])
@pytest.mark.parametrize("text", ["", " \n\n\t", "\ufeff"])
def test_a_document_without_text_is_refused(mime_type: str, text: str) -> None:
    with pytest.raises(UnreadableFile, match="ne contient aucun texte"):
        parse(Blob.from_data(text, mime_type=mime_type))


@pytest.mark.parametrize("mime_type", PARSERS)
@settings(max_examples=60)
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_are_read_or_refused(mime_type: str, data: bytes) -> None:
    with contextlib.suppress(IngestError):
        pages = parse(Blob.from_data(data, mime_type=mime_type))
        assert any(page.page_content.strip() for page in pages)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_document_is_read_or_refused(path: Path, seed: int) -> None:
    chance = random.Random(f"{path.name} {seed}")
    data = bytearray(path.read_bytes())
    for _ in range(chance.choice((1, 5, 50))):
        data[chance.randrange(len(data))] = chance.randrange(256)
    if seed % 3 == 0:
        del data[chance.randrange(len(data)) :]
    with contextlib.suppress(IngestError):
        pages = parse(Blob.from_data(bytes(data), mime_type=MIME_TYPES[path.suffix]))
        assert any(page.page_content.strip() for page in pages)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("mime_type", [DOCX, ODT])
def test_a_document_whose_xml_is_shuffled_is_read_or_refused(mime_type: str, seed: int) -> None:
    """What a random byte would spoil for the archive's own checks reaches the libraries here."""
    chance = random.Random(seed)
    name, suffix = ("word/document.xml", "docx") if mime_type == DOCX else ("content.xml", "odt")
    data = (HERE / "corpus" / f"guide.{suffix}").read_bytes()
    tags = making.part(data, name).split("<")
    for _ in range(chance.choice((1, 3))):
        at = chance.randrange(3, len(tags))
        tags[at] = chance.choice((tags[at].replace("w:", "x:", 1), "a/>", tags[at].replace("text:", "table:", 1)))
    with contextlib.suppress(IngestError):
        parse(Blob.from_data(making.changed(data, name, "<".join(tags)), mime_type=mime_type))


# What must come of each awkward document; of the others, a text of some length.
AWKWARD = {
    "bomb_giant.pdf": "GIANT JBIG2 BOMB",
    "bug1020226.pdf": "abîmé ou incomplet",
    "bug1868759.pdf": "Le vérificateur d’avis de Firefox est une fonctionnalité qui vous aide à prendre des décisions",
    "copy_paste_ligatures.pdf": "abcdeffffiflffiffl",
    "empty_protected.pdf": "ne contient aucun texte",
    "footnotes.docx": "Note 1 : snoska",
    "imagemagick-images.pdf": "ne contient aucun texte|OCR nécessaire",
    "issue7454.pdf": "Garanties couvertes par le contrat conseillé",
    "libreoffice-form.odt": "Example for a Form",
    "libreoffice-writer-password.pdf": "mot de passe",
    "pdflatex-forms.pdf": "Submit",
    "rotated.pdf": "Rotated text",
    "scan-bad.pdf": "pdf.js|OCR nécessaire|ne contient aucun texte",
    "testODFwithOOo3.odt": "This is a rather difficult test document, with interesting features.",
    "testODTEncrypted.odt": "mot de passe",
    "testODTNoMeta.odt": "Test text",
    "testODTnotaZipFile.odt": "n'est pas un document OpenDocument",
    "testStyles.odt": "- One\n- Two\n- Three",
    "testWORD_no_format.docx": "This is a piece of text",
    "testWORD_numbered_list.docx": "1. This\n  1. Is\n    1. A multi",
    "testWORD_protected_passtika.docx": "mot de passe",
    "testWORD_truncated.docx": "abîmé ou incomplet",
}
REAL = sorted(path for path in SHARED.rglob("*") if path.is_file())


@pytest.mark.skipif(not REAL, reason="../shared is not there: real documents are not read")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_a_real_document_is_read_or_refused_with_the_right_sentence(path: Path) -> None:
    try:
        pages = parse(blob_of(path))
        told = "\n\n".join(page.page_content for page in pages)
        assert path.name in AWKWARD or (len(told) > 1000 and pages[0].metadata["title"])
    except IngestError as error:
        told = str(error)
    wanted = AWKWARD.get(path.name, "")
    assert any(part in told for part in wanted.split("|"))


@pytest.mark.skipif(not REAL, reason="../shared is not there: real documents are not read")
def test_real_columns_are_read_in_order_with_their_words_whole() -> None:
    pages = parse(blob_of(SHARED / "scic" / "la_revision_cooperative.pdf"))
    assert (
        "La révision coopérative est un acte obligatoire, positif et fort de la gouvernance coopérative.\n\n"
        "Définie par les articles 25-1 à 25-5 de la loi n° 47-1775 du 10 septembre 1947 et les décrets n° 2015-706 du "
        "22 juin 2015 et 2015-800 du 1er juillet 2015, la révision coopérative doit permettre"
    ) in pages[0].page_content
    assert not any("Guide SCIC Sports" in page.page_content for page in pages)
    assert (pages[0].metadata["title"], pages[0].metadata["date"]) == ("La révision coopérative", "2018-10-06")
