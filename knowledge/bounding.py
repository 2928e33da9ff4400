"""Adapter: a connection to PostgreSQL that is not waited on for ever. Imported where it serves alone."""

import time
from collections.abc import Generator
from typing import Any

import psycopg
from psycopg.errors import ConnectionTimeout

from .outages import READING


class Bounded(psycopg.Connection[Any]):
    """
    Closed, with ConnectionTimeout, once the server has said nothing for `silence` seconds to whoever asks it something.

    TCP would wait: the system under a frozen server still acknowledges what it is sent.
    """

    silence: float = READING

    def wait(self, gen: Generator[Any, Any, Any], *given: Any, **named: Any) -> Any:
        try:
            return super().wait(_heard(gen, self.silence), *given, **named)
        except TimeoutError:
            # What came late would be taken for the answer to the next question.
            self.pgconn.finish()
            raise ConnectionTimeout(f"rien reçu en {self.silence:g} secondes") from None


def _heard(steps: Generator[Any, Any, Any], silence: float) -> Generator[Any, Any, Any]:
    """The driver's own steps; raises TimeoutError once nothing has been ready for `silence` seconds."""
    since = time.monotonic()
    try:
        wanted = next(steps)
        while True:
            ready = yield wanted
            if ready:
                since = time.monotonic()
            wanted = steps.send(ready)
            if not ready and time.monotonic() - since > silence:
                raise TimeoutError
    except StopIteration as ended:
        return ended.value
