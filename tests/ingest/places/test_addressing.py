import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest import UnreadableFile
from ingest.places.addressing import Address, address_of

WORDS = st.text(
    alphabet=string.ascii_letters + string.digits + "éèçœ -._~%/?&=+#:@!$'()*,;[]{}|\\^\"<>日本語\u202e\u0301"
)
HOSTS = st.sampled_from(
    ["example.org", "Éxemple.FR", "xn--caf-dma.fr", "faß.de", "a.b.c:8080", "93.184.216.34", "[2001:db8::1]"]
)


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    text = f"{draw(st.sampled_from(['http', 'HTTPS']))}://{draw(HOSTS)}/{draw(WORDS)}?{draw(WORDS)}#{draw(WORDS)}"
    try:
        return address_of(text)
    except UnreadableFile:
        assume(False)
        raise


def read(text: str) -> str:
    """As an address, or why not."""
    try:
        return address_of(text).url
    except UnreadableFile as error:
        return str(error)


@given(addresses())
def test_an_id_read_as_an_address_has_the_same_id(address: Address) -> None:
    for scheme in ("http", "https"):
        assert address_of(f"{scheme}://{address.id}").id == address.id


@given(addresses())
def test_an_address_read_again_is_the_same(address: Address) -> None:
    assert address_of(address.url) == address


@given(addresses(), WORDS)
def test_a_fragment_or_a_trace_of_where_a_reader_came_from_changes_nothing(address: Address, word: str) -> None:
    joint = "&" if "?" in address.url else "?"
    assert address_of(f"{address.url}#{word}").id == address.id
    assert address_of(f"{address.url}{joint}utm_source=lettre&fbclid=x&xtor=RSS-1").url == address.url


@given(addresses())
def test_an_id_is_one_line_that_can_be_shown(address: Address) -> None:
    assert address.id.isprintable()
    assert " " not in address.id


@given(st.text())
def test_whatever_is_given_is_an_address_or_is_refused_with_a_sentence(text: str) -> None:
    assert read(text).startswith(("http://", "https://", "«", "Adresse refusée"))


@pytest.mark.parametrize(
    "same",
    [
        "http://example.org/a/b",
        "https://example.org/a/b/",
        "HTTPS://EXAMPLE.org:443/a/./c/../b#titre",
        "https://example.org/a/%62?utm_medium=email&gclid=1",
        " https://example.org/a/b ",
    ],
)
def test_addresses_of_one_page_have_one_id(same: str) -> None:
    assert address_of(same).id == "example.org/a/b"


@pytest.mark.parametrize(
    "other",
    [
        "https://example.org/a/B",
        "https://example.org/a/b?page=2",
        "https://example.org/a%2Fb",
        "https://www.example.org/a/b",
        "https://example.org:8080/a/b",
        "https://example.org/a/b?source=guide",
        "https://example.org/a/b?ref=12",
    ],
)
def test_addresses_of_two_pages_have_two_ids(other: str) -> None:
    assert address_of(other).id != "example.org/a/b"


def test_the_order_of_parameters_does_not_count_and_is_kept_when_asking() -> None:
    address = address_of("https://example.org/spip.php?page=article&id=3")
    assert address.id == "example.org/spip.php?id=3&page=article"
    assert address.url == "https://example.org/spip.php?page=article&id=3"


def test_an_international_name_is_read_in_its_letters_and_asked_in_ascii() -> None:
    address = address_of("https://économie-sociale.fr/dossier/été à venir")
    assert address.id == "économie-sociale.fr/dossier/été%20à%20venir"
    assert address.host == "xn--conomie-sociale-9mb.fr"
    assert address.url.isascii()
    assert address_of(address.url).id == address.id


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("http://2130706433/", "127.0.0.1"),
        ("http://0177.0.0.1/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://[::ffff:127.0.0.1]/", "::ffff:7f00:1"),
        ("http://１２７.0.0.1/", "127.0.0.1"),
    ],
)
def test_a_number_however_written_is_a_number(written: str, host: str) -> None:
    assert address_of(written).host == host


@pytest.mark.parametrize(
    "refused",
    [
        "file:///etc/passwd",
        "ftp://example.org/a.pdf",
        "javascript:alert(1)",
        "data:text/html,a",
        "mailto:a@example.org",
    ],
)
def test_only_the_web_is_asked(refused: str) -> None:
    with pytest.raises(UnreadableFile, match="seules http:// et https://"):
        address_of(refused)


@pytest.mark.parametrize("refused", ["", "rien", "/a/b", "http://", "http://a b/", "http://[::1/", "http://1.2.3.256/"])
def test_what_is_no_address_is_refused(refused: str) -> None:
    with pytest.raises(UnreadableFile, match="n'est pas une adresse"):
        address_of(refused)


def test_a_password_is_refused_and_not_repeated() -> None:
    with pytest.raises(UnreadableFile, match="identifiant") as refused:
        address_of("https://camille:secret@example.org/")
    assert "secret" not in str(refused.value)


def test_an_address_without_end_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="dépasse 2000"):
        address_of("https://example.org/" + "a" * 2000)


def test_a_link_leads_from_its_page() -> None:
    assert address_of("https://example.org/a/b").to("../c?d#e").url == "https://example.org/c?d"
    assert address_of("https://example.org/a/b").to("//autre.org").url == "https://autre.org/"


def test_the_parts_that_a_request_needs() -> None:
    address = address_of("http://[2001:db8::1]:8080/")
    assert (address.host, address.authority, address.origin) == (
        "2001:db8::1",
        "[2001:db8::1]:8080",
        "http://[2001:db8::1]:8080",
    )
    assert address.is_home
    assert not address_of("http://example.org/?a").is_home
