"""Adapter: the base in one verified file, and back: its library, and what is kept beside it; no index."""

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from .database import SCHEMA
from .errors import EmptyKnowledgeBase, KnowledgeError, NewerLibrary, UnreadableBackup, UnwritableBase
from .housing import LIBRARY, Home, at
from .keeping import WRITING
from .library import Library
from .packing import DEPOSITS, beside, digests_in, is_ours, manifest_of, pack, put, unpack, unreadable
from .sqlite import copy_file

# 1: the library and the SQLite files alone; 2: what editors keep too.
_FORMAT = 2
# The library's fact that says where deposits are read from.
_DEPOSITED = f"place:{DEPOSITS}"


def back_up(home: Home | Path, file: Path) -> int:
    """
    Everything that cannot be made again, as it was at one moment, whoever reads or writes meanwhile; the revision.
    Whatever was in `file` stays there until the new backup is whole.
    """
    home = at(home)
    if not home.is_taken():
        raise EmptyKnowledgeBase(f"Aucune base dans {home} : il n'y a rien à sauvegarder.")
    with closing(home.library()) as library:
        library.digests()  # raises where it cannot be read
    with _translated(file), tempfile.TemporaryDirectory(dir=file.resolve().parent) as made:
        copies, read = Path(made) / "copies", Path(made) / "read"
        copies.mkdir()
        read.mkdir()
        revision = _copy(home, copies)
        digests = digests_in(copies)
        whole = Path(made) / "whole"
        pack(whole, {"format": _FORMAT, "schema": SCHEMA, "revision": revision, "files": digests}, copies)
        try:
            unpack(whole, _named(whole), read)
        except (OSError, UnreadableBackup) as error:
            raise UnreadableBackup(f"La sauvegarde ne se relit pas : vérifiez le disque de {file}.") from error
        os.replace(whole, file)
    return revision


def restore(file: Path, home: Home | Path, force: bool = False) -> None:
    """
    The base of a backup, once all of it has been checked; `force`: in the place of another. Each file is replaced
    whole, the library last; what the backup does not hold stays. Raises UnreadableBackup, and NewerLibrary for the
    backup of a later program.
    """
    digests = _named(file)
    home = at(home)
    if not force and home.is_taken():
        raise KnowledgeError(
            f"Il y a déjà une base dans {home} : choisissez un dossier vide avec --base, ou ajoutez --force pour "
            "la remplacer."
        )
    with _translated(home), tempfile.TemporaryDirectory() as made:
        copies = Path(made)
        unpack(file, digests, copies)
        for path in copies.glob("*.sqlite"):
            _check(path, file)
        home.folder.mkdir(parents=True, exist_ok=True)
        with home.alone(WRITING):
            for name in beside(copies):
                put(copies / name, home.folder / name)
            for path in copies.glob("*.sqlite"):
                if path.name != LIBRARY:
                    copy_file(path, home.folder / path.name)
            home.take(copies / LIBRARY)
            with closing(home.library()) as library:
                if library.fact(_DEPOSITED):
                    # They are here now, whether or not those of the first base are still there.
                    library.remember(_DEPOSITED, str((home.folder / DEPOSITS).resolve()))


def _copy(home: Home, folder: Path) -> int:
    """
    The library first: a file is dropped before the source that it is, and taken away after it. One that goes
    meanwhile is of no source any more.
    """
    home.save(folder / LIBRARY)
    for path in sorted(home.folder.glob("*.sqlite")):
        if path.name != LIBRARY:
            copy_file(path, folder / path.name)
    home.carry(folder)
    for name in beside(home.folder):
        with suppress(FileNotFoundError):
            put(home.folder / name, folder / name)
    with closing(Library(folder / LIBRARY)) as copied:
        return copied.revision


def _check(path: Path, file: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        raise unreadable(file, f"{path.name} est abîmé")


def _named(file: Path) -> dict[str, str]:
    """The digests of the files that the manifest names."""
    manifest = manifest_of(file)
    digests: dict[str, Any] = manifest["files"]
    try:
        form, schema = int(manifest["format"]), int(manifest["schema"])
    except (KeyError, ValueError, TypeError) as error:
        raise unreadable(file, "ce n'est pas une sauvegarde de ce programme") from error
    if form > _FORMAT or schema > SCHEMA:
        raise NewerLibrary(
            f"La sauvegarde {file} a été faite par une version plus récente de ce programme (schéma {schema}, celui-ci "
            f"lit le {SCHEMA}) : mettez le programme à jour, puis relancez la même commande."
        )
    if LIBRARY not in digests or not all(map(is_ours, digests)):
        raise unreadable(file, "il y manque la bibliothèque, ou un nom n'est pas d'une sauvegarde")
    return digests


@contextmanager
def _translated(place: Path | Home) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise UnwritableBase(
            f"Rien n'a pu être écrit dans {place} ({error}) : vérifiez l'espace disque et les droits du dossier."
        ) from error
