"""Pure: what names or reaches a person, taken out of what is written down."""

import re
from collections.abc import Collection, Iterable, Iterator

from phonenumbers import PhoneNumberMatcher

from knowledge.analysing import content_words, fold

from .naming import last_names, names

_DAY = r"\d{1,2}(?:er)?(?:[ \u00a0][a-zà-ÿ]{3,9}[ \u00a0]|[/.-]\d{1,2}[/.-])\d{2,4}"
_WAY = r"(?:rue|avenue|av\.?|boulevard|bd|chemin|impasse|allée|lotissement|hameau|faubourg|esplanade|ruelle|sentier)"
# These are common words: only a name, or a postal code, makes an address of them.
_PLACE = r"(?:place|cours|quai|route|square|passage|villa|cité|résidence|voie|montée|lieu-dit)"
_TOWN = r"\d{5}(?:[ \u00a0]+[^\W\d_][\w'’-]*){0,3}"
_OF = r"(?:(?:de la[ \u00a0]+|de l['’]|de[ \u00a0]+|du[ \u00a0]+|des[ \u00a0]+|d['’]))?"
_ADDRESS = (
    rf"\b\d{{1,4}}(?:[ \u00a0]?(?:bis|ter|quater|[a-d]))?,?[ \u00a0]+(?:"
    rf"(?i:{_WAY})[ \u00a0]+(?i:{_OF})[\w'’-]+(?:[ \u00a0]+[A-ZÀ-Þ][\w'’-]*){{0,4}}|"
    rf"(?i:{_PLACE})[ \u00a0]+(?i:{_OF})[A-ZÀ-Þ][\w'’-]*(?:[ \u00a0]+(?i:{_OF})[A-ZÀ-Þ][\w'’-]*){{0,4}}"
    rf")(?:,?[ \u00a0]+{_TOWN})?"
)
# The first that takes a stretch of text names it; an address on the web is one before it is a number.
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("courriel", re.compile(r"[\w.+-]+[ \u00a0]?(?:@|[\[(](?:at|à|arobase)[\])])[ \u00a0]?[\w-]+(?:\.[\w-]+)+")),
    ("IBAN", re.compile(r"\b[A-Z]{2}\d{2}(?=(?:[ \u00a0]?[A-Z0-9]){11})(?:[ \u00a0]?[A-Z0-9]{1,4}){3,8}\b")),
    (
        "numéro de sécurité sociale",
        re.compile(
            r"\b[1-478][ \u00a0]?\d{2}[ \u00a0]?(?:0[1-9]|1[0-2]|[2-9]\d)[ \u00a0]?(?:\d{2}|2[AB])[ \u00a0]?\d{3}"
            r"[ \u00a0]?\d{3}(?:[ \u00a0]?\d{2})?\b"
        ),
    ),
    ("téléphone", re.compile(r"(?<!\d)(?:\+33|0033|0)(?:[ .-]?\(0\))?[ .-]?[1-9](?:[ ./\u00a0-]?\d{2}){4}(?!\d)")),
    ("adresse IP", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b(?!\.\d)")),
    ("adresse", re.compile(_ADDRESS)),
    ("date de naissance", re.compile(rf"(?<=\bné )le {_DAY}|(?<=\bnée )le {_DAY}|(?<=naissance : ){_DAY}")),
)


def masked(text: str, known: Collection[str] = ()) -> str:
    """
    Without what reaches a person, nor the names that a title, a tie, a first name or « je m'appelle » gives away;
    `known` holds those to be left, as `public_names` gives them. A name that nothing gives away is not recognised.
    Example: "Mme Jeanne Dupont, 06 12 34 56 78" -> "Mme [nom], [téléphone]"
    """
    text = _told(text, "téléphone", ((match.start, match.end) for match in PhoneNumberMatcher(text, "FR")))
    for label, form in _FORMS:
        text = form.sub(f"[{label}]", text)
    return _told(text, "nom", (span for span in names(text) if not _is_known(text[slice(*span)], known)))


def hidden(texts: Iterable[str], known: Collection[str] = ()) -> frozenset[str]:
    """The words that masking takes out of these texts, as searches spell them."""
    return frozenset(
        word for text in texts for word in set(content_words(text)) - set(content_words(masked(text, known)))
    )


def without(text: str, words: Collection[str]) -> str:
    """The text without these words, which stand there without what gave them away."""
    if not words:
        return text
    return re.sub(r"[^\W_]+", lambda token: "[…]" if set(content_words(token[0])) & set(words) else token[0], text)


def public_names(texts: Iterable[str]) -> frozenset[str]:
    """The names of people that published texts say in full, and those that they call laws by."""
    found: set[str] = set()
    for text in texts:
        spans = (text[start:end] for start, end in names(text))
        found.update(fold(name) for name in spans if " " in name and name[0].isupper())
        found.update(fold(name) for name in last_names(text))
    return frozenset(found)


def _is_known(name: str, known: Collection[str]) -> bool:
    return fold(name) in known or fold(name.split()[-1]) in known


def _told(text: str, label: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with a label in the place of each span."""
    for start, end in sorted(_joined(spans), reverse=True):
        text = f"{text[:start]}[{label}]{text[end:]}"
    return text


def _joined(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Without overlaps."""
    reached = None
    for start, end in sorted(spans):
        if reached and start < reached[1]:
            reached = (reached[0], max(end, reached[1]))
            continue
        if reached:
            yield reached
        reached = (start, end)
    if reached:
        yield reached
