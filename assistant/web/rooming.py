"""Adapter: the editors' room, which another program gives: found by the name of its module, never imported by ours."""

import importlib
from pathlib import Path

from argon2 import extract_parameters
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from ..errors import BadSetting, MissingPackage
from ..settings import AssistantSettings
from .fronting import Application
from .gating import ROOM
from .identifying import provider_of, secret_of
from .replay import theme

_OIDC_PACKAGES = ("authlib", "joserfc", "cryptography", "httpx2")
_CLOSED = (
    "La salle de rédaction n'est pas ouverte. Pour l'ouvrir : fabriquez l'empreinte d'un mot de passe avec "
    "`python -m ingest.room password`, mettez-la dans ASSISTANT_EDITORS_PASSWORD_HASH ou dans le fichier que nomme "
    "ASSISTANT_EDITORS_PASSWORD_FILE, puis relancez l'assistant ; ou réglez l'entrée par OpenID Connect (README, "
    "« La salle de rédaction »)."
)


def open_room(base: Path, settings: AssistantSettings) -> Application | None:
    """The room of a base, None while there is no way into it. Raises BadSetting, MissingPackage."""
    password_hash = secret_of(
        settings.editors_password_hash, settings.editors_password_file, "ASSISTANT_EDITORS_PASSWORD_FILE"
    )
    provider = provider_of(settings)
    if not password_hash and provider is None:
        return None
    if password_hash:
        _check_hash(password_hash)
    more = {"provider": provider} if provider else {}
    try:
        opened = importlib.import_module(settings.editors_room).open_room
        room: Application = opened(base, password_hash, theme(), **more)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _OIDC_PACKAGES:
            raise _closed(settings, error) from error
        raise MissingPackage(
            f"Il manque un paquet à l'entrée par OpenID Connect ({error.name}) : lancez "
            "`pip install -r requirements-oidc.txt`, ou retirez les réglages ASSISTANT_EDITORS_OIDC_…"
        ) from error
    except (ImportError, AttributeError) as error:
        raise _closed(settings, error) from error
    return room


def offer_room(app: FastAPI, room: Application | None) -> None:
    """Add the room to the application, or what says that there is none."""
    if room is not None:
        app.mount(ROOM, room)
        return

    @app.get(ROOM, include_in_schema=False)
    @app.get(f"{ROOM}/{{rest:path}}", include_in_schema=False)
    def closed() -> PlainTextResponse:
        return PlainTextResponse(_CLOSED, 404)


def _check_hash(password_hash: str) -> None:
    try:
        extract_parameters(password_hash)
    except ValueError as error:
        raise BadSetting(
            "Le mot de passe des rédacteurs n'est pas une empreinte argon2 : fabriquez-la avec "
            "`python -m ingest.room password`."
        ) from error


def _closed(settings: AssistantSettings, error: Exception) -> BadSetting:
    return BadSetting(f"La salle de rédaction « {settings.editors_room} » ne s'ouvre pas ({error}).")
