"""Adapter: the zip archive that an office document is, checked before a library opens it."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from ..errors import UnreadableFile

MOST_MEGABYTES = 300
MOST_XML_MEGABYTES = 50
_MOST_PARTS = 10_000
_DEEPEST = 200
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = 0x1


def checked(data: bytes, kind: str, needed: str) -> bytes:
    """
    The same bytes, if they are a zip archive of bearable size, whose `needed` part is there and whose XML parts,
    well formed, define no entity. `kind` says what was hoped for: "document Word (.docx)". Raises UnreadableFile.
    """
    damaged = f"Ce {kind} est abîmé ou incomplet : ouvrez-le, réenregistrez-le (ou retéléchargez-le), puis relancez."
    if data.startswith(_OLE):
        raise UnreadableFile(_old_or_locked(data, kind))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _bearable(archive, kind)
            if needed not in archive.namelist():
                raise UnreadableFile(f"Ce fichier n'est pas un {kind} : enregistrez-le dans ce format, puis relancez.")
            for part, xml in _xml_parts(archive, kind):
                if part == "META-INF/manifest.xml" and b"encryption-data" in xml:
                    raise UnreadableFile(_locked(kind))
                _harmless(xml, kind)
    except zipfile.BadZipFile as error:
        if data.startswith(b"PK"):
            raise UnreadableFile(damaged) from error
        raise UnreadableFile(
            f"Ce fichier n'est pas un {kind}, ou il est abîmé : réenregistrez-le dans ce format, puis relancez."
        ) from error
    # The zip module lets many errors of a damaged archive through.
    except (OSError, EOFError, ValueError, KeyError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise UnreadableFile(damaged) from error
    except expat.ExpatError as error:
        raise UnreadableFile(damaged) from error
    return data


def _bearable(archive: zipfile.ZipFile, kind: str) -> None:
    """Judged by what the archive announces; the zip module reads no more of a part than that."""
    parts = archive.infolist()
    if any(part.flag_bits & _ENCRYPTED for part in parts):
        raise UnreadableFile(_locked(kind))
    xml = sum(part.file_size for part in parts if _is_xml(part.filename))
    if (
        len(parts) > _MOST_PARTS
        or sum(part.file_size for part in parts) > MOST_MEGABYTES * 1_000_000
        or xml > MOST_XML_MEGABYTES * 1_000_000
    ):
        raise UnreadableFile(
            f"Ce {kind} est démesuré une fois décompressé : découpez-le, ou retirez-en les images, puis relancez."
        )


def _xml_parts(archive: zipfile.ZipFile, kind: str) -> Iterator[tuple[str, bytes]]:
    left = MOST_XML_MEGABYTES * 1_000_000
    # The manifest first: where it says that the others are encrypted, they are no XML.
    for part in sorted(archive.infolist(), key=lambda part: part.filename != "META-INF/manifest.xml"):
        if _is_xml(part.filename) and part.file_size:
            with archive.open(part) as file:
                xml = file.read(left + 1)
            left -= len(xml)
            if left < 0:
                raise UnreadableFile(f"Ce {kind} est démesuré une fois décompressé : découpez-le, puis relancez.")
            yield part.filename, xml


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".rdf"))


def _harmless(xml: bytes, kind: str) -> None:
    """No entity (they reach files, or unfold into gigabytes) and no tower of elements."""
    parser = expat.ParserCreate()
    depth = 0

    def enter(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise UnreadableFile(f"Ce {kind} a des éléments imbriqués à l'excès : réenregistrez-le, puis relancez.")

    def leave(*_: object) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_: object) -> None:
        raise UnreadableFile(
            f"Ce {kind} définit des entités XML, ce qu'aucun traitement de texte ne fait : nous ne l'ouvrons pas."
        )

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = enter, leave, refuse
    parser.Parse(xml, True)


def _locked(kind: str) -> str:
    return f"Ce {kind} est protégé par un mot de passe : enregistrez-en une copie sans mot de passe, puis relancez."


def _old_or_locked(data: bytes, kind: str) -> str:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return _locked(kind)
    return f"Ce fichier est dans un ancien format de bureautique (.doc) : enregistrez-le en {kind}, puis relancez."
