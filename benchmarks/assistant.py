"""
Measures what a user waits for: start to a served page, memory, and the time of an answer without a language model.

    python -m benchmarks.assistant [--base DOSSIER] [--rounds 3]

Prints a Markdown table (medians; the machine's own noise is in the spread). Needs an ingested base.
"""

import argparse
import json
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from assistant import Assistant
from knowledge import KnowledgeBase, KnowledgeSettings

QUESTIONS = Path(__file__).parent.parent / "tests" / "evaluation" / "questions.jsonl"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, default=KnowledgeSettings().base)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    starts, memories = zip(*(start(arguments.base) for _ in range(arguments.rounds)), strict=True)
    times = answers(arguments.base, arguments.rounds)
    print("| mesure | médiane | étendue |\n|---|---|---|")
    print(f"| de `python -m assistant` à la page servie | {statistics.median(starts):.1f} s | {_span(starts, 's')} |")
    print(f"| mémoire résidente après une question | {statistics.median(memories):.0f} Mo | {_span(memories, 'Mo')} |")
    print(f"| une réponse, à chaud ({len(times)} mesures) | {statistics.median(times):.0f} ms | {_span(times, 'ms')} |")
    print(f"| une réponse, 95e centile | {statistics.quantiles(times, n=20)[-1]:.0f} ms | |")


def start(base: Path) -> tuple[float, float]:
    """Seconds from the command to the page, and resident megabytes once it has been fetched."""
    port = _free_port()
    began = time.perf_counter()
    command = [sys.executable, "-m", "assistant", "--base", str(base), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        while not _answers(f"http://127.0.0.1:{port}/chat/"):
            if process.poll() is not None or time.perf_counter() - began > 60:
                sys.exit("La page n'a pas été servie : lancez `python -m assistant` pour voir pourquoi.")
            time.sleep(0.05)
        return time.perf_counter() - began, psutil.Process(process.pid).memory_info().rss / 1e6
    finally:
        process.terminate()
        process.wait()


def answers(base: Path, rounds: int) -> list[float]:
    """Milliseconds of each answer, the first round left out."""
    assistant = Assistant(KnowledgeBase.open(base).retriever())
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    times: list[float] = []
    for turn in range(rounds + 1):
        for question in questions:
            began = time.perf_counter()
            assistant.answer(question)
            if turn:
                times.append((time.perf_counter() - began) * 1000)
    return times


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _span(values: object, unit: str) -> str:
    assert isinstance(values, (list, tuple))
    return f"{min(values):.1f}–{max(values):.1f} {unit}"


if __name__ == "__main__":
    main()
