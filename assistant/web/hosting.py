"""Adapter: Gradio, opened and mounted without what it does of its own accord."""

import contextlib
import inspect
import os
import sys
from collections.abc import Iterator
from typing import Any

# Must be set before gradio is imported, or its server calls home.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

# What Gradio's French lacks or says otherwise.
_FRENCH = {
    "chatbot.copy_message": "Copier le message",
    "chatbot.copied_message": "Message copié",
    "chatbot.copy": "Copier",
    "chatbot.complete": "Terminé",
    "chatbot.undo": "Reprendre la question",
    "chatbot.like": "Réponse utile",
    "chatbot.dislike": "Réponse peu utile",
}


def open_gradio() -> Any:
    with _without_stub_generation():
        import gradio

    return gradio


def mount(app: Any, page: Any, path: str) -> Any:
    """The page under `path` of a FastAPI application."""
    gradio = open_gradio()
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
