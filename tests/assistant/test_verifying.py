import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.verifying import agrees, bears_out
from benchmarks.mutations import CHANGES, NOISE
from benchmarks.verification import BORROWED, Pair, accepted, falsified, pairs, paraphrased, paraphrases

AID = "L'aide est plafonnée à 23 000 euros par an. Elle n'est pas cumulable avec la subvention régionale."


@pytest.fixture(scope="module")
def known() -> list[Pair]:
    return pairs()


# All of them, word for word and in other words: `python -m benchmarks.verification`.
@pytest.mark.parametrize("other_words", [False, True])
def test_no_falsified_sentence_is_accepted(known: list[Pair], other_words: bool) -> None:
    given = paraphrased(known)[::4] if other_words else known[::4]
    made = list(falsified(given, random.Random(7)))
    assert len(given) >= 500
    assert {name for name, *_ in made} == {*CHANGES, BORROWED}
    assert [(name, changed) for name, changed, pair in made if accepted(changed, pair)] == []


def test_true_sentences_in_other_words_are_accepted(known: list[Pair]) -> None:
    others = paraphrased(known)[::8]
    assert sum(accepted(pair.sentence, pair) for pair in others) >= 0.7 * len(others)


@pytest.mark.parametrize("kept", [False, True])
def test_most_faithful_paraphrases_are_accepted_and_no_trap_is(kept: bool) -> None:
    of = [said for said in paraphrases() if said.kept is kept]
    faithful = [said for said in of if said.faithful]
    taken = [said for said in of if accepted(said.sentence, Pair(said.sentence, said.quote))]
    assert len(of) >= 140
    assert [said.sentence for said in taken if not said.faithful] == []
    assert len(taken) >= 0.5 * len(faithful)


