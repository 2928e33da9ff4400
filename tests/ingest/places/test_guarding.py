import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.places.guarding import is_public

PRIVATE = """\
127.0.0.1 127.8.9.1 0.0.0.0 0.1.2.3 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1
100.100.100.200 192.0.0.192 192.0.2.1 198.18.0.1 203.0.113.9 224.0.0.1 239.255.255.250 240.0.0.1
255.255.255.255 168.63.129.16 192.88.99.1 :: ::1 fe80::1 fc00::1 fd00:ec2::254 ff02::1 fec0::1 2001:db8::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe
64:ff9b:1::1 2002:7f00:1:: 2002:a00:1:: 2001:0:7f00:1:: fe80::1%eth0""".split()
PUBLIC = "93.184.216.34 8.8.8.8 1.1.1.1 2606:4700::1111 2a00:1450:4007::200e ::ffff:8.8.8.8 64:ff9b::8.8.8.8".split()


@pytest.mark.parametrize("number", PRIVATE)
def test_this_machine_its_network_and_its_cloud_are_not_public(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize("number", PUBLIC)
def test_the_internet_is_public(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize("text", ["", "localhost", "0177.0.0.1", "2130706433", "1.2.3"])
def test_what_is_no_number_is_not_public(text: str) -> None:
    assert not is_public(text)


@given(st.ip_addresses(v=4))
def test_a_number_in_a_longer_one_is_as_public_as_alone(number: ipaddress.IPv4Address) -> None:
    assert is_public(f"::ffff:{number}") == is_public(f"64:ff9b::{number}") == is_public(str(number))
