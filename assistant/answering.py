"""Façade: a question into Answers, each complete, the last one final."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from langchain_core.language_models import BaseChatModel
from langchain_core.prompt_values import PromptValue

from knowledge import Findings, Source, Zone
from knowledge.dating import asked_moment, in_time
from knowledge.outages import Outage

from .answers import Answer
from .asking import checked, recent
from .chat_model import stream as stream_words
from .citing import cite, draft, quote, withheld
from .declining import Refusal, decline
from .errors import ModelUnavailable, SilentModel
from .extracting import Note, extract, unnoted
from .faltering import fault, is_endless, sound
from .following import follow_ups
from .greeting import courtesy
from .inquiring import Inquiry, Kind, inquire
from .merging import merged, relative
from .noting import abstention, annotate, refusal, sources_of
from .observing import step, stepped, told
from .pointing import is_same_page, points_at_page, with_title
from .prompts import ANSWER, fenced
from .reading import read_around
from .searcher import Searcher
from .sufficing import UNSAID, standing, suffices
from .tracing import LeftOut, Trace
from .weighing import Unit, emphasised, is_exact, rank

# Sentences left out that are remembered, the best first; and when none is said.
_LOOKED_AT, _WITNESSES = 12, 5
# What an earlier question's terms weigh beside this one's.
_CARRIED = 0.5


@dataclass(frozen=True, slots=True)
class State:
    """What is answered from: the revision of the base, and how many sources it holds."""

    revision: int
    sources: int


class Assistant:
    """
    Answers from what the searcher finds, with verbatim sentences; with a model, in its words where they are
    borne out, and with verbatim sentences again where it fails.
    """

    def __init__(
        self,
        searcher: Searcher,
        model: BaseChatModel | None = None,
        timeout: float = 30.0,
        today: Callable[[], date] = date.today,
        outage: Outage | None = None,
    ) -> None:
        """`timeout` is how many seconds the model has to write an answer; while it is silent, one question waits."""
        self._searcher, self._model, self._timeout, self._today = searcher, model, timeout, today
        self._outage = outage or Outage(SilentModel, streams=True)
        self._followed: dict[tuple[int, str, str], bool] = {}

    def answer(self, question: str, history: Sequence[str] = ()) -> Answer:
        """The last answer of the stream."""
        *_, final = self.stream(question, history)
        return final

    def warm_up(self) -> None:
        """Open what the first question would wait for."""
        self._searcher.search("co-construction")

    def source(self, id: str) -> Source | None:
        """The source as it is now."""
        return self._searcher.source(id)

    @property
    def revision(self) -> int:
        """That of the base, now."""
        return self._searcher.revision

    def followed(self, answer: Answer) -> Answer:
        """The answer, suggesting questions about what stands near; each has an answer of its own."""
        return replace(answer, suggestions=follow_ups(answer, self._is_answered))

    def _is_answered(self, question: str, source: str) -> bool:
        """Whether the sources answer the question with words of this one; each is tried once a revision."""
        edition = self._searcher.edition()
        key = (edition.revision, question, source)
        if key not in self._followed:
            inquiry, plain = inquire(question), Assistant(edition, today=self._today)
            found, weights = plain._found(inquiry), plain._weights(inquiry)
            answer = plain._quoted(inquiry, found, weights, plain._ranked(inquiry, found, weights))
            self._followed[key] = any(citation.passage.source == source for citation in answer.citations)
        return self._followed[key] and decline(question) is None

    def state(self) -> State:
        """As it is now. Raises KnowledgeError where the base cannot be read or searched any more."""
        edition = self._searcher.edition()
        edition.check()
        return State(edition.revision, len(edition.sources()))

    def about(self, question: str, page: str) -> str:
        """The question with the title of the article that it points at, where the source at `page` is known."""
        if not page or not points_at_page(question):
            return question
        sources = (source for source in self._searcher.sources() if is_same_page(source.url, page))
        article = next(sources, None)
        return with_title(question, article.title) if article and article.title else question

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Answer]:
        """
        Complete answers, each better than the one before. `history` holds the earlier questions, oldest first.
        Raises BadQuestion for an empty question or one over 2,000 characters.
        """
        asked = checked(question)
        answering = Assistant(self._searcher.edition(), self._model, self._timeout, self._today, self._outage)
        yield from stepped("question", answering._answers(asked, recent(history)), told)

    def _answers(self, question: str, history: Sequence[str]) -> Iterator[Answer]:
        if polite := courtesy(question):
            yield polite
            return
        refused = decline(question)
        inquiry = inquire(question, history)
        if inquiry.kind is Kind.SOURCES and history and not refused:
            yield sources_of(self._before(history), question)
            return
        findings = self._found(inquiry)
        trace = self._trace(inquiry, findings, refused)
        if refused and not (refused.yields and trace.zone is Zone.COVERED):
            yield replace(refusal(question, refused, findings.hits), trace=trace)
            return
        extractive = self._extractive(inquiry, findings, trace, sure=refused is not None)
        if refused and extractive.is_abstention:
            yield replace(refusal(question, refused, findings.hits), trace=trace)
            return
        if self._model is None or extractive.is_abstention:
            yield extractive
            return
        yield from self._generated(inquiry, findings, extractive)

    def _before(self, history: Sequence[str]) -> Answer:
        """What the sources say to the last earlier question that asked for something, word for word."""
        asks = (at for at, said in enumerate(history) if not courtesy(said) and inquire(said).kind is not Kind.SOURCES)
        last = max(asks, default=-1)
        plain = Assistant(self._searcher, today=self._today)
        return [*plain._answers(history[last], history[:last])][-1] if last >= 0 else Answer("")

    @step("recherche")
    def _found(self, inquiry: Inquiry) -> Findings:
        """What the question finds, with the one it leans on, but for what was replaced by the time it asks about."""
        found = self._searcher.search(inquiry.query)
        if inquiry.subject and inquiry.subject != inquiry.query:
            found = merged(found, self._searcher.search(f"{inquiry.subject} {inquiry.query}"))
        moment = asked_moment(inquiry.query, self._today())
        return replace(found, hits=relative(in_time(found.hits, moment)))

    def _weights(self, inquiry: Inquiry) -> dict[str, float]:
        """What the question itself says weighs more than what it carries over."""
        own = emphasised(self._searcher.weights(inquiry.query), inquiry.kind)
        if not inquiry.subject or inquiry.subject == inquiry.query:
            return own
        carried = self._searcher.weights(inquiry.subject)
        return {term: weight * _CARRIED for term, weight in carried.items()} | own

    def _trace(self, inquiry: Inquiry, findings: Findings, refused: Refusal | None) -> Trace:
        return Trace(
            revision=self._searcher.revision,
            query=inquiry.query,
            subject=inquiry.subject,
            weights=tuple(self._weights(inquiry).items()),
            zone=self._searcher.zone(findings),
            hits=findings.hits,
            refused=refused.kind if refused else "",
        )

    def _ranked(self, inquiry: Inquiry, findings: Findings, weights: Mapping[str, float]) -> list[Unit]:
        """The sentences that could be said, best first."""
        read = read_around(findings.hits, self._searcher.source)
        likeness = self._searcher.likeness(inquiry.query, [hit.passage for hit in read])
        return rank(inquiry, read, weights, likeness)

    @step("composition")
    def _extractive(self, inquiry: Inquiry, findings: Findings, trace: Trace, sure: bool) -> Answer:
        left_out: list[LeftOut] = []
        weights = dict(trace.weights)
        ranked = self._ranked(inquiry, findings, weights)
        answer = self._quoted(
            inquiry, findings, weights, ranked, sure, lambda unit, reason: left_out.append(LeftOut(unit.text, reason))
        )
        stands = standing(ranked, self._searcher.nearness(findings))
        return replace(answer, trace=replace(trace, standing=stands, left_out=tuple(left_out[:_LOOKED_AT])))

    def _quoted(
        self,
        inquiry: Inquiry,
        findings: Findings,
        weights: Mapping[str, float],
        ranked: Sequence[Unit],
        sure: bool = False,
        note: Note = unnoted,
    ) -> Answer:
        zone = self._searcher.zone(findings)
        exact = is_exact(inquiry, ranked, weights)
        if not suffices(ranked, self._searcher.nearness(findings), exact, sure):
            for unit in ranked[:_WITNESSES]:
                note(unit, UNSAID)
            return abstention(inquiry, findings.hits)
        answer = quote(inquiry.question, extract(inquiry, ranked, weights, note=note))
        if answer.is_abstention:
            return abstention(inquiry, findings.hits)
        near = Zone.COVERED if zone is Zone.COVERED else Zone.GREY
        return annotate(answer, inquiry, near, exact, self._today())

    def _generated(self, inquiry: Inquiry, findings: Findings, extractive: Answer) -> Iterator[Answer]:
        passages = [hit.passage for hit in findings.hits]
        asked = f"{inquiry.subject} {inquiry.question}".strip()
        prompt = ANSWER.invoke({"passages": fenced(passages), "question": asked})
        known = self._searcher.acronyms()
        text = ""
        shown = Answer(inquiry.question)
        try:
            for words in stepped("modèle", self._written(prompt)):
                text += words
                better = draft(inquiry.question, sound(text), passages, known)
                if better.claims != shown.claims:
                    shown = better
                    yield shown
                if is_endless(text):
                    break
        except ModelUnavailable as error:
            yield _fallback(extractive, str(error))
            return
        with step("preuve"):
            answer = cite(inquiry.question, sound(text), passages, known)
        if answer.is_abstention:
            yield _fallback(extractive, fault(text))
        else:
            trace = (
                replace(extractive.trace, left_out=withheld(sound(text), answer, passages))
                if extractive.trace
                else None
            )
            yield replace(annotate(answer, inquiry, self._searcher.zone(findings), today=self._today()), trace=trace)

    def _written(self, prompt: PromptValue) -> Iterator[str]:
        assert self._model is not None
        with self._outage.asking():
            yield from stream_words(self._model, prompt, self._timeout)


def _fallback(extractive: Answer, reason: str) -> Answer:
    note = f"Mode extractif : {reason} Voici des phrases des sources, mot à mot."
    return replace(extractive, notes=(note, *extractive.notes))
