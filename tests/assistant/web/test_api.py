import json
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
import pytest

from assistant import Answer, Assistant, Claim, ModelUnavailable
from assistant.asking import LONGEST_QUESTION
from assistant.settings import AssistantSettings
from assistant.web.opinions import Opinion
from assistant.web.page import SUGGESTIONS
from assistant.web.presenting import presented
from assistant.web.serving import build_app
from assistant.web.sessions import LIFETIME
from knowledge import Source

from ..conftest import hostile_strings, served
from .test_limiting import Clock
from .test_page import CONDITIONS, FREIN, UNKNOWN

SITE, ELSEWHERE = "https://www.rtes.example", "https://ailleurs.example"
PER_MINUTE = 20


class Scripted:
    """An assistant that answers what it was told to, step by step."""

    def __init__(self, stream: Callable[[str, Sequence[str]], Iterator[Answer]]) -> None:
        self.stream = stream

    def about(self, question: str, page: str) -> str:  # noqa: ARG002
        return question


@dataclass
class Kept:
    """Opinions in a list."""

    opinions: list[Opinion] = field(default_factory=list)

    def note(self, opinion: Opinion) -> None:
        self.opinions.append(opinion)

    def of(self, conversation: str) -> list[Any]:  # noqa: ARG002
        return []

    def forget(self, conversation: str) -> int:  # noqa: ARG002
        return 0

    def purge(self) -> int:
        return 0


@dataclass
class Hosted:
    """An application that trusts this machine as a proxy: each caller has an address of its own."""

    address: str
    clock: Clock
    opinions: Kept
    clients: list[httpx.Client] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def elsewhere(self) -> dict[str, str]:
        """The header of a caller at an address that no other has."""
        number = next(self.numbers)
        return {"x-forwarded-for": f"10.1.{number // 250}.{number % 250 + 1}"}

    def caller(self, origin: str | None = SITE, address: str = "", **headers: str) -> httpx.Client:
        came = {"x-forwarded-for": address} if address else self.elsewhere()
        origins = {"origin": origin} if origin is not None else {}
        base = f"{self.address}/api/"
        self.clients.append(httpx.Client(base_url=base, headers=came | origins | headers, timeout=20, verify=False))
        return self.clients[-1]

    def session(self, **given: Any) -> httpx.Client:
        """A caller with a session."""
        client = self.caller(**given)
        client.headers["authorization"] = f"Bearer {client.post('session').json()['token']}"
        return client


def hosted(assistant: Any) -> Iterator[Hosted]:
    settings = AssistantSettings(
        allowed_origins=(SITE,),
        trusted_proxies=("127.0.0.1",),
        questions_per_minute=PER_MINUTE,
        site_questions_per_minute=100_000,
    )
    clock, opinions = Clock(1_800_000_000), Kept()
    with served(build_app(assistant, settings, opinions, clock)) as address:
        host = Hosted(address, clock, opinions)
        yield host
        for client in host.clients:
            client.close()


@pytest.fixture(scope="module")
def host(assistant: Assistant) -> Iterator[Hosted]:
    yield from hosted(assistant)


@pytest.fixture
def scripted() -> Iterator[Callable[[Any], Hosted]]:
    """Hosts an assistant of the test's own."""
    running = []

    def start(stream: Callable[[str, Sequence[str]], Iterator[Answer]]) -> Hosted:
        running.append(hosted(Scripted(stream)))
        return next(running[-1])

    yield start
    for one in running:
        one.close()


def events(response: httpx.Response) -> list[tuple[str, Any]]:
    """What was said, in order."""
    found = []
    for block in response.text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def ask(client: httpx.Client, question: str, **more: Any) -> list[tuple[str, Any]]:
    response = client.post("ask", json={"question": question, **more})
    assert response.status_code == 200, response.text
    return events(response)


# --- Answers


