"""
Measures the assistant under load, without a language model: many readers at once, for some time, on this machine.

    python -m benchmarks.load [--base DOSSIER] [--users 50] [--seconds 60] [--only ESSAI] [--servers | --kill]

Three runs: readers who read each answer 5 to 15 s, the same while another process reads 500 passages into the base, and
readers who never pause, which tells how much goes through. Works on a copy of the base; prints a Markdown table. Needs
an ingested base and benchmarks/requirements-load.txt. The readers share the machine. With --servers, the base is in
PostgreSQL and on a Chroma server, and two assistants answer behind nginx (apt-get install postgresql nginx). With
--kill, each of these parts, and the server of a made-up model, is killed or frozen in turn for --down seconds.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from knowledge import KnowledgeSettings

from .refreshing import corpus

USERS = Path(__file__).with_name("load_users.py")
KEY = "cle-de-mesure-0123456789"
# Readers who arrive in a second.
_PER_SECOND = 4
_PASSAGES = 500


@dataclass(slots=True)
class Run:
    """What came of the readers, and how much memory their assistants held."""

    questions: int = 0
    failures: int = 0
    # Milliseconds (as locust rounds them), and how many questions took so long.
    times: Counter[float] = field(default_factory=Counter)
    seconds: float = 0.0
    memory: list[float] = field(default_factory=list)
    processor: float = 0.0

    def percentile(self, share: float) -> float:
        wanted = share * sum(self.times.values())
        for time_taken in sorted(self.times):
            wanted -= self.times[time_taken]
            if wanted <= 0:
                return time_taken / 1000
        return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", type=Path, default=KnowledgeSettings().base)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--only", choices=["reading", "ingesting", "pressing"], help="one of the three runs")
    parser.add_argument("--servers", action="store_true", help="two assistants, on PostgreSQL and a Chroma server")
    parser.add_argument("--kill", action="store_true", help="the same, each part killed or frozen in turn")
    parser.add_argument("--down", type=float, default=15, help="for how many seconds (default: %(default)s)")
    given = parser.parse_args()
    print(f"Charge de la machine au début : {os.getloadavg()[0]:.1f} pour {os.cpu_count()} cœurs", flush=True)
    if given.kill:
        from .load_kill import kill_in_turn

        kill_in_turn(given)
        return
    print("| essai | questions | par seconde | médiane | 95e centile | plus longue | échecs | mémoire | cœurs |")
    print("|---|---|---|---|---|---|---|---|---|")
    for what, title, reads in (
        ("reading", f"{given.users} usagers qui lisent 5 à 15 s", "5-15"),
        ("ingesting", f"les mêmes, pendant la lecture de {_PASSAGES} passages", "5-15"),
        ("pressing", f"{given.users} usagers sans pause", "0"),
    ):
        if given.only in (None, what):
            run = measure(given, reads, what == "ingesting")
            print(row(title, run), flush=True)


def row(title: str, run: Run) -> str:
    first, last = run.memory[len(run.memory) // 6], run.memory[-1]
    cells = (
        title,
        run.questions,
        f"{run.questions / run.seconds:.1f}",
        *(f"{run.percentile(share):.2f} s" for share in (0.5, 0.95, 1.0)),
        run.failures,
        f"{first:.0f} à {last:.0f} Mo",
        f"{run.processor / run.seconds:.2f}",
    )
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def measure(given: argparse.Namespace, reads: str, ingesting: bool) -> Run:
    """One run, on a copy of the base."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        if given.servers:
            from .load_servers import site

            opened = stack.enter_context(site(given.base, settings(reads == "0")))
            address, processes = opened.address, [one.process for one in opened.assistants]
            environment: Mapping[str, str] = opened.environment
        else:
            base = Path(folder) / "base"
            shutil.copytree(given.base, base)
            address, process = stack.enter_context(assistant(base, settings(reads == "0")))
            processes, environment = [process], {"KNOWLEDGE_BASE": str(base)}
        beside: AbstractContextManager[None] = nullcontext()
        if ingesting:
            beside = ingestion(Path(folder) / "textes", environment)
        with beside:
            return under_load(address, processes, given, reads)


def settings(unlimited: bool = False) -> dict[str, str]:
    """Those of an assistant that is measured; `unlimited` for those who ask more than is let in."""
    settings = {"ASSISTANT_API_KEYS": KEY, "ASSISTANT_TRUSTED_PROXIES": "127.0.0.1"}
    if unlimited:
        settings |= {"ASSISTANT_QUESTIONS_PER_MINUTE": "1000000", "ASSISTANT_SITE_QUESTIONS_PER_MINUTE": "1000000"}
    return settings


@contextmanager
def assistant(base: Path, settings: Mapping[str, str]) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a real one, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "assistant", "--port", str(port)]
    environment = os.environ | settings | {"KNOWLEDGE_BASE": str(base)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def wait_for(address: str, process: "subprocess.Popen[bytes]", within: float = 90) -> None:
    end = time.monotonic() + within
    while time.monotonic() < end and process.poll() is None:
        try:
            if httpx.get(f"{address}/health", timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            threading.Event().wait(0.1)
    sys.exit("L'assistant n'a pas été servi : lancez `python -m assistant` pour voir pourquoi.")


@contextmanager
def ingestion(texts: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """
    Another process reads made-up documents into the base that `environment` names; it may have more to do than the
    readers stay.
    """
    texts.mkdir()
    for source in corpus(_PASSAGES):
        (texts / source.id.replace("/", "-")).write_text(f"# {source.title}\n\n{source.text}", encoding="utf-8")
    command = [sys.executable, "-m", "ingest", str(texts)]
    told = os.environ | environment
    process = subprocess.Popen(command, env=told, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def under_load(address: str, processes: Sequence[psutil.Process], given: argparse.Namespace, reads: str) -> Run:
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        run, began, spent = Run(), time.monotonic(), _spent(processes)
        limits = ["--run-time", f"{given.seconds}s", "--stop-timeout", "30"]
        reading = readers(address, given.users, *limits, "--json-file", told.name.removesuffix(".json"), reads=reads)
        while reading.poll() is None:
            run.memory.append(sum(process.memory_info().rss for process in processes) / 1e6)
            threading.Event().wait(1)
        run.seconds, run.processor = time.monotonic() - began, _spent(processes) - spent
        collect(run, json.loads(Path(told.name).read_text()))
    return run


def readers(address: str, users: int, *more: str, reads: str, told: str = "") -> "subprocess.Popen[bytes]":
    """The process of those who read; each question's outcome is added to the file `told`."""
    command = [sys.executable, "-m", "locust", "--headless", "--host", address, "-f", str(USERS), "--only-summary"]
    command += ["--users", str(users), "--spawn-rate", str(_PER_SECOND), *more]
    environment = os.environ | {"LOAD_READS": reads, "LOAD_KEY": KEY, "LOAD_TOLD": told}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _spent(processes: Sequence[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


def collect(run: Run, told: list[dict[str, object]]) -> None:
    """All requests may fail; only the questions are timed."""
    for entry in told:
        if failures := int(str(entry["num_failures"])):
            run.failures += failures
            print(f"échecs : {entry['name']}, {failures}", file=sys.stderr)
        if str(entry["name"]).startswith("question"):
            run.questions += int(str(entry["num_requests"]))
            times = entry["response_times"]
            assert isinstance(times, dict)
            run.times.update({float(taken): int(how_many) for taken, how_many in times.items()})


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
