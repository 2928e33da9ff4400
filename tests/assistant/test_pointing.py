import pytest

from assistant.pointing import is_same_page, points_at_page, with_title


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("De quoi parle cet article ?", "De quoi parle l'article « Les SCIC » ?"),
        ("Dans cette page, qui décide ?", "Dans la page « Les SCIC », qui décide ?"),
        ("Résume ce document", "Résume le document « Les SCIC »"),
        ("Que dit cette fiche-ci ?", "Que dit la fiche « Les SCIC » ?"),
    ],
)
def test_what_points_at_the_page_becomes_its_title(question: str, expected: str) -> None:
    assert points_at_page(question)
    assert with_title(question, "Les SCIC") == expected


@pytest.mark.parametrize("question", ["Que dit l'article 5 ?", "Qui écrit un article ?", "C'est quoi une SCIC ?", ""])
def test_another_question_points_at_nothing(question: str) -> None:
    assert not points_at_page(question)
    assert with_title(question, "Les SCIC") == question


def test_a_title_is_no_pattern() -> None:
    assert with_title("Que dit cet article ?", r"\1 \g<0>") == r"Que dit l'article « \1 \g<0> » ?"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("https://www.rtes.fr/scic", "http://rtes.fr/scic/?utm=x#haut", True),
        ("https://www.rtes.fr/scic", "https://www.rtes.fr/cae", False),
        ("https://www.rtes.fr/scic", "https://autre.fr/scic", False),
        ("https://www.rtes.fr/?p=1", "https://www.rtes.fr/?p=1#haut", True),
        ("https://www.rtes.fr/?p=1", "https://www.rtes.fr/?p=2", False),
        ("", "", False),
        ("https://[", "https://[", True),
    ],
)
def test_a_page_is_the_same_under_its_usual_spellings(one: str, other: str, expected: bool) -> None:
    assert is_same_page(one, other) is expected