@pytest.mark.parametrize("name", NOISE)
def test_other_typography_changes_nothing(name: str, known: list[Pair]) -> None:
    refused = [pair.sentence for pair in known[::2] if not bears_out(NOISE[name](pair.sentence), pair.quote)]
    assert len(refused) <= 0.01 * len(known[::2])


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("L'aide est plafonnée à 230 000 euros par an.", AID),
        ("Elle est cumulable avec la subvention régionale.", AID),
        ("Le dossier est déposé avant le 30 juin 2026.", "Le dossier est déposé avant le 31 mars 2024."),
        ("Le dossier est déposé avant le 31 mars 2026.", "Le dossier est déposé avant le 31 mars 2024."),
        ("L'article L2131-12 vise l'élu.", "L'article L2131-11 vise l'élu."),
        ("Le seuil est de 50 000 habitants.", "Le seuil est de 20 000 habitants. La charte a 50 000 signataires."),
        ("Le seuil est de 50.", "Le seuil est de 20 et le plafond de 50."),
        ("Nantes a aidé Grenoble.", "Grenoble a aidé Nantes."),
        ("La loi oblige les communes.", "Il est faux que la loi oblige les communes."),
        ("La charte a été signée.", "La charte aurait été signée."),
        ("Les aides ont augmenté.", "Les aides ont diminué."),
        ("Le conseil est privé.", "Le conseil est public."),
        ("Trois maires ont signé.", "Quatre maires ont signé."),
        ("Tous les maires ont signé.", "Certains maires ont signé."),
        ("L'aide est plafonnée à 23 000 euros.", AID),
        ("Les associations décident.", "Les associations proposent et la collectivité décide."),
        ("Les élus signent et paient.", "Les élus signent, la région décide, et les agents paient."),
        ("Le conseiller décide.", "Le conseil décide."),
        ("La commune aide l'association.", "La commune est aidée par l'association."),
        ("L'association que la commune aide paie.", "L'association qui aide la commune paie."),
        ("Les associations consultent.", "Les associations sont consultées."),
        ("La charte est obligatoire.", "La charte est-elle obligatoire ?"),
        ("La charte est-elle obligatoire ?", "La charte est obligatoire."),
        ("La commune ou la région paient.", "La commune et la région paient."),
        ("Les communes perdent leur autonomie.", "Il s'agit d'éviter que les communes perdent leur autonomie."),
        ("Les communes ont signé.", "Plusieurs communes ont signé."),
        ("Les communes ont signé.", "Des communes ont signé."),
        ("La charte était en vigueur.", "La charte est en vigueur."),
        ("La commune financera le lieu.", "La commune finance le lieu."),
        (
            "Les associations doivent publier leurs comptes.",
            "Les associations employeuses doivent publier leurs comptes.",
        ),
        ("La loi oblige les communes.", "Idée reçue : la loi oblige les communes."),
        ("La commune signe seule.", "À éviter :\n\n- La commune signe seule."),
        ("Le maire signe la convention.", "Le maire préside. L'adjoint signe la convention."),
        ("L'État soutient la région et aide la ville.", "L'État aide la région et soutient la ville."),
        ("L'aide va aux communes.", "L'aide va aux communes, aux départements et aux régions."),
        ("Les trois freins sont juridiques.", "Les trois freins sont :\n\n- juridiques\n- politiques\n- humains"),
        ("", AID),
        ("…", AID),
    ],
)
def test_what_the_source_does_not_say_is_refused(sentence: str, quote: str) -> None:
    verdict = bears_out(sentence, quote)
    assert not verdict
    assert verdict.reason


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("L’aide est plafonnée à 23 000 € par an.", AID),
        ("L'aide est plafonnée à 23 000 € chaque année.", AID),
        ("La charte date du 14/02/2014.", "La charte date du 14 février 2014."),
        ("Le seuil est de 50 M€.", "Le seuil est de 50 millions d'euros."),
        ("87 pour cent des maires approuvent les alliances.", "En 2016, 87 % des maires approuvent les alliances."),
        ("Les freins sont juridiques.", "Les freins sont :\n\n- juridiques\n- politiques"),
        ("Trois maires ont signé la charte.", "3 maires ont signé la charte."),
        ("La ville rassemble les élus afin de préparer un bilan.", "La ville réunit les élus pour préparer un bilan."),
        ("Selon les sources, les aides ont augmenté.", "Les aides ont augmenté."),
        ("La charte se signe pour trois ans.", "La charte est un texte. Elle se signe pour trois ans."),
        ("La charte engage la ville.", "La charte, signée en mairie, engage la ville (et ses services)."),
        ("Les freins sont juridiques et politiques.", "Les freins sont :\n\n- juridiques\n- politiques"),
        ("La collectivité change de posture.", "La collectivité change vraiment de posture."),
    ],
)
def test_the_same_words_in_another_dress_or_fewer_of_them_are_accepted(sentence: str, quote: str) -> None:
    assert bears_out(sentence, quote).reason == ""


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=200))
def test_a_text_that_says_something_bears_itself_out_decomposed_or_not(text: str) -> None:
    verdict = bears_out(text, text)
    assert bool(bears_out(unicodedata.normalize("NFD", text), text)) == bool(verdict)


@pytest.mark.parametrize("text", ["a" * 10_000, "ne " * 5_000, "1" * 10_000, "- " * 5_000, "« " * 5_000, "a-" * 5_000])
def test_hostile_lengths_come_to_a_verdict(text: str) -> None:
    assert isinstance(bears_out(text, text).reason, str)


@pytest.mark.parametrize(
    ("sentence", "quote", "same"),
    [
        ("La charte, c'est clair, engage pour trois ans la ville.", "La charte engage la ville pour trois ans.", True),
        ("La charte engage la ville pour quatre ans.", "La charte engage la ville pour trois ans.", False),
        ("La charte engage la ville.", "La charte n'engage pas la ville.", False),
        ("Grenoble engage la ville.", "La charte engage la ville.", False),
        ("La charte.", "La charte.", False),
    ],
)
def test_only_what_keeps_every_fact_speaks_of_the_same_thing(sentence: str, quote: str, same: bool) -> None:
    assert agrees(sentence, quote) is same
