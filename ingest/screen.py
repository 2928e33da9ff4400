"""Adapter: a progress bar on a terminal, and a report in a file."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from .errors import IngestError


@contextmanager
def bar(what: str, unit: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar with the time left, on a terminal or in a log alike, for what takes more than a moment."""
    bar: tqdm | None = None

    def progress(done: int, total: int) -> None:
        nonlocal bar
        bar = bar or tqdm(total=total, desc=what, unit=unit, dynamic_ncols=True, mininterval=0.5, delay=1)
        bar.update(done - bar.n)
        if done == total:
            bar.close()

    try:
        yield progress
    finally:
        if bar is not None:
            bar.close()


def save(text: str, where: str | None) -> None:
    """Whole or not at all: who reads it while a refreshing goes on reads one report."""
    if where == "-":
        print(text, flush=True)
    elif where:
        try:
            part = Path(f"{where}.part")
            part.write_text(text + "\n", encoding="utf-8")
            os.replace(part, where)
        except OSError as error:
            raise IngestError(f"{where} ne peut pas être écrit ({error.strerror}) : changez de fichier.") from error
