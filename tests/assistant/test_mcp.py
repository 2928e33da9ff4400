"""The official client of MCP, against the server as an agent starts it."""

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.asking import LONGEST_QUESTION
from assistant.mcp import build_server, main
from ingest import ingest
from knowledge import KnowledgeBase
from knowledge.retrieving import HybridRetriever

from .test_commands import QUESTION, filled

mcp: Any = pytest.importorskip("mcp", reason="mcp n'est pas installé : requirements-mcp.txt")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("mcp"))


@asynccontextmanager
async def connected(server: Any) -> AsyncIterator[Any]:
    async with mcp.Client(server) as client:
        yield client


async def call(client: Any, tool: str, **arguments: Any) -> Any:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


async def refusal(client: Any, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return str(result.content[0].text)


async def test_an_agent_searches_asks_and_reads_over_stdio(folder: Path) -> None:
    environment = {**os.environ, "KNOWLEDGE_BASE": str(folder)}
    started = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "assistant.mcp"], env=environment, cwd=str(ROOT)
    )
    async with connected(started) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == ["search", "answer", "read_source"]
        assert all(tool.annotations.read_only_hint for tool in tools)

        found = await call(client, "search", question=QUESTION)
        first = found["passages"][0]
        assert first["source"] == "jardins/freins.md"

        said = await call(client, "answer", question=QUESTION)
        assert "Le manque d'eau en été. [1]" in said["text"]
        assert said["citations"][0]["quote"] in first["text"]

        read = await call(client, "read_source", id=first["source"])
        assert read["text"][first["offset"] :].startswith(first["text"])
        assert read["next_offset"] is None


async def test_a_long_source_is_read_in_pieces(base: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "longs").mkdir()
    (tmp_path / "longs" / "long.txt").write_text("Un long texte\n\n" + "La charte se signe pour trois ans. " * 1500)
    assert not ingest(base, [tmp_path / "longs"]).failed
    retriever = base.retriever()
    async with connected(build_server(Assistant(retriever), retriever)) as client:
        text, at = "", 0
        while at is not None:
            piece = await call(client, "read_source", id="longs/long.txt", offset=at)
            text, at = text + piece["text"], piece["next_offset"]
    assert len(text) > 40_000
    assert text == retriever.source("longs/long.txt").text  # type: ignore[union-attr]


async def test_what_cannot_be_done_is_told_in_french(searcher: HybridRetriever) -> None:
    async with connected(build_server(Assistant(searcher), searcher)) as client:
        assert "Aucune source « rien »" in await refusal(client, "read_source", id="rien")
        assert "vide" in await refusal(client, "answer", question=" ")
        assert "réduisez-la" in await refusal(client, "search", question="x" * (LONGEST_QUESTION + 1))


async def test_the_earlier_questions_count(searcher: HybridRetriever) -> None:
    assistant = Assistant(searcher)
    history = ["Quel est le premier frein d'un jardin partagé ?"]
    async with connected(build_server(assistant, searcher)) as client:
        said = await call(client, "answer", question="Et le second ?", history=history)
    expected = assistant.answer("Et le second ?", history)
    assert [one["quote"] for one in said["citations"]] == [one.quote for one in expected.citations]
    assert expected.text != assistant.answer("Et le second ?").text


def test_without_a_base_it_says_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", str(tmp_path / "rien")]) == 1
    assert "lancez `python -m ingest`" in capsys.readouterr().err


def test_without_the_package_it_says_what_to_install(folder: Path, tmp_path: Path) -> None:
    base = shutil.copytree(folder, tmp_path / "base")
    program = "import sys; sys.modules['mcp'] = None; from assistant.mcp import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "--base", str(base)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert run.returncode == 1
    assert "pip install -r requirements-mcp.txt" in run.stderr
    assert "Traceback" not in run.stderr
