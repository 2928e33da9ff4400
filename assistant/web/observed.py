"""Adapter: each HTTP request as a span, where spans are collected: its method, where it goes, how it ends."""

import re

from ..observing import is_observed, request
from .fronting import Application, Message, Receive, Send

# What is told whole; of any other address, which may hold a code or somebody's words, only where it begins.
_TOLD = re.compile(
    r"/(?:|api/(?:session|ask|conversation|feedback|openapi\.json)|v1/(?:models|chat/completions|openapi\.json)|"
    r"health|metrics|openapi\.json|demo|widget\.js|chat/|chat/gradio_api/queue/(?:join|data))"
)
_BEGUN = re.compile(r"/(?:api|v1|chat|reponse|export|demo)(?=/)")
_METHODS = {"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS"}


class Observed:
    """Pure ASGI: it must not buffer streams."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_observed():
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        parents = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        with request(method, route_of(path), parents) as span:

            async def noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            await self._app(scope, receive, noted)


def route_of(path: str) -> str:
    """Example: "/reponse/x7Yb" -> "/reponse/…" """
    if _TOLD.fullmatch(path):
        return path
    begun = _BEGUN.match(path)
    return f"{begun.group()}/…" if begun else "/…"
