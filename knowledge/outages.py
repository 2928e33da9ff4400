"""Adapter: who still asks a server that has let someone down, and who is told so at once."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

from .errors import UnreachableServer

# Seconds without a word after which a server is taken for frozen by those who read: a person waits.
READING = 6.0
# And by whoever tries one that has been silent: they may have stood in line behind those who waited.
_TRYING = 2.0


class Outage:
    """
    Of one server. As long as it lasts, one caller at a time asks the server, and the others are told at once what the
    last one was: nobody waits behind those who wait. It ends with the first who is answered.
    """

    def __init__(self, error: type[Exception] = UnreachableServer, streams: bool = False) -> None:
        """
        `error` is what tells that the server does not answer; it takes a sentence. An answer that `streams` may end in
        another thread than it began in.
        """
        self._error, self._said = error, ""
        # A thread that tries the server may have several things to ask, one within another.
        self._trying = threading.Lock() if streams else threading.RLock()

    def patience(self, seconds: float) -> float:
        """How many to wait for an answer: `seconds`, or fewer while it lasts."""
        return min(seconds, _TRYING) if self._said else seconds

    @contextmanager
    def asking(self, line: AbstractContextManager[object] | None = None) -> Iterator[None]:
        """`line` is where one waits for one's turn to ask, if there is one."""
        was_well = not self._said
        with ExitStack() as held:
            if not was_well:
                if not self._trying.acquire(blocking=False):
                    raise self._error(self._said)
                held.callback(self._trying.release)
            held.enter_context(line or nullcontext())
            if was_well and self._said:
                # It began while they stood in line.
                raise self._error(self._said)
            try:
                yield
            except self._error as error:
                self._said = str(error)
                raise
            self._said = ""
