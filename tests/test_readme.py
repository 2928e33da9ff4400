"""What the README names exists, and what an operator may set is in the README."""

import contextlib
import importlib
import io
import re
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from assistant.settings import AssistantSettings
from ingest.settings import IngestSettings
from knowledge import KnowledgeSettings
from knowledge.settings import BUNDLED_MODEL, REFERENTIEL

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
PACKAGES = ("ingest", "knowledge", "assistant")
SETTINGS: tuple[type[BaseSettings], ...] = (KnowledgeSettings, IngestSettings, AssistantSettings)

if not README.exists():
    pytest.skip("README.md n'est pas écrit", allow_module_level=True)
TEXT = README.read_text(encoding="utf-8")


def _commands() -> list[tuple[str, tuple[str, ...]]]:
    """(module, what follows it) of every `python -m …`, up to a run of blanks or the end of the code."""
    found = re.findall(r"python -m ([\w.]+)((?: (?! )[^\n`]*?)?)(?=  |\n|`|\))", TEXT)
    return sorted({(module, tuple(_words(rest))) for module, rest in found})


def _words(rest: str) -> list[str]:
    return shlex.split(rest.replace("…", " "))


def _variables() -> dict[str, str]:
    """Every setting's variable and default."""
    return {
        f"{settings.model_config['env_prefix']}{name}".upper(): str(field.default)
        for settings in SETTINGS
        for name, field in settings.model_fields.items()
    }


def _rows() -> dict[str, str]:
    """The variables and defaults of the README's table."""
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", TEXT, re.MULTILINE))


def _help(module: str, argv: Sequence[str] = ()) -> str:
    main: Callable[[Sequence[str]], int] = importlib.import_module(f"{module}.__main__").main
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), pytest.raises(SystemExit) as left:
        main([*argv, "--help"])
    assert left.value.code == 0
    return shown.getvalue()


def _subcommands(module: str) -> list[str]:
    """What `--help` lists under COMMANDE, and what stands before the other arguments."""
    listed = re.findall(r"^    (\w+) ", _help(module).partition("COMMANDE")[2], re.MULTILINE)
    return [*listed, *(["evaluate", "export", "forget", "gaps"] if module == "assistant" else [])]


# --- Commands


def test_there_are_commands_to_check() -> None:
    assert {module for module, _ in _commands()} >= set(PACKAGES)


@pytest.mark.parametrize(("module", "rest"), _commands())
def test_a_command_of_the_readme_can_be_run(module: str, rest: tuple[str, ...]) -> None:
    if module not in PACKAGES:
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()
        return
    command = [word for word in rest[:1] if word in _subcommands(module)]
    # A lower-case word that is no command is a misspelt one.
    assert command or not rest or not re.fullmatch(r"[a-z]+", rest[0])
    shown = _help(module, command)
    assert all(option in shown for option in rest if option.startswith("--"))


@pytest.mark.parametrize("module", PACKAGES)
def test_a_command_that_can_be_run_is_in_the_readme(module: str) -> None:
    named = {rest[0] for other, rest in _commands() if other == module and rest}
    assert set(_subcommands(module)) <= named


@pytest.mark.parametrize("option", sorted(set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)) - {"--help"}))
def test_an_option_of_the_readme_is_one_of_some_command(option: str) -> None:
    commands = [(module, ()) for module in PACKAGES]
    shown = [_help(module, argv) for module, argv in commands]
    shown += [_help(module, [name]) for module in PACKAGES for name in _subcommands(module)]
    measures = "".join(path.read_text() for path in (ROOT / "benchmarks").glob("*.py"))
    is_a_measure_s = f'add_argument("{option}"' in measures
    assert is_a_measure_s or any(re.search(rf"{option}\b(?!-)", text) for text in shown)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", TEXT, re.MULTILINE))))
def test_a_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_two_make_targets_are_in_the_readme() -> None:
    assert {"run", "test"} <= set(re.findall(r"make ([a-z-]+)", TEXT))


# --- Settings


@pytest.mark.parametrize("variable", sorted(set(re.findall(r"\b(?:KNOWLEDGE|INGEST|ASSISTANT)_[A-Z_]+\b", TEXT))))
def test_a_variable_of_the_readme_is_a_setting(variable: str) -> None:
    assert variable in _variables()


@pytest.mark.parametrize("variable", sorted(_variables()))
def test_a_setting_is_in_the_table_of_the_readme_with_its_default(variable: str) -> None:
    said = _rows()[variable].strip("`")
    default = _variables()[variable]
    if variable == "KNOWLEDGE_EMBEDDING_MODEL":
        default = BUNDLED_MODEL
    french = {"None": ("aucun", "aucune"), "False": ("non",), "True": ("oui",)}
    assert said in french.get(default, (default.removesuffix(".0"),))


def test_the_table_holds_nothing_but_settings() -> None:
    assert _rows().keys() == _variables().keys()


# --- The rest


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", TEXT))))
def test_a_file_that_the_readme_links_to_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:[\w-]+/)+[\w-]+\.\w+)`", TEXT))))
def test_a_file_that_the_readme_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("said", re.findall(r"\b(\d+) fiches\b", TEXT))
def test_the_number_of_fiches_is_true(said: str) -> None:
    assert int(said) == len(list(REFERENTIEL.rglob("*.md")))
