import pytest

from assistant.timing import is_of_a_case, main_clause


@pytest.mark.parametrize(
    "question",
    [
        "quand faut-il signer une convention ?",
        "quand une association doit signer une convention ?",
        "quand doit-on passer un marche ?",
        "quand le schema est-il obligatoire ?",
        "quand une convention devient-elle obligatoire ?",
        "quand peut-on se passer d'un marche ?",
        "quand on finance une association",
        "quand est-ce qu'on signe une convention ?",
        "quand evaluer la demarche ?",
        "a quel moment associer les habitants ?",
    ],
)
def test_the_present_of_what_is_done_in_general_asks_in_which_case(question: str) -> None:
    assert is_of_a_case(question)


@pytest.mark.parametrize(
    "question",
    [
        "quand la charte a-t-elle ete signee ?",
        "quand un schema a-t-il ete adopte a lille ?",
        "quand une convention a ete signee a brest ?",
        "quand on a signe la charte ?",
        "quand votre reseau est ne ?",
        "c'est quand la conference ?",
        "depuis quand la convention est-elle obligatoire ?",
        "quand une convention etait-elle obligatoire ?",
        "quand la convention deviendra-t-elle obligatoire ?",
        "quand un nouveau schema sera-t-il vote ?",
        "quand doit avoir lieu la conference ?",
        "quand doit se tenir le forum ?",
        "quand a lieu un forum ?",
        "quand une loi entre-t-elle en vigueur ?",
    ],
)
def test_a_past_a_future_and_what_takes_place_have_a_day(question: str) -> None:
    assert not is_of_a_case(question)


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("quand un elu bloque, que faire ?", "que faire ?"),
        ("et quand une association a une idee, par quoi commencer ?", "par quoi commencer ?"),
        ("quand la charte a-t-elle ete signee, et par qui ?", ""),
        ("quand faut-il une convention, en general ?", ""),
        ("c'est quand, la conference ?", ""),
    ],
)
def test_a_question_that_opens_with_a_time_is_what_follows(question: str, asked: str) -> None:
    assert main_clause(question) == (asked or question)
