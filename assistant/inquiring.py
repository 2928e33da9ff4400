"""Pure: what a question asks for, on its own or after the questions before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from knowledge.analysing import content_words, fold
from knowledge.dating import asks_for_the_past
from knowledge.texting import written_out

from .timing import is_of_a_case, main_clause


class Kind(StrEnum):
    """The form that a good answer takes."""

    DEFINITION = "définition"
    LIST = "liste"
    YES_NO = "oui-non"
    NUMBER = "combien"
    DATE = "quand"
    CASE = "dans quel cas"
    PERSON = "qui"
    PLACE = "où"
    DIFFERENCE = "différence"
    METHOD = "comment"
    REASON = "pourquoi"
    EXAMPLES = "exemples"
    SOURCES = "sources"
    OPEN = "ouverte"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """
    `query` is what to search for; `subject` is what an earlier question was about, where this one leans on it, else "".
    `length` is the number of points or sentences asked for, None when none was named; `bulleted` when they are to
    be a list. `assertion` is what the question wants confirmed, "" when nothing; `counted` is the thing whose number
    is asked; `unit` is "€" for an amount, "%" for a share, "" for any other number.
    """

    question: str
    query: str
    kind: Kind
    subject: str = ""
    length: int | None = None
    bulleted: bool = False
    assertion: str = ""
    counted: str = ""
    unit: str = ""
    is_english: bool = False


# The first that matches an unaccented, lower-case question decides.
_FORMS: tuple[tuple[Kind, str], ...] = (
    (Kind.SOURCES, r"d'ou (?:tu|vous|ca|cela|(?:vien|sor|tire)\w* (?:ca|cela|ces?|cette|la reponse)\b)|quelles? (?:est|sont) (?:ta|tes|vos|votre|la|les) sources?\b(?! d[eu'])|qui (?:a|l'a)? ?dit (?:ca|cela)|tes sources|vos sources"),
    (Kind.DIFFERENCE, r"\b(?:differen\w+|distingu\w+|distinction|compar\w+|versus|vs)\b|mieux (?:que|qu')|plutot que"),
    (Kind.PLACE, r"^(?:et |c(?:'est)? |mais )?ou (?:a|ont|est|se|s'|fut|etait|sont|la|le|les|aura|peut-on)\b|\b(?:dans|en|a) quel(?:le)? (?:ville|commune|region|departement|lieu|endroit|pays)\b|^where\b"),
    (Kind.EXAMPLES, r"\bexemples?\b|quelles? (?:villes?|territoires?|collectivites|communes|experiences?)\b|qui l'a (?:deja )?fait|ou (?:cela|ca) (?:existe|marche)"),
    (Kind.NUMBER, r"\bcombien\b|\bcb\b|quel(?:le)?s? (?:\w+ ){0,2}(?:somme|pourcentage|part|proportion|montant|seuil|plafond|budget|nombre|chiffre|taux|effectif|prix|cout)s?\b|\bchiffres?\b|\bseuils?\b|\bplafonds?\b|how (?:many|much)"),
    (Kind.DATE, r"(?:^|\bet |\bc(?:'est)? |\bdepuis )quand\b|\bquand (?:a|ont|est-ce|est|sont|faut|doit|aura|commence|date)\b(?! on)|quelles? (?:est la )?dates?|\bdates?\b|en quelle annee|depuis (?:quand|combien)|a partir de quand|\ba quel moment\b|\bwhen\b"),
    (Kind.CASE, r"\bdans quels? cas\b"),
    (Kind.DEFINITION, r"\bc(?:'?est|')? ?(?:quoi|koi)\b|en quoi consiste|entend(?:[- ](?:on|vous|tu)|re) par|qu'?est[- ]ce (?:que c'est|qu|k)|que (?:veut|signifie|designe)|definition|definir|definis|\bsens (?:de|du)\b|ca veut dire|what is|kesako|signifie"),
    (Kind.LIST, r"\bliste[rsz]?\b|\benumer\w+"),
    (Kind.PERSON, r"^(?:et )?(?:a |avec |par |de )?(?:qui|ki)\b|\bpar qui\b|\bavec qui\b|quels? (?:acteurs?|elus?|signataires?|intervenants?|partenaires?)|\bsignataires?\b|\bwho\b|(?:comment s'appell\w+|\bnom) (?:du |des |de |le |la |les )*(?:l')?(?:maires?|elue?s?|president\w*|direct\w+|delegue\w*|adjoint\w*|ministres?|fondat\w+|responsables?|auteurs?|autrices?)\b"),
    (Kind.METHOD, r"\bcomment\b|par (?:quoi|ou) commencer|par ou (?:je|on) commence|que faire|que dire|quelles? (?:est la )?(?:methode|demarche)|comment s'y prendre|\bhow\b"),
    (Kind.LIST, r"\bquels? sont\b|\bquelles sont\b|\betapes\b|\bconditions\b|\bfreins\b|\bleviers\b|\boutils\b|\bcriteres\b|\btypes de\b|\bcites?[- ]moi\b|\bles (?:trois|quatre|cinq|six|sept|dix) \w+|lesquel|\bwhich\b"),
    (Kind.REASON, r"\b(?:pourquoi|pourkoi|pkoi|pk|pq)\b|pour quelles? raisons?|a quoi (?:ca |cela )?sert|\binterets?\b|\bwhy\b"),
    (Kind.YES_NO, r"^(?:et |donc |alors )*(?:est[- ]ce|peut[- ]on|puis[- ]je|faut[- ]il|doit[- ]on|dois[- ]je|y a[- ]t|existe[- ]t|a[- ]t|ai[- ]je|sommes[- ]nous|can|is|are|do|does)\b|\b\w+-(?:t-)?(?:il|elle|ils|elles|on|je)\b|^(?:on|je|nous|donc) .*\?"),
)  # fmt: skip

_NUMBER_WORDS = {"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10}  # fmt: skip
_LENGTH = re.compile(
    r"\b(?:(?:en|dans|sous forme de) )?(?:(?:une?|deux|trois|quatre) (?:ou|a) )?(\d{1,2}|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|(?<=\ben )une?) "
    r"(puces?|points?|arguments?|idees?|bullets?|exemples?|phrases?|lignes?)\b"
)
_SAID = ("exemples", "arguments", "idees")
# Words about the form of the answer: they are not searched for.
_FORM = re.compile(
    r"\b(?:au juste|en bref|en gros|stp|svp|s'il (?:te|vous) plait|merci|bonjour|please|rapidement|simplement|"
    r"(?:tu |vous )?(?:peux|pouvez|pourrais|pourriez)[- ](?:tu|vous)|(?:dis|dites|explique|expliquez|donne|donnez|cite|citez|liste)"
    r"[- ]?(?:moi|nous)?|je (?:veux|voudrais|souhaite|cherche)(?: savoir| a savoir)?)\b"
)

# Who asks, and where they are reached: it is not what they ask about.
_INTRODUCTION = re.compile(
    r"\bje m'appelle [^,.:;?!]+[,.:;]?|\b(?:\+33 ?|0)[1-9](?:[ .-]?\d{2}){4}\b[,.:;]?|\b[\w.+-]+@[\w-]+\.[\w.-]*\w[,.:;]?"
)

# What is put forward to be confirmed, on the question as written.
_ASSERTIONS = (
    re.compile(
        r"^\W*(?:confirme[rz]?|valide[rz]?|affirme[rz]?|peux-tu confirmer|pouvez-vous confirmer)(?:[- ]moi)? (?:bien )?qu(?:e |')(.+)",
        re.I,
    ),
    re.compile(r"(?:est-il|c'est|est-ce) (?:bien )?(?:vrai|exact|correct|juste) qu(?:e |')(.+)", re.I),
    re.compile(r"^\W*(?:puisqu|étant donné qu|sachant qu|vu qu|attendu qu)(?:e |')([^,?]+),", re.I),
    re.compile(r"^\W*(?:donc|alors|on m'a dit qu(?:e |')|j'ai lu qu(?:e |'))[ ,]*(.+\d.*)", re.I),
    re.compile(r"(.+?),? (?:n'est-ce pas|c'est (?:bien )?(?:ça|cela|vrai|exact)|non|pas vrai)\s*\?+\s*$", re.I),
)
_COUNTED = re.compile(
    r"\b(?:combien(?: y a[- ]t[- ]il| compte[- ]t[- ]on| existe[- ]t[- ]il)?|nombre|proportion|pourcentage|part) "
    r"(?:de |d'|des )(?:la |les? |l'|leurs? |s(?:on|a|es) |[nv]os )?(?!temps|fois|argent|moyens)(\w+)"
)
_UNITS = (
    (
        "€",
        re.compile(
            r"\b(?:montants?|sommes?|prix|couts?|budgets?|salaires?|combien (?:coute|gagne|touche|verse|paie)\w*)\b"
        ),
    ),
    ("%", re.compile(r"\b(?:pourcentages?|proportions?|taux|quelle part)\b")),
)

# A question that leans on the one before it: it opens like a reply, points back, or names no subject.
_REPLY = re.compile(r"^(?:et|mais|ok|donc|alors|dans ce cas|sinon|aussi|pareil|idem)\b")
_BACKWARD = re.compile(
    r"\b(?:ca|cela|celui-ci|celle-ci|ceci|le resume|la resume|les? detailler?)\b|(?:(?<!-)\b(?:tu|on|nous|vous|ils?|elles?) |\b[jmtlsd]')(?:y|en)\b(?! a)|^en (?:savoir|dire) plus|^(?:tu|vous) (?:me|nous) |\b(?:resume|reformule|detaille|developpe|precise|raccourci|plus court|moins long|trop long|plus simple|en bref)\w*\b|\bmon maire\b"
)
# Asks for less of what was said, in so many sentences where none are counted.
_SHORTER = re.compile(
    r"\b(?:plus court|raccourci\w*|en bref|en resume|resume\w*|moins long|trop long|abrege\w*|synthetise\w*|shorter|summari[sz]e)\b"
)
_BRIEF = 2
_ENGLISH = re.compile(r"\b(?:the|what|how|which|who|when|why|are|is|does|can|conditions for|of|and|with|should)\b")
_FRENCH = re.compile(
    r"\b(?:le|la|les|des|du|est|sont|que|qui|quoi|quel|quelle|quels|quelles|comment|pour|dans|une|un|et|au|aux)\b|[éèêàçùôî]"
)


def inquire(question: str, history: Sequence[str] = ()) -> Inquiry:
    """
    The question understood; `history` holds the earlier questions of the conversation, oldest first.
    Example: inquire("et avant ?", ["Quel est le seuil du SPASER ?"]).subject -> "Quel est le seuil du SPASER ?"
    """
    asked_as, question = question, written_out(question)
    bare = _bare(question)
    kind = _kind(bare)
    subject = _subject(bare, kind, history)
    only_form = kind is Kind.SOURCES or not content_words(_stripped(bare))
    asked = _LENGTH.search(bare)
    if subject and only_form and kind is Kind.OPEN:
        kind = _kind(_bare(subject))
    # « et avant ? » says nothing but when.
    carried = f"{subject} {question}" if asks_for_the_past(question) else subject
    return Inquiry(
        question=asked_as,
        query=carried if subject and only_form else _searched(question, kind) or subject or question,
        kind=kind,
        subject=subject,
        length=_count(asked.group(1)) if asked else _BRIEF if subject and _SHORTER.search(bare) else None,
        bulleted=bool(asked and not asked.group(2).startswith(("phrase", "ligne"))),
        assertion=_asserted(question),
        counted=found.group(1) if (found := _COUNTED.search(bare)) else "",
        unit=next((unit for unit, form in _UNITS if form.search(bare)), ""),
        is_english=bool(_ENGLISH.search(bare)) and not _FRENCH.search(question.lower()),
    )


def _asserted(question: str) -> str:
    matches = (form.search(question.replace("’", "'")) for form in _ASSERTIONS)
    return next((match.group(1).strip(" ?.!") for match in matches if match), "")


def _bare(question: str) -> str:
    return fold(question.lower().replace("’", "'"))


def _kind(bare: str) -> Kind:
    main = main_clause(bare)
    if main != bare and (kind := _kind(main)) is not Kind.OPEN:
        return kind
    kind = next((kind for kind, form in _FORMS if re.search(form, bare)), Kind.OPEN)
    return Kind.CASE if kind is Kind.DATE and is_of_a_case(bare) else kind


def _subject(bare: str, kind: Kind, history: Sequence[str]) -> str:
    """The last earlier question that stands on its own, when this one does not."""
    if not history:
        return ""
    words = content_words(_stripped(_LENGTH.sub(" ", bare)))
    names_nothing = len(words) < 2 or not content_words(_searched(bare, Kind.OPEN))
    leans = _REPLY.match(bare) or _BACKWARD.search(bare) or names_nothing or kind is Kind.SOURCES
    if not leans or len(words) > 6:
        return ""
    before = inquire(history[-1], history[:-1])
    return before.subject or before.query


def _searched(question: str, kind: Kind) -> str:
    """The question without the words about the answer's form, and with the word that its kind stands for."""
    bare = _bare(question)
    kept = list(question)
    if len(bare) == len(question):
        for form in (_INTRODUCTION, _LENGTH, _FORM):
            for match in form.finditer(bare):
                # « Trois exemples » asks for examples; « trois puces », for nothing but a form.
                end = match.start(2) if form is _LENGTH and match.group(2) in _SAID else match.end()
                kept[match.start() : end] = " " * (end - match.start())
    text = " ".join("".join(kept).split())
    # One word alone is in every passage of its subject: what is asked for is the one that defines it.
    names_one_thing = kind is Kind.DEFINITION and len(set(content_words(text))) == 1
    return f"Définition : {text}" if names_one_thing else text


def _stripped(bare: str) -> str:
    """What is left of a reply without the words that only ask for another form."""
    return re.sub(
        r"\b(?:resume\w*|reformule\w*|detaille\w*|developpe\w*|precise\w*|puces?|points?|phrases?|lignes?|sors?|source?s?|"
        r"deux|trois|quatre|cinq|maire|court\w*|simple\w*|bref|rapidement|stp|svp|ok|avant|apres|moi|d'accord)\b",
        " ",
        bare,
    )


def _count(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBER_WORDS[text]
