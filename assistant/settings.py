"""What an operator may change about the assistant."""

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class AssistantSettings(BaseSettings):
    """Read from the environment (ASSISTANT_CHAT_MODEL, ASSISTANT_PORT…); the base has its own settings."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", frozen=True)

    # "provider:model" as `init_chat_model` takes it; None: answers are made of verbatim sentences.
    chat_model: str | None = None
    # For an OpenAI-compatible server (Mistral, OVHcloud, Scaleway, vLLM, Ollama, llama.cpp).
    chat_base_url: str | None = None
    chat_api_key: SecretStr | None = None
    chat_timeout: float = 30.0
    passages: int = 8
    host: str = "127.0.0.1"
    port: int = 7860
