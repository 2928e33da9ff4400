"""Pure: do the quoted words bear the sentence out?

One declared rule: a sentence is borne out by one sentence of the quote when it says the same words in the same
order, some left out but none added or changed; what is left out holds no denial, duty, permission, doubt or
restriction, and, between words that are kept, no number and no name. A list item may be said with its lead-in.
A faithful paraphrase is refused too: the answer then falls back on the source's own words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from knowledge.analysing import fold, stem
from knowledge.normalising import normalise
from knowledge.segmenting import Kind, segment

# Words of a sentence; a longer one is no sentence, and comparing it would take too long.
_LONGEST = 300
_MONTHS = {name: number for number, name in enumerate(
    "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre".split(), 1
)}  # fmt: skip
_NUMBERS = {name: str(number) for number, name in enumerate(
    "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize".split()
)} | {"vingt": "20", "trente": "30", "quarante": "40", "cinquante": "50", "soixante": "60", "cent": "100",
      "mille": "1000", "premier": "1er", "premiere": "1er"}  # fmt: skip

# Words that only join others: leaving one out or changing it changes nothing that is checked here.
_JOINING = frozenset(
    "a au aux ce ceci cela celle celles celui ces cet cette ceux d de des du elle elles en et etre eux il ils j je l la le "
    "les leur leurs lui m ma me mes moi mon n'est-ce notre nos nous on par qu que qui quoi s sa se ses son sur t ta te tes "
    "toi ton tu un une vos votre vous y ainsi aussi alors puis donc or car comme dont ou c est sont ete etait etaient dans "
    "plusieurs meme memes tres bien encore deja lors afin voici voila".split()
)
# Words that turn a sentence round: as many in what is said as in what is shown, and in the same order.
_TURNING = frozenset(
    "ne n pas jamais rien aucun aucune aucuns aucunes guere ni sans non nul nulle impossible interdit interdite interdits "
    "interdites illegal illegale illegaux faux fausse inexact inexacte contraire contrairement sauf excepte hormis hors "
    "uniquement seulement exclusivement seul seule seuls seules surtout notamment condition conditions reserve avec contre "
    "pour avant apres depuis jusqu jusque moins plus environ presque pres tous tout toute toutes toujours chaque certains "
    "certaines quelques souvent parfois rarement peut peuvent peux pouvez pouvons pouvoir pourra pourront possible "
    "possibles possibilite facultatif facultative facultatifs facultatives facultativement faculte autorise autorisee "
    "autorises autorisees permis permet permettent eventuel eventuelle eventuellement doit doivent dois devez devons devoir "
    "devra devront faut faudra obligatoire obligatoires obligation obligations oblige obligent obligee impose imposent "
    "exige exigent verifier verifie verifiee selon si quand lorsque probable probablement suppose supposee personne aupres "
    "entre chez sous vers parmi mais malgre plutot au-dela au-dessus au-dessous dessous".split()
)
_CONDITIONAL = re.compile(r"\w{2,}(?:rait|raient|rais|rions|riez)$")
_DATE = re.compile(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b")
_MILLIONS = re.compile(r"(?<=\d)\s*(M|Md|k)€")
_ELIDED = re.compile(r"\b([cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)", re.IGNORECASE)
_TOKEN = re.compile(r"[%€‰]|\w+(?:[.,/-]\w+)*")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the sentence is borne out; `reason` is French and empty when it is. Truthy when it is."""

    reason: str = ""

    def __bool__(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class _Word:
    """A word in its canonical form; `turns`: it cannot be left out; `exact`: a number or a name."""

    form: str
    turns: bool = False
    exact: bool = False


def bears_out(sentence: str, quote: str) -> Verdict:
    """The verdict of the rule above. Example: « 230 000 € » is not borne out by « 23 000 € »."""
    said = _words(sentence)
    if not said:
        return Verdict("la phrase ne dit rien de vérifiable")
    if len(said) > _LONGEST:
        return Verdict("la phrase est trop longue pour être vérifiée")
    reasons = [
        reason for shown in _sentences(quote) if (reason := _compare(said, _words(shown)[: 2 * _LONGEST])) is not None
    ]
    if "" in reasons:
        return Verdict()
    return Verdict(next(iter(reasons), "la source ne dit pas cela"))


def _compare(said: Sequence[_Word], shown: Sequence[_Word]) -> str | None:
    """ "" when borne out, a reason when nearly, None when the source's sentence is about something else."""
    places = _aligned(said, shown)
    if places is None:
        return _why_not(said, shown)
    kept = set(places)
    for at, word in enumerate(shown):
        if at in kept:
            continue
        if word.turns:
            return f"« {word.form} » manque, et change le sens"
        if word.exact and places[0] < at < places[-1]:
            return "un nombre ou un nom a été déplacé"
    return ""


def _aligned(said: Sequence[_Word], shown: Sequence[_Word]) -> list[int] | None:
    """Where each word said stands in what is shown, in order and as close together as can be; None when one does not."""
    best: list[int] | None = None
    for start, word in enumerate(shown):
        if word.form != said[0].form:
            continue
        places = _follow(said, shown, start)
        if places and (best is None or places[-1] - places[0] < best[-1] - best[0]):
            best = places
    return best


def _follow(said: Sequence[_Word], shown: Sequence[_Word], start: int) -> list[int] | None:
    places = [start]
    for word in said[1:]:
        at = next((at for at in range(places[-1] + 1, len(shown)) if shown[at].form == word.form), None)
        if at is None:
            return None
        places.append(at)
    return places


def _why_not(said: Sequence[_Word], shown: Sequence[_Word]) -> str | None:
    known = {word.form for word in shown}
    missing = [word for word in said if word.form not in known]
    if len(missing) * 3 > len(said):
        return None
    if not missing:
        return "les mots de la source sont dans un autre ordre"
    return f"« {missing[0].form} » n'est pas dans la source"


@lru_cache(maxsize=8192)
def _words(text: str) -> tuple[_Word, ...]:
    return tuple(_read(text))


def _read(text: str) -> Iterator[_Word]:
    text = _DATE.sub(lambda m: f"{int(m[1])} mois{int(m[2])} {m[3]}", normalise(text).text)
    text = _MILLIONS.sub(lambda m: {"M": " millions €", "Md": " milliards €", "k": "000 €"}[m[1]], text)
    text = _ELIDED.sub(lambda m: f"{m[1]} ", re.sub(r"(?i)pour ?cent\b", "%", text))
    for at, token in enumerate(_TOKEN.findall(text)):
        bare = fold(token.lower())
        if bare in ("euro", "euros"):
            yield _Word("€", exact=True)
        elif bare in _MONTHS:
            yield _Word(f"mois{_MONTHS[bare]}", exact=True)
        elif bare in _TURNING or _CONDITIONAL.match(bare):
            yield _Word(bare, turns=True)
        elif bare in _NUMBERS and bare != "un":
            yield _Word(_NUMBERS[bare], exact=True)
        elif any(char.isdigit() for char in bare) or bare in "%€‰":
            yield _Word(bare, exact=True)
        elif bare not in _JOINING:
            yield _Word(stem(token.lower()), exact=token[0].isupper() and at > 0)


def _sentences(quote: str) -> Iterator[str]:
    """The sentences of a quote, each list item also with its lead-in."""
    lead = ""
    for block in segment(quote):
        whole = quote[block.start : block.end]
        if block.kind is not Kind.ITEM:
            lead = whole if whole.rstrip().endswith(":") else ""
        for start, end in block.sentences:
            yield quote[start:end]
            if block.kind is Kind.ITEM and lead:
                yield f"{lead} {quote[start:end]}"
