"""Adapter: the assistant as other software calls a language model: OpenAI's chat completions, over HTTP."""

import json
import secrets
import time
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field
from starlette.exceptions import HTTPException as AnyHTTPException

from ..answers import Answer
from ..asking import LONGEST_QUESTION, checked
from ..errors import BadQuestion
from .api import answered, next_step
from .completing import MODEL, Deltas, Told, message, problem, told
from .describing import Completed, Model, Models, Problem, Read, refusals
from .keys import Keys
from .refusing import allowed, in_french
from .services import Services

_CLOSED = "Cette interface est fermée : qui tient ce service l'ouvre en donnant des clés dans ASSISTANT_API_KEYS."
_UNKNOWN_KEY = "Clé absente ou inconnue : donnez l'une de celles du service (Authorization: Bearer …)."
_UNREADABLE = "Requête illisible : attendu { model, messages: [{ role, content }], stream }, comme pour OpenAI."
_NO_QUESTION = "Le dernier message doit être une question de l'utilisateur (role « user »), en texte seul."
_ONE_ANSWER = "Une seule réponse est faite à la fois, en texte : retirez « n » et « response_format »."
_TITLE = "Assistant de la co-construction, comme un modèle de langue"
_DESCRIPTION = """L'assistant dans la forme des *chat completions* d'OpenAI, avec une clé du service
(`Authorization: Bearer …`). La question est le dernier message, en texte ; l'historique est fait des messages
précédents de l'utilisateur ; tout autre réglage n'est pas lu. Un flux (`stream`) est fait de morceaux, puis de
`data: [DONE]` ; un échec y est un événement `{"error": …}`."""
# Never buffered on the way, as nginx understands it, and never kept.
_STREAM_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Message(Read):
    role: str
    content: str | list[dict[str, Any]] | None = None


class Format(Read):
    type: str = "text"


class Completion(Read):
    """What is read of a request. How to write (temperature, tools…) is not asked of whoever quotes."""

    model: str = Field(json_schema_extra={"enum": [MODEL]})
    messages: list[Message] = Field(
        description="le dernier est la question, de rôle « user », en texte", json_schema_extra={"minItems": 1}
    )
    stream: bool | None = False
    n: int | None = 1
    response_format: Format | None = None


def build_completions(services: Services, keys: Keys) -> FastAPI:
    """The application to mount under /v1; closed without keys."""
    app = FastAPI(title=_TITLE, description=_DESCRIPTION, version="1", docs_url=None, redoc_url=None)
    app.add_exception_handler(AnyHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)

    async def holder(
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))],
    ) -> str:
        if not keys:
            raise HTTPException(404, _CLOSED)
        found = keys.holder(bearer.credentials) if bearer else ""
        if not found:
            limit("key", request, "")
            raise HTTPException(401, _UNKNOWN_KEY, {"www-authenticate": "Bearer"})
        return found

    def limit(what: str, request: Request, holder: str) -> None:
        address = request.client.host if request.client else ""
        if seconds := services.limits.wait(what, address, holder):
            said = f"Trop de demandes à la suite : réessayez dans {seconds} secondes."
            raise HTTPException(429, said, {"retry-after": str(seconds)})

    async def limited(request: Request, holder: Annotated[str, Depends(holder)]) -> None:
        limit("ask", request, holder)

    def refused(*statuses: int) -> dict[int | str, dict[str, Any]]:
        # FastAPI would add a 422 of its own, which we never give.
        any_other = {"4XX": {"model": Problem, "description": "Tout autre refus a cette forme."}}
        return refusals(401, 404, 429, *statuses, said=Problem) | any_other

    @app.get("/models", dependencies=[Depends(holder)], responses=refused(), summary="Le seul modèle")
    async def models() -> Models:
        return Models(object="list", data=[_model()])

    @app.get("/models/{id}", dependencies=[Depends(holder)], responses=refused(), summary="Ce modèle")
    async def model(id: str) -> Model:
        _known(id)
        return _model()

    @app.post(
        "/chat/completions",
        dependencies=[Depends(limited), Depends(services.admitted)],
        response_model=Completed,
        responses=refused(400, 413, 503) | {200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
        summary="Répond à une question",
    )
    async def complete(asked: Completion) -> Response:
        _known(asked.model)
        taken = _taken(asked)
        steps = answered(services.assistant, taken.question, taken.earlier, "")
        if asked.stream:
            return StreamingResponse(_events(services, steps), 200, _STREAM_HEADERS, "text/event-stream")
        last: Answer | str = ""
        while (step := await next_step(steps, services.turnstile)) is not None:
            last = step
        if not isinstance(last, Answer):
            raise HTTPException(503, last)
        choice = {"index": 0, "message": message(last), "logprobs": None, "finish_reason": "stop"}
        return JSONResponse(_envelope("chat.completion") | {"choices": [choice]}, headers={"cache-control": "no-store"})

    return app


def _taken(asked: Completion) -> Told:
    if (asked.n or 1) != 1 or (asked.response_format and asked.response_format.type != "text"):
        raise HTTPException(400, _ONE_ANSWER)
    taken = told([message.model_dump() for message in asked.messages], LONGEST_QUESTION)
    if taken is None:
        raise HTTPException(400, _NO_QUESTION)
    try:
        return Told(checked(taken.question), taken.earlier)
    except BadQuestion as error:
        raise HTTPException(400, str(error)) from error


async def _events(services: Services, steps: Iterator[Answer | str]) -> AsyncIterator[str]:
    envelope = _envelope("chat.completion.chunk")
    deltas = Deltas()
    last: Answer | None = None

    def event(delta: dict[str, Any], finish: Literal["stop"] | None = None) -> str:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _event(envelope | {"choices": [choice]})

    yield event({"role": "assistant", "content": ""})
    while (step := await next_step(steps, services.turnstile)) is not None:
        if not isinstance(step, Answer):
            yield _event(problem(step, 503))
            return
        # Only the next one tells that this one was not the last.
        if last and (more := deltas.draft(last)):
            yield event({"content": more})
        last = step
    if last:
        for delta in deltas.last(last):
            yield event(delta)
    yield event({}, "stop")
    yield "data: [DONE]\n\n"


def _event(data: dict[str, Any]) -> str:
    return f"data: {json.dumps(data, ensure_ascii=False)}\n\n"


def _envelope(what: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{secrets.token_hex(12)}", "object": what, "created": int(time.time()), "model": MODEL}


def _model() -> Model:
    return Model(id=MODEL, object="model", created=0, owned_by="assistant")


def _known(model: str) -> None:
    if model != MODEL:
        raise HTTPException(404, f"Ce modèle n'existe pas ici : demandez « {MODEL} ».")


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AnyHTTPException)
    return JSONResponse(problem(in_french(error), error.status_code), error.status_code, allowed(request, error))


async def _unreadable(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    return JSONResponse(problem(_UNREADABLE, 400), 400)
