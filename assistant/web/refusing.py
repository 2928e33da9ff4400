"""Adapter: what the framework refuses of itself, said as we say the rest."""

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

_FRENCH = {"Not Found": "Introuvable.", "Method Not Allowed": "Cette adresse ne se demande pas ainsi."}


async def refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": in_french(error)}, error.status_code, allowed(request, error))


async def unreachable(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    """What is asked for is where nobody answers, for now: the error says where, and what to do."""
    return JSONResponse({"detail": str(error)}, 503)


def in_french(error: HTTPException) -> str:
    return _FRENCH.get(error.detail, error.detail)


def allowed(request: Request, error: HTTPException) -> dict[str, str]:
    """The headers of the refusal, naming every method of the address where the framework names those of one route."""
    headers = dict(error.headers or {})
    if error.status_code != 405:
        return headers
    routes = (route for route in request.app.routes if isinstance(route, Route))
    methods = {
        method
        for route in routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods or ()
    }
    return headers | {"Allow": ", ".join(sorted(methods))}
