from collections.abc import Iterator

import pytest

from ingest import UnreadableFile
from ingest.errors import Gone, Unchanged
from ingest.places.fetching import AGENT, Client
from ingest.places.finding import Seen
from ingest.places.requesting import Limits, Unanswered

from .serving import Answer, Site, Time, client

ROBOTS = "/robots.txt"
SEEN = Seen("digest", "reader", etag='"1"', last_modified="Mon, 23 Nov 2026 10:00:00 GMT")


def test_a_page_is_read_with_its_kind_and_validators(site: Site) -> None:
    site.answers["/a"] = Answer(
        "été".encode("cp1252"),
        headers={"Content-Type": "text/html; charset=windows-1252", "ETag": '"1"', "Last-Modified": SEEN.last_modified},
    )
    blob = client().fetch(site.at("/a"))
    assert blob.as_bytes() == "été".encode("cp1252")
    assert blob.mimetype == "text/html"
    assert blob.metadata == {
        "url": site.at("/a").url,
        "charset": "windows-1252",
        "etag": '"1"',
        "last_modified": SEEN.last_modified,
    }


def test_the_visitor_gives_its_name(site: Site) -> None:
    site.page("/a")
    client().fetch(site.at("/a"))
    assert {asked.headers["user-agent"] for asked in site.asked} == {AGENT}


def test_a_page_that_did_not_change_is_not_sent_again(site: Site) -> None:
    site.answers["/a"] = lambda headers: Answer(status=304) if headers.get("if-none-match") == '"1"' else Answer(b"x")
    with pytest.raises(Unchanged):
        client().fetch(site.at("/a"), SEEN)
    assert site.asked[-1].headers["if-modified-since"] == SEEN.last_modified
    assert client().fetch(site.at("/a")).as_bytes() == b"x"
    assert "if-none-match" not in site.asked[-1].headers


def test_a_validator_that_could_not_be_sent_back_is_not_kept(site: Site) -> None:
    site.page("/a", ETag='"é"', Last_Modified="x" * 501)
    blob = client().fetch(site.at("/a"))
    assert blob.metadata["etag"] == blob.metadata["last_modified"] == ""


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_may_say_that_its_page_is_gone(site: Site, status: int) -> None:
    site.answers["/a"] = Answer(status=status)
    with pytest.raises(Gone, match=f"n'existe plus \\({status}\\)"):
        client().fetch(site.at("/a"))


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "mot de passe"),
        (403, "refuse la lecture"),
        (429, "ralentir"),
        (451, "raison légale"),
        (418, r"Réponse inattendue du site \(418\)"),
        (300, r"Réponse inattendue du site \(300\)"),
        (500, r"en panne \(500\)"),
        (503, r"en panne \(503\)"),
        (200, "rien à lire"),
    ],
)
def test_what_a_site_refuses_or_breaks_is_said_and_is_never_gone(site: Site, status: int, sentence: str) -> None:
    site.answers["/a"] = Answer(status=status)
    with pytest.raises(UnreadableFile, match=sentence):
        client().fetch(site.at("/a"))


# --- Redirections


def test_a_redirection_is_followed(site: Site) -> None:
    site.redirect("/a", f"http://autre.test:{site.port}/b")
    site.page("/b", "bien")
    blob = client().fetch(site.at("/a"))
    assert blob.as_bytes() == b"bien"
    assert blob.metadata["url"] == site.at("/b", "autre.test").url


@pytest.mark.parametrize("target", ["http://interne.test/", "http://10.0.0.7/", "http://[::1]/", "http://0xa9fea9fe/"])
def test_a_redirection_inside_is_refused(site: Site, target: str) -> None:
    site.redirect("/a", target)
    with pytest.raises(UnreadableFile, match="réseau privé"):
        client().fetch(site.at("/a"))


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://site.test/a", "gopher://site.test/", "http://a:b@site.test/"]
)
def test_a_redirection_out_of_the_web_is_refused(site: Site, target: str) -> None:
    site.redirect("/a", target)
    with pytest.raises(UnreadableFile, match="Adresse refusée"):
        client().fetch(site.at("/a"))


def test_a_redirection_of_robots_inside_is_refused(site: Site) -> None:
    site.redirect(ROBOTS, "http://interne.test/")
    with pytest.raises(UnreadableFile, match="réseau privé"):
        client().fetch(site.at("/a"))
    assert site.paths == []


