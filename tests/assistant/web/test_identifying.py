"""The provider that says who editors are, as an operator sets it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import BadSetting, MissingPackage
from assistant.settings import AssistantSettings
from assistant.web.identifying import provider_of
from assistant.web.rooming import open_room

SET: dict[str, Any] = {
    "editors_oidc_issuer": "https://compte.example/realms/ville",
    "editors_oidc_client_id": "salle",
    "editors_oidc_client_secret": "un-secret-bien-gardé",
    "editors_oidc_allowed": "Jeanne@Ville.fr, @asso.example rtes.fr",
}


def read(**given: Any) -> dict[str, Any] | None:
    return provider_of(AssistantSettings(**given))


def test_without_a_setting_there_is_no_provider() -> None:
    assert read() is None
    # As deploy/compose.yaml leaves them.
    assert read(**dict.fromkeys(SET, ""), editors_oidc_client_secret_file="") is None


def test_what_is_set_is_read_as_the_room_takes_it() -> None:
    assert read(**SET, editors_oidc_acr="eidas2,eidas3") == {
        "issuer": "https://compte.example/realms/ville",
        "client_id": "salle",
        "client_secret": "un-secret-bien-gardé",
        "allowed": ("jeanne@ville.fr", "asso.example", "rtes.fr"),
        "scopes": ("openid", "email", "profile"),
        "acr": ("eidas2", "eidas3"),
        "algorithm": "RS256",
        "label": "Se connecter avec mon compte professionnel",
        "trusts_email": False,
    }


def test_the_secret_may_be_kept_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("celui du fichier\n", encoding="utf-8")
    found = read(**SET | {"editors_oidc_client_secret": None}, editors_oidc_client_secret_file=tmp_path / "secret")
    assert found
    assert found["client_secret"] == "celui du fichier"


@pytest.mark.parametrize("missing", SET)
def test_what_is_half_set_is_refused_with_the_name_of_what_is_missing(missing: str) -> None:
    with pytest.raises(BadSetting, match=f"ASSISTANT_{missing}".upper()) as told:
        read(**SET | {missing: None})
    assert "un-secret" not in str(told.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("editors_oidc_issuer", "http://compte.example"),
        ("editors_oidc_issuer", "compte.example"),
        ("editors_oidc_issuer", "https://moi:mdp@compte.example"),
        ("editors_oidc_issuer", "https://compte.example/?a=b"),
        ("editors_oidc_issuer", "https://[compte"),
        ("editors_oidc_issuer", "javascript://localhost/"),
        ("editors_oidc_allowed", "*"),
        ("editors_oidc_allowed", "*@ville.fr"),
        ("editors_oidc_allowed", "fr"),
        ("editors_oidc_allowed", "jeanne@"),
        ("editors_oidc_allowed", "ville.fr;asso.example"),
        ("editors_oidc_scopes", "email profile"),
        ("editors_oidc_client_secret_file", "/rien/ici"),
    ],
)
def test_what_would_let_in_more_than_was_meant_is_refused(name: str, value: str) -> None:
    given = SET | {name: value}
    if name.endswith("file"):
        given["editors_oidc_client_secret"] = None
    with pytest.raises(BadSetting, match="ASSISTANT_EDITORS_OIDC_"):
        read(**given)


@pytest.mark.parametrize("issuer", ["http://localhost:8080/realms/essai", "http://127.0.0.1:1", "http://[::1]:1"])
def test_plain_http_is_for_this_machine(issuer: str) -> None:
    assert read(**SET | {"editors_oidc_issuer": issuer})


@pytest.mark.parametrize("algorithm", ["none", "HS256", "rs256"])
def test_only_algorithms_with_a_private_key_may_be_agreed_on(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_EDITORS_OIDC_ALGORITHM", algorithm)
    with pytest.raises(BadSetting, match="ASSISTANT_EDITORS_OIDC_ALGORITHM"):
        AssistantSettings.read()


def test_a_package_that_is_missing_is_told_with_the_command_that_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "salle_sans_paquet.py").write_text(
        "def open_room(*_, **__):\n    raise ModuleNotFoundError('x', name='authlib.oidc')\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingPackage, match=r"requirements-oidc\.txt"):
        open_room(tmp_path, AssistantSettings(**SET, editors_room="salle_sans_paquet"))


def test_a_room_with_a_password_alone_asks_for_no_package_more(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from ingest.room import open_room; "
        f"open_room(Path({str(tmp_path)!r}), 'x', ''); "
        "print(sorted({'authlib', 'joserfc', 'httpx2'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (run.returncode, run.stdout.strip()) == (0, "[]"), run.stderr
