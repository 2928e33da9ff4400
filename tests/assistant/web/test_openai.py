"""Other software's own clients, against the whole application on a free port."""

from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import openai
import pytest
from langchain_openai import ChatOpenAI

from assistant import Answer, Assistant, Claim, ModelUnavailable
from assistant.asking import LONGEST_QUESTION
from assistant.errors import BadSetting
from assistant.settings import AssistantSettings
from assistant.web.completing import MODEL, annotations, written
from assistant.web.serving import build_app

from ..conftest import served
from .test_api import Scripted
from .test_limiting import Clock
from .test_page import CONDITIONS, FREIN

KEY = "cle-d-essai-0123456789"
PER_MINUTE = 12


def opened(assistant: Any, per_minute: int = 10_000) -> Any:
    settings = AssistantSettings(api_keys=(KEY,), questions_per_minute=per_minute)  # type: ignore[arg-type]
    return served(build_app(assistant, settings, clock=Clock(1_800_000_000)))


def client_of(site: str, key: str = KEY) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{site}/v1", api_key=key, max_retries=0, timeout=20)


@pytest.fixture(scope="module")
def open_site(assistant: Assistant) -> Iterator[str]:
    with opened(assistant) as address:
        yield address


@pytest.fixture
def client(open_site: str) -> Iterator[openai.OpenAI]:
    with client_of(open_site) as client:
        yield client


def asked(client: openai.OpenAI, *questions: str, **more: Any) -> Any:
    messages = [{"role": "user", "content": question} for question in questions]
    return client.chat.completions.create(**{"model": MODEL, "messages": messages} | more)


def test_the_official_client_is_answered_as_the_page_is(client: openai.OpenAI, assistant: Assistant) -> None:
    completion = asked(client, CONDITIONS)
    expected = assistant.answer(CONDITIONS)
    said = completion.choices[0].message
    assert said.content == written(expected)
    assert [note.model_dump() for note in said.annotations] == annotations(expected) != []
    assert [one["quote"] for one in said.citations] == [one.quote for one in expected.citations]
    assert completion.choices[0].finish_reason == "stop"


def test_the_official_client_reads_a_stream(client: openai.OpenAI, assistant: Assistant) -> None:
    chunks = [chunk.choices[0] for chunk in asked(client, CONDITIONS, stream=True)]
    expected = assistant.answer(CONDITIONS)
    assert "".join(chunk.delta.content or "" for chunk in chunks) == written(expected)
    assert [chunk.finish_reason for chunk in chunks if chunk.finish_reason] == ["stop"]
    (notes,) = [chunk.delta.annotations for chunk in chunks if hasattr(chunk.delta, "annotations")]
    assert notes == annotations(expected)


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == [MODEL]
    assert client.models.retrieve(MODEL).id == MODEL


def test_langchain_is_answered_whole_and_in_pieces(open_site: str, assistant: Assistant) -> None:
    chat = ChatOpenAI(model=MODEL, base_url=f"{open_site}/v1", api_key=KEY, max_retries=0)  # type: ignore[arg-type]
    expected = written(assistant.answer(FREIN))
    assert chat.invoke(FREIN).content == expected
    assert "".join(str(chunk.content) for chunk in chat.stream(FREIN)) == expected


def test_the_users_earlier_messages_are_the_history() -> None:
    heard: list[tuple[str, ...]] = []

    def stream(question: str, history: Sequence[str]) -> Iterator[Answer]:
        heard.append((*history, question))
        yield Answer(question, (Claim("Voilà."),))

    with opened(Scripted(stream)) as site, client_of(site) as client:
        asked(client, "Un ?", "Deux ?")
        asked(client, "Trois ?")
    assert heard == [("Un ?", "Deux ?"), ("Trois ?",)]


