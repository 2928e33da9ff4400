import stat
from pathlib import Path

import pytest

from ingest.room.signing import TRIES, TRIES_IN_ALL, WITHIN, Door, Tries, hash_of, secret

from .conftest import Clock

PASSWORD = "quatre mots au hasard"
HASH = hash_of(PASSWORD)


@pytest.fixture
def door(clock: Clock) -> Door:
    return Door(HASH, clock)


def test_the_password_is_not_in_its_hash() -> None:
    assert HASH.startswith("$argon2id$")
    assert PASSWORD not in HASH
    assert hash_of(PASSWORD) != HASH


def test_only_the_password_opens(door: Door) -> None:
    assert door.admits(PASSWORD, "192.0.2.1")
    assert not door.admits(PASSWORD + " ", "192.0.2.1")


@pytest.mark.parametrize("damaged", ["$argon2id$abîmé", ""])
def test_a_damaged_hash_opens_to_nobody(damaged: str, clock: Clock) -> None:
    assert not Door(damaged, clock).admits("", "192.0.2.1")


def test_wrong_passwords_shut_the_door_to_who_gives_them_for_a_while(door: Door, clock: Clock) -> None:
    for _ in range(TRIES):
        assert not door.is_shut("2001:db8::1")
        door.admits("faux", "2001:db8::1")
    assert door.is_shut("2001:db8::ffff")
    assert not door.is_shut("2001:db8:1::1")
    clock.now += WITHIN + 1
    assert not door.is_shut("2001:db8::1")


def test_wrong_passwords_from_everywhere_shut_the_door_to_all(clock: Clock) -> None:
    door = Door("$argon2id$abîmé", clock)  # a hash that is checked at once
    for number in range(TRIES_IN_ALL):
        door.admits("faux", f"198.51.100.{number}")
    assert door.is_shut("203.0.113.1")


def test_a_new_password_is_another_way_in(clock: Clock) -> None:
    assert Door(HASH, clock).way == Door(HASH, clock).way
    assert Door(hash_of("un autre mot de passe"), clock).way != Door(HASH, clock).way
    assert not Door("", clock).way


def test_what_is_counted_apart_is_shut_to_one_address_and_not_to_all(clock: Clock) -> None:
    tries = Tries(clock)
    for number in range(TRIES_IN_ALL):
        tries.count(f"198.51.100.{number}")
    assert not tries.are_over("203.0.113.1")
    for _ in range(TRIES):
        tries.count("203.0.113.1")
    assert tries.are_over("203.0.113.1")
    tries.forget("203.0.113.1")
    assert not tries.are_over("203.0.113.1")


def test_nobody_else_may_read_what_departures_are_made_of(tmp_path: Path) -> None:
    made = secret(tmp_path / "secret")
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert secret(tmp_path / "secret") == made
