"""Adapter: the FastAPI application around the page: what is open, and with which headers."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ..answering import Assistant
from ..errors import PortInUse
from .page import build_page, head, mount

PATH = "/chat"
# What the page needs; everything else that Gradio opens (uploads, files, API listing, reload…) is shut.
_OPEN = re.compile(
    r"/chat(?:/|/theme\.css|/config|/assets/[\w.\-]+|/static/[\w./\-]+|/manifest\.json|"
    r"/gradio_api/(?:queue/(?:join|data)|run/predict/?|cancel|reset|heartbeat/\w+|startup-events))?/?"
)
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'self'; "
    "object-src 'none'; frame-src 'none'; worker-src 'self' blob:; frame-ancestors 'self'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
# Bytes of a request: a question has 2,000 characters, and the conversation stays here.
_LONGEST_BODY = 200_000
_OUTSIDE_META = re.compile(rb'<meta[^>]+(?:property|name)="(?:og|twitter):[^>]*>')

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def build_app(assistant: Assistant) -> Any:
    """The whole application; one process and one worker, since Gradio keeps its sessions in memory."""
    from fastapi import FastAPI
    from fastapi.responses import RedirectResponse
    from starlette.middleware.cors import CORSMiddleware

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/", include_in_schema=False)
    def home() -> RedirectResponse:
        return RedirectResponse("chat/")

    @app.get("/health", include_in_schema=False)
    def health() -> dict[str, str]:
        return {"status": "ok"}

    mounted = mount(app, build_page(assistant), PATH)
    mounted.add_middleware(Gate)
    # Without it Gradio lets every site call with credentials.
    mounted.add_middleware(CORSMiddleware, allow_origins=[], allow_methods=["GET", "POST"])
    return mounted


class Gate:
    """
    Shuts what the page does not need, adds the security headers, mends the page's head.
    Pure ASGI: it must not buffer streams.
    """

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if path.startswith(PATH) and not _OPEN.fullmatch(path):
            await _refuse(404, "Introuvable.", scope, receive, send)
            return
        if scope["method"] not in ("GET", "HEAD") and not _is_short(scope):
            await _refuse(413, "Requête trop longue.", scope, receive, send)
            return
        if path.rstrip("/") == PATH:
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]}
            send = _mended(send)
        await self._app(scope, receive, _guarded(send))


async def _refuse(status: int, reason: str, scope: Message, receive: Receive, send: Send) -> None:
    from starlette.responses import JSONResponse

    await JSONResponse({"detail": reason}, status)(scope, receive, _guarded(send))


def _is_short(scope: Message) -> bool:
    """False too where the length is not told in advance."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return bool(length.isdigit()) and int(length) <= _LONGEST_BODY


def _guarded(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *_HEADERS]}
        await send(message)

    return guarded


def _mended(send: Send) -> Send:
    """Send the page whole, once, with its language and its head."""
    start: Message = {}
    body = b""

    async def mended(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        french = body.replace(b'lang="en"', b'lang="fr"', 1).replace(b"<head>", b"<head>" + head().encode(), 1)
        page = _OUTSIDE_META.sub(b"", french)
        headers = [pair for pair in start["headers"] if pair[0] != b"content-length"]
        await send({**start, "headers": [*headers, (b"content-length", str(len(page)).encode())]})
        await send({"type": "http.response.body", "body": page})

    return mended


def serve(app: Any, host: str, port: int) -> None:
    """Until interrupted. Raises PortInUse."""
    import socket

    import uvicorn

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(
                f"L'adresse {host}:{port} n'est pas disponible ({error.strerror}) : arrêtez le programme qui "
                "l'occupe, ou choisissez un autre port avec --port ou ASSISTANT_PORT."
            ) from error
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)
