import io
import zipfile

import pytest

from ingest.formats import DOCX, ODT, PDF
from ingest.places.kinds import charset_of, mime_type_of


def zipped(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, ODT if name == "mimetype" else "x")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("header", "path", "data", "kind"),
    [
        ("text/html; charset=utf-8", "/a.pdf", b"%PDF-1.7", "text/html"),
        ("Application/PDF", "/a", b"", PDF),
        ("application/xhtml+xml", "/a", b"", "text/html"),
        ("image/png", "/a.html", b"", "image/png"),
        ("text/plain", "/a.md", b"", "text/markdown"),
        ("text/plain", "/a", b"", "text/plain"),
        ("application/octet-stream", "/Guide.PDF", b"", PDF),
        ("application/octet-stream", "/a", b"\n%PDF-1.4", PDF),
        ("", "/a", b"\xef\xbb\xbf <!DOCTYPE html><p>", "text/html"),
        ("", "/a", zipped("mimetype", "content.xml"), ODT),
        ("", "/a", zipped("[Content_Types].xml", "word/document.xml"), DOCX),
        ("application/zip", "/a.zip", zipped("a.txt"), None),
        ("", "/a", b"\x00\x01", None),
    ],
)
def test_the_server_then_the_name_then_the_bytes_say_the_kind(
    header: str, path: str, data: bytes, kind: str | None
) -> None:
    assert mime_type_of(header, path, data) == kind


@pytest.mark.parametrize(
    ("header", "charset"),
    [
        ("text/html; charset=ISO-8859-1", "iso-8859-1"),
        ('text/html; charset="utf-8"; x=y', "utf-8"),
        ("text/html", ""),
        ("text/html; charset=", ""),
    ],
)
def test_a_header_may_name_an_encoding(header: str, charset: str) -> None:
    assert charset_of(header) == charset
