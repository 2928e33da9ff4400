"""
What benchmarks.load measures with --servers: PostgreSQL, a Chroma server, two assistants behind nginx, and a server
that speaks as OpenAI's does, each in processes of this machine that can be killed and frozen.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from tests.assistant.served import Speaker
from tests.servers import Chroma, Postgres, Server, free_port, programs

_NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
# A visitor is always sent to the same machine, as ip_hash does; here, all of them come from one address.
_FRONT = """
{user} worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/errors crit;
events {{ worker_connections 2048; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxied;
  fastcgi_temp_path {folder}/1; uwsgi_temp_path {folder}/2; scgi_temp_path {folder}/3;
  upstream assistants {{ hash $http_x_forwarded_for consistent; {upstreams} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://assistants; proxy_http_version 1.1; proxy_buffering off; proxy_read_timeout 120s;
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $http_x_forwarded_for;
    }}
  }}
}}
"""


class Durable(Postgres):
    is_durable = True


class Program(Server):
    """One of ours, that says at `path` that it is there."""

    def __init__(self, folder: Path, command: Sequence[str], path: str, **environment: str) -> None:
        super().__init__(folder)
        folder.mkdir()
        self._command = [sys.executable, *command, str(self.port)]
        self._path, self._environment = path, environment

    def _begun(self, output: int) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, stdout=output, stderr=output, env=os.environ | self._environment)

    def is_there(self) -> bool:
        try:
            return httpx.get(f"{self.address}{self._path}", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> psutil.Process:
        assert self._process is not None
        return psutil.Process(self._process.pid)


@dataclass
class Site:
    """All of it, and the address in front. `environment` is that of a command which finds the same base."""

    address: str
    assistants: list[Program]
    postgres: Postgres
    chroma: Chroma
    model: Program | None
    environment: dict[str, str]


@contextmanager
def site(base: Path, settings: dict[str, str], has_model: bool = False) -> Iterator[Site]:
    """`base` is read once, by way of a backup; the assistants run with `settings`."""
    found = programs()
    if found is None or _NGINX is None:
        sys.exit("PostgreSQL et nginx manquent : apt-get install postgresql nginx.")
    with ExitStack() as stack:
        one, other, rest = (Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3))
        postgres, chroma = Durable(one, found), Chroma(other)
        for server in (postgres, chroma):
            stack.callback(server.kill)
            server.start()
        shared = {"KNOWLEDGE_LIBRARY_URL": postgres.new_url(), "KNOWLEDGE_CHROMA_URL": chroma.url}
        environment = shared | {"KNOWLEDGE_BASE": str(rest / "restored")}
        _carry(base, rest / "backup.tar.gz", environment)
        settings = settings | shared | {"ASSISTANT_SESSION_KEY": "cle-de-mesure-de-trente-deux-caracteres"}
        model = Program(rest / "model", ["-m", "benchmarks.load_servers"], "/health") if has_model else None
        if model:
            stack.callback(model.kill)
            model.start()
            settings |= {"ASSISTANT_CHAT_MODEL": "openai:mesure", "ASSISTANT_CHAT_BASE_URL": f"{model.address}/v1"}
        assistants = []
        for number in range(2):
            own = {"KNOWLEDGE_BASE": str(rest / f"machine-{number}")}
            assistants.append(
                Program(rest / f"assistant-{number}", ["-m", "assistant", "--port"], "/health", **settings, **own)
            )
            stack.callback(assistants[-1].kill)
            assistants[-1].start()
        address = stack.enter_context(_front(rest, assistants))
        yield Site(address, assistants, postgres, chroma, model, environment)


def _carry(base: Path, backup: Path, environment: dict[str, str]) -> None:
    for command, told in (("backup", {"KNOWLEDGE_BASE": str(base)}), ("restore", environment)):
        asked = [sys.executable, "-m", "knowledge", command, str(backup)]
        subprocess.run(asked, env=os.environ | told, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def _front(folder: Path, assistants: Sequence[Program]) -> Iterator[str]:
    port = free_port()
    upstreams = " ".join(f"server 127.0.0.1:{one.port} fail_timeout=2s;" for one in assistants)
    user = "" if os.getuid() else "user root;"
    (folder / "nginx.conf").write_text(_FRONT.format(folder=folder, port=port, upstreams=upstreams, user=user))
    process = subprocess.Popen([str(_NGINX), "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"])
    try:
        httpx.Client(transport=httpx.HTTPTransport(retries=8)).get(f"http://127.0.0.1:{port}/health", timeout=30)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def reply(prompt: str) -> str:
    """What a model that copies would write: the first sentence of each of the first passages, under its number."""
    found = re.findall(r"<<<passage (\d+) — [^\n]*\n(.+?[.!?])(?=\s)", prompt, re.DOTALL)
    return " ".join(f"{' '.join(sentence.split())} [{number}]" for number, sentence in found[:3])


def main() -> None:
    """The model's server, on the port that is given."""
    import uvicorn

    app = Speaker(reply).app

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")


if __name__ == "__main__":
    main()
