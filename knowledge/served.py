"""Adapter: the index on a Chroma server, which several machines share."""

import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from langchain_core.embeddings import Embeddings

from .errors import BadAddress, UnreachableServer, UnreadableIndex
from .index import CONFIGURATION, VectorIndex
from .outages import READING, Outage

# Collections listed at a time.
_PAGE = 100
# Seconds that the server has to take a connection, and to answer those who have given it much to do.
_CONNECTING, _WORKING = 5.0, 30.0


class ChromaServer:
    """A Chroma server, reached when it is first needed, and again whenever it is back."""

    def __init__(self, url: str, token: str = "", patience: float = READING) -> None:
        """
        Raises BadAddress. `token` is shown to what stands before the server (Authorization: Bearer); `patience` is how
        many seconds the server has to answer a question.
        """
        self._host, self._port, self._is_secure = _parts(url)
        self._token, self._patience = token, patience
        self._client: Any = None
        self._opening, self._outage = threading.Lock(), Outage()

    def __str__(self) -> str:
        return f"{'https' if self._is_secure else 'http'}://{self._host}:{self._port}"

    def collections(self, prefix: str) -> list[str]:
        """The names that begin with `prefix`."""
        with self.reached() as client:
            names: list[str] = []
            while page := client.list_collections(limit=_PAGE, offset=len(names)):
                names += [collection.name for collection in page]
        return [name for name in names if name.startswith(prefix)]

    def drop(self, name: str) -> None:
        """Whether it is there or not."""
        from chromadb.errors import NotFoundError

        with self.reached() as client:
            try:
                client.delete_collection(name)
            except NotFoundError:
                return

    @contextmanager
    def reached(self) -> Iterator[Any]:
        """The client. Raises UnreachableServer; what the server has to say about its collections passes through."""
        with self._outage.asking(), self._heard():
            if self._client is None:
                with self._outage.asking(self._opening), self._heard():
                    self._client = self._client or self._opened()
            yield self._client

    @contextmanager
    def _heard(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except (httpx.HTTPError, TimeoutError) as error:
            raise self._silent(error) from error
        except Exception as error:
            # So Chroma's client tells of an answer that is not Chroma's: a proxy's, for one.
            if type(error) is not Exception:
                raise
            raise self._silent(error) from error

    def _opened(self) -> Any:
        import chromadb
        import httpx
        from chromadb.config import Settings

        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        patience = self._outage.patience(min(_CONNECTING, self._patience))
        answer = httpx.get(f"{self}/api/v2/heartbeat", headers=headers, timeout=patience)
        if answer.status_code in (401, 403):
            raise BadAddress(f"Le serveur Chroma {self} refuse le jeton : corrigez KNOWLEDGE_CHROMA_TOKEN.")
        answer.raise_for_status()
        try:
            # It asks for several things, and would wait for ever for a server that says nothing.
            client: Any = _within(
                patience,
                lambda: chromadb.HttpClient(
                    self._host, self._port, self._is_secure, headers, Settings(anonymized_telemetry=False)
                ),
            )
        except ValueError as error:
            raise self._silent(error) from error
        session = client._server._session
        session.timeout = httpx.Timeout(_WORKING, connect=_CONNECTING)
        session.event_hooks = {"request": [_hurry(self._outage, self._patience)]}
        weakref.finalize(self, session.close)
        return client

    def _silent(self, error: Exception) -> UnreachableServer:
        said = (str(error).strip().splitlines() or [""])[0][:200] or type(error).__name__
        return UnreachableServer(
            f"Le serveur Chroma {self} ne répond pas ({said}) : vérifiez qu'il tourne et que KNOWLEDGE_CHROMA_URL "
            "mène à lui. L'assistant le retrouve de lui-même à son retour."
        )


class ServedIndex(VectorIndex):
    """
    A collection of a server. What one adds is found by all at once; it is made by `clear`, and nowhere else: an empty
    one in the place of one that was lost would find nothing, and say nothing of it.
    """

    def __init__(self, server: ChromaServer, name: str, embeddings: Embeddings) -> None:
        self._server, self._name, self._embeddings = server, name, embeddings
        self._opened: Any = None
        self._opening = threading.Lock()

    def exists(self) -> bool:
        return self._name in self._server.collections(self._name)

    def check(self) -> None:
        with self._readable(), self._server.reached() as client:
            client.get_collection(self._name, embedding_function=None)

    def reopen(self) -> "ServedIndex":
        return ServedIndex(self._server, self._name, self._embeddings)

    def settle(self) -> "ServedIndex":
        """The server opens it once, whoever asks."""
        return self

    def clear(self) -> "ServedIndex":
        self._server.drop(self._name)
        with self._server.reached() as client:
            client.create_collection(
                self._name, configuration=CONFIGURATION, embedding_function=None, get_or_create=True
            )
        return self.reopen()

    @contextmanager
    def _readable(self) -> Iterator[Any]:
        from chromadb.errors import ChromaError

        try:
            with self._server.reached() as client:
                with self._opening:
                    self._opened = self._opened or self._collection(client)
                yield self._opened
        except ChromaError as error:
            # Another may have been made in its place since.
            self._opened = None
            raise UnreadableIndex(
                f"L'index {self._name} du serveur Chroma {self._server} est introuvable ou illisible ({error}) : "
                "réessayez dans un instant, puis lancez `python -m knowledge rebuild`, qui le refait sans relire un "
                "document."
            ) from error

    def _collection(self, client: Any) -> Any:
        from langchain_chroma import Chroma

        return Chroma(
            client=client,
            collection_name=self._name,
            embedding_function=self._embeddings,
            create_collection_if_not_exists=False,
        )


def _hurry(outage: Outage, patience: float) -> Callable[[Any], None]:
    """What has no more than `patience` for those requests that a person may wait for."""

    def hurry(request: Any) -> None:
        if request.method == "GET" or request.url.path.endswith("/query"):
            seconds = outage.patience(patience)
            request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), seconds)

    return hurry


def _within(seconds: float, make: Callable[[], Any]) -> Any:
    """What it makes, in a thread that is left behind. Raises TimeoutError."""
    made: Future[Any] = Future()

    def fulfil() -> None:
        try:
            made.set_result(make())
        except BaseException as error:
            made.set_exception(error)

    threading.Thread(target=fulfil, daemon=True).start()
    try:
        return made.result(seconds)
    except TimeoutError as error:
        raise TimeoutError(f"rien reçu en {seconds:g} secondes") from error


def _parts(url: str) -> tuple[str, int, bool]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in ("http", "https") or not parts.hostname or extra or (parts.netloc.count(":") and not port):
        # Without the address, in which a password may be.
        raise BadAddress("KNOWLEDGE_CHROMA_URL n'est pas l'adresse d'un serveur Chroma : écrivez http://hôte:8000.")
    return parts.hostname, port or (443 if parts.scheme == "https" else 80), parts.scheme == "https"
