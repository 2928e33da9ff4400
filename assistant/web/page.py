"""Adapter: the Gradio chat page and its sources panel."""

import contextlib
import inspect
import logging
import os
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from anyio import to_thread

from knowledge import KnowledgeError

from ..answering import Assistant
from ..errors import AssistantError, BadQuestion
from ..rendering import Turn, chat_markdown, literal, panel_html, shortened, typeset

# Must be set before gradio is imported, or its server calls home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

TITLE = "Assistant de la co-construction"
NOTICE = (
    "**Réponses composées par un système automatique, à vérifier** : ouvrez la source de chaque phrase avant de "
    f"vous en servir. Ne saisissez pas de données personnelles.\n\n# {TITLE}"
)
SUGGESTIONS = (
    "Quelles sont les conditions de la co-construction ?",
    "Quels sont les freins et comment les lever ?",
    "Subvention ou marché public : comment choisir ?",
    "Combien de maires pensent que les alliances sont source d'innovation ?",
)
STOPPED = "Réponse arrêtée à votre demande."
_BROKEN = "La réponse n'a pas pu être composée : posez la question autrement, ou signalez-le à qui tient cette page."
# Answers made at the same time, and questions that wait for their turn: beyond, the page asks to try again.
_AT_ONCE = 8
_WAITING = 64
# What Gradio's French lacks or says otherwise.
_FRENCH = {
    "chatbot.copy_message": "Copier le message",
    "chatbot.copied_message": "Message copié",
    "chatbot.copy": "Copier",
    "chatbot.complete": "Terminé",
    "chatbot.undo": "Reprendre la question",
}

Turns = tuple[Turn, ...]


def build_page(assistant: Assistant) -> Any:
    """
    The Blocks to mount. Nothing in it is fetched from elsewhere.

    The conversation is kept on the server, as turns; the page shows it and never gives it back.
    """
    gradio = _gradio()
    ready = {"submit_btn": "Envoyer", "stop_btn": False}
    waiting = {"submit_btn": False, "stop_btn": "Arrêter"}

    async def respond(question: str, turns: Turns) -> AsyncIterator[tuple[Any, ...]]:
        latest = (*(turn for turn in turns if not turn.is_rejected), Turn(question))
        yield gradio.update(value="", **waiting), *_shown(latest)
        async for better in _apart(_answered(assistant, latest)):
            latest = better
            yield gradio.skip(), *_shown(latest)
        # What cannot be taken as it is goes back to its author.
        typed = {"value": question} if latest[-1].is_rejected else {}
        yield gradio.update(**ready, **typed), *_shown(latest)

    async def suggest(turns: Turns, chosen: gradio.SelectData) -> AsyncIterator[tuple[Any, ...]]:  # type: ignore[name-defined]
        question = chosen.value["text"] if isinstance(chosen.value, dict) else chosen.value
        async for step in respond(str(question), turns):
            yield step

    async def retry(turns: Turns) -> AsyncIterator[tuple[Any, ...]]:
        for turn in turns[-1:]:
            async for step in respond(turn.question, turns[:-1]):
                yield step

    def undo(turns: Turns) -> tuple[Any, ...]:
        return gradio.update(value=turns[-1].question if turns else "", **ready), *_shown(turns[:-1])

    def stop(turns: Turns) -> tuple[Any, ...]:
        stopped = [replace(turn, problem=STOPPED) for turn in turns[-1:]]
        return gradio.update(**ready), *_shown((*turns[:-1], *stopped))

    def clear() -> tuple[Any, ...]:
        return gradio.update(value="", **ready), *_shown(())

    with gradio.Blocks(title=TITLE, analytics_enabled=False) as page:
        turns = gradio.State(())
        gradio.Markdown(NOTICE, elem_id="notice")
        with gradio.Row(equal_height=False):
            with gradio.Column(scale=3, min_width=320):
                chat = gradio.Chatbot(
                    label="Conversation",
                    show_label=False,
                    elem_id="chat",
                    buttons=["copy"],
                    allow_tags=False,
                    latex_delimiters=[],
                    autoscroll=False,
                    placeholder="Posez une question sur la co-construction des politiques publiques.",
                    examples=[{"text": question, "display_text": typeset(question)} for question in SUGGESTIONS],
                )
                box = gradio.Textbox(label="Votre question", elem_id="question", max_lines=8, **ready)
            with gradio.Column(scale=2, min_width=320):
                gradio.Markdown("## Sources")
                panel = gradio.Markdown(_shown(())[1], elem_id="sources", latex_delimiters=[])
        shared = {"outputs": [box, chat, panel, turns], "api_visibility": "private", "show_progress_on": chat}
        slow = {**shared, "concurrency_id": "answers", "concurrency_limit": _AT_ONCE}
        running = [
            box.submit(respond, [box, turns], **slow),
            chat.example_select(suggest, turns, **slow),
            chat.option_select(suggest, turns, **slow),
            chat.retry(retry, turns, **slow),
        ]
        box.stop(stop, turns, cancels=running, **shared)
        chat.undo(undo, turns, cancels=running, **shared)
        chat.clear(clear, None, cancels=running, **shared)
    page.queue(default_concurrency_limit=_AT_ONCE, max_size=_WAITING, api_open=False)
    return page


