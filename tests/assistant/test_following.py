from assistant import Answer, Assistant, Citation, Claim
from assistant.following import MOST, follow_ups
from assistant.tracing import Trace
from knowledge import Hit, Passage, Zone
from knowledge.retrieving import HybridRetriever


def hit(source: str, title: str) -> Hit:
    return Hit(Passage(source, title, "Texte.", 0), 0.5)


def answered(*hits: Hit, cited: str = "a") -> Answer:
    trace = Trace(1, "q", "", (), Zone.COVERED, hits)
    return Answer("Q ?", (Claim("Texte.", (1,)),), (Citation(1, Passage(cited, "A", "Texte.", 0), 0, 6),), trace=trace)


def test_neighbours_that_are_not_cited_are_suggested_once_each_the_nearest_first() -> None:
    answer = answered(hit("a", "A"), hit("b", "Le budget"), hit("b", "Le budget"), hit("c", "Qui décide ?"))
    assert follow_ups(answer, lambda *_: True) == ("Que dit la fiche « Le budget » ?", "Qui décide ?")


def test_only_questions_that_have_an_answer_are_suggested() -> None:
    tried: list[tuple[str, str]] = []

    def is_answered(question: str, source: str) -> bool:
        tried.append((question, source))
        return source == "c"

    answer = answered(hit("b", "Bilan ?"), hit("c", "Cadre ?"))
    assert follow_ups(answer, is_answered) == ("Cadre ?",)
    assert tried == [("Bilan ?", "b"), ("Cadre ?", "c")]


def test_few_are_suggested() -> None:
    answer = answered(*(hit(f"s{at}", f"Question {at} ?") for at in range(9)))
    assert len(follow_ups(answer, lambda *_: True)) == MOST


def test_what_the_assistant_suggests_it_answers_from_the_suggested_source(searcher: HybridRetriever) -> None:
    assistant = Assistant(searcher)
    followed = assistant.followed(assistant.answer("Quel est le premier frein d'un jardin partagé ?"))
    assert followed.suggestions
    cited = {citation.passage.source for citation in followed.citations}
    for question in followed.suggestions:
        answer = assistant.answer(question)
        assert not answer.is_abstention
        assert {citation.passage.source for citation in answer.citations} - cited
