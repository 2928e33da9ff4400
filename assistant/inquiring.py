"""Pure: what a question asks for, on its own or after the questions before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.analysing import content_words, fold


class Kind(StrEnum):
    """The form that a good answer takes."""

    DEFINITION = "définition"
    LIST = "liste"
    YES_NO = "oui-non"
    NUMBER = "combien"
    DATE = "quand"
    PERSON = "qui"
    DIFFERENCE = "différence"
    METHOD = "comment"
    REASON = "pourquoi"
    EXAMPLES = "exemples"
    SOURCES = "sources"
    OPEN = "ouverte"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """
    `query` is what to search for; `subject` is what it carries over from an earlier question ("" when nothing).
    `items` is the number of points asked for, None when none was named.
    """

    question: str
    query: str
    kind: Kind
    subject: str = ""
    items: int | None = None
    is_english: bool = False


# The first that matches an unaccented, lower-case question decides.
_FORMS: tuple[tuple[Kind, str], ...] = (
    (Kind.SOURCES, r"d'ou (?:tu|vous|ca|cela|vient|sort|tire)|quelles? (?:est|sont) (?:ta|tes|vos|votre|la|les) sources?|qui (?:a|l'a)? ?dit (?:ca|cela)|tes sources|vos sources"),
    (Kind.DIFFERENCE, r"\b(?:differen\w+|distingu\w+|distinction|compar\w+|versus|vs)\b|mieux (?:que|qu')|plutot que"),
    (Kind.EXAMPLES, r"\bexemples?\b|quelles? (?:villes?|territoires?|collectivites|communes|experiences?)\b|qui l'a (?:deja )?fait|ou (?:cela|ca) (?:existe|marche)"),
    (Kind.NUMBER, r"\bcombien\b|\bcb\b|quel(?:le)?s? (?:\w+ )?(?:pourcentage|part|proportion|montant|seuil|plafond|budget|nombre|chiffre|taux|effectif|prix|cout)s?\b|\bchiffres?\b|\bseuils?\b|\bplafonds?\b|how (?:many|much)"),
    (Kind.DATE, r"(?:^|\bet |\bc'est |\bdepuis )quand\b|\bquand (?:a|ont|est-ce|est|sont|faut|doit|aura|commence|date)\b(?! on)|quelles? (?:est la )?dates?|\bdates?\b|en quelle annee|depuis (?:quand|combien)|a partir de quand|\bwhen\b"),
    (Kind.DEFINITION, r"c'?est quoi|cest (?:quoi|koi)|qu'?est[- ]ce (?:que c'est|qu|k)|que (?:veut|signifie|designe)|definition|definir|definis|\bsens (?:de|du)\b|ca veut dire|what is|kesako|signifie"),
    (Kind.PERSON, r"^(?:et )?(?:a |avec |par |de )?qui\b|\bpar qui\b|\bavec qui\b|quels? (?:acteurs?|elus?|signataires?|intervenants?|partenaires?)|\bsignataires?\b|\bwho\b"),
    (Kind.METHOD, r"\bcomment\b|par (?:quoi|ou) commencer|par ou (?:je|on) commence|que faire|que dire|quelles? (?:est la )?(?:methode|demarche)|comment s'y prendre|\bhow\b"),
    (Kind.LIST, r"\bquels? sont\b|\bquelles sont\b|\bliste[rsz]?\b|\benumer\w+|\betapes\b|\bconditions\b|\bfreins\b|\bleviers\b|\boutils\b|\bcriteres\b|\btypes de\b|\bcites?[- ]moi\b|\bles (?:trois|quatre|cinq|six|sept|dix) \w+|lesquel|\bwhich\b"),
    (Kind.REASON, r"\bpourquoi\b|pour quelles? raisons?|a quoi (?:ca |cela )?sert|\binterets?\b|\bwhy\b"),
    (Kind.YES_NO, r"^(?:et |donc |alors )*(?:est[- ]ce|peut[- ]on|puis[- ]je|faut[- ]il|doit[- ]on|dois[- ]je|y a[- ]t|existe[- ]t|a[- ]t|ai[- ]je|sommes[- ]nous|can|is|are|do|does)\b|\b\w+-(?:t-)?(?:il|elle|ils|elles|on|je)\b|^(?:on|je|nous|donc) .*\?"),
)  # fmt: skip

_NUMBER_WORDS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "dix": 10}
_ITEMS = re.compile(
    r"\b(\d{1,2}|deux|trois|quatre|cinq|six|sept|dix) (?:puces?|points?|arguments?|phrases?|idees?|bullets?|exemples?|lignes?)\b"
)

# A question that leans on the one before it: it opens like a reply, points back, or names no subject.
_REPLY = re.compile(r"^(?:et|mais|ok|donc|alors|dans ce cas|sinon|aussi|pareil|idem)\b")
_BACKWARD = re.compile(
    r"\b(?:ca|cela|celui-ci|celle-ci|ceci|le resume|la resume|les? detailler?|y|en)\b|^(?:tu|vous) (?:me|nous) |\b(?:resume|reformule|detaille|developpe|precise|raccourci|plus court|plus simple|en bref)\w*\b|\bmon maire\b"
)
_ENGLISH = re.compile(r"\b(?:the|what|how|which|who|when|why|are|is|does|can|conditions for|of|and|with|should)\b")
_FRENCH = re.compile(
    r"\b(?:le|la|les|des|du|est|sont|que|qui|quoi|quel|quelle|quels|quelles|comment|pour|dans|une|un|et|au|aux)\b|[éèêàçùôî]"
)


def inquire(question: str, history: Sequence[str] = ()) -> Inquiry:
    """
    The question understood; `history` holds the earlier questions of the conversation, oldest first.
    Example: inquire("et avant ?", ["Quel est le seuil du SPASER ?"]).query
             -> "Quel est le seuil du SPASER ? et avant ?"
    """
    bare = fold(question.lower().replace("’", "'"))
    subject = _subject(bare, question, history)
    kind = _kind(bare)
    if subject and kind in (Kind.OPEN, Kind.YES_NO, Kind.PERSON):
        kind = _kind(fold(subject.lower())) if kind is Kind.OPEN else kind
    query = (
        subject if subject and (kind is Kind.SOURCES or not content_words(_stripped(bare))) else f"{subject} {question}"
    )
    items = _ITEMS.search(bare)
    return Inquiry(
        question=question,
        query=query.strip(),
        kind=kind,
        subject=subject,
        items=_count(items.group(1)) if items else None,
        is_english=bool(_ENGLISH.search(bare)) and not _FRENCH.search(question.lower()),
    )


def _kind(bare: str) -> Kind:
    return next((kind for kind, form in _FORMS if re.search(form, bare)), Kind.OPEN)


def _subject(bare: str, question: str, history: Sequence[str]) -> str:
    """The last earlier question that stands on its own, when this one does not."""
    if not history:
        return ""
    words = content_words(_stripped(bare))
    leans = _REPLY.match(bare) or _BACKWARD.search(bare) or len(words) < 2 or _kind(bare) is Kind.SOURCES
    if not leans or len(words) > 6:
        return ""
    before = inquire(history[-1], history[:-1])
    return before.query


def _stripped(bare: str) -> str:
    """What is left of a reply without the words that only ask for another form."""
    return re.sub(
        r"\b(?:resume\w*|reformule\w*|detaille\w*|developpe\w*|precise\w*|puces?|points?|phrases?|lignes?|sors?|source?s?|"
        r"deux|trois|quatre|cinq|maire|court|simple|bref|stp|svp|ok|avant|apres|moi|d'accord)\b",
        " ",
        bare,
    )


def _count(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBER_WORDS[text]
