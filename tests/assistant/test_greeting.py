import pytest

from assistant.greeting import courtesy


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ("merci beaucoup !", "Je vous en prie"),
        ("Ok super, merci pour votre aide", "Je vous en prie"),
        ("Non merci", "Je vous en prie"),
        ("thanks", "Je vous en prie"),
        ("Bonjour", "Bonjour"),
        ("bonsoir à tous, ça va ?", "Bonjour"),
        ("Bonne journée !", "Au revoir"),
        ("D’accord.", "C'est noté"),
        ("non", "C'est noté"),
    ],
)
def test_what_is_only_polite_is_answered_politely(said: str, opens: str) -> None:
    answer = courtesy(said)
    assert answer is not None
    assert answer.text.startswith(opens)
    assert not answer.is_abstention


@pytest.mark.parametrize(
    "question",
    [
        "Bonjour, qu'est-ce que la co-construction ?",
        "merci de me dire qui a signé la charte",
        "non, je parlais de Lille",
        "et avant ?",
        "?",
        "",
    ],
)
def test_what_asks_for_something_is_not(question: str) -> None:
    assert courtesy(question) is None
