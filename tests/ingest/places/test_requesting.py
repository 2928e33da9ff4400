import gzip
import itertools
import ssl
import time

import pytest
import trustme

from ingest import UnreadableFile
from ingest.places.addressing import address_of
from ingest.places.requesting import Limits, Requester, Unanswered

from .serving import Answer, Site, Time, requester, resolve, serve

MEGABYTE = 1_000_000


def get(site: Site, path: str = "/a", host: str = "site.test", limits: Limits | None = None) -> bytes:
    return requester(Time(), limits).get(site.at(path, host), {}).body


def test_a_page_comes_back_with_what_its_server_says_of_it(site: Site) -> None:
    site.page("/a", "été", ETag='"1"')
    reply = requester(Time()).get(site.at("/a"), {"User-Agent": "test"})
    assert (reply.status, reply.body.decode(), reply.headers["etag"]) == (200, "été", '"1"')
    assert site.asked[0].headers["user-agent"] == "test"


def test_the_name_is_said_though_its_number_is_asked(site: Site) -> None:
    site.page("/a")
    get(site, host="café.test")
    assert site.asked[0].headers["host"] == f"xn--caf-dma.test:{site.port}"


def test_a_name_is_resolved_once_and_the_number_that_was_checked_is_the_one_asked(site: Site) -> None:
    # Another number each time: asked twice, the name would lead inside.
    answers = itertools.chain([["127.0.0.1"]], itertools.repeat(["10.0.0.7"]))
    asked = []

    def rebind(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return next(answers)

    site.page("/a", "bien")
    visitor = Requester(Limits(), lambda number: number == "127.0.0.1", rebind, Time())
    assert visitor.get(site.at("/a", "change.test"), {}).body == b"bien"
    assert asked == [("change.test", site.port)]
    with pytest.raises(UnreadableFile, match="réseau privé"):
        visitor.get(site.at("/a", "change.test"), {})
    assert site.paths == ["/a"]


@pytest.mark.parametrize(
    "host", ["interne.test", "double.test", "10.0.0.7", "[::1]", "[::ffff:7f00:1]", "169.254.169.254"]
)
def test_a_private_machine_is_not_asked(site: Site, host: str) -> None:
    with pytest.raises(UnreadableFile, match="INGEST_ALLOW_PRIVATE"):
        get(site, host=host)
    assert site.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0177.0.0.1", "0x7f000001", "localhost"])
def test_this_machine_is_not_asked_unless_it_may_be(site: Site, host: str) -> None:
    site.page("/a", "bien")
    loopback = {"localhost": ["127.0.0.1"]}
    with pytest.raises(UnreadableFile, match="sur cette machine"):
        Requester(resolve=lambda host, _: loopback.get(host, [host])).get(site.at("/a", host), {})
    assert site.asked == []


def test_the_next_number_of_a_host_is_tried_when_one_is_closed(site: Site) -> None:
    site.page("/a", "bien")
    visitor = Requester(Limits(), lambda _: True, lambda *_: ["127.0.0.99", "127.0.0.1"], Time())
    assert visitor.get(site.at("/a"), {}).body == b"bien"


@pytest.mark.parametrize("host", ["inconnu.test", "vide.test"])
def test_a_name_that_nobody_has_is_reported(site: Site, host: str) -> None:
    with pytest.raises(Unanswered, match=f"{host} est introuvable"):
        get(site, host=host)


def test_a_closed_door_is_reported(site: Site) -> None:
    # A number of this machine at which nobody listens.
    visitor = Requester(Limits(), lambda _: True, lambda *_: ["127.0.0.99"], Time())
    with pytest.raises(Unanswered, match="injoignable"):
        visitor.get(site.at("/a"), {})


def test_a_packed_page_is_unpacked(site: Site) -> None:
    site.answers["/a"] = Answer(gzip.compress("été".encode()), headers={"Content-Encoding": "gzip"})
    assert get(site).decode() == "été"
    assert site.asked[0].headers["accept-encoding"] == "gzip"


def test_a_packing_that_was_not_asked_for_is_refused(site: Site) -> None:
    site.answers["/a"] = Answer(b"x", headers={"Content-Encoding": "br"})
    with pytest.raises(UnreadableFile, match=r"Compression inconnue \(br\)"):
        get(site)


def test_a_bomb_goes_off_within_bounds(site: Site) -> None:
    bomb = gzip.compress(bytes(40 * MEGABYTE))
    assert len(bomb) < MEGABYTE
    site.answers["/a"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(UnreadableFile, match="dépasse 3 Mo"):
        get(site, limits=Limits(unpacked=3 * MEGABYTE))


def test_a_page_without_end_is_left(site: Site) -> None:
    site.answers["/a"] = Answer(itertools.repeat(bytes(100_000)))
    with pytest.raises(UnreadableFile, match="dépasse 2 Mo"):
        get(site, limits=Limits(received=2 * MEGABYTE))


def test_a_page_that_comes_word_by_word_is_left_when_its_time_is_over(site: Site) -> None:
    site.answers["/a"] = Answer(itertools.repeat(b"x"))
    with pytest.raises(Unanswered, match="pas répondu en 60 secondes"):
        requester(Time(step=1)).get(site.at("/a"), {})


def test_a_server_that_hangs_up_is_reported(site: Site) -> None:
    def hang_up(_: object) -> Answer:
        raise ConnectionError

    site.answers["/a"] = hang_up
    with pytest.raises(Unanswered, match="a coupé sa réponse"):
        get(site)


def test_headers_that_come_without_end_are_left(site: Site) -> None:
    site.answers["/a"] = Answer(headers={f"X-{number}": "a" * 1000 for number in range(500)})
    with pytest.raises(Unanswered, match="a coupé sa réponse"):
        get(site)


def test_a_server_that_says_nothing_is_left(site: Site) -> None:
    def keep_waiting(_: object) -> Answer:
        site.over.wait()
        return Answer()

    site.answers["/a"] = keep_waiting
    with pytest.raises(Unanswered, match=r"pas répondu en 0.2 secondes"):
        requester(time.monotonic, Limits(seconds=0.2)).get(site.at("/a"), {})


def test_a_page_cut_short_is_reported(site: Site) -> None:
    site.answers["/a"] = Answer([b"debut"], headers={"Content-Length": "100"})
    with pytest.raises(Unanswered, match="a coupé sa réponse"):
        get(site)


def test_what_comes_with_a_refusal_is_not_read(site: Site) -> None:
    site.answers["/a"] = Answer(itertools.repeat(bytes(100_000)), status=500)
    assert requester(Time()).get(site.at("/a"), {}).body == b""


def test_no_proxy_or_password_of_this_machine_is_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.page("/a", "bien", Set_Cookie="a=b")
    assert get(site) == b"bien"
    assert get(site) == b"bien"
    assert not {"authorization", "cookie", "proxy-authorization"} & site.asked[1].headers.keys()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def secured(authority: trustme.CA, *names: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    return context


@pytest.mark.parametrize(("name", "is_read"), [("site.test", True), ("autre.test", False)])
def test_a_certificate_is_checked_against_the_name(authority: trustme.CA, name: str, is_read: bool) -> None:
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    asked: list[str] = []
    context = secured(authority, "site.test")
    context.sni_callback = lambda _, said, __: asked.append(said)
    visitor = Requester(Limits(), lambda _: True, resolve, Time(), trusting)
    with serve(context) as site:
        site.page("/a", "bien")
        address = address_of(f"https://{name}:{site.port}/a")
        if is_read:
            assert visitor.get(address, {}).body == b"bien"
        else:
            with pytest.raises(Unanswered, match=r"certificat de autre.test"):
                visitor.get(address, {})
    assert asked == [name]


def test_an_unknown_authority_is_not_trusted(authority: trustme.CA) -> None:
    with serve(secured(authority, "site.test")) as site, pytest.raises(Unanswered, match=r"certificat de site.test"):
        requester(Time()).get(address_of(f"https://site.test:{site.port}/a"), {})
    assert site.asked == []
