"""Adapter: what an operator has set of the provider that says who editors are, read as the room takes it."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from ..errors import BadSetting
from ..settings import AssistantSettings

_PREFIX = "ASSISTANT_EDITORS_OIDC_"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
# name@domain, @domain or domain.
_ALLOWED = re.compile(r"(?:[^@\s*]+@|@)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)", re.IGNORECASE | re.ASCII)


def provider_of(settings: AssistantSettings) -> dict[str, Any] | None:
    """None where nothing of it is set. Raises BadSetting."""
    secret = secret_of(
        settings.editors_oidc_client_secret, settings.editors_oidc_client_secret_file, f"{_PREFIX}CLIENT_SECRET_FILE"
    )
    needed = {
        "ISSUER": settings.editors_oidc_issuer,
        "CLIENT_ID": settings.editors_oidc_client_id,
        "CLIENT_SECRET": secret,
        "ALLOWED": settings.editors_oidc_allowed,
    }
    if not any(needed.values()):
        return None
    if missing := [f"{_PREFIX}{name}" for name, value in needed.items() if not value]:
        raise BadSetting(
            f"L'entrée par OpenID Connect est réglée à moitié, il manque : {', '.join(missing)}. "
            f"{_PREFIX}ALLOWED est la liste des adresses électroniques (jeanne@ville.fr) ou des domaines (ville.fr) "
            "qui ouvrent la salle de rédaction : sans elle, elle n'ouvrirait à personne."
        )
    issuer = settings.editors_oidc_issuer or ""
    _check_issuer(issuer)
    return {
        "issuer": issuer,
        "client_id": settings.editors_oidc_client_id,
        "client_secret": secret,
        "allowed": tuple(_allowed(one) for one in settings.editors_oidc_allowed or ()),
        "scopes": _scopes(settings.editors_oidc_scopes),
        "acr": settings.editors_oidc_acr or (),
        "algorithm": settings.editors_oidc_algorithm,
        "label": settings.editors_oidc_label,
        "trusts_email": settings.editors_oidc_trust_email,
    }


def secret_of(given: SecretStr | None, file: Path | None, variable: str) -> str:
    """What is set, or what the file that `variable` names holds; "" where neither is. Raises BadSetting."""
    if given and given.get_secret_value().strip():
        return given.get_secret_value().strip()
    if file is None or file == Path():
        return ""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{variable} : {file} ne peut pas être lu ; vérifiez le chemin et ses droits.") from error


def _check_issuer(issuer: str) -> None:
    try:
        parts = urlsplit(issuer)
        is_near = parts.scheme == "http" and parts.hostname in _LOOPBACK
        is_plain = bool(parts.hostname) and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        is_near = is_plain = False
    if not is_plain or not (is_near or parts.scheme == "https"):
        raise BadSetting(
            f"{_PREFIX}ISSUER est l'adresse https de l'émetteur, sans « /.well-known/… » (http seulement sur cette "
            "machine) : corrigez-la."
        )


def _allowed(text: str) -> str:
    if not _ALLOWED.fullmatch(text):
        raise BadSetting(
            f"{_PREFIX}ALLOWED : « {text[:100]} » n'est ni une adresse électronique (jeanne@ville.fr) ni un domaine "
            "(ville.fr) : corrigez-le."
        )
    return text.lower().removeprefix("@")


def _scopes(text: str) -> tuple[str, ...]:
    scopes = tuple(text.replace(",", " ").split())
    if "openid" not in scopes:
        raise BadSetting(f"{_PREFIX}SCOPES doit contenir « openid », et ce qui donne l'adresse électronique.")
    return scopes
