"""Adapter: a file parsed in a child process of bounded time and memory, which is used again while it is well."""

import atexit
import contextlib
import dataclasses
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from typing import IO, Any

from langchain_core.documents import Document
from langchain_core.documents.base import Blob

from knowledge import Source

from .errors import IngestError, UnreadableFile, UnsupportedFormat
from .formats import MARKDOWN, TEXT, ocr, parse, type_of

# What a child needs to know of the parent's environment: no key, no password.
_KNOWN = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "TESSDATA_PREFIX")
_PROGRAM = "from ingest.isolating import serve; serve()"
# A text of this size cannot keep a parser busy for long.
_SMALL = 1_000_000
_SIZE = 8
_MOST_BYTES = 1_000_000_000
_ERRORS: Mapping[str, type[IngestError]] = {
    "UnreadableFile": UnreadableFile,
    "UnsupportedFormat": UnsupportedFormat,
}
_WELL = frozenset(field.name for field in dataclasses.fields(Source)) - {"id", "text", "pages"}


def parse_apart(blob: Blob, seconds: int = 120, megabytes: int = 1024) -> list[Document]:
    """
    What `parse` gives, and the errors that it raises, but that a file which takes more than `seconds` of computing
    or more than `megabytes` of memory, or which breaks a library, is refused with UnreadableFile. Small plain texts
    are parsed here. One file at a time.
    """
    if type_of(blob) in (MARKDOWN, TEXT) and len(blob.as_bytes()) <= _SMALL:
        return parse(blob)
    return _READER.parse(blob, seconds, megabytes)


class Reader:
    """A child process that parses files, and the next one after it has ended."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._busy = threading.Lock()

    @property
    def pid(self) -> int | None:
        """The child that would read the next file."""
        return self._child.pid if self._child else None

    def parse(self, blob: Blob, seconds: int, megabytes: int) -> list[Document]:
        """See `parse_apart`."""
        with self._busy:
            used = self._child is not None
            try:
                return self._ask(blob, seconds, megabytes)
            except _Ended as end:
                # It may be that what earlier files left behind was too much.
                if not used or end.late:
                    raise UnreadableFile(end.sentence) from end
            try:
                return self._ask(blob, seconds, megabytes)
            except _Ended as end:
                raise UnreadableFile(end.sentence) from end

    def close(self) -> None:
        """End the child; the next file gets a new one."""
        if self._child is not None:
            child, self._child = self._child, None
            child.kill()
            with contextlib.suppress(OSError), child:
                pass

    def _ask(self, blob: Blob, seconds: int, megabytes: int) -> list[Document]:
        child = self._child = self._child or _started()
        assert child.stdin is not None
        assert child.stdout is not None
        late = threading.Event()

        def lose_patience() -> None:
            late.set()
            child.kill()

        patience = threading.Timer(_patience(seconds), lose_patience)
        patience.daemon = True
        patience.start()
        try:
            limits = {"seconds": seconds, "megabytes": megabytes}
            named = {"mimetype": blob.mimetype, "path": str(blob.path or ""), "charset": blob.metadata.get("charset")}
            _send(child.stdin, json.dumps(named | limits).encode())
            _send(child.stdin, blob.as_bytes())
            told = json.loads(_receive(child.stdout))
        except (OSError, EOFError, ValueError) as error:
            self.close()
            raise _Ended(_sentence(child.returncode, late.is_set(), seconds, megabytes), late.is_set()) from error
        finally:
            patience.cancel()
        if "exhausted" in told:
            self.close()
            raise _Ended(_sentence(0, False, seconds, megabytes), late=False)
        return _unpacked(told)


class _Ended(Exception):
    """The child is gone; why, in French."""

    def __init__(self, sentence: str, late: bool) -> None:
        super().__init__(sentence)
        self.sentence, self.late = sentence, late


def serve() -> None:
    """The child: parse what comes in on standard input until it ends, and tell on standard output."""
    incoming = sys.stdin.buffer
    # Libraries that print must not be heard.
    outgoing = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "wb") as nothing:
        os.dup2(nothing.fileno(), 1)
    while True:
        try:
            header = json.loads(_receive(incoming))
            data = _receive(incoming)
        except EOFError:
            return
        _limit(header["seconds"], header["megabytes"])
        said = {"charset": header["charset"]}
        blob = Blob.from_data(data, mime_type=header["mimetype"], path=header["path"] or None, metadata=said)
        _send(outgoing, json.dumps(_told(blob)).encode())


def _told(blob: Blob) -> dict[str, Any]:
    try:
        return {"pages": [_packed(page) for page in parse(blob)]}
    except IngestError as error:
        return {"error": type(error).__name__, "sentence": str(error)}
    except MemoryError:
        return {"exhausted": True}


def _packed(page: Document) -> dict[str, Any]:
    """A page travels as JSON: what a hostile file has taken hold of must not be unpickled."""
    named = {name: value for name, value in page.metadata.items() if name in _WELL}
    source = Source(id="", text=page.page_content, **named)
    return {"source": source.to_json(), "names": sorted(named), "remarks": page.metadata.get("remarks", ())}


def _unpacked(told: Any) -> list[Document]:
    try:
        if "error" in told:
            raise _ERRORS[told["error"]](told["sentence"])
        pages = []
        for page in told["pages"]:
            source = Source.from_json(page["source"])
            metadata = {name: getattr(source, name) for name in page["names"]}
            pages.append(Document(page_content=source.text, metadata=metadata | {"remarks": tuple(page["remarks"])}))
        return pages
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise UnreadableFile("Ce fichier a mis en défaut son lecteur : réenregistrez-le, puis relancez.") from error


def _started() -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _KNOWN if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(os.path.abspath(folder) for folder in sys.path if folder)
    return subprocess.Popen(
        # -P: nothing is imported from the folder that it runs in; -B: nothing is written.
        [sys.executable, "-P", "-B", "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
        env=environment,
    )


def _patience(seconds: int) -> float:
    """The clock's limit: a child that computes is stopped before, one that waits for tesseract may go on."""
    return seconds * 1.5 + 10 + (ocr.SECONDS if shutil.which(ocr.PROGRAM) else 0)


def _limit(seconds: int, megabytes: int) -> None:
    """What this process may use from now on; it writes no file at all."""
    if sys.platform == "win32":
        return
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    # Some systems refuse to bound memory.
    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, most))
    with contextlib.suppress(ValueError, OSError):
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 1_000_000, most))
    for kind in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
        resource.setrlimit(kind, (0, resource.getrlimit(kind)[1]))


def _sentence(code: int | None, late: bool, seconds: int, megabytes: int) -> str:
    import signal

    mend = "ouvrez-le, réenregistrez-le ou découpez-le, puis relancez."
    if late or code == -getattr(signal, "SIGXCPU", 0):
        return (
            f"Lecture arrêtée : ce fichier demande plus de {seconds} s de calcul (abîmé, piégé ou trop gros) ; {mend}"
        )
    if code == 0:
        return f"Lecture arrêtée : ce fichier demande plus de {megabytes} Mo de mémoire ; {mend}"
    return f"Lecture arrêtée net : ce fichier est abîmé, piégé, ou demande plus de {megabytes} Mo de mémoire ; {mend}"


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(_SIZE, "big") + message)
    stream.flush()


def _receive(stream: IO[bytes]) -> bytes:
    """Raises EOFError when the other side has gone, or is out of its mind."""
    size = int.from_bytes(_exactly(stream, _SIZE), "big")
    if size > _MOST_BYTES:
        raise EOFError
    return _exactly(stream, size)


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data


_READER = Reader()
atexit.register(_READER.close)