def test_a_draft_is_sent_as_it_comes_and_the_reason_of_a_failure_after_it() -> None:
    def stream(question: str, _: Sequence[str]) -> Iterator[Answer]:
        yield Answer(question, (Claim("Début."),))
        yield Answer(question, (Claim("Début."), Claim("Suite.")))
        raise ModelUnavailable("Le modèle ne répond plus.")

    words = []
    with opened(Scripted(stream)) as site, client_of(site) as client:
        with pytest.raises(openai.APIError, match=r"Le modèle ne répond plus\."):
            words += [chunk.choices[0].delta.content for chunk in asked(client, "?", stream=True)]
        with pytest.raises(openai.InternalServerError, match=r"Le modèle ne répond plus\."):
            asked(client, "?")


# --- Refusals


def refusal(client: openai.OpenAI, *questions: str, **more: Any) -> tuple[int, str]:
    with pytest.raises(openai.APIStatusError) as refused:
        asked(client, *questions, **more)
    assert set(refused.value.body) == {"message", "type", "param", "code"}  # type: ignore[call-overload]
    return refused.value.status_code, refused.value.body["message"]  # type: ignore[index]


def test_without_keys_the_interface_is_closed_to_everybody(site: str) -> None:
    for key in ("", KEY):
        response = httpx.get(f"{site}/v1/models", headers={"authorization": f"Bearer {key}"} if key else {})
        assert response.status_code == 404
        assert "ASSISTANT_API_KEYS" in response.json()["error"]["message"]


@pytest.mark.parametrize("shown", [{}, {"authorization": "Bearer autre"}, {"authorization": KEY}, {"x-api-key": KEY}])
def test_without_the_key_nothing_is_said(open_site: str, shown: dict[str, str]) -> None:
    response = httpx.get(f"{open_site}/v1/models", headers=shown)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert "Clé absente ou inconnue" in response.json()["error"]["message"]


def test_another_model_does_not_exist(client: openai.OpenAI) -> None:
    status, said = refusal(client, "Un ?", model="gpt-4o")
    assert status == 404
    assert MODEL in said


@pytest.mark.parametrize(
    ("question", "more", "said"),
    [
        (" ", {}, "vide"),
        ("x" * (LONGEST_QUESTION + 1), {}, "réduisez-la"),
        ("Un ?", {"n": 2}, "Une seule réponse"),
        ("Un ?", {"response_format": {"type": "json_object"}}, "Une seule réponse"),
        ("Un ?", {"messages": [{"role": "assistant", "content": "Oui."}]}, "dernier message"),
        ("Un ?", {"messages": "Un ?"}, "illisible"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_the_reason(
    client: openai.OpenAI, question: str, more: dict[str, Any], said: str
) -> None:
    status, sentence = refusal(client, question, **more)
    assert status == 400
    assert said in sentence


def test_an_address_that_does_not_exist_is_told_in_french(open_site: str) -> None:
    response = httpx.get(f"{open_site}/v1/rien", headers={"authorization": f"Bearer {KEY}"})
    assert (response.status_code, response.json()["error"]["message"]) == (404, "Introuvable.")


def test_a_request_that_is_too_long_is_refused(open_site: str) -> None:
    long = {"model": MODEL, "messages": [{"role": "user", "content": "x" * 200_000}]}
    response = httpx.post(f"{open_site}/v1/chat/completions", json=long, headers={"authorization": f"Bearer {KEY}"})
    assert response.status_code == 413


def test_questions_are_counted_and_so_are_unknown_keys(assistant: Assistant) -> None:
    with opened(assistant, 2) as site, client_of(site) as client, client_of(site, "inconnue") as stranger:
        asked(client, FREIN)
        asked(client, FREIN)
        assert refusal(client, FREIN)[0] == 429
        assert [refusal(stranger, FREIN)[0] for _ in range(3)] == [401, 401, 429]


def test_a_key_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_API_KEYS", f"{KEY}, courte")
    with pytest.raises(BadSetting, match="ASSISTANT_API_KEYS") as refused:
        AssistantSettings.read()
    assert "courte" not in str(refused.value)
    monkeypatch.setenv("ASSISTANT_API_KEYS", f"{KEY}, {KEY}2")
    assert KEY not in repr(AssistantSettings.read())
    assert len(AssistantSettings.read().api_keys or ()) == 2
