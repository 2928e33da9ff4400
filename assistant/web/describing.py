"""Values: what the interfaces read, give and refuse, as openapi.json tells it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ..asking import LONGEST_QUESTION

_LONGEST_COMMENT = 1000
# What each refusal means, wherever it comes from.
_REFUSALS = {
    400: "La demande ne peut pas être satisfaite telle qu'elle est écrite.",
    401: "La session a expiré, ou la clé n'est pas connue.",
    403: "Ce site, ou cette adresse, n'est pas permis.",
    404: "Ce qui est nommé n'est pas là.",
    413: "La requête est trop longue, ou ne dit pas sa longueur.",
    422: "La requête est illisible.",
    429: "Trop de demandes à la suite.",
    503: "Trop de questions à la fois, ou un serveur ne répond pas.",
}
_WAIT = {"retry-after": {"description": "secondes", "required": True, "schema": {"type": "integer", "minimum": 1}}}
_WAITED_FOR = (429,)


class Refusal(BaseModel):
    detail: str = Field(min_length=1, description="une phrase")


class _Problem(BaseModel):
    message: str = Field(min_length=1, description="une phrase")
    type: Literal["invalid_request_error", "authentication_error", "rate_limit_error", "server_error"]
    param: None
    code: None


class Problem(BaseModel):
    """As OpenAI's interface refuses."""

    error: _Problem


def refusals(*statuses: int, said: type[BaseModel] = Refusal, streams: bool = False) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses` for these statuses; what `streams` its answers does not stream what it refuses."""
    named = {"schema": {"$ref": f"#/components/schemas/{said.__name__}"}}
    body: dict[str, Any] = {"content": {"application/json": named}} if streams else {"model": said}
    return {
        status: body | {"description": _REFUSALS[status]} | ({"headers": _WAIT} if status in _WAITED_FOR else {})
        for status in statuses
    }


class Read(BaseModel):
    """Nothing is taken for what it is not: "yes" is no boolean."""

    model_config = ConfigDict(strict=True)


class Asked(Read):
    question: str = Field(
        description="2 000 caractères au plus",
        json_schema_extra={"maxLength": LONGEST_QUESTION, "pattern": r"\S"},
    )
    page: str = Field(
        "", max_length=2000, description="l'adresse de la page lue : « cet article » y renvoie, si elle est connue"
    )
    again: bool = Field(False, description="reprend la dernière question : sa réponse remplace la précédente")


class Verdict(Read):
    id: str = Field(max_length=40, description="celui de l'événement `done`")
    useful: bool
    comment: str = Field("", max_length=_LONGEST_COMMENT)


class _Exact(BaseModel):
    """Nothing that is not said."""

    model_config = ConfigDict(extra="forbid")


class ShownReference(_Exact):
    code: str
    publisher: str
    title: str
    date: str = Field(description="2016, 2016-11 ou 2016-11-29, ou rien")
    url: str
    dated: str = Field(description="la date en toutes lettres")
    is_old: bool = Field(description="de plus de cinq ans")


class ShownClaim(_Exact):
    text: str
    numbers: list[int] = Field(description="ceux des citations qui la prouvent")
    layout: Literal["sentence", "paragraph", "item"]


class ShownCitation(_Exact):
    number: int
    quote: str = Field(description="les mots de la source, tels quels")
    before: str
    after: str
    source: str
    start: int
    end: int
    place: str = Field(description="partie › fiche › section")
    title: str
    publisher: str
    date: str
    page: int | None
    link: str
    references: list[ShownReference]
    dated: str
    is_old: bool


class ShownLead(_Exact):
    source: str
    title: str
    text: str
    part: str
    publisher: str
    date: str
    url: str
    references: list[ShownReference]
    place: str
    link: str
    dated: str
    is_old: bool


class ShownAnswer(_Exact):
    question: str
    text: str = Field(description="la réponse et ses marques [1]")
    is_abstention: bool
    mode: Literal["extractif", "rédigé"]
    claims: list[ShownClaim]
    citations: list[ShownCitation]
    notes: list[str]
    leads: list[ShownLead]
    suggestions: list[str]


class Opened(BaseModel):
    token: str
    expires_in: int = Field(description="secondes")
    suggestions: list[str]
    takes_feedback: bool


class Said(BaseModel):
    id: str
    question: str
    answer: ShownAnswer | None
    problem: str


class Conversation(BaseModel):
    exchanges: list[Said]
    code: str = Field(description="celui de ce qui en est gardé, vide si rien ne l'est")
    takes_feedback: bool


class Coded(Read):
    code: str = Field(max_length=40, description="celui d'une conversation : XXXX-XXXX-XXXX")


class Erased(BaseModel):
    erased: int = Field(description="réponses et avis effacés")


class Health(_Exact):
    status: Literal["ok"]
    revision: int
    sources: int = Field(ge=1)
    model: str = Field(description="« aucun » sans modèle de langue")


class Sickness(_Exact):
    status: Literal["error"]
    detail: str = Field(min_length=1, description="ce qu'il faut faire")


class _UrlCitation(_Exact):
    start_index: int
    end_index: int
    title: str
    url: str


class _Annotation(_Exact):
    type: Literal["url_citation"]
    url_citation: _UrlCitation


class _Reference(_Exact):
    code: str
    publisher: str
    title: str
    date: str
    url: str


class _Citation(_Exact):
    number: int
    quote: str = Field(description="les mots de la source, tels quels")
    source: str
    place: str
    publisher: str
    date: str
    url: str
    references: list[_Reference]


class _Message(_Exact):
    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[_Annotation]
    citations: list[_Citation]


class _Choice(_Exact):
    index: Literal[0]
    message: _Message
    logprobs: None
    finish_reason: Literal["stop"]


class Completed(_Exact):
    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[_Choice] = Field(min_length=1, max_length=1)


class Model(_Exact):
    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(_Exact):
    object: Literal["list"]
    data: list[Model]