def mount(app: Any, page: Any, path: str) -> Any:
    """The page under `path` of a FastAPI application."""
    gradio = _gradio()
    return gradio.mount_gradio_app(
        app,
        page,
        path=path,
        # A list of plain names: a theme's own fonts would be fetched.
        theme=gradio.themes.Base(font=["sans-serif"], font_mono=["monospace"]),
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        max_file_size="1kb",
        enable_monitoring=False,
        i18n=gradio.I18n(fr=_FRENCH, en=_FRENCH),
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )


def head() -> str:
    """What the page's <head> starts with: its look, and what Gradio leaves undone."""
    here = Path(__file__).parent
    style, layout, script = ((here / name).read_text() for name in ("theme.css", "page.css", "page.js"))
    return f'<link rel="icon" href="data:,"><style>{style}\n{layout}</style><script>{script}</script>'


async def _apart(steps: Iterator[Turns]) -> AsyncIterator[Turns]:
    """The steps, each waited for in a thread that is left behind when nobody waits any more: a stop is felt at once."""
    while (step := await to_thread.run_sync(next, steps, None, abandon_on_cancel=True)) is not None:
        yield step


def _answered(assistant: Assistant, turns: Turns) -> Iterator[Turns]:
    """The conversation with its last question answered, better and better."""
    *before, last = turns
    earlier = [turn.question for turn in before]
    try:
        for answer in assistant.stream(last.question, earlier):
            yield *before, Turn(last.question, answer)
    except BadQuestion as error:
        yield *before, Turn(last.question, problem=str(error), is_rejected=True)
    except (AssistantError, KnowledgeError) as error:
        yield *before, Turn(last.question, problem=str(error))
    except Exception:
        # A person waits for it: they are told, and the traceback goes to the log.
        logging.getLogger(__name__).exception("a question could not be answered")
        yield *before, Turn(last.question, problem=_BROKEN)


def _shown(turns: Turns) -> tuple[list[dict[str, Any]], str, Turns]:
    """The chat's messages, the panel, and the turns to keep."""
    messages = [message for at, turn in enumerate(turns, 1) for message in _messages(turn, at)]
    return messages, panel_html(turns, date.today().year), turns


def _messages(turn: Turn, at: int) -> Iterator[dict[str, Any]]:
    if question := turn.question.strip():
        yield {"role": "user", "content": literal(shortened(question) if turn.is_rejected else question)}
    said = [chat_markdown(turn.answer, at)] if turn.answer else []
    if turn.problem:
        said.append(literal(turn.problem))
    if said:
        suggestions = turn.answer.suggestions if turn.answer else ()
        options = [{"value": question, "label": typeset(question)} for question in suggestions]
        yield {"role": "assistant", "content": "\n\n".join(said), "options": options}


def _gradio() -> Any:
    with _without_stub_generation():
        import gradio

    return gradio


@contextlib.contextmanager
def _without_stub_generation() -> Iterator[None]:
    """
    Gradio writes .pyi files next to its modules at each import, half of its import time, and fails on a read-only
    installation. It skips that on OSError.
    """
    real = inspect.getfile

    def getfile(thing: Any) -> str:
        if sys._getframe(1).f_globals.get("__name__") == "gradio.component_meta":
            raise OSError("no stub generation")
        return real(thing)

    inspect.getfile = getfile  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = real
