import os
import signal
import sys
from collections.abc import Iterator

import pytest
from langchain_core.documents.base import Blob

from ingest import UnreadableFile, UnsupportedFormat
from ingest.formats import DOCX, HTML, MARKDOWN, PDF, parse
from ingest.isolating import Reader, parse_apart
from knowledge import Section

from ..conftest import CORPUS, POSTURE
from .formats.making import column, docx, paragraph, pdf

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the memory of a process")


def blob(text: str | bytes, mime_type: str = HTML) -> Blob:
    return Blob.from_data(text, mime_type=mime_type, path="document")


PAGE = blob(CORPUS["page.html"])


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader()
    yield reader
    reader.close()


def read(reader: Reader, blob: Blob, seconds: int = 60, megabytes: int = 1024) -> str:
    return reader.parse(blob, seconds, megabytes)[0].page_content


def test_a_page_read_apart_is_the_page_that_is_read(reader: Reader) -> None:
    data = pdf(
        [(72, 780, 24, "Agir ensemble"), *column(72, 700, "La charte engage chacun. " * 4)],
        column(72, 700, "Elle se signe pour trois ans."),
    )
    (first, second), expected = reader.parse(blob(data, PDF), 60, 1024), parse(blob(data, PDF))
    assert [first.page_content, second.page_content] == [page.page_content for page in expected]
    assert first.metadata == expected[0].metadata
    assert first.metadata["sections"] == (Section(0, "Agir ensemble", 1),)


def test_every_metadata_of_a_fiche_travels(reader: Reader) -> None:
    (page,) = reader.parse(blob(POSTURE, MARKDOWN), 60, 1024)
    (expected,) = parse(blob(POSTURE, MARKDOWN))
    assert page.metadata == expected.metadata | {"remarks": ()}


def test_what_cannot_be_read_is_refused_as_it_is_here(reader: Reader) -> None:
    for refused in (blob("", HTML), blob(b"%PDF-1.4", PDF), blob("x", "image/png")):
        with pytest.raises((UnreadableFile, UnsupportedFormat)) as here:
            parse(refused)
        with pytest.raises(here.type) as apart:
            reader.parse(refused, 60, 1024)
        assert str(apart.value) == str(here.value)


def test_one_child_reads_file_after_file(reader: Reader) -> None:
    read(reader, PAGE)
    child = reader.pid
    read(reader, PAGE)
    assert (reader.pid, child) == (child, child)
    assert child not in (None, os.getpid())


def test_the_encoding_that_a_server_says_travels(reader: Reader) -> None:
    data = CORPUS["page.html"].replace("associe", "à l’œuvre associe").encode("cp1252")
    page = Blob.from_data(data, mime_type=HTML, metadata={"charset": "windows-1252"})
    assert "à l’œuvre associe" in read(reader, page)


def test_small_plain_texts_are_read_here() -> None:
    (page,) = parse_apart(blob("# Un\n\nTexte.", MARKDOWN))
    assert page.page_content == "Un\n\nTexte."


# A document of 60,000 paragraphs.
HEAVY = blob(docx(paragraph("La charte est signée.") * 60_000), DOCX)


@linux
def test_a_file_that_takes_too_long_is_refused_and_the_next_is_read(reader: Reader) -> None:
    with pytest.raises(UnreadableFile, match="plus de 1 s de calcul"):
        reader.parse(HEAVY, 1, 4096)
    assert "coopérative" in read(reader, PAGE)


@linux
def test_a_file_that_takes_too_much_memory_is_refused_and_the_next_is_read(reader: Reader) -> None:
    with pytest.raises(UnreadableFile, match="plus de 300 Mo de mémoire"):
        reader.parse(HEAVY, 60, 300)
    assert "coopérative" in read(reader, PAGE)


def test_a_child_that_was_killed_is_replaced(reader: Reader) -> None:
    read(reader, PAGE)
    killed = reader.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert "coopérative" in read(reader, PAGE)
    assert reader.pid != killed


def test_a_child_sees_no_secret_of_the_parent(reader: Reader) -> None:
    read(reader, PAGE)
    if not os.path.isdir("/proc"):
        pytest.skip("no /proc: the environment of a process cannot be seen")
    with open(f"/proc/{reader.pid}/environ", "rb") as file:
        names = {entry.partition(b"=")[0].decode() for entry in file.read().split(b"\0") if entry}
    assert names <= {"PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TESSDATA_PREFIX", "PYTHONPATH"}
