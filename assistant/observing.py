"""
Adapter: what a question and a request go through, as OpenTelemetry spans, where an operator collects them.

Spans hold names, durations and counts, and nothing of what anybody says: no question, no answer, no address, no message
of an error. Without a collector nothing is imported, and a step costs a comparison.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from .answers import Answer
from .errors import BadSetting, MissingPackage

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
_SPOKEN = "http/protobuf"
_SERVICE = "assistant-co-construction"
_MISSING = "Les traces demandent un paquet de plus : pip install -r requirements-otel.txt, ou retirez {name}."
_UNSPOKEN = "Les traces s'envoient en OTLP sur HTTP : donnez « http/protobuf » à {name}, ou retirez-la."

Step = TypeVar("Step")
_END = object()
# Ours alone: as the global one, other packages would write what they are told into it.
_tracer: Any = None


def observe(environment: Mapping[str, str] = os.environ) -> Callable[[], None]:
    """
    Send spans to the collector that the standard variables name, if any, until what is returned is called. Raises
    BadSetting for a protocol that is not spoken here, MissingPackage where the exporter is not installed.
    """
    named = next((name for name in _ENDPOINTS if environment.get(name)), None)
    off = (
        environment.get("OTEL_SDK_DISABLED", "").lower() == "true" or environment.get("OTEL_TRACES_EXPORTER") == "none"
    )
    if named is None or off:
        return lambda: None
    protocol = next((name for name in _PROTOCOLS if environment.get(name)), None)
    if protocol and environment[protocol] != _SPOKEN:
        raise BadSetting(_UNSPOKEN.format(name=protocol))
    try:
        provider = _provider(environment)
    except ModuleNotFoundError as error:
        raise MissingPackage(_MISSING.format(name=named)) from error
    global _tracer
    _tracer = provider.get_tracer("assistant")
    return lambda: _stop(provider)


def _provider(environment: Mapping[str, str]) -> Any:
    """It reads the other standard variables itself, from the environment of the process."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    own = {} if environment.get("OTEL_SERVICE_NAME") else {SERVICE_NAME: _SERVICE}
    provider = TracerProvider(resource=Resource.create(own))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def _stop(provider: Any) -> None:
    """What is not sent yet is sent."""
    global _tracer
    _tracer = None
    provider.shutdown()


def is_observed() -> bool:
    return _tracer is not None


@contextmanager
def step(name: str, **facts: Any) -> Iterator[Any]:
    """A span of what happens inside, which must not yield; the span, or None. Decorates functions too."""
    if _tracer is None:
        yield None
        return
    from opentelemetry.trace import use_span

    # Neither the words of an error nor its traceback: they may be a reader's.
    with use_span(_tracer.start_span(name, attributes=facts), True, False, False) as span:
        try:
            yield span
        except Exception as error:
            _fail(span, error)
            raise


def stepped(
    name: str, steps: Iterator[Step], facts: Callable[[Step], Mapping[str, Any]] | None = None
) -> Iterator[Step]:
    """The same steps, all made within one span, which ends with what `facts` tells of the last of them."""
    if _tracer is None:
        yield from steps
        return
    from opentelemetry.trace import use_span

    span = _tracer.start_span(name)
    last: Any = _END
    try:
        while True:
            # Each step may be made in a thread of its own: the span is current in it, and nowhere between two.
            with use_span(span, False, False, False):
                made = next(steps, _END)
            if made is _END:
                break
            last = made
            yield last
    except Exception as error:
        _fail(span, error)
        raise
    finally:
        if facts and last is not _END:
            span.set_attributes(facts(last))
        span.end()


@contextmanager
def request(method: str, route: str, headers: Mapping[str, str]) -> Iterator[Any]:
    """A span of an HTTP request, under that of whoever passed it on; the span."""
    from opentelemetry.trace import SpanKind, use_span
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    facts = {"http.request.method": method, "http.route": route}
    above = TraceContextTextMapPropagator().extract(headers)
    span = _tracer.start_span(f"{method} {route}", above, SpanKind.SERVER, facts)
    with use_span(span, True, False, False):
        try:
            yield span
        except Exception as error:
            _fail(span, error)
            raise


def _fail(span: Any, error: Exception) -> None:
    from opentelemetry.trace import Status, StatusCode

    span.set_attribute("error.type", type(error).__name__)
    span.set_status(Status(StatusCode.ERROR))


def told(answer: Answer) -> dict[str, str | int | bool]:
    """What an operator may know of it: nothing that was said."""
    facts: dict[str, str | int | bool] = {"mode": answer.mode.value, "refus": answer.is_refusal}
    facts |= {"abstention": answer.is_abstention, "phrases": len(answer.claims), "citations": len(answer.citations)}
    if answer.trace:
        facts |= {"passages": len(answer.trace.hits), "zone": answer.trace.zone.value}
    return facts
