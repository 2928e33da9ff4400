import pytest

from assistant.naming import last_names, names


def found(text: str) -> list[str]:
    return sorted({text[start:end] for start, end in names(text)})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mon adjoint jean dupont refuse", "jean dupont"),
        ("Notre maire, Ngozi Okafor, décide", "Ngozi Okafor"),
        ("je m'appelle karim haddad et je cherche", "karim haddad"),
        ("ROUSSEL Philippe signe", "ROUSSEL Philippe"),
        ("Il a vu J.-P. Garnier hier", "J.-P. Garnier"),
        ("le dossier de Mariam avance", "Mariam"),
        ("mon fils Lucas est bénévole", "Lucas"),
    ],
)
def test_a_name_is_found_by_what_stands_around_it(text: str, expected: str) -> None:
    assert expected in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Pierre angulaire de la démarche",
        "le lycée Victor Hugo et la rue Jean Jaurès",
        "Saint-Denis et Saint Martin",
        "notre adjointe à la culture, élue EELV, refuse",
        "le directeur Général des Services",
        "la responsable ESS de France Active",
    ],
)
def test_what_is_called_after_somebody_or_holds_an_office_is_no_name(text: str) -> None:
    assert found(text) == []


def test_laws_are_called_by_a_last_name() -> None:
    assert list(last_names("la loi Hamon, le rapport Vercamer et la loi de 2014")) == ["Hamon", "Vercamer"]
