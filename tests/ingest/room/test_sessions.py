import stat
from pathlib import Path

import pytest

from ingest.room.sessions import LASTS, Person, Sessions

from .conftest import Clock

JEANNE = Person("jeanne@ville.fr", "Jeanne Dupont", "la.preuve.signée")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.sqlite"


@pytest.fixture
def sessions(path: Path, clock: Clock) -> Sessions:
    return Sessions(path, clock)


def test_a_session_says_how_and_who_it_is(sessions: Sessions) -> None:
    found = sessions.find(sessions.open("oidc", JEANNE))
    assert found
    assert (found.way, found.person, found.by) == ("oidc", JEANNE, "Jeanne Dupont (jeanne@ville.fr)")
    nobody = sessions.find(sessions.open("password"))
    assert nobody
    assert (nobody.person, nobody.by) == (None, "")


def test_who_has_no_name_is_told_by_their_address() -> None:
    assert Person("jeanne@ville.fr").text == "jeanne@ville.fr"


def test_a_session_lasts_a_day_of_work_and_leaves_nothing(sessions: Sessions, path: Path, clock: Clock) -> None:
    cookie = sessions.open("oidc", JEANNE)
    clock.now += LASTS
    assert sessions.find(cookie) is None
    sessions.open("password")
    assert b"jeanne" not in path.read_bytes()


def test_a_session_that_is_closed_opens_nothing_and_leaves_nothing(sessions: Sessions, path: Path) -> None:
    cookie, other = sessions.open("oidc", JEANNE), sessions.open("password")
    sessions.close(cookie)
    assert sessions.find(cookie) is None
    assert sessions.find(other)
    assert b"jeanne" not in path.read_bytes()


def test_a_session_outlives_a_restart_closed_or_not(sessions: Sessions, path: Path, clock: Clock) -> None:
    kept, closed = sessions.open("password"), sessions.open("password")
    sessions.close(closed)
    again = Sessions(path, clock)
    assert again.find(kept)
    assert again.find(closed) is None


@pytest.mark.parametrize("cookie", ["", "x", "é", "' OR 1=1 --"])
def test_a_cookie_that_was_not_made_here_is_none(sessions: Sessions, cookie: str) -> None:
    sessions.open("password")
    assert sessions.find(cookie) is None


def test_the_file_opens_nothing_to_who_reads_it(sessions: Sessions, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sessions.open("password").encode() not in path.read_bytes()


def test_the_token_of_one_session_is_not_that_of_another(sessions: Sessions) -> None:
    one, other = sessions.find(sessions.open("password")), sessions.find(sessions.open("password"))
    assert one
    assert other
    assert one.is_token(one.token)
    assert not one.is_token(other.token)
    assert not one.is_token("é")


def test_a_damaged_file_shuts_every_session_and_no_more(sessions: Sessions, path: Path, clock: Clock) -> None:
    cookie = sessions.open("password")
    path.write_bytes(b"abime" * 1000)
    again = Sessions(path, clock)
    assert again.find(cookie) is None
    assert again.find(again.open("password"))
