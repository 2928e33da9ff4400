import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest import ingest
from knowledge import EmptyKnowledgeBase, KnowledgeBase, KnowledgeError, NewerLibrary
from knowledge.__main__ import main
from knowledge.database import SCHEMA
from knowledge.errors import UnreadableBackup
from knowledge.saving import back_up, restore

from ..fakes import FAKE_MODEL, HashedEmbeddings

# What editors keep beside the library, and what is neither whole nor to be kept.
KEPT = {
    "depots/Guide de l'été (2).pdf": b"%PDF un guide",
    "depots/vide.md": b"",
    "redaction/questions.jsonl": b'{"id": "r1", "question": "Quels sont les freins ?"}\n',
}
PASSING = {
    "depots/.guide.pdf.part": b"la moitie",
    "redaction/secret.key": b"a soi",
    "redaction/sessions.sqlite": b"qui est entre",
    "redaction/run/log": b"x",
}
FREIN = "Quel est le premier frein ?"


@pytest.fixture
def backup(filled: KnowledgeBase, tmp_path: Path) -> Path:
    with closing(sqlite3.connect(filled.folder / "assistant.sqlite")) as opinions, opinions:
        opinions.execute("create table opinions (id text)")
        opinions.execute("insert into opinions values ('un avis')")
    for name, text in KEPT.items():
        (filled.folder / name).parent.mkdir(exist_ok=True)
        (filled.folder / name).write_bytes(text)
    assert back_up(filled.folder, tmp_path / "b.tar.gz") == filled.library.revision
    return tmp_path / "b.tar.gz"


def opened(folder: Path) -> tuple[KnowledgeBase, HashedEmbeddings]:
    embeddings = HashedEmbeddings()
    return KnowledgeBase.open(folder, FAKE_MODEL, embeddings), embeddings


def altered(backup: Path, **changes: Any) -> Path:
    """With another manifest, or (bytes) with other files."""
    with tarfile.open(backup) as archive:
        files = {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]
    manifest = json.loads(files["manifest.json"]) | {k: v for k, v in changes.items() if not isinstance(v, bytes)}
    files["manifest.json"] = json.dumps(manifest).encode()
    files |= {name.replace("_", "."): data for name, data in changes.items() if isinstance(data, bytes)}
    return written(backup, [plain(name, data) for name, data in files.items()])


def plain(name: str, data: bytes) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    return entry, data


def written(backup: Path, entries: list[tuple[tarfile.TarInfo, bytes]]) -> Path:
    path = backup.with_name("altered.tar.gz")
    with tarfile.open(path, "w:gz") as archive:
        for entry, data in entries:
            archive.addfile(entry, io.BytesIO(data))
    return path


def with_more(backup: Path, *entries: tuple[tarfile.TarInfo, bytes], names: bool = True) -> Path:
    """With more files, all of which the manifest describes (`names`)."""
    with tarfile.open(backup) as archive:
        files = {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]
    manifest = json.loads(files.pop("manifest.json"))
    if names:
        manifest["files"] |= {entry.name: hashlib.sha256(data).hexdigest() for entry, data in entries}
    first = plain("manifest.json", json.dumps(manifest).encode())
    return written(backup, [first, *(plain(name, data) for name, data in files.items()), *entries])


def link(name: str, target: str, type: bytes) -> tuple[tarfile.TarInfo, bytes]:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = type, target
    return entry, b""


def test_a_restored_base_answers_as_the_first_did_and_embeds_nothing(
    filled: KnowledgeBase, backup: Path, tmp_path: Path
) -> None:
    restore(backup, tmp_path / "new")
    base, embeddings = opened(tmp_path / "new")
    assert base.library.contents() == filled.library.contents()
    assert base.library.history.revisions() == filled.library.history.revisions()
    assert base.retriever().search(FREIN) == filled.retriever().search(FREIN)
    assert embeddings.embedded == []
    with closing(sqlite3.connect(tmp_path / "new" / "assistant.sqlite")) as opinions:
        assert opinions.execute("select id from opinions").fetchall() == [("un avis",)]
    base.close()


def test_a_backup_holds_what_was_published_by_then(filled: KnowledgeBase, backup: Path, tmp_path: Path) -> None:
    filled.forget("corpus/freins.md")
    assert back_up(filled.folder, tmp_path / "later.tar.gz") == filled.library.revision
    restore(backup, tmp_path / "new")
    base, _ = opened(tmp_path / "new")
    assert "corpus/freins.md" in base.library.digests()
    base.close()
    restore(tmp_path / "later.tar.gz", tmp_path / "new", force=True)
    base, _ = opened(tmp_path / "new")
    assert "corpus/freins.md" not in base.library.digests()
    assert base.retriever().search(FREIN).hits
    base.close()


def test_a_base_that_is_there_is_replaced_only_by_force(filled: KnowledgeBase, backup: Path, corpus: Path) -> None:
    (corpus / "nouveau.txt").write_text("Un document de plus\n\nIl est venu après la sauvegarde.")
    ingest(filled, [corpus])
    with pytest.raises(KnowledgeError, match="--force"):
        restore(backup, filled.folder)
    assert "corpus/nouveau.txt" in filled.library.digests()
    restore(backup, filled.folder, force=True)
    # The library was open all the while.
    assert "corpus/nouveau.txt" not in filled.library.digests()


