"""Adapter: what those who run the service look at: /health and /metrics."""

from collections.abc import Callable, Iterable
from ipaddress import ip_address, ip_network
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from knowledge import KnowledgeError

from ..answering import State
from ..settings import AssistantSettings
from .describing import Health, Sickness, refusals
from .fronting import FORWARDED
from .looking import Look

_THIS_MACHINE = ("127.0.0.0/8", "::1/128")
_CLOSED = "Les mesures se lisent de cette machine, ou des adresses nommées dans ASSISTANT_METRICS_FROM."
_EMPTY = "La base est vide : lancez `python -m ingest`."


def monitor(app: FastAPI, state: Callable[[], State], registry: CollectorRegistry, settings: AssistantSettings) -> None:
    """Add both. `state` is asked at most once a second."""
    look = Look(state)
    model = settings.chat_model or "aucun"
    near = (*_THIS_MACHINE, *(settings.trusted_proxies or ()))
    revision = Gauge("assistant_base_revision", "La révision de la base qui est servie.", registry=registry)
    sources = Gauge("assistant_base_sources", "Les sources qu'elle contient.", registry=registry)
    readable = Gauge("assistant_base_readable", "1 quand la base se lit et n'est pas vide.", registry=registry)

    @app.get(
        "/health",
        response_model=Health,
        responses={503: {"model": Sickness, "description": "Rien ne peut être répondu."}},
        summary="Ce qui est servi",
    )
    async def health() -> JSONResponse:
        try:
            now = await look.now()
        except KnowledgeError as error:
            return _told(503, {"status": "error", "detail": str(error)})
        told = {"revision": now.revision, "sources": now.sources, "model": model}
        return _told(200, {"status": "ok"} | told) if now.sources else _told(503, {"status": "error", "detail": _EMPTY})

    @app.get("/metrics", response_class=PlainTextResponse, responses=refusals(403), summary="Les mesures (Prometheus)")
    async def metrics(request: Request) -> Response:
        client = request.client.host if request.client else ""
        # A proxy that we do not know makes everybody look near.
        is_near = not request.scope.get(FORWARDED) and _is_within(client, near)
        if not is_near and not _is_within(client, settings.metrics_from or ()):
            raise HTTPException(403, _CLOSED)
        try:
            now = await look.now()
        except KnowledgeError:
            readable.set(0)
        else:
            readable.set(1 if now.sources else 0)
            revision.set(now.revision)
            sources.set(now.sources)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _told(status: int, said: dict[str, Any]) -> JSONResponse:
    return JSONResponse(said, status, {"cache-control": "no-store"})


def _is_within(address: str, networks: Iterable[str]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in ip_network(network) for network in networks)
