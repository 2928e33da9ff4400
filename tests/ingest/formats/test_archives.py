import io
import struct
import zipfile

import pytest

from ingest import UnreadableFile
from ingest.formats.archives import checked

from .making import archive

KIND = "document Word (.docx)"


def check(data: bytes) -> bytes:
    return checked(data, KIND, needed="a.xml")


def test_an_ordinary_archive_passes() -> None:
    data = archive({"a.xml": "<a/>", "image.png": b"\x89PNG"})
    assert check(data) == data


@pytest.mark.parametrize(
    ("xml", "message"),
    [
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "entités XML"),
        ('<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>', "entités XML"),
        ('<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>', "entités XML"),
        ("<a>" * 300 + "</a>" * 300, "imbriqués"),
        ("<a>", "abîmé ou incomplet"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_that_reaches_out_or_unfolds_is_refused(xml: str, message: str, encoding: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        check(archive({"a.xml": xml.encode(encoding)}))


def test_an_archive_that_unfolds_into_too_much_is_refused_before_it_is_opened() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a.xml", b" " * 51_000_000)
    assert len(buffer.getvalue()) < 60_000
    with pytest.raises(UnreadableFile, match="démesuré"):
        check(buffer.getvalue())


def test_an_archive_that_lies_about_its_size_unfolds_no_further_than_it_says() -> None:
    data = archive({"a.xml": "<a>" + " " * 100_000 + "</a>"})
    said = struct.pack("<I", 100_007)
    assert data.count(said) == 2
    with pytest.raises(UnreadableFile, match="abîmé ou incomplet"):
        check(data.replace(said, struct.pack("<I", 10)))


def test_an_archive_without_the_part_that_makes_it_one_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="n'est pas un document Word"):
        check(archive({"b.xml": "<b/>"}))


def test_a_locked_archive_is_refused() -> None:
    data = bytearray(archive({"a.xml": "<a/>"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    with pytest.raises(UnreadableFile, match="mot de passe"):
        check(bytes(data))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "n'est pas un document Word"),
        (b"du texte", "n'est pas un document Word"),
        (b"PK\x03\x04 coup", "abîmé ou incomplet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "ancien format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "mot de passe"),
    ],
)
def test_what_is_not_an_archive_is_refused_with_what_to_do(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        check(data)
