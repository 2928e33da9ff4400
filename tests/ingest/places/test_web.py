from collections.abc import Mapping
from pathlib import Path

import pytest

from ingest import UnreadableFile
from ingest.errors import Gone, IngestError, Unchanged
from ingest.places.finding import NOTHING, About, Found, Place, Seen
from ingest.places.web import Links, Website

from .serving import Answer, Site, client


def website(site: Site, path: str, **more: int) -> Website:
    return Website("lieu", site.at(path), client(), About(publisher="RTES", trust="haute"), **more)


def collected(place: Place, known: Mapping[str, str] = NOTHING) -> dict[str, Found]:
    found = list(place.collect(known))
    assert len({one.id for one in found}) == len(found)
    return {one.id: one for one in found}


def sitemap(site: Site, path: str, *links: str) -> None:
    locations = "".join(f"<url><loc>{link}</loc></url>" for link in links)
    site.answers[path] = Answer(f"<urlset>{locations}</urlset>".encode(), headers={"Content-Type": "text/xml"})


def index(site: Site, path: str, *links: str) -> None:
    locations = "".join(f"<sitemap><loc>{link}</loc></sitemap>" for link in links)
    site.answers[path] = Answer(f"<sitemapindex>{locations}</sitemapindex>".encode())


def feed(site: Site, path: str, *links: str) -> None:
    items = "".join(f"<item><title>Titre {link}</title><link>{link}</link></item>" for link in links)
    site.answers[path] = Answer(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())


def id(site: Site, path: str) -> str:
    return f"lieu/{site.at(path).id}"


def reason(found: Found) -> str:
    with pytest.raises(IngestError) as error:
        found.read()
    return str(error.value)


# --- A page


def test_a_page_is_one_source(site: Site) -> None:
    site.page("/a/", "bien")
    (found,) = website(site, "/a/").collect()
    assert found.id == f"lieu/site.test:{site.port}/a"
    assert found.about == About(publisher="RTES", trust="haute", url=site.at("/a/").url)
    assert found.read().as_bytes() == b"bien"
    assert site.paths == ["/a/"]


def test_a_page_that_did_not_change_says_so(site: Site) -> None:
    site.page("/a", ETag='"1"')
    (found,) = website(site, "/a").collect()
    with pytest.raises(Unchanged):
        found.read(Seen("digest", "reader", etag='"1"'))
    assert found.read(Seen("digest", "reader", etag='"0"'))
    assert found.read(Seen("digest", "reader"))


def test_a_page_that_is_gone_says_so_each_time(site: Site) -> None:
    for _ in range(2):
        (found,) = website(site, "/a").collect()
        assert found.id == id(site, "/a")
        with pytest.raises(Gone):
            found.read()


def test_a_page_that_is_down_is_not_gone(site: Site) -> None:
    site.answers["/a"] = Answer(status=500)
    (found,) = website(site, "/a").collect()
    with pytest.raises(UnreadableFile):
        found.read()


def test_pages_of_one_site_are_of_one_place(site: Site) -> None:
    assert website(site, "/a").address == website(site, "/b").address == f"http://site.test:{site.port}"


# --- A sitemap


def test_the_pages_of_a_sitemap_are_asked_when_they_are_read(site: Site) -> None:
    sitemap(site, "/plan.xml", "/a", site.at("/b").url, "/a/#c", f"https://SITE.test:{site.port}/a?utm_source=x")
    site.page("/a", "bien")
    found = collected(website(site, "/plan.xml"))
    assert list(found) == [id(site, "/a"), id(site, "/b")]
    assert site.paths == ["/plan.xml"]
    assert found[id(site, "/a")].read().as_bytes() == b"bien"
    assert found[id(site, "/a")].about == About(publisher="RTES", trust="haute", url=site.at("/a").url)


def test_a_listed_page_that_did_not_change_is_not_sent_again(site: Site) -> None:
    sitemap(site, "/plan.xml", "/a")
    site.answers["/a"] = lambda headers: Answer(b"x", 304 if "if-none-match" in headers else 200)
    (found,) = website(site, "/plan.xml").collect()
    with pytest.raises(Unchanged):
        found.read(Seen("digest", "reader", etag='"1"'))


def test_an_index_leads_to_the_pages_of_all_its_sitemaps_once(site: Site) -> None:
    index(site, "/index.xml", "/1.xml", "/2.xml", "/1.xml", "/index.xml")
    sitemap(site, "/1.xml", "/a", "/b")
    sitemap(site, "/2.xml", "/b", "/c")
    assert list(collected(website(site, "/index.xml"))) == [id(site, path) for path in ("/a", "/b", "/c")]
    assert site.paths == ["/index.xml", "/1.xml", "/2.xml"]


def test_a_sitemap_of_an_index_that_is_missing_is_named_and_the_others_are_read(site: Site) -> None:
    index(site, "/index.xml", "/1.xml", "/2.xml", "/3.html")
    sitemap(site, "/2.xml", "/c")
    site.page("/3.html", "<html>Une page")
    found = collected(website(site, "/index.xml"))
    assert list(found) == [id(site, path) for path in ("/1.xml", "/c", "/3.html")]
    assert "n'existe plus" in reason(found[id(site, "/1.xml")])
    assert "au lieu d'un plan" in reason(found[id(site, "/3.html")])


def test_a_list_of_more_pages_than_is_reasonable_is_cut_and_says_so(site: Site) -> None:
    sitemap(site, "/plan.xml", *(f"/{number}" for number in range(10)))
    found = collected(website(site, "/plan.xml", pages=3))
    assert list(found)[:3] == [id(site, f"/{number}") for number in range(3)]
    assert len(found) == 4
    assert "plus de 3 pages" in reason(list(found.values())[-1])


