"""What an operator may change about the assistant."""

import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from .errors import BadSetting
from .web.origins import origin_of


def _origin(text: str) -> str:
    """
    As a browser writes it.
    Example: "https://www.RTES.fr:443/" -> "https://www.rtes.fr"
    """
    origin = origin_of(text)
    if not origin or not re.fullmatch(r"https?://[^/?#]+/?", text, re.IGNORECASE):
        raise ValueError("an origin is http(s)://host[:port]")
    return origin


def _prefix(text: object) -> object:
    """The path without the slash at its end; None for the root."""
    if not isinstance(text, str):
        return text
    if not re.fullmatch(r"(?:/[\w.~-]+)*/?", text) or "/.." in text:
        raise ValueError("a path is /one or /one/two")
    return text.rstrip("/") or None


def _words(text: object) -> object:
    """What commas or blanks part; None when there is nothing."""
    if not isinstance(text, str):
        return text
    return tuple(re.findall(r"[^,\s]+", text)) or None


def _given(text: object) -> object:
    """None when there is nothing."""
    return text or None


Origin = Annotated[str, BeforeValidator(_origin)]
# Long enough not to be guessed at the rate that is let through.
Key = Annotated[SecretStr, Field(min_length=16)]
# Those by which no key that is published could pass for a secret.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
Network = Annotated[str, BeforeValidator(lambda text: str(ip_network(text, strict=False)))]


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
    # The sites that may show the widget and the page, besides ourselves.
    allowed_origins: Annotated[tuple[Origin, ...] | None, NoDecode, BeforeValidator(_words)] = None
    # The proxies (addresses or networks) that are believed about who asks, for which host and by which scheme.
    trusted_proxies: Annotated[tuple[Network, ...] | None, NoDecode, BeforeValidator(_words)] = None
    # Where a proxy puts us: "/assistant".
    root_path: Annotated[str | None, BeforeValidator(_prefix)] = None
    # What the interface of the widget takes: from one address, and from one site.
    questions_per_minute: Annotated[int, Field(ge=1)] = 30
    site_questions_per_minute: Annotated[int, Field(ge=1)] = 600
    # Signs the sessions of the widget; the same on each machine, where there are several. None: one of this start, or
    # the one that is kept where machines share conversations.
    session_key: Annotated[Annotated[SecretStr, Field(min_length=32)] | None, BeforeValidator(_given)] = None
    # Days that answers and opinions are kept; 0: nothing is written down.
    retention_days: Annotated[int, Field(ge=0, le=3650)] = 365
    # Who answers for what is kept, and how to reach them, for the page that tells of it.
    operator: str | None = None
    privacy_contact: str | None = None
    # Who may read /metrics, besides this machine and the proxies.
    metrics_from: Annotated[tuple[Network, ...] | None, NoDecode, BeforeValidator(_words)] = None
    log: Literal["texte", "json"] = "texte"
    # An answer that takes as long as this is named in the log, without its question.
    slow_seconds: Annotated[float, Field(gt=0)] = 5.0
    # What other software shows to be answered under /v1; without any, that is closed.
    api_keys: Annotated[tuple[Key, ...] | None, NoDecode, BeforeValidator(_words)] = None

    # Editors sign in under /redaction with the password of this argon2 hash, or of the one in this file.
    editors_password_hash: SecretStr | None = None
    editors_password_file: Path | None = None
    # Or as a provider of OpenID Connect says who they are: this client of it, and the addresses and domains let in.
    editors_oidc_issuer: str | None = None
    editors_oidc_client_id: str | None = None
    editors_oidc_client_secret: SecretStr | None = None
    editors_oidc_client_secret_file: Path | None = None
    editors_oidc_allowed: Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(_words)] = None
    editors_oidc_scopes: str = "openid email profile"
    # The levels that are asked for, and of which the answer has to be.
    editors_oidc_acr: Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(_words)] = None
    editors_oidc_algorithm: Algorithm = "RS256"
    # Whether addresses of which it does not say that they are verified are taken to be.
    editors_oidc_trust_email: bool = False
    editors_oidc_label: Annotated[str, Field(min_length=1)] = "Se connecter avec mon compte professionnel"
    # The module that gives their room.
    editors_room: str = "ingest.room"

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
