import json
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge import KnowledgeBase, Source
from knowledge.__main__ import main
from knowledge.errors import MalformedSet
from knowledge.evaluation.benching import Bench
from knowledge.evaluation.evaluating import Evaluation, evaluate
from knowledge.evaluation.question_sets import Question, QuestionSet, read_set
from knowledge.settings import BUNDLED_MODEL

from ...fakes import FAKE_MODEL, HashedEmbeddings

pytest.importorskip("ir_measures", reason="ir_measures n'est pas installé")
SOURCES = (
    Source("charte", "La charte", "Une charte fixe les engagements de la commune et des associations.\n" * 30),
    Source("freins", "Les freins", "Le manque de temps est le premier frein des associations.\n"),
    Source("coop", "La coopérative", "Une coopérative associe salariés, usagers et collectivités.\n"),
    Source("chiffres", "Les chiffres", "En 2016, 87 % des maires croient aux alliances.\n"),
    Source("lieux", "Les lieux", "Un lieu partagé accueille les habitants du quartier.\n"),
)
QUESTIONS = (
    Question("q1", "Que fixe une charte d'engagements ?", {"charte": 1}, wordings={"english": "charte engagements"}),
    Question("q2", "Quel est le premier frein des associations ?", {"freins": 1}),
    Question("q3", "Combien de maires croient aux alliances ?", {"chiffres": 1}),
    Question("q4", "Quel est le premier frein des associations, manque de temps ?", {"lieux": 1}),
    Question("q5", "Et avant ?", {"lieux": 1}, history=("Un lieu ?",)),
    Question("q6", "Quel temps fera-t-il ?", {}, "decline"),
)
ASKED = QuestionSet("jeu", QUESTIONS, SOURCES)
OTHER = QuestionSet(
    "autre", (Question("z", "Comment dresser un chien ?", {"x": 1}),), (Source("x", "Chien", "Un chien."),)
)


@pytest.fixture
def bench(tmp_path: Path, embeddings: HashedEmbeddings) -> Bench:
    return Bench.open(tmp_path / "cache", FAKE_MODEL, embeddings)


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    bench = Bench.open(tmp_path_factory.mktemp("cache"), FAKE_MODEL, HashedEmbeddings())
    return evaluate([ASKED, OTHER], bench, robustness=True)[0]


def test_only_questions_that_searching_can_answer_are_measured(evaluation: Evaluation) -> None:
    assert [outcome.question.id for outcome in evaluation.outcomes] == ["q1", "q2", "q3", "q4"]


def test_the_best_passage_counts_for_its_source(evaluation: Evaluation) -> None:
    """The charter has several passages, and stands once in the ranking."""
    ranking = evaluation.outcomes[0].ranking
    assert ranking[0] == "charte"
    assert len(ranking) == len(set(ranking))


def test_a_question_without_a_good_source_in_the_first_three_has_failed(evaluation: Evaluation) -> None:
    assert [outcome.question.id for outcome in evaluation.failures] == ["q4"]


def test_the_rank_is_that_of_the_first_good_source(evaluation: Evaluation) -> None:
    ranks = [outcome.rank for outcome in evaluation.outcomes]
    assert ranks[:3] == [1, 1, 1]
    assert ranks[3] is None or ranks[3] > 3


def test_questions_are_told_from_outside_ones_those_of_other_sets_and_those_to_decline(evaluation: Evaluation) -> None:
    counts = {separation.label: separation.count for separation in evaluation.separations}
    assert (counts["autres jeux"], counts["à décliner"]) == (1, 1)
    assert counts["hors sujet"] > 50


def test_shares_are_those_of_the_thresholds_that_the_base_would_have(evaluation: Evaluation) -> None:
    """
    Three outside questions share so many words with this small base that they stand out; the threshold is where 95 %
    of the other fifty-seven stay below: three of these are above, or at, it.
    """
    outside = next(one for one in evaluation.separations if one.label == "hors sujet")
    assert outside.admitted == pytest.approx((3 + 3) / 60)
    assert outside.auc > 0.9


