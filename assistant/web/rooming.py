"""Adapter: the editors' room, which another program gives: found by the name of its module, never imported by ours."""

import importlib
from pathlib import Path

from argon2 import extract_parameters
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from ..errors import BadSetting
from ..settings import AssistantSettings
from .fronting import Application
from .gating import ROOM
from .replay import theme

_CLOSED = (
    "La salle de rédaction n'est pas ouverte. Pour l'ouvrir : fabriquez l'empreinte d'un mot de passe avec "
    "`python -m ingest.room password`, mettez-la dans ASSISTANT_EDITORS_PASSWORD_HASH ou dans le fichier que nomme "
    "ASSISTANT_EDITORS_PASSWORD_FILE, puis relancez l'assistant."
)


def open_room(base: Path, settings: AssistantSettings) -> Application | None:
    """The room of a base, None while no password is set for it. Raises BadSetting."""
    password_hash = _password_hash(settings)
    if not password_hash:
        return None
    try:
        extract_parameters(password_hash)
    except ValueError as error:
        raise BadSetting(
            "Le mot de passe des rédacteurs n'est pas une empreinte argon2 : fabriquez-la avec "
            "`python -m ingest.room password`."
        ) from error
    try:
        room: Application = importlib.import_module(settings.editors_room).open_room(base, password_hash, theme())
    except (ImportError, AttributeError) as error:
        raise BadSetting(f"La salle de rédaction « {settings.editors_room} » ne s'ouvre pas ({error}).") from error
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


def _password_hash(settings: AssistantSettings) -> str:
    if settings.editors_password_hash:
        return settings.editors_password_hash.get_secret_value().strip()
    if settings.editors_password_file is None:
        return ""
    try:
        return settings.editors_password_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(
            f"ASSISTANT_EDITORS_PASSWORD_FILE : {settings.editors_password_file} ne peut pas être lu ; vérifiez le "
            "chemin et ses droits."
        ) from error
