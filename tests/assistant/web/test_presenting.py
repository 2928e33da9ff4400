from assistant import Answer, Citation, Claim
from assistant.web.presenting import presented
from knowledge import Passage, Reference, Support

REFERENCE = Reference("S01", "RTES", "Retour", "2016-12-10", "https://rtes.example/retour")
TEXT = "mot " * 200 + "Il écoute les habitants. " + "mot " * 200
START = TEXT.index("Il écoute")
FICHE = Passage(
    "f",
    "Changer de posture",
    TEXT,
    100,
    publisher="Référentiel",
    date="2026-01-05",
    part="Conditions",
    supports=(Support(START, START + 24, REFERENCE),),
)
ARTICLE = Passage("a", "Un article", TEXT, 0, url="https://rtes.example/a", date="2015-02-03")


def cited(passage: Passage) -> dict[str, object]:
    answer = Answer("?", (Claim("Il écoute.", (1,)),), (Citation(1, passage, START, START + 24),))
    (citation,) = presented(answer, 2026)["citations"]
    return dict(citation)


def test_an_answer_is_presented_with_all_it_holds() -> None:
    answer = Answer("?", (Claim("Il écoute.", (1,)),), (Citation(1, FICHE, START, START + 24),), notes=("Note.",))
    whole, shown = answer.to_dict(), presented(answer, 2026)
    assert shown.keys() == whole.keys()
    assert {name: shown[name] for name in whole if name != "citations"} == {
        name: whole[name] for name in whole if name != "citations"
    }
    assert whole["citations"][0].keys() <= shown["citations"][0].keys()


def test_a_quote_stands_in_a_short_context_cut_between_words() -> None:
    citation = cited(FICHE)
    before, quote, after = (str(citation[name]) for name in ("before", "quote", "after"))
    assert quote == "Il écoute les habitants."
    assert before.startswith("… mot")
    assert after.endswith("mot\u00a0…")
    assert len(before) < 250
    assert before.removeprefix("… ") + quote + after.removesuffix("\u00a0…") in TEXT


def test_what_a_fiche_rests_on_has_the_age_that_counts() -> None:
    citation = cited(FICHE)
    assert citation["dated"] == "mis à jour le 5 janvier 2026"
    assert citation["is_old"] is False
    (reference,) = citation["references"]  # type: ignore[misc]
    assert (reference["dated"], reference["is_old"]) == ("10 décembre 2016", True)


def test_an_article_has_its_own_age() -> None:
    citation = cited(ARTICLE)
    assert (citation["dated"], citation["is_old"]) == ("3 février 2015", True)
    assert citation["references"] == []


def test_what_has_no_date_is_given_none() -> None:
    citation = cited(Passage("s", "Sans date", TEXT, 0))
    assert (citation["dated"], citation["is_old"]) == ("", False)


def test_a_lead_says_where_it_is_and_how_it_begins() -> None:
    (lead,) = presented(Answer("?", (Claim("Rien."),), leads=(FICHE,)), 2026)["leads"]
    assert lead["place"] == "Conditions › Changer de posture"
    assert lead["text"].endswith("mot\u00a0…")
    assert lead["dated"] == "mis à jour le 5 janvier 2026"
    assert [reference["is_old"] for reference in lead["references"]] == [True]
