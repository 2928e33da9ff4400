"""Adapter: the Gradio chat page and its sources panel."""

import contextlib
import inspect
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from .answering import LONGEST_QUESTION, Assistant
from .errors import AssistantError
from .rendering import chat_markdown, panel_html

# Must be set before gradio is imported, or its server calls home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

TITLE = "Assistant de la co-construction"
NOTICE = (
    f"# {TITLE}\n\n**Les réponses sont composées par un système automatique** à partir de sources citées : "
    "ouvrez la source de chaque phrase et vérifiez-la avant de vous en servir. "
    "Ne saisissez pas de données personnelles."
)
SUGGESTIONS = (
    "Quelles sont les conditions de la co-construction ?",
    "Quels sont les freins et comment les lever ?",
    "Subvention ou marché public : comment choisir ?",
    "Combien de maires pensent que les alliances sont source d'innovation ?",
)
NO_SOURCES = "Les sources citées apparaîtront ici."

# Design tokens: everything that an RTES web editor may want to replace is in these few lines.
CSS = """
:root { --accent: #0b5d5b; --accent-dark: #7fd1cd; --mark: #fff2a8; --mark-dark: #5c5200; }
.gradio-container { max-width: 1200px !important; margin: 0 auto; font-size: 17px; }
.source { border-left: 4px solid var(--accent); padding: .5rem .75rem; margin: 0 0 1rem; background: var(--block-background-fill); border-radius: 4px; }
.source:target { outline: 3px solid var(--accent); outline-offset: 2px; }
.source h3 { margin: 0 0 .25rem; font-size: 1rem; }
.source .place { margin: 0 0 .5rem; font-size: .85rem; opacity: .85; }
.source blockquote { margin: 0 0 .5rem; padding-left: .75rem; border-left: 2px solid currentColor; font-size: .95rem; }
.source mark { background: var(--mark); color: inherit; padding: 0 .1em; }
.dark .source mark { background: var(--mark-dark); color: #fff; }
.source ul { margin: 0; padding-left: 1.1rem; font-size: .88rem; }
.source .old { font-weight: 600; }
#sources { max-height: 78vh; overflow-y: auto; scroll-behavior: smooth; }
@media (max-width: 768px) { #sources { max-height: none; } }
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
@media print { .source { break-inside: avoid; } #sources { max-height: none; overflow: visible; } }
"""
_FRENCH = {
    "chatbot.copy_message": "Copier le message",
    "chatbot.copied_message": "Message copié",
    "chatbot.copy": "Copier",
    "chatbot.complete": "Terminé",
}


def build_page(assistant: Assistant) -> Any:
    """The Blocks to mount. Nothing in it is fetched from elsewhere."""
    gradio = _gradio()

    def respond(
        message: str, history: Sequence[dict[str, Any]], panels: list[str]
    ) -> Iterator[tuple[str, str, list[str]]]:
        questions = [_text(turn) for turn in history if turn["role"] == "user"]
        turn = len(questions) + 1
        earlier = panels[: turn - 1]
        try:
            for answer in assistant.stream(message, questions):
                shown = panel_html(answer, turn, date.today().year)
                yield chat_markdown(answer, turn), _panel(shown, earlier), [*earlier, shown]
        except AssistantError as error:
            yield str(error), NO_SOURCES, [*earlier, ""]

    with gradio.Blocks(title=TITLE, analytics_enabled=False, fill_height=True) as page:
        gradio.Markdown(NOTICE)
        panels = gradio.State([])
        with gradio.Row(equal_height=False):
            with gradio.Column(scale=3, min_width=320):
                sources = gradio.Markdown(NO_SOURCES, elem_id="sources", latex_delimiters=[], render=False)
                chat = gradio.ChatInterface(
                    respond,
                    chatbot=gradio.Chatbot(
                        label="Conversation",
                        height="62vh",
                        buttons=["copy"],
                        allow_tags=False,
                        latex_delimiters=[],
                        placeholder="Posez une question sur la co-construction des politiques publiques.",
                    ),
                    textbox=gradio.Textbox(
                        label="Votre question",
                        placeholder="Votre question…",
                        submit_btn="Envoyer",
                        stop_btn="Arrêter",
                        max_length=LONGEST_QUESTION,
                    ),
                    additional_inputs=[panels],
                    additional_outputs=[sources, panels],
                    editable=True,
                    examples=[[question] for question in SUGGESTIONS],
                    flagging_mode="never",
                    concurrency_limit=8,
                    api_visibility="private",
                    save_history=False,
                )
            with gradio.Column(scale=2, min_width=320):
                gradio.Markdown("## Sources")
                sources.render()
        chat.chatbot.clear(lambda: (NO_SOURCES, []), None, [sources, panels], api_visibility="private")
    page.queue(default_concurrency_limit=8, max_size=64, api_open=False)
    return page


def mount(app: Any, page: Any, path: str) -> Any:
    """The page under `path` of a FastAPI application."""
    gradio = _gradio()
    fonts = ["system-ui", "Segoe UI", "Roboto", "Helvetica", "Arial", "sans-serif"]
    theme = gradio.themes.Base(primary_hue="teal", neutral_hue="slate", font=fonts, font_mono=["monospace"])
    return gradio.mount_gradio_app(
        app,
        page,
        path=path,
        theme=theme,
        css=CSS,
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


def _panel(shown: str, earlier: Sequence[str]) -> str:
    """The last answer's sources, then those of the answers before it, so that every mark of the chat still leads somewhere."""
    older = [text for text in reversed(earlier) if text]
    return "\n\n".join([shown, *(["### Réponses précédentes", *older] if older else [])])


def _text(turn: dict[str, Any]) -> str:
    """Gradio gives a message's content as text or as a list of parts."""
    content = turn["content"]
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") if isinstance(part, dict) else str(part) for part in content)


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
