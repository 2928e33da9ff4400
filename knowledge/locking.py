"""Adapter: one writer at a time, in whatever process, and the mark that it leaves while it is at work."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import LockedBase, UnwritableBase


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
        raise _unwritable(folder, error) from error
    try:
        yield
    finally:
        held.release()


def mark(path: Path) -> None:
    """Stands until it is removed, by a run that comes to its end."""
    try:
        path.touch()
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _unwritable(folder: Path, error: OSError) -> UnwritableBase:
    return UnwritableBase(
        f"Rien ne peut être écrit dans {folder} ({error.strerror}) : vérifiez l'espace disque et les droits du "
        "dossier, ou choisissez une autre base dans KNOWLEDGE_BASE."
    )
