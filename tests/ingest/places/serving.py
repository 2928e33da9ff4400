"""A web site on this machine, a clock that nobody waits for, and a client that knows both."""

import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ingest.places.addressing import Address, address_of
from ingest.places.fetching import Client
from ingest.places.requesting import Limits, Requester


@dataclass(frozen=True)
class Answer:
    """What a site says at a path. A body of many parts is sent as long as somebody listens."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    path: str
    headers: Mapping[str, str]
    method: str = "GET"


@dataclass
class Site:
    """Where it is, what it says, and what it was asked."""

    port: int = 0
    answers: dict[str, Answer | Callable[[Mapping[str, str]], Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    knows_head: bool = True
    # Set at the end: whoever keeps a visitor waiting waits for it.
    over: threading.Event = field(default_factory=threading.Event)

    def at(self, path: str, host: str = "site.test") -> Address:
        return address_of(f"http://{host}:{self.port}{path}")

    def page(self, path: str, text: str = "<p>Une page.</p>", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(text.encode(), headers={"Content-Type": "text/html", **named})

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.answers[path] = Answer(status=status, headers={"Location": target})

    @property
    def paths(self) -> list[str]:
        """What was asked for, robots.txt aside."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]


@contextmanager
def serve(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site on a free port of this machine. What it was not told, it does not have (404)."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            site.asked.append(Asked(self.path, headers, self.command))
            answer = site.answers.get(self.path, Answer(status=404))
            if callable(answer):
                answer = answer(headers)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            parts = [answer.body] if isinstance(answer.body, bytes) else answer.body
            if isinstance(answer.body, bytes) and "Content-Length" not in answer.headers:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if self.command == "HEAD":
                return
            try:
                for part in parts:
                    self.wfile.write(part)
            except OSError:
                # The visitor has heard enough.
                self.close_connection = True

        def do_HEAD(self) -> None:
            if site.knows_head:
                self.do_GET()
            else:
                self.send_error(405)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        server.server_close()


@dataclass
class Time:
    """A clock that moves when somebody waits, and by `step` whenever somebody looks at it."""

    now: float = 1000.0
    step: float = 0.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        self.now += self.step
        return self.now

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


# Names of this machine; nobody else is asked for them.
HOSTS = {name: ["127.0.0.1"] for name in ("site.test", "autre.test", "xn--caf-dma.test")}
HOSTS |= {"interne.test": ["10.0.0.7"], "double.test": ["127.0.0.1", "169.254.169.254"], "vide.test": []}


def resolve(host: str, port: int) -> list[str]:
    """As the system does: a number is its own, and a name that nobody has is an error."""
    if host[0].isdigit() or ":" in host:
        return [host]
    if host not in HOSTS:
        raise OSError(f"{host}:{port} is unknown")
    return HOSTS[host]


def requester(clock: Callable[[], float], limits: Limits | None = None) -> Requester:
    """For it, this machine is the public Internet: any other number is as private as ever."""
    return Requester(limits or Limits(), lambda number: number == "127.0.0.1", resolve, clock)


def client(clock: Time | None = None, limits: Limits | None = None) -> Client:
    clock = clock or Time()
    return Client(requester(clock, limits), wait=clock.wait)
