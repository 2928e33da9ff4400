import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest import Plan, ingest, plan
from ingest.__main__ import main
from ingest.checking import Failing, Marks, Verdict, environment, require, try_out
from ingest.errors import Unchecked, WorseAnswers
from knowledge import Home, KnowledgeBase
from knowledge.library import Library

from ..fakes import HashedEmbeddings

WRONG = Failing("Quel frein ?", ("ne répond pas",))
NEW = "# La démarche\n\nLa démarche commence par un diagnostic partagé avec les habitants.\n"


def says(words: str) -> Callable[[Home, Path], Marks]:
    """Asks one question, which is answered where some source of the base says these words."""

    def ask(base: Home, _questions: Path) -> Marks:
        library = base.library()
        texts = [source.text for source in library.contents().sources.values()]
        library.close()
        return {"1": None if any(words in text for text in texts) else WRONG}

    return ask


@pytest.fixture
def made(filled: KnowledgeBase, corpus: Path, embeddings: HashedEmbeddings) -> Plan:
    """One new document, and one that loses its words."""
    (corpus / "demarche.md").write_text(NEW, encoding="utf-8")
    (corpus / "freins.md").write_text("# Les freins\n\nRien de tout cela.\n", encoding="utf-8")
    embeddings.embedded.clear()
    return plan(filled, [corpus])


def tried(base: KnowledgeBase, made: Plan, words: str, embeddings: HashedEmbeddings, margin: float = 0) -> Verdict:
    return try_out(base, made, Path("questions"), margin, ask=says(words), embeddings=embeddings)


def test_a_change_that_loses_an_answer_is_named_and_touches_nothing(
    filled: KnowledgeBase, made: Plan, embeddings: HashedEmbeddings
) -> None:
    before = filled.library.contents()
    verdict = tried(filled, made, "premier frein", embeddings)
    assert verdict.lost == [WRONG]
    assert filled.library.contents() == before
    with pytest.raises(WorseAnswers, match="perdue : « Quel frein \\? » : ne répond pas"):
        require(verdict)


def test_a_loss_within_the_margin_is_let_through(
    filled: KnowledgeBase, made: Plan, embeddings: HashedEmbeddings
) -> None:
    require(tried(filled, made, "premier frein", embeddings, margin=100))


def test_an_answer_that_was_wrong_already_is_no_loss() -> None:
    verdict = Verdict({"1": WRONG, "2": WRONG}, {"1": WRONG, "2": None, "3": WRONG}, 0)
    assert (verdict.lost, verdict.gained, verdict.still_wrong) == ([], 1, [WRONG, WRONG])
    assert verdict.is_acceptable


def test_what_was_embedded_for_the_trial_is_not_embedded_again(
    filled: KnowledgeBase, made: Plan, embeddings: HashedEmbeddings
) -> None:
    filled.refine()
    embeddings.embedded.clear()
    assert tried(filled, made, "diagnostic", embeddings).gained == 1
    once = list(embeddings.embedded)
    assert {text.partition("\n")[0] for text in once} == {"La démarche", "Les freins"}
    filled.publish(made.sources, made.report.forgotten, None, made.facts)
    filled.refine()
    assert embeddings.embedded == once
    assert filled.library.source("corpus/demarche.md") is not None


def test_nothing_is_left_of_a_trial_even_of_one_that_was_killed(
    filled: KnowledgeBase, made: Plan, embeddings: HashedEmbeddings
) -> None:
    (filled.folder / "candidate").mkdir()
    (filled.folder / "candidate" / "library.sqlite").write_bytes(b"half")
    tried(filled, made, "diagnostic", embeddings)
    assert not (filled.folder / "candidate").exists()


def test_a_check_that_fails_stops_a_run_before_anything_is_written(base: KnowledgeBase, corpus: Path) -> None:
    def refuse(_: Plan) -> None:
        raise Unchecked("Non.")

    with pytest.raises(Unchecked):
        ingest(base, [corpus], check=refuse)
    assert base.library.revision == 0


def test_the_keys_of_the_assistant_are_not_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_API_KEYS", "0123456789abcdef")
    monkeypatch.setenv("INGEST_CHECK_MARGIN", "5")
    assert "ASSISTANT_API_KEYS" not in environment()
    assert environment()["INGEST_CHECK_MARGIN"] == "5"


def test_questions_are_answered_from_as_many_passages_as_the_assistant_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_PASSAGES", "12")
    assert environment()["ASSISTANT_PASSAGES"] == "12"


# --- python -m ingest --check, with the assistant in a process of its own


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    asked = {
        "id": "1",
        "question": "Quel est le premier frein des associations à la co-construction ?",
        "behaviour": "answer",
        "sources": ["corpus/freins.md"],
        "facts": ["manque de temps"],
    }
    (tmp_path / "questions.jsonl").write_text(json.dumps(asked), encoding="utf-8")
    return tmp_path / "questions.jsonl"


@pytest.fixture
def folder(bundled_base: Path, corpus: Path) -> Path:
    library = Library(bundled_base / "library.sqlite")
    library.remember("place:corpus", str(corpus))
    library.close()
    return corpus


def test_a_command_publishes_nothing_that_loses_answers(
    bundled_base: Path, folder: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = [str(folder), "--base", str(bundled_base), "--check", str(questions)]
    (folder / "freins.md").write_text("# Les freins\n\nRien de tout cela.\n", encoding="utf-8")
    assert main(command) == 1
    told = capsys.readouterr().err
    assert "Rien n'a été publié" in told
    assert "perdue : « Quel est le premier frein" in told
    source = Library(bundled_base / "library.sqlite").source("corpus/freins.md")
    assert source is not None
    assert "premier frein" in source.text


def test_a_command_publishes_what_loses_no_answer(
    bundled_base: Path, folder: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "demarche.md").write_text(NEW, encoding="utf-8")
    assert main([str(folder), "--base", str(bundled_base), "--check", str(questions)]) == 0
    captured = capsys.readouterr()
    assert "questions de contrôle : 1 sur 1, 0 perdues" in captured.err
    assert "1 nouvelle" in captured.out


def test_questions_that_cannot_be_read_publish_nothing(
    bundled_base: Path, folder: Path, questions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions.write_text("{")
    (folder / "demarche.md").write_text(NEW, encoding="utf-8")
    assert main([str(folder), "--base", str(bundled_base), "--check", str(questions)]) == 1
    assert "ce n'est pas du JSON" in capsys.readouterr().err
    assert "corpus/demarche.md" not in Library(bundled_base / "library.sqlite").digests()
