"""Pure: an active sentence in the passive, where that says the same beyond doubt."""

from collections.abc import Sequence
from dataclasses import replace

from .wording import Word, voice

_DEFINITE = frozenset("le la l les ce cet cette ces".split())
_INDEFINITE = frozenset(("un", "une"))
_NOUN_PHRASE = _DEFINITE | frozenset("de d du des".split())
_LONGEST = 8
_BY = Word("par", turns=True)


def passive(sentence: tuple[Word, ...]) -> tuple[Word, ...]:
    """
    « A a aidé la ville » -> « la ville a été aidée par A », with what stands before a comma at its head; () otherwise.

    Both say the same where A and the town are nothing but noun phrases in which nothing denies, restricts or doubts,
    and the town is definite or A is one alone: « les villes ont signé une charte » may be of many charters.
    """
    begin = next((at for at, word in enumerate(sentence) if "," in word.before), 0)
    verb = next((at for at, word in enumerate(sentence) if word.lead in (("a",), ("ont",))), 0)
    doer, done, thing = sentence[begin:verb], sentence[verb : verb + 1], sentence[verb + 1 :]
    if not (doer and thing and done[0].voice == "avoir" and not done[0].before and not done[0].turns):
        return ()
    is_alone = done[0].lead == ("a",)
    if not (_is_noun_phrase(doer) and _is_noun_phrase(thing) and _is_object(thing[0], is_alone)):
        return ()
    made = replace(done[0], lead=("a", "été"), voice=voice(done[0], "être", has_been=True))
    head = sentence[:begin]
    thing = (replace(thing[0], before="," if head else ""), *thing[1:])
    return (*head, *thing, made, _BY, replace(doer[0], before=""), *doer[1:])


def _is_noun_phrase(part: Sequence[Word]) -> bool:
    first, *others = part
    return (
        len(part) <= _LONGEST
        and not any(word.turns or word.voice for word in part)
        and not any(word.before for word in others)
        and set(first.lead) <= _DEFINITE | _INDEFINITE
        and all(set(word.lead) <= _NOUN_PHRASE for word in others)
    )


def _is_object(first: Word, of_one: bool) -> bool:
    """Nothing stands before it but its article, where it is no name: « a touché à la règle » has no passive."""
    if not first.lead:
        return first.exact and (of_one or not first.form[0].isdigit())
    return len(first.lead) == 1 and first.lead[0] in (_DEFINITE | _INDEFINITE if of_one else _DEFINITE)
