import contextlib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from ingest import UnreadableFile
from ingest.formats import MARKDOWN, parse
from knowledge import Reference, Section, Support

from ...conftest import POSTURE


def markdown(text: str | bytes) -> Document:
    (page,) = parse(Blob.from_data(text, mime_type=MARKDOWN))
    return page


def test_a_fiche_is_read_with_its_header() -> None:
    metadata = markdown(POSTURE).metadata
    assert (metadata["title"], metadata["part"], metadata["publisher"]) == (
        "Changer de posture",
        "Conditions",
        "Référentiel",
    )
    assert metadata["keywords"] == ("posture", "élus", "décideur")
    assert metadata["date"] == "2026-11-23"
    assert (metadata["valid_from"], metadata["valid_until"]) == ("", "")


def test_the_references_of_a_fiche_support_the_words_before_their_marks() -> None:
    page = markdown(POSTURE)
    rtes = Reference("S01", "RTES", "Retour sur la soirée", "2016-12-10", "https://example.org/rtes")
    rameau = Reference("S02", "Le RAMEAU", "Le référentiel", "2016-11", "https://example.org/rameau")
    first = "L’élu passe du rôle de décideur à celui d’animateur du territoire."
    supports: tuple[Support, ...] = page.metadata["supports"]
    assert [(page.page_content[s.start : s.end], s.reference) for s in supports] == [
        (first, rtes),
        (first, rameau),
        ("les habitants expriment leurs besoins ;", rtes),
    ]


def test_the_english_title_of_a_fiche_is_another_name_of_it() -> None:
    assert markdown("---\ntitre: La subvention\ntitre_en: The grant\n---\nTexte.").metadata["aliases"] == ("The grant",)
    assert markdown("---\ntitre: La subvention\ntitre_en:\n---\nTexte.").metadata["aliases"] == ()


def test_a_fiche_reads_as_plain_text() -> None:
    assert markdown(POSTURE).page_content == (
        "L’élu passe du rôle de décideur à celui d’animateur du territoire. Il garde la décision.\n\n"
        "Pourquoi\n\nLa co-construction demande une posture d’écoute :\n\n"
        "- les habitants expriment leurs besoins ;\n- les associations apportent leur expertise."
    )


def test_a_mark_without_a_description_supports_nothing() -> None:
    page = markdown("---\nsources: [{code: S01, titre: Titre}]\n---\nUn. [^S01]\n\nDeux. [^S99]")
    assert [support.reference.code for support in page.metadata["supports"]] == ["S01"]
    assert page.page_content == "Un.\n\nDeux."


def test_an_article_is_read_with_the_usual_header() -> None:
    header = "title: Un titre\nauthor: RTES\ndate: 2016-12-10\nurl: https://example.org"
    metadata = markdown(f"---\n{header}\n---\nTexte.").metadata
    assert [metadata[name] for name in ("title", "publisher", "date", "url")] == [
        "Un titre",
        "RTES",
        "2016-12-10",
        "https://example.org",
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [("# Le titre\n\nTexte.", "Le titre"), ("\n\nUne première ligne.\n\nTexte.", "Une première ligne.")],
)
def test_a_document_without_a_header_has_its_first_line_for_title(text: str, title: str) -> None:
    assert markdown(text).metadata["title"] == title


def test_headings_are_sections() -> None:
    assert markdown("# Un\n\nTexte.\n\n## Deux\n\nTexte.").metadata["sections"] == (
        Section(0, "Un", 1),
        Section(12, "Deux", 2),
    )


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("titre: [jamais fermé", "mal formé, ligne 3"),
        ("mis_a_jour: 2026-13-45", "mal formé"),
        ("- une\n- liste", "mal formé"),
        ("a: &a [x]\nb: *a", "mal formé"),
        ("sources: RTES", "« sources »"),
        ("sources: [RTES]", "« sources »"),
        ("sources: [{titre: Sans code}]", "« sources »"),
        ("mots_cles: 3", "« mots_cles »"),
        ("mots_cles: {a: b}", "« mots_cles »"),
    ],
)
def test_a_malformed_header_is_refused_with_what_to_mend(header: str, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        markdown(f"---\n{header}\n---\nTexte.")


@pytest.mark.parametrize("words", ["posture, élus", "[posture, élus]", "\n  - posture\n  - élus"])
def test_keywords_may_be_written_as_a_list_or_with_commas(words: str) -> None:
    assert markdown(f"---\nmots_cles: {words}\n---\nTexte.").metadata["keywords"] == ("posture", "élus")


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.dates(), st.text(max_size=10)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=5,
)
NAMES = [
    "titre",
    "titre_en",
    "partie",
    "editeur",
    "mots_cles",
    "sources",
    "mis_a_jour",
    "valable_du",
    "valable_au",
    "url",
    "date",
]

LISTS = ("aliases", "keywords", "sections", "supports")


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(NAMES), values))
def test_any_header_is_read_or_refused(fields: dict[str, object]) -> None:
    with contextlib.suppress(UnreadableFile):
        page = markdown(f"---\n{yaml.safe_dump(fields, allow_unicode=True)}---\nTexte.")
        texts = [value for name, value in page.metadata.items() if name not in LISTS]
        assert all(isinstance(text, str) for text in texts)
        assert all(isinstance(word, str) for word in (*page.metadata["keywords"], *page.metadata["aliases"]))
