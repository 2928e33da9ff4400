import asyncio
from typing import Any

import pytest

from assistant.web.fronting import Fronted, Message, Receive, Send, own_origin


def seen(front: dict[str, Any], client: str | None = "10.0.0.7", **headers: str) -> Message:
    """The request as the application gets it."""
    got: list[Message] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:  # noqa: ARG001
        got.append(scope)

    scope = {
        "type": "http",
        "scheme": "http",
        "path": headers.pop("path", "/chat/"),
        "client": (client, 50000) if client else None,
        "headers": [(b"host", b"127.0.0.1:7860")]
        + [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(Fronted(app, **front)(scope, None, None))  # type: ignore[arg-type]
    return got[0]


FORWARDED = {
    "x_forwarded_for": "192.0.2.1",
    "x_forwarded_proto": "https",
    "x_forwarded_host": "www.rtes.example",
}
BEHIND = {"proxies": ["10.0.0.0/8"]}


def test_a_trusted_proxy_is_believed_about_client_scheme_and_host() -> None:
    scope = seen(BEHIND, **FORWARDED)
    assert scope["client"][0] == "192.0.2.1"
    assert own_origin(scope) == "https://www.rtes.example"


@pytest.mark.parametrize("client", ["192.0.2.66", "::1", "", None, "unix"])
def test_nobody_else_is(client: str | None) -> None:
    scope = seen(BEHIND, client, **FORWARDED)
    assert scope["client"] == ((client, 50000) if client else None) or client == ""
    assert own_origin(scope) == "http://127.0.0.1:7860"


def test_without_a_trusted_proxy_nothing_is_believed_even_from_this_machine() -> None:
    scope = seen({}, "127.0.0.1", **FORWARDED)
    assert scope["client"][0] == "127.0.0.1"
    assert own_origin(scope) == "http://127.0.0.1:7860"


def test_what_a_client_says_before_the_proxy_does_is_not_believed() -> None:
    scope = seen(BEHIND, x_forwarded_for="203.0.113.5, 192.0.2.1, 10.0.0.8")
    assert scope["client"][0] == "192.0.2.1"


@pytest.mark.parametrize("client", ["10.0.0.7", "192.0.2.66"])
def test_nobody_further_in_reads_what_was_forwarded(client: str) -> None:
    scope = seen(BEHIND, client, forwarded="for=1.2.3.4", x_forwarded_prefix="/x", accept="*/*", **FORWARDED)
    assert [name for name, _ in scope["headers"]] == [b"host", b"accept"]


@pytest.mark.parametrize("path", ["/chat/", "/assistant/chat/"])
def test_the_root_path_is_put_back_where_the_proxy_took_it_off(path: str) -> None:
    scope = seen({"root_path": "/assistant"}, path=path)
    assert (scope["root_path"], scope["path"]) == ("/assistant", "/assistant/chat/")
    assert scope["raw_path"] == b"/assistant/chat/"


def test_a_path_that_only_begins_alike_is_not_under_the_root() -> None:
    assert seen({"root_path": "/chat"}, path="/chatter")["path"] == "/chat/chatter"


def test_a_host_that_is_none_has_no_origin() -> None:
    assert own_origin({"scheme": "http", "headers": []}) == ""
    assert own_origin({"scheme": "http", "headers": [(b"host", b"a b:c")]}) == ""
