"""Pure: the fiches of the référentiel, as texts, into what is wrong with them."""

import datetime
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..analysing import fold
from ..errors import MalformedDocument
from ..segmenting import Kind
from .covering import Coverage, Plan, cover
from .fiches import Fiche
from .tallying import KeyFigure, contradictions

PARTS = (
    "Comprendre",
    "Conditions",
    "Freins",
    "Outils et instruments",
    "Étapes et méthode",
    "Territoires",
    "Chiffres et dates",
    "Questions fréquentes",
    "Glossaire et sigles",
    "Ce que les sources ne permettent pas de dire",
)
# Marks that name no source: the référentiel's own synthesis, and what is still to be checked.
SYNTHESIS, TO_CHECK = "REF", "AV"

_REQUIRED = ("id", "titre", "partie", "mots_cles", "faits", "mis_a_jour", "editeur", "sources")
_ALLOWED = (*_REQUIRED, "titre_en", "valable_du", "valable_au")
_DESCRIPTION = ("code", "editeur", "titre", "date", "url")
_WORDS = range(200, 901)
_PARAGRAPH = 1200  # characters
_GRAM = 12  # words: fewer are a title or a set phrase

_DATE = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_ADDRESS = re.compile(r"https?://[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#][^\s<>\"]*)?")
_STRAY_MARK = re.compile(r"\[\^.{0,8}|\[(?:S ?\d+|REF|AV)\]")
_PRONOUN = re.compile(
    r"[«“\"( ]*(?:ils?|elles?|cela|ceci|ça|ce(?:lui|lle|ux|lles)-(?:ci|là)|ce dernier|cette dernière"
    r"|ces derni(?:ers|ères)|on y|lui-même|eux-mêmes|elles?-mêmes?)\b",
    re.IGNORECASE,
)
_IMPERSONAL = re.compile(
    r"[«“\"( ]*il (?:ne |n['’]|en |s['’]en )?(?:faut|faudra|faudrait|y a|y aura|y avait|existe|reste|suffit|s['’]agit"
    r"|vaut mieux|convient|importe|arrive|semble que|est (?:\w+ment )?(?:possible|utile|inutile|préférable|prudent"
    r"|interdit|temps|nécessaire|difficile|facile|rare|fréquent|courant|conseillé|recommandé|question))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in French, and where: a fiche's path in its folder, or the table's name."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place} : {self.message}"


@dataclass(frozen=True, slots=True)
class Tables:
    """What the fiches are held against. `seed` are the fingerprints of the article that started the project."""

    plan: Plan
    figures: tuple[KeyFigure, ...]
    seed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Findings:
    """All that `lint` has to say."""

    fiches: int
    problems: tuple[Problem, ...]
    coverage: Coverage


def lint(texts: Mapping[str, str], tables: Tables) -> Findings:
    """What is wrong with the fiches (path in the folder -> Markdown), fiche by fiche, then between them."""
    fiches: list[Fiche] = []
    problems: list[Problem] = []
    for place, text in texts.items():
        try:
            fiches.append(Fiche.read(place, text))
        except MalformedDocument as error:
            problems.append(Problem(place, str(error)))
    for fiche in fiches:
        problems += (Problem(fiche.place, message) for message in _examine(fiche, tables))
    coverage = cover({fiche.name: fiche.facts for fiche in fiches}, tables.plan)
    problems += _compare(fiches)
    problems += (Problem("couverture", message) for message in coverage.problems())
    return Findings(len(texts), tuple(problems), coverage)


def fingerprints(text: str) -> Iterator[tuple[str, str]]:
    """Every twelve words on end of a text, and their fingerprint: short, and not to be turned back into words."""
    words = re.findall(r"[a-z0-9]+", fold(text.lower()).replace("œ", "oe"))
    for start in range(len(words) - _GRAM + 1):
        gram = " ".join(words[start : start + _GRAM])
        yield gram, hashlib.blake2b(gram.encode(), digest_size=6).hexdigest()


def _examine(fiche: Fiche, tables: Tables) -> Iterator[str]:
    yield from _header(fiche)
    yield from _sources(fiche)
    yield from _marks(fiche)
    yield from _prose(fiche)
    for sentence in fiche.sentences:
        for contradiction in contradictions(sentence, tables.figures):
            yield f"chiffre contredit par la table : {contradiction} : {_start(sentence)}"
    for gram, fingerprint in fingerprints(f"{fiche.title}\n{fiche.rendered.text}"):
        if fingerprint in tables.seed:
            yield f"{_GRAM} mots de suite sont ceux de l'article d'origine, reformulez : « {gram} »"
            break


