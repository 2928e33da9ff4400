import pytest

from assistant.verifying import bears_out
from assistant.voicing import passive
from assistant.wording import words


def in_the_passive(text: str) -> str:
    return " ".join(word.form for word in passive(words(text)))


@pytest.mark.parametrize(
    ("active", "other"),
    [
        ("La loi de 2014 a défini la notion.", "La notion a été définie par la loi de 2014."),
        ("Nantes a financé l'école.", "L'école a été financée par Nantes."),
        ("La région a choisi Nantes.", "Nantes a été choisie par la région."),
        ("Le maire a construit une école.", "Une école a été construite par le maire."),
        ("Le maire a ouvert douze écoles.", "Douze écoles ont été ouvertes par le maire."),
        ("Les communes ont signé la charte.", "La charte a été signée par les communes."),
        (
            "Les communes ont signé la charte le 4 mars 2016.",
            "Le 4 mars 2016, la charte a été signée par les communes.",
        ),
        ("En 2014, les communes ont signé la charte.", "La charte a été signée par les communes en 2014."),
    ],
)
def test_the_passive_says_the_same_as_the_active(active: str, other: str) -> None:
    assert bears_out(other, active)
    assert bears_out(active, other)


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        # who does it to whom
        ("Nantes a financé l'école.", "Nantes a été financée par l'école."),
        ("La ville a aidé la région.", "La ville a été aidée par la région."),
        ("La ville de Nantes a financé l'école.", "L'école de Nantes a été financée par la ville."),
        ("Le maire a présidé la ville de la région.", "La ville a été présidée par le maire de la région."),
        ("La ville et la région ont signé la charte.", "La charte a été signée par la ville."),
        # when, and whether
        ("Nantes finance l'école.", "L'école a été financée par Nantes."),
        ("Nantes a financé l'école.", "L'école est financée par Nantes."),
        ("Nantes a financé l'école.", "L'école sera financée par Nantes."),
        ("Nantes n'a pas financé l'école.", "L'école a été financée par Nantes."),
        ("Nantes a financé l'école.", "L'école n'a pas été financée par Nantes."),
        ("Nantes a financé l'école.", "L'école a pu être financée par Nantes."),
        ("Nantes a financé l'école.", "L'école aurait été financée par Nantes."),
        # how many
        ("Dix communes ont signé une charte.", "Une charte a été signée par dix communes."),
        ("Les communes ont signé la charte.", "La charte a été signée par toutes les communes."),
        ("Les communes ont ouvert douze écoles.", "Douze écoles ont été ouvertes par les communes."),
        # no object, no doer
        ("La ville a touché à la règle.", "La règle a été touchée par la ville."),
        ("La ville a traité des déchets.", "Des déchets ont été traités par la ville."),
        ("La ville a signé avec la région.", "La région a été signée par la ville."),
    ],
)
def test_what_another_voice_would_change_is_refused(quote: str, sentence: str) -> None:
    assert not bears_out(sentence, quote)
    assert not bears_out(quote, sentence)


@pytest.mark.parametrize(
    "text",
    ["La ville a aidé l'école, dit-on.", "La ville a surtout aidé l'école.", "La ville l'a aidée.", "Elle a aidé."],
)
def test_a_sentence_that_says_more_than_who_did_what_has_no_passive(text: str) -> None:
    assert in_the_passive(text) == ""
