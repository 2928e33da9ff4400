import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager

import pytest

from knowledge import UnreachableServer
from knowledge.outages import Outage

SAID = "Le serveur ne répond pas : relancez-le."


class Slow:
    """A server that answers, or does not, when the test says so; `asked` is how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.reached, self.ends = threading.Event(), threading.Event()

    def answer(self, fails: bool) -> str:
        self.asked += 1
        self.reached.set()
        assert self.ends.wait(30)
        if fails:
            raise UnreachableServer(SAID)
        return "ok"


def asking(
    outage: Outage, ask: Callable[[], str], line: AbstractContextManager[object] | None = None
) -> Callable[[], str]:
    def asked() -> str:
        with outage.asking(line):
            return ask()

    return asked


def fail(outage: Outage) -> None:
    with pytest.raises(UnreachableServer), outage.asking():
        raise UnreachableServer(SAID)


def test_while_one_tries_a_server_that_was_gone_the_others_are_told_at_once() -> None:
    outage, server = Outage(), Slow()
    fail(outage)
    with ThreadPoolExecutor() as threads:
        trying = threads.submit(asking(outage, lambda: server.answer(fails=False)))
        assert server.reached.wait(30)
        # It would wait for ever, were it to ask.
        with pytest.raises(UnreachableServer, match=SAID):
            asking(outage, lambda: server.answer(fails=True))()
        server.ends.set()
        assert trying.result(30) == "ok"
    assert asking(outage, lambda: "ok")() == "ok"
    assert server.asked == 1


def test_those_who_stood_in_line_when_it_began_are_told_without_asking() -> None:
    outage, server = Outage(), Slow()
    server.ends.set()
    one_at_a_time, all_there = threading.Lock(), threading.Barrier(4)

    @contextmanager
    def line() -> Iterator[None]:
        all_there.wait(30)
        with one_at_a_time:
            yield

    with ThreadPoolExecutor(4) as threads:
        told = [threads.submit(asking(outage, lambda: server.answer(fails=True), line())) for _ in range(4)]
        assert {str(one.exception(30)) for one in told} == {SAID}
    assert server.asked == 1


def test_nobody_is_kept_from_a_server_that_answers() -> None:
    outage, server = Outage(), Slow()
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(asking(outage, lambda: server.answer(fails=False)))
        assert server.reached.wait(30)
        assert asking(outage, lambda: "ok")() == "ok"
        server.ends.set()
        assert slow.result(30) == "ok"


def test_whoever_tries_may_ask_for_several_things() -> None:
    outage = Outage()
    fail(outage)
    with outage.asking(), outage.asking():
        pass
    with outage.asking():
        pass


def test_whoever_tries_a_server_that_was_silent_gives_it_less_time() -> None:
    outage = Outage()
    assert outage.patience(60) == 60
    fail(outage)
    assert outage.patience(60) < 60
    assert outage.patience(0.5) == 0.5
    with outage.asking():
        pass
    assert outage.patience(60) == 60


def test_another_error_is_no_outage() -> None:
    outage = Outage()
    with pytest.raises(KeyError), outage.asking():
        raise KeyError
    fail(outage)
    with pytest.raises(KeyError), outage.asking():
        raise KeyError
    with outage.asking():
        pass


def test_an_answer_that_streams_may_end_in_another_thread_than_it_began_in() -> None:
    outage = Outage(streams=True)
    fail(outage)
    trying = outage.asking()
    trying.__enter__()
    fail(outage)
    with ThreadPoolExecutor() as threads:
        threads.submit(trying.__exit__, None, None, None).result(30)
    with outage.asking():
        pass
