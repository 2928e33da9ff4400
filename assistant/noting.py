"""Pure: what is said about an answer, or in place of one: its age, its limits, where else to look."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from knowledge import Hit, Passage, Zone
from knowledge.dating import is_over
from knowledge.segmenting import Block, lists, segment

from .answers import Answer, Citation, Claim, Layout
from .contrasting import contrasts
from .declining import Refusal
from .following import about
from .inquiring import Inquiry
from .verifying import bears_out

CONTACT = "Pour aller plus loin, contactez le RTES : www.rtes.fr."
_OLD_AFTER_YEARS = 5
_LEADS = 3
_MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
_ISO = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")


def abstention(inquiry: Inquiry, hits: Sequence[Hit]) -> Answer:
    """Nothing is claimed; the nearest sources are offered as leads."""
    leads = _leads(hits)
    claims = [
        Claim(
            "Je n'ai pas trouvé de réponse à cette question dans les sources du référentiel.", layout=Layout.PARAGRAPH
        )
    ]
    if leads:
        claims.append(Claim("Les fiches les plus proches sont proposées comme pistes, et non comme réponses."))
    claims.append(Claim(CONTACT))
    return Answer(inquiry.question, tuple(claims), leads=leads, suggestions=_questions(leads))


def refusal(question: str, refused: Refusal, hits: Sequence[Hit]) -> Answer:
    """Polite, brief, with what can be asked instead."""
    leads = _leads(hits)
    claims = (Claim(refused.sentence, layout=Layout.PARAGRAPH), Claim(CONTACT))
    return Answer(question, claims, leads=leads, suggestions=_questions(leads), is_refusal=True)


def annotate(answer: Answer, inquiry: Inquiry, zone: Zone, exact: bool = True, today: date | None = None) -> Answer:
    """
    The answer with what its reader must know of it. `exact`: it gives the number, place or name asked for.
    """
    notes = list(answer.notes)
    if inquiry.assertion:
        notes.append(_confirmed(inquiry.assertion, answer))
    if not exact:
        notes.append("Les sources lues ne donnent pas exactement ce chiffre, cette date, ce lieu ou ce nom.")
    if zone is Zone.GREY:
        notes.append("Les sources abordent ce sujet sans répondre peut-être exactement à la question.")
    if inquiry.is_english:
        notes.insert(0, "The sources are in French: here is what they say, word for word.")
    day = today or date.today()
    notes += _histories(answer, day)
    notes += _disagreements(answer)
    notes += _partial_lists(answer)
    year = day.year
    old = sorted({reference for c in answer.citations for reference in _dates(c) if is_old(reference, year)})
    if old:
        since = f"de {old[0][:4]}" if old[0][:4] == old[-1][:4] else f"de {old[0][:4]} à {old[-1][:4]}"
        notes.append(f"À savoir : des sources citées datent {since} ; vérifiez qu'elles valent encore.")
    return replace(answer, notes=tuple(notes))


def _histories(answer: Answer, today: date) -> list[str]:
    """What has ceased to hold is told as history."""
    over = (citation.passage for citation in answer.citations if is_over(citation.passage, today))
    ends = dict.fromkeys((passage.title, _up_to(passage.valid_until)) for passage in over)
    return [f"Ce que dit « {title} » valait jusqu'{end} : c'est de l'histoire." for title, end in ends]


def _up_to(iso: str) -> str:
    """Example: "2023-12-31" -> "au 31 décembre 2023"; "2023" -> "en 2023" """
    return f"{'au' if len(iso) > len('2023-12') else 'en'} {french_date(iso)}"


def _disagreements(answer: Answer) -> list[str]:
    """Which sources to compare, with what a reader weighs them by."""
    cited = {citation.number: citation for citation in answer.citations}
    return [
        f"Les sources ne concordent pas : [{one}] {_weighed(cited[one])} ; [{other}] {_weighed(cited[other])}. "
        "Vérifiez laquelle vaut."
        for one, other in dict.fromkeys(contrasts(answer))
    ]


def _partial_lists(answer: Answer) -> list[str]:
    """How much is told of each list that is told in part."""
    notes = []
    for passage in dict.fromkeys(citation.passage for citation in answer.citations):
        cited = [citation for citation in answer.citations if citation.passage == passage]
        for lead, items in lists(segment(passage.text, passage.headings)):
            number = next((citation.number for citation in cited if _says(citation, lead)), None)
            told = sum(any(_says(citation, item) for citation in cited) for item in items)
            if number and 0 < told < len(items):
                notes.append(
                    f"La liste citée en [{number}] est donnée en partie ({_points(told)} sur {len(items)}) : "
                    "ouvrez la source pour la lire entière."
                )
    return notes


def _points(count: int) -> str:
    return f"{count} point{'s' if count > 1 else ''}"


def _says(citation: Citation, block: Block) -> bool:
    return citation.start < block.end and block.start < citation.end


def _weighed(citation: Citation) -> str:
    """Publisher and date: those of the publications that the words rest on, else the source's own."""
    own = [(citation.passage.publisher or f"« {citation.passage.title} »", citation.passage.date)]
    named = [(reference.publisher, reference.date) for reference in citation.references] or own
    return ", ".join(f"{publisher} ({french_date(dated)})" for publisher, dated in named)


