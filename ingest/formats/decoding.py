"""Pure: bytes into the characters they stand for."""

import re

from ..errors import UnreadableFile

_DECLARED = re.compile(
    rb"""<meta[^>]{1,200}?charset\s*=\s*["']?\s*([\w-]{1,40})|<\?xml[^>]{1,100}encoding=["']([\w-]+)"""
)


def decode(data: bytes) -> str:
    """UTF-8 where it is; where it is not, what Windows writes in French. Raises UnreadableFile."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _mostly_utf8(data) or _guessed(data)
    if "\0" in text:
        raise UnreadableFile("Ce fichier n'est pas du texte : donnez-en un dont le nom dit le vrai format.")
    return text


def decode_page(data: bytes, charset: str = "") -> str:
    """
    The same, but the encoding that its server says (`charset`), else the page itself, is believed where it can be.
    Raises UnreadableFile.
    """
    declared = _DECLARED.search(data[:4096])
    name = (charset or (declared and (declared[1] or declared[2]).decode("ascii", "ignore")) or "").lower()
    if name and b"\0" not in data:
        # Browsers read the first as the second: « € » and « ’ » are in it only.
        name = "cp1252" if name in ("iso-8859-1", "latin1", "ascii", "us-ascii") else name
        try:
            return data.decode("utf-8-sig" if name in ("utf-8", "utf8") else name)
        except (UnicodeDecodeError, LookupError):
            pass
    return decode(data)


def _mostly_utf8(data: bytes) -> str:
    """UTF-8 that a few bytes spoil (a text cut and pasted, a byte lost on the way); "" where it is something else."""
    text = data.decode("utf-8-sig", "replace")
    spoilt = text.count("\ufffd")
    accented = sum(char > "\x7f" for char in text) - spoilt
    return text if spoilt * 10 <= accented else ""


def _guessed(data: bytes) -> str:
    import charset_normalizer

    # Among all encodings, French in Windows-1252 is taken for Polish: « ŕ la foręt ».
    guess = charset_normalizer.from_bytes(data, cp_isolation=["cp1252", "utf_16", "utf_32"]).best()
    if guess is None:
        raise UnreadableFile("Encodage inconnu : enregistrez ce fichier en UTF-8.")
    return str(guess)
