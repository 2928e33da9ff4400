"""Pure: do the quoted words bear the sentence out?

Two declared rules; each word is compared in the form that `wording` declares, each number, name, date, unit, denial,
duty, permission, doubt and restriction among them.

1. The same words. A sentence of the quote says the same words in the same order. A whole aside may be left out: in
   brackets, between commas, after the last comma, or a date at the head; never with a word that turns the sentence
   round, nor between kept words with a number or a name. A question bears no statement out.
2. A near paraphrase. The same, where the source's sentence is first rewritten in one of the ways that `rewording`
   lists: a date or place moved to its other end, « elle » by the only noun that it can stand for, two sentences one
   after the other, a lead-in with some of its items.

Number, gender and person may differ, and a few declared synonyms where neither text uses two of them; tense, mood,
voice and who does it may not.
What cannot be proved so is refused, however likely it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knowledge.analysing import fold

from .inflecting import distinguishes, is_synonym
from .rewording import Statement, fronted, statements
from .wording import Word, same, unattributed, words

# Words of a sentence; a longer one is no sentence, and comparing it would take too long.
_LONGEST = 300
# Where an aside may begin: prepositions, relatives and the like; a noun there may be the subject of something new.
_ASIDE = frozenset(
    "en dans à au aux de du d depuis lors pendant durant avec dont où qui sur via comme ainsi y grâce pour sous "
    "=because =to =through".split()
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the sentence is borne out; `reason` is French and empty when it is. Truthy when it is."""

    reason: str = ""

    def __bool__(self) -> bool:
        return not self.reason


def bears_out(sentence: str, quote: str, acronyms: Mapping[str, str] | None = None) -> Verdict:
    """
    The verdict of the rules above; `acronyms` are the long forms of those that the sources use, by lower-case acronym.
    Example: « 230 000 € » is not borne out by « 23 000 € ».
    """
    known = _used(acronyms or {}, sentence, quote)
    said = words(unattributed(sentence), known)
    if not said:
        return Verdict("la phrase ne dit rien de vérifiable")
    if len(said) > _LONGEST:
        return Verdict("la phrase est trop longue pour être vérifiée")
    ways = (said, *fronted(said))
    asks = sentence.rstrip(' »"”').endswith("?")
    forms = {word.form for word in said}
    nearest: Sequence[Word] = ()
    for shown in statements(quote, known):
        if shown.asks == asks and any(_says(way, shown) for way in ways):
            return Verdict()
        nearest = max(nearest, shown.words, key=lambda other: len(forms & {word.form for word in other}))
    return Verdict(_why_not(said, nearest))


def agrees(sentence: str, quote: str, acronyms: Mapping[str, str] | None = None) -> bool:
    """
    Whether both speak of the same thing, without proof: whatever turns a sentence round, each number and each name of
    one is in the other, and most words of the sentence are in the quote.
    """
    known = _used(acronyms or {}, sentence, quote)
    said, shown = words(unattributed(sentence), known), words(quote, known)
    if len(said) < 3 or sentence.rstrip().endswith("?") != quote.rstrip().endswith("?"):
        return False
    # A name may be the first word, where its capital tells nothing.
    weighty = [word for at, word in enumerate(said) if word.exact or word.turns or (at == 0 and not word.lead)]
    turning = [word for word in shown if word.turns]
    shared = _shared(said, shown)
    return (
        all(any(same(word, other) for other in shown) for word in weighty)
        and all(any(same(word, other) for other in said) for word in turning)
        and shared * 5 >= len(said) * 3
        and shared * 2 >= len(shown)
    )


def _used(acronyms: Mapping[str, str], *texts: str) -> dict[str, str]:
    """The acronyms that one of the texts uses."""
    tokens = {fold(token.lower()) for text in texts for token in re.findall(r"\w+", text)}
    return {short: long for short, long in acronyms.items() if short in tokens}


