"""What an operator may change about the assistant."""

from typing import Annotated, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import BadSetting


class AssistantSettings(BaseSettings):
    """Read from the environment (ASSISTANT_CHAT_MODEL, ASSISTANT_PORT…); the base has its own settings."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", frozen=True)

    # "provider:model" as `init_chat_model` takes it; None: answers are made of verbatim sentences.
    chat_model: str | None = None
    # For an OpenAI-compatible server (Mistral, OVHcloud, Scaleway, vLLM, Ollama, llama.cpp).
    chat_base_url: str | None = None
    chat_api_key: SecretStr | None = None
    # Seconds for a whole answer; the verbatim sentences stand in for what takes longer.
    chat_timeout: Annotated[float, Field(gt=0)] = 30.0
    passages: Annotated[int, Field(ge=1, le=100)] = 8
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 7860

    @classmethod
    def read(cls) -> Self:
        """The settings of the environment. Raises BadSetting, without any value: one of them is a key."""
        try:
            return cls()
        except ValidationError as error:
            names = sorted(f"ASSISTANT_{problem['loc'][0]}".upper() for problem in error.errors())
            raise BadSetting(
                f"Réglage illisible ou hors de portée : {', '.join(names)}. Corrigez cette variable "
                "d'environnement ou retirez-la ; le README donne les valeurs par défaut."
            ) from None
