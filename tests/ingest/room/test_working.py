"""What runs do to a base, in this process, with a fake model; no question is asked."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from ingest import ingest
from ingest.room.questions import questions_in
from ingest.room.runs import Run, Runs, State, Status
from ingest.room.working import work
from knowledge import KnowledgeBase
from knowledge.embedding import sentence_model
from knowledge.saving import back_up, restore

from ...fakes import FAKE_MODEL, FailingEmbeddings, HashedEmbeddings
from ..formats.making import column, picture, scan

GUIDE = b"# Le guide\n\nLe guide explique comment tenir une instance avec les habitants.\n"
NEWER = b"# Le guide\n\nLe guide, refait, explique comment tenir deux instances.\n"
ID = "depots/guide.md"

Drop = Callable[..., Run]


@pytest.fixture
def folder(filled: KnowledgeBase) -> Path:
    (filled.folder / "redaction").mkdir()
    (filled.folder / "redaction" / "questions.jsonl").write_text("")
    return filled.folder


@pytest.fixture
def runs(folder: Path) -> Runs:
    return Runs(folder / "redaction", folder)


@pytest.fixture
def drop(runs: Runs, folder: Path, embeddings: HashedEmbeddings) -> Drop:
    """Files dropped and read."""

    def dropped(**files: bytes) -> Run:
        named = {name.replace("_", "."): data for name, data in files.items()}
        run = runs.create({"kind": "fichiers", "address": "", "files": list(named)})
        for name, data in named.items():
            (run.staged / name).write_bytes(data)
        work(run, "read", folder, embeddings)
        return run

    return dropped


def published(run: Run, folder: Path, embeddings: HashedEmbeddings, **choice: object) -> State:
    read = run.read("documents.json") or []
    ids = [one["id"] for one in read if "text" in one]
    run.write("choices.json", {id: {"keep": True, **choice} for id in ids})
    work(run, "publish", folder, embeddings)
    return run.state


def ordered(runs: Runs, folder: Path, embeddings: HashedEmbeddings, **order: object) -> State:
    run = runs.create({"address": "", "files": [], **order})
    work(run, "publish", folder, embeddings)
    return run.state


def statuses(run: Run) -> Mapping[str, str]:
    return {one["id"]: one["status"] for one in run.read("documents.json")}


def test_what_would_change_is_told_and_nothing_is_written(filled: KnowledgeBase, drop: Drop) -> None:
    before = filled.library.contents()
    run = drop(guide_md=GUIDE)
    assert run.state.status is Status.READY
    (told,) = run.read("documents.json")
    assert (told["id"], told["status"], told["title"], told["was"]) == (ID, "ajouté", "Le guide", None)
    assert "tenir une instance avec les habitants" in told["text"]
    assert filled.library.contents() == before


def test_what_is_published_is_what_was_shown_as_editors_correct_it(
    filled: KnowledgeBase, drop: Drop, folder: Path, embeddings: HashedEmbeddings
) -> None:
    run = drop(guide_md=GUIDE)
    state = published(run, folder, embeddings, publisher="RTES", date="2026-11")
    assert (state.status, state.revision) == (Status.PUBLISHED, 2)
    source = filled.library.source(ID)
    assert source is not None
    assert (source.title, source.publisher, source.date) == ("Le guide", "RTES", "2026-11")
    assert (folder / "depots" / "guide.md").read_bytes() == GUIDE


def test_a_later_reading_keeps_deposits_and_what_was_said_of_them(
    filled: KnowledgeBase, corpus: Path, drop: Drop, folder: Path, embeddings: HashedEmbeddings
) -> None:
    published(drop(guide_md=GUIDE), folder, embeddings, publisher="RTES")
    ingest(filled, [corpus])
    assert ingest(filled, [folder / "depots"]).forgotten == ()
    source = filled.library.source(ID)
    assert source is not None
    assert source.publisher == "RTES"


def test_a_drop_forgets_no_earlier_one(
    filled: KnowledgeBase, drop: Drop, folder: Path, embeddings: HashedEmbeddings
) -> None:
    for name in ("un", "deux", "trois"):
        published(drop(**{f"{name}_md": GUIDE + name.encode()}), folder, embeddings)
    assert {f"depots/{name}.md" for name in ("un", "deux", "trois")} <= filled.library.digests().keys()


def test_what_is_not_kept_is_not_published(
    filled: KnowledgeBase, drop: Drop, folder: Path, embeddings: HashedEmbeddings
) -> None:
    run = drop(guide_md=GUIDE, autre_md=NEWER)
    run.write("choices.json", {ID: {"keep": True}, "depots/autre.md": {"keep": False}})
    work(run, "publish", folder, embeddings)
    assert ID in filled.library.digests()
    assert "depots/autre.md" not in filled.library.digests()
    assert not (folder / "depots" / "autre.md").exists()
    assert filled.library.facts("seen:depots/autre.md") == {}


def test_an_old_edition_is_marked_when_another_takes_its_place(
    filled: KnowledgeBase, drop: Drop, folder: Path, embeddings: HashedEmbeddings
) -> None:
    published(drop(guide_md=GUIDE), folder, embeddings, replaces="corpus/freins.md")
    old = filled.library.source("corpus/freins.md")
    assert old is not None
    assert old.valid_until == (date.today() - timedelta(days=1)).isoformat()


def test_a_file_of_the_same_name_is_a_change_and_can_be_undone(
    filled: KnowledgeBase, drop: Drop, runs: Runs, folder: Path, embeddings: HashedEmbeddings
) -> None:
    published(drop(guide_md=GUIDE), folder, embeddings)
    run = drop(guide_md=NEWER)
    assert statuses(run) == {ID: "modifié"}
    assert run.read("documents.json")[0]["was"]["length"] > 0
    published(run, folder, embeddings)
    assert ordered(runs, folder, embeddings, kind="retour", revision=2).status is Status.PUBLISHED
    source = filled.library.source(ID)
    assert source is not None
    assert "refait" not in source.text


def test_the_same_file_again_is_unchanged(drop: Drop, folder: Path, embeddings: HashedEmbeddings) -> None:
    published(drop(guide_md=GUIDE), folder, embeddings)
    assert statuses(drop(guide_md=GUIDE)) == {ID: "inchangé"}


def test_of_two_editors_the_second_is_told_that_the_base_has_changed(
    filled: KnowledgeBase, drop: Drop, folder: Path, embeddings: HashedEmbeddings
) -> None:
    one, other = drop(guide_md=GUIDE), drop(guide_md=NEWER)
    assert published(one, folder, embeddings).status is Status.PUBLISHED
    state = published(other, folder, embeddings)
    assert state.status is Status.FAILED
    assert "depots/guide.md a changé dans la base depuis cette lecture" in state.sentence
    source = filled.library.source(ID)
    assert source is not None
    assert "refait" not in source.text
    work(other, "read", folder, embeddings)
    assert published(other, folder, embeddings).status is Status.PUBLISHED


def test_a_publication_waits_for_another_program_that_writes(
    drop: Drop, folder: Path, embeddings: HashedEmbeddings
) -> None:
    run = drop(guide_md=GUIDE)
    run.write("choices.json", {})
    writing = FileLock(folder / "writing.lock")
    writing.acquire()
    phases = []

    def wait(_seconds: float) -> None:
        phases.append(run.held.phase)
        writing.release()

    work(run, "publish", folder, embeddings, wait)
    assert phases == ["en attente d'une autre ingestion"]
    assert run.state.status is Status.PUBLISHED


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a_pdf", b"%PDF-1.4 rien", "PDF"),
        ("a_docx", b"PK\x03\x04 rien", "abîmé"),
        ("a_exe", b"MZ", "Format non pris en charge"),
        ("a_md", bytes(range(256)) * 9, "Encodage"),
        ("a_txt", b"", "aucun texte"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(drop: Drop, name: str, data: bytes, reason: str) -> None:
    run = drop(**{name: data})
    assert run.state.status is Status.READY
    (told,) = run.read("documents.json")
    assert told["status"] == "refusé"
    assert reason in told["reason"]


def test_what_is_published_stays_so_where_its_sentences_cannot_be_embedded(
    filled: KnowledgeBase, drop: Drop, folder: Path
) -> None:
    run = drop(guide_md=GUIDE)
    state = published(run, folder, FailingEmbeddings(1))
    assert (state.status, state.revision) == (Status.PUBLISHED, 2)
    assert ID in filled.library.digests()


def test_going_back_leaves_every_sentence_with_its_vector(
    filled: KnowledgeBase, drop: Drop, runs: Runs, folder: Path, embeddings: HashedEmbeddings
) -> None:
    published(drop(guide_md=GUIDE), folder, embeddings)
    name = sentence_model(FAKE_MODEL)
    filled.library.drop_vectors(name, set())
    assert ordered(runs, folder, embeddings, kind="retour", revision=1).status is Status.PUBLISHED
    assert filled.library.embedded(name) == filled.library.live_digests()


def test_a_source_is_marked_without_its_file(
    filled: KnowledgeBase, runs: Runs, folder: Path, embeddings: HashedEmbeddings
) -> None:
    order: dict[str, Any] = {"kind": "validite", "source": "corpus/freins.md", "until": "2020-01-31"}
    assert ordered(runs, folder, embeddings, **order).status is Status.PUBLISHED
    source = filled.library.source("corpus/freins.md")
    assert source is not None
    assert source.valid_until == "2020-01-31"


def test_a_withdrawn_deposit_goes_with_its_file(
    filled: KnowledgeBase, drop: Drop, runs: Runs, folder: Path, embeddings: HashedEmbeddings
) -> None:
    published(drop(guide_md=GUIDE), folder, embeddings)
    assert ordered(runs, folder, embeddings, kind="retrait", source=ID).status is Status.PUBLISHED
    assert ID not in filled.library.digests()
    assert not (folder / "depots" / "guide.md").exists()
    assert filled.library.facts(f"seen:{ID}") == {}


def test_what_is_asked_of_a_source_that_is_gone_is_told(runs: Runs, folder: Path, embeddings: HashedEmbeddings) -> None:
    state = ordered(runs, folder, embeddings, kind="retrait", source="corpus/rien.md")
    assert (state.status, "n'est plus dans la base" in state.sentence) == (Status.FAILED, True)


def test_an_address_of_this_machine_is_refused(runs: Runs, folder: Path, embeddings: HashedEmbeddings) -> None:
    run = runs.create({"kind": "adresse", "address": "http://127.0.0.1:9/", "files": []})
    work(run, "read", folder, embeddings)
    (told,) = run.read("documents.json")
    assert told["status"] == "refusé"


def test_what_breaks_is_told_without_a_trace(runs: Runs, folder: Path, embeddings: HashedEmbeddings) -> None:
    run = runs.create({"kind": "fichiers", "files": None, "address": ""})
    work(run, "read", folder, embeddings)
    assert run.state.status is Status.FAILED
    assert "TypeError" in run.state.sentence


def test_a_pdf_says_what_was_not_read_of_it(drop: Drop) -> None:
    """More scanned pages than are recognised, with tesseract or without it."""
    text = column(72, 700, "La charte fixe les engagements de chacun.")
    run = drop(guide_pdf=scan(picture("La charte"), pages=61, after=text))
    (told,) = run.read("documents.json")
    assert told["status"] == "ajouté"
    assert "Pages 1, 2," in told["flaws"][0]


def test_a_base_of_another_model_is_told(runs: Runs, tmp_path: Path) -> None:
    KnowledgeBase.create(tmp_path / "autre", FAKE_MODEL, HashedEmbeddings()).library.remember("model", "/rien/ici")
    run = runs.create({"kind": "fichiers", "files": [], "address": ""})
    work(run, "read", tmp_path / "autre")
    assert run.state.status is Status.FAILED
    assert "introuvable" in run.state.sentence


def test_a_base_put_back_beside_the_first_holds_what_was_dropped_and_takes_a_newer_one(
    drop: Drop, folder: Path, embeddings: HashedEmbeddings, tmp_path: Path
) -> None:
    assert published(drop(guide_md=GUIDE), folder, embeddings).status is Status.PUBLISHED
    back_up(folder, tmp_path / "b.tar.gz")
    new = tmp_path / "new"
    restore(tmp_path / "b.tar.gz", new)
    assert (new / "depots" / "guide.md").read_bytes() == GUIDE
    assert questions_in(new / "redaction", tmp_path / "rien") is None  # none is asked, as in the first
    run = Runs(new / "redaction", new).create({"kind": "fichiers", "address": "", "files": ["guide.md"]})
    (run.staged / "guide.md").write_bytes(NEWER)
    work(run, "read", new, embeddings)
    assert published(run, new, embeddings).status is Status.PUBLISHED
    assert (new / "depots" / "guide.md").read_bytes() == NEWER
    assert (folder / "depots" / "guide.md").read_bytes() == GUIDE
