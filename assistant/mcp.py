"""Adapter: python -m assistant.mcp: search, answers and sources as the tools of an agent, over MCP's stdio."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from knowledge import KnowledgeBase, KnowledgeError, KnowledgeSettings, Passage, home_of
from knowledge.reranking import open_reranker

from .answering import Assistant
from .asking import checked
from .chat_model import open_chat_model
from .errors import AssistantError, MissingPackage
from .rendering import plain_text
from .searcher import Searcher
from .settings import AssistantSettings

# An optional package.
if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

# Characters of a source that are read at a time.
_PIECE = 20_000
_INSTRUCTIONS = """Des sources en français sur la co-construction des politiques publiques avec l'ESS.
`answer` répond mot à mot et cite ; `search` donne les passages ; `read_source` lit une source.
Reprenez les marques [1] et les adresses dans ce que vous écrivez.
Une abstention veut dire que les sources ne répondent pas."""

Question = Annotated[str, Field(description="Une question en français, 2 000 caractères au plus.")]


class Found(BaseModel):
    """A passage of a source."""

    source: str = Field(description="l'identifiant que prend read_source")
    offset: int = Field(description="où il commence dans la source")
    title: str
    section: str
    text: str
    publisher: str
    date: str
    url: str
    score: float


class SearchResult(BaseModel):
    coverage: str = Field(description="si la base couvre la question")
    passages: list[Found]


class Quoted(BaseModel):
    number: int
    quote: str
    source: str
    place: str
    url: str
    references: list[str]


class AnswerResult(BaseModel):
    text: str = Field(description="avec ses marques [1], puis ses sources")
    is_abstention: bool
    citations: list[Quoted]


class SourceResult(BaseModel):
    id: str
    title: str
    part: str
    publisher: str
    date: str
    url: str
    text: str
    next_offset: int | None = Field(description="où lire la suite ; rien à la fin")


def main(argv: Sequence[str] | None = None) -> int:
    """0 once the agent has hung up, 1 when it could not be served."""
    try:
        settings, knowledge = AssistantSettings.read(), KnowledgeSettings()
        arguments = _parser(knowledge).parse_args(argv)
        home = home_of(knowledge, arguments.base)
        rerank = open_reranker(knowledge.reranker)
        retriever = KnowledgeBase.open(home, knowledge.embedding_model).retriever(settings.passages, rerank=rerank)
        assistant = Assistant(retriever, open_chat_model(settings), settings.chat_timeout)
        server = build_server(assistant, retriever)
        retriever.watch()
        server.run("stdio")
    except (AssistantError, KnowledgeError) as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    return 0


def build_server(assistant: Assistant, searcher: Searcher) -> "MCPServer[Any]":
    """Raises MissingPackage."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise MissingPackage(
            f"Il manque un paquet au serveur MCP ({error.name}) : lancez `pip install -r requirements-mcp.txt`."
        ) from error

    def search(
        question: Question, count: Annotated[int, Field(ge=1, le=50, description="passages voulus")] = 8
    ) -> SearchResult:
        """Les passages des sources les plus proches d'une question."""
        try:
            edition = searcher.edition()
            findings = edition.search(checked(question), count)
        except (AssistantError, KnowledgeError) as error:
            raise ToolError(str(error)) from error
        passages = [_found(hit.passage, hit.score) for hit in findings.hits]
        return SearchResult(coverage=edition.zone(findings).value, passages=passages)

    def answer(
        question: Question,
        history: Annotated[
            list[str] | None, Field(description="les questions précédentes, la plus ancienne d'abord")
        ] = None,
    ) -> AnswerResult:
        """Une réponse faite de phrases des sources, citées mot à mot, ou une abstention."""
        try:
            made = assistant.answer(question, history or ())
        except (AssistantError, KnowledgeError) as error:
            raise ToolError(str(error)) from error
        citations = [
            Quoted(
                number=one.number,
                quote=one.quote,
                source=one.passage.source,
                place=one.place,
                url=one.link,
                references=[f"{r.publisher}, « {r.title} », {r.date}, {r.url}" for r in one.references],
            )
            for one in made.citations
        ]
        return AnswerResult(text=plain_text(made), is_abstention=made.is_abstention, citations=citations)

    def read_source(
        id: Annotated[str, Field(description="l'identifiant que donnent search et answer")],
        offset: Annotated[int, Field(ge=0, description="le caractère où commencer")] = 0,
    ) -> SourceResult:
        """Le texte d'une source, par morceaux de 20 000 caractères."""
        try:
            source = searcher.edition().source(id)
        except KnowledgeError as error:
            raise ToolError(str(error)) from error
        if source is None:
            raise ToolError(f"Aucune source « {id} » : prenez un identifiant donné par search.")
        end = offset + _PIECE
        known = {name: getattr(source, name) for name in ("id", "title", "part", "publisher", "date", "url")}
        return SourceResult(**known, text=source.text[offset:end], next_offset=end if end < len(source.text) else None)

    server: MCPServer[Any] = MCPServer("co-construction", instructions=_INSTRUCTIONS, log_level="WARNING")
    for tool, title in ((search, "Chercher"), (answer, "Répondre"), (read_source, "Lire une source")):
        hints = ToolAnnotations(title=title, read_only_hint=True, open_world_hint=False)
        server.add_tool(tool, title=title, annotations=hints)
    return server


def _found(passage: Passage, score: float) -> Found:
    return Found(
        source=passage.source,
        offset=passage.start,
        title=passage.title,
        section=passage.section,
        text=passage.text,
        publisher=passage.publisher,
        date=passage.date,
        url=passage.url,
        score=round(score, 3),
    )


def _parser(knowledge: KnowledgeSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assistant.mcp", description="Sert un agent par MCP, sur l'entrée et la sortie standard."
    )
    parser.add_argument("--base", type=Path, default=knowledge.base, help="dossier de la base (défaut : %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
