from dataclasses import replace

import pytest

from assistant.answers import Answer, Citation, Claim
from assistant.evaluation.grading import Grade, mark
from knowledge import Passage
from knowledge.evaluation.question_sets import Question

PASSAGE = Passage("fiches/a.md", "A", "Le seuil est de 23 000 € par an. Une autre phrase.", 0)
SAID = "Le seuil est de 23 000 € par an."


def graded(
    behaviour: str = "answer", text: str = SAID, facts: tuple[str, ...] = ("23 000 €",), cited: bool = True
) -> Grade:
    citations = (Citation(1, PASSAGE, 0, len(SAID)),) if cited else ()
    claims = (Claim(text, (1,) if cited else ()),)
    question = Question("q", "Quel seuil ?", {"fiches/a.md": 1}, behaviour, facts)
    return Grade(question, Answer("Quel seuil ?", claims, citations), 10.0)


def test_questions_that_expect_no_fact_do_not_count_as_having_theirs() -> None:
    bare = Question("1", "Quels freins ?", {})
    wanting = Question("2", "Quel seuil ?", {}, facts=("23 000 €",))
    said = Answer(
        "?", (Claim("Le temps manque. ", (1,)),), (Citation(1, Passage("a", "A", "Le temps manque.", 0), 0, 16),)
    )
    assert mark([Grade(bare, said, 1.0), Grade(wanting, said, 1.0)]).facts == 0
    assert mark([Grade(bare, said, 1.0)]).facts is None


def test_a_right_answer_has_its_facts_its_source_and_its_proof() -> None:
    grade = graded()
    assert grade.has_facts
    assert grade.cites_right
    assert grade.unproved == []


@pytest.mark.parametrize("facts", [("230 000 €",), ("23 000 €", "trois ans")])
def test_every_expected_fact_must_be_there(facts: tuple[str, ...]) -> None:
    assert not graded(facts=facts).has_facts


def test_one_of_the_wordings_of_a_fact_is_enough() -> None:
    assert graded(facts=("vingt-trois mille euros | 23 000 €",)).has_facts


def test_a_claim_that_its_quote_does_not_bear_out_is_named() -> None:
    changed = "Le seuil est de 230 000 € par an."
    assert graded(text=changed).unproved == [changed]


def test_marks_are_shares_of_the_questions_concerned() -> None:
    marks = mark([graded(), graded(cited=False), graded("decline"), graded("decline", cited=False)])
    assert (marks.answerable, marks.declinable) == (2, 2)
    assert (marks.facts, marks.sources, marks.refused, marks.refused_wrongly) == (0.5, 0.5, 0.5, 0.5)
    assert marks.proved == 1.0


def test_a_set_without_questions_to_decline_says_nothing_of_refusals() -> None:
    assert mark([graded()]).refused is None


def test_a_right_answer_has_no_problem_and_a_wrong_one_says_which() -> None:
    assert graded().problems == []
    assert graded(facts=("trois ans",)).problems == ["ne dit pas ce qui est attendu"]
    assert graded(cited=False).problems == ["ne répond pas"]
    elsewhere = replace(graded(), question=Question("q", "Quel seuil ?", {"fiches/b.md": 1}))
    assert elsewhere.problems == ["ne cite pas la source attendue"]
    assert graded("decline").problems == ["répond au lieu de décliner"]


def test_words_that_must_not_be_said_are_a_problem() -> None:
    grade = graded()
    forbidding = Question("q", "Quel seuil ?", {"fiches/a.md": 1}, facts=("23 000 €",), forbidden=("par AN", "30 000"))
    assert Grade(forbidding, grade.answer, 1.0).problems == ["dit « par AN »"]
