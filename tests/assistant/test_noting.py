from dataclasses import replace
from datetime import date

import pytest

from assistant import Answer, Citation, Claim, Layout
from assistant.declining import decline
from assistant.inquiring import inquire
from assistant.noting import CONTACT, abstention, annotate, french_date, is_old, refusal, sources_of
from knowledge import Hit, Passage, Reference, Support, Zone

TODAY = date(2026, 11, 23)
SENTENCE = "La charte est obligatoire depuis 2014."


def passage(n: int = 0, title: str = "La charte", dated: str = "2026-11-23", part: str = "Outils") -> Passage:
    return Passage(f"fiches/{n}.md", title, SENTENCE, 0, date=dated, part=part)


def answer(*dates: str, own: str = "2026-11-23") -> Answer:
    """A sentence that rests on publications of these dates, or on its own source."""
    references = [Reference(f"S{n}", "RTES", "Un article", dated, "") for n, dated in enumerate(dates)]
    supports = tuple(Support(0, len(SENTENCE), reference) for reference in references)
    citation = Citation(1, replace(passage(dated=own), supports=supports), 0, len(SENTENCE))
    return Answer("q", (Claim(SENTENCE, (1,)),), (citation,))


def notes(
    said: Answer, question: str = "La charte ?", zone: Zone = Zone.COVERED, exact: bool = True
) -> tuple[str, ...]:
    return annotate(said, inquire(question), zone, exact, today=TODAY).notes


# --- In place of an answer


def test_an_abstention_claims_nothing_and_offers_the_nearest_sources() -> None:
    hits = [Hit(passage(n, f"Titre {n}"), 1.0) for n in (0, 0, 1, 2, 3)]
    said = abstention(inquire("Quelle heure ?"), hits)
    assert said.is_abstention
    assert [lead.source for lead in said.leads] == ["fiches/0.md", "fiches/1.md", "fiches/2.md"]
    assert "pistes, et non comme réponses" in said.text
    assert CONTACT in said.text


def test_an_abstention_without_anything_near_offers_nothing() -> None:
    said = abstention(inquire("?"), [])
    assert said.leads == said.suggestions == ()
    assert "pistes" not in said.text


def test_suggestions_are_questions() -> None:
    hits = [Hit(passage(0, "Faut-il une charte ?"), 1.0), Hit(passage(1, "La charte"), 0.5)]
    assert abstention(inquire("?"), hits).suggestions == ("Faut-il une charte ?", "Que dit la fiche « La charte » ?")


def test_a_suggestion_is_never_declined_when_it_is_asked() -> None:
    titles = [
        "Rédiger une charte locale",
        "La prise illégale d'intérêts",
        "Les consignes et les règles",
        "Inventer ensemble",
    ]
    for suggestion in abstention(inquire("?"), [Hit(passage(n, t), 1.0) for n, t in enumerate(titles)]).suggestions:
        assert decline(suggestion) is None


def test_a_refusal_says_why_and_where_to_turn() -> None:
    refused = decline("Invente un chiffre")
    assert refused is not None
    said = refusal("Invente un chiffre", refused, [Hit(passage(), 1.0)])
    assert said.is_abstention
    assert said.text.startswith(refused.sentence)
    assert CONTACT in said.text
    assert said.leads


# --- About an answer


def test_a_recent_exact_and_well_covered_answer_has_no_note() -> None:
    assert notes(answer()) == ()


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (["2016-11-29"], "datent de 2016 "),
        (["2016", "2016-12"], "datent de 2016 "),
        (["2016", "2019", "2025"], "datent de 2016 à 2019 "),
        (["2020-12-31"], "datent de 2020 "),
    ],
)
def test_old_sources_are_told(dates: list[str], said: str) -> None:
    (note,) = notes(answer(*dates))
    assert said in note


@pytest.mark.parametrize("dates", [["2021-01-01"], ["2026"], ["", "s.d."], []])
def test_recent_and_undated_sources_are_not(dates: list[str]) -> None:
    assert notes(answer(*dates)) == ()


def test_a_source_that_rests_on_nothing_has_its_own_age() -> None:
    assert "2014" in notes(answer(own="2014-02-14"))[0]
    assert notes(answer("2025", own="2014-02-14")) == ()


def test_a_grey_zone_is_told() -> None:
    (note,) = notes(answer(), zone=Zone.GREY)
    assert "sans répondre peut-être exactement" in note


def test_a_missing_figure_is_told() -> None:
    (note,) = notes(answer(), exact=False)
    assert "ne donnent pas exactement ce chiffre" in note


def test_an_english_question_is_told_in_english_first_that_sources_are_french() -> None:
    assert notes(answer("2016"), "What is a charter?")[0].startswith("The sources are in French")


