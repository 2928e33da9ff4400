import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import Cleaned, clean, flow, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("un\r\ndeux\rtrois", "un\ndeux\ntrois"),
        ("e\u0301te\u0301", "été"),
        ("ﬁnancement, aﬀaire, aﬄuent", "financement, affaire, affluent"),
        ("finance\u00adment", "financement"),
        ("\ufeffun\u200bdeux", "undeux"),
        ("un\x00deux\x07", "undeux"),
        ("un  \t\ndeux ", "un\ndeux"),
        ("\n\nun\n\ndeux\n\n", "un\n\ndeux"),
        ("l’œuvre « citée » : 23\u202f000\u00a0€", "l’œuvre « citée » : 23\u202f000\u00a0€"),
        ("m² ½ 1ᵉʳ", "m² ½ 1ᵉʳ"),
        ("l\x92\x9cuvre \x96 23 \x80", "l’œuvre – 23 €"),
        ("collec\u00ad\n  tivité", "collectivité"),
        ("e\u200b\u0301", "é"),
        ("un\u2003deux\u2009;", "un deux\u202f;"),
        ("", ""),
    ],
)
def test_text_is_cleaned(text: str, expected: str) -> None:
    assert clean(text).text == expected


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text).text).text == clean(text).text


@given(st.text())
def test_clean_text_has_nothing_invisible_in_it(text: str) -> None:
    cleaned = clean(text).text
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in cleaned)
    assert not any(line.endswith((" ", "\t")) for line in cleaned.split("\n"))


@given(st.text("abcéèœ ’«»\n.,;0123456789"))
def test_what_is_visible_stays(text: str) -> None:
    assert "".join(clean(text).text.split()) == "".join(text.split())


# Letters that compose, decompose, swell and vanish; hyphens and lines.
WICKED = st.text("abé e\u0301\u0327ﬁœ\u00ad\u200b\r\n \t-´`1\x9c\u1100\u1161\u2003", max_size=40)


@given(WICKED | st.text(max_size=40))
@pytest.mark.parametrize("cleaning", [clean, flow])
def test_every_character_knows_where_it_comes_from(cleaning: Callable[[str], Cleaned], text: str) -> None:
    cleaned = cleaning(text)
    before = 0
    for at, char in enumerate(cleaned.text):
        start, end = cleaned.original(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert start >= before
        before = start
        if end - start == 1 and char == text[start]:
            assert cleaned.arrival(start) <= at
    if cleaned.text:
        start, end = cleaned.original(0, len(cleaned.text))
        assert cleaning(text[start:end]).text == cleaned.text


@given(st.text("abcéè ,.\n", max_size=40))
def test_a_character_that_stays_is_found_again(text: str) -> None:
    cleaned = clean(text)
    for at, char in enumerate(cleaned.text):
        start, end = cleaned.original(at, at + 1)
        assert text[start:end] == char
        assert cleaned.arrival(start) == at


def test_a_quotation_leads_back_to_what_was_printed() -> None:
    printed = "Une démarche de co-\nconstruction, ﬁnancée par la collec-\ntivité."
    flowed = flow(printed, {"co-construction"})
    assert flowed.text == "Une démarche de co-construction, financée par la collectivité."
    for quote, original in (("financée", "ﬁnancée"), ("collectivité", "collec-\ntivité")):
        start = flowed.text.index(quote)
        begin, end = flowed.original(start, start + len(quote))
        assert printed[begin:end] == original
        assert flowed.arrival(begin) == start


@pytest.mark.parametrize(
    ("text", "vocabulary", "expected"),
    [
        ("la collec-\ntivité", "", "la collectivité"),
        ("la co-\nconstruction", "co-construction", "la co-construction"),
        ("la co-\nconstruction", "construction", "la co-construction"),
        ("la co-\nconstruction", "construction coconstruction", "la coconstruction"),
        ("une co-\nlonne", "", "une colonne"),
        ("Celles-\nci", "", "Celles-ci"),
        ("l’entre-\nprise", "prise entre", "l’entreprise"),
        ("Loire-\nAtlantique", "", "Loire-Atlantique"),
        ("PARTI-\nCIPATION", "", "PARTICIPATION"),
        ("c’est-\nà-dire", "", "c’est-à-dire"),
        ("inter-\ncommuna-\nlité", "", "intercommunalité"),
        ("2015-\n800", "", "2015-800"),
        ("un projet -\nou deux", "", "un projet - ou deux"),
    ],
)
def test_a_word_cut_by_a_line_is_rejoined(text: str, vocabulary: str, expected: str) -> None:
    assert flow(text, set(vocabulary.split())).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 aoˆut 2022", "10 août 2022"),
        ("pr´elev´ee", "prélevée"),
        ("d´eja` vu", "déja` vu"),
        ("une ligne\nla suite\n\nun autre", "une ligne la suite\n\nun autre"),
        ("ceci :\n- un\n- deux", "ceci :\n- un\n- deux"),
        ("trop   de  blancs", "trop de blancs"),
        ("23\u202f000\u00a0€", "23\u202f000\u00a0€"),
    ],
)
def test_text_set_in_lines_flows(text: str, expected: str) -> None:
    assert flow(text).text == expected


def test_the_words_of_a_text_are_those_that_no_line_cuts() -> None:
    assert words("La co-construction\ndes collec-\ntivités L’Été") == {"la", "co-construction", "des", "l", "été"}
