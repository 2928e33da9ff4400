"""Pure: what a text states, sentence by sentence and in the few other arrangements that state the same."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from knowledge.normalising import normalise
from knowledge.segmenting import Kind, segment

from .wording import Word, words

# Adjuncts of time and place, and clauses: the head of a sentence or its tail.
_ADJUNCTS = frozenset("en dans depuis lors pendant durant".split())
_CLAUSES = frozenset("=when si =because =to =through".split())
# A denial before one of these may deny it.
_DENIED = frozenset("=because =to =through".split())
_DENIALS = frozenset("ne n pas sans jamais aucun aucune ni non".split())
_RELATIVES = frozenset("qui que qu dont où".split())
_ADJUNCT_AT_MOST = 8
# « La charte fixe … » before a verb that shows that the noun is complete.
_VERBAL = frozenset("est sont a ont se s va".split())
_SUBJECTS = {"il": "m", "celui": "m", "elle": "f", "celle": "f", "ils": "p", "elles": "p", "ceux": "p", "celles": "p"}
_DETERMINERS = {
    **dict.fromkeys("le un du au ce cet son mon".split(), "m"),
    **dict.fromkeys("la une cette sa ma".split(), "f"),
    **dict.fromkeys("les des ces ses aux leurs vos nos plusieurs".split(), "p"),
    **dict.fromkeys("l leur chaque notre votre tout toute aucun aucune d".split(), "?"),
}
_SUBJECT_AT_MOST = 5
# Above items that are not what they would be without it.
_CONTRARY = re.compile(
    r"(?i)\b(?:évit|erreur|idées? reçues?|mythe|piège|faux|tort|risque|jamais|ne |n'|pas |sans|sauf|interdi|contrairement)"
)


@dataclass(frozen=True, slots=True)
class Statement:
    """Its words, whether it is a question, and whether the items in it are counted (« Les trois freins : »)."""

    words: tuple[Word, ...]
    asks: bool = False
    is_counted: bool = False


def statements(quote: str, acronyms: Mapping[str, str] | None = None) -> tuple[Statement, ...]:
    """What the quote states, its own sentences first. Example: "En 2016, A aide B." -> itself, "A aide B en 2016." """
    return _statements(quote, tuple((acronyms or {}).items()))


@lru_cache(maxsize=4096)
def _statements(quote: str, acronyms: tuple[tuple[str, str], ...]) -> tuple[Statement, ...]:
    known = dict(acronyms)
    plain = list(_plain(quote, known))
    moved = [
        replace(statement, words=other)
        for statement in plain
        if not (statement.asks or statement.is_counted)
        for other in (_head_moved(statement.words), *fronted(statement.words))
        if other
    ]
    return (*plain, *moved, *_joined(quote, known))


def _plain(quote: str, acronyms: Mapping[str, str]) -> Iterator[Statement]:
    """Each sentence; each list item also under its lead-in, alone only where that does not deny it."""
    lead = ""
    items: list[tuple[Word, ...]] = []
    for block in segment(quote):
        texts = [quote[start:end] for start, end in block.sentences]
        if block.kind is not Kind.ITEM:
            lead, items = (texts[-1] if quote[: block.end].endswith(":") else ""), []
        if not (block.kind is Kind.ITEM and _CONTRARY.search(normalise(lead).text)):
            for text in texts:
                yield Statement(words(text, acronyms), _asks(text))
        if block.kind is Kind.ITEM and lead:
            items.append(_marked(words(quote[block.start : block.end], acronyms)))
            opening = words(lead, acronyms)
            counts = {int(word.form) for word in opening if re.fullmatch(r"\d\d?", word.form)}
            for text in () if counts else texts:
                yield Statement(opening + words(text, acronyms), _asks(text))
            # « Les trois freins » are not two of them.
            if not counts or len(items) in counts:
                yield Statement((*opening, *(word for item in items for word in item)), is_counted=bool(counts))


def _marked(item: tuple[Word, ...]) -> tuple[Word, ...]:
    return (replace(item[0], before="•" + item[0].before), *item[1:]) if item else ()


def _asks(text: str) -> bool:
    return text.rstrip(' »"”').endswith("?")


def fronted(sentence: tuple[Word, ...]) -> tuple[tuple[Word, ...], ...]:
    """The sentence with an adjunct or a clause at its head instead, in each way that says the same."""
    return tuple(
        other for other in (_tail_moved(sentence), _date_moved(sentence), _attribution_moved(sentence)) if other
    )


def _head_moved(sentence: tuple[Word, ...]) -> tuple[Word, ...]:
    """« En 2016, A aide B » -> « A aide B en 2016 »"""
    cut = next((at for at, word in enumerate(sentence) if set(word.before) - {"&"}), 0)
    head, body = sentence[:cut], sentence[cut:]
    if not head or "," not in body[0].before or not _may_move(head, body):
        return ()
    return (replace(body[0], before=""), *body[1:], *head)


def _tail_moved(sentence: tuple[Word, ...]) -> tuple[Word, ...]:
    """« A aide B en 2016 » -> « En 2016, A aide B »"""
    for cut in range(1, len(sentence)):
        body, tail = sentence[:cut], sentence[cut:]
        if tail[0].before in ("", ",") and _may_move(tail, body):
            return (replace(tail[0], before=""), *tail[1:], replace(body[0], before=","), *body[1:])
    return ()


def _date_moved(sentence: tuple[Word, ...]) -> tuple[Word, ...]:
    """« A aide, le 4 mars 2016, B » -> « Le 4 mars 2016, A aide B »"""
    dates = [at for at, word in enumerate(sentence) if at and _is_date(word) and word.lead[-1:] in (("le",), ("en",))]
    if len(dates) != 1:
        return ()
    begin = dates[0]
    end = next((at for at in range(begin + 1, len(sentence)) if not _is_date(sentence[at]) or sentence[at].lead),
               len(sentence))  # fmt: skip
    body, date, rest = sentence[:begin], sentence[begin:end], sentence[end:]
    if not _is_one_clause(body) or any(_hangs_on(word) for word in body) or date[0].before not in ("", ","):
        return ()
    if rest and date[0].before and rest[0].before == ",":
        rest = (replace(rest[0], before=""), *rest[1:])
    return (replace(date[0], before=""), *date[1:], replace(body[0], before=","), *body[1:], *rest)


def _attribution_moved(sentence: tuple[Word, ...]) -> tuple[Word, ...]:
    """« A aide B, selon C » -> « Selon C, A aide B »"""
    for cut, word in enumerate(sentence[1:], 1):
        stops = [other for other in sentence[cut + 1 :] if set(other.before) - {"&"}]
        if word.form == "=according" and word.before == "," and not stops:
            return (replace(word, before=""), *sentence[cut + 1 :], replace(sentence[0], before=","), *sentence[1:cut])
    return ()


def _is_date(word: Word) -> bool:
    return re.fullmatch(r"\d{1,2}|(?:19|20)\d\d|mois\d+", word.form) is not None


def _hangs_on(word: Word) -> bool:
    """A date after « la charte signée » is that of the signature: nothing that may be a participle stands before it."""
    alone = not {"a", "ont", "est", "sont", "été"} & set(word.lead)
    return alone and re.search(r"(?:[éiu]e?s?|(?<!a)[iî]te?s?|ise?s?|ante?s?)$", word.form) is not None


def _may_move(part: tuple[Word, ...], body: tuple[Word, ...]) -> bool:
    """Whether the part says the same of the body before and after it."""
    if part[0].form in _DENIED and any(word.form in _DENIALS for word in body):
        return False
    if not (part[0].form in _CLAUSES or (part[0].opening in _ADJUNCTS and len(part) <= _ADJUNCT_AT_MOST)):
        return False
    clausal = part[0].form in _CLAUSES
    stops = {",", ";", ":", "(", ".", "•", "-"} | (set() if clausal else {"&"})
    if any(stops & set(word.before) or (not clausal and _RELATIVES & set(word.lead)) for word in part[1:]):
        return False
    return _is_one_clause(body)


def _is_one_clause(part: tuple[Word, ...]) -> bool:
    """Whether nothing in it could take what moves from one of its ends to the other."""
    if any((word.before and at) or _RELATIVES & set(word.lead) for at, word in enumerate(part)):
        return False
    return not any(
        re.search(r"(?:er|ir|oir|re)$", word.form) and {"de", "d", "à"} & set(word.lead[-1:]) for word in part
    )


def _joined(quote: str, acronyms: Mapping[str, str]) -> Iterator[Statement]:
    """Two sentences of a paragraph one after the other; « elle » in the second by what it stands for."""
    for block in segment(quote):
        texts = [quote[start:end] for start, end in block.sentences]
        for one, other in pairwise(texts):
            if _asks(one) or _asks(other):
                continue
            first, second = words(one, acronyms), words(other, acronyms)
            if not first or not second:
                continue
            pronoun = re.match(r"\W*(\w+)", normalise(other).text.lower())
            kind = _SUBJECTS.get(pronoun[1], "") if pronoun else ""
            if not kind:
                yield Statement((*first, replace(second[0], before="."), *second[1:]))
            elif subject := _subject(one, first, kind):
                yield Statement((*first, replace(second[0], before="."), *second[1:]))
                yield Statement((*subject, replace(second[0], before=""), *second[1:]))


def _subject(text: str, sentence: tuple[Word, ...], kind: str) -> tuple[Word, ...]:
    """The first noun with what belongs to it, if it is the only one that a pronoun of this kind can stand for."""
    tokens = re.findall(r"\w+", normalise(text).text.lower())
    kinds = [_DETERMINERS[token] for token in tokens if token in _DETERMINERS]
    can_be = [found for found in kinds if found == kind or (found == "?" and kind != "p")]
    if not kinds or _DETERMINERS.get(tokens[0]) not in (kind, "?") or len(can_be) != 1:
        return ()
    if any(word.exact and not word.form[0].isdigit() for word in sentence):
        return ()
    for at, word in enumerate(sentence[1 : _SUBJECT_AT_MOST + 1], 1):
        if word.before:
            return ()
        if _VERBAL & set(word.lead) or word.form in ("=can", "=must", "ne", "n"):
            return sentence[:at]
    return ()
