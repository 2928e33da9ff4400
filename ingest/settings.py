"""What an operator may change of where documents are read from."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """Read from the environment (INGEST_ALLOW_PRIVATE)."""

    model_config = SettingsConfigDict(env_prefix="INGEST_", frozen=True)

    # Whether pages may be read from this machine and its network.
    allow_private: bool = False
