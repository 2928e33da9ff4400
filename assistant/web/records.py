"""Adapter: what is kept of the conversations of the page, for those who had them."""

import logging
import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from cachetools import TTLCache

from knowledge import KnowledgeError

from ..answering import Assistant
from ..journal import Journal
from ..rendering import Turn
from .explaining import recorded
from .opinions import Opinion, Opinions

# Seconds that a conversation can be taken away as a file, and how many are held at a time.
_HELD_FOR = 12 * 3600
_HELD = 4000

Turns = tuple[Turn, ...]


class Records:
    """
    Gives each answer a code, and writes it in the journal under that code where there is one; holds conversations for
    their export under a key of their own, which the code of an answer does not give away.
    """

    def __init__(
        self,
        assistant: Assistant,
        journal: Journal | None = None,
        opinions: Opinions | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.journal, self.opinions, self._assistant = journal, opinions, assistant
        self._held: TTLCache[str, Turns] = TTLCache(_HELD, _HELD_FOR, clock)

    def filed(self, turn: Turn) -> Turn:
        """The turn under its code. An answer that cannot be written down is given all the same."""
        filed = replace(turn, code=secrets.token_urlsafe(12))
        if turn.answer is None or self.journal is None:
            return filed
        try:
            self.journal.note(filed.code, recorded(turn.answer, self._assistant.source, date.today().year))
        except (sqlite3.Error, KnowledgeError):
            logging.getLogger(__name__).exception("an answer could not be kept")
            return filed
        return replace(filed, is_kept=True)

    def hold(self, turns: Turns) -> str:
        """The key under which the conversation can be taken away; "" where there is nothing to take."""
        said = tuple(turn for turn in turns if turn.answer is not None)
        if not said:
            return ""
        key = secrets.token_urlsafe(12)
        self._held[key] = said
        return key

    def held(self, key: str) -> Turns:
        return self._held.get(key, ())

    def judge(self, turn: Turn, useful: bool, comment: str = "") -> None:
        """A reader's opinion of an answer; a second one replaces the first."""
        if self.opinions is not None and turn.answer is not None and turn.code:
            opinion = Opinion(turn.code, useful, comment.strip(), turn.question, turn.answer.text)
            self.opinions.note(opinion)
