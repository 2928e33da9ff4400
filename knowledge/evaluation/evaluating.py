"""Façade: sets of questions asked of the real retriever, and how well it did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from tqdm import tqdm

from ..base import KnowledgeBase
from ..calibrating import Calibration, Zone, calibrate
from ..errors import MalformedSet
from ..settings import OUTSIDE_QUESTIONS
from ..sources import Findings
from .benching import Bench
from .distorting import DISTORTIONS
from .measuring import Values, auc, measure
from .question_sets import Question, QuestionSet

# Passages asked for: twenty sources and more, at a few passages each.
_DEPTH = 100
_OUTSIDE = "hors sujet"
# What a file of questions gives besides, as the report names it.
_WORDINGS = {"acronym": "sigles seuls", "english": "en anglais"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found for one question: the ids of the sources, best first."""

    question: Question
    ranking: tuple[str, ...]
    nearness: float

    @property
    def rank(self) -> int | None:
        """Of the first source that answers it, from 1."""
        return next((rank for rank, id in enumerate(self.ranking, 1) if id in self.question.relevant), None)


@dataclass(frozen=True, slots=True)
class Separation:
    """How well nearness tells the set's questions from others, and what the threshold of its base makes of both."""

    label: str
    count: int
    auc: float
    refused: float  # the share of answerable questions taken for outside ones
    admitted: float  # the share of the others that are not


@dataclass(frozen=True, slots=True)
class Variation:
    """The measures of the same questions in other words."""

    label: str
    values: Mapping[str, Values]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`values` is by measure, then by question; `titles` is by source."""

    name: str
    digest: str
    model: str
    passages: int
    titles: Mapping[str, str]
    outcomes: tuple[Outcome, ...]
    values: Mapping[str, Values]
    separations: tuple[Separation, ...] = ()
    variations: tuple[Variation, ...] = ()

    @property
    def failures(self) -> list[Outcome]:
        """Those of which no good source is among the first three."""
        return [outcome for outcome in self.outcomes if not self.values["Success@3"][outcome.question.id]]


def evaluate(sets: Sequence[QuestionSet], bench: Bench, robustness: bool = False) -> list[Evaluation]:
    """
    Each set on a base of its own sources, with the questions of the others as questions that it cannot answer.
    Raises MalformedSet where a set's sources are not what its questions rest on.
    """
    if len({one.name for one in sets}) < len(sets):
        raise MalformedSet("Deux jeux portent le même nom : renommez un des dossiers.")
    return [_evaluate(one, [other for other in sets if other is not one], bench, robustness) for one in sets]


def _evaluate(asked: QuestionSet, others: Sequence[QuestionSet], bench: Bench, robustness: bool) -> Evaluation:
    _require_sources(asked)
    base = bench.base(asked.name, asked.sources)
    own = {question.id: question.text for question in asked.answerable}
    strangers = _strangers(asked, others)
    wordings = _wordings(asked.answerable) if robustness else {}
    texts = dict.fromkeys(
        [*own.values(), *chain(*strangers.values()), *chain(*(w.values() for w in wordings.values()))]
    )
    found = _search(base, tqdm(texts, desc=f"{asked.name} : questions", unit="question", dynamic_ncols=True))
    passages = len(base.library.contents().ranges)
    base.close()
    # The base's own calibration, as the present code would make it.
    calibration = calibrate([found[text] for text in strangers[_OUTSIDE]], [])
    outcomes = tuple(
        Outcome(question, _ranking(found[question.text]), calibration.nearness(found[question.text]))
        for question in asked.answerable
    )
    return Evaluation(
        name=asked.name,
        digest=asked.digest,
        model=bench.model,
        passages=passages,
        titles={source.id: source.title or source.text[:80] for source in asked.sources},
        outcomes=outcomes,
        values=_values(asked, own, found),
        separations=tuple(
            _separate(label, outcomes, [found[text] for text in some], calibration)
            for label, some in strangers.items()
            if some
        ),
        variations=tuple(Variation(label, _values(asked, some, found)) for label, some in wordings.items()),
    )


def _search(base: KnowledgeBase, texts: Iterable[str]) -> dict[str, Findings]:
    retriever = base.retriever()
    return {text: retriever.search(text, _DEPTH) for text in texts}


def _ranking(found: Findings) -> tuple[str, ...]:
    """The best passage counts for its source."""
    return tuple(dict.fromkeys(hit.passage.source for hit in found.hits))


def _values(asked: QuestionSet, texts: Mapping[str, str], found: Mapping[str, Findings]) -> dict[str, dict[str, float]]:
    """Of the questions that are named in `texts`, put as they are there."""
    relevant = {question.id: question.relevant for question in asked.answerable if question.id in texts}
    return measure(relevant, {id: _ranking(found[text]) for id, text in texts.items()})


def _strangers(asked: QuestionSet, others: Sequence[QuestionSet]) -> dict[str, list[str]]:
    """Questions that the set's sources cannot answer."""
    return {
        _OUTSIDE: OUTSIDE_QUESTIONS.read_text(encoding="utf-8").splitlines(),
        "autres jeux": [question.text for other in others for question in other.answerable],
        "à décliner": [question.text for question in asked.unanswerable],
    }


def _wordings(questions: Iterable[Question]) -> dict[str, dict[str, str]]:
    """By label, then by question: its text put otherwise."""
    some = list(questions)
    made = {label: {q.id: distort(q.text) for q in some} for label, distort in DISTORTIONS.items()}
    given = {label: {q.id: q.wordings[name] for q in some if name in q.wordings} for name, label in _WORDINGS.items()}
    return {label: texts for label, texts in (made | given).items() if texts}


def _separate(
    label: str, outcomes: Sequence[Outcome], others: Sequence[Findings], calibration: Calibration
) -> Separation:
    near = [outcome.nearness for outcome in outcomes]
    far = [calibration.nearness(found) for found in others]
    return Separation(
        label,
        len(far),
        auc(near, far),
        refused=sum(one < calibration.outside for one in near) / len(near),
        admitted=sum(calibration.zone(found) is not Zone.OUTSIDE for found in others) / len(far),
    )


def _require_sources(asked: QuestionSet) -> None:
    unknown = {id for question in asked.questions for id in question.relevant} - {source.id for source in asked.sources}
    if unknown:
        raise MalformedSet(
            f"Le jeu « {asked.name} » attend la source « {min(unknown)} », absente de ce qu'il interroge."
        )
