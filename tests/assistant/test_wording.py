import pytest

from assistant.wording import same, unattributed, words

ESS = {"ess": "économie sociale et solidaire"}


def forms(text: str) -> list[str]:
    return [word.form for word in words(text)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("le 14/02/2014", "le 14 février 2014"),
        ("le 2014-02-14", "le 14 février 2014"),
        ("23 000 €", "vingt-trois mille euros"),
        ("87 pour cent", "87 %"),
        ("l'art. L. 2121-29", "l'article L2121-29"),
        ("au minimum 3 élus", "au moins trois élus"),
        ("supérieur à 50", "plus de 50"),
        ("la co-construction", "la coconstruction"),
        ("Il est possible de signer", "On peut signer"),
        ("La ville est tenue de signer", "La ville doit signer"),
        ("afin de signer", "pour signer"),
        ("par exemple", "notamment"),
        ("tous les ans", "chaque année"),
        ("Peut-on signer", "On peut signer"),
    ],
)
def test_other_writings_are_one_form(one: str, other: str) -> None:
    assert forms(one) == forms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("plus de 50", "moins de 50"),
        ("au moins 3", "au plus 3"),
        ("A et B", "A ou B"),
        ("n'est pas tenue de signer", "est tenue de signer"),
        ("n'a pas la possibilité de signer", "a la possibilité de signer"),
        ("pour la commune", "contre la commune"),
        ("chaque année", "chaque mois"),
    ],
)
def test_what_differs_keeps_two_forms(one: str, other: str) -> None:
    assert forms(one) != forms(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("la ville que la région", "la ville qui la région"),
        ("l'aide à la région", "l'aide de la région"),
        ("elle a construit", "elle construit"),
        ("elle est construite", "elle a construit"),
        ("ils se forment", "ils forment"),
        ("elle a été aidée", "elle est aidée"),
        ("elle a été obligatoire", "elle est obligatoire"),
        ("elle a été la première", "elle est la première"),
        ("ce ne l'a pas été", "ce ne l'est pas"),
    ],
)
def test_a_word_depends_on_what_leads_to_it(one: str, other: str) -> None:
    assert not same(words(one)[-1], words(other)[-1])


def test_a_season_is_no_tense() -> None:
    assert words("En été, la ville agit.")[0].voice == ""
    assert forms("La ville agit en été.") == forms("La ville agit.")


def test_an_acronym_beside_its_long_form_is_one_word() -> None:
    assert words("l'économie sociale et solidaire (ESS)", ESS)[-1].form == "=ess"
    assert [word.form for word in words("l'économie sociale et solidaire (ESS)", ESS)] == ["=ess"]


def test_an_acronym_that_is_said_to_be_its_long_form_is_two() -> None:
    assert words("l'ESS est l'économie sociale et solidaire", ESS)[-1].lead == ("est", "l")
    assert words("l'ESS est l'économie sociale et solidaire", ESS) != words(
        "l'ESS, l'économie sociale et solidaire", ESS
    )


def test_no_writing_forges_a_form() -> None:
    assert forms("la =can de ≈aider") != forms("peut aider")
    assert "=can" not in forms("=can")


@pytest.mark.parametrize(
    "sentence", ["Selon les sources, la ville paie.", "Le référentiel précise que la ville paie.", "la ville paie."]
)
def test_naming_the_sources_adds_nothing(sentence: str) -> None:
    assert unattributed(sentence) == "la ville paie."


def test_naming_somebody_else_does() -> None:
    assert unattributed("Selon le maire, la ville paie.") == "Selon le maire, la ville paie."
