import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.counting import in_digits


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("quatre-vingt-sept pour cent", "87 %"),
        ("vingt et un", "21"),
        ("soixante et onze", "71"),
        ("vingt-trois mille", "23000"),
        ("mille neuf cent quatre-vingt-dix-neuf", "1999"),
        ("deux cents euros", "200 euros"),
        ("1,5 M€", "1500000 €"),
        ("un million d'euros", "1000000 euros"),
        ("1,2 million de partenariats", "1200000 partenariats"),
        ("50 millions demandés", "50000000  demandés"),
        ("23.000 euros", "23000 euros"),
        ("2.5 %", "2,5 %"),
        ("le premier frein", "le 1er frein"),
        ("le 1er mars", "le 1 mars"),
        ("la deuxième étape", "la 2e étape"),
        # no numbers, or not one
        ("une commune", "une commune"),
        ("deux trois", "2 3"),
        ("trois et quatre", "3 et 4"),
        ("version 1.2.3", "version 1.2.3"),
        ("article L2121-29", "article L2121-29"),
    ],
)
def test_numbers_are_written_in_digits(text: str, digits: str) -> None:
    assert in_digits(text) == digits


@given(st.integers(0, 10**6))
def test_digits_stay_what_they_are(number: int) -> None:
    assert in_digits(f"il y en a {number}.") == f"il y en a {number}."
