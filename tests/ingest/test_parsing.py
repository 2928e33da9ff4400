import contextlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from ingest import IngestError, UnreadableFile, UnsupportedFormat
from ingest.parsing import PARSERS, decode, parse
from knowledge import Reference, Section, Support

from ..conftest import CORPUS, POSTURE

FRENCH = "L’été à la forêt, où naît l’œuvre coopérative d’intérêt général : « 50 € »."
SHARED = Path(__file__).parents[3] / "shared"


def markdown(text: str | bytes) -> Document:
    return _page(text, "text/markdown")


def _page(text: str | bytes, mime_type: str) -> Document:
    (page,) = parse(Blob.from_data(text, mime_type=mime_type))
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


def test_plain_text_is_kept_as_it_is() -> None:
    page = _page("Un *titre*\n\n# pas un titre\n", "text/plain")
    assert (page.page_content, page.metadata) == ("Un *titre*\n\n# pas un titre", {"title": "Un *titre*"})


def test_the_main_text_of_a_page_is_read_without_its_menus() -> None:
    page = _page(CORPUS["page.html"], "text/html")
    assert "La société coopérative d’intérêt collectif associe" in page.page_content
    assert "Accueil" not in page.page_content
    assert page.metadata["title"] == "Les SCIC en France"


def test_the_metadata_of_a_page_are_read() -> None:
    head = (
        '<title>Les SCIC</title><meta property="og:site_name" content="RTES">'
        '<meta property="article:published_time" content="2016-12-10">'
        '<link rel="canonical" href="https://example.org/scic">'
    )
    page = _page(CORPUS["page.html"].replace("<title>Les SCIC en France</title>", head), "text/html")
    assert [page.metadata[name] for name in ("publisher", "date", "url")] == [
        "RTES",
        "2016-12-10",
        "https://example.org/scic",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_french_is_read_in_the_encodings_it_comes_in(encoding: str) -> None:
    assert decode(Blob.from_data(FRENCH.encode(encoding))) == FRENCH


@pytest.mark.parametrize("text", ["été", "L'été à la forêt", "Liste des élus ; maires délégués"])
def test_short_french_in_latin_1_is_not_taken_for_another_language(text: str) -> None:
    assert decode(Blob.from_data(text.encode("latin-1"))) == text


BINARY = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20


@pytest.mark.parametrize("mime_type", PARSERS)
@pytest.mark.parametrize("data", [BINARY, b"\0\0\0\0abc\0\0\0def", b"\xff" * 100])
def test_what_is_not_text_is_refused(mime_type: str, data: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"Encodage inconnu|n'est pas du texte"):
        parse(Blob.from_data(data, mime_type=mime_type))


@pytest.mark.parametrize("mime_type", ["text/markdown", "text/plain"])
@pytest.mark.parametrize("text", ["", " \n\n\t", "\ufeff"])
def test_a_document_without_text_is_refused(mime_type: str, text: str) -> None:
    with pytest.raises(UnreadableFile, match="ne contient aucun texte"):
        parse(Blob.from_data(text, mime_type=mime_type))


@pytest.mark.parametrize("text", ["", "<html></html>", "<html><body><script>x()</script></body></html>", "<<<>>>"])
def test_a_page_without_text_is_refused(text: str) -> None:
    with pytest.raises(UnreadableFile, match="Aucun texte principal"):
        parse(Blob.from_data(text, mime_type="text/html"))


@pytest.mark.parametrize("mime_type", [None, "application/pdf"])
def test_a_format_without_a_parser_is_refused(mime_type: str | None) -> None:
    with pytest.raises(UnsupportedFormat, match="donnez du Markdown, du texte ou du HTML"):
        parse(Blob.from_data("texte", mime_type=mime_type))


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


@pytest.mark.parametrize("mime_type", PARSERS)
@settings(max_examples=60)
@given(data=st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_are_read_or_refused(mime_type: str, data: bytes) -> None:
    with contextlib.suppress(IngestError):
        pages = parse(Blob.from_data(data, mime_type=mime_type))
        assert any(page.page_content.strip() for page in pages)


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


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared is not there: real documents are not read")
@pytest.mark.parametrize(
    "path", sorted([*SHARED.glob("documents/fiches/*.md"), *SHARED.glob("documents/web/*.html")]), ids=lambda p: p.name
)
def test_real_documents_are_read(path: Path) -> None:
    mime_type = "text/markdown" if path.suffix == ".md" else "text/html"
    page = _page(path.read_bytes(), mime_type)
    assert len(page.page_content) > 1000
    assert page.metadata["title"]
