import pytest

from knowledge.dictionary import is_common


@pytest.mark.parametrize("word", ["evier", "reparer", "mairie"])
def test_a_common_word_is_known_without_its_accents(word: str) -> None:
    assert is_common(word)


@pytest.mark.parametrize("word", ["territorrial", "asociation", "smic", "commues", ""])
def test_a_slip_an_acronym_and_a_rare_form_are_not_common(word: str) -> None:
    assert not is_common(word)
