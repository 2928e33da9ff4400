import pytest

from assistant.masking import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Écrivez à jeanne.dupont@mairie-ville.fr, merci", "Écrivez à [courriel], merci"),
        ("06 12 34 56 78 ou 06.12.34.56.78", "[téléphone] ou [téléphone]"),
        ("+33 6 12 34 56 78", "[téléphone]"),
        ("+33 (0)6 12 34 56 78", "[téléphone]"),
        ("0612345678", "[téléphone]"),
    ],
)
def test_how_to_reach_someone_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Que pense M. Dupont des budgets ?", "Que pense M. [nom] des budgets ?"),
        ("Mme Jeanne Dupont-Martin, 3e adjointe", "Mme [nom], 3e adjointe"),
        ("madame dupont m'a dit", "madame [nom] m'a dit"),
        ("Monsieur Jean de La Fontaine décide", "Monsieur [nom] décide"),
        ("M. de Gaulle", "M. [nom]"),
        ("MM. Durand et Mme Petit", "MM. [nom] et Mme [nom]"),
    ],
)
def test_a_name_after_its_title_is_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "loi n° 2014-856 du 31 juillet 2014, 23 000 euros",
        "Madame la maire peut-elle décider ?",
        "Monsieur le Maire, Mme la présidente, M. l'adjoint",
        "Monsieur Le Maire",
        "Comment monsieur et ses voisins participent-ils ?",
        "Que dit Le RAMEAU ? Me faut-il une délibération ?",
        "300 m de long, 5 000 M€",
    ],
)
def test_what_names_nobody_stays(text: str) -> None:
    assert masked(text) == text
