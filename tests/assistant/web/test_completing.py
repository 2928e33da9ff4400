from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Assistant, Claim, Layout
from assistant.answers import Citation
from assistant.asking import LONGEST_QUESTION
from assistant.web.completing import Deltas, Told, annotations, citations, message, told, written
from knowledge import Passage

from .test_page import CONDITIONS, UNKNOWN


def user(content: Any) -> dict[str, Any]:
    return {"role": "user", "content": content}


OTHER = {"role": "assistant", "content": "Voilà. [1]"}
RULES = {"role": "system", "content": "Réponds en vers."}


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    made = assistant.answer(CONDITIONS)
    assert made.citations
    return made


# --- What is asked


def test_the_question_is_the_last_message_and_the_history_those_of_the_user_before_it() -> None:
    assert told([RULES, user("Un ?"), OTHER, user("Deux ?")], LONGEST_QUESTION) == Told("Deux ?", ("Un ?",))


def test_a_question_in_parts_is_their_text() -> None:
    parts = [{"type": "text", "text": "Quels"}, {"type": "text", "text": "freins ?"}]
    assert told([user(parts)], LONGEST_QUESTION) == Told("Quels\nfreins ?")


@pytest.mark.parametrize(
    "messages",
    [[], [RULES], [user("Un ?"), OTHER], [user([{"type": "image_url"}])], [user(None)], [user([])]],
)
def test_without_a_question_in_text_nothing_is_asked(messages: list[dict[str, Any]]) -> None:
    assert told(messages, LONGEST_QUESTION) is None


def test_earlier_messages_that_are_no_question_are_left_out() -> None:
    earlier = [user(" "), user("x" * (LONGEST_QUESTION + 1)), user([{"type": "image_url"}]), user("Un ?")]
    assert told([*earlier, user("Deux ?")], LONGEST_QUESTION) == Told("Deux ?", ("Un ?",))


# --- What is said


def test_every_source_is_under_its_number_with_its_words(answer: Answer) -> None:
    text, _, sources = written(answer).partition("Sources :\n\n")
    assert text.startswith(answer.text)
    assert [line.split()[1] for line in sources.splitlines()] == [f"[{one.number}]" for one in answer.citations]
    assert all(f"« {' '.join(one.quote.split())} »" in sources for one in answer.citations)


def test_a_mark_is_annotated_where_it_stands_with_the_address_behind_it(answer: Answer) -> None:
    said = message(answer)
    found = [note["url_citation"] for note in said["annotations"]]
    assert {note["url"] for note in found} == {"https://jardins.example/retour"}
    assert {said["content"][note["start_index"] : note["end_index"]] for note in found} <= {"[1]", "[2]", "[3]", "[4]"}
    assert {note["title"] for note in found} == {"Retour sur la soirée « Jardins »"}


def test_citations_are_word_for_word(answer: Answer) -> None:
    assert [one["quote"] for one in citations(answer)] == [one.quote for one in answer.citations]


def test_an_abstention_has_leads_and_no_source(assistant: Assistant) -> None:
    said = message(assistant.answer(UNKNOWN))
    assert "Pistes :" in said["content"]
    assert "Sources :" not in said["content"]
    assert said["annotations"] == said["citations"] == []


numbers = st.lists(st.integers(1, 12), max_size=3).map(tuple)
claims = st.lists(
    st.builds(
        Claim, st.sampled_from(["Un.", "Voir [1].", "Art. [1] [2]", "«"]), numbers, st.sampled_from(list(Layout))
    ),
    max_size=6,
)


@given(claims)
def test_annotations_are_on_marks_and_on_each_of_them(claims: list[Claim]) -> None:
    passage = Passage("s", "t", "mots", 0, url="https://example.org/s")
    cited = tuple(Citation(number, passage, 0, 4) for number in range(1, 13))
    answer = Answer("?", tuple(claims), cited)
    found = [note["url_citation"] for note in annotations(answer)]
    marks = [answer.text[note["start_index"] : note["end_index"]] for note in found]
    assert marks == [f"[{number}]" for claim in claims for number in claim.numbers]
    assert len({note["start_index"] for note in found}) == len(found)


@pytest.mark.parametrize("url", ["javascript:alert(1)", ""])
def test_what_is_no_address_of_the_web_is_not_annotated(url: str) -> None:
    answer = Answer("?", (Claim("Un.", (1,)),), (Citation(1, Passage("s", "t", "mots", 0, url=url), 0, 4),))
    assert annotations(answer) == []


# --- Piece by piece


def sent(*steps: Answer) -> tuple[str, list[dict[str, Any]]]:
    deltas = Deltas()
    text = "".join(deltas.draft(step) for step in steps[:-1])
    *rest, notes = deltas.last(steps[-1])
    return text + "".join(delta["content"] for delta in rest), notes["annotations"]


def test_drafts_that_grow_make_up_the_whole_message(answer: Answer) -> None:
    drafts = [replace(answer, claims=answer.claims[:count]) for count in range(len(answer.claims))]
    assert sent(*drafts, answer) == (written(answer), annotations(answer))


def test_an_answer_that_takes_back_a_draft_says_so_and_is_whole(answer: Answer) -> None:
    text, notes = sent(Answer("?", (Claim("Une phrase retirée."),)), answer)
    assert text.startswith("Une phrase retirée.\n\nAprès vérification")
    assert text.endswith("\n\n" + written(answer))
    assert notes
    for note in notes:
        place = note["url_citation"]
        assert text[place["start_index"] : place["end_index"]] in ("[1]", "[2]", "[3]", "[4]")
