import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.codes import code_of, read_code


@given(st.text())
def test_a_code_is_short_and_is_read_however_it_is_typed(secret: str) -> None:
    code = code_of(secret)
    assert re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", code)
    assert read_code(code) == code
    assert read_code(f" {code.lower().replace('-', ' ')} ") == code
    assert read_code(code.replace("-", "").replace("0", "o").replace("1", "l")) == code


def test_other_secrets_have_other_codes() -> None:
    assert len({code_of(str(number)) for number in range(1000)}) == 1000


@pytest.mark.parametrize(
    "typed", ["", "7Q2M-K9XD", "7Q2M-K9XD-4PFA-1", "7Q2M-K9XD-4PF!", "../../etc", "é" * 12, "U" * 12]
)
def test_what_is_no_code_is_read_as_none(typed: str) -> None:
    assert read_code(typed) == ""


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_as_a_code_or_as_none(typed: str) -> None:
    read = read_code(typed)
    assert read == "" or read_code(read) == read
