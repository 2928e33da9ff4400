from datetime import date

import pytest

from knowledge import Hit, Passage
from knowledge.dating import Moment, asked_moment, first_day, in_order, in_time, is_over, last_day

TODAY = date(2026, 11, 23)
NOW, PAST = Moment(TODAY), Moment(TODAY, is_past=True)


def passage(n: int, amount: int, since: str = "", until: str = "", title: str = "Le seuil du schéma") -> Passage:
    text = f"Le schéma des achats responsables est obligatoire au-dessus de {amount} millions d'euros par an."
    return Passage(f"docs/{n}.md", title, text, 0, valid_from=since, valid_until=until)


OLD, NEW = passage(1, 100, "2014", "2023-12-31"), passage(2, 50, "2024-01-01")
OTHER = Passage("docs/3.md", "Le jardin", "Le jardin partagé réunit les habitants du quartier.", 0)


@pytest.mark.parametrize(
    "question",
    [
        "et avant ?",
        "Quel était le seuil ?",
        "Quel est l'ancien seuil du SPASER ?",
        "Quels étaient les plafonds ?",
        "L'historique du seuil",
        "Quel seuil avant la réforme ?",
        "Quel seuil s'appliquait auparavant ?",
    ],
)
def test_a_question_asks_for_the_past(question: str) -> None:
    assert asked_moment(question, TODAY) == PAST


@pytest.mark.parametrize(
    ("question", "year"),
    [("Quel seuil en 2015 ?", 2015), ("Le seuil avant 2024", 2023), ("Le seuil jusqu'en 2022 ?", 2022)],
)
def test_a_question_asks_for_a_year(question: str, year: int) -> None:
    assert asked_moment(question, TODAY) == Moment(TODAY, True, year)


@pytest.mark.parametrize(
    "question",
    [
        "Quel est le seuil ?",
        "Quel seuil en 2026 ?",
        "Que faire avant de signer une charte ?",
        "Que faire avant la première réunion ?",
        "Un ancien maire peut-il présider l'association ?",
        "Que dit la circulaire 5811-SG ?",
        "Quel plafond en 2030 ?",
    ],
)
def test_a_question_asks_for_today(question: str) -> None:
    assert asked_moment(question, TODAY) == NOW


@pytest.mark.parametrize(
    ("until", "over"),
    [("2025", True), ("2026", False), ("2026-11", False), ("2026-11-22", True), ("2026-11-23", False), ("", False)],
)
def test_what_is_valid_until_a_day_is_not_over_on_that_day(until: str, over: bool) -> None:
    assert is_over(passage(1, 1, until=until), TODAY) is over


def test_days_of_months_and_years() -> None:
    assert (first_day("2024"), last_day("2024")) == ("2024-01-01", "2024-12-31")
    assert (first_day("2024-02"), last_day("2024-02")) == ("2024-02-01", "2024-02-31")
    assert first_day("2024-02-03T10:00:00") == last_day("2024-02-03") == "2024-02-03"
    assert first_day("mars 2024") == last_day("") == ""


def sources(hits: list[Hit]) -> list[str]:
    return [hit.passage.source for hit in hits]


def test_what_is_over_stands_right_behind_what_takes_its_place() -> None:
    found = [Hit(OLD, 1.0), Hit(OTHER, 0.7), Hit(NEW, 0.6)]
    ordered = in_order(found, NOW)
    assert sources(ordered) == ["docs/3.md", "docs/2.md", "docs/1.md"]
    assert [hit.score for hit in ordered] == sorted((hit.score for hit in ordered), reverse=True)
    assert [hit.passage for hit in in_time(ordered, NOW)] == [OTHER, NEW]


def test_to_a_question_about_the_past_it_is_the_other_way_round() -> None:
    found = [Hit(NEW, 1.0), Hit(OLD, 0.6)]
    for moment in (PAST, Moment(TODAY, True, 2015)):
        assert sources(in_order(found, moment)) == ["docs/1.md", "docs/2.md"]
        assert [hit.passage for hit in in_time(found, moment)] == [OLD]


def test_what_is_not_valid_yet_stands_behind_what_is() -> None:
    later = passage(4, 25, since="2027-01-01")
    assert sources(in_order([Hit(later, 1.0), Hit(NEW, 0.5)], NOW)) == ["docs/2.md", "docs/4.md"]


def test_of_three_editions_the_year_finds_its_own() -> None:
    first, last = passage(1, 100, "2014", "2019-12-31"), passage(3, 25, "2024-01-01")
    middle = passage(2, 50, "2020-01-01", "2023-12-31")
    found = [Hit(last, 1.0), Hit(first, 0.8), Hit(middle, 0.5)]
    assert in_order(found, Moment(TODAY, True, 2021))[0].passage == middle
    assert in_order(found, Moment(TODAY, True, 2015))[0].passage == first


def test_what_is_over_keeps_its_place_where_nothing_takes_it() -> None:
    found = [Hit(OLD, 1.0), Hit(OTHER, 0.5)]
    assert in_order(found, NOW) == found
    assert in_time(found, NOW) == tuple(found)


def test_two_sources_of_one_title_that_say_other_things_do_not_replace_one_another() -> None:
    garden = Passage("docs/5.md", OLD.title, OTHER.text, 0)
    assert in_order([Hit(OLD, 1.0), Hit(garden, 0.5)], NOW)[0].passage == OLD


def test_sources_without_dates_of_validity_keep_their_order() -> None:
    found = [Hit(passage(1, 100), 1.0), Hit(passage(2, 50), 0.5)]
    assert in_order(found, PAST) == found
    assert in_order(found, NOW) == found


def test_what_is_over_stands_behind_even_where_neither_scores() -> None:
    assert sources(in_order([Hit(OLD, 0.0), Hit(NEW, 0.0)], NOW)) == ["docs/2.md", "docs/1.md"]
