from dataclasses import replace
from pathlib import Path

from ingest import ingest, plan
from ingest.noticing import notice_facts, read_notices
from ingest.places.finding import About
from knowledge import KnowledgeBase

ID = "corpus/freins.md"
SAID = About(publisher="RTES", valid_until="2020-12-31")


def noticed(base: KnowledgeBase, corpus: Path) -> KnowledgeBase:
    made = plan(base, [corpus], notices={ID: SAID})
    base.publish(made.sources, (), None, made.facts)
    return base


def test_a_notice_is_read_as_it_was_written() -> None:
    assert read_notices(notice_facts({ID: SAID})) == {ID: SAID}


def test_what_editors_say_wins_over_the_document(filled: KnowledgeBase, corpus: Path) -> None:
    source = noticed(filled, corpus).library.source(ID)
    assert source is not None
    assert (source.publisher, source.valid_until) == ("RTES", "2020-12-31")


def test_what_editors_say_outlives_another_reading(filled: KnowledgeBase, corpus: Path) -> None:
    noticed(filled, corpus)
    (corpus / "freins.md").write_text("# Les freins\n\nUn autre texte.\n", encoding="utf-8")
    ingest(filled, [corpus])
    source = filled.library.source(ID)
    assert source is not None
    assert "Un autre texte" in source.text
    assert source.valid_until == "2020-12-31"
    assert ID in ingest(filled, [corpus]).unchanged


def test_a_source_marked_without_being_read_stays_so(filled: KnowledgeBase, corpus: Path) -> None:
    source = filled.library.source(ID)
    assert source is not None
    marked = replace(source, publisher="RTES", valid_until="2020-12-31")
    filled.publish([marked], (), None, notice_facts({ID: SAID}))
    assert ID in ingest(filled, [corpus]).unchanged
    assert filled.library.source(ID) == marked


def test_going_back_takes_back_what_was_said(filled: KnowledgeBase, corpus: Path) -> None:
    before = filled.library.source(ID)
    noticed(filled, corpus).rollback()
    assert filled.library.source(ID) == before
    ingest(filled, [corpus])
    assert filled.library.source(ID) == before


def test_a_forgotten_source_leaves_no_notice(filled: KnowledgeBase, corpus: Path) -> None:
    noticed(filled, corpus)
    (corpus / "freins.md").unlink()
    ingest(filled, [corpus])
    assert filled.library.facts("notice:") == {}
