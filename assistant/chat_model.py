"""Adapter: "provider:model" into a chat model, and its failures into ModelUnavailable."""

from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.prompt_values import PromptValue

from .errors import ModelUnavailable
from .settings import AssistantSettings


def open_chat_model(settings: AssistantSettings) -> BaseChatModel | None:
    """The model that the settings name, None when they name none. Raises ModelUnavailable."""
    if not settings.chat_model:
        return None
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0, "timeout": settings.chat_timeout, "max_retries": 1}
    if settings.chat_base_url:
        options["base_url"] = settings.chat_base_url
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


def stream(model: BaseChatModel, prompt: PromptValue) -> Iterator[str]:
    """The model's words as they come. Raises ModelUnavailable; no key and no question is in its message."""
    try:
        for chunk in model.stream(prompt):
            yield str(chunk.text)
    except Exception as error:
        raise ModelUnavailable(f"Le modèle de langue n'a pas répondu ({type(error).__name__}).") from None
