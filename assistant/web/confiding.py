"""Adapter: the page that tells what is kept, and the form that gives it back or erases it, without a script."""

import json
import re
from typing import Any
from urllib.parse import parse_qs

from anyio import to_thread
from fastapi import FastAPI, Request, Response

from knowledge import KnowledgeError

from ..codes import NOTHING_KEPT, read_code
from ..settings import AssistantSettings
from . import privacy
from .limiting import Limits
from .records import Records

_UNREADABLE = "Ce code n'en est pas un : trois groupes de quatre lettres ou chiffres."
_HEADERS = {"cache-control": "no-store", "referrer-policy": "no-referrer"}


def offer_privacy(app: FastAPI, records: Records, limits: Limits, settings: AssistantSettings, path: str) -> None:
    """Add the page to the application, under this path."""

    def shown(request: Request, said: str = "", code: str = "", status: int = 200) -> Response:
        values = _told(settings, records) | {"said": said, "code": code, "root": request.scope.get("root_path", "")}
        return Response(privacy.page(**values), status, _HEADERS, "text/html")

    @app.get(path, include_in_schema=False)
    def tell(request: Request) -> Response:
        return shown(request)

    @app.get(f"{path}.css", include_in_schema=False)
    def get_sheet() -> Response:
        return Response(privacy.sheet(), media_type="text/css")

    @app.post(path, include_in_schema=False)
    async def act(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if seconds := limits.wait("code", address, ""):
            return shown(request, f"Trop de demandes à la suite : réessayez dans {seconds} secondes.", status=429)
        asked = parse_qs((await request.body()).decode("utf-8", "replace"))
        typed, action = asked.get("code", [""])[0][:40], asked.get("action", [""])[0]
        code = read_code(typed)
        if not code:
            return shown(request, _UNREADABLE, typed, 422)
        try:
            if action == "erase":
                erased = await records.erase(code)
                return shown(request, _erased(erased)) if erased else shown(request, NOTHING_KEPT, typed, 404)
            found = await to_thread.run_sync(records.keeping.export, code)
        except KnowledgeError as error:
            return shown(request, str(error), typed, 503)
        if found is None:
            return shown(request, NOTHING_KEPT, typed, 404)
        file = json.dumps(found, ensure_ascii=False, indent=2).encode()
        named = {"content-disposition": f'attachment; filename="conversation-{code}.json"'}
        return Response(file, 200, _HEADERS | named, "application/json")


def _told(settings: AssistantSettings, records: Records) -> dict[str, Any]:
    """What the page says of this service, as it is set."""
    contact = settings.privacy_contact or ""
    link = f"mailto:{contact}" if re.fullmatch(r"[\w.+-]+@[\w.-]+", contact) else ""
    return {
        "days": settings.retention_days if records.journal is not None else 0,
        "sealed": bool(records.keeping.conversations and records.keeping.conversations.is_written),
        "model": settings.chat_model or "",
        "operator": settings.operator or "",
        "contact": contact,
        "link": contact if re.match(r"https?://", contact) else link,
    }


def _erased(count: int) -> str:
    return "C'est effacé : une réponse ou un avis." if count == 1 else f"C'est effacé : {count} réponses et avis."
