import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge import MalformedDocument, Section
from knowledge.markdown import MARKS, MarkedSpan, render, split_front_matter

from ..strategies import anything, words

paragraphs = st.lists(words, min_size=1, max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Un **mot** *fort*, `du code` et [un lien](https://example.org).", "Un mot fort, du code et un lien."),
        ("une ligne\ncoupée", "une ligne coupée"),
        ("- un\n- deux", "- un\n- deux"),
        ("3. un\n4. deux", "3. un\n4. deux"),
        ("Voici :\n\n- un\n- deux\n\nFin.", "Voici :\n\n- un\n- deux\n\nFin."),
        ("- un\n  - dedans\n- deux", "- un\n  - dedans\n- deux"),
        ("> Une citation.", "Une citation."),
        (
            "| Seuil | Date |\n|---|---|\n| 50 M€ | 2023 |\n| 20 M€ | 2024 |",
            "- Seuil : 50 M€ ; Date : 2023\n- Seuil : 20 M€ ; Date : 2024",
        ),
        ("Avant <b>gras</b> après", "Avant gras après"),
        ("<script>alert(1)</script>\n\nTexte", "Texte"),
        ("Texte ![image](a.png) ici", "Texte  ici"),
        ("```\ndu code\n```", "du code"),
        ("5 &lt; 6 &amp; 7", "5 < 6 & 7"),
        ("", ""),
    ],
)
def test_markdown_becomes_plain_text(markdown: str, text: str) -> None:
    assert render(markdown).text == text


def test_headings_are_sections_where_they_stand() -> None:
    rendered = render("# Un\n\nTexte.\n\n## Deux\n\nSuite.")
    assert rendered.sections == (Section(0, "Un", 1), Section(12, "Deux", 2))
    assert rendered.text == "Un\n\nTexte.\n\nDeux\n\nSuite."


def test_a_mark_covers_what_stands_before_it_in_its_block() -> None:
    rendered = render("Premier. [^S01] [^S02] Second. [^S03] Sans rien.\n\n- item [^S04]")
    covered = [(mark.code, rendered.text[mark.start : mark.end].strip()) for mark in rendered.marks]
    assert covered == [("S01", "Premier."), ("S02", "Premier."), ("S03", "Second."), ("S04", "item")]
    assert "[^" not in rendered.text


@given(st.lists(st.tuples(paragraphs, st.lists(st.sampled_from(["S01", "S02"]), max_size=3)), min_size=1, max_size=6))
def test_every_mark_is_kept_with_its_words(claims: list[tuple[str, list[str]]]) -> None:
    markdown = "\n\n".join(f"{text}{''.join(f' [^{code}]' for code in codes)}" for text, codes in claims)
    rendered = render(markdown)
    assert [mark.code for mark in rendered.marks] == [code for _, codes in claims for code in codes]
    assert not MARKS.search(rendered.text)
    assert all(rendered.text[mark.start : mark.end].strip() for mark in rendered.marks)


@given(anything)
def test_offsets_stay_inside_whatever_the_markdown(markdown: str) -> None:
    rendered = render(markdown)
    spans = [(mark.start, mark.end) for mark in rendered.marks if isinstance(mark, MarkedSpan)]
    assert all(0 <= start <= end <= len(rendered.text) for start, end in spans)
    assert all(rendered.text.startswith(section.title, section.start) for section in rendered.sections)


def test_front_matter_is_parted_from_the_body() -> None:
    fields, body = split_front_matter("---\ntitre: Un titre\nmots_cles: [a, b]\nrien:\n---\nLe corps.")
    assert fields == {"titre": "Un titre", "mots_cles": ["a", "b"], "rien": None}
    assert body == "Le corps."


def test_dates_of_the_front_matter_are_iso_strings() -> None:
    fields, _ = split_front_matter(
        "---\nd: 2016-12-10\nliste: [{date: 2016-11-04}]\nheure: 2016-12-10 10:00:00\n---\nx"
    )
    assert fields == {"d": "2016-12-10", "liste": [{"date": "2016-11-04"}], "heure": "2016-12-10"}


@pytest.mark.parametrize("text", ["Sans en-tête.", "---\ntitre: jamais fermé", "Texte\n---\na: b\n---\n"])
def test_a_text_without_front_matter_is_all_body(text: str) -> None:
    assert split_front_matter(text) == ({}, text)


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("titre: [jamais fermé", "ligne 3"),
        ("titre: x\nautre: a: b", "ligne 3"),
        ("titre: !!python/object/apply:os.system ['ls']", "ligne 2"),
    ],
)
def test_a_malformed_front_matter_is_refused_with_its_line(header: str, line: str) -> None:
    with pytest.raises(MalformedDocument, match=line):
        split_front_matter(f"---\n{header}\n---\nTexte")


@pytest.mark.parametrize("header", ["- une\n- liste", "un mot", "date: 2016-13-45", "a: &a [x]\nb: *a", "a: &a [*a]"])
def test_a_front_matter_that_is_no_plain_mapping_is_refused(header: str) -> None:
    with pytest.raises(MalformedDocument, match="mal formé"):
        split_front_matter(f"---\n{header}\n---\nTexte")


def test_a_front_matter_that_would_unfold_into_gigabytes_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    header = "\n".join(lines)
    with pytest.raises(MalformedDocument):
        split_front_matter(f"---\n{header}\n---\nTexte")
