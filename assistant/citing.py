"""Pure: excerpts, or a model's marked text, into an Answer whose every sentence is borne out by its citations."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from knowledge import Passage
from knowledge.normalising import locate
from knowledge.segmenting import Kind, lists, segment

from .answers import Answer, Citation, Claim, Layout, Mode
from .extracting import Excerpt
from .tracing import LeftOut
from .verifying import agrees, bears_out

_MARK = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_UNFINISHED = re.compile(r"\s*\[[\d\s,;]*$")
# A stop with its marks, or a mark at a line's end, before what is no mark of theirs.
_FINISHED = re.compile(r"(?:[.!?…](?:[  ]?[»”)\"])*(?:\s*\[[\d\s,;]+\])*|\[[\d\s,;]+\](?=\s*\n))\s+(?=[^\s\[])")
_FENCES = re.compile(r"^```\w*$|^#+\s+|\*\*|__", re.MULTILINE)


def quote(question: str, excerpts: Sequence[Excerpt]) -> Answer:
    """The answer that the excerpts make, each cited by the very words it is made of."""
    citations: list[Citation] = []
    claims: list[Claim] = []
    for excerpt in excerpts:
        number = _number(citations, excerpt)
        claims.append(Claim(_flat(excerpt.text), (number,), excerpt.layout))
    return Answer(question, tuple(claims), tuple(citations))


def _number(citations: list[Citation], excerpt: Excerpt) -> int:
    """The excerpt's citation: one that holds it, or the last one grown when the excerpt follows it at once."""
    for known in citations:
        if known.passage == excerpt.passage and known.start <= excerpt.start and excerpt.end <= known.end:
            return known.number
    if citations:
        last = citations[-1]
        between = last.passage.text[last.end : excerpt.start]
        touches = last.passage == excerpt.passage and last.end <= excerpt.start
        if touches and re.fullmatch(r"\s*(?:[-•*]|\d{1,2}[.)])?\s*", between):
            citations[-1] = replace(last, end=excerpt.end)
            return last.number
    citations.append(Citation(len(citations) + 1, excerpt.passage, excerpt.start, excerpt.end))
    return citations[-1].number


def cite(question: str, text: str, passages: Sequence[Passage], acronyms: Mapping[str, str] | None = None) -> Answer:
    """
    What a model has written so far, made an answer. [n] is the n-th passage it was shown.

    A sentence stays only if words of the passages that it marks bear it out; where they only say the same thing, their
    own sentence stands in its place. What is said twice is kept once, and marks are renumbered by first appearance.
    Text without surviving sentences is an abstention. The same text gives the same answer however the stream was cut,
    and an unfinished mark at its end is hidden.
    """
    citations: list[Citation] = []
    claims: list[Claim] = []
    withheld = replaced = 0
    opens = False
    known = tuple((acronyms or {}).items())
    for sentence, marks, layout in _sentences(_UNFINISHED.sub("", text)):
        opens = opens or layout is Layout.PARAGRAPH
        shown = [passages[mark - 1] for mark in marks if 0 < mark <= len(passages)]
        found = [proof for passage in shown if (proof := _proof(sentence, passage, known))]
        said = sentence
        if not found:
            nearest = next((near for passage in shown if (near := _nearest(sentence, passage, known))), None)
            if nearest is None:
                withheld += 1
                continue
            replaced += 1
            found, said = [nearest], _flat(nearest.text)
        if any(claim.text == said for claim in claims):
            continue
        numbers = tuple(dict.fromkeys(_number(citations, proof) for proof in found))
        claims.append(Claim(said, numbers, Layout.PARAGRAPH if opens and layout is Layout.SENTENCE else layout))
        opens = False
    notes = tuple(filter(None, (_replaced(replaced), _withheld(withheld)))) if claims else ()
    return Answer(question, tuple(claims), tuple(citations), notes, mode=Mode.GENERATED)


def draft(question: str, text: str, passages: Sequence[Passage], acronyms: Mapping[str, str] | None = None) -> Answer:
    """What may be shown of a text that is still being written: what `cite` makes of its finished sentences."""
    ends = [match.end() for match in _FINISHED.finditer(text)]
    return replace(cite(question, text[: max(ends, default=0)], passages, acronyms), notes=())


