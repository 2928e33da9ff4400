import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.verifying import bears_out
from benchmarks.verification import CHANGES, NOISE, Pair, mutations, pairs

AID = "L'aide est plafonnée à 23 000 euros par an. Elle n'est pas cumulable avec la subvention régionale."


@pytest.fixture(scope="module")
def known() -> list[Pair]:
    return pairs()


def test_no_changed_sentence_of_the_referentiel_is_accepted(known: list[Pair]) -> None:
    rng = random.Random(7)
    made = [(name, changed, pair) for pair in known for name, changed in mutations(pair, rng)]
    assert len(known) >= 500
    assert {name for name, *_ in made} == set(CHANGES)
    assert [(name, changed) for name, changed, pair in made if bears_out(changed, pair.quote)] == []


@pytest.mark.parametrize("name", NOISE)
def test_other_typography_changes_nothing(name: str, known: list[Pair]) -> None:
    refused = [pair.sentence for pair in known if not bears_out(NOISE[name](pair.sentence), pair.quote)]
    assert len(refused) <= 0.01 * len(known)


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
        ("L'aide est plafonnée à 23 000 euros.", AID),
        ("La charte date du 14/02/2014.", "La charte date du 14 février 2014."),
        ("Le seuil est de 50 M€.", "Le seuil est de 50 millions d'euros."),
        ("87 pour cent des maires approuvent.", "En 2016, 87 % des maires approuvent les alliances."),
        ("Les freins sont juridiques.", "Les freins sont :\n\n- juridiques\n- politiques"),
        ("Trois maires ont signé la charte.", "3 maires ont signé la charte."),
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
