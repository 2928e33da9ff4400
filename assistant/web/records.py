"""Adapter: what is kept of the conversations of the page and of the widget, for those who had them."""

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import count

from anyio import to_thread
from cachetools import TTLCache

from ..answering import Assistant
from ..codes import code_of
from ..journal import Journal
from ..rendering import Turn
from ..shelf import OUT_OF_REACH
from .explaining import recorded
from .keeping import Keeping
from .opinions import Opinion, Opinions
from .sessions import Conversations

# Seconds that a conversation can be taken away as a file, and how many are held at a time.
_HELD_FOR = 12 * 3600
_HELD = 4000

Turns = tuple[Turn, ...]


class Records:
    """
    Gives each answer a code, and writes it in the journal under that code and its conversation's where there is one;
    holds conversations for their export under a key of their own, which the code of an answer does not give away.
    """

    def __init__(
        self,
        assistant: Assistant,
        journal: Journal | None = None,
        opinions: Opinions | None = None,
        clock: Callable[[], float] = time.time,
        conversations: Conversations | None = None,
    ) -> None:
        self.keeping = Keeping(journal, opinions, conversations)
        self.journal, self.opinions, self._assistant = journal, opinions, assistant
        self._held: TTLCache[str, Turns] = TTLCache(_HELD, _HELD_FOR, clock)

    def conversation(self, secret: str) -> str:
        """
        The code of the conversation that `secret` is known to; another once that has been forgotten, "" where nothing
        is written down.
        """
        if self.journal is None:
            return ""
        secret = secret or secrets.token_urlsafe(16)
        codes = (code_of(f"{secret} {nth}") for nth in count())
        return next(code for code in codes if not self.keeping.has_forgotten(code))

    def kept(self, turn: Turn, secret: str, earlier: Sequence[str] = ()) -> Turn:
        """The turn, filed under the code of the conversation of that secret; as it is, where that cannot be told."""
        try:
            conversation = self.conversation(secret)
        except OUT_OF_REACH:
            logging.getLogger(__name__).exception("an answer could not be kept")
            return replace(turn, code=secrets.token_urlsafe(12), earlier=tuple(earlier))
        return self.filed(turn, conversation, earlier)

    def filed(self, turn: Turn, conversation: str = "", earlier: Sequence[str] = ()) -> Turn:
        """
        The turn under its code; `earlier` are the questions before it. An answer that cannot be written down is given
        all the same; a courtesy is not: there is nothing to come back to.
        """
        filed = replace(turn, code=secrets.token_urlsafe(12), conversation=conversation, earlier=tuple(earlier))
        if turn.answer is None or turn.answer.is_courtesy or self.journal is None:
            return filed
        try:
            record = recorded(turn.answer, self._assistant.source, date.today().year, earlier)
            self.journal.note(filed.code, record, conversation)
        except OUT_OF_REACH:
            logging.getLogger(__name__).exception("an answer could not be kept")
            return filed
        return replace(filed, is_kept=True)

    def hold(self, turns: Turns) -> str:
        """The key under which the conversation can be taken away; "" where there is nothing to take."""
        try:
            said = self._remembered(tuple(turn for turn in turns if turn.answer is not None))
        except OUT_OF_REACH:
            return ""
        if not said:
            return ""
        key = secrets.token_urlsafe(12)
        self._held[key] = said
        return key

    def held(self, key: str) -> Turns:
        return self._remembered(self._held.get(key, ()))

    def judge(self, turn: Turn, useful: bool, comment: str = "") -> bool:
        """A reader's opinion of an answer; a second one replaces the first. Whether it could be written down."""
        if self.opinions is not None and turn.answer is not None and turn.code:
            said = comment.strip(), turn.question, turn.answer.text, turn.conversation, turn.earlier
            try:
                self.opinions.note(Opinion(turn.code, useful, *said))
            except OUT_OF_REACH:
                logging.getLogger(__name__).exception("an opinion could not be kept")
                return False
        return True

    async def erase(self, code: str) -> int:
        """How many answers and opinions were kept of the conversation; what is in memory of it goes too."""
        erased = await to_thread.run_sync(self.keeping.forget, code)
        for key, turns in list(self._held.items()):
            if any(turn.conversation == code for turn in turns):
                self._held.pop(key, None)
        return erased

    def _remembered(self, turns: Turns) -> Turns:
        """Those of conversations that nobody has had forgotten, be it in another process."""
        codes = {turn.conversation for turn in turns if turn.conversation}
        forgotten = {code for code in codes if self.keeping.has_forgotten(code)}
        return tuple(turn for turn in turns if turn.conversation not in forgotten)