def test_an_answer_is_the_assistants_whole_answer(host: Hosted, assistant: Assistant) -> None:
    told = ask(host.session(), CONDITIONS)
    assert [name for name, _ in told] == ["answer", "done"]
    expected = assistant.answer(CONDITIONS)
    assert not expected.is_abstention
    assert told[0][1] == json.loads(json.dumps(presented(expected, 2026)))


def test_an_abstention_comes_with_its_leads_and_suggestions(host: Hosted) -> None:
    (_, answer), _ = ask(host.session(), UNKNOWN)
    assert answer["is_abstention"]
    assert answer["leads"]
    assert all(lead["place"] and lead["text"] for lead in answer["leads"])
    assert answer["suggestions"]


def test_answers_come_as_they_are_made(scripted: Callable[[Any], Hosted]) -> None:
    said = threading.Event()

    def stream(question: str, _: Sequence[str]) -> Iterator[Answer]:
        yield Answer(question, (Claim("Attente."),))
        # The rest waits until the beginning has been read.
        assert said.wait(20)
        yield Answer(question, (Claim("Fin."),))

    with scripted(stream).session().stream("POST", "ask", json={"question": "?"}) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["x-accel-buffering"] == "no"
        lines = response.iter_lines()
        assert "Attente." in next(line for line in lines if line.startswith("data"))
        said.set()
        assert "Fin." in next(line for line in lines if line.startswith("data"))


def test_the_assistant_is_told_the_earlier_questions_of_the_session_only(scripted: Callable[[Any], Hosted]) -> None:
    heard = []

    def stream(question: str, history: Sequence[str]) -> Iterator[Answer]:
        heard.append((*history, question))
        yield Answer(question, (Claim("Voilà."),))

    host = scripted(stream)
    one, other = host.session(), host.session()
    ask(one, "Un ?")
    ask(other, "Autre ?")
    ask(one, "Deux ?")
    ask(one, "Deux ?", again=True)
    assert heard == [("Un ?",), ("Autre ?",), ("Un ?", "Deux ?"), ("Un ?", "Deux ?")]


class Reader(Assistant):
    """Knows one article, and repeats what it is asked."""

    def __init__(self) -> None:
        self._searcher = self  # type: ignore[assignment]

    def sources(self) -> Sequence[Source]:
        return [Source("a", "Les SCIC en France", "Texte.", "https://www.rtes.example/scic")]

    def stream(self, question: str, history: Sequence[str] = ()) -> Iterator[Answer]:
        yield Answer(question, (Claim(question),), notes=tuple(history))


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("http://rtes.example/scic/", "De quoi parle l'article « Les SCIC en France » ?"),
        ("https://www.rtes.example/autre", "De quoi parle cet article ?"),
        ("", "De quoi parle cet article ?"),
    ],
)
def test_this_article_is_the_one_of_the_page_when_it_is_known(page: str, expected: str) -> None:
    for host in hosted(Reader()):
        (_, answer), _ = ask(host.session(), "De quoi parle cet article ?", page=page)
        assert answer["text"] == expected
        assert answer["question"] == "De quoi parle cet article ?"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ModelUnavailable("Le modèle ne répond pas."), "Le modèle ne répond pas."),
        (ZeroDivisionError(), "La réponse n'a pas"),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(
    scripted: Callable[[Any], Hosted], error: Exception, sentence: str
) -> None:
    def stream(question: str, _: Sequence[str]) -> Iterator[Answer]:
        yield Answer(question, (Claim("Début."),))
        raise error

    host = scripted(stream)
    client = host.session()
    told = ask(client, "?")
    assert [name for name, _ in told] == ["answer", "error", "done"]
    assert told[1][1].startswith(sentence)
    (exchange,) = client.get("conversation").json()["exchanges"]
    assert exchange["problem"].startswith(sentence)
    assert exchange["answer"]["text"] == "Début."


