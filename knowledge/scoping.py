"""Pure: which passages a search is limited to."""

from dataclasses import dataclass

from .analysing import fold, words
from .dating import first_day, last_day
from .sources import Passage


@dataclass(frozen=True, slots=True)
class Scope:
    """
    What a passage must be to be searched; an empty field asks for nothing.

    `part` and `publisher` are words that follow one another in the passage's own, in any case and without accents. A
    publisher is the source's, or that of a publication which the passage rests on. `since` and `until` are ISO dates
    (2024, 2024-03, 2024-03-31), the source's date being within them in part at least: a source without a date is in
    no period. `source` is an identifier.
    """

    part: str = ""
    publisher: str = ""
    since: str = ""
    until: str = ""
    source: str = ""

    def __bool__(self) -> bool:
        return any((self.part, self.publisher, self.since, self.until, self.source))

    def admits(self, passage: Passage) -> bool:
        if self.source and passage.source != self.source:
            return False
        if self.part and not _says(passage.part, self.part):
            return False
        return self._in_period(passage.date) and self._published(passage)

    def _in_period(self, dated: str) -> bool:
        if not self.since and not self.until:
            return True
        start, end = first_day(dated), last_day(dated)
        return bool(start) and end >= first_day(self.since) and (not self.until or start <= last_day(self.until))

    def _published(self, passage: Passage) -> bool:
        publishers = (passage.publisher, *(support.reference.publisher for support in passage.supports))
        return not self.publisher or any(_says(publisher, self.publisher) for publisher in publishers)


EVERYTHING = Scope()


def _says(text: str, wanted: str) -> bool:
    return f" {_plain(wanted)} " in f" {_plain(text)} "


def _plain(text: str) -> str:
    return " ".join(words(fold(text)))
