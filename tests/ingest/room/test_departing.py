import pytest

from ingest.room.departing import AWAY, Departures

from .conftest import Clock

KEY = b"k" * 32


@pytest.fixture
def departures(clock: Clock) -> Departures:
    return Departures(KEY, clock)


def test_who_comes_back_with_their_state_is_known_once(departures: Departures) -> None:
    cookie, departure = departures.begin()
    assert departures.end(cookie, "0" * 64) is None
    assert departures.end(cookie, departure.state) == departure
    assert departures.end(cookie, departure.state) is None


def test_no_two_departures_and_no_two_secrets_of_one_are_alike(departures: Departures) -> None:
    made = [departures.begin()[1] for _ in range(3)]
    told = [word for one in made for word in (one.state, one.nonce, one.verifier)]
    assert len(set(told)) == len(told)
    # PKCE asks for 43 to 128 characters, ProConnect for 32 at least.
    assert all(43 <= len(word) <= 128 for word in told)


def test_nothing_that_is_told_can_be_read_from_the_cookie(departures: Departures) -> None:
    cookie, departure = departures.begin()
    assert not any(word in cookie for word in (departure.state, departure.nonce, departure.verifier))


def test_a_departure_has_an_end(departures: Departures, clock: Clock) -> None:
    cookie, departure = departures.begin()
    clock.now += AWAY
    assert departures.end(cookie, departure.state) is None


def test_the_state_of_one_departure_is_not_that_of_another(departures: Departures) -> None:
    (cookie, _), (_, other) = departures.begin(), departures.begin()
    assert departures.end(cookie, other.state) is None


@pytest.mark.parametrize("cookie", ["", "x", "e30.x", "eyJpZCI6IjEifQ.AAAA"])
def test_a_cookie_that_was_not_signed_here_is_none(departures: Departures, cookie: str) -> None:
    assert departures.end(cookie, "") is None


def test_a_restart_does_not_lose_who_is_away_and_another_key_does(departures: Departures, clock: Clock) -> None:
    cookie, departure = departures.begin()
    assert Departures(b"x" * 32, clock).end(cookie, departure.state) is None
    assert Departures(KEY, clock).end(cookie, departure.state) == departure
