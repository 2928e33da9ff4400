import stat
from pathlib import Path

import pytest

from ingest.room.signing import LASTS, TRIES, TRIES_IN_ALL, WITHIN, Door, hash_of

from .conftest import Clock

PASSWORD = "quatre mots au hasard"
HASH = hash_of(PASSWORD)


@pytest.fixture
def door(tmp_path: Path, clock: Clock) -> Door:
    return Door(HASH, tmp_path, clock)


def test_the_password_is_not_in_its_hash() -> None:
    assert HASH.startswith("$argon2id$")
    assert PASSWORD not in HASH
    assert hash_of(PASSWORD) != HASH


def test_only_the_password_opens(door: Door) -> None:
    assert door.admits(PASSWORD, "192.0.2.1")
    assert not door.admits(PASSWORD + " ", "192.0.2.1")


def test_a_damaged_hash_opens_to_nobody(tmp_path: Path, clock: Clock) -> None:
    assert not Door("$argon2id$abîmé", tmp_path, clock).admits("", "192.0.2.1")


def test_wrong_passwords_shut_the_door_to_who_gives_them_for_a_while(door: Door, clock: Clock) -> None:
    for _ in range(TRIES):
        assert not door.is_shut("2001:db8::1")
        door.admits("faux", "2001:db8::1")
    assert door.is_shut("2001:db8::ffff")
    assert not door.is_shut("2001:db8:1::1")
    clock.now += WITHIN + 1
    assert not door.is_shut("2001:db8::1")


def test_wrong_passwords_from_everywhere_shut_the_door_to_all(tmp_path: Path, clock: Clock) -> None:
    door = Door("$argon2id$abîmé", tmp_path, clock)  # a hash that is checked at once
    for number in range(TRIES_IN_ALL):
        door.admits("faux", f"198.51.100.{number}")
    assert door.is_shut("203.0.113.1")


def test_a_session_lasts_a_day_of_work(door: Door, clock: Clock) -> None:
    cookie = door.open_session()
    assert door.session(cookie)
    clock.now += LASTS + 1
    assert door.session(cookie) is None


@pytest.mark.parametrize("cookie", ["", "x", "e30.x", "eyJpZCI6IjEifQ.AAAA"])
def test_a_cookie_that_was_not_signed_here_is_none(door: Door, cookie: str) -> None:
    assert door.session(cookie) is None


def test_a_session_outlives_a_restart_and_not_a_new_password(tmp_path: Path, clock: Clock) -> None:
    cookie = Door(HASH, tmp_path, clock).open_session()
    assert Door(HASH, tmp_path, clock).session(cookie)
    assert Door(hash_of("un autre mot de passe"), tmp_path, clock).session(cookie) is None


def test_the_token_of_one_session_is_not_that_of_another(door: Door) -> None:
    assert door.is_token("a", door.token("a"))
    assert not door.is_token("b", door.token("a"))
    assert not door.is_token("a", "é")


def test_nobody_else_may_read_what_sessions_are_signed_with(door: Door, tmp_path: Path) -> None:  # noqa: ARG001
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
