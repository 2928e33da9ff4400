import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.analysing import fold, stem, terms, words

from ..strategies import anything, written


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("l'économie solidaire", "l’économie solidaire"),
        ("ÉCONOMIE SOLIDAIRE", "économie solidaire"),
        ("une association", "des associations"),
        ("la co-construction", "la coconstruction"),
        ("la co‑construction", "la co construction"),
        ("les habitant·e·s", "les habitants"),
        ("23 000 euros", "23000 euros"),
        ("23\u202f000 euros", "23 000 euros"),
        ("l’œuvre", "l'oeuvre"),
        ("finance\u00adment", "financement"),
        ("e\u0301conomie", "économie"),
        ("qu'est-ce que la SCIC ?", "SCIC"),
        ("économie", "economie"),
        ("il y a 1200 partenariats", "1200 partenariats"),
        ("l'article A 1200-3", "article A. 1200-3"),
    ],
)
def test_two_ways_of_writing_give_the_same_terms(one: str, other: str) -> None:
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(
    ("one", "other"),
    [("2014", "2024"), ("23 000", "230 000"), ("SCIC", "SCOP"), ("l’élu", "l’élève"), ("87 %", "76 %")],
)
def test_other_words_give_other_terms(one: str, other: str) -> None:
    assert terms(one) != terms(other)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("l’article L. 2121-29 du code", "l2121-29"),
        ("la circulaire 5811-SG", "5811-sg"),
        ("la loi 2014-856", "2014-856"),
        ("en 2016", "2016"),
    ],
)
def test_a_reference_is_one_exact_term(text: str, term: str) -> None:
    assert term in terms(text)


def test_a_question_is_reduced_to_what_it_is_about() -> None:
    assert terms("Quels sont les freins à l'économie solidaire ?") == ["frein", "econom", "solidair"]


def test_a_question_of_function_words_has_no_term() -> None:
    assert terms("Est-ce que c’est ce qu’il faut ?") == []


@given(written)
def test_terms_do_not_depend_on_case(text: str) -> None:
    assert terms(text.upper()) == terms(text.lower())


@given(anything)
def test_terms_are_bare_and_lower_case(text: str) -> None:
    found = [term for term in terms(text) if not any(char.isdigit() for char in term)]
    assert all(term and term == fold(term).lower() for term in found)


@given(st.from_regex(r"[a-z]{0,6}[0-9]{1,6}(-[0-9]{1,3})?", fullmatch=True))
def test_a_word_with_a_digit_is_not_stemmed(word: str) -> None:
    assert stem(word) == word


def test_accents_outlive_the_words_and_not_the_terms() -> None:
    assert words("L’été à Évry") == ["été", "à", "évry"]
    assert fold("été à Évry, ça") == "ete a Evry, ca"
