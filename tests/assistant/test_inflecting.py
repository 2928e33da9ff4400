import pytest

from assistant.inflecting import distinguishes, is_synonym, same_word


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("finance", "financent"),
        ("commune", "communes"),
        ("social", "sociaux"),
        ("associatif", "associatives"),
        ("employeur", "employeuses"),
        ("financeront", "financera"),
        ("soutient", "soutenir"),
        ("permet", "permettent"),
        ("connaît", "connaissent"),
        ("reçoit", "reçoivent"),
        ("choisit", "choisissent"),
        ("Engage", "engageons"),
        ("réunit", "rassemble"),
        ("soutient", "aide"),
        ("élabore", "construit"),
        ("façon", "manières"),
    ],
)
def test_forms_and_declared_synonyms_of_a_word_are_one_word(one: str, other: str) -> None:
    assert same_word(one, other)
    assert same_word(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("conseil", "conseiller"),
        ("maire", "mairie"),
        ("association", "associé"),
        ("employeur", "employé"),
        ("participation", "participer"),
        ("coopération", "coopérative"),
        ("financement", "finance"),
        ("finance", "finançait"),
        ("finance", "financera"),
        ("finance", "financerait"),
        ("consultent", "consultées"),
        ("soutient", "soutenue"),
        ("soutient", "aidée"),
        ("augmente", "diminue"),
        ("commence", "finit"),
        ("favorise", "freine"),
        ("RTES", "RTE"),
        ("2014", "2015"),
        ("interdit", "autorisé"),
    ],
)
def test_another_tense_voice_or_word_of_the_same_root_is_another_word(one: str, other: str) -> None:
    assert not same_word(one, other)
    assert not same_word(other, one)


def test_a_text_that_uses_two_synonyms_tells_them_apart() -> None:
    assert distinguishes("le frein est un obstacle".split())
    assert not distinguishes("le frein est un frein, les freins".split())


def test_forms_of_one_word_are_no_synonyms() -> None:
    assert is_synonym("soutient", "aide")
    assert not is_synonym("aident", "aide")
