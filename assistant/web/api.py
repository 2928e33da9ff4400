"""Adapter: the interface of the widget, over HTTP: sessions, answers as server-sent events, opinions."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException as AnyHTTPException

from knowledge import KnowledgeError

from ..answers import Answer
from ..asking import checked
from ..codes import NOTHING_KEPT, read_code
from ..errors import AssistantError, BadQuestion
from ..rendering import Turn
from .describing import Asked, Coded, Conversation, Erased, Opened, Said, ShownAnswer, Verdict, refusals
from .fronting import own_origin
from .measuring import Answerer
from .opinions import Opinion
from .page import SUGGESTIONS
from .presenting import presented
from .records import Records
from .refusing import refused, unreachable
from .services import Begun, Services
from .sessions import Exchange, Session

_BROKEN = "La réponse n'a pas pu être composée : posez la question autrement, ou signalez-le à qui tient ce site."
_DESCRIPTION = """Les réponses de l'assistant, pour les sites permis (`ASSISTANT_ALLOWED_ORIGINS`).

1. `POST session` donne un jeton au site qui appelle ; il accompagne la suite (`Authorization: Bearer …`).
2. `POST ask` répond en *server-sent events*.
3. `GET conversation` relit ce qui a été dit avec ce jeton, `DELETE` l'oublie et efface ce qui en est gardé ;
   `POST feedback` donne un avis.
4. `POST export` rend ce qui est gardé sous le code d'une conversation, `POST erase` l'efface : sans jeton.

