"""Adapter: "provider:model" into a chat model, and its failures into ModelUnavailable."""

import threading
import time
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.prompt_values import PromptValue

from .errors import ModelUnavailable, SilentModel
from .settings import AssistantSettings

# Seconds without a word, after the first one, that a server which writes one by one has never needed.
_PAUSE = 8.0


def open_chat_model(settings: AssistantSettings) -> BaseChatModel | None:
    """The model that the settings name, None when they name none. Raises ModelUnavailable."""
    if not settings.chat_model:
        return None
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0, "timeout": settings.chat_timeout, "max_retries": 1}
    if settings.chat_base_url:
        # Without a key of its own, another server would be sent the provider's (OPENAI_API_KEY).
        options |= {"base_url": settings.chat_base_url, "api_key": "aucune"}
    if settings.chat_api_key:
        options["api_key"] = settings.chat_api_key.get_secret_value()
    try:
        model: BaseChatModel = init_chat_model(settings.chat_model, **options)
    except Exception as error:  # each provider has its own errors; none of their messages may reach a log
        raise ModelUnavailable(
            f"Le modèle « {settings.chat_model} » ne peut pas être ouvert ({type(error).__name__}) : vérifiez "
            "ASSISTANT_CHAT_MODEL (« fournisseur:modèle »), ASSISTANT_CHAT_API_KEY, et que le paquet du "
            "fournisseur est installé ; sans modèle, retirez ASSISTANT_CHAT_MODEL."
        ) from None
    return model


def stream(model: BaseChatModel, prompt: PromptValue, timeout: float, pause: float = _PAUSE) -> Iterator[str]:
    """
    The model's words as they come, all within `timeout` seconds, and none more than `pause` seconds after the one
    before. Raises ModelUnavailable; no key and no question is in its message.
    """
    came: SimpleQueue[str | Exception | None] = SimpleQueue()
    left = threading.Event()
    # A server that sends a word now and then keeps its own timeouts from ever passing: the whole is waited for here.
    threading.Thread(target=_listen, args=(model, prompt, came, left), daemon=True).start()
    deadline = time.monotonic() + timeout
    wait = timeout
    try:
        while (words := _next(came, deadline, wait)) is not None:
            wait = pause
            if isinstance(words, Exception):
                raise ModelUnavailable(f"Le modèle de langue n'a pas répondu ({type(words).__name__}).")
            yield words
    except Empty:
        said = f"n'a pas répondu en {timeout:g}" if time.monotonic() >= deadline else f"s'est tu pendant {pause:g}"
        raise SilentModel(f"Le modèle de langue {said} secondes.") from None
    finally:
        left.set()


def _next(came: SimpleQueue[str | Exception | None], deadline: float, wait: float) -> str | Exception | None:
    """Raises Empty after `wait` seconds, and at the deadline, however much has come."""
    if (remaining := deadline - time.monotonic()) <= 0:
        raise Empty
    return came.get(timeout=min(remaining, wait))


def _listen(
    model: BaseChatModel, prompt: PromptValue, came: SimpleQueue[str | Exception | None], left: threading.Event
) -> None:
    try:
        for chunk in model.stream(prompt):
            if left.is_set():
                return
            came.put(str(chunk.text))
        came.put(None)
    except Exception as error:
        came.put(error)