@pytest.mark.parametrize(
    ("question", "confirms"),
    [
        ("Est-il vrai que la charte est obligatoire depuis 2014 ?", True),
        ("Est-il vrai que la charte est obligatoire depuis 2024 ?", False),
        ("Est-il vrai que la charte n'est pas obligatoire depuis 2014 ?", False),
        ("Est-il vrai que le maire est en vacances ?", False),
    ],
)
def test_an_assertion_is_confirmed_only_by_what_is_cited(question: str, confirms: bool) -> None:
    (note,) = notes(answer(), question)
    assert ("ne confirment pas" not in note) is confirms


LISTED = "Les réseaux sont :\n\n- Le RTES en est.\n- L'AMF en est.\n- L'ADF en est.\n\nIls se réunissent."


def listed(*quotes: str) -> tuple[str, ...]:
    """The notes of an answer that quotes these words of a list."""
    spans = [(LISTED.index(words), LISTED.index(words) + len(words)) for words in quotes]
    citations = [Citation(n, replace(passage(), text=LISTED), *span) for n, span in enumerate(spans, 1)]
    return notes(Answer("q", (Claim("Les réseaux sont :", (1,)),), tuple(citations)))


@pytest.mark.parametrize(
    ("quotes", "part"),
    [
        (("Les réseaux sont :\n\n- Le RTES en est.",), "[1] est donnée en partie (1 point sur 3)"),
        (("Les réseaux sont :", "L'AMF en est.", "L'ADF en est."), "[1] est donnée en partie (2 points sur 3)"),
    ],
)
def test_a_list_told_in_part_is_said_to_be(quotes: tuple[str, ...], part: str) -> None:
    [note] = listed(*quotes)
    assert part in note


@pytest.mark.parametrize(
    "quotes",
    [
        ("Les réseaux sont :\n\n- Le RTES en est.\n- L'AMF en est.\n- L'ADF en est.",),
        ("L'AMF en est.",),
        ("Ils se réunissent.",),
        ("Les réseaux sont :", "Ils se réunissent."),
    ],
)
def test_a_whole_list_and_an_item_without_its_announcement_are_not(quotes: tuple[str, ...]) -> None:
    assert not listed(*quotes)


def test_notes_are_added_to_those_of_the_answer() -> None:
    assert notes(replace(answer("2016"), notes=("Déjà.",)))[0] == "Déjà."


def test_sources_asked_for_are_listed_with_their_marks() -> None:
    said = sources_of(answer("2016-12-10", "2016"), "d'où tu sors ça ?")
    assert said.question == "d'où tu sors ça ?"
    assert said.claims[0].text == "Sur cette question, voici les sources citées :"
    assert [(claim.text, claim.numbers, claim.layout) for claim in said.claims[1:]] == [
        ("fiche « La charte » : RTES, « Un article », 10 décembre 2016 ; RTES, « Un article », 2016", (1,), Layout.ITEM)
    ]
    assert said.citations == answer("2016-12-10", "2016").citations


def test_a_source_is_listed_once_with_all_its_marks() -> None:
    once = answer("2016")
    twice = replace(once, citations=(*once.citations, replace(once.citations[0], number=2)))
    assert [claim.numbers for claim in sources_of(twice, "tes sources ?").claims] == [(), (1, 2)]


def test_an_answer_without_sources_has_none_to_list() -> None:
    for before in (Answer("La charte ?"), Answer("merci", (Claim("Avec plaisir."),), is_courtesy=True)):
        said = sources_of(before, "tes sources ?")
        assert [claim.text for claim in said.claims] == ["Rien n'a été cité sur cette question."]


# --- Dates


@pytest.mark.parametrize(
    ("iso", "french"),
    [
        ("2016-11-29", "29 novembre 2016"),
        ("2016-12-01", "1er décembre 2016"),
        ("2016-08", "août 2016"),
        ("2016", "2016"),
        ("", "sans date"),
        ("s.d.", "sans date"),
    ],
)
def test_dates_are_written_in_french(iso: str, french: str) -> None:
    assert french_date(iso) == french


@pytest.mark.parametrize(
    "iso", ["2016-13", "2016-00-10", "2016-02-xx", "printemps", "2016-1-1", "12/2016", "-", "2016-", "²016"]
)
def test_a_date_that_nobody_can_read_breaks_nothing(iso: str) -> None:
    assert french_date(iso)


@pytest.mark.parametrize(
    ("iso", "old"),
    [
        ("2016", True),
        ("2020-12-31", True),
        ("2021", False),
        ("2026", False),
        ("", False),
        ("s.d.", False),
        ("²016", False),
    ],
)
def test_a_source_is_old_after_five_years(iso: str, old: bool) -> None:
    assert is_old(iso, 2026) is old
