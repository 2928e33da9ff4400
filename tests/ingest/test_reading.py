"""Places that are not folders: what each of their documents says, run after run, and what the base makes of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest
from langchain_core.documents.base import Blob

from ingest import IngestError, Report, UnreadableFile, VanishedSources, ingest
from ingest.errors import Gone, Unchanged
from ingest.places.finding import About, Seen
from ingest.reading import Reading
from ingest.remembering import Record
from knowledge import KnowledgeBase

from ..fakes import HashedEmbeddings

SITE = "https://site.example"


@dataclass
class Page:
    """A document that answers with its text, or fails; `asked` is what it was told had been seen of it."""

    id: str
    text: str = "Le texte de la page."
    error: IngestError | None = None
    etag: str = ""
    about: About = About()  # noqa: RUF009
    asked: list[Seen | None] = field(default_factory=list)

    def read(self, seen: Seen | None = None) -> Blob:
        self.asked.append(seen)
        if self.error:
            raise self.error
        if self.etag and seen and seen.etag == self.etag:
            raise Unchanged("Comme la dernière fois.")
        return Blob.from_data(self.text, mime_type="text/plain", metadata={"etag": self.etag})


@dataclass
class Site:
    """A place made of pages; `known` is what it was told that the base has of it."""

    pages: list[Page]
    name: str = "site"
    address: str = SITE
    is_mirrored: bool = False
    known: dict[str, str] = field(default_factory=dict)

    def collect(self, known: Mapping[str, str] = {}) -> Iterator[Page]:
        self.known = dict(known)
        yield from self.pages


@pytest.fixture
def page() -> Page:
    return Page("site/a")


@pytest.fixture
def site(page: Page) -> Site:
    return Site([page, Page("site/b", "Une autre page.")])


def shown(base: KnowledgeBase) -> list[str]:
    return list(base.library.digests())


def test_a_page_is_told_what_was_seen_of_it(base: KnowledgeBase, site: Site, page: Page) -> None:
    page.etag = "v1"
    ingest(base, [site])
    assert sorted(ingest(base, [site]).unchanged) == ["site/a", "site/b"]
    first, second = page.asked
    assert first is None
    assert second is not None
    assert second.etag == "v1"


def test_the_same_bytes_under_new_validators_are_unchanged(
    base: KnowledgeBase, site: Site, page: Page, embeddings: HashedEmbeddings
) -> None:
    page.etag = "v1"
    ingest(base, [site])
    revision = base.library.revision
    embeddings.embedded.clear()
    page.etag = "v2"
    assert "site/a" in ingest(base, [site]).unchanged
    assert (base.library.revision, embeddings.embedded) == (revision, [])
    ingest(base, [site])
    assert [seen.etag for seen in page.asked if seen] == ["v1", "v2"]


def test_a_page_that_is_gone_once_is_kept_and_named(base: KnowledgeBase, site: Site, page: Page) -> None:
    ingest(base, [site])
    page.error = Gone("404")
    report = ingest(base, [site])
    assert (report.vanished, report.forgotten, report.failed) == (("site/a",), (), ())
    assert shown(base) == ["site/a", "site/b"]


def test_a_page_that_is_gone_twice_in_a_row_is_forgotten(base: KnowledgeBase, site: Site, page: Page) -> None:
    ingest(base, [site])
    page.error = Gone("404")
    ingest(base, [site])
    report = ingest(base, [site])
    assert (report.vanished, report.forgotten) == ((), ("site/a",))
    assert shown(base) == ["site/b"]
    assert base.library.facts("seen:site/a") == {}


@pytest.mark.parametrize("etag", ["", "v1"])
def test_a_page_that_came_back_starts_anew(base: KnowledgeBase, site: Site, page: Page, etag: str) -> None:
    page.etag = etag
    ingest(base, [site])
    for error in (Gone("404"), None, Gone("404")):
        page.error = error
        report = ingest(base, [site])
    assert report.vanished == ("site/a",)
    assert shown(base) == ["site/a", "site/b"]


def test_a_server_that_fails_never_counts_as_gone(base: KnowledgeBase, site: Site, page: Page) -> None:
    ingest(base, [site])
    page.error = UnreadableFile("Le serveur ne répond pas : réessayez plus tard.")
    for _ in range(3):
        report = ingest(base, [site])
    assert [failure.id for failure in report.failed] == ["site/a"]
    assert shown(base) == ["site/a", "site/b"]


def test_a_page_that_was_never_read_and_is_gone_has_failed(base: KnowledgeBase, site: Site, page: Page) -> None:
    page.error = Gone("Cette adresse n'existe plus : retirez-la de la liste.")
    report = ingest(base, [site])
    assert [(failure.id, failure.reason) for failure in report.failed] == [("site/a", str(page.error))]


def test_what_its_list_says_of_a_document_wins(base: KnowledgeBase, site: Site, page: Page) -> None:
    page.about = About("Le titre", "RTES", "Freins", "2026-01-01", "https://rtes.example/a", "haute")
    ingest(base, [site])
    source = base.library.source("site/a")
    assert source is not None
    assert (source.title, source.publisher, source.part) == ("Le titre", "RTES", "Freins")
    assert (source.date, source.url, source.trust) == ("2026-01-01", "https://rtes.example/a", "haute")


def test_what_its_list_no_longer_says_is_taken_back(base: KnowledgeBase, site: Site, page: Page) -> None:
    page.etag = "v1"
    page.about = About(publisher="RTES")
    ingest(base, [site])
    page.about = About()
    assert ingest(base, [site]).changed == ("site/a",)
    source = base.library.source("site/a")
    assert source is not None
    assert source.publisher == ""


def test_what_was_forgotten_by_hand_is_read_again(base: KnowledgeBase, site: Site, page: Page) -> None:
    page.etag = "v1"
    ingest(base, [site])
    base.forget("site/a")
    assert ingest(base, [site]).added == ("site/a",)


def test_what_the_library_no_longer_shows_as_it_was_read_is_read_again(
    base: KnowledgeBase, site: Site, page: Page
) -> None:
    page.etag = "v1"
    ingest(base, [site])
    source = base.library.source("site/a")
    assert source is not None
    base.publish([replace(source, text="Un état plus ancien.")])
    assert ingest(base, [site]).changed == ("site/a",)


def test_a_mirrored_place_forgets_what_it_no_longer_holds(base: KnowledgeBase, site: Site) -> None:
    site.is_mirrored = True
    ingest(base, [site])
    site.pages.pop()
    assert ingest(base, [site]).forgotten == ("site/b",)


def test_a_place_that_is_not_mirrored_forgets_nothing(base: KnowledgeBase, site: Site) -> None:
    ingest(base, [site])
    site.pages.pop()
    assert ingest(base, [site]).forgotten == ()
    assert shown(base) == ["site/a", "site/b"]


def test_a_mirrored_place_leaves_what_another_of_its_name_brought(base: KnowledgeBase, site: Site) -> None:
    ingest(base, [site])
    other = Site([Page("site/c")], address=f"{SITE}/sitemap.xml", is_mirrored=True)
    assert ingest(base, [other]).forgotten == ()
    assert shown(base) == ["site/a", "site/b", "site/c"]


def test_a_list_that_cannot_be_read_forgets_nothing(base: KnowledgeBase, site: Site) -> None:
    site.is_mirrored = True
    ingest(base, [site])
    site.pages[:] = [Page("site", error=UnreadableFile("La liste est illisible."))]
    report = ingest(base, [site])
    assert ([failure.id for failure in report.failed], report.forgotten) == (["site"], ())


def test_a_place_is_told_what_the_base_has_of_it(base: KnowledgeBase, site: Site) -> None:
    for page in site.pages:
        page.about = About(url=f"{SITE}/{page.id}")
    ingest(base, [site])
    ingest(base, [Site([Page("autre/x")], "autre", "https://autre.example")])
    ingest(base, [site])
    assert site.known == {"site/a": f"{SITE}/site/a", "site/b": f"{SITE}/site/b"}


def test_a_place_is_told_first_of_what_was_read_longest_ago(site: Site) -> None:
    days = {"site/a": "2026-11-22", "site/b": "2026-11-21", "site/c": "2026-11-23"}
    records = {id: Record(Seen("", ""), "digest", SITE, on=day) for id, day in days.items()}
    Reading(dict.fromkeys(days, "digest"), records, "2026-11-24").read([site])
    assert list(site.known) == ["site/b", "site/a", "site/c"]


def test_two_documents_of_one_identity_are_reported(base: KnowledgeBase, site: Site, page: Page) -> None:
    site.pages.append(Page("site/a", "Tout autre chose."))
    report = ingest(base, [site])
    assert [failure.id for failure in report.failed] == ["site/a"]
    assert "même identifiant" in report.failed[0].reason
    source = base.library.source("site/a")
    assert source is not None
    assert source.text == page.text


def test_a_page_that_two_places_hold_is_read_once(base: KnowledgeBase, site: Site, page: Page) -> None:
    report = ingest(base, [site, Site([page], address=f"{SITE}/flux")])
    assert report == Report(added=("site/a", "site/b"), passages=2)
    assert len(page.asked) == 1


def test_a_site_that_is_half_gone_is_not_forgotten(base: KnowledgeBase) -> None:
    pages = [Page(f"site/{number}", f"La page {number}.") for number in range(10)]
    ingest(base, [Site(pages)])
    for page in pages[:5]:
        page.error = Gone("404")
    assert len(ingest(base, [Site(pages)]).vanished) == 5
    with pytest.raises(VanishedSources, match="5 des 10 sources"):
        ingest(base, [Site(pages)])
    assert len(shown(base)) == 10
