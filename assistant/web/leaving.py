"""Adapter: the server, which is told to stop without waiting for the pages that were left open."""

import asyncio
from typing import Any

import uvicorn


class Server(uvicorn.Server):
    """Answers under way have the configured grace to end; the streams by which open pages stay in touch end at once."""

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        for route in self.config.app.routes:  # type: ignore[union-attr]
            held = getattr(getattr(route, "app", None), "stop_event", None)
            if isinstance(held, asyncio.Event):
                held.set()
        await super().shutdown(sockets)
