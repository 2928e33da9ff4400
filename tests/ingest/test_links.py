import json
from datetime import date

from ingest.links import Health, Link, LinkReport, Seen, in_turns, links_of
from knowledge import Reference, Source, Support

DEAD, MOVED = "https://a.fr/mort", "https://a.fr/parti"


def source(id: str, url: str, *cited: str) -> Source:
    supports = tuple(Support(0, 1, Reference("S01", "RTES", "Un guide", "2016", link)) for link in cited)
    return Source(id, f"Titre de {id}", "Un texte.", url, supports=supports)


def report(*seen: Seen) -> LinkReport:
    return LinkReport(seen, date(2026, 11, 23))


def test_an_address_is_there_once_with_all_that_give_it() -> None:
    sources = [source("a", "", "https://x.fr/1", "https://x.fr/1", " https://x.fr/2 "), source("b", "https://x.fr/2")]
    assert links_of(sources) == [
        Link("https://x.fr/1", (("a", "Titre de a"),)),
        Link("https://x.fr/2", (("a", "Titre de a"), ("b", "Titre de b"))),
    ]


def test_hosts_take_turns() -> None:
    links = [Link(name, ()) for name in ("a1", "a2", "a3", "b1", "c1", "c2")]
    assert [link.url for link in in_turns(links, [link.url[0] for link in links])] == [
        "a1", "b1", "c1", "a2", "c2", "a3",
    ]  # fmt: skip


def test_the_report_says_the_worst_first_and_where_it_is_cited() -> None:
    cited = (("a", "Titre de a"), ("b", "Titre de b"))
    made = report(
        Seen(Link("https://a.fr/bon", cited), Health.WELL, seconds=0.2),
        Seen(Link(MOVED, cited[:1]), Health.MOVED, "Corrigez-la.", "https://a.fr/ici"),
        Seen(Link(DEAD, cited), Health.DEAD, "Cette page n'existe plus (404)."),
    )
    assert made.sentence == "Liens : 3 vus, 1 mort, 1 déplacé, 0 injoignable, 0 refusé, 0 lent."
    assert list(made.lines()) == [
        f"mort : {DEAD} (a et 1 autre) : Cette page n'existe plus (404).",
        f"déplacé : {MOVED} (a) : Corrigez-la.",
    ]
    record = json.loads(made.to_json())
    assert record["fait_le"] == "2026-11-23"
    assert record["liens"][0] == {
        "adresse": DEAD,
        "etat": "mort",
        "raison": "Cette page n'existe plus (404).",
        "nouvelle_adresse": "",
        "secondes": 0.0,
        "sources": [{"id": "a", "titre": "Titre de a"}, {"id": "b", "titre": "Titre de b"}],
    }
    assert [line["etat"] for line in record["liens"]] == ["mort", "déplacé", "bon"]


def test_where_no_site_answers_the_connection_is_to_be_looked_at_first() -> None:
    silent = Seen(Link(DEAD, (("a", ""),)), Health.SILENT, "Injoignable.")
    assert "vérifiez d'abord la connexion" in report(silent).sentence
    assert "connexion" not in report(silent, Seen(Link(MOVED, ()), Health.WELL)).sentence
    assert "connexion" not in report().sentence
