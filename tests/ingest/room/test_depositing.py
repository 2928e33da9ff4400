from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ingest import IngestError
from ingest.places.fetching import Client
from ingest.places.finding import Found
from ingest.room.depositing import Link, file_of, id_of, keep, link_of


@dataclass
class Site:
    """A place that notes what it is told of the pages that the base has of it."""

    name: str = "site"
    address: str = "https://site.example"
    is_mirrored: bool = True
    told: list[Mapping[str, str]] = field(default_factory=list)

    def collect(self, known: Mapping[str, str] = {}) -> Iterator[Found]:
        self.told.append(known)
        return iter(())


def test_a_published_file_takes_the_place_of_the_one_before_whole(tmp_path: Path) -> None:
    (tmp_path / "staged").mkdir()
    for text in ("avant", "après"):
        (tmp_path / "staged" / "a.md").write_text(text)
        keep(tmp_path / "staged", ["a.md"], tmp_path / "depots")
    assert [(one.name, one.read_text()) for one in (tmp_path / "depots").iterdir()] == [("a.md", "après")]


@pytest.mark.parametrize(
    ("id", "file"),
    [(id_of("a b.md"), "a b.md"), ("depots/sous/a.md", None), ("corpus/a.md", None), ("depots", None), ("", None)],
)
def test_only_what_was_deposited_has_a_file(id: str, file: str | None) -> None:
    assert file_of(id) == file


def test_an_address_is_read_without_what_was_read_of_its_site_before() -> None:
    site = Site()
    place = Link(site)
    assert list(place.collect({"site/a": "https://site.example/a"})) == []
    assert site.told == [{}]
    assert not place.is_mirrored


@pytest.mark.parametrize("text", ["", "/etc/passwd", "sources.yaml", "javascript:alert(1)", "http://"])
def test_only_an_address_of_the_web_is_one(text: str) -> None:
    with pytest.raises(IngestError):
        link_of(text, Client())
