import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from markdown_it import MarkdownIt

from assistant import Assistant
from assistant.exporting import Block, Kind, document, markdown
from assistant.rendering import Turn
from assistant.word_processing import AUTHOR, docx, odt

NOW = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
QUESTIONS = ("Quelles sont les trois conditions d'un jardin partagé ?", "Que recommande le rapport Zéphyr ?", "Tarte ?")
HOSTILE = "*Gras* _x_ [lien](javascript:1) <b>&amp; 1. # > `code` | \x00\x1f ~~non~~ ]]>"


def read_markdown(file: bytes) -> str:
    tokens = MarkdownIt("commonmark").parse(file.decode())
    inline = [child for token in tokens if token.type == "inline" for child in (*(token.children or ()), None)]
    return "".join(
        "\n" if child is None or child.type in ("softbreak", "hardbreak") else child.content for child in inline
    )


def read_docx(file: bytes) -> str:
    from docx import Document

    return "\n".join(paragraph.text for paragraph in Document(io.BytesIO(file)).paragraphs)


def read_odt(file: bytes) -> str:
    from odfdo import Document

    found = Document(io.BytesIO(file)).body.xpath("//text:h|//text:p")
    return "\n".join(str(getattr(one, "inner_text", one)) for one in found)


KINDS: dict[str, tuple[Callable[[list[Block]], bytes], Callable[[bytes], str]]] = {
    "md": (lambda blocks: markdown(blocks).encode(), read_markdown),
    "docx": (lambda blocks: docx(blocks, NOW), read_docx),
    "odt": (lambda blocks: odt(blocks, NOW), read_odt),
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def spaced(text: str) -> str:
    return " ".join(text.split())


def taken_away(blocks: list[Block], kind: str) -> str:
    """What is read when the file is opened again."""
    write, read = KINDS[kind]
    return spaced(read(write(blocks)))


@pytest.fixture(scope="module")
def turns(assistant: Assistant) -> list[Turn]:
    return [Turn(question, assistant.answer(question)) for question in QUESTIONS]


@each_kind
def test_the_file_says_the_questions_the_answers_and_the_quotes_word_for_word(turns: list[Turn], kind: str) -> None:
    said = taken_away(list(document(turns, NOW.date())), kind)
    quotes = 0
    for turn in turns:
        assert turn.answer is not None
        assert turn.question in said
        assert all(spaced(claim.marked) in said for claim in turn.answer.claims)
        for citation in turn.answer.citations:
            quotes += 1
            assert spaced(citation.quote) in said
            assert f"[{citation.number}] {spaced(citation.place)}" in said
    assert quotes >= 2


@each_kind
def test_the_file_names_publishers_titles_dates_and_addresses(turns: list[Turn], kind: str) -> None:
    said = taken_away(list(document(turns, NOW.date())), kind)
    assert "Réseau des jardins, « Retour sur la soirée « Jardins » », 10 décembre 2016" in said
    assert "https://jardins.example/retour" in said
    assert "javascript:" not in said


@each_kind
def test_the_file_says_when_it_was_read_and_in_which_revision(turns: list[Turn], kind: str) -> None:
    said = taken_away(list(document(turns, NOW.date())), kind)
    assert "Consultée le 23 novembre 2026." in said
    revision = turns[0].answer.trace.revision if turns[0].answer and turns[0].answer.trace else 0
    assert revision >= 1
    assert f"d'après la révision {revision} de la base" in said


@each_kind
def test_hostile_words_stay_words(kind: str) -> None:
    visible = spaced(re.sub(r"[\x00-\x1f]", "", HOSTILE))
    turns = [Turn(HOSTILE, problem=HOSTILE)]
    assert taken_away(list(document(turns, date(2026, 1, 1))), kind).count(visible) == 2


@pytest.mark.parametrize("line", ["1. un", "12) deux", "- tiret", "+ plus", "# titre", "> cité", "=== trait", "1.5 €"])
def test_what_opens_a_line_is_no_markup(line: str) -> None:
    text = markdown([Block(Kind.PARAGRAPH, line), Block(Kind.QUOTE, f"« a\n{line} »")])
    assert MarkdownIt("commonmark").render(text).count("<p>") == 2
    assert read_markdown(text.encode()).count(line) == 2


def test_marks_stay_readable_in_markdown() -> None:
    assert markdown([Block(Kind.PARAGRAPH, "L'élu décide. [1]")]) == "L'élu décide. [1]\n"


def test_word_processors_find_headings_lists_french_and_an_author(turns: list[Turn]) -> None:
    from docx import Document
    from odfdo import Document as OpenDocument

    blocks = list(document(turns, NOW.date()))
    word = Document(io.BytesIO(docx(blocks, NOW)))
    styles = {paragraph.style.name for paragraph in word.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "List Bullet", "Quote"} <= styles
    assert (word.core_properties.author, word.core_properties.language) == (AUTHOR, "fr-FR")
    free = OpenDocument(io.BytesIO(odt(blocks, NOW)))
    assert {int(header.level) for header in free.body.headers} == {1, 2, 3, 4}
    assert (free.meta.creator, free.language) == (AUTHOR, "fr-FR")
