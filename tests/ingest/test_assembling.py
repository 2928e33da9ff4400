from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document

from ingest.assembling import assemble
from knowledge import Reference, Section, Support


def test_one_page_is_a_source_without_pages() -> None:
    page = Document(page_content="Texte.", metadata={"title": "Titre", "sections": (Section(0, "Un"),)})
    source = assemble("docs/a.md", [page])
    assert (source.id, source.title, source.text, source.pages) == ("docs/a.md", "Titre", "Texte.", ())
    assert source.sections == (Section(0, "Un"),)


def test_where_a_blob_came_from_is_not_part_of_the_source() -> None:
    page = Document(page_content="Texte.", metadata={"title": "Titre", "source": "/un/chemin"})
    assert assemble("docs/a.md", [page]).title == "Titre"


@given(st.lists(st.text(max_size=40), min_size=2, max_size=6))
def test_every_page_is_found_where_the_source_says(texts: list[str]) -> None:
    source = assemble("docs/a.pdf", [Document(page_content=text, metadata={"title": "T"}) for text in texts])
    assert len(source.pages) == len(texts)
    for number, (start, text) in enumerate(zip(source.pages, texts, strict=True), 1):
        assert source.text.startswith(text, start)
        assert source.page_at(start) == number


def test_the_sections_and_supports_of_each_page_stand_where_they_stood() -> None:
    reference = Reference("S01", "RTES", "Titre", "2016", "")
    pages = [
        Document(page_content="Un. Texte.", metadata={"title": "T", "sections": (Section(0, "Un"),)}),
        Document(
            page_content="Et. Deux. Texte.",
            metadata={"title": "T", "sections": (Section(4, "Deux", 2),), "supports": (Support(4, 9, reference),)},
        ),
    ]
    source = assemble("docs/a.pdf", pages)
    assert [source.text[section.start :][:4] for section in source.sections] == ["Un. ", "Deux"]
    assert [source.text[support.start : support.end] for support in source.supports] == ["Deux."]


def test_what_was_hard_to_read_is_not_part_of_the_source() -> None:
    page = Document(page_content="Texte.", metadata={"title": "Titre", "remarks": ("Page 2 numérisée",)})
    assert assemble("docs/a.pdf", [page]).title == "Titre"
