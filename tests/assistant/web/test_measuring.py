import logging
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from assistant import Answer, Assistant, BadQuestion, Claim
from assistant.web.measuring import ABSTAINED, ANSWERED, DECLINED, FAILED, OUTCOMES, POLITE, STOPPED, Measured

from .test_limiting import Clock
from .test_page import CONDITIONS, UNKNOWN

UNCOVERED = "Qui a écrit la symphonie pastorale ?"


def counts(measured: Measured) -> dict[str, float]:
    """The outcomes that came."""
    found = {
        name: measured.registry.get_sample_value("assistant_questions_total", {"issue": name}) for name in OUTCOMES
    }
    return {name: count for name, count in found.items() if count}


class Scripted:
    def __init__(self, steps: Sequence[Any], clock: Clock) -> None:
        self.steps, self.clock = steps, clock

    def about(self, question: str, page: str) -> str:
        return question + page

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Answer]:
        del history
        for step in self.steps:
            self.clock.now += 3
            if isinstance(step, Exception):
                raise step
            yield Answer(question, (Claim(step),))


@pytest.mark.parametrize(
    ("question", "outcome"),
    [(CONDITIONS, ANSWERED), (UNCOVERED, ABSTAINED), (UNKNOWN, DECLINED), (" ", DECLINED), ("merci", POLITE)],
)
def test_an_answer_is_counted_by_what_came_of_it(assistant: Assistant, question: str, outcome: str) -> None:
    measured = Measured(assistant, 100)
    try:
        assert list(measured.stream(question)) == list(assistant.stream(question))
    except BadQuestion:
        assert not question.strip()
    assert counts(measured) == {outcome: 1}


def test_a_failure_is_counted_and_raised() -> None:
    measured = Measured(Scripted(["Un.", ValueError("jean@exemple.fr")], Clock(0)), 100)
    with pytest.raises(ValueError, match="jean"):
        list(measured.stream("?"))
    assert counts(measured) == {FAILED: 1}


def test_an_answer_that_nobody_waits_for_is_counted_as_stopped() -> None:
    measured = Measured(Scripted(["Un.", "Deux."], Clock(0)), 100)
    stream = measured.stream("?")
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert counts(measured) == {STOPPED: 1}


def test_a_slow_answer_goes_to_the_log_without_its_words(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock(0)
    measured = Measured(Scripted(["Confidence."], clock), 3, clock)
    with caplog.at_level(logging.INFO):
        list(measured.stream("Secret ?"))
        clock.now = 0
        list(Measured(Scripted(["Confidence."], clock), 4, clock).stream("Secret ?"))
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "question lente : abstention en 3.000 s" in caplog.text
    assert "Secret" not in caplog.text
    assert "Confidence" not in caplog.text
    assert measured.registry.get_sample_value("assistant_answer_seconds_sum") == 3
