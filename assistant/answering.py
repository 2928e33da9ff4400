"""Façade: a question into Answers, each complete, the last one final."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from langchain_core.language_models import BaseChatModel

from knowledge import Hit, Passage

from .answers import Answer
from .chat_model import stream as stream_words
from .citing import cite, quote
from .declining import decline
from .errors import BadQuestion, ModelUnavailable
from .extracting import extract
from .inquiring import Inquiry, inquire
from .noting import abstention, annotate, refusal, sources_of
from .prompts import ANSWER, PASSAGE
from .trusting import is_covered

LONGEST_QUESTION = 2000
# A list that a passage's end cuts, or the paragraph that opens it, is within this many characters.
_MARGIN = 600


class Searcher(Protocol):
    """What the assistant asks of a retriever."""

    def hits(self, question: str, count: int | None = None) -> list[Hit]: ...
    def weights(self, question: str) -> dict[str, float]: ...
    def widened(self, passage: Passage, margin: int) -> Passage: ...


class Assistant:
    """
    Answers from what the searcher finds, with verbatim sentences; with a model, in its words where they are
    borne out, and with verbatim sentences again where it fails.
    """

    def __init__(self, searcher: Searcher, model: BaseChatModel | None = None) -> None:
        self._searcher, self._model = searcher, model

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The last answer of the stream."""
        *_, final = self.stream(question, history)
        return final

    def warm_up(self) -> None:
        """Open what the first question would wait for."""
        self._searcher.hits("co-construction")

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Answer]:
        """
        Complete answers, each better than the one before. `history` holds the earlier questions, oldest first.
        Raises BadQuestion for an empty question or one over 2,000 characters.
        """
        question = checked(question)
        refused = decline(question)
        inquiry = inquire(question, history)
        hits = self._searcher.hits(inquiry.query)
        if refused:
            yield refusal(question, refused, hits)
            return
        weights = self._searcher.weights(inquiry.query)
        extractive = self._extractive(inquiry, hits, weights)
        if self._model is None or extractive.is_abstention:
            yield extractive
            return
        yield from self._generated(inquiry, hits, extractive)

    def _extractive(self, inquiry: Inquiry, hits: Sequence[Hit], weights: Mapping[str, float]) -> Answer:
        if not is_covered(inquiry, hits, weights):
            return abstention(inquiry, hits)
        wide = [replace(hit, passage=self._searcher.widened(hit.passage, _MARGIN)) for hit in hits]
        answer = quote(inquiry.question, extract(inquiry, _distinct(wide), weights))
        if answer.is_abstention:
            return abstention(inquiry, hits)
        return annotate(sources_of(answer, inquiry), inquiry)

    def _generated(self, inquiry: Inquiry, hits: Sequence[Hit], extractive: Answer) -> Iterator[Answer]:
        assert self._model is not None
        passages = [hit.passage for hit in hits]
        prompt = ANSWER.invoke({"passages": fenced(passages), "question": inquiry.query})
        text = ""
        answer = Answer(inquiry.question)
        try:
            for words in stream_words(self._model, prompt):
                text += words
                answer = cite(inquiry.question, text, passages)
                if not answer.is_abstention:
                    yield answer
        except ModelUnavailable as error:
            yield _fallback(extractive, str(error))
            return
        if answer.is_abstention:
            yield _fallback(extractive, "Le modèle de langue n'a rien écrit que les sources étayent.")
        else:
            yield annotate(answer, inquiry)


def checked(question: str) -> str:
    """The question without blanks around it. Raises BadQuestion."""
    question = question.strip()
    if not question:
        raise BadQuestion("La question est vide : écrivez-la, puis envoyez.")
    if len(question) > LONGEST_QUESTION:
        raise BadQuestion(
            f"La question fait {len(question)} caractères : réduisez-la à {LONGEST_QUESTION} au plus, "
            "en gardant ce que vous voulez savoir."
        )
    return question


def fenced(passages: Sequence[Passage]) -> str:
    """The passages numbered from 1, in fences that their own text cannot close."""
    return "\n\n".join(
        PASSAGE.format(number=number, title=_unfenced(passage.title), text=_unfenced(passage.text.strip()))
        for number, passage in enumerate(passages, 1)
    )


def _unfenced(text: str) -> str:
    return text.replace("<<<", "").replace(">>>", "")


def _distinct(hits: Sequence[Hit]) -> list[Hit]:
    """Hits whose widened passages overlap, once: the better one, over the range of both."""
    kept: list[Hit] = []
    for hit in hits:
        if not any(_overlap(hit.passage, other.passage) for other in kept):
            kept.append(hit)
    return kept


def _overlap(one: Passage, other: Passage) -> bool:
    return one.source == other.source and one.start < other.end and other.start < one.end


def _fallback(extractive: Answer, reason: str) -> Answer:
    note = f"Mode extractif : {reason} Voici des phrases des sources, mot à mot."
    return replace(extractive, notes=(note, *extractive.notes))
