"""Adapter: the base in one verified file, and back: its library and this machine's SQLite files, without the index."""

import hashlib
import json
import os
import re
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from .database import SCHEMA
from .errors import EmptyKnowledgeBase, KnowledgeError, NewerLibrary, UnreadableBackup, UnwritableBase
from .housing import LIBRARY, Home, at
from .keeping import WRITING
from .library import Library
from .sqlite import copy_file

_FORMAT = 1
_MANIFEST = "manifest.json"
_NAME = re.compile(r"[a-z][a-z0-9_-]*\.sqlite")


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
        for path in sorted(home.folder.glob("*.sqlite")):
            if path.name != LIBRARY:
                copy_file(path, Path(made) / path.name)
        home.save(Path(made) / LIBRARY)
        with closing(Library(Path(made) / LIBRARY)) as copied:
            revision = copied.revision
        copies = {path.name: path.read_bytes() for path in sorted(Path(made).glob("*.sqlite"))}
        digests = {name: hashlib.sha256(data).hexdigest() for name, data in copies.items()}
        manifest = {"format": _FORMAT, "schema": SCHEMA, "revision": revision, "files": digests}
        whole = Path(made) / "whole"
        _pack(whole, {_MANIFEST: json.dumps(manifest).encode(), **copies})
        if _unpack(whole) != copies:
            raise UnreadableBackup(f"La sauvegarde ne se relit pas : vérifiez le disque de {file}.")
        os.replace(whole, file)
    return revision


def restore(file: Path, home: Home | Path, force: bool = False) -> None:
    """
    The base of a backup, once all of it has been checked; `force`: in the place of another. Each file is replaced in
    one transaction. Raises UnreadableBackup, and NewerLibrary for the backup of a later program.
    """
    files = _unpack(file)
    home = at(home)
    if not force and home.is_taken():
        raise KnowledgeError(
            f"Il y a déjà une base dans {home} : choisissez un dossier vide avec --base, ou ajoutez --force pour "
            "la remplacer."
        )
    with _translated(home), tempfile.TemporaryDirectory() as made:
        home.folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (Path(made) / name).write_bytes(data)
            _check(Path(made) / name, file)
        with home.alone(WRITING):
            for name in files.keys() - {LIBRARY}:
                copy_file(Path(made) / name, home.folder / name)
            home.take(Path(made) / LIBRARY)


def _check(path: Path, file: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as copy:
            sound = copy.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        raise _unreadable(file, f"{path.name} est abîmé")


def _pack(path: Path, files: Mapping[str, bytes]) -> None:
    with path.open("wb") as written:
        with tarfile.open(fileobj=written, mode="w:gz") as archive:
            for name, data in files.items():
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(data), 0o600
                archive.addfile(entry, BytesIO(data))
        # Readers' opinions may be in it.
        path.chmod(0o600)
        written.flush()
        os.fsync(written.fileno())


def _unpack(file: Path) -> dict[str, bytes]:
    """The files that the manifest names, as it describes them."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            found = {entry.name: archive.extractfile(entry) for entry in archive if entry.isfile()}
            held = {name: data.read() for name, data in found.items() if data}
        manifest: dict[str, Any] = json.loads(held.pop(_MANIFEST))
        form, schema, digests = int(manifest["format"]), int(manifest["schema"]), dict(manifest["files"])
    except FileNotFoundError as error:
        raise UnreadableBackup(f"Le fichier {file} n'existe pas : vérifiez son chemin.") from error
    except (OSError, EOFError, tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise _unreadable(file, "ce n'est pas une sauvegarde de ce programme, ou il en manque") from error
    if form > _FORMAT or schema > SCHEMA:
        raise NewerLibrary(
            f"La sauvegarde {file} a été faite par une version plus récente de ce programme (schéma {schema}, celui-ci "
            f"lit le {SCHEMA}) : mettez le programme à jour, puis relancez la même commande."
        )
    if LIBRARY not in digests or not all(map(_NAME.fullmatch, digests)):
        raise _unreadable(file, "il y manque la bibliothèque")
    if {name: hashlib.sha256(data).hexdigest() for name, data in held.items()} != digests:
        raise _unreadable(file, "son contenu a changé depuis qu'elle a été faite")
    return held


def _unreadable(file: Path, why: str) -> UnreadableBackup:
    return UnreadableBackup(f"La sauvegarde {file} est inutilisable ({why}) : prenez-en une autre.")


@contextmanager
def _translated(place: Path | Home) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        raise UnwritableBase(
            f"Rien n'a pu être écrit dans {place} ({error}) : vérifiez l'espace disque et les droits du dossier."
        ) from error