def test_a_loop_ends(site: Site) -> None:
    site.redirect("/a", "/b")
    site.redirect("/b", "/a")
    with pytest.raises(UnreadableFile, match="sans fin"):
        client(limits=Limits(redirects=3)).fetch(site.at("/a"))
    assert site.paths == ["/a", "/b", "/a", "/b"]


def test_robots_are_heard_where_a_redirection_leads(site: Site) -> None:
    site.answers[ROBOTS] = Answer(b"User-agent: *\nDisallow: /prive/")
    site.redirect("/a", "/prive/b")
    with pytest.raises(UnreadableFile, match=r"robots.txt"):
        client().fetch(site.at("/a"))
    assert site.paths == ["/a"]


def test_a_page_replaced_by_the_front_page_is_not_read(site: Site) -> None:
    site.redirect("/article", "/")
    site.page("/", "Accueil")
    with pytest.raises(UnreadableFile, match="renvoie à l'accueil"):
        client().fetch(site.at("/article"))
    assert client().fetch(site.at("/")).as_bytes() == b"Accueil"


# --- Robots


@pytest.mark.parametrize("who", ["*", AGENT])
def test_what_robots_forbids_is_not_asked(site: Site, who: str) -> None:
    site.answers[ROBOTS] = Answer(f"User-agent: {who}\nDisallow: /prive\nAllow: /prive/ouvert".encode())
    site.page("/prive/a")
    site.page("/prive/ouvert")
    with pytest.raises(UnreadableFile, match=r"robots.txt.*demandez-lui son accord"):
        client().fetch(site.at("/prive/a"))
    assert client().fetch(site.at("/prive/ouvert"))
    assert site.paths == ["/prive/ouvert"]


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_site_without_robots_forbids_nothing(site: Site, status: int) -> None:
    site.answers[ROBOTS] = Answer(status=status)
    site.page("/a")
    assert client().fetch(site.at("/a"))


@pytest.mark.parametrize("status", [500, 503, 429])
def test_robots_that_cannot_be_read_today_forbid_everything_today(site: Site, status: int) -> None:
    site.answers[ROBOTS] = Answer(status=status)
    site.page("/a")
    with pytest.raises(UnreadableFile, match=r"robots.txt .* illisible"):
        client().fetch(site.at("/a"))
    assert site.paths == []


def test_robots_are_asked_once_in_a_while(site: Site) -> None:
    time = Time()
    site.page("/a")
    visitor = client(time)
    for _ in range(3):
        visitor.fetch(site.at("/a"))
    assert [asked.path for asked in site.asked].count(ROBOTS) == 1
    time.now += 13 * 3600
    visitor.fetch(site.at("/a"))
    assert [asked.path for asked in site.asked].count(ROBOTS) == 2


def test_robots_that_are_no_text_forbid_nothing(site: Site) -> None:
    site.answers[ROBOTS] = Answer(bytes(range(256)) * 5000)
    site.page("/a")
    assert client().fetch(site.at("/a"))


# --- Politeness


def test_a_host_is_left_a_second_between_two_requests(site: Site) -> None:
    time = Time()
    site.page("/a")
    visitor = client(time)
    for _ in range(3):
        visitor.fetch(site.at("/a"))
    assert time.waits == [1, 1, 1]


def test_time_that_has_gone_by_is_not_waited_for_again(site: Site) -> None:
    time = Time()
    site.page("/a")
    visitor = client(time)
    visitor.fetch(site.at("/a"))
    time.now += 5
    visitor.fetch(site.at("/a"))
    assert time.waits == [1]


def test_another_host_does_not_wait(site: Site) -> None:
    time = Time()
    for path in ("/a", ROBOTS):
        site.page(path, "x")
    visitor = client(time)
    visitor.fetch(site.at("/a"))
    visitor.fetch(site.at("/a", "autre.test"))
    assert time.waits == [1, 1]


@pytest.mark.parametrize(("asked", "waited"), [("7", 7), ("0.1", 1), ("86400", 30)])
def test_a_site_may_ask_for_more_time_within_reason(site: Site, asked: str, waited: float) -> None:
    time = Time()
    site.answers[ROBOTS] = Answer(f"User-agent: *\nCrawl-delay: {asked}".encode())
    site.page("/a")
    visitor = client(time)
    visitor.fetch(site.at("/a"))
    visitor.fetch(site.at("/a"))
    assert time.waits == [1, waited]


