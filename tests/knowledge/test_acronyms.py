import pytest

from knowledge.acronyms import acronyms, other_forms, spelled_out

KNOWN = {
    "cpo": "convention pluriannuelle d'objectifs",
    "ce": "conseil d'état",
    "ptce": "pôle territorial de coopération",
}


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        (
            "La convention pluriannuelle d'objectifs (CPO) finance un projet.",
            "cpo",
            "convention pluriannuelle d'objectifs",
        ),
        (
            "- PTCE : pôle territorial de coopération économique. Le PTCE réunit.",
            "ptce",
            "pôle territorial de coopération économique",
        ),
        (
            "Selon la société coopérative d'intérêt collectif (SCIC), oui.",
            "scic",
            "société coopérative d'intérêt collectif",
        ),
    ],
)
def test_what_a_text_spells_out_is_learnt(text: str, short: str, long: str) -> None:
    assert spelled_out(text) == [(short, long)]


@pytest.mark.parametrize(
    "text",
    ["Une remarque (CPO) sans rapport.", "La ville (Nantes) a signé.", "- Montreuil : trente-quatre associations."],
)
def test_brackets_that_spell_nothing_out_are_left_alone(text: str) -> None:
    assert spelled_out(text) == []


def test_the_most_frequent_long_form_wins() -> None:
    other, more = ("ami", "association des maires indépendants"), ("ami", "appel à manifestation d'intérêt")
    assert acronyms([other, more, more]) == dict([more])
    assert acronyms([other, more]) == dict([other])


@pytest.mark.parametrize(
    ("question", "added"),
    [
        ("c'est quoi la CPO ?", "convention pluriannuelle d'objectifs"),
        ("Une convention pluriannuelle d’objectifs est-elle obligatoire ?", "cpo"),
        ("Que dit ce conseil ?", ""),
        ("la convention", ""),
    ],
)
def test_a_question_gets_the_form_that_it_does_not_use(question: str, added: str) -> None:
    assert other_forms(question, KNOWN) == added
