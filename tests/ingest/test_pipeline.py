import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import AmbiguousPlace, MissingPlace, Report, VanishedSources, ingest, plan
from knowledge import KnowledgeBase, LockedBase
from knowledge.index import VectorIndex

from ..conftest import CORPUS, POSTURE, bound_by_permissions
from ..fakes import FAKE_MODEL, HashedEmbeddings
from .formats.making import column, picture, scan

ROOT = Path(__file__).parents[2]
ALL = tuple(sorted(f"corpus/{name}" for name in CORPUS))


def shown(base: KnowledgeBase) -> Mapping[str, str]:
    return {id: source.text for id, source in base.library.contents().sources.items()}


def test_a_folder_is_read_whole(base: KnowledgeBase, corpus: Path) -> None:
    report = ingest(base, [corpus])
    assert report == Report(added=ALL, passages=5)
    assert tuple(shown(base)) == ALL
    assert "87 % des maires" in shown(base)["corpus/chiffres.txt"]


def test_a_second_run_embeds_nothing_and_changes_nothing(
    base: KnowledgeBase, corpus: Path, embeddings: HashedEmbeddings
) -> None:
    ingest(base, [corpus])
    before, revision = base.library.contents(), base.library.revision
    embeddings.embedded.clear()
    report = ingest(base, [corpus])
    assert embeddings.embedded == []
    assert sorted(report.unchanged) == list(ALL)
    assert (report.added, report.changed, report.forgotten, report.failed) == ((), (), (), ())
    assert (base.library.contents(), base.library.revision) == (before, revision)


def test_a_touched_file_is_unchanged(base: KnowledgeBase, corpus: Path, embeddings: HashedEmbeddings) -> None:
    ingest(base, [corpus])
    embeddings.embedded.clear()
    os.utime(corpus / "freins.md", (0, 0))
    assert "corpus/freins.md" in ingest(base, [corpus]).unchanged
    assert embeddings.embedded == []


def test_only_a_changed_file_is_embedded(base: KnowledgeBase, corpus: Path, embeddings: HashedEmbeddings) -> None:
    ingest(base, [corpus])
    embeddings.embedded.clear()
    (corpus / "chiffres.txt").write_text("Les chiffres de 2024\n\nEn 2024, tout a changé.", encoding="utf-8")
    assert ingest(base, [corpus]).changed == ("corpus/chiffres.txt",)
    assert embeddings.embedded == ["Les chiffres de 2024\nLes chiffres de 2024\n\nEn 2024, tout a changé."]


def test_a_changed_header_changes_the_source(base: KnowledgeBase, corpus: Path, embeddings: HashedEmbeddings) -> None:
    ingest(base, [corpus])
    embeddings.embedded.clear()
    path = corpus / "conditions/posture.md"
    path.write_text(POSTURE.replace("2026-11-23", "2026-12-01"), encoding="utf-8")
    assert ingest(base, [corpus]).changed == ("corpus/conditions/posture.md",)
    source = base.library.source("corpus/conditions/posture.md")
    assert source is not None
    assert source.date == "2026-12-01"
    assert embeddings.embedded == []


