"""Adapter: one request for one address, to a machine that may be asked, within bounds of time and size."""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import httpcore

from ..errors import UnreadableFile
from .addressing import Address
from .guarding import is_public
from .unpacking import bounded, unpacked

Clock = Callable[[], float]
# The numbers of a host, in the order in which they should be tried. Raises OSError.
Resolve = Callable[[str, int], list[str]]

_SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may cost, and how many a redirection may ask for."""

    # As they come, and once unpacked: a guide of 300 pages with its pictures is some 30 MB.
    received: int = 50_000_000
    unpacked: int = 100_000_000
    # From the first word said to the last one heard.
    seconds: float = 60
    redirects: int = 5


class Unanswered(UnreadableFile):
    """Nobody answered, or not to the end: the next request to the same host may well fare the same."""


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What came back, and after how many seconds; names of headers are in lower case. Only a success (2xx) has a body,
    where it was asked for.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = b""
    seconds: float = 0.0


def resolve(host: str, port: int) -> list[str]:
    """What the system's resolver says."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Requester:
    """
    Asks the number that it has checked, so that a name cannot lead elsewhere between the check and the connection;
    certificates are checked against the name. No proxy, cookie or password of this machine goes along.
    """

    limits: Limits = Limits()
    # Whether the machine of a number may be asked.
    is_allowed: Callable[[str], bool] = is_public
    resolve: Resolve = resolve
    clock: Clock = time.monotonic
    # None: the authorities that browsers trust.
    ssl_context: ssl.SSLContext | None = None

    def get(self, address: Address, headers: Mapping[str, str]) -> Reply:
        """Raises UnreadableFile; Unanswered where nobody answered."""
        return self._asked("GET", address, headers, self._reply)

    def look(self, address: Address, headers: Mapping[str, str], method: str = "HEAD") -> Reply:
        """As `get`, and nothing is read of what comes after the headers."""
        return self._asked(method, address, headers, lambda response: Reply(response.status, _headers(response)))

    def _asked(
        self, method: str, address: Address, headers: Mapping[str, str], read: Callable[[httpcore.Response], Reply]
    ) -> Reply:
        begun = self.clock()
        backend = _Guarded(self, begun + self.limits.seconds)
        named = {"Host": address.authority, "Accept-Encoding": "gzip", "Connection": "close", **headers}
        try:
            with (
                httpcore.ConnectionPool(self.ssl_context, network_backend=backend) as pool,
                pool.stream(method, address.url, headers=list(named.items())) as response,
            ):
                return replace(read(response), seconds=self.clock() - begun)
        except httpcore.TimeoutException as error:
            raise Unanswered(
                f"Le site {address.host} n'a pas répondu en {self.limits.seconds:g} secondes : réessayez plus tard."
            ) from error
        except httpcore.ConnectError as error:
            if "CERTIFICATE" in str(error):
                raise Unanswered(
                    f"Le certificat de {address.host} n'est pas valable : prévenez le site, ou vérifiez l'adresse."
                ) from error
            raise Unanswered(f"Le site {address.host} est injoignable : réessayez plus tard.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unanswered(f"Le site {address.host} a coupé sa réponse : réessayez plus tard.") from error

    def _reply(self, response: httpcore.Response) -> Reply:
        headers = _headers(response)
        if not 200 <= response.status < 300:
            # Nobody reads what comes with it.
            return Reply(response.status, headers)
        chunks = bounded(response.iter_stream(), self.limits.received)
        packing = headers.get("content-encoding", "identity").strip().lower()
        if packing in ("gzip", "x-gzip"):
            chunks = unpacked(chunks)
        elif packing not in ("", "identity"):
            raise UnreadableFile(f"Compression inconnue ({packing}) : enregistrez ce document dans un dossier.")
        return Reply(response.status, headers, b"".join(bounded(chunks, self.limits.unpacked)))

    def numbers(self, host: str, port: int) -> list[str]:
        """The numbers of a host, every one of them checked. Raises UnreadableFile."""
        try:
            numbers = self.resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise Unanswered(f"Le site {host} est introuvable : vérifiez son nom et la connexion.") from error
        if not numbers:
            raise Unanswered(f"Le site {host} est introuvable : vérifiez son nom et la connexion.")
        if not all(self.is_allowed(number) for number in numbers):
            raise UnreadableFile(
                f"Adresse refusée : {host} est sur cette machine ou sur un réseau privé. Si c'est voulu, mettez "
                "INGEST_ALLOW_PRIVATE=true."
            )
        return numbers


def _headers(response: httpcore.Response) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}


class _Guarded(httpcore.NetworkBackend):
    """Opens connections to numbers that were checked, and lets none of them live past the deadline."""

    def __init__(self, requester: Requester, deadline: float) -> None:
        self._requester = requester
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        numbers = self._requester.numbers(host, port)
        for number in numbers[:-1]:
            try:
                return self._connect(number, port, local_address, socket_options)
            except httpcore.ConnectError:
                continue
        return self._connect(numbers[-1], port, local_address, socket_options)

    def _connect(
        self, number: str, port: int, local_address: str | None, options: Iterable[_SocketOption] | None
    ) -> httpcore.NetworkStream:
        stream = httpcore.SyncBackend().connect_tcp(number, port, self.left(), local_address, options)
        return _Timed(stream, self.left)

    def left(self) -> float:
        """Seconds before the deadline."""
        left = self._deadline - self._requester.clock()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


class _Timed(httpcore.NetworkStream):
    """A connection whose every step is given what is left of the time of the whole."""

    def __init__(self, stream: httpcore.NetworkStream, left: Clock) -> None:
        self._stream = stream
        self._left = left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, self._left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, self._left()), self._left)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
