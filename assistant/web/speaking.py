"""Values: what the interface of the widget takes and gives, as its description tells."""

from typing import Any

from pydantic import BaseModel, Field

_LONGEST_COMMENT = 1000


class Asked(BaseModel):
    question: str = Field(description="2 000 caractères au plus")
    page: str = Field(
        "", max_length=2000, description="l'adresse de la page lue : « cet article » y renvoie, si elle est connue"
    )
    again: bool = Field(False, description="reprend la dernière question : sa réponse remplace la précédente")


class Verdict(BaseModel):
    id: str = Field(max_length=40, description="celui de l'événement `done`")
    useful: bool
    comment: str = Field("", max_length=_LONGEST_COMMENT)


class Opened(BaseModel):
    token: str
    expires_in: int = Field(description="secondes")
    suggestions: list[str]
    takes_feedback: bool


class Said(BaseModel):
    id: str
    question: str
    answer: dict[str, Any] | None
    problem: str


class Conversation(BaseModel):
    exchanges: list[Said]
    code: str = Field(description="celui de ce qui en est gardé, vide si rien ne l'est")


class Coded(BaseModel):
    code: str = Field(max_length=40, description="celui d'une conversation : XXXX-XXXX-XXXX")


class Erased(BaseModel):
    erased: int = Field(description="réponses et avis effacés")
