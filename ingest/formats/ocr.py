"""Adapter: pictures of pages into text, by tesseract where it is installed."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any

from ..errors import UnreadableFile

PROGRAM = "tesseract"
ADVICE = (
    "OCR nécessaire. Installez tesseract-ocr et tesseract-ocr-fra (ou passez d'abord le fichier dans un logiciel "
    "de reconnaissance de texte), puis relancez."
)
# About 5 s a page on one core.
MOST_PAGES = 60
SECONDS = 600
_PAGE_SECONDS = 60
_DOTS_PER_INCH = 300
# An A4 page at 300 dots an inch has 9 million.
_MOST_DOTS = 30_000_000


def is_installed() -> bool:
    """Whether tesseract is there, and reads French."""
    program = shutil.which(PROGRAM)
    if program is None:
        return False
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return b"fra" in listed.stdout.split()


def recognise(pdf: Any, numbers: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The text of these pages (from 0) of a pypdfium2 document. Raises UnreadableFile."""
    if not is_installed():
        raise UnreadableFile(f"Ce PDF n'a pas de texte (c'est un document numérisé) : {ADVICE}")
    if len(numbers) > MOST_PAGES:
        raise UnreadableFile(
            f"Ce PDF a {len(numbers)} pages numérisées, et {MOST_PAGES} au plus sont reconnues ici : passez-le d'abord "
            "dans un logiciel de reconnaissance de texte (OCR), ou découpez-le."
        )
    for number in numbers:
        with closing(pdf[number]) as page:
            picture = _picture(page)
        yield number, _text(picture)


def _picture(page: Any) -> bytes:
    """A page in shades of grey, in the format that tesseract reads from a pipe (PGM)."""
    width, height = page.get_size()
    scale = _DOTS_PER_INCH / 72
    scale = min(scale, (_MOST_DOTS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        data = bytes(bitmap.buffer)
        rows = [data[row * bitmap.stride : row * bitmap.stride + bitmap.width] for row in range(bitmap.height)]
        return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(rows)
    finally:
        bitmap.close()


def _text(picture: bytes) -> str:
    command = [PROGRAM, "stdin", "stdout", "-l", "fra", "--dpi", str(_DOTS_PER_INCH)]
    # More threads are slower on pages of this size.
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(
            command, input=picture, capture_output=True, timeout=_PAGE_SECONDS, check=True, env=environment
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise UnreadableFile(
            "La reconnaissance du texte (tesseract) a échoué sur ce document numérisé : réinstallez tesseract-ocr, ou "
            "numérisez-le de nouveau."
        ) from error
    return done.stdout.decode("utf-8", "replace").replace("\f", "")
