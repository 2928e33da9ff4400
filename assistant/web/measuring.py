"""Adapter: counts and times the questions, for Prometheus and for the log, and keeps nothing of what was said."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector

from ..answers import Answer
from ..errors import BadQuestion

_log = logging.getLogger(__name__)
OUTCOMES = "reponse", "abstention", "refus", "politesse", "erreur", "arret"
ANSWERED, ABSTAINED, DECLINED, POLITE, FAILED, STOPPED = OUTCOMES
_SECONDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 20, 30, 60)


class Answerer(Protocol):
    """What the interfaces ask of the assistant."""

    def about(self, question: str, page: str) -> str: ...
    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Answer]: ...
    def followed(self, answer: Answer) -> Answer: ...


class Measured:
    """The assistant, with each of its answers counted; one that takes `slow` seconds or more goes to the log."""

    def __init__(self, assistant: Answerer, slow: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self._assistant, self._slow, self._clock = assistant, slow, clock
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._questions = Counter("assistant_questions", "Questions, par issue.", ["issue"], registry=self.registry)
        self._durations = Histogram(
            "assistant_answer_seconds",
            "Secondes jusqu'à la réponse entière.",
            registry=self.registry,
            buckets=_SECONDS,
        )
        for outcome in OUTCOMES:
            self._questions.labels(outcome)

    def about(self, question: str, page: str) -> str:
        return self._assistant.about(question, page)

    def followed(self, answer: Answer) -> Answer:
        return self._assistant.followed(answer)

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Answer]:
        began, outcome = self._clock(), FAILED
        try:
            last = None
            for last in self._assistant.stream(question, history):
                yield last
            outcome = _outcome(last) if last else FAILED
        except GeneratorExit:
            # Whoever asked has left.
            outcome = STOPPED
            raise
        except BadQuestion:
            outcome = DECLINED
            raise
        finally:
            self._note(outcome, self._clock() - began)

    def _note(self, outcome: str, seconds: float) -> None:
        self._questions.labels(outcome).inc()
        self._durations.observe(seconds)
        level, said = (logging.WARNING, "question lente") if seconds >= self._slow else (logging.INFO, "question")
        _log.log(level, "%s : %s en %.3f s", said, outcome, seconds, extra={"issue": outcome, "secondes": seconds})


def _outcome(answer: Answer) -> str:
    if answer.is_refusal:
        return DECLINED
    if answer.is_courtesy:
        return POLITE
    return ABSTAINED if answer.is_abstention else ANSWERED
