"""Adapter: the one application: the page, the widget and its interface, behind the gate; and its server."""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.middleware.cors import CORSMiddleware

from ..answering import Assistant
from ..errors import PortInUse
from ..journal import Journal
from ..logs import log_to_stderr
from ..settings import AssistantSettings
from .api import build_api
from .confiding import offer_privacy
from .fronting import Application, Fronted
from .gating import ANSWERS, API, COMPLETIONS, DEMONSTRATION, EXPORTS, PAGE, PRIVACY, SCRIPT, Gate
from .hosting import mount
from .keys import Keys
from .limiting import Limits
from .measuring import Answerer, Measured
from .monitoring import monitor
from .observed import Observed
from .offering import offer
from .openai import build_completions
from .opinions import Opinions
from .origins import Origins
from .page import build_page
from .purging import purging
from .records import Records
from .replaying import offer_records
from .rooming import offer_room
from .services import Services
from .sessions import Conversations, HeldConversations, Sessions

# How the application is served: it knows which proxies it believes. A connection is kept longer (seconds) than
# browsers and proxies leave one idle: whoever closes it first may cut off a question that was just sent on it.
# Told to stop, it leaves to answers under way these seconds of the ten that Docker gives.
SERVER: dict[str, Any] = {
    "server_header": False,
    "proxy_headers": False,
    "timeout_keep_alive": 75,
    "timeout_graceful_shutdown": 6,
}


def build_app(
    assistant: Assistant,
    settings: AssistantSettings | None = None,
    opinions: Opinions | None = None,
    clock: Callable[[], float] = time.time,
    journal: Journal | None = None,
    room: Application | None = None,
    conversations: Conversations | None = None,
) -> Any:
    """The whole application; one process and one worker, since the page keeps its conversations in memory."""
    settings = settings or AssistantSettings.read()
    measured = Measured(assistant, settings.slow_seconds)
    conversations = conversations or HeldConversations(clock)
    records = Records(assistant, journal, opinions, clock, conversations)
    app = lay_out(measured, settings, opinions, clock, records, conversations)
    offer_records(app, records, assistant, ANSWERS, EXPORTS)
    offer_room(app, room)
    monitor(app, lambda: assistant.state(), measured.registry, settings)
    return fenced(mount(app, build_page(measured, records), PAGE), settings)


def lay_out(
    assistant: Answerer,
    settings: AssistantSettings,
    opinions: Opinions | None,
    clock: Callable[[], float],
    records: Records | None = None,
    conversations: Conversations | None = None,
) -> FastAPI:
    """All but the page, and without a fence."""
    limits = Limits(settings.questions_per_minute, settings.site_questions_per_minute, clock)
    origins = Origins.of(settings.allowed_origins)
    conversations = conversations or HeldConversations(clock)
    sessions = Sessions(
        clock, key=settings.session_key.get_secret_value() if settings.session_key else conversations.key
    )
    services = Services(assistant, origins, limits, sessions, conversations, opinions, records)
    # Its own description is that of the service: each interface has one under its path.
    app = FastAPI(
        title="Assistant de la co-construction, en service",
        version="1",
        docs_url=None,
        redoc_url=None,
        lifespan=purging(records.keeping if records else None),
    )
    if records:
        offer_privacy(app, records, limits, settings, PRIVACY)

    @app.get("/", include_in_schema=False)
    def home() -> RedirectResponse:
        return RedirectResponse(f"{PAGE[1:]}/")

    app.mount(API, build_api(services))
    app.mount(COMPLETIONS, build_completions(services, Keys.of(settings.api_keys)))
    offer(app, SCRIPT, DEMONSTRATION)
    return app


def fenced(app: FastAPI, settings: AssistantSettings) -> FastAPI:
    """The application behind its gate, as the proxies and the sites that are believed see it."""
    origins = Origins.of(settings.allowed_origins)
    app.add_middleware(Gate, origins=origins)
    app.add_middleware(Observed)
    # Without it Gradio lets every site call with credentials.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=sorted(origins.allowed),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["authorization", "content-type"],
    )
    proxies, root = settings.trusted_proxies or (), settings.root_path or ""
    app.add_middleware(Fronted, proxies=proxies, root_path=root)
    return app


def serve(app: Any, host: str, port: int, json_log: bool = False) -> None:
    """Until interrupted; all that is logged from now on is ours to write, as JSON or as text. Raises PortInUse."""
    import socket

    import uvicorn

    from .leaving import Server

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(
                f"L'adresse {host}:{port} n'est pas disponible ({error.strerror}) : arrêtez le programme qui "
                "l'occupe, ou choisissez un autre port avec --port ou ASSISTANT_PORT."
            ) from error
    log_to_stderr(json_log)
    with suppress(KeyboardInterrupt):
        Server(uvicorn.Config(app, host=host, port=port, log_level="warning", log_config=None, **SERVER)).run()
