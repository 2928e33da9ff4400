"""The real client of OpenAI-compatible servers, against a server of this machine that behaves as each test says."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from assistant import ModelUnavailable
from assistant.chat_model import open_chat_model, stream
from assistant.errors import SilentModel
from assistant.prompts import ANSWER
from assistant.settings import AssistantSettings

KEY = "sk-tres-secrete-0123456789"
QUESTION = "Une question que personne d'autre ne doit lire ?"
PROMPT = ANSWER.invoke({"passages": "", "question": QUESTION})
WORDS = ["La ", "charte ", "engage", " : « é », 👍\n", "- fin. [", "1]"]


def event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\n\n".encode()


DONE = event({}, "stop") + b"data: [DONE]\n\n"


@dataclass
class Server:
    """What it answers, and what it was asked. `held` is when a slow answer may go on."""

    address: str
    respond: Callable[[BaseHTTPRequestHandler], None]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    held: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def server() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append(said)
            state.keys.append(self.headers["Authorization"])
            state.paths.append(self.path)
            self.close_connection = True
            state.respond(self)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    state = Server(f"http://127.0.0.1:{http.server_address[1]}/v1", lambda handler: speak(handler, WORDS))
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield state
    state.held.set()
    http.shutdown()
    http.server_close()
    thread.join(5)


def speak(handler: BaseHTTPRequestHandler, words: list[str], end: bytes = DONE) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.end_headers()
    for word in words:
        handler.wfile.write(event({"role": "assistant", "content": word}))
        handler.wfile.flush()
    handler.wfile.write(end)
    handler.wfile.flush()


def fail(handler: BaseHTTPRequestHandler, status: int, body: str) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body.encode())))
    # The client tries once more: at once.
    handler.send_header("retry-after-ms", "1")
    handler.end_headers()
    handler.wfile.write(body.encode())


def opened(server: Server, key: str = KEY, timeout: float = 20.0) -> BaseChatModel:
    model = open_chat_model(
        AssistantSettings(
            chat_model="openai:mistral-small",
            chat_base_url=server.address,
            chat_api_key=key or None,  # type: ignore[arg-type]
            chat_timeout=timeout,
        )
    )
    assert model is not None
    return model


def written(model: BaseChatModel, timeout: float = 20.0) -> str:
    return "".join(stream(model, PROMPT, timeout))


# --- Opening


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_is_no_model(name: str | None) -> None:
    assert open_chat_model(AssistantSettings(chat_model=name)) is None


@pytest.mark.parametrize(
    "name",
    ["inconnu", "inconnu:modèle", "mistralai:mistral-small", "openai:gpt-x", ":", "openai", "a:b:c", "../x", "é"],
)
def test_a_model_that_cannot_be_opened_is_told_in_french(name: str) -> None:
    with pytest.raises(ModelUnavailable, match=r"ne peut pas être ouvert.*vérifiez ASSISTANT_CHAT_MODEL") as raised:
        open_chat_model(AssistantSettings(chat_model=name))
    assert name in str(raised.value)


@pytest.mark.parametrize("name", ["inconnu:modèle", "mistralai:mistral-small"])
def test_the_key_is_not_in_what_is_said_of_a_model_that_cannot_be_opened(name: str) -> None:
    with pytest.raises(ModelUnavailable) as raised:
        open_chat_model(AssistantSettings(chat_model=name, chat_api_key=KEY))  # type: ignore[arg-type]
    assert KEY not in str(raised.value)
    assert raised.value.__suppress_context__


# --- Asking


def test_words_come_as_they_are_written(server: Server) -> None:
    assert [words for words in stream(opened(server), PROMPT, 20) if words] == WORDS


def test_the_server_is_asked_for_a_stream_of_the_named_model_with_the_key(server: Server) -> None:
    written(opened(server))
    assert server.paths == ["/v1/chat/completions"]
    assert server.keys == [f"Bearer {KEY}"]
    (asked,) = server.asked
    assert asked["model"] == "mistral-small"
    assert asked["stream"] is True
    assert asked["temperature"] == 0
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert QUESTION in asked["messages"][1]["content"]


def test_the_provider_s_key_is_not_sent_to_another_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert written(opened(server, key="")) == "".join(WORDS)
    assert KEY not in str(server.keys)


def test_a_server_may_write_nothing(server: Server) -> None:
    server.respond = lambda handler: speak(handler, [])
    assert written(opened(server)) == ""


# --- Failing


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_a_server_that_refuses_is_unavailable(server: Server, status: int) -> None:
    server.respond = lambda handler: fail(handler, status, json.dumps({"error": {"message": f"{KEY} {QUESTION}"}}))
    with pytest.raises(ModelUnavailable, match="n'a pas répondu") as raised:
        written(opened(server))
    assert KEY not in str(raised.value)
    assert QUESTION not in str(raised.value)


@pytest.mark.parametrize(
    "end", [b"data: {coupe", b"data: [1, 2]\n\n", b"data: \xff\xfe\n\n", b'data: {"error": {"message": "x"}}\n\n']
)
def test_a_stream_that_breaks_off_in_the_middle_is_unavailable_or_ends(server: Server, end: bytes) -> None:
    """What came before is given; what is broken is never taken for words."""
    server.respond = lambda handler: speak(handler, ["La charte "], end)
    came: list[str] = []
    with suppress(ModelUnavailable):
        came.extend(stream(opened(server), PROMPT, 20))
    assert "".join(came) == "La charte "


def test_a_connection_cut_in_a_chunk_is_unavailable(server: Server) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(b"fff\r\n" + event({"content": "La charte "}))

    server.respond = respond
    with pytest.raises(ModelUnavailable, match="n'a pas répondu"):
        written(opened(server))


@pytest.mark.parametrize("body", ["", "<html>Bienvenue</html>", "{}", "[]", "null"])
def test_an_answer_that_is_no_stream_gives_no_words(server: Server, body: str) -> None:
    server.respond = lambda handler: fail(handler, 200, body)
    came: list[str] = []
    with suppress(ModelUnavailable):
        came.extend(stream(opened(server), PROMPT, 20))
    assert "".join(came) == ""


def test_nobody_at_the_address_is_unavailable(server: Server) -> None:
    nobody = Server("http://127.0.0.1:9/v1", server.respond)
    with pytest.raises(ModelUnavailable, match="n'a pas répondu"):
        written(opened(nobody))


def test_a_server_that_is_silent_is_not_waited_for(server: Server) -> None:
    server.respond = lambda _: server.held.wait(30) and None
    with pytest.raises(ModelUnavailable, match=r"n'a pas répondu en 0\.3 secondes"):
        written(opened(server), timeout=0.3)


def test_the_client_s_own_wait_is_the_timeout_too(server: Server) -> None:
    server.respond = lambda _: server.held.wait(30) and None
    with pytest.raises(ModelUnavailable, match="n'a pas répondu"):
        written(opened(server, timeout=0.2))


def test_a_server_that_speaks_a_word_now_and_then_is_not_waited_for_either(server: Server) -> None:
    """Each word comes in time: it is the whole that does not."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        speak(handler, [], b"")
        while not server.held.wait(0.05):
            handler.wfile.write(event({"content": "mot "}))
            handler.wfile.flush()

    server.respond = respond
    came: list[str] = []
    with pytest.raises(ModelUnavailable, match=r"en 0\.5 secondes"):
        came.extend(stream(opened(server, timeout=5), PROMPT, 0.5))
    assert "mot " in came


