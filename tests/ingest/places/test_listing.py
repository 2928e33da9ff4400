import gzip
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import UnreadableFile
from ingest.errors import IngestError, MalformedList
from ingest.places.finding import About
from ingest.places.listing import Entry, Listing, iso_date, links_in, listing_of

URL = "https://example.org/plan.xml"
SITEMAP = """\
<?xml version="1.0" encoding="UTF-8"?>
<!-- fait par un outil -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
  <url><loc> https://example.org/a?x=1&amp;y=2 </loc><image:image><image:loc>https://example.org/i.png</image:loc>
  </image:image></url>
  <url><loc>https://example.org/b</loc><lastmod>2026-01-01</lastmod></url>
  <url><loc></loc></url>
</urlset>"""
INDEX = """\
<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
  <sitemap><loc>https://example.org/1.xml.gz</loc></sitemap><sitemap><loc>https://example.org/2.xml</loc></sitemap>
</sitemapindex>"""
RSS = """\
<rss version="2.0"><channel><title>Actualités</title>
  <item><title>L’été &lt;b&gt;des&lt;/b&gt; communs</title><link>https://example.org/ete</link>
    <pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate></item>
  <item><title>Sans lien</title><guid isPermaLink="true">https://example.org/guide</guid></item>
</channel></rss>"""
ATOM = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Fil</title>
  <entry><title>Un</title><link rel="alternate" href="../un"/><id>urn:1</id></entry>
