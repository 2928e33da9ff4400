"""
What searching the référentiel must reach, on the questions that come with the project: floors.json.

A floor is a little under what was measured when it was set. Where one is broken on purpose (other questions, another
configuration that is better elsewhere), measure again with `python -m knowledge evaluate` and write the new one.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.assembling import assemble
from ingest.formats import parse
from ingest.places.folder import place_of
from knowledge import Source
from knowledge.embedding import BundledEmbeddings
from knowledge.evaluation.benching import Bench
from knowledge.evaluation.evaluating import Evaluation, evaluate
from knowledge.evaluation.measuring import interval
from knowledge.evaluation.question_sets import OWN_QUESTIONS, Question, QuestionSet, read_questions
from knowledge.normalising import normalise
from knowledge.settings import BUNDLED_MODEL, REFERENTIEL

from ..fakes import FAKE_MODEL, HashedEmbeddings

HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))
# Where `python -m knowledge evaluate` keeps what it has embedded.
CACHE = HERE.parent.parent / "var" / "evaluation"
SHARED = HERE.parent.parent.parent / "shared" / "evaluation" / "domain-questions.jsonl"
ASKED = read_questions(OWN_QUESTIONS)
pytest.importorskip("ir_measures", reason="ir_measures n'est pas installé")


class WordsOnly(HashedEmbeddings):
    """With so many dimensions that words hardly share one."""

    size = 1024


class NoNewDocument(BundledEmbeddings):
    """Stands where all documents must have been embedded before."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        pytest.skip(f"{len(texts)} passages ont changé depuis la mise en cache : lancez `python -m knowledge evaluate`")


@pytest.fixture(scope="module")
def referentiel() -> tuple[Source, ...]:
    """As `python -m ingest` reads it."""
    return tuple(assemble(found.id, parse(found.read())) for found in place_of(REFERENTIEL).collect())


@pytest.fixture(scope="module")
def stated(referentiel: tuple[Source, ...]) -> dict[str, str]:
    """What each fiche says, by its id."""
    return {source.id: plain(f"{source.title}\n{source.text}") for source in referentiel}


@pytest.fixture(scope="module")
def asked(referentiel: tuple[Source, ...]) -> QuestionSet:
    return replace(ASKED, sources=referentiel)


@pytest.fixture(scope="module")
def by_words(asked: QuestionSet, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    return evaluate([asked], Bench.open(tmp_path_factory.mktemp("cache"), FAKE_MODEL, WordsOnly()))[0]


@pytest.fixture(scope="module")
def by_meaning(asked: QuestionSet) -> Evaluation:
    if not (CACHE / BUNDLED_MODEL / "referentiel").is_dir():
        pytest.skip("aucune base déjà embarquée en cache : lancez `python -m knowledge evaluate`")
    return evaluate([asked], Bench.open(CACHE, BUNDLED_MODEL, NoNewDocument()))[0]


def test_the_floors_are_those_of_these_questions() -> None:
    assert FLOORS["questions"] == ASKED.digest


@pytest.mark.parametrize("name", FLOORS[FAKE_MODEL])
def test_words_alone_reach_their_floor(by_words: Evaluation, name: str) -> None:
    assert measured(by_words)[name] >= FLOORS[FAKE_MODEL][name]


@pytest.mark.parametrize("name", FLOORS[BUNDLED_MODEL])
def test_the_bundled_model_reaches_its_floor(by_meaning: Evaluation, name: str) -> None:
    assert measured(by_meaning)[name] >= FLOORS[BUNDLED_MODEL][name]


def test_the_questions_are_of_every_kind() -> None:
    kinds = [question.behaviour for question in ASKED.questions]
    assert kinds.count("answer") >= 50
    assert kinds.count("decline") >= 10
    assert kinds.count("correct") >= 5


@pytest.mark.parametrize("question", [q for q in ASKED.questions if q.relevant], ids=lambda question: question.id)
def test_each_fiche_that_is_expected_states_the_facts(stated: dict[str, str], question: Question) -> None:
    for id in question.relevant:
        missing = [fact for fact in question.facts if not any(plain(one) in stated[id] for one in fact.split(" | "))]
        assert missing == [], id


def test_what_is_to_be_declined_has_no_fact_and_the_rest_has() -> None:
    for question in ASKED.questions:
        assert bool(question.facts) is bool(question.relevant) is (question.behaviour != "decline")


def test_no_question_is_one_of_the_development_set() -> None:
    if not SHARED.exists():
        pytest.skip("le jeu de questions de développement n'est pas à côté du projet")
    known = {plain(json.loads(line)["question"]) for line in SHARED.read_text(encoding="utf-8").splitlines()}
    assert known.isdisjoint(plain(question.text) for question in ASKED.questions)


def measured(evaluation: Evaluation) -> dict[str, float]:
    """What a floor may be set for."""
    means = {name: interval(values).mean for name, values in evaluation.values.items()}
    return means | {f"AUC, {separation.label}": separation.auc for separation in evaluation.separations}


def plain(text: str) -> str:
    return normalise(text).text.lower()
