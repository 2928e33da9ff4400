"""Pure: gzip undone, never into more than a bound."""

import zlib
from collections.abc import Iterable, Iterator

from ..errors import UnreadableFile

_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_STEP = 1 << 16


def is_packed(data: bytes) -> bool:
    return data.startswith(_MAGIC)


def bounded(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Each of them, until they are too many: past `most` bytes, raises UnreadableFile without reading on."""
    count = 0
    for chunk in chunks:
        count += len(chunk)
        if count > most:
            raise UnreadableFile(
                f"Document trop grand : il dépasse {_megabytes(most)} Mo. Donnez-en une version plus légère, ou en "
                "plusieurs parties, dans un dossier."
            )
        yield chunk


def unpacked(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What was packed, a small step at a time, so that whoever counts it may stop. Raises UnreadableFile."""
    packed = zlib.decompressobj(_GZIP)
    for chunk in chunks:
        try:
            while chunk:
                if packed.eof:
                    packed = zlib.decompressobj(_GZIP)
                yield packed.decompress(chunk, _STEP)
                chunk = packed.unused_data if packed.eof else packed.unconsumed_tail
        except zlib.error as error:
            raise UnreadableFile("Contenu compressé abîmé : réessayez plus tard.") from error
    while not packed.eof and (rest := packed.decompress(packed.unconsumed_tail, _STEP)):
        yield rest
    if not packed.eof:
        raise UnreadableFile("Contenu compressé incomplet : réessayez plus tard.")


def _megabytes(count: int) -> str:
    return f"{count / 1_000_000:.1f}".removesuffix(".0").replace(".", ",")