def _header(fiche: Fiche) -> Iterator[str]:
    fields = fiche.fields
    for name in _REQUIRED:
        if fields.get(name) in (None, "", []):
            yield f"champ « {name} » absent ou vide de l'en-tête"
    for name in fields:
        if name not in _ALLOWED:
            yield f"champ « {name} » inconnu dans l'en-tête"
    if fields.get("id") != fiche.name:
        yield f"l'id « {fields.get('id')} » n'est pas le nom du fichier"
    if fields.get("partie") and fields["partie"] not in PARTS:
        yield f"partie « {fields['partie']} » inconnue"
    for name in ("mots_cles", "faits", "sources"):
        if fields.get(name) and not isinstance(fields[name], list):
            yield f"le champ « {name} » n'est pas une liste"
    since, until = str(fields.get("valable_du") or ""), str(fields.get("valable_au") or "")
    for name in ("mis_a_jour", "valable_du", "valable_au"):
        if fields.get(name) and not _is_date(str(fields[name])):
            yield f"« {name} : {fields[name]} » n'est pas une date (AAAA, AAAA-MM ou AAAA-MM-JJ)"
    if until and since[: len(until)] > until[: len(since)]:
        yield f"valable du {since} au {until} : les dates sont dans le désordre"


def _sources(fiche: Fiche) -> Iterator[str]:
    bare = fiche.undescribed
    if bare:
        yield f"sources à décrire en entier {{{', '.join(_DESCRIPTION)}}} : {', '.join(bare)}"
    codes = [entry["code"] for entry in fiche.descriptions]
    for code in sorted({str(code) for code in codes if codes.count(code) > 1}):
        yield f"{code} est décrite deux fois"
    for entry in fiche.descriptions:
        code = entry["code"]
        for name in _DESCRIPTION:
            if not entry.get(name):
                yield f"{code} : « {name} » manque"
        for name in entry:
            if name not in _DESCRIPTION:
                yield f"{code} : « {name} » est inconnu"
        date, url = str(entry.get("date") or ""), str(entry.get("url") or "")
        if date and date != "s.d." and not _is_date(date):
            yield f"{code} : « {date} » n'est pas une date (AAAA, AAAA-MM, AAAA-MM-JJ ou s.d.)"
        if url and not _ADDRESS.fullmatch(url):
            yield f"{code} : « {url} » n'est pas une adresse http(s)"


def _marks(fiche: Fiche) -> Iterator[str]:
    text, marks = fiche.rendered.text, fiche.rendered.marks
    declared = {str(entry["code"]) for entry in fiche.descriptions} | set(fiche.undescribed)
    used = dict.fromkeys(mark.code for mark in marks)
    for code in used:
        if code not in (*declared, SYNTHESIS, TO_CHECK):
            yield f"[^{code}] ne renvoie à aucune source de l'en-tête"
    for code in sorted(declared.difference(used)):
        yield f"{code} est dans les sources, mais aucun marqueur n'y renvoie"
    for mark in marks:
        passage = text[mark.start : mark.end]
        if mark.code == TO_CHECK and not re.search("vérifi(?:er|é)", passage):
            yield f"passage marqué [^{TO_CHECK}] sans « vérifier » ni « vérifié » : {_start(passage)}"
    for stray in _STRAY_MARK.finditer(text):
        yield f"marqueur mal écrit : « {stray.group()} »"
    ends = {mark.end for mark in marks}
    for block in fiche.blocks:
        if block.end not in ends and not text[: block.end].endswith(":"):
            yield f"sans marqueur à la fin : {_start(text[block.start : block.end])}"


def _prose(fiche: Fiche) -> Iterator[str]:
    text = fiche.rendered.text
    count = len(re.findall(r"[\w'’-]+", text))
    if count not in _WORDS:
        yield f"{count} mots : il en faut de {_WORDS.start} à {_WORDS.stop - 1}"
    for block in fiche.blocks:
        if block.kind is not Kind.ITEM and block.end - block.start > _PARAGRAPH:
            yield f"paragraphe de plus de {_PARAGRAPH} caractères : {_start(text[block.start : block.end])}"
        for sentence in (text[start:end] for start, end in block.sentences):
            if _PRONOUN.match(sentence) and not _IMPERSONAL.match(sentence):
                yield f"phrase qui commence par un pronom, nommez ce dont elle parle : {_start(sentence)}"


def _compare(fiches: Sequence[Fiche]) -> Iterator[Problem]:
    """What no fiche shows alone: an id, a title or the description of a source that another has otherwise."""
    for field in ("id", "titre", "titre_en"):
        first: dict[str, str] = {}
        for fiche in fiches:
            value = str(fiche.fields.get(field) or "").strip()
            place = first.setdefault(value.casefold(), fiche.place)
            if value and place != fiche.place:
                yield Problem(fiche.place, f"même {field} que {place} : « {value} »")
    described: dict[str, tuple[Mapping[str, Any], str]] = {}
    for fiche in fiches:
        for entry in fiche.descriptions:
            other, place = described.setdefault(str(entry["code"]), (entry, fiche.place))
            if entry != other:
                yield Problem(fiche.place, f"{entry['code']} n'est pas décrite comme dans {place}")


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
    except ValueError:
        return False
    return True


def _start(text: str) -> str:
    return f"« {text} »" if len(text) <= 70 else f"« {text[:70].rstrip()}… »"
