import pytest

from assistant.web.limiting import Limits, household

SITE, OTHER = "https://www.rtes.example", "https://autre.example"


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def test_an_address_may_ask_as_often_as_was_set_and_no_more() -> None:
    limits = Limits(3, 100, Clock(1000))
    assert [limits.wait("ask", "192.0.2.1", SITE) for _ in range(5)] == [0, 0, 0, 20, 20]
    assert limits.wait("ask", "192.0.2.2", SITE) == 0


def test_it_may_ask_again_in_the_next_minute() -> None:
    clock = Clock(1000)
    limits = Limits(1, 100, clock)
    assert limits.wait("ask", "192.0.2.1", SITE) == 0
    seconds = limits.wait("ask", "192.0.2.1", SITE)
    clock.now += seconds
    assert limits.wait("ask", "192.0.2.1", SITE) == 0


def test_a_site_has_a_share_of_its_own() -> None:
    limits = Limits(10, 2, Clock(1000))
    asked = [limits.wait("ask", f"192.0.2.{at}", SITE) for at in range(3)]
    assert [bool(seconds) for seconds in asked] == [False, False, True]
    assert limits.wait("ask", "192.0.2.9", OTHER) == 0


def test_one_person_cannot_use_up_the_share_of_a_site() -> None:
    limits = Limits(2, 5, Clock(1000))
    for _ in range(50):
        limits.wait("ask", "192.0.2.1", SITE)
    assert [limits.wait("ask", f"192.0.2.{at}", SITE) for at in (2, 3, 4)] == [0, 0, 0]


def test_opening_sessions_does_not_use_up_questions() -> None:
    limits = Limits(1, 100, Clock(1000))
    assert limits.wait("session", "192.0.2.1", SITE) == 0
    assert limits.wait("ask", "192.0.2.1", SITE) == 0


def test_the_addresses_of_one_ipv6_network_are_one_client() -> None:
    limits = Limits(1, 100, Clock(1000))
    assert limits.wait("ask", "2001:db8:1:2::1", SITE) == 0
    assert limits.wait("ask", "2001:db8:1:2:ffff::7", SITE) > 0
    assert limits.wait("ask", "2001:db8:1:3::1", SITE) == 0


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "?"),
        ("testclient", "?"),
        ("192.0.2.1, 10.0.0.1", "?"),
    ],
)
def test_what_is_no_address_is_one_client_for_all(address: str, expected: str) -> None:
    assert household(address) == expected
