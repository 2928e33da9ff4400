from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.gaps import DISLIKED, UNANSWERED, Dead, Lack, group, review
from knowledge import Source

MONDAY, SUNDAY, LATER = date(2026, 11, 2), date(2026, 11, 8), date(2026, 11, 18)
# Where the questions of the tests lie: about a thing each, and a little apart in other words.
PLACES = {"crèche": (1.0, 0.0, 0.0), "budget": (0.0, 1.0, 0.0), "monnaie": (0.0, 0.0, 1.0)}


def vectors(questions: Sequence[str]) -> NDArray[np.float32]:
    made = []
    for question in questions:
        place = np.array(next(at for word, at in PLACES.items() if word in question))
        made.append(place + 0.02 * len(question) / 40)
    found = np.array(made, np.float32)
    normed: NDArray[np.float32] = found / np.linalg.norm(found, axis=1, keepdims=True)
    return normed


def record(question: str, *cited: dict[str, Any], refused: str = "") -> dict[str, Any]:
    return {
        "answer": {"question": question, "is_abstention": not cited, "citations": list(cited)},
        "trace": {"refused": refused},
    }


def citation(source: str, *references: dict[str, Any], is_old: bool = False) -> dict[str, Any]:
    own = {"title": source, "publisher": "RTES", "date": "2016", "is_old": is_old}
    return {"source": source, "link": f"https://rtes.fr/{source}#page=2", "references": list(references)} | own


def reference(title: str, is_old: bool) -> dict[str, Any]:
    own = {"title": title, "publisher": "Le RAMEAU", "date": "2012-05", "is_old": is_old}
    return {"url": f"https://example.org/{title}"} | own


# --- Groups


def test_questions_about_the_same_thing_are_one_gap_and_the_largest_comes_first() -> None:
    lacks = [
        Lack("Comment créer une monnaie locale ?", MONDAY, UNANSWERED),
        Lack("Comment financer une crèche ?", MONDAY, UNANSWERED),
        Lack("quel argent pour la crèche", SUNDAY, UNANSWERED),
        Lack("Comment financer une crèche ?", LATER, DISLIKED, "Rien sur la CAF"),
    ]
    first, second = group(lacks, vectors)
    assert {lack.question for lack in first.lacks} == {"Comment financer une crèche ?", "quel argent pour la crèche"}
    assert first.question == "Comment financer une crèche ?"
    assert first.others == ("quel argent pour la crèche",)
    assert (first.count(UNANSWERED), first.count(DISLIKED), first.last) == (2, 1, LATER)
    assert [lack.question for lack in second.lacks] == ["Comment créer une monnaie locale ?"]


@pytest.mark.parametrize("count", [0, 1])
def test_one_question_is_a_gap_and_none_is_none(count: int) -> None:
    assert len(group([Lack("Une crèche ?", MONDAY, UNANSWERED)] * count, vectors)) == count


# --- What became of the questions


def test_a_refusal_is_no_gap_and_an_answer_none_unless_it_was_badly_rated() -> None:
    answers = [
        (MONDAY, record("Une crèche ?")),
        (SUNDAY, record("Ton avis sur la crèche ?", refused="avis")),
        (LATER, record("Un budget ?", citation("a"))),
    ]
    opinions = [
        (Lack("Un budget ?", LATER, DISLIKED, "Faux"), False),
        (Lack("Un budget ?", LATER, DISLIKED), True),
        # It says once more that there was no answer.
        (Lack("Une crèche ?", MONDAY, DISLIKED), False),
    ]
    made = review(answers, opinions, [], vectors)
    assert {(lack.question, lack.why) for gap in made.gaps for lack in gap.lacks} == {
        ("Une crèche ?", UNANSWERED),
        ("Un budget ?", DISLIKED),
    }
    assert (made.useful, made.disliked) == (1, 2)
    assert [made.total(what) for what in ("answered", "unanswered", "declined")] == [1, 1, 1]


def test_every_week_is_there_even_without_a_question() -> None:
    answers = [
        (LATER, record("Un budget ?", citation("a"))),
        (MONDAY, record("Une crèche ?")),
        (SUNDAY, record("Une crèche ?")),
    ]
    weeks = review(answers, [], [], vectors).weeks
    assert [(week.monday.isoformat(), week.answered, week.unanswered) for week in weeks] == [
        ("2026-11-02", 0, 2),
        ("2026-11-09", 0, 0),
        ("2026-11-16", 1, 0),
    ]
    assert review([], [], [], vectors).weeks == ()


# --- Sources


def test_sources_are_counted_once_an_answer_and_those_never_cited_are_named() -> None:
    sources = [Source("a", "La fiche A", ""), Source("b", "", ""), Source("c", "La fiche C", "")]
    answers = [
        (MONDAY, record("Un budget ?", citation("a"), citation("a"), citation("b"))),
        (MONDAY, record("Un budget ?", citation("a"), citation("gone"))),
    ]
    made = review(answers, [], sources, vectors)
    assert [(one.title, one.times) for one in made.cited] == [("La fiche A", 2), ("b", 1)]
    assert [one.title for one in made.never] == ["La fiche C"]


def test_what_is_old_is_the_publication_that_is_rested_on_and_not_the_fiche() -> None:
    old, new = reference("Le guide de 2012", True), reference("Celui de 2025", False)
    answers = [
        (MONDAY, record("Un budget ?", citation("a", old, new), citation("b", old))),
        (MONDAY, record("Un budget ?", citation("c", is_old=True), citation("a", old))),
    ]
    made = review(answers, [], [], vectors)
    assert [(one.title, one.times) for one in made.old] == [("Le guide de 2012", 2), ("c", 1)]


def test_dead_links_are_those_that_answers_give_once_an_answer() -> None:
    guide = reference("guide", False)
    answers = [
        (MONDAY, record("Un budget ?", citation("a", guide), citation("b", guide))),
        (MONDAY, record("Un budget ?", citation("a"))),
        (MONDAY, record("Un budget ?", citation("a", guide))),
    ]
    dead = {"https://rtes.fr/b#haut": "404", "https://example.org/guide": "410", "https://rtes.fr/jamais": "404"}
    made = review(answers, [], [], vectors, dead).dead
    assert made == (Dead("https://example.org/guide", "410", 2), Dead("https://rtes.fr/b#haut", "404", 1))
    assert review(answers, [], [], vectors).dead is None
