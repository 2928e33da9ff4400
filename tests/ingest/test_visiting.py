"""python -m ingest --links, on a site of this machine."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest
from ingest.__main__ import main
from ingest.links import Health, Link, Seen
from ingest.visiting import links_in, visit
from knowledge import EmptyKnowledgeBase, KnowledgeBase

from .places.serving import Answer, Site, Time, client, serve

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as site:
        yield site


def quiet(_done: int, _total: int) -> None:
    pass


def seen(*urls: str, clock: Time | None = None) -> dict[str, Seen]:
    found = visit([Link(url, (("a", ""),)) for url in urls], client(clock), quiet)
    assert {one.link.url for one in found} == set(urls)
    return {one.link.url: one for one in found}


def test_each_address_is_told_apart(site: Site) -> None:
    site.page("/robots.txt", "User-agent: *\nDisallow: /secret", Content_Type="text/plain")
    site.page("/bon")
    site.redirect("/parti", "/bon", 301)
    site.answers["/panne"] = Answer(status=503)
    site.answers["/garde"] = Answer(status=403)
    urls = {name: site.at(f"/{name}").url for name in ("bon", "parti", "rien", "panne", "garde", "secret")}
    urls |= {"dedans": "http://10.0.0.7/x", "inconnu": "http://nulle-part.test/x", "faux": "voir le site"}
    found = seen(*urls.values())
    assert {name: found[url].health for name, url in urls.items()} == {
        "bon": Health.WELL,
        "parti": Health.MOVED,
        "rien": Health.DEAD,
        "panne": Health.SILENT,
        "garde": Health.REFUSED,
        "secret": Health.REFUSED,
        "dedans": Health.REFUSED,
        "inconnu": Health.SILENT,
        "faux": Health.REFUSED,
    }
    assert found[urls["parti"]].moved == urls["bon"]
    assert all(one.reason for one in found.values() if one.health is not Health.WELL)
    assert "/secret" not in site.paths


def test_an_answer_that_takes_long_is_slow(site: Site) -> None:
    site.page("/lent")
    clock = Time()

    def late(_headers: object) -> Answer:
        clock.now += 7
        return Answer(b"x")

    site.answers["/lent"] = late
    url = site.at("/lent").url
    assert seen(url, clock=clock)[url].health is Health.SLOW


def test_an_address_that_is_written_in_two_ways_is_asked_once(site: Site) -> None:
    site.page("/a")
    url = site.at("/a").url
    found = seen(url, f"{url}#page=3")
    assert [one.health for one in found.values()] == [Health.WELL] * 2
    assert site.paths == ["/a"]


def test_a_site_that_does_not_answer_is_not_asked_for_ever(site: Site) -> None:
    urls = [f"http://nulle-part.test:{site.port}/{number}" for number in range(9)]
    clock = Time()
    assert {one.health for one in seen(*urls, clock=clock).values()} == {Health.SILENT}
    assert len(clock.waits) <= 3


def test_a_base_that_is_not_there_has_no_links(tmp_path: Path) -> None:
    from knowledge.housing import FolderHome

    with pytest.raises(EmptyKnowledgeBase):
        links_in(FolderHome(tmp_path))
    assert list(tmp_path.iterdir()) == []


# --- The command


@pytest.fixture
def linked(base: KnowledgeBase, tmp_path: Path, site: Site) -> Path:
    """A base whose only addresses are of the site: one is dead."""
    url = f"http://127.0.0.1:{site.port}"
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "fiche.md").write_text(
        f'---\ntitre: "=Une fiche"\nsources:\n  - {{code: S01, editeur: RTES, titre: Un guide, date: 2016, '
        f'url: "{url}/mort"}}\n---\nUne charte fixe les engagements. [^S01]\n'
    )
    assert not ingest(base, [corpus]).failed
    return base.folder


def test_dead_links_are_told_and_nothing_of_the_base_changes(
    linked: Path, tmp_path: Path, site: Site, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INGEST_ALLOW_PRIVATE", "true")
    before = (linked / "library.sqlite").read_bytes()
    told, sheet = tmp_path / "liens.json", tmp_path / "liens.csv"
    assert main(["--base", str(linked), "--links", "--json", str(told), "--csv", str(sheet)]) == 1
    dead = f"http://127.0.0.1:{site.port}/mort"
    out = capsys.readouterr().out
    assert out.startswith("Liens : 1 vus, 1 mort, 0 déplacé")
    assert f"mort : {dead} (corpus/fiche.md) : Cette page n'existe plus (404)." in out
    assert [(one["adresse"], one["etat"]) for one in json.loads(told.read_text())["liens"]] == [(dead, "mort")]
    (columns, line) = csv.reader(io.StringIO(sheet.read_text(encoding="utf-8-sig")), delimiter=";")
    assert dict(zip(columns, line, strict=True))["cités par"] == "'=Une fiche"
    assert (linked / "library.sqlite").read_bytes() == before


def test_this_machine_is_not_asked_unless_it_may_be(linked: Path, site: Site, capsys: Captured) -> None:
    assert main(["--base", str(linked), "--links"]) == 0
    assert "1 refusé" in capsys.readouterr().out
    assert site.asked == []


def test_links_of_no_base_are_an_error(tmp_path: Path, capsys: Captured) -> None:
    assert main(["--base", str(tmp_path / "rien"), "--links", "--json", "-"]) == 1
    assert "Aucune base" in json.loads(capsys.readouterr().out)["erreur"]


@pytest.mark.parametrize("options", [["--links", "dossier"], ["--csv", "x.csv"], ["--links", "--rollback"]])
def test_links_go_with_nothing_else(options: list[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(options)
    assert exit.value.code == 2
