"""What an operator may change of where documents are read from and of what may be published."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class IngestSettings(BaseSettings):
    """Read from the environment (INGEST_ALLOW_PRIVATE, INGEST_CHECK_MARGIN)."""

    model_config = SettingsConfigDict(env_prefix="INGEST_", frozen=True)

    # Whether pages may be read from this machine and its network.
    allow_private: bool = False
    # Answers out of a hundred that a change may lose, where it is checked against questions.
    check_margin: Annotated[float, Field(ge=0, le=100)] = 2.0
