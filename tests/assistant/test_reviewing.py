import json
from datetime import date
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.__main__ import main
from assistant.journal import JournalBook
from assistant.rendering import Turn
from assistant.web.opinions import OpinionBook
from assistant.web.records import Records
from ingest import ingest
from ingest.links import Health, Link, LinkReport, Seen
from knowledge import KnowledgeBase

from .test_commands import FICHES

Captured = pytest.CaptureFixture[str]
# In other words; the base has fiches about gardens and composting.
CRECHES = ("Comment financer une crèche associative ?", "quel financement pour une crèche tenue par une association")
FREINS = "Quels sont les freins d'un jardin partagé ?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base, and what was asked of it."""
    folder = tmp_path_factory.mktemp("reviewing")
    (folder / "jardins").mkdir()
    for name, text in FICHES.items():
        (folder / "jardins" / name).write_text(text)
    base = KnowledgeBase.create(folder / "base")
    assert ingest(base, [folder / "jardins"]).failed == ()
    assistant = Assistant(base.retriever())
    opinions = OpinionBook(folder / "base" / "assistant.sqlite")
    records = Records(assistant, JournalBook(folder / "base" / "journal.sqlite", 365), opinions)
    for question in (*CRECHES, "Combien gagne un coordinateur de PTCE ?", FREINS):
        turn = records.filed(Turn(question, assistant.answer(question)), records.conversation(""))
        if question == FREINS:
            records.judge(turn, False, "Dit par mon adjoint Jean Dupont : trop court")
    base.close()
    return folder / "base"


def test_the_largest_gap_is_told_first_and_nobody_is_named(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    report, csv = tmp_path / "manques.html", tmp_path / "manques.csv"
    assert main(["gaps", "--base", str(folder), "--report", str(report), "--csv", str(csv)]) == 0
    first, second, *others = capsys.readouterr().out.splitlines()
    assert first == "4 questions gardées : 3 sans réponse, 0 déclinées ; 0 avis utiles, 1 peu utiles."
    assert second.strip().startswith("2 ×")
    assert "crèche" in second
    assert len(others) == 2
    for path in (report, csv):
        said = path.read_text(encoding="utf-8")
        assert "trop court" in said
        assert "Dupont" not in said
        # What tells one conversation from another stays in the journal.
        entries = JournalBook(folder / "journal.sqlite", 365).all()
        assert [entry.id for entry in entries if entry.id in said] == []


def test_dead_links_that_answers_give_are_told(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    entries = JournalBook(folder / "journal.sqlite", 365).all()
    cited = [one for entry in entries for one in entry.record["answer"]["citations"]]
    url = next(one["url"] for citation in cited for one in citation["references"])
    links, report = tmp_path / "liens.json", tmp_path / "manques.html"
    seen = LinkReport((Seen(Link(url, (("a", ""),)), Health.DEAD, "Cette page n'existe plus (404)."),), date.today())
    links.write_text(seen.to_json(), encoding="utf-8")
    assert main(["gaps", "--base", str(folder), "--links", str(links), "--report", str(report)]) == 0
    assert f"1 lien mort encore cité {url} : Cette page" in capsys.readouterr().out
    assert "Les liens morts encore cités (1)" in report.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["", "[]", '{"erreur": "Aucune base"}', '{"liens": [1]}'])
def test_what_is_no_report_of_links_is_told(folder: Path, tmp_path: Path, capsys: Captured, text: str) -> None:
    (tmp_path / "liens.json").write_text(text)
    assert main(["gaps", "--base", str(folder), "--links", str(tmp_path / "liens.json")]) == 1
    assert "n'est pas un rapport de liens" in capsys.readouterr().err


def test_where_nothing_was_kept_nothing_is_missing(made_of_nothing: Path, capsys: Captured) -> None:
    assert main(["gaps", "--base", str(made_of_nothing)]) == 0
    assert capsys.readouterr().out.startswith("0 questions gardées")
    assert not (made_of_nothing / "journal.sqlite").exists()


def test_a_file_that_cannot_be_written_is_told(folder: Path, tmp_path: Path, capsys: Captured) -> None:
    assert main(["gaps", "--base", str(folder), "--csv", str(tmp_path / "nulle-part" / "x.csv")]) == 1
    assert capsys.readouterr().err.startswith("Erreur : ")


def test_a_name_that_an_earlier_version_let_through_is_masked_now(folder: Path, capsys: Captured) -> None:
    book = JournalBook(folder / "journal.sqlite", 365)
    record = json.loads(json.dumps(book.all()[0].record))
    record["answer"]["question"] = "Que fait mon adjoint Jean Dupont pour la crèche ?"
    book.note("before", record, "code-of-before")
    assert main(["gaps", "--base", str(folder)]) == 0
    book.forget("code-of-before")
    assert "Dupont" not in capsys.readouterr().out


@pytest.fixture
def made_of_nothing(tmp_path: Path) -> Path:
    (tmp_path / "jardins").mkdir()
    (tmp_path / "jardins" / "freins.md").write_text(FICHES["freins.md"])
    base = KnowledgeBase.create(tmp_path / "base")
    assert ingest(base, [tmp_path / "jardins"]).failed == ()
    base.close()
    return tmp_path / "base"
