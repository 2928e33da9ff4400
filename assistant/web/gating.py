"""Adapter: what is open to whom, and with which headers."""

import re

from .completing import problem
from .fronting import Application, Message, Receive, Send, own_origin
from .origins import Origins
from .page import head

PAGE, API, COMPLETIONS, DEMONSTRATION, SCRIPT = "/chat", "/api", "/v1", "/demo", "/widget.js"
ANSWERS, EXPORTS, PRIVACY, ROOM = "/reponse", "/export", "/confidentialite", "/redaction"
# What the page needs; everything else that Gradio opens (uploads, files, API listing, reload…) is shut.
_OPEN = re.compile(
    r"/chat(?:/|/theme\.css|/config|/assets/[\w.\-]+|/static/[\w./\-]+|/manifest\.json|"
    r"/gradio_api/(?:queue/(?:join|data)|run/predict/?|cancel|reset|heartbeat/\w+|startup-events))?/?"
)
_PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'self'; "
    "object-src 'none'; frame-src 'none'; worker-src 'self' blob:; frame-ancestors "
)
_CLOSED_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
# As strict as that of any site: the widget asks for nothing more than its script and its server.
_DEMONSTRATION_POLICY = f"{_CLOSED_POLICY}; script-src 'self'; connect-src 'self'; style-src 'self'; img-src data:"
_REPLAY_POLICY = f"{_CLOSED_POLICY}; style-src 'self'; img-src data:"
_PRIVACY_POLICY = _REPLAY_POLICY.replace("form-action 'none'", "form-action 'self'")
# Bytes of a request: a question has 2,000 characters, and the conversation stays here, but for what /v1 is told.
_LONGEST_BODY = 200_000
_LONGEST_CALL = 32_000
_OUTSIDE_META = re.compile(rb'<meta[^>]+(?:property|name)="(?:og|twitter):[^>]*>')


class Gate:
    """
    Shuts what the page does not need, and the page to other sites; adds the security headers, mends the page's head.
    Pure ASGI: it must not buffer streams.
    """

    def __init__(self, app: Application, origins: Origins) -> None:
        self._app, self._origins = app, origins

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        if f"{path}/".startswith(f"{ROOM}/"):
            # It has its own bounds, headers and signing in.
            await self._app(scope, receive, send)
            return
        guarded = _guarded(send, self._headers(path))
        if path.startswith(PAGE) and not _OPEN.fullmatch(path):
            await _refuse(404, "Introuvable.", scope, receive, guarded)
        elif path.startswith(PAGE) and _is_from_elsewhere(scope):
            await _refuse(403, "Cette page ne se lit pas depuis un autre site.", scope, receive, guarded)
        elif scope["method"] not in ("GET", "HEAD", "DELETE") and not _is_short(scope, path):
            await _refuse(413, "Requête trop longue.", scope, receive, guarded, path.startswith(f"{COMPLETIONS}/"))
        elif path.rstrip("/") == PAGE:
            plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            await self._app({**scope, "headers": plain}, receive, _mended(guarded))
        else:
            await self._app(scope, receive, guarded)

    def _headers(self, path: str) -> list[tuple[bytes, bytes]]:
        policy = _PAGE_POLICY + self._origins.frame_ancestors
        if path.startswith((f"{API}/", f"{COMPLETIONS}/")) or path == SCRIPT:
            policy = _CLOSED_POLICY
        elif path.startswith((f"{ANSWERS}/", f"{EXPORTS}/")):
            policy = _REPLAY_POLICY
        elif path.startswith(PRIVACY):
            policy = _PRIVACY_POLICY
        elif path.startswith(DEMONSTRATION):
            policy = _DEMONSTRATION_POLICY
        headers = {
            "content-security-policy": policy,
            "x-content-type-options": "nosniff",
            "referrer-policy": "same-origin",
        }
        if path == SCRIPT:
            # Sites that isolate themselves may take it too.
            headers["cross-origin-resource-policy"] = "cross-origin"
        return [(name.encode(), value.encode()) for name, value in headers.items()]


async def _refuse(
    status: int, reason: str, scope: Message, receive: Receive, send: Send, to_software: bool = False
) -> None:
    from starlette.responses import JSONResponse

    said = problem(reason, status) if to_software else {"detail": reason}
    await JSONResponse(said, status)(scope, receive, send)


def _is_from_elsewhere(scope: Message) -> bool:
    origin = dict(scope["headers"]).get(b"origin")
    return origin is not None and origin.decode("latin-1") != own_origin(scope)


def _is_short(scope: Message, path: str) -> bool:
    """False too where the length is not told in advance."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    if not length and path == f"{API}/session":
        # A browser that sends nothing may leave the length out.
        return b"transfer-encoding" not in dict(scope["headers"])
    most = _LONGEST_CALL if path.startswith(f"{API}/") else _LONGEST_BODY
    return bool(length.isdigit()) and int(length) <= most


def _guarded(send: Send, headers: list[tuple[bytes, bytes]]) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *headers]}
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
