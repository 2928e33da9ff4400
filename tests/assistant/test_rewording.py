import pytest

from assistant.rewording import statements


def stated(text: str) -> set[str]:
    return {" ".join(word.form for word in statement.words) for statement in statements(text)}


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("En 2016, la ville finance le projet.", "La ville finance le projet en 2016."),
        ("La ville finance le projet en 2016.", "En 2016, la ville finance le projet."),
        ("La ville tient, le 4 mars 2016, un forum qui dure.", "Le 4 mars 2016, la ville tient un forum qui dure."),
        ("Le budget augmente, selon le maire.", "Selon le maire, le budget augmente."),
        ("La ville signe quand la région paie.", "Quand la région paie, la ville signe."),
        ("La charte est un texte. Elle engage la ville.", "La charte engage la ville."),
        ("La ville signe. La région paie.", "La ville signe et la région paie."),
    ],
)
def test_another_arrangement_of_the_same_is_stated(text: str, other: str) -> None:
    plain = " ".join(word.form for word in statements(other)[0].words)
    assert plain in stated(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        # whose date, whose place, whose reason is it?
        ("La ville décide de financer le projet en 2016.", "En 2016, la ville décide de financer le projet."),
        ("La charte signée en 2014 engage la ville.", "En 2014, la charte signée engage la ville."),
        ("La ville aide ceux qui agissent en 2016.", "En 2016, la ville aide ceux qui agissent."),
        ("La ville ne paie pas parce que la région paie.", "Parce que la région paie, la ville ne paie pas."),
        # who is « elle »?
        ("La ville aide la régie. Elle emploie douze personnes.", "La ville emploie douze personnes."),
        ("La ville aide Nantes. Elle emploie douze personnes.", "La ville emploie douze personnes."),
        ("Le maire signe. Elle emploie douze personnes.", "Le maire emploie douze personnes."),
    ],
)
def test_what_could_state_something_else_is_not_stated(text: str, other: str) -> None:
    plain = " ".join(word.form for word in statements(other)[0].words)
    assert plain not in stated(text)


def test_an_item_that_its_lead_in_denies_is_not_stated_alone() -> None:
    assert "ville decide" not in {form.replace("é", "e") for form in stated("À éviter :\n\n- la ville décide")}
    assert "ville décide" in stated("Les règles :\n\n- la ville décide")