@pytest.mark.parametrize("status", [429, 503])
def test_a_site_that_asks_to_be_left_alone_is(site: Site, status: int) -> None:
    time = Time()
    site.answers["/a"] = Answer(status=status, headers={"Retry-After": "600"})
    site.page("/b")
    visitor = client(time)
    with pytest.raises(UnreadableFile, match=f"{status}"):
        visitor.fetch(site.at("/a"))
    with pytest.raises(UnreadableFile, match="relancez dans 10 minutes"):
        visitor.fetch(site.at("/b"))
    assert site.paths == ["/a"]
    time.now += 600
    assert visitor.fetch(site.at("/b"))


def test_a_page_that_is_down_does_not_stop_the_others(site: Site) -> None:
    site.answers["/a"] = Answer(status=503)
    site.page("/b")
    visitor = client()
    with pytest.raises(UnreadableFile):
        visitor.fetch(site.at("/a"))
    assert visitor.fetch(site.at("/b"))


def test_a_host_that_never_answers_is_left_alone_after_three_times(site: Site) -> None:
    time = Time()
    visitor = client(time)
    for _ in range(3):
        with pytest.raises(UnreadableFile, match="introuvable"):
            visitor.fetch(site.at("/a", "inconnu.test"))
    with pytest.raises(UnreadableFile, match="relancez dans"):
        visitor.fetch(site.at("/a", "inconnu.test"))
    time.now += 600
    with pytest.raises(UnreadableFile, match="introuvable"):
        visitor.fetch(site.at("/a", "inconnu.test"))


# --- As it is made for a run


def test_this_machine_may_be_read_where_that_is_allowed(site: Site) -> None:
    site.page("/a", "bien")
    with pytest.raises(UnreadableFile, match="INGEST_ALLOW_PRIVATE"):
        Client.create().fetch(site.at("/a", "127.0.0.1"))
    visitor = Client.create(allow_private=True)
    visitor.delay = 0
    assert visitor.fetch(site.at("/a", "127.0.0.1")).as_bytes() == b"bien"


# --- Looking at what is not read


def test_what_stands_at_an_address_is_seen_without_being_read(site: Site) -> None:
    site.page("/a")
    assert client().probe(site.at("/a")).moved == ""
    assert [asked.method for asked in site.asked if asked.path == "/a"] == ["HEAD"]


def test_a_site_that_does_not_know_head_is_asked_for_the_page_and_not_listened_to(site: Site) -> None:
    site.knows_head = False
    sent = []

    def endless() -> Iterator[bytes]:
        while not site.over.is_set():
            sent.append(1)
            yield b"x" * 1_000_000

    site.answers["/a"] = Answer(endless())
    client().probe(site.at("/a"))
    assert [asked.path for asked in site.asked] == [ROBOTS, "/a"]


@pytest.mark.parametrize(("status", "moved"), [(301, True), (308, True), (302, False), (307, False)])
def test_a_page_has_moved_where_its_site_says_for_good(site: Site, status: int, moved: bool) -> None:
    site.redirect("/a", "/b", status)
    site.page("/b")
    assert client().probe(site.at("/a")).moved == (site.at("/b").url if moved else "")


def test_a_page_that_leads_home_or_nowhere_is_gone(site: Site) -> None:
    site.redirect("/a", "/")
    site.page("/")
    for path in ("/a", "/rien"):
        with pytest.raises(Gone):
            client().probe(site.at(path))


def test_what_may_not_be_read_is_not_looked_at(site: Site) -> None:
    site.page(ROBOTS, "User-agent: *\nDisallow: /secret", Content_Type="text/plain")
    site.redirect("/a", f"http://interne.test:{site.port}/x")
    for address in (site.at("/secret"), site.at("/a"), site.at("/b", "interne.test")):
        with pytest.raises(UnreadableFile) as raised:
            client().probe(address)
        assert not isinstance(raised.value, Unanswered)
    assert site.paths == ["/a"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_site_that_is_down_today_is_not_gone(site: Site, status: int) -> None:
    site.answers["/a"] = Answer(status=status)
    with pytest.raises(Unanswered):
        client().probe(site.at("/a"))