def test_every_question_is_put_otherwise_in_four_ways_and_in_those_given(evaluation: Evaluation) -> None:
    asked = {variation.label: set(variation.values["MRR"]) for variation in evaluation.variations}
    assert list(asked) == [
        "sans accents",
        "en capitales",
        "apostrophes typographiques",
        "une faute par mot long",
        "en anglais",
    ]
    assert asked["sans accents"] == {"q1", "q2", "q3", "q4"}
    assert asked["en anglais"] == {"q1"}


def test_without_robustness_nothing_is_put_otherwise(bench: Bench) -> None:
    assert evaluate([ASKED], bench)[0].variations == ()


def test_a_second_run_gives_the_same_and_embeds_nothing(bench: Bench, embeddings: HashedEmbeddings) -> None:
    first = evaluate([ASKED, OTHER], bench)
    embeddings.embedded.clear()
    assert evaluate([ASKED, OTHER], bench) == first
    assert embeddings.embedded == []


def test_a_question_whose_source_is_not_there_is_refused(bench: Bench) -> None:
    with pytest.raises(MalformedSet, match="« lieux »"):
        evaluate([replace(ASKED, sources=SOURCES[:-1])], bench)


def test_two_sets_of_one_name_are_refused(bench: Bench) -> None:
    with pytest.raises(MalformedSet, match="même nom"):
        evaluate([ASKED, replace(OTHER, name="jeu")], bench)


# The command. Everything is embedded beforehand, with the stand-in under the bundled model's name: none is loaded.


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embeddings: HashedEmbeddings) -> Path:
    """A folder with a base, a file of questions about it, and a cache where both have been."""
    pytest.importorskip("matplotlib", reason="matplotlib n'est pas installé")
    monkeypatch.chdir(tmp_path)
    fiches = tuple(replace(source, id=f"referentiel/{source.id}.md") for source in SOURCES)
    base = KnowledgeBase.create(tmp_path / "var" / "base", BUNDLED_MODEL, embeddings)
    base.publish(fiches)
    base.close()
    records = [
        {
            "id": q.id,
            "question": q.text,
            "behaviour": q.behaviour,
            "sources": [f"referentiel/{id}.md" for id in q.relevant],
        }
        for q in QUESTIONS
        if not q.history
    ]
    Path("jeu.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    asked = replace(read_set(Path("jeu.jsonl")), sources=fiches)
    evaluate([asked], Bench.open(Path("var/evaluation"), BUNDLED_MODEL, embeddings), robustness=True)
    return tmp_path


@pytest.mark.usefixtures("workplace")
def test_the_command_prints_each_measure_with_its_interval(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "jeu.jsonl"]) == 0
    printed = capsys.readouterr().out
    assert "référentiel — 4 questions, 5 documents" in printed
    assert "Success@3  0,750 [" in printed
    assert "En échec (aucun bon document parmi les 3 premiers) : 1" in printed


def test_the_command_writes_a_page_that_stands_on_its_own(workplace: Path) -> None:
    assert main(["evaluate", "jeu.jsonl", "--robustness"]) == 0
    page = (workplace / "var" / "evaluation" / "rapport.html").read_text(encoding="utf-8")
    assert QUESTIONS[3].text in page
    assert "sans accents" in page
    assert (workplace / "var" / "evaluation" / "rapport.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.usefixtures("workplace")
def test_a_run_is_compared_with_a_stored_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "jeu.jsonl", "--save", "avant/mesures.json"]) == 0
    assert "écart +" not in capsys.readouterr().out
    assert main(["evaluate", "jeu.jsonl", "--against", "avant/mesures.json"]) == 0
    assert capsys.readouterr().out.count("écart +0,000 [+0,000 ; +0,000]") == 5


@pytest.mark.parametrize(
    "argv",
    [
        ["evaluate", "absent"],
        ["evaluate", "jeu.jsonl", "--against", "absent.json"],
        ["evaluate", "jeu.jsonl", "--save", "jeu.jsonl/mesures.json"],
        ["--base", "ailleurs", "evaluate", "jeu.jsonl"],
    ],
)
@pytest.mark.usefixtures("workplace")
def test_what_cannot_be_evaluated_is_a_french_sentence(capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    assert main(argv) == 1
    assert "Erreur : " in capsys.readouterr().err
