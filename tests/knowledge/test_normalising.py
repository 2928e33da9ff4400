import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.normalising import locate, normalise

from ..strategies import texts, written

# What typography may put in the place of a character without changing the word.
VARIANTS = {
    "'": "'’‘ʼ",
    "’": "'’‘ʼ",
    " ": [" ", "\u00a0", "\u202f", "\u2009", "  ", "\n"],
    "-": "-‐‑–",
    "œ": ["œ", "oe"],
    "é": ["é", "e\u0301"],
    "fi": ["fi", "ﬁ", "f\u00adi"],
    "ff": ["ff", "ﬀ"],
    "ffl": ["ffl", "ﬄ"],
    "…": ["…", "..."],
    "»": ["»", "\u00a0»", '"'],
}


@st.composite
def retyped(draw: st.DrawFn, text: str) -> str:
    """`text` as another hand would have typed it."""
    out: list[str] = []
    at = 0
    while at < len(text):
        known = next(
            (part for part in ("ffl", "fi", "ff", text[at]) if text.startswith(part, at) and part in VARIANTS), ""
        )
        out.append(draw(st.sampled_from(VARIANTS[known])) if known else text[at])
        at += len(known) or 1
    return "".join(out)


@st.composite
def texts_with_a_quote(draw: st.DrawFn) -> tuple[str, str]:
    """A text and some of its words in a row."""
    text = draw(written)
    starts = [0, *(at + 1 for at, char in enumerate(text) if char.isspace())]
    stops = [*(at for at, char in enumerate(text) if char.isspace()), len(text)]
    start = draw(st.sampled_from(starts))
    stop = draw(st.sampled_from([stop for stop in stops if stop > start] or [len(text)]))
    return text, text[start:stop]


@given(texts)
def test_every_normal_character_knows_a_range_of_the_original(text: str) -> None:
    normal = normalise(text)
    assert len(normal.origins) == len(normal.text)
    assert all(0 <= start < end <= len(text) for start, end in normal.origins)
    assert list(normal.origins) == sorted(normal.origins)


@given(st.one_of(texts, texts.map(lambda text: unicodedata.normalize("NFD", text))), st.data())
def test_a_range_of_the_normal_form_comes_from_characters_that_say_it(text: str, data: st.DataObject) -> None:
    normal = normalise(text)
    cuts = [at for at in range(len(normal.text) + 1) if at in (0, len(normal.text)) or _cuts_words(normal.text, at)]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(cuts), st.sampled_from(cuts))))
    if normal.text[start:end].strip():
        begin, stop = normal.original(start, end)
        assert normalise(text[begin:stop]).text.strip() == normal.text[start:end].strip()


@given(texts_with_a_quote())
def test_words_of_a_text_are_located_where_they_stand(case: tuple[str, str]) -> None:
    text, quote = case
    place = locate(quote, text)
    assert place is not None
    assert normalise(text[slice(*place)]).text.strip() == normalise(quote).text.strip()


@given(texts_with_a_quote(), st.data())
def test_words_are_located_whatever_the_typography(case: tuple[str, str], data: st.DataObject) -> None:
    text, quote = case
    noisy_text, noisy_quote = data.draw(retyped(text)), data.draw(retyped(quote))
    place = locate(noisy_quote, noisy_text)
    assert place is not None
    assert normalise(noisy_text[slice(*place)]).text.strip() == normalise(quote).text.strip()


@given(written)
def test_the_normal_form_is_normal(text: str) -> None:
    assert normalise(normalise(text).text).text == normalise(text).text


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("l'action", "Voici l’action.", "l’action"),
        ("23 000 €", "plafonnée à 23\u202f000\u00a0€ par an", "23\u202f000\u00a0€"),
        ("co-construction", "la co‑construction locale", "co‑construction"),
        ("collectivité", "une collec-\n  tivité", "collec-\n  tivité"),
        ("financement", "un ﬁnance\u00adment", "ﬁnance\u00adment"),
        ('dit "oui" ?', "il dit « oui » ?", "dit « oui » ?"),
        ("oeuvre", "une œuvre", "œuvre"),
        ("été", "un e\u0301te\u0301 chaud", "e\u0301te\u0301"),
    ],
)
def test_typography_does_not_hide_a_quote(quote: str, text: str, found: str) -> None:
    place = locate(quote, text)
    assert place is not None
    assert text[slice(*place)] == found


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("plafonnée à 230 000 euros", "plafonnée à 23 000 euros"),
        ("Elle est cumulable", "Elle n'est pas cumulable"),
        ("avant le 30 juin 2026", "avant le 31 mars 2024"),
        ("les elus", "les élus"),
        ("le rameau", "le RAMEAU"),
        ("1234", "1 23 4"),
        ("", "un texte"),
        (" \n", "un texte"),
    ],
)
def test_other_words_are_not_found(quote: str, text: str) -> None:
    assert locate(quote, text) is None


def _cuts_words(text: str, at: int) -> bool:
    return text[at - 1] == " " or text[at] == " "
