"""Pure: what a file says of itself, kept where it is plausible."""

import datetime
import re
import unicodedata

# The first Word for Windows.
_OLDEST = 1989
_MADE_UP = re.compile(
    r"^(microsoft|unknown|inconnu|untitled|sans[ -]?titre|document\s*\d*$|présentation\d*$|diapo|slide|powerpoint)"
    r"|\.(docx?|odt|indd|pdf|pptx?|xlsx?|qxp|tmp|rtf|html?)$|[\\/]{1,2}\w+[\\/]|_{2,}|^[\W\d_]*$|�",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(user|utilisateur|admin\w*|owner|propri[ée]taire|pc|hp|dell|asus|acer|lenovo|windows|microsoft.*|poste\s?\d*"
    r"|author|auteur|unknown|inconnu|root|x+|\W*)$|[\d_@\\]|�",
    re.IGNORECASE,
)

_ADDRESS = re.compile(r"https?://[\w.-]+(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)


def first_line(text: str) -> str:
    """The first line that holds something, without the marks of a heading."""
    lines = (line.strip() for line in text.splitlines())
    return re.sub(r"^#+\s*", "", next((line for line in lines if line), ""))[:150]


def plausible_title(title: object) -> str:
    """A title that a person wrote, "" where a program did (« Microsoft Word - v3_def.doc »)."""
    words = " ".join(str(title or "").replace("\0", "").split())
    words = re.sub(r"^Microsoft (Word|PowerPoint) - ", "", words)
    return "" if _MADE_UP.search(words) or not 4 <= len(words) <= 200 or " " not in words else words


def plausible_author(author: object) -> str:
    """A person or an organisation, "" for the name of an account or a machine."""
    words = " ".join(str(author or "").replace("\0", "").split())
    named = " " in words or (words.isupper() and len(words) > 2)
    return words if named and len(words) <= 120 and not _NOBODY.search(words) else ""


def plausible_date(date: object, today: datetime.date | None = None) -> str:
    """An ISO date out of "2018-10-06T15:15:23Z" or "D:20181006151523", "" for none or one yet to come."""
    match = re.match(r"(?:D:)?(\d{4})-?(\d\d)-?(\d\d)", str(date or ""))
    try:
        day = datetime.date(*map(int, match.groups())) if match else None
    except ValueError:
        return ""
    if day is None or day.year < _OLDEST or (today and day > today):
        return ""
    return day.isoformat()


def plausible_address(url: object) -> str:
    """A web address, "" for anything else that a page may say is its own."""
    words = str(url or "").strip()
    return words if _ADDRESS.fullmatch(words) else ""


def bare_words(text: str) -> list[str]:
    """Its words, small and without accents, as the name of a file has them."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return re.findall(r"[^\W_]+", re.sub(r"[\u0300-\u036f]", "", plain))
