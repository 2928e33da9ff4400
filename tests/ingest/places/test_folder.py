import os
from pathlib import Path

import pytest

from ingest import AmbiguousPlace, MissingPlace, UnreadableFile
from ingest.places.folder import File, place_of

from ...conftest import bound_by_permissions


def ids(folder: Path) -> list[str]:
    return [found.id for found in place_of(folder).collect()]


def test_the_files_of_a_folder_are_found_in_order(corpus: Path) -> None:
    assert ids(corpus) == [
        "corpus/chiffres.txt",
        "corpus/freins.md",
        "corpus/outils.md",
        "corpus/page.html",
        "corpus/conditions/posture.md",
    ]


def test_hidden_and_temporary_files_are_left_out(tmp_path: Path) -> None:
    for name in (".git/config.md", "__pycache__/a.md", ".cache.md", "~$ouvert.md", "a.md"):
        (tmp_path / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "docs" / name).write_text("texte")
    assert ids(tmp_path / "docs") == ["docs/a.md"]


def test_a_single_file_has_the_id_that_its_folder_would_give_it(corpus: Path) -> None:
    path = corpus / "freins.md"
    assert [found.id for found in place_of(path).collect()] == ["corpus/freins.md"]


def test_a_name_may_be_given(corpus: Path) -> None:
    assert all(found.id.startswith("fiches/") for found in place_of(corpus, "fiches").collect())


def test_a_relative_folder_has_the_name_it_has(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(corpus)
    assert place_of(Path(".")).name == "corpus"


def test_a_place_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(MissingPlace, match="vérifiez le chemin"):
        place_of(tmp_path / "rien")


@pytest.mark.parametrize("name", ["a/b", "/", ".", "a/"])
def test_a_name_that_is_no_name_is_refused(corpus: Path, name: str) -> None:
    with pytest.raises(AmbiguousPlace, match="n'est pas un nom"):
        place_of(corpus, name)


def test_a_file_is_read_with_its_type(corpus: Path) -> None:
    blob = File("corpus/page.html", corpus / "page.html").read()
    assert blob.mimetype == "text/html"
    assert blob.as_bytes() == (corpus / "page.html").read_bytes()


def test_the_type_does_not_depend_on_case(tmp_path: Path) -> None:
    (tmp_path / "LISEZMOI.MD").write_text("texte")
    assert File("a", tmp_path / "LISEZMOI.MD").read().mimetype == "text/markdown"


def test_an_unknown_suffix_has_no_type(tmp_path: Path) -> None:
    (tmp_path / "a.xyz").write_text("texte")
    assert File("a", tmp_path / "a.xyz").read().mimetype is None


def test_a_broken_link_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "rien.md")
    (found,) = place_of(tmp_path).collect()
    with pytest.raises(UnreadableFile, match="lien rompu ou fichier disparu"):
        found.read()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    (found,) = place_of(tmp_path).collect()
    with pytest.raises(UnreadableFile, match="ce n'est pas un fichier"):
        found.read()


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("texte")
    (tmp_path / "docs" / "boucle").symlink_to(tmp_path / "docs")
    assert ids(tmp_path / "docs") == ["docs/a.md"]


@bound_by_permissions
def test_a_protected_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("texte")
    (tmp_path / "a.md").chmod(0)
    (found,) = place_of(tmp_path).collect()
    with pytest.raises(UnreadableFile, match="accès refusé"):
        found.read()


@bound_by_permissions
def test_a_protected_folder_is_found_and_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "docs" / "ferme").mkdir(parents=True)
    (tmp_path / "docs" / "ferme").chmod(0)
    (found,) = place_of(tmp_path / "docs").collect()
    assert found.id == "docs/ferme"
    with pytest.raises(UnreadableFile, match="ce dossier est protégé"):
        found.read()


def test_a_file_name_that_is_not_utf_8_gives_an_id_that_is(tmp_path: Path) -> None:
    os.mkdir(tmp_path / "docs")
    with open(os.fsencode(tmp_path / "docs") + b"/caf\xe9.md", "w") as file:
        file.write("texte")
    (found,) = place_of(tmp_path / "docs").collect()
    assert found.id == "docs/caf\\xe9.md"
    assert found.read().as_string() == "texte"
