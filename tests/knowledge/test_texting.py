import pytest

from knowledge.texting import written_out


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("kan une asso est aidée", "quand une association est aidée"),
        ("la Comcom ds l'agglo", "la communauté de communes dans l'agglomération"),
        ("Assos, subvs", "associations, subventions"),
        ("avec lasso", "avec l'association"),
    ],
)
def test_the_short_forms_of_a_phone_are_written_out(typed: str, whole: str) -> None:
    assert written_out(typed) == whole


@pytest.mark.parametrize("typed", ["L'AV de la DS", "PB", "Qui associe les associations ?", "vs", ""])
def test_acronyms_and_whole_words_stay(typed: str) -> None:
    assert written_out(typed) == typed