def _confirmed(assertion: str, answer: Answer) -> str:
    if any(bears_out(assertion, claim.text) for claim in answer.claims):
        return "Les sources citées confirment cette affirmation."
    return "Les sources citées ne confirment pas cette affirmation telle quelle : lisez ce qu'elles disent."


def sources_of(answer: Answer, question: str) -> Answer:
    """To « d'où tu sors ça ? »: what `answer` rests on, each source once, still with its marks."""
    if not answer.citations:
        return Answer(question, (Claim("Rien n'a été cité sur cette question.", layout=Layout.PARAGRAPH),))
    lead = Claim("Sur cette question, voici les sources citées :", layout=Layout.PARAGRAPH)
    cited: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        cited.setdefault(citation.passage.source, []).append(citation)
    items = tuple(Claim(_named(some), tuple(c.number for c in some), Layout.ITEM) for some in cited.values())
    return Answer(question, (lead, *items), answer.citations, answer.notes, trace=answer.trace)


def is_old(iso: str, year: int) -> bool:
    return iso[:4].isdecimal() and year - int(iso[:4]) > _OLD_AFTER_YEARS


def french_date(iso: str) -> str:
    """Example: "2016-11-29" -> "29 novembre 2016"; what is not a date -> "sans date"."""
    match = _ISO.fullmatch(iso)
    if not match:
        return "sans date"
    year, month, day = match.groups()
    if not month:
        return year
    named = f"{_MONTHS[int(month) - 1]} {year}"
    return named if not day else f"{'1er' if int(day) == 1 else int(day)} {named}"


def _dates(citation: Citation) -> list[str]:
    return [reference.date for reference in citation.references] or [citation.passage.date]


def _named(citations: Sequence[Citation]) -> str:
    """The source of these citations, and the publications that they rest on."""
    passage = citations[0].passage
    behind = dict.fromkeys(reference for citation in citations for reference in citation.references)
    names = [f"{r.publisher}, {_quoted(r.title)}, {french_date(r.date)}" for r in behind]
    own = f"fiche {_quoted(passage.title)}" if passage.part else _quoted(passage.title)
    return f"{own} : {' ; '.join(names)}" if names else own


def _quoted(title: str) -> str:
    """Between French quotation marks; those inside become English ones."""
    inner = re.sub(r"\s?»", "”", re.sub(r"«\s?", "“", title))
    return f"« {inner} »"


def _leads(hits: Sequence[Hit]) -> tuple[Passage, ...]:
    """The best passages, one a source; those that only point elsewhere come last."""
    best: dict[str, Passage] = {}
    for hit in sorted(hits, key=lambda hit: hit.passage.section.endswith("Voir aussi")):
        best.setdefault(hit.passage.source, hit.passage)
    return tuple(best.values())[:_LEADS]


def _questions(leads: Sequence[Passage]) -> tuple[str, ...]:
    """The leads' titles as something to ask."""
    return tuple(about(lead.title) for lead in leads)
