"""Adapter: the state of the base for those who watch over the service, however many they are and however it is."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from knowledge import UnreachableServer

from ..answering import State

# Seconds that a state is told again, and that anyone waits for one: less than those who watch have patience for.
_FRESH, _PATIENCE = 1.0, 3.0
_SILENT = (
    "La base n'a pas répondu en {:g} secondes : vérifiez que PostgreSQL et le serveur Chroma tournent, si elle est "
    "chez eux, et que la machine n'est pas surchargée."
)


class Look:
    """
    What `state` says, from a thread of its own; while it says nothing, nobody asks it again. A failure is told to those
    who waited for it, and to nobody after them.
    """

    def __init__(
        self,
        state: Callable[[], State],
        fresh: float = _FRESH,
        patience: float = _PATIENCE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state, self._fresh, self._patience, self._clock = state, fresh, patience, clock
        self._lock = threading.Lock()
        self._asked: Future[State] | None = None
        self._told = 0.0

    async def now(self) -> State:
        """Raises KnowledgeError: what `state` raised, or UnreachableServer where it says nothing."""
        try:
            return await asyncio.wait_for(asyncio.wrap_future(self._begun()), self._patience)
        except TimeoutError:
            raise UnreachableServer(_SILENT.format(self._patience)) from None

    def _begun(self) -> "Future[State]":
        with self._lock:
            if self._asked is not None and (not self._asked.done() or self._is_fresh(self._asked)):
                return self._asked
            asked = self._asked = Future()
            # Whoever waits no more does not call it off.
            asked.set_running_or_notify_cancel()
        threading.Thread(target=self._look, args=(asked,), daemon=True).start()
        return asked

    def _is_fresh(self, asked: "Future[State]") -> bool:
        return asked.exception() is None and self._clock() < self._told + self._fresh

    def _look(self, asked: "Future[State]") -> None:
        try:
            state = self._state()
        except BaseException as error:
            asked.set_exception(error)
        else:
            self._told = self._clock()
            asked.set_result(state)