def test_a_list_of_as_many_pages_as_is_reasonable_is_read(site: Site) -> None:
    sitemap(site, "/plan.xml", "/a", "/b")
    assert len(collected(website(site, "/plan.xml", pages=2))) == 2


def test_an_index_of_more_sitemaps_than_is_reasonable_is_cut_and_says_so(site: Site) -> None:
    index(site, "/index.xml", *(f"/{number}.xml" for number in range(5)))
    for number in range(5):
        sitemap(site, f"/{number}.xml", f"/{number}")
    found = collected(website(site, "/index.xml", lists=2))
    assert "plus de 2 plans" in reason(found[f"{id(site, '/index.xml')}#liste"])
    assert {id(site, "/0"), id(site, "/1")} < found.keys()
    assert len(found) == 3


def test_what_a_list_should_not_lead_to_is_named(site: Site) -> None:
    sitemap(site, "/plan.xml", "file:///etc/passwd", "/a", "http://10.0.0.7/")
    index(site, "/index.xml", "/plan.xml", "ftp://site.test/plan.xml")
    found = collected(website(site, "/index.xml"))
    assert "seules http:// et https://" in reason(found["lieu/file:///etc/passwd"])
    assert "réseau privé" in reason(found["lieu/10.0.0.7"])
    assert "seules http:// et https://" in reason(found[f"{id(site, '/index.xml')}#liste"])


# --- A feed


def test_the_articles_of_a_feed_have_the_titles_that_it_gives(site: Site) -> None:
    feed(site, "/feed", "/a", "/b")
    found = collected(website(site, "/feed"))
    assert list(found) == [id(site, "/a"), id(site, "/b")]
    assert found[id(site, "/a")].about.title == "Titre /a"
    assert not website(site, "/feed").is_mirrored


def test_a_damaged_feed_is_named_with_what_could_be_read(site: Site) -> None:
    site.answers["/feed"] = Answer(b"<rss version='2.0'><channel><item><link>/a</link></item><item><title>& coup")
    found = collected(website(site, "/feed"))
    assert id(site, "/a") in found
    assert "abîmé" in reason(found[f"{id(site, '/feed')}#liste"])


def test_a_feed_that_is_down_asks_nothing_more(site: Site) -> None:
    site.answers["/feed"] = Answer(status=502)
    found = collected(website(site, "/feed"), {id(site, "/a"): site.at("/a").url})
    assert list(found) == [id(site, "/feed")]
    assert "en panne (502)" in reason(found[id(site, "/feed")])


# --- What is no longer listed


def test_a_page_no_longer_listed_is_asked_for_again_at_its_own_address(site: Site) -> None:
    feed(site, "/feed", "/b")
    site.page("/a/?b=1&a=2", "bien")
    known = {id(site, "/a/?b=1&a=2"): site.at("/a/?b=1&a=2").url, id(site, "/b"): site.at("/b").url}
    found = collected(website(site, "/feed"), known)
    assert list(found) == [id(site, "/b"), id(site, "/a?a=2&b=1")]
    again = found[id(site, "/a?a=2&b=1")]
    assert again.read().as_bytes() == b"bien"
    assert again.about == About(publisher="RTES", trust="haute", url=site.at("/a/?b=1&a=2").url)


def test_a_page_no_longer_listed_may_be_gone(site: Site) -> None:
    sitemap(site, "/plan.xml", "/b")
    with pytest.raises(Gone):
        collected(website(site, "/plan.xml"), {id(site, "/a"): site.at("/a").url})[id(site, "/a")].read()


def test_those_read_longest_ago_are_asked_for_first_and_not_all_at_once(site: Site) -> None:
    feed(site, "/feed", "/0")
    known = {id(site, f"/{number}"): site.at(f"/{number}").url for number in range(10)}
    assert list(collected(website(site, "/feed", again=3), known)) == [id(site, f"/{number}") for number in range(4)]


@pytest.mark.parametrize("url", ["", "https://example.org/autre", "file:///etc/passwd"])
def test_a_source_that_came_from_elsewhere_is_left_alone(site: Site, url: str) -> None:
    feed(site, "/feed")
    assert collected(website(site, "/feed"), {"lieu/notes.md": url}) == {}


# --- A table of links


def test_a_table_of_links_is_what_it_lists(site: Site, tmp_path: Path) -> None:
    table = tmp_path / "liens.csv"
    table.write_text(f"titre;adresse;editeur\nUn;{site.at('/a').url};AMF\nDeux;{site.at('/a/').url};\nTrois;rien;\n")
    site.page("/a", "bien")
    place = Links("lieu", table, client(), About(publisher="RTES", part="Freins"))
    found = collected(place)
    assert list(found) == [id(site, "/a"), "lieu/rien"]
    assert found[id(site, "/a")].about == About("Un", "AMF", "Freins", url=site.at("/a").url)
    assert found[id(site, "/a")].read().as_bytes() == b"bien"
    assert "n'est pas une adresse" in reason(found["lieu/rien"])
    assert place.is_mirrored
    assert place.address == str(table)


@pytest.mark.parametrize("text", [None, "titre\nUn", "url;date\nhttps://example.org/a;hier"])
def test_a_table_that_cannot_be_read_stands_above_all_that_it_listed(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "liens.csv").write_text(text)
    (found,) = Links("lieu", tmp_path / "liens.csv", client()).collect()
    assert found.id == "lieu"
    assert "liens.csv" in reason(found)