</feed>"""
BOMB = (
    '<!DOCTYPE {root} [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in itertools.pairwise("abcdefghij"))
    + "]>"
)
STOLEN = '<!DOCTYPE {root} [<!ENTITY j SYSTEM "file:///etc/passwd">]>'


def listed(text: str | bytes, mime_type: str = "text/xml") -> Listing | None:
    return listing_of(text.encode() if isinstance(text, str) else text, URL, mime_type)


def links(text: str | bytes, mime_type: str = "text/xml") -> list[str]:
    listing = listed(text, mime_type)
    assert listing
    return [entry.link for entry in listing.pages]


# --- Sitemaps


def test_a_sitemap_lists_its_pages_and_not_their_pictures() -> None:
    assert listed(SITEMAP) == Listing((Entry("https://example.org/a?x=1&y=2"), Entry("https://example.org/b")))


def test_a_packed_sitemap_is_read() -> None:
    assert listed(gzip.compress(SITEMAP.encode()), "application/gzip") == listed(SITEMAP)


def test_an_index_lists_sitemaps() -> None:
    assert listed(INDEX) == Listing(lists=("https://example.org/1.xml.gz", "https://example.org/2.xml"))


def test_a_damaged_sitemap_is_reported_with_its_line() -> None:
    with pytest.raises(UnreadableFile, match=r"abîmé \(ligne 6\)"):
        listed(SITEMAP[:350])


def test_a_packed_bomb_goes_off_within_bounds() -> None:
    with pytest.raises(UnreadableFile, match="dépasse 50 Mo"):
        listed(gzip.compress(bytes(60_000_000)))


@pytest.mark.parametrize("doctype", [BOMB, STOLEN])
def test_a_sitemap_defines_nothing(doctype: str) -> None:
    with pytest.raises(UnreadableFile, match=r"DOCTYPE|abîmé"):
        listed(f"{doctype.format(root='urlset')}<urlset><url><loc>https://example.org/&j;</loc></url></urlset>")


# --- Feeds


def test_a_feed_lists_its_articles_with_their_titles_and_days() -> None:
    assert listed(RSS, "application/rss+xml") == Listing(
        (
            Entry("https://example.org/ete", About(title="L’été des communs", date="2026-11-23")),
            Entry("https://example.org/guide", About(title="Sans lien")),
        )
    )


def test_a_link_of_a_feed_is_from_where_the_feed_is() -> None:
    assert links(ATOM) == ["https://example.org/un"]


def test_a_damaged_feed_gives_what_can_be_read_of_it_and_says_so() -> None:
    listing = listed(RSS.replace("</channel></rss>", "<item><title>& coupé"))
    assert listing
    assert [entry.link for entry in listing.pages][:2] == ["https://example.org/ete", "https://example.org/guide"]
    assert "abîmé" in listing.problems[0]


def test_a_feed_of_which_nothing_can_be_read_is_reported() -> None:
    with pytest.raises(UnreadableFile, match="aucun article"):
        listed("<rss><channel><title>coup")


def test_a_new_feed_may_be_empty() -> None:
    assert listed('<rss version="2.0"><channel><title>Vide</title></channel></rss>') == Listing()


def test_articles_without_an_address_are_counted() -> None:
    listing = listed('<rss version="2.0"><channel><item><title>Un</title></item></channel></rss>')
    assert listing == Listing(
        problems=("Articles de ce flux sans adresse, qui ne sont pas lus : 1. Prévenez le site.",)
    )


def test_a_feed_larger_than_any_is_not_read() -> None:
    with pytest.raises(UnreadableFile, match="dépasse 3 Mo"):
        listed("<rss>" + " " * 3_000_000)


def test_a_title_of_nothing_but_tags_is_no_title() -> None:
    listing = listed(RSS.replace("L’été", "&lt;b" * 200_000))
    assert listing
    assert len(listing.pages[0].about.title) <= 1000


@pytest.mark.parametrize("doctype", [BOMB, STOLEN])
def test_a_feed_defines_nothing(doctype: str) -> None:
    text = (
        f"{doctype.format(root='rss')}<rss><channel><item><title>x&j;</title><link>https://example.org/a</link></item>"
    )
    listing = listed(f"{text}</channel></rss>")
    assert listing
    assert all(len(entry.about.title) < 100 and "root:" not in entry.about.title for entry in listing.pages)


# --- Pages


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>Voici un <rss> et un <urlset>",
        "<html><body><p>Bonjour",
        "Du texte seul",
        "%PDF-1.7",
        "",
        "<svg></svg>",
    ],
)
def test_a_page_is_no_list(page: str) -> None:
    assert listed(page, "text/html") is None


@given(st.binary(max_size=300), st.sampled_from(["", "<urlset>", "<rss>", "<feed>", "url;titre\n", "\x1f\x8b"]))
def test_whatever_comes_is_a_list_or_a_page_or_is_refused(data: bytes, start: str) -> None:
    for kind in ("text/xml", "text/csv"):
        try:
            listing = listing_of(start.encode("latin-1") + data, URL, kind)
        except IngestError:
            continue
        assert listing is None or isinstance(listing, Listing)


# --- Tables of links


def table(text: str, encoding: str = "utf-8") -> list[Entry]:
    return list(links_in(text.encode(encoding)))


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_table_is_read_as_office_tools_write_it(separator: str, encoding: str) -> None:
    rows = [
        ["Titre", "Éditeur", "Note", " ADRESSE ", "Date"],
        ["L’été", "Le RAMEAU", "?", "https://example.org/a", "29/11/2016"],
    ]
    text = "\r\n".join(separator.join(row) for row in rows)
    assert table(text, encoding) == [
        Entry("https://example.org/a", About(title="L’été", publisher="Le RAMEAU", date="2016-11-29"))
    ]


def test_a_cell_may_hold_separators_and_lines() -> None:
    assert table('url;titre\nhttps://example.org/a;"Un ; deux\ntrois"') == [
        Entry("https://example.org/a", About(title="Un ; deux\ntrois"))
    ]


def test_empty_rows_and_short_rows_are_nothing_to_say() -> None:
    assert table("lien;titre;partie\n;;\n\nhttps://example.org/a\n") == [Entry("https://example.org/a")]


def test_one_column_is_enough() -> None:
    assert table("url\nhttps://example.org/a") == [Entry("https://example.org/a")]


@pytest.mark.parametrize("text", ["", "titre;date\na;b", "url;lien\na;b", "https://example.org/a"])
def test_a_table_without_one_column_of_addresses_is_refused(text: str) -> None:
    with pytest.raises(MalformedList, match="colonne d'adresses"):
        table(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("url;titre\nhttps://example.org/a;A\n;B", "Ligne 3 : il manque l'adresse"),
        ("url;date\nhttps://example.org/a;bientôt", "Ligne 2 : « bientôt » n'est pas une date"),
        ("url;date\nhttps://example.org/a;30/02/2026", "n'est pas une date"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named(text: str, sentence: str) -> None:
    with pytest.raises(MalformedList, match=sentence):
        table(text)


def test_a_spreadsheet_is_not_a_table_of_text() -> None:
    with pytest.raises(MalformedList, match="format CSV"):
        list(links_in(b"PK\x03\x04\x00\x00url"))


def test_a_table_may_come_from_the_web() -> None:
    assert links("url\nhttps://example.org/a", "text/csv") == ["https://example.org/a"]


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2016", "2016"),
        ("2016-11", "2016-11"),
        ("2016-11-29", "2016-11-29"),
        ("2016-11-29T10:00:00Z", "2016-11-29"),
        ("1/2/2026", "2026-02-01"),
        ("29.11.2016", "2016-11-29"),
        ("", ""),
    ],
)
def test_a_date_is_kept_as_precise_as_it_is(written: str, date: str) -> None:
    assert iso_date(written, "") == date