def _says(said: Sequence[Word], statement: Statement) -> bool:
    """Whether the words said stand in what is shown in this order, and only asides are left out."""
    shown = statement.words
    if len(shown) > 3 * _LONGEST:
        return False
    strict = any(distinguishes(word.form for word in text) for text in (said, shown))

    def alike(one: Word, other: Word) -> bool:
        return same(one, other) and not (strict and is_synonym(one.form, other.form))

    places = {at for at in _starts(shown) if alike(said[0], shown[at])}
    for word in said[1:]:
        places = {then for at in places for then in _next(shown, at, statement.is_counted) if alike(word, shown[then])}
        if not places:
            return False
    return any(_may_end(shown, at, statement.is_counted) for at in places)


def _starts(shown: Sequence[Word]) -> Iterator[int]:
    """The first word, and the first after a date and its comma."""
    yield 0
    for at, word in enumerate(shown):
        if at and "," in word.before:
            yield at
            return
        if not (word.exact and (word.form[0].isdigit() or word.form.startswith("mois"))) or (at and word.before):
            return


def _next(shown: Sequence[Word], at: int, is_counted: bool) -> Iterator[int]:
    """The next word, and those after the asides that begin there."""
    begin = at + 1
    if begin >= len(shown):
        return
    yield begin
    for closing, holds in (("(", _holds), (",", _holds_between_commas), ("-", _holds_between_commas)):
        if closing in shown[begin].before and _opens_aside(shown[begin], closing):
            yield from _after(shown, begin, {"(": ")", ",": ",;.)", "-": "-"}[closing], holds)
    if "•" in shown[begin].before and not is_counted:
        yield from (then for then in range(begin + 1, len(shown)) if "•" in shown[then].before)


def _after(shown: Sequence[Word], begin: int, closing: str, holds: Callable[[Word], bool]) -> Iterator[int]:
    for then in range(begin, len(shown)):
        if then > begin and set(closing) & set(shown[then].before):
            yield then
        if holds(shown[then]):
            return


def _holds(word: Word) -> bool:
    """Whether the word keeps an aside in the sentence."""
    return word.turns and word.form != "par"


def _holds_between_commas(word: Word) -> bool:
    return _holds(word) or word.exact or "&" in word.before


def _opens_aside(word: Word, stop: str) -> bool:
    return stop in "(-;" or word.opening in _ASIDE or _is_participle(word)


def _is_participle(word: Word) -> bool:
    return not word.lead and word.form.endswith(("é", "ée", "és", "ées", "ant"))


def _may_end(shown: Sequence[Word], at: int, is_counted: bool) -> bool:
    """Whether what follows may be left out whole."""
    rest = shown[at + 1 :]
    if not rest:
        return True
    if "•" in rest[0].before:
        return not is_counted
    stops = [stop for stop in "(,;-" if stop in rest[0].before]
    # « aux communes, aux régions et à l'État » is a list that nothing may be taken from.
    listed = stops == [","] and not _is_participle(rest[0]) and any("&" in word.before for word in rest)
    return any(_opens_aside(rest[0], stop) for stop in stops) and not listed and not any(map(_holds, rest))


def _shared(said: Sequence[Word], shown: Sequence[Word]) -> int:
    return sum(any(same(word, other) for other in shown) for word in said)


def _why_not(said: Sequence[Word], nearest: Sequence[Word]) -> str:
    missing = [word for word in said if not any(same(word, other) for other in nearest)]
    if not nearest or len(missing) * 3 > len(said):
        return "la source ne dit pas cela"
    if missing and missing[0].form[0] not in "=≈":
        return f"« {missing[0].form} » n'est pas dit ainsi dans la source"
    added = [word for word in nearest if word.turns and not any(same(word, other) for other in said)]
    if added and added[0].form[0] != "=":
        return f"« {added[0].form} » manque, et change le sens"
    return "les mots de la source sont dans un autre ordre, ou il en manque"
