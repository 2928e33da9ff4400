import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from langchain_core.language_models.fake_chat_models import FakeListChatModel

from assistant import Assistant
from assistant.errors import BadSetting
from assistant.observing import is_observed, observe, step, stepped
from assistant.web.serving import build_app
from knowledge.retrieving import HybridRetriever

from .conftest import served

proto = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="requirements-otel.txt n'est pas installé")

FREIN = "Quel est le premier frein d'un jardin partagé ?"
SECRET = "jean.dupont@exemple.fr"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


class Collector:
    """A real receiver of OTLP over HTTP, on this machine."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.services: set[str] = set()
        self.received = b""
        heard = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                heard.take(self.path, body)
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, path: str, body: bytes) -> None:
        assert path == "/v1/traces"
        self.received += body
        for sent in proto.ExportTraceServiceRequest.FromString(body).resource_spans:
            self.services |= {one.value.string_value for one in sent.resource.attributes if one.key == "service.name"}
            self.spans += [span for scope in sent.scope_spans for span in scope.spans]

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


def facts(span: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    collector = Collector()
    threading.Thread(target=collector.server.serve_forever, daemon=True).start()
    monkeypatch.setenv(ENDPOINT, collector.address)
    yield collector
    collector.server.shutdown()
    collector.server.server_close()


@pytest.fixture
def ask_over_http(collector: Collector) -> Callable[..., Collector]:
    """Serves an assistant, asks it a question through the widget's interface; what was collected."""

    def asked(assistant: Assistant, question: str = FREIN, **headers: str) -> Collector:
        stop = observe()
        with served(build_app(assistant)) as site, httpx.Client(base_url=site, timeout=20) as client:
            client.headers["origin"] = site
            token = client.post("/api/session").json()["token"]
            bearer = {"authorization": f"Bearer {token}"} | headers
            client.post("/api/ask", json={"question": question}, headers=bearer).raise_for_status()
            client.get("/reponse/un-code-qui-ouvre")
            client.get(f"/{SECRET}", params={"q": SECRET})
        stop()
        return collector

    return asked


def test_a_question_is_one_trace_from_its_request_to_its_steps(
    ask_over_http: Callable[..., Collector], assistant: Assistant
) -> None:
    collected = ask_over_http(assistant)
    [request], [question] = collected.named("POST /api/ask"), collected.named("question")
    steps = [*collected.named("recherche"), *collected.named("composition")]
    assert len(steps) == 2
    assert question.parent_span_id == request.span_id
    assert {span.parent_span_id for span in steps} == {question.span_id}
    assert {span.trace_id for span in steps} == {request.trace_id}
    assert facts(request) == {"http.request.method": "POST", "http.route": "/api/ask", "http.response.status_code": 200}
    assert facts(question)["mode"] == "extractif"
    assert facts(question)["citations"] >= 1
    assert collected.services == {"assistant-co-construction"}


def test_a_model_and_the_proof_of_its_words_are_steps(
    ask_over_http: Callable[..., Collector], searcher: HybridRetriever
) -> None:
    model = FakeListChatModel(responses=["Le manque d'eau est le premier frein d'un jardin partagé en été. [1]"])
    collected = ask_over_http(Assistant(searcher, model))
    [question], [model_span], [proof] = (collected.named(name) for name in ("question", "modèle", "preuve"))
    assert model_span.parent_span_id == proof.parent_span_id == question.span_id


def test_a_request_goes_on_with_the_trace_of_whoever_passed_it_on(
    ask_over_http: Callable[..., Collector], assistant: Assistant
) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    collected = ask_over_http(assistant, traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    [request] = collected.named("POST /api/ask")
    assert request.trace_id.hex() == trace


def test_nothing_that_is_said_and_nobody_who_says_it_is_in_a_trace(
    ask_over_http: Callable[..., Collector], assistant: Assistant
) -> None:
    collected = ask_over_http(assistant, f"{FREIN} Mon adresse est {SECRET}.")
    assert collected.named("question")
    for word in (SECRET, "jardin", "eau", "un-code-qui-ouvre", "127.0.0.1", "python-httpx"):
        assert word.encode() not in collected.received


def test_a_step_that_fails_is_told_by_the_kind_of_its_error_alone(collector: Collector) -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError(SECRET)

    stop = observe()
    with pytest.raises(ValueError, match=SECRET):
        list(stepped("question", failing()))
    with pytest.raises(KeyError), step("recherche"):
        raise KeyError(SECRET)
    stop()
    assert [facts(span)["error.type"] for span in collector.spans] == ["ValueError", "KeyError"]
    assert {span.status.code for span in collector.spans} == {2}
    assert not any(span.events for span in collector.spans)
    assert SECRET.encode() not in collector.received


def test_one_who_leaves_in_the_middle_ends_the_span(collector: Collector) -> None:
    stop = observe()
    steps = stepped("question", iter([1, 2, 3]), lambda last: {"dernière": last})
    assert next(steps) == 1
    steps.close()  # type: ignore[attr-defined]
    stop()
    assert [facts(span) for span in collector.spans] == [{"dernière": 1}]


def test_a_collector_that_is_away_costs_no_answer(
    monkeypatch: pytest.MonkeyPatch, assistant: Assistant, collector: Collector
) -> None:
    collector.server.shutdown()
    collector.server.server_close()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "1")
    stop = observe()
    answer = assistant.answer(FREIN)
    stop()
    assert answer.citations


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {ENDPOINT: "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"},
        {ENDPOINT: "x", "OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_without_a_collector_nothing_is_observed(environment: dict[str, str]) -> None:
    observe(environment)()
    assert not is_observed()
    with step("recherche") as span:
        assert span is None
    assert list(stepped("question", iter([1, 2]))) == [1, 2]


def test_a_protocol_that_is_not_spoken_is_told() -> None:
    with pytest.raises(BadSetting, match="http/protobuf"):
        observe({ENDPOINT: "http://127.0.0.1:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"})