def test_a_server_that_falls_silent_in_the_middle_is_not_waited_for(server: Server) -> None:
    def respond(handler: BaseHTTPRequestHandler) -> None:
        speak(handler, ["La charte "], b"")
        server.held.wait(30)

    server.respond = respond
    came: list[str] = []
    with pytest.raises(SilentModel, match=r"s'est tu pendant 0\.2 secondes"):
        came.extend(stream(opened(server), PROMPT, 20, pause=0.2))
    assert "".join(came) == "La charte "


def test_a_model_left_in_the_middle_stops_writing() -> None:
    written, more = threading.Event(), threading.Event()

    class Endless(FakeListChatModel):
        def _stream(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
            try:
                while True:
                    yield from super()._stream(*args, **kwargs)
                    more.wait(5)
            finally:
                written.set()

    words = stream(Endless(responses=["mot"]), PROMPT, 20)
    assert next(words) == "m"
    words.close()  # type: ignore[attr-defined]
    more.set()
    assert written.wait(5)


# --- Nothing leaks


@pytest.mark.parametrize("fails", [False, True])
def test_neither_key_nor_question_is_logged_even_at_the_finest_level(
    server: Server, caplog: pytest.LogCaptureFixture, fails: bool
) -> None:
    if fails:
        server.respond = lambda handler: fail(handler, 500, f"{KEY} {QUESTION}")
    with caplog.at_level(logging.DEBUG):
        model = opened(server)
        try:
            written(model)
        except ModelUnavailable as error:
            logging.getLogger("assistant").exception("refused %s", error)
    assert len(server.asked) == 1 + fails
    assert KEY not in caplog.text
    assert QUESTION not in caplog.text