Tout refus est un JSON `{"detail": "une phrase"}`. Un appel sans origine, ou d'un site qui n'est pas permis, est
refusé."""
_STREAM = """Événements : `answer` (la réponse entière telle qu'elle est à cet instant, chacune remplace la précédente,
dans la forme de `answer` de `GET conversation`), `error` (une phrase : il n'y aura pas de suite), puis `done`
(`{"id": …, "link": …, "code": …}` : de quoi donner un avis, le chemin où la réponse se relit, le code de ce qui est
gardé de la conversation ; vides si rien n'est gardé)."""


def build_api(services: Services) -> FastAPI:
    """The application to mount under /api."""
    api = FastAPI(title="Assistant de la co-construction", version="1", docs_url=None, redoc_url=None)
    api.description = _DESCRIPTION
    for what in (RequestValidationError, 400):
        api.add_exception_handler(what, _unreadable)
    api.add_exception_handler(AnyHTTPException, refused)
    api.add_exception_handler(KnowledgeError, unreachable)
    conversations = services.conversations

    async def caller(request: Request) -> str:
        origin = services.origins.admitted(own_origin(request.scope), request.headers)
        if not origin:
            raise HTTPException(403, "Ce site n'est pas autorisé à interroger l'assistant.")
        return origin

    async def session(
        origin: Annotated[str, Depends(caller)],
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(HTTPBearer(auto_error=False))],
    ) -> Session:
        found = services.sessions.read(bearer.credentials, origin) if bearer else None
        if found is None:
            raise HTTPException(401, "La session a expiré : ouvrez-en une autre.", {"www-authenticate": "Bearer"})
        return found

    def limited(what: str) -> Callable[..., Awaitable[None]]:
        async def limit(request: Request, origin: Annotated[str, Depends(caller)]) -> None:
            address = request.client.host if request.client else ""
            if seconds := services.limits.wait(what, address, origin):
                said = f"Trop de demandes à la suite : réessayez dans {seconds} secondes."
                raise HTTPException(429, said, {"retry-after": str(seconds)})

        return limit

    async def question(asked: Asked) -> str:
        try:
            return checked(asked.question)
        except BadQuestion as error:
            raise HTTPException(422, str(error)) from error

    @api.post(
        "/session",
        dependencies=[Depends(limited("session"))],
        responses=refusals(403, 413, 429),
        summary="Ouvre une session",
    )
    async def open_session(origin: Annotated[str, Depends(caller)]) -> Opened:
        return Opened(
            token=services.sessions.open(origin),
            expires_in=services.sessions.lifetime,
            suggestions=list(SUGGESTIONS),
            takes_feedback=services.opinions is not None,
        )

    @api.post(
        "/ask",
        response_class=EventSourceResponse,
        dependencies=[Depends(limited("ask")), Depends(services.admitted)],
        responses=refusals(401, 403, 413, 422, 429, 503, streams=True),
        summary="Répond à une question",
        description=_STREAM,
    )
    async def ask(
        asked: Asked,
        taken: Annotated[str, Depends(question)],
        session: Annotated[Session, Depends(session)],
    ) -> AsyncIterator[ServerSentEvent]:
        try:
            begun = await to_thread.run_sync(services.begin, session, taken, asked.again)
        except KnowledgeError as error:
            yield ServerSentEvent(event="error", data=str(error))
            yield ServerSentEvent(event="done", data={"id": "", "link": "", "code": ""})
            return
        final: Answer | None = None
        steps = answered(services.assistant, taken, begun.earlier, asked.page)
        while (step := await next_step(steps, services.turnstile)) is not None:
            await to_thread.run_sync(services.note, session, begun.id, step)
            if isinstance(step, Answer):
                final = step
                yield ServerSentEvent(event="answer", data=presented(step, date.today().year))
            else:
                yield ServerSentEvent(event="error", data=step)
        link = await to_thread.run_sync(_kept, services.records, final, begun) if final else ""
        yield ServerSentEvent(event="done", data={"id": begun.id, "link": link, "code": begun.code if link else ""})

    @api.get("/conversation", responses=refusals(401, 403, 503), summary="Relit la conversation")
    async def read(session: Annotated[Session, Depends(session)], response: Response) -> Conversation:
        response.headers["cache-control"] = "no-store"
        exchanges = await to_thread.run_sync(conversations.of, session)
        code = exchanges[-1].code if exchanges else ""
        said = [_said(exchange) for exchange in exchanges]
        return Conversation(exchanges=said, code=code, takes_feedback=services.opinions is not None)

    @api.delete(
        "/conversation",
        status_code=204,
        responses=refusals(401, 403, 503),
        summary="Oublie la conversation, efface ce qui en est gardé",
    )
    async def clear(session: Annotated[Session, Depends(session)]) -> None:
        codes = {exchange.code for exchange in await to_thread.run_sync(conversations.of, session)} - {""}
        await to_thread.run_sync(conversations.clear, session)
        for code in codes:
            await services.erase(code)

    @api.post(
        "/export",
        dependencies=[Depends(limited("code"))],
        responses=refusals(403, 404, 413, 422, 429, 503),
        summary="Rend ce qui est gardé sous un code",
    )
    async def export(asked: Coded) -> dict[str, Any]:
        code = read_code(asked.code)
        found = await to_thread.run_sync(services.records.keeping.export, code) if services.records and code else None
        if found is None:
            raise HTTPException(404, NOTHING_KEPT)
        return found

    @api.post(
        "/erase",
        dependencies=[Depends(limited("code"))],
        responses=refusals(403, 413, 422, 429, 503),
        summary="Efface ce qui est gardé sous un code",
    )
    async def erase(asked: Coded) -> Erased:
        return Erased(erased=await services.erase(read_code(asked.code)))

    @api.post(
        "/feedback",
        status_code=204,
        dependencies=[Depends(limited("feedback"))],
        responses=refusals(401, 403, 404, 413, 422, 429, 503),
        summary="Donne un avis",
    )
    async def feedback(verdict: Verdict, session: Annotated[Session, Depends(session)]) -> None:
        before = await to_thread.run_sync(conversations.of, session)
        about = next((one for one in before if one.id == verdict.id and one.answer), None)
        if services.opinions is None or about is None or about.answer is None:
            raise HTTPException(404, "Cette réponse n'est plus là : l'avis n'a pas été noté.")
        earlier = tuple(one.question for one in before[: before.index(about)])
        said = verdict.comment.strip(), about.question, about.answer.text, about.code, earlier
        opinion = Opinion(about.id, verdict.useful, *said)
        await to_thread.run_sync(services.opinions.note, opinion)

    return api


async def next_step(steps: Iterator[Answer | str], turnstile: CapacityLimiter) -> Answer | str | None:
    """The next step, made in a thread that is left behind when nobody waits any more."""
    return await to_thread.run_sync(next, steps, None, abandon_on_cancel=True, limiter=turnstile)


def answered(assistant: Answerer, question: str, earlier: Sequence[str], page: str) -> Iterator[Answer | str]:
    """The answer, better and better, or the sentence that says why there is none."""
    try:
        for answer in assistant.stream(assistant.about(question, page) if page else question, earlier):
            yield replace(answer, question=question)
    except (AssistantError, KnowledgeError) as error:
        yield str(error)
    except Exception:
        # A person waits for it: they are told, and the traceback goes to the log.
        logging.getLogger(__name__).exception("a question could not be answered")
        yield _BROKEN


def _kept(records: Records | None, answer: Answer, begun: Begun) -> str:
    """The path under which the answer is opened again, "" when it is not kept."""
    turn = records.filed(Turn(answer.question, answer), begun.code, begun.earlier) if records else None
    return f"reponse/{turn.code}" if turn and turn.is_kept else ""


def _said(exchange: Exchange) -> Said:
    shown = presented(exchange.answer, date.today().year) if exchange.answer else None
    answer = ShownAnswer.model_validate(shown) if shown else None
    return Said(id=exchange.id, question=exchange.question, answer=answer, problem=exchange.problem)


async def _unreadable(request: Request, error: Exception) -> JSONResponse:  # noqa: ARG001
    return JSONResponse({"detail": "Requête illisible : voyez openapi.json pour ce qui est attendu."}, 422)