def test_a_removed_file_is_forgotten(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    (corpus / "freins.md").unlink()
    assert ingest(base, [corpus]).forgotten == ("corpus/freins.md",)
    assert "corpus/freins.md" not in shown(base)
    found = base.retriever().search("Le manque de temps est le premier frein").hits
    assert all("premier frein" not in hit.passage.text for hit in found)


def test_a_moved_file_is_not_embedded_again(base: KnowledgeBase, corpus: Path, embeddings: HashedEmbeddings) -> None:
    ingest(base, [corpus])
    embeddings.embedded.clear()
    (corpus / "freins.md").rename(corpus / "conditions/freins.md")
    report = ingest(base, [corpus])
    assert (report.added, report.forgotten) == (("corpus/conditions/freins.md",), ("corpus/freins.md",))
    assert embeddings.embedded == []


def test_a_single_file_is_read_and_forgets_nothing(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    (corpus / "freins.md").write_text("# Les freins\n\nAutre chose.", encoding="utf-8")
    (corpus / "outils.md").unlink()
    report = ingest(base, [corpus / "freins.md"])
    assert (report.changed, report.forgotten) == (("corpus/freins.md",), ())
    assert tuple(shown(base)) == ALL


def test_a_file_that_fails_is_a_line_of_the_report(base: KnowledgeBase, corpus: Path) -> None:
    (corpus / "mauvais.md").write_text("---\ntitre: [\n---\nTexte", encoding="utf-8")
    (corpus / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    (corpus / "vide.txt").write_text("")
    report = ingest(base, [corpus])
    assert report.added == ALL
    assert {failure.id: failure.reason for failure in report.failed} == {
        "corpus/mauvais.md": "L'en-tête YAML (entre les deux lignes « --- ») est mal formé, ligne 3 : corrigez-le.",
        "corpus/photo.png": "Format non pris en charge : donnez du Markdown, du texte, du HTML, un PDF, un DOCX ou un "
        "ODT.",
        "corpus/vide.txt": "Ce document ne contient aucun texte.",
    }


@pytest.mark.parametrize("damage", [b"", b"---\ntitre: [\n---\nTexte", bytes(range(256)) * 9])
def test_a_file_that_fails_keeps_its_last_good_version(base: KnowledgeBase, corpus: Path, damage: bytes) -> None:
    ingest(base, [corpus])
    before = shown(base)
    (corpus / "freins.md").write_bytes(damage)
    report = ingest(base, [corpus])
    assert [failure.id for failure in report.failed] == ["corpus/freins.md"]
    assert report.forgotten == ()
    assert shown(base) == before


def test_what_is_read_in_part_is_told_at_every_run(base: KnowledgeBase, tmp_path: Path) -> None:
    """More scanned pages than are recognised, with tesseract or without it."""
    folder = tmp_path / "guides"
    folder.mkdir()
    text = column(72, 700, "La charte fixe les engagements de chacun.")
    (folder / "guide.pdf").write_bytes(scan(picture("La charte"), pages=61, after=text))
    first, second = ingest(base, [folder]), ingest(base, [folder])
    assert (first.added, second.unchanged) == (("guides/guide.pdf",), ("guides/guide.pdf",))
    for report in (first, second):
        (flaw,) = report.flawed
        assert (flaw.id, flaw.what[:11]) == ("guides/guide.pdf", "Pages 1, 2,")


def test_a_broken_link_keeps_its_last_good_version(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    (corpus / "freins.md").unlink()
    (corpus / "freins.md").symlink_to(corpus / "ailleurs.md")
    report = ingest(base, [corpus])
    assert [failure.id for failure in report.failed] == ["corpus/freins.md"]
    assert "premier frein" in shown(base)["corpus/freins.md"]


@bound_by_permissions
@pytest.mark.parametrize("name", ["conditions", "."])
def test_a_folder_that_cannot_be_opened_forgets_nothing(base: KnowledgeBase, corpus: Path, name: str) -> None:
    ingest(base, [corpus])
    (corpus / name).chmod(0)
    report = ingest(base, [corpus])
    (corpus / name).chmod(0o755)
    assert [failure.id for failure in report.failed] == ["corpus/conditions" if name != "." else "corpus"]
    assert report.forgotten == ()
    assert tuple(shown(base)) == ALL


def test_a_file_in_the_place_of_a_folder_forgets_what_stood_in_it(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    shutil.rmtree(corpus / "conditions")
    (corpus / "conditions").write_text("sans suffixe")
    report = ingest(base, [corpus])
    assert report.forgotten == ("corpus/conditions/posture.md",)
    assert [failure.id for failure in report.failed] == ["corpus/conditions"]


def test_a_folder_that_is_not_there_changes_nothing(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    (corpus / "freins.md").unlink()
    with pytest.raises(MissingPlace, match="n'existe pas"):
        ingest(base, [corpus, corpus / "rien"])
    assert tuple(shown(base)) == ALL


def test_a_folder_found_empty_is_mirrored_by_force(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    shutil.rmtree(corpus)
    corpus.mkdir()
    with pytest.raises(VanishedSources, match=r"5 des 5 sources de « corpus ».*--force"):
        ingest(base, [corpus])
    assert tuple(shown(base)) == ALL
    assert ingest(base, [corpus], force=True).forgotten == ALL
    assert shown(base) == {}


def other_folder(tmp_path: Path, name: str = "corpus") -> Path:
    folder = tmp_path / "ailleurs" / name
    folder.mkdir(parents=True)
    (folder / "freins.md").write_text("# D’autres freins\n\nUn tout autre texte.", encoding="utf-8")
    return folder


def test_two_folders_stand_side_by_side(base: KnowledgeBase, corpus: Path, tmp_path: Path) -> None:
    other = other_folder(tmp_path, "autre")
    ingest(base, [corpus, other])
    assert tuple(shown(base)) == ("autre/freins.md", *ALL)
    assert ingest(base, [corpus]).forgotten == ()
    (other / "freins.md").unlink()
    assert ingest(base, [other]).forgotten == ("autre/freins.md",)
    assert tuple(shown(base)) == ALL


def test_a_second_folder_of_the_same_name_is_refused(base: KnowledgeBase, corpus: Path, tmp_path: Path) -> None:
    ingest(base, [corpus])
    before = shown(base)
    with pytest.raises(AmbiguousPlace, match=r"« corpus ».*--name"):
        ingest(base, [other_folder(tmp_path)])
    assert shown(base) == before


def test_two_folders_of_the_same_name_in_one_run_are_refused(base: KnowledgeBase, corpus: Path, tmp_path: Path) -> None:
    with pytest.raises(AmbiguousPlace):
        ingest(base, [corpus, other_folder(tmp_path)])
    assert shown(base) == {}


def test_a_folder_does_not_forget_a_single_file_of_another(base: KnowledgeBase, corpus: Path, tmp_path: Path) -> None:
    ingest(base, [corpus / "outils.md"])
    with pytest.raises(AmbiguousPlace):
        ingest(base, [other_folder(tmp_path)])
    assert tuple(shown(base)) == ("corpus/outils.md",)


def test_a_second_folder_of_the_same_name_is_read_under_another(
    base: KnowledgeBase, corpus: Path, tmp_path: Path
) -> None:
    ingest(base, [corpus])
    assert ingest(base, [other_folder(tmp_path)], "autre").added == ("autre/freins.md",)
    assert "premier frein" in shown(base)["corpus/freins.md"]


def test_a_folder_that_has_moved_is_the_same(base: KnowledgeBase, corpus: Path, tmp_path: Path) -> None:
    ingest(base, [corpus])
    moved = tmp_path / "ailleurs" / "corpus"
    moved.parent.mkdir()
    corpus.rename(moved)
    assert sorted(ingest(base, [moved]).unchanged) == list(ALL)


def test_a_folder_whose_name_begins_like_another_forgets_nothing_of_it(base: KnowledgeBase, tmp_path: Path) -> None:
    for name in ("docs", "docs-anciens"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text("Texte.")
    ingest(base, [tmp_path / "docs", tmp_path / "docs-anciens"])
    (tmp_path / "docs" / "a.md").unlink()
    ingest(base, [tmp_path / "docs"])
    assert tuple(shown(base)) == ("docs-anciens/a.md",)


def test_a_file_given_twice_is_read_once(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    report = ingest(base, [corpus / "freins.md", corpus])
    assert sorted(report.unchanged) == list(ALL)


def test_while_another_run_writes_nothing_is_changed(base: KnowledgeBase, corpus: Path) -> None:
    ingest(base, [corpus])
    (corpus / "freins.md").unlink()
    with FileLock(base.folder / "writing.lock"), pytest.raises(LockedBase):
        ingest(base, [corpus])
    assert tuple(shown(base)) == ALL


def many(corpus: Path, count: int) -> list[Path]:
    paths = [corpus / f"note-{number:02}.md" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(f"# Note {number}\n\nLe texte de la note {number}.", encoding="utf-8")
    return paths


def test_nothing_is_changed_where_too_much_has_vanished(base: KnowledgeBase, corpus: Path) -> None:
    paths = many(corpus, 15)
    ingest(base, [corpus])
    before = shown(base)
    (corpus / "freins.md").write_text("# Les freins\n\nAutre chose.", encoding="utf-8")
    for path in paths[:5]:
        path.unlink()
    with pytest.raises(VanishedSources, match="5 des 20 sources"):
        ingest(base, [corpus])
    assert shown(base) == before


def test_a_fifth_of_a_folder_may_go(base: KnowledgeBase, corpus: Path) -> None:
    paths = many(corpus, 20)
    ingest(base, [corpus])
    for path in paths[:5]:
        path.unlink()
    assert len(ingest(base, [corpus]).forgotten) == 5


def test_files_that_move_have_not_vanished(base: KnowledgeBase, corpus: Path, embeddings: HashedEmbeddings) -> None:
    many(corpus, 6)
    ingest(base, [corpus])
    embeddings.embedded.clear()
    (corpus / "notes").mkdir()
    for path in sorted(corpus.glob("note-*.md")):
        path.rename(corpus / "notes" / path.name)
    report = ingest(base, [corpus])
    assert (len(report.added), len(report.forgotten), report.passages) == (6, 6, 0)
    assert embeddings.embedded == []


def test_a_plan_is_what_would_be_done_and_writes_nothing(
    base: KnowledgeBase, corpus: Path, embeddings: HashedEmbeddings
) -> None:
    ingest(base, [corpus])
    before, facts = base.library.contents(), base.library.facts("")
    (corpus / "freins.md").write_text("# Les freins\n\nAutre chose.", encoding="utf-8")
    (corpus / "outils.md").unlink()
    embeddings.embedded.clear()
    planned = plan(base, [corpus]).report
    assert (planned.changed, planned.forgotten, planned.passages) == (("corpus/freins.md",), ("corpus/outils.md",), 1)
    assert (base.library.contents(), base.library.facts(""), embeddings.embedded) == (before, facts, [])
    assert ingest(base, [corpus]) == planned


def test_what_is_unchanged_leaves_the_index_closed(base: KnowledgeBase, corpus: Path) -> None:
    """Nothing is written, and Chroma, which takes a second to open, is not."""
    ingest(base, [corpus])
    base.close()
    told = _python(UNCHANGED, base.folder, corpus)
    assert told.splitlines() == ["5", "False"]


UNCHANGED = """
import sys
from pathlib import Path
from ingest import ingest
from knowledge import KnowledgeBase
from tests.fakes import HashedEmbeddings

report = ingest(KnowledgeBase.create(Path(sys.argv[1]), None, HashedEmbeddings()), [Path(sys.argv[2])])
print(len(report.unchanged))
print("chromadb" in sys.modules)
"""


def _python(script: str, *arguments: Path) -> str:
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=True).stdout


NAMES = ["a.md", "b.txt", "sous/c.md", "sous/encore/d.txt", "é è.md"]
TEXTS = [
    "# Un titre\n\nUn texte.",
    "# Un titre\n\nUn autre texte.",
    POSTURE,
    "Un paragraphe assez long. " * 30 + "\n\n" + "Un autre paragraphe. " * 40,
    "Un autre paragraphe. " * 40 + "\n\n" + "Un paragraphe assez long. " * 30,
]
edits = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(NAMES), st.sampled_from(TEXTS)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES), st.just("")),
    st.tuples(st.just("move"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(edits, min_size=1, max_size=5), min_size=1, max_size=4))
def test_whatever_was_edited_the_base_is_what_a_new_one_would_be(rounds: list[list[tuple[str, str, str]]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "docs"
        folder.mkdir()
        old = KnowledgeBase.create(Path(place) / "old", FAKE_MODEL, HashedEmbeddings())
        for edits in rounds:
            for kind, name, what in edits:
                _edit(folder, kind, name, what)
            assert ingest(old, [folder], force=True).failed == ()
        new = KnowledgeBase.create(Path(place) / "new", FAKE_MODEL, HashedEmbeddings())
        ingest(new, [folder])
        held, fresh = old.library.contents(), new.library.contents()
        assert (held.sources, held.ranges) == (fresh.sources, fresh.ranges)
        assert _indexed(old) == _indexed(new) == new.library.live_digests()
        assert old.library.facts("seen:").keys() == new.library.facts("seen:").keys()


def _edit(folder: Path, kind: str, name: str, what: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "write":
        path.write_text(what, encoding="utf-8")
    elif kind == "remove":
        path.unlink(missing_ok=True)
    elif path.exists():
        (folder / what).parent.mkdir(parents=True, exist_ok=True)
        path.rename(folder / what)


def _indexed(base: KnowledgeBase) -> set[str]:
    return VectorIndex(base.folder / "index", HashedEmbeddings()).digests()
