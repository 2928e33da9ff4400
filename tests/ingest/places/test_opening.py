from pathlib import Path

import pytest

from ingest import AmbiguousPlace, IngestError, MissingPlace
from ingest.errors import MalformedList
from ingest.places.finding import About, Place
from ingest.places.folder import Folder
from ingest.places.opening import open_places
from ingest.places.web import Links, Website

from .serving import Site, client


def opened(text: str | Path, name: str | None = None) -> list[Place]:
    return open_places(str(text), name, client())


def one(text: str | Path, name: str | None = None) -> Place:
    (place,) = opened(text, name)
    return place


def test_a_folder_is_opened(corpus: Path) -> None:
    place = one(corpus)
    assert isinstance(place, Folder)
    assert (place.name, place.is_mirrored, place.address) == ("corpus", True, str(corpus))


def test_a_file_is_one_file_of_its_folder(corpus: Path) -> None:
    place = one(corpus / "freins.md", "fiches")
    assert [found.id for found in place.collect()] == ["fiches/freins.md"]
    assert not place.is_mirrored


def test_a_table_of_links_is_opened(tmp_path: Path) -> None:
    (tmp_path / "Liens.CSV").write_text("url\n")
    place = one(tmp_path / "Liens.CSV")
    assert isinstance(place, Links)
    assert place.name == "Liens"


@pytest.mark.parametrize("address", ["https://example.org/a", "HTTPS://example.org", "https://example.org?a=1"])
def test_an_address_is_opened_and_has_the_name_of_its_site(address: str) -> None:
    place = one(address)
    assert isinstance(place, Website)
    assert (place.name, place.is_mirrored, place.address) == ("example.org", False, "https://example.org")


def test_an_address_may_be_given_a_name() -> None:
    assert one("https://example.org/feed", "actualites").name == "actualites"


def test_nothing_is_asked_of_the_web_before_it_is_collected(site: Site) -> None:
    one(site.at("/a").url)
    assert site.asked == []


@pytest.mark.parametrize("text", ["file:///etc/passwd", "ftp://example.org/a", "mailto:a@example.org", "javascript:1"])
def test_only_the_web_is_opened(text: str) -> None:
    with pytest.raises(MissingPlace, match="seules http:// et https://"):
        opened(text)


@pytest.mark.parametrize("text", ["rien", "rien.csv", "rien.yaml", "C:\\rien"])
def test_what_is_not_there_is_reported(text: str) -> None:
    with pytest.raises(MissingPlace, match=r"chemin|http"):
        opened(text)


@pytest.mark.parametrize("name", ["a/b", ".."])
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(AmbiguousPlace, match="n'est pas un nom"):
        opened("https://example.org", name)


def test_a_file_whose_name_looks_like_an_address_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note:1.md").write_text("texte")
    assert isinstance(one("note:1.md"), Folder)


# --- A list of places


def listed(folder: Path, text: str) -> list[Place]:
    (folder / "sources.yaml").write_text(text, encoding="utf-8")
    return opened(folder / "sources.yaml")


def test_a_list_opens_its_places_with_what_it_says_of_them(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "liens.csv").write_text("url\nhttps://example.org/a")
    folder, links, feed = listed(
        tmp_path,
        "- {nom: fiches, dossier: corpus, editeur: RTES, confiance: haute}\n"
        "- {nom: liens, fichier: liens.csv, partie: Freins}\n"
        "- {nom: actu, adresse: 'https://example.org/feed', editeur: AMF}\n",
    )
    assert isinstance(folder, Folder)
    assert isinstance(links, Links)
    assert isinstance(feed, Website)
    assert (folder.folder, folder.name, folder.about) == (corpus, "fiches", About(publisher="RTES", trust="haute"))
    assert all(found.about == folder.about for found in folder.collect())
    assert (links.name, links.about) == ("liens", About(part="Freins"))
    assert (feed.name, feed.start.url, feed.about) == ("actu", "https://example.org/feed", About(publisher="AMF"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- {nom: a, adresse: rien}", "sources.yaml, ligne 1 : .*rien n'existe pas"),
        ("\n- {nom: a, adresse: 'file:///etc/passwd'}", "sources.yaml, ligne 2 : .*seules http"),
        ("- {nom: a, adresse: autre.yaml}", "ligne 1 : .*liste de lieux"),
        ("- {nom: a, adrese: b}", "sources.yaml : Ligne 1 : champ « adrese » inconnu"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_its_name_and_line(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(IngestError, match=sentence):
        listed(tmp_path, text)


def test_a_list_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sources.yml").write_bytes("- {nom: été, adresse: b}".encode("cp1252"))
    with pytest.raises(MalformedList, match="UTF-8"):
        opened(tmp_path / "sources.yml")
