"""A PostgreSQL and a Chroma server of the tests' own, on ports that the system chooses."""

import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from pydantic import SecretStr

from knowledge import Home, KnowledgeSettings, home_of
from knowledge.housing import SharedHome

PASSWORD = "motdepasse-des-essais"
_SCHEMAS = itertools.count(1)


def programs() -> Path | None:
    """Where PostgreSQL's programs are, the latest version first: Debian leaves them out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: -float(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).parent if on_path else None


def _user() -> str | None:
    """Whom PostgreSQL runs as: it refuses root."""
    if os.getuid():
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(is_there: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    waiting = time.monotonic() + 60
    while not is_there():
        if process.poll() is not None or time.monotonic() > waiting:
            raise RuntimeError(f"the server has not started: {log.read_text(errors='replace')[-2000:]}")
        # Nothing tells: it is asked ten times a second.
        select_nothing(0.1)


def select_nothing(seconds: float) -> None:
    import select

    select.select([], [], [], seconds)


class Server:
    """A program that can be killed and started again on the same port with the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        log = self.folder / "log"
        with log.open("ab") as output:
            self._process = self._begun(output.fileno())
        _wait(self.is_there, self._process, log)

    def kill(self) -> None:
        """At once, as a machine that fails would."""
        if self._process is not None:
            self._process.send_signal(self._deadly)
            self._process.wait(60)

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It, and what it has begun, stand still: connections stay open, others are accepted, nothing is answered."""
        assert self._process is not None
        process = psutil.Process(self._process.pid)
        process.suspend()
        family = [process, *process.children(recursive=True)]
        try:
            for one in family[1:]:
                one.suspend()
            yield
        finally:
            for one in family:
                with suppress(psutil.NoSuchProcess):
                    one.resume()

    _deadly = signal.SIGKILL

    def _begun(self, output: int) -> subprocess.Popen[bytes]:
        raise NotImplementedError

    def is_there(self) -> bool:
        raise NotImplementedError


class Postgres(Server):
    # Whether what is written outlives a machine that fails.
    is_durable = False
    # To the processes that it has begun, too; nothing is put in order.
    _deadly = signal.SIGQUIT

    def __init__(self, folder: Path, programs: Path) -> None:
        super().__init__(folder)
        self._programs, self._user = programs, _user()
        self._data = folder / "data"
        if self._user:
            shutil.chown(folder, self._user)
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        # UTF-8 in any locale; French orders é beside e, which no answer may depend on.
        asked = ["-D", str(self._data), "-U", "essai", "-A", "scram-sha-256", "--pwfile", str(folder / "password")]
        command = [str(programs / "initdb"), *asked, "--no-sync", "-E", "UTF8", "--locale-provider=icu"]
        command += ["--icu-locale=fr-FR", "--locale=C"]
        subprocess.run(command, check=True, capture_output=True, user=self._user, cwd="/", timeout=120)

    def _begun(self, output: int) -> subprocess.Popen[bytes]:
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            "fsync": "on" if self.is_durable else "off",
        }
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        command = [str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port), *words]
        return subprocess.Popen(command, stdout=output, stderr=output, user=self._user, cwd="/")

    def is_there(self) -> bool:
        try:
            psycopg.connect(self.url("public"), connect_timeout=5).close()
        except psycopg.Error:
            return False
        return True

    def url(self, schema: str, database: str = "postgres", password: str = PASSWORD) -> str:
        options = f"?options=-csearch_path%3D{schema}"
        return f"postgresql://essai:{password}@127.0.0.1:{self.port}/{database}{options}"

    def new_url(self) -> str:
        """Of a schema of its own, in which there is nothing."""
        schema = f"essai_{next(_SCHEMAS)}"
        with psycopg.connect(self.url("public"), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {schema}".encode())
        return self.url(schema)


class Chroma(Server):
    def _begun(self, output: int) -> subprocess.Popen[bytes]:
        program = Path(sys.executable).with_name("chroma")
        command = [str(program), "run", "--path", str(self.folder / "data"), "--host", "127.0.0.1"]
        environment = os.environ | {"ANONYMIZED_TELEMETRY": "False"}
        return subprocess.Popen(
            [*command, "--port", str(self.port)], stdout=output, stderr=output, env=environment, cwd=self.folder
        )

    def is_there(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/v2/heartbeat", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class Servers:
    """Both, and a home on them for each base."""

    def __init__(self, postgres: Postgres, chroma: Chroma) -> None:
        self.postgres, self.chroma = postgres, chroma

    def start(self) -> None:
        self.postgres.start()
        self.chroma.start()

    def home(self, folder: Path) -> Home:
        """Of a base that is new."""
        settings = KnowledgeSettings(library_url=SecretStr(self.postgres.new_url()), chroma_url=self.chroma.url)
        return home_of(settings, folder)


def variables(home: Home) -> dict[str, str]:
    """Those under which another process finds the same home."""
    if not isinstance(home, SharedHome):
        return {}
    return {"KNOWLEDGE_LIBRARY_URL": home._url, "KNOWLEDGE_CHROMA_URL": str(home._server)}


@pytest.fixture(scope="session")
def running_servers() -> Iterator[Servers]:
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL n'est pas installé : apt-get install postgresql")
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        servers = Servers(Postgres(Path(one), found), Chroma(Path(other)))
        try:
            servers.start()
            yield servers
        finally:
            servers.chroma.kill()
            servers.postgres.kill()


@pytest.fixture
def servers(running_servers: Servers) -> Iterator[Servers]:
    """Both running, before the test and after it."""
    running_servers.start()
    yield running_servers
    running_servers.start()
