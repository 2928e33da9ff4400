"""Adapter: what has outlived its time is wiped off the disk, whether somebody asks something or not."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio
from anyio import to_thread

from ..shelf import OUT_OF_REACH
from .keeping import Keeping

# Seconds between two purges: nothing is kept longer than it is said to be by more than this.
_EVERY = 3600


def purging(keeping: Keeping | None) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """The life of an application: a purge when it starts, then one an hour."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:  # noqa: ARG001
        async with anyio.create_task_group() as group:
            if keeping is not None:
                group.start_soon(_purge_on, keeping)
            yield
            group.cancel_scope.cancel()

    return lifespan


async def _purge_on(keeping: Keeping) -> None:
    while True:
        try:
            await to_thread.run_sync(keeping.purge)
        except OUT_OF_REACH:
            logging.getLogger(__name__).exception("what has outlived its time could not be erased")
        await anyio.sleep(_EVERY)
