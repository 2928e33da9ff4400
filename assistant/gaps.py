"""Pure: what is missing from the sources, from the questions that they left unanswered or answered badly."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge import Source

UNANSWERED, DISLIKED = "sans réponse", "mal notée"
# The mean distance (1 - cosine) up to which two groups are one. With the bundled model, questions in other words lie
# 0.04 to 0.12 apart and those about something else 0.11 to 0.21; ten subjects were told apart from 0.11 to 0.14.
_APART = 0.12
# Beyond, the time it takes to compare each with each is felt: the latest count.
_MOST = 4000

Record = Mapping[str, Any]
Vectors = Callable[[Sequence[str]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Lack:
    """A question, masked, that was asked on a day, and why it tells of something missing."""

    question: str
    day: date
    why: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """Questions about the same thing; the most central one first."""

    lacks: tuple[Lack, ...]

    @property
    def question(self) -> str:
        return self.lacks[0].question

    @property
    def others(self) -> tuple[str, ...]:
        """In other words, each once."""
        said = dict.fromkeys(lack.question for lack in self.lacks)
        return tuple(question for question in said if question != self.question)

    @property
    def last(self) -> date:
        return max(lack.day for lack in self.lacks)

    def count(self, why: str) -> int:
        return sum(lack.why == why for lack in self.lacks)


@dataclass(frozen=True, slots=True)
class Week:
    """From a Monday on: what became of the questions."""

    monday: date
    answered: int
    unanswered: int
    declined: int


@dataclass(frozen=True, slots=True)
class Cited:
    """A source, or a publication that sources rest on, and in how many answers it was cited."""

    title: str
    publisher: str
    date: str
    times: int


@dataclass(frozen=True, slots=True)
class Dead:
    """An address that leads nowhere any more, why, and in how many answers it was given."""

    url: str
    reason: str
    times: int


@dataclass(frozen=True, slots=True)
class Review:
    """What was kept of a time, without anything of who asked. `dead` is None where no link was looked at."""

    weeks: tuple[Week, ...]
    useful: int
    disliked: int
    gaps: tuple[Gap, ...]
    cited: tuple[Cited, ...]
    never: tuple[Cited, ...]
    old: tuple[Cited, ...]
    dead: tuple[Dead, ...] | None = None

    def total(self, what: str) -> int:
        return sum(getattr(week, what) for week in self.weeks)


def review(
    answers: Sequence[tuple[date, Record]],
    opinions: Sequence[tuple[Lack, bool]],
    sources: Iterable[Source],
    vectors: Vectors,
    dead: Mapping[str, str] | None = None,
) -> Review:
    """
    `opinions` are what readers judged, and whether it was useful to them; `dead` are the addresses that lead nowhere
    any more, and why.
    """
    outcomes = [(day, _outcome(record)) for day, record in answers]
    lacks = [
        Lack(record["answer"]["question"], day, UNANSWERED)
        for day, record in answers
        if _outcome(record) == "unanswered"
    ]
    # A bad mark to an abstention says once more what is known.
    known = {(lack.question, lack.day) for lack in lacks}
    disliked = [lack for lack, useful in opinions if not useful]
    lacks += [lack for lack in disliked if (lack.question, lack.day) not in known]
    times = Counter(id for _, record in answers for id in {one["source"] for one in record["answer"]["citations"]})
    held = {source.id: source for source in sources}
    return Review(
        weeks=_weeks(outcomes),
        useful=len(opinions) - len(disliked),
        disliked=len(disliked),
        gaps=group(lacks, vectors),
        cited=tuple(_cited(held[id], count) for id, count in times.most_common() if id in held),
        never=tuple(_cited(source, 0) for id, source in sorted(held.items()) if id not in times),
        old=_old(record for _, record in answers),
        dead=None if dead is None else _dead((record for _, record in answers), dead),
    )


def group(lacks: Sequence[Lack], vectors: Vectors) -> tuple[Gap, ...]:
    """The largest first, then the latest."""
    taken = sorted(lacks, key=lambda lack: lack.day)[-_MOST:]
    if not taken:
        return ()
    texts = list(dict.fromkeys(lack.question for lack in taken))
    made = vectors(texts)
    labels = _labels(made)
    gaps = []
    for label in set(labels):
        places = [at for at, other in enumerate(labels) if other == label]
        near = made[places] @ made[places].mean(axis=0)
        rank = {texts[at]: -closeness for at, closeness in zip(places, near.tolist(), strict=True)}
        own = [lack for lack in taken if lack.question in rank]
        gaps.append(Gap(tuple(sorted(own, key=lambda lack: (rank[lack.question], lack.day)))))
    return tuple(sorted(gaps, key=lambda gap: (-len(gap.lacks), -gap.last.toordinal(), gap.question)))


def _labels(made: NDArray[np.float32]) -> list[int]:
    if len(made) < 2:
        return [0] * len(made)
    from sklearn.cluster import AgglomerativeClustering

    clustering = AgglomerativeClustering(n_clusters=None, metric="cosine", linkage="average", distance_threshold=_APART)
    labels: list[int] = clustering.fit_predict(made).tolist()
    return labels


def _outcome(record: Record) -> str:
    if not record["answer"]["is_abstention"]:
        return "answered"
    return "declined" if record["trace"] and record["trace"]["refused"] else "unanswered"


def _weeks(outcomes: Sequence[tuple[date, str]]) -> tuple[Week, ...]:
    """Every week from the first to the last, even those in which nothing was asked."""
    if not outcomes:
        return ()
    counts = Counter((_monday(day), outcome) for day, outcome in outcomes)
    monday, last = min(monday for monday, _ in counts), max(monday for monday, _ in counts)
    weeks = []
    while monday <= last:
        weeks.append(Week(monday, *(counts[monday, outcome] for outcome in ("answered", "unanswered", "declined"))))
        monday += timedelta(days=7)
    return tuple(weeks)


def _old(records: Iterable[Record]) -> tuple[Cited, ...]:
    """The publications of more than five years that answers rest on, once an answer."""
    times: Counter[tuple[str, str, str]] = Counter()
    for record in records:
        found: set[tuple[str, str, str]] = set()
        for citation in record["answer"]["citations"]:
            rests = citation["references"] or [citation]
            found.update((one["title"], one["publisher"], one["date"]) for one in rests if one["is_old"])
        times.update(found)
    ranked = sorted(times.items(), key=lambda one: (-one[1], one[0]))
    return tuple(Cited(*named, count) for named, count in ranked)


def _dead(records: Iterable[Record], reasons: Mapping[str, str]) -> tuple[Dead, ...]:
    """Those that answers still give, once an answer."""
    known = {_whole(url): (url, why) for url, why in reasons.items()}
    times: Counter[str] = Counter()
    for record in records:
        given = {_whole(one["url"]) for cited in record["answer"]["citations"] for one in cited["references"]}
        given |= {_whole(cited["link"]) for cited in record["answer"]["citations"]}
        times.update(given & known.keys())
    return tuple(Dead(*known[url], count) for url, count in sorted(times.items(), key=lambda one: (-one[1], one[0])))


def _whole(url: str) -> str:
    """The page, whatever the words in it."""
    return url.strip().partition("#")[0]


def _cited(source: Source, times: int) -> Cited:
    return Cited(source.title or source.id, source.publisher, source.date, times)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