def test_an_answer_that_nobody_waits_for_any_more_leaves_what_was_said(scripted: Callable[[Any], Hosted]) -> None:
    let_go, ended = threading.Event(), threading.Event()

    def stream(question: str, history: Sequence[str]) -> Iterator[Answer]:
        yield Answer(question, (Claim("Début."),))
        if not history:
            let_go.wait(20)
            ended.set()
            yield Answer(question, (Claim("Fin."),))

    client = scripted(stream).session()
    with client.stream("POST", "ask", json={"question": "Un ?"}) as response:
        next(line for line in response.iter_lines() if line.startswith("data"))
    assert [name for name, _ in ask(client, "Deux ?")] == ["answer", "done"]
    let_go.set()
    assert ended.wait(20)
    said = [(one["question"], one["answer"]["text"]) for one in client.get("conversation").json()["exchanges"]]
    assert said == [("Un ?", "Début."), ("Deux ?", "Début.")]


def test_more_questions_than_can_wait_are_asked_to_come_back(scripted: Callable[[Any], Hosted]) -> None:
    let_go = threading.Event()

    def stream(question: str, _: Sequence[str]) -> Iterator[Answer]:
        let_go.wait(30)
        yield Answer(question, (Claim("Voilà."),))

    host = scripted(stream)
    statuses: list[int] = []
    clients = [host.session() for _ in range(74)]

    def one(client: httpx.Client) -> None:
        statuses.append(client.post("ask", json={"question": "?"}).status_code)
        # The two that are turned away come first, and let the others go on.
        if len(statuses) == 2:
            let_go.set()

    threads = [threading.Thread(target=one, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [200] * 72 + [503] * 2
    assert [name for name, _ in ask(host.session(), "?")] == ["answer", "done"]


# --- Questions that cannot be taken as they are


@pytest.mark.parametrize("question", ["", "   ", "x" * (LONGEST_QUESTION + 1)])
def test_a_question_that_cannot_be_taken_is_told_why_and_leaves_nothing(host: Hosted, question: str) -> None:
    client = host.session()
    answer = client.post("ask", json={"question": question})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("La question")
    assert client.get("conversation").json()["exchanges"] == []


def test_a_question_of_100_kilobytes_is_refused_before_it_is_read(host: Hosted) -> None:
    assert host.session().post("ask", json={"question": "x" * 100_000}).status_code == 413
    assert host.session().post("ask", content=iter([b"{}"])).status_code == 413


def test_a_question_of_the_longest_length_is_taken_however_it_is_written(host: Hosted) -> None:
    body = json.dumps({"question": "\U0001f600" * LONGEST_QUESTION, "page": "https://www.rtes.example/"})
    answer = host.session().post("ask", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"question": 1}', b'{"question": null}', b"\xff", b'{"question": "?", "again": "?"}']
)
def test_what_is_no_question_is_refused_in_french(host: Hosted, body: bytes) -> None:
    answer = host.session().post("ask", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"].startswith("Requête illisible")


@pytest.mark.parametrize("name", ["naughty-strings.json", "xss-payloads.json"])
def test_every_hostile_string_is_answered_or_refused_and_given_back_as_it_was(host: Hosted, name: str) -> None:
    client = host.session()
    for text in hostile_strings(name):
        question = text[:LONGEST_QUESTION]
        answer = client.post("ask", json={"question": question, "page": question}, headers=host.elsewhere())
        assert answer.status_code in (200, 422), question
        if answer.status_code == 200:
            told = events(answer)
            assert [name for name, _ in told] == ["answer", "done"]
            assert told[0][1]["question"] == question.strip()


# --- Who may ask


@pytest.mark.parametrize("path", ["session", "ask", "feedback", "conversation"])
@pytest.mark.parametrize("origin", [None, ELSEWHERE, "null", "*", "https://www.rtes.example.ailleurs.example"])
def test_no_other_site_is_served(host: Hosted, path: str, origin: str | None) -> None:
    client = host.session()
    if origin is None:
        del client.headers["origin"]
    else:
        client.headers["origin"] = origin
    body = {"question": FREIN, "id": "x", "useful": True}
    answer = client.get(path) if path == "conversation" else client.post(path, json=body)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_a_page_of_ours_is_served(host: Hosted) -> None:
    client = host.session(origin=host.address)
    assert [name for name, _ in ask(client, FREIN)] == ["answer", "done"]
    del client.headers["origin"]
    assert client.get("conversation", headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert client.get("conversation", headers={"referer": f"{host.address}/demo"}).status_code == 200
    assert client.get("conversation", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_a_site_of_the_list_may_read_and_no_other(host: Hosted) -> None:
    allowed = host.caller().post("session").headers
    assert allowed["access-control-allow-origin"] == SITE
    assert "Origin" in allowed["vary"]
    assert "access-control-allow-credentials" not in allowed


@pytest.mark.parametrize(("origin", "status"), [(SITE, 200), (ELSEWHERE, 400), ("null", 400)])
def test_a_site_of_the_list_may_ask_before_asking_and_no_other(host: Hosted, origin: str, status: int) -> None:
    wanted = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    answer = host.caller(origin).options("ask", headers=wanted)
    assert answer.status_code == status
    assert ("access-control-allow-origin" in answer.headers) is (status == 200)


def test_nobody_but_ourselves_is_served_by_default(site: str) -> None:
    with httpx.Client(base_url=f"{site}/api/") as client:
        assert client.post("session", headers={"origin": SITE}).status_code == 403
        assert client.post("session", headers={"origin": site}).status_code == 200


# --- Sessions


def test_a_session_says_what_can_be_asked_first(host: Hosted) -> None:
    opened = host.caller().post("session").json()
    assert opened["suggestions"] == list(SUGGESTIONS)
    assert opened["expires_in"] == LIFETIME
    assert opened["takes_feedback"] is True


@pytest.mark.parametrize("path", ["ask", "feedback", "conversation"])
@pytest.mark.parametrize("token", ["", "Bearer", "Bearer faux", "Basic x", "Bearer WyJhIiwiYiJd.aaaaaa.bbbb"])
def test_without_a_session_nothing_is_asked_nor_read(host: Hosted, path: str, token: str) -> None:
    client = host.caller(**({"authorization": token} if token else {}))
    body = {"question": FREIN, "id": "x", "useful": True}
    answer = client.get(path) if path == "conversation" else client.post(path, json=body)
    assert answer.status_code == 401


def test_a_session_of_one_site_is_of_no_use_to_another(host: Hosted) -> None:
    client = host.session()
    client.headers["origin"] = host.address
    assert client.get("conversation").status_code == 401


def test_a_session_ends(host: Hosted) -> None:
    client = host.session()
    host.clock.now += LIFETIME + 1
    assert client.post("ask", json={"question": FREIN}).status_code == 401


def test_the_history_of_a_session_is_read_with_its_secret_alone(host: Hosted, assistant: Assistant) -> None:
    one, other = host.session(), host.session()
    ask(one, FREIN)
    (exchange,) = one.get("conversation").json()["exchanges"]
    assert exchange["question"] == FREIN
    assert exchange["answer"]["text"] == assistant.answer(FREIN).text
    assert other.get("conversation").json()["exchanges"] == []
    assert one.get("conversation").headers["cache-control"] == "no-store"


def test_a_conversation_can_be_forgotten(host: Hosted) -> None:
    client = host.session()
    ask(client, FREIN)
    assert client.delete("conversation").status_code == 204
    assert client.get("conversation").json()["exchanges"] == []


# --- How much may be asked


def test_an_address_may_ask_no_more_than_was_set_whatever_its_sessions(host: Hosted) -> None:
    statuses = []
    for _ in range(PER_MINUTE + 5):
        client = host.caller(address="203.0.113.7")
        statuses.append(client.post("session").status_code)
    assert statuses == [200] * PER_MINUTE + [429] * 5
    host.clock.now += 60
    client = host.session(address="203.0.113.7")
    # Refused or answered, each asks for one.
    statuses = [client.post("ask", json={"question": " "}).status_code for _ in range(PER_MINUTE + 1)]
    assert statuses == [422] * PER_MINUTE + [429]


def test_who_must_wait_is_told_how_long(host: Hosted) -> None:
    host.clock.now += 60 - host.clock.now % 60 + 10
    client = host.caller(address="203.0.113.8")
    answers = [client.post("session") for _ in range(PER_MINUTE + 1)]
    assert answers[-1].headers["retry-after"] == "50"
    assert answers[-1].json() == {"detail": "Trop de demandes à la suite : réessayez dans 50 secondes."}


def test_a_forged_address_changes_nothing_where_no_proxy_is_trusted(assistant: Assistant) -> None:
    settings = AssistantSettings(questions_per_minute=3)
    with served(build_app(assistant, settings, clock=Clock(1000))) as address:
        statuses = [
            httpx.post(
                f"{address}/api/session",
                headers={"origin": address, "x-forwarded-for": f"192.0.2.{at}", "forwarded": f"for=192.0.2.{at}"},
            ).status_code
            for at in range(5)
        ]
    assert statuses == [200, 200, 200, 429, 429]


def test_an_address_forged_before_the_proxy_changes_nothing_either(host: Hosted) -> None:
    statuses = {host.caller(address=f"192.0.2.{at}, 203.0.113.9").post("session").status_code for at in range(40)}
    assert statuses == {200, 429}


# --- Opinions


def test_an_opinion_is_kept_with_what_it_is_about(host: Hosted, assistant: Assistant) -> None:
    client = host.session()
    *_, (_, done) = ask(client, FREIN)
    verdict = {"id": done["id"], "useful": False, "comment": " Trop court. "}
    assert client.post("feedback", json=verdict).status_code == 204
    assert host.opinions.opinions[-1] == Opinion(done["id"], False, "Trop court.", FREIN, assistant.answer(FREIN).text)


def test_an_opinion_on_what_another_was_answered_is_refused(host: Hosted) -> None:
    *_, (_, done) = ask(host.session(), FREIN)
    kept = list(host.opinions.opinions)
    assert host.session().post("feedback", json={"id": done["id"], "useful": True}).status_code == 404
    assert host.opinions.opinions == kept


def test_too_long_a_comment_is_refused(host: Hosted) -> None:
    client = host.session()
    *_, (_, done) = ask(client, FREIN)
    verdict = {"id": done["id"], "useful": True, "comment": "x" * 1001}
    assert client.post("feedback", json=verdict).status_code == 422


def test_where_opinions_are_not_kept_none_is_asked_for(assistant: Assistant) -> None:
    with (
        served(build_app(assistant)) as site,
        httpx.Client(base_url=f"{site}/api/", headers={"origin": site}) as client,
    ):
        opened = client.post("session").json()
        assert opened["takes_feedback"] is False
        client.headers["authorization"] = f"Bearer {opened['token']}"
        assert client.get("conversation").json()["takes_feedback"] is False


def test_an_answer_of_the_widget_is_opened_again_under_its_link(site: str) -> None:
    with httpx.Client(base_url=f"{site}/api/", headers={"origin": site}, timeout=20) as client:
        client.headers["authorization"] = f"Bearer {client.post('session').json()['token']}"
        *_, (name, done) = ask(client, FREIN)
        assert name == "done"
        assert "Pourquoi cette réponse" in client.get(f"{site}/{done['link']}").text
        *_, (name, done) = ask(client, "merci !")
        assert (name, done["link"]) == ("done", "")


# --- What is published


def test_the_interface_is_described(host: Hosted) -> None:
    described = httpx.get(f"{host.address}/api/openapi.json").json()
    assert set(described["paths"]) == {"/session", "/ask", "/conversation", "/feedback", "/export", "/erase"}
    assert "text/event-stream" in described["paths"]["/ask"]["post"]["responses"]["200"]["content"]
    assert described["servers"] == [{"url": "/api"}]
    assert "HTTPBearer" in described["components"]["securitySchemes"]


@pytest.mark.parametrize("path", ["docs", "redoc", ""])
def test_nothing_else_is(host: Hosted, path: str) -> None:
    assert httpx.get(f"{host.address}/api/{path}").status_code == 404
