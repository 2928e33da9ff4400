import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cleaning import clean


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
        ("", ""),
    ],
)
def test_text_is_cleaned(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.text())
def test_clean_text_has_nothing_invisible_in_it(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in cleaned)
    assert not any(line.endswith((" ", "\t")) for line in cleaned.split("\n"))


@given(st.text("abcéèœ ’«»\n.,;0123456789"))
def test_what_is_visible_stays(text: str) -> None:
    assert "".join(clean(text).split()) == "".join(text.split())
