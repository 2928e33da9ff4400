import pytest

from assistant import Answer
from assistant.citing import quote
from assistant.contrasting import contradicts, contrasts
from assistant.extracting import Excerpt, extract
from assistant.inquiring import inquire
from assistant.noting import annotate
from assistant.weighing import rank
from knowledge import Hit, Passage, Zone

SENTENCE = "Le schéma des achats responsables est obligatoire pour les acheteurs publics à {} millions d'euros par an."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SENTENCE.format(50), SENTENCE.format(100)),
        (
            "La charte locale des engagements se signe pour trois ans.",
            "La charte locale des engagements se signe pour 5 ans.",
        ),
        (
            "Le réseau des associations locales compte 87 % de bénévoles.",
            "Le réseau des associations locales compte 78 % de bénévoles.",
        ),
        ("La loi fondatrice des coopératives date de 2001.", "La loi fondatrice des coopératives date de 2002."),
    ],
)
def test_the_same_thing_with_another_number_is_a_contradiction(one: str, other: str) -> None:
    assert contradicts(one, other)
    assert contradicts(other, one)
    assert not contradicts(one, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Another place, year, unit, part of the thing, or another way to count.
        (
            "Le réseau compte 87 associations adhérentes à Nantes.",
            "Le réseau compte 78 associations adhérentes à Lyon.",
        ),
        (
            "En 2016, le réseau compte 87 associations adhérentes locales.",
            "En 2020, le réseau compte 92 associations adhérentes locales.",
        ),
        (
            "Le soutien des associations locales atteint 50 % du budget.",
            "Le soutien des associations locales atteint 50 000 € du budget.",
        ),
        (
            "Le réseau compte au moins 50 associations locales adhérentes.",
            "Le réseau compte 87 associations locales adhérentes.",
        ),
        (
            "Le réseau ne compte pas 50 associations locales adhérentes.",
            "Le réseau compte 87 associations locales adhérentes.",
        ),
        ("La durée est de 3 ans.", "La durée est de 5 ans."),
        (
            "Le premier frein des associations locales compte 3 points.",
            "Le second frein des associations locales compte 5 points.",
        ),
        (
            "La charte locale se signe pour 3 ans avec les associations.",
            "Le jardin partagé se prête pour 5 ans aux habitants.",
        ),
        (
            "Le budget est de 1 500 € par an pour les associations locales.",
            "Le budget est de 1500 € par an pour les associations locales.",
        ),
    ],
)
def test_another_thing_is_none(one: str, other: str) -> None:
    assert not contradicts(one, other)


def answered(one: Passage, other: Passage) -> Answer:
    inquiry = inquire("Quand le schéma des achats responsables est-il obligatoire ?")
    weights = {"schem": 1.0, "achat": 1.0, "respons": 1.0, "obligatoir": 1.0}
    excerpts: list[Excerpt] = extract(inquiry, rank(inquiry, [Hit(one, 1.0), Hit(other, 0.95)], weights), weights)
    return annotate(quote(inquiry.question, excerpts), inquiry, Zone.COVERED)


ONE = Passage("a.md", "Les achats", SENTENCE.format(50), 0, publisher="Ville de Nantes", date="2024-03")
OTHER = Passage("b.md", "Le guide", SENTENCE.format(100), 0, publisher="RTES", date="2023-02-01")


def test_sources_that_do_not_agree_are_shown_side_by_side() -> None:
    answer = answered(ONE, OTHER)
    assert [claim.text for claim in answer.claims] == [ONE.text, OTHER.text]
    assert contrasts(answer) == [(1, 2)]
    (note,) = [note for note in answer.notes if "ne concordent pas" in note]
    assert "[1] Ville de Nantes (mars 2024) ; [2] RTES (1er février 2023)" in note


def test_a_repetition_is_still_said_once() -> None:
    answer = answered(ONE, Passage("b.md", "Le guide", ONE.text, 0))
    assert [claim.text for claim in answer.claims] == [ONE.text]
    assert not any("concordent" in note for note in answer.notes)


def test_two_editions_of_one_text_do_not_contradict_each_other() -> None:
    later = Passage("b.md", "Le guide", OTHER.text, 0, valid_from="2024-01-01")
    assert contrasts(answered(ONE, later)) == []


def test_one_source_does_not_contradict_itself() -> None:
    assert contrasts(answered(ONE, Passage("a.md", "Les achats", OTHER.text, 500))) == []
