"""Adapter: one writer at a time, in whatever process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import LockedBase, ReadOnlyLibrary


@contextmanager
def alone(folder: Path, lock: str, patience: float = 0) -> Iterator[None]:
    """Raises LockedBase where another still holds the lock after `patience` seconds."""
    held = FileLock(folder / lock, timeout=patience)
    try:
        held.acquire()
    except Timeout as error:
        raise LockedBase(
            f"Une autre ingestion écrit dans {folder} : attendez qu'elle finisse, puis relancez."
        ) from error
    except OSError as error:
        raise ReadOnlyLibrary(
            f"Rien ne peut être écrit dans {folder} ({error.strerror}) : vérifiez l'espace disque et les droits du "
            "dossier, ou choisissez une autre base dans KNOWLEDGE_BASE."
        ) from error
    try:
        yield
    finally:
        held.release()
