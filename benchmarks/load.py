"""
Measures the assistant under load, without a language model: many readers at once, for some time, on this machine.

    python -m benchmarks.load [--base DOSSIER] [--users 50] [--seconds 60] [--only ESSAI]

Three runs: readers who read each answer 5 to 15 s, the same while another process reads 500 passages into the base, and
readers who never pause, which tells how much goes through. Works on a copy of the base; prints a Markdown table. Needs
an ingested base and benchmarks/requirements-load.txt. The readers share the machine.
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
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
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
    """What came of the readers, and how much memory their assistant held."""

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
    given = parser.parse_args()
    print(f"Charge de la machine au début : {os.getloadavg()[0]:.1f} pour {os.cpu_count()} cœurs", flush=True)
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
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base"
        shutil.copytree(given.base, base)
        beside = ingestion(Path(folder) / "textes", base) if ingesting else nullcontext()
        with assistant(base, unlimited=reads == "0") as (address, process), beside:
            return under_load(address, process, given, reads)


@contextmanager
def assistant(base: Path, unlimited: bool = False, port: int = 0) -> Iterator[tuple[str, psutil.Process]]:
    """The address of a real one, in a process of its own; `unlimited` for those who ask more than is let in."""
    port = port or free_port()
    settings = {"ASSISTANT_API_KEYS": KEY, "ASSISTANT_TRUSTED_PROXIES": "127.0.0.1", "KNOWLEDGE_BASE": str(base)}
    if unlimited:
        settings |= {"ASSISTANT_QUESTIONS_PER_MINUTE": "1000000", "ASSISTANT_SITE_QUESTIONS_PER_MINUTE": "1000000"}
    command = [sys.executable, "-m", "assistant", "--port", str(port)]
    process = subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.DEVNULL)
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
def ingestion(texts: Path, base: Path) -> Iterator[None]:
    """Another process reads made-up documents into the base; it may have more to do than the readers stay."""
    texts.mkdir()
    for source in corpus(_PASSAGES):
        (texts / source.id.replace("/", "-")).write_text(f"# {source.title}\n\n{source.text}", encoding="utf-8")
    command = [sys.executable, "-m", "ingest", str(texts), "--base", str(base)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def under_load(address: str, process: psutil.Process, given: argparse.Namespace, reads: str) -> Run:
    with tempfile.NamedTemporaryFile(suffix=".json") as told:
        command = [sys.executable, "-m", "locust", "--headless", "--host", address, "-f", str(USERS), "--only-summary"]
        command += ["--users", str(given.users), "--spawn-rate", str(_PER_SECOND), "--run-time", f"{given.seconds}s"]
        command += ["--stop-timeout", "30", "--json-file", told.name.removesuffix(".json")]
        environment = os.environ | {"LOAD_READS": reads, "LOAD_KEY": KEY}
        run, began, spent = Run(), time.monotonic(), sum(process.cpu_times()[:2])
        readers = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        while readers.poll() is None:
            run.memory.append(process.memory_info().rss / 1e6)
            threading.Event().wait(1)
        run.seconds, run.processor = time.monotonic() - began, sum(process.cpu_times()[:2]) - spent
        collect(run, json.loads(Path(told.name).read_text()))
    return run


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
