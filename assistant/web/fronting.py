"""Adapter: what is believed of a proxy in front of us, and where it puts us."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from ipaddress import ip_address, ip_network
from typing import Any

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from .origins import origin_of

# In the scope: whether some proxy, known or not, has passed the request on.
FORWARDED = "assistant.forwarded"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Fronted:
    """
    The application behind a proxy, under `root_path` there. X-Forwarded-For, -Proto and -Host count when they come
    from one of `proxies` (addresses or networks), and nobody further in reads them again.
    """

    def __init__(self, app: Application, proxies: Iterable[str] = (), root_path: str = "") -> None:
        self._app, self._root = app, root_path
        self._networks = [ip_network(proxy) for proxy in proxies]
        trusted = [str(network) for network in self._networks]
        self._believing: Any = ProxyHeadersMiddleware(self._placed, trusted_hosts=trusted)  # type: ignore[arg-type]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if self._is_trusted(scope.get("client")):
            host = dict(scope["headers"]).get(b"x-forwarded-host", b"").split(b",")[0].strip()
            named = [(name, host if host and name == b"host" else value) for name, value in scope["headers"]]
            await self._believing({**scope, "headers": named}, receive, send)
        else:
            await self._placed({**scope}, receive, send)

    async def _placed(self, scope: Message, receive: Receive, send: Send) -> None:
        """Under the root path, whether the proxy has taken it off or not."""
        headers = [pair for pair in scope["headers"] if not pair[0].startswith((b"x-forwarded-", b"forwarded"))]
        forwarded = len(headers) < len(scope["headers"])
        path = scope["path"]
        if not f"{path}/".startswith(f"{self._root}/"):
            path = self._root + path
        raw = {"raw_path": path.encode("utf-8", "surrogateescape")} if self._root else {}
        placed = {"headers": headers, "root_path": self._root, "path": path, FORWARDED: forwarded, **raw}
        await self._app({**scope, **placed}, receive, send)

    def _is_trusted(self, client: Any) -> bool:
        try:
            address = ip_address(client[0]) if client else None
        except ValueError:
            return False
        return any(address in network for network in self._networks if address is not None)


def own_origin(scope: Message) -> str:
    """The origin that a request was made to; "" when it names no host."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return origin_of(f"{scope['scheme']}://{host}")