@pytest.mark.parametrize("changes", [{"schema": SCHEMA + 1}, {"format": 3}])
def test_the_backup_of_a_later_program_is_refused_with_the_reason(
    backup: Path, tmp_path: Path, changes: dict[str, int]
) -> None:
    with pytest.raises(NewerLibrary, match="mettez le programme à jour"):
        restore(altered(backup, **changes), tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "changes",
    [{"library_sqlite": b"autre"}, {"../hors_sqlite": b"x"}, {"files": {}}, {"files": {"../l.sqlite": ""}}],
)
def test_a_backup_that_was_changed_is_refused_and_nothing_is_written(
    filled: KnowledgeBase, backup: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    before = filled.library.contents()
    for folder in (tmp_path / "new", filled.folder):
        with pytest.raises(UnreadableBackup, match="prenez-en une autre"):
            restore(altered(backup, **changes), folder, force=True)
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "hors.sqlite").exists()
    assert filled.library.contents() == before


def test_half_a_backup_and_none_are_refused(backup: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.tar.gz"
    half.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    for file in (half, tmp_path / "rien.tar.gz"):
        with pytest.raises(UnreadableBackup):
            restore(file, tmp_path / "new")


def test_a_backup_that_fails_leaves_the_last_one(filled: KnowledgeBase, backup: Path, tmp_path: Path) -> None:
    kept = backup.read_bytes()
    damaged = shutil.copytree(filled.folder, tmp_path / "damaged")
    for path in damaged.glob("library.sqlite*"):
        path.unlink()
    (damaged / "library.sqlite").write_bytes(b"abime" * 1000)
    with pytest.raises(KnowledgeError):
        back_up(damaged, backup)
    with pytest.raises(EmptyKnowledgeBase):
        back_up(tmp_path / "rien", backup)
    assert backup.read_bytes() == kept
    assert {path.name for path in tmp_path.glob("tmp*")} == set()


def test_what_editors_keep_comes_back_as_it_was_and_nothing_passing_with_it(
    filled: KnowledgeBase, tmp_path: Path
) -> None:
    for name, text in (KEPT | PASSING).items():
        (filled.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (filled.folder / name).write_bytes(text)
    (filled.folder / "depots" / "lien.md").symlink_to(tmp_path / "corpus" / "freins.md")
    back_up(filled.folder, tmp_path / "b.tar.gz")
    restore(tmp_path / "b.tar.gz", tmp_path / "new")
    found = [path for folder in ("depots", "redaction") for path in (tmp_path / "new" / folder).rglob("*")]
    assert {str(path.relative_to(tmp_path / "new")): path.read_bytes() for path in found} == KEPT


def test_what_a_backup_does_not_hold_stays(filled: KnowledgeBase, backup: Path) -> None:
    for name, text in {"depots/vide.md": b"plein", "depots/neuf.md": b"neuf"}.items():
        (filled.folder / name).write_bytes(text)
    restore(backup, filled.folder, force=True)
    held = {path.name: path.read_bytes() for path in (filled.folder / "depots").iterdir()}
    assert held == {"Guide de l'été (2).pdf": b"%PDF un guide", "vide.md": b"", "neuf.md": b"neuf"}


def test_a_backup_of_before_is_still_read(filled: KnowledgeBase, tmp_path: Path) -> None:
    back_up(filled.folder, tmp_path / "b.tar.gz")
    restore(altered(tmp_path / "b.tar.gz", format=1), tmp_path / "new")
    base, _ = opened(tmp_path / "new")
    assert base.library.contents() == filled.library.contents()
    base.close()


@pytest.mark.parametrize(
    "name",
    [
        "depots/../../hors.md", "depots/..", "depots/a/b.md", "depots/", "/tmp/hors.md", "depots//hors.md",
        "depots/.caché", "depots/a\\b.md", "depots/C:x.md", "depots/a\nb.md", "redaction/../depots/x.md",
        "redaction/secret.key", "autre/x.md",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused_though_its_digest_is_right(
    backup: Path, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UnreadableBackup, match="prenez-en une autre"):
        restore(with_more(backup, plain(name, b"x")), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.rglob("hors.md"))


@pytest.mark.parametrize("type", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_what_is_no_plain_file_is_refused(backup: Path, tmp_path: Path, type: bytes) -> None:
    outside = tmp_path / "dehors.md"
    outside.write_bytes(b"")
    with pytest.raises(UnreadableBackup):
        restore(with_more(backup, link("depots/lien.md", str(outside), type)), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_file_that_is_twice_there_is_refused(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableBackup):
        restore(with_more(backup, plain("depots/a.md", b"x"), plain("depots/a.md", b"x")), tmp_path / "new")


def test_a_file_that_nobody_named_is_refused(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableBackup):
        restore(with_more(backup, plain("depots/a.md", b"x"), names=False), tmp_path / "new")


def test_a_deposit_that_was_changed_is_refused(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(UnreadableBackup, match="a changé"):
        restore(altered(backup, **{"depots/vide.md": b"plein"}), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_both_commands_say_what_they_did(bundled_base: Path, tmp_path: Path, capsys: Any) -> None:
    file = str(tmp_path / "b.tar.gz")
    assert main(["--base", str(bundled_base), "backup", file]) == 0
    assert main(["--base", str(tmp_path / "new"), "restore", file]) == 0
    assert "Révision 1 remise" in capsys.readouterr().out
    assert main(["--base", str(tmp_path / "new"), "restore", file]) == 1
    assert "--force" in capsys.readouterr().err
