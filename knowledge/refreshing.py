"""Adapter: a value made anew, by a thread of its own, once what it is made from has moved on."""

import logging
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Generic, TypeVar

from .errors import KnowledgeError, LockedBase

T = TypeVar("T")

_log = logging.getLogger(__name__)
# Seconds after which what could not be made is tried again.
_RETRY = 10.0


class Refreshed(Generic[T]):
    """
    The value that `make` makes of the state `now`; while it makes another (from the one before), that one serves.

    Whoever asks waits for the new one during the first `patience` seconds of its making, and without end only for the
    very first. What cannot be made (KnowledgeError) leaves the one before in use and a warning in the log.
    """

    def __init__(
        self, now: Callable[[], Hashable], make: Callable[[T | None], T], patience: float = 1.0, retry: float = _RETRY
    ) -> None:
        self._now, self._make, self._patience, self._retry = now, make, patience, retry
        self._lock = threading.Lock()
        self._held: tuple[Hashable, T] | None = None
        self._making: Future[T] | None = None
        self._failed: tuple[Hashable, float] | None = None
        self._began = 0.0
        self._watching, self._stopped = False, threading.Event()

    def get(self) -> T:
        held = self._held
        if held is None:
            return self._begun(self._now()).result()
        state = self._now()
        if held[0] != state and not self._failed_lately(state):
            with suppress(TimeoutError, KnowledgeError):
                making = self._begun(state)
                return making.result(max(0.0, self._began + self._patience - time.monotonic()))
        return held[1]

    def last(self) -> T:
        """The one in use, whatever has become of what it was made from."""
        held = self._held
        return self.get() if held is None else held[1]

    def watch(self, interval: float = 0.5) -> None:
        """Look every `interval` seconds whether there is a new state, for as long as anyone holds this."""
        with self._lock:
            if self._watching:
                return
            self._watching = True
        weakref.finalize(self, self._stopped.set)
        threading.Thread(target=_look, args=(weakref.ref(self), self._stopped, interval), daemon=True).start()

    def close(self) -> None:
        """Watch no more, and wait for what is being made."""
        self._stopped.set()
        with self._lock:
            making = self._making
        if making is not None:
            wait([making])

    def _begun(self, state: Hashable) -> "Future[T]":
        """The making that is under way, or one that begins now: one at a time."""
        with self._lock:
            if self._making is not None and not self._making.done():
                return self._making
            made = self._making = Future()
            self._began = time.monotonic()
            if self._held is not None and self._held[0] == state:
                # It was finished between the caller's look and this one.
                made.set_result(self._held[1])
                return made
            threading.Thread(target=self._fulfil, args=(state, made)).start()
            return made

    def _fulfil(self, state: Hashable, made: "Future[T]") -> None:
        try:
            value = self._make(self._held[1] if self._held else None)
        except LockedBase as error:
            # Soon over: it is tried again at the next look.
            made.set_exception(error)
        except BaseException as error:
            self._failed = (state, time.monotonic())
            if self._held is not None:
                _log.warning("La base a changé, mais son nouvel état ne peut pas être ouvert : %s", error)
            made.set_exception(error)
        else:
            self._held = (state, value)
            made.set_result(value)

    def _failed_lately(self, state: Hashable) -> bool:
        return (
            self._failed is not None and self._failed[0] == state and time.monotonic() < self._failed[1] + self._retry
        )


def _look(ref: "weakref.ref[Refreshed[T]]", stopped: threading.Event, interval: float) -> None:
    while not stopped.wait(interval):
        refreshed = ref()
        if refreshed is None:
            return
        # Whoever asks will be told.
        with suppress(KnowledgeError):
            refreshed.get()
        del refreshed
