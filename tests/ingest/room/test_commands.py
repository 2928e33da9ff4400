"""python -m ingest.room, through main(argv)."""

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from ingest.room.__main__ import main

PASSWORD = "quatre mots au hasard"


def says(*answers: str) -> Callable[[str], str]:
    given = iter(answers)
    return lambda _: next(given)


def test_a_password_is_turned_into_what_is_kept_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["password"], says(PASSWORD, PASSWORD)) == 0
    assert PasswordHasher().verify(capsys.readouterr().out.strip(), PASSWORD)


@pytest.mark.parametrize("answers", [("court",), (PASSWORD, "autre chose encore")])
def test_a_password_that_is_short_or_mistyped_is_refused(
    answers: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["password"], says(*answers)) == 1
    assert capsys.readouterr().out == ""