def _sentences(text: str) -> Iterator[tuple[str, list[int], Layout]]:
    """Each sentence without its marks; marks after the stop belong to the sentence before it."""
    text = _FENCES.sub("", text)
    bare, marks = _unmarked(text)
    for block in segment(bare):
        layout = Layout.ITEM if block.kind is Kind.ITEM else Layout.PARAGRAPH
        for start, end in block.sentences:
            own = [number for at, number in marks if start < at <= end]
            yield _flat(bare[start:end]), own, layout
            layout = Layout.SENTENCE if layout is Layout.PARAGRAPH else layout


def withheld(text: str, answer: Answer, passages: Sequence[Passage]) -> tuple[LeftOut, ...]:
    """The sentences of a model's text that its answer does not say, and why."""
    said = {claim.text for claim in answer.claims}
    sentences = [(sentence, marks) for sentence, marks, _ in _sentences(text) if sentence not in said]
    return tuple(LeftOut(sentence, _refused(sentence, marks, passages)) for sentence, marks in sentences)


def _refused(sentence: str, marks: Sequence[int], passages: Sequence[Passage]) -> str:
    shown = [passages[mark - 1] for mark in marks if 0 < mark <= len(passages)]
    if not shown:
        return "ne renvoie à aucune des sources lues"
    return bears_out(sentence, shown[0].text).reason or "la source le dit en d'autres mots"


def _unmarked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without marks, and each mark's (offset in it, number)."""
    bare = ""
    marks: list[tuple[int, int]] = []
    position = 0
    for match in _MARK.finditer(text):
        bare += text[position : match.start()]
        marks += [(len(bare), int(number)) for number in re.findall(r"\d+", match.group(1))]
        position = match.end()
    return bare + text[position:], marks


# While a text is written, its sentences are looked at again with each word.
@lru_cache(maxsize=1024)
def _proof(sentence: str, passage: Passage, acronyms: tuple[tuple[str, str], ...]) -> Excerpt | None:
    """The words of the passage that bear the sentence out: the same words, else the fewest sentences that do."""
    known = dict(acronyms)
    spans = [span for block in segment(passage.text) for span in block.sentences]
    place = locate(sentence, passage.text)
    # Where they stand, the same words may say something else: « 3 000 € » in « 23 000 € ».
    if place and bears_out(sentence, _around(passage.text, spans, *place), known):
        return Excerpt(passage, *place, Layout.SENTENCE)
    windows = [(spans[at][0], spans[at + size - 1][1]) for size in (1, 2, 3) for at in range(len(spans) - size + 1)]
    for start, end in (*windows, *_lists(passage.text)):
        if bears_out(sentence, passage.text[start:end], known):
            return Excerpt(passage, start, end, Layout.SENTENCE)
    return None


def _lists(text: str) -> Iterator[tuple[int, int]]:
    """From each lead-in to each of its items."""
    for lead, items in lists(segment(text)):
        if lead.sentences and text[: lead.end].endswith(":"):
            yield from ((lead.sentences[-1][0], item.end) for item in items)


@lru_cache(maxsize=1024)
def _nearest(sentence: str, passage: Passage, acronyms: tuple[tuple[str, str], ...]) -> Excerpt | None:
    """The passage's sentence that says the same thing, though it does not prove the wording."""
    for block in segment(passage.text):
        for start, end in block.sentences:
            if block.kind is not Kind.HEADING and agrees(sentence, passage.text[start:end], dict(acronyms)):
                return Excerpt(passage, start, end, Layout.SENTENCE)
    return None


def _around(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> str:
    """The whole sentences that hold [start, end)."""
    held = [span for span in spans if span[0] < end and start < span[1]] or [(start, end)]
    return text[min(start, held[0][0]) : max(end, held[-1][1])]


def _withheld(count: int) -> str:
    if count < 2:
        return "Une phrase du modèle n'était pas étayée par les sources : elle a été retirée." if count else ""
    return f"{count} phrases du modèle n'étaient pas étayées par les sources : elles ont été retirées."


def _replaced(count: int) -> str:
    if count < 2:
        return (
            "Une phrase du modèle s'écartait des mots de la source : celle de la source la remplace." if count else ""
        )
    return f"{count} phrases du modèle s'écartaient des mots des sources : celles des sources les remplacent."


def _flat(text: str) -> str:
    return " ".join(text.split())
