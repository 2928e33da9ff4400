"""Adapter: files in one archive, each known by its digest, and out of it again; no name may lead anywhere else."""

import gzip
import hashlib
import json
import os
import re
import shutil
import tarfile
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from .errors import UnreadableBackup

# What editors keep beside the library: the files they dropped, and the questions they ask before they publish.
DEPOSITS, ROOM, QUESTIONS = "depots", "redaction", "questions.jsonl"
_MANIFEST = "manifest.json"
_LARGEST_MANIFEST = 50_000_000
_SQLITE = re.compile(r"[a-z][a-z0-9_-]*\.sqlite")
_AT_A_TIME = 1_000_000


def is_ours(name: str) -> bool:
    """Whether a backup may hold a file of that name, which is from the folder of the base."""
    if _SQLITE.fullmatch(name) or name == f"{ROOM}/{QUESTIONS}":
        return True
    folder, _, file = name.partition("/")
    return folder == DEPOSITS and _is_plain(file)


def beside(folder: Path) -> Iterator[str]:
    """The names of what editors keep in the folder of a base, whole files only."""
    if (folder / ROOM / QUESTIONS).is_file():
        yield f"{ROOM}/{QUESTIONS}"
    if (folder / DEPOSITS).is_dir():
        for path in sorted((folder / DEPOSITS).iterdir()):
            if path.is_file() and not path.is_symlink() and _is_plain(path.name):
                yield f"{DEPOSITS}/{path.name}"


def put(source: Path, target: Path) -> None:
    """A copy, whole or not at all, on the disk before it is seen."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    with source.open("rb") as read, part.open("wb") as written:
        shutil.copyfileobj(read, written, _AT_A_TIME)
        written.flush()
        os.fsync(written.fileno())
    os.replace(part, target)


def digests_in(folder: Path) -> dict[str, str]:
    """By name, of the files of a backup that are in a folder."""
    found = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: _digest(path) for name, path in found.items() if is_ours(name)}


def pack(path: Path, manifest: Mapping[str, Any], folder: Path) -> None:
    """The manifest, then each file that it names."""
    with path.open("wb") as written:
        with tarfile.open(fileobj=written, mode="w:gz") as archive:
            text = json.dumps(manifest).encode()
            archive.addfile(_entry(_MANIFEST, len(text)), BytesIO(text))
            for name in manifest["files"]:
                with (folder / name).open("rb") as file:
                    archive.addfile(_entry(name, (folder / name).stat().st_size), file)
        # Readers' opinions may be in it.
        path.chmod(0o600)
        written.flush()
        os.fsync(written.fileno())


def manifest_of(file: Path) -> dict[str, Any]:
    """Raises UnreadableBackup."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            first = archive.next()
            held = archive.extractfile(first) if first and first.name == _MANIFEST and first.isfile() else None
            if held is None:
                raise ValueError(_MANIFEST)
            manifest = json.loads(held.read(_LARGEST_MANIFEST))
            return {**manifest, "files": dict(manifest["files"])}
    except FileNotFoundError as error:
        raise UnreadableBackup(f"Le fichier {file} n'existe pas : vérifiez son chemin.") from error
    except (OSError, EOFError, zlib.error, tarfile.TarError, KeyError, ValueError, TypeError) as error:
        raise unreadable(file, "ce n'est pas une sauvegarde de ce programme, ou il en manque") from error


def unpack(file: Path, digests: Mapping[str, str], folder: Path) -> None:
    """
    Into an empty folder, each file that is named, as its digest says, and nothing else. Raises UnreadableBackup for
    a name that leads out, for what is no plain file (a link), for what is missing, twice there or changed.
    """
    changed = "son contenu a changé depuis qu'elle a été faite"
    found: dict[str, str] = {}
    try:
        with tarfile.open(file, "r:gz") as archive:
            for entry in archive:
                if entry.name == _MANIFEST:
                    continue
                held = archive.extractfile(entry) if entry.isreg() else None
                if held is None or entry.name not in digests or entry.name in found or not is_ours(entry.name):
                    raise unreadable(file, changed)
                found[entry.name] = _written(held, folder / entry.name)
    except (EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError, ValueError) as error:
        raise unreadable(file, "ce n'est pas une sauvegarde de ce programme, ou il en manque") from error
    if found != digests:
        raise unreadable(file, changed)


def unreadable(file: Path, why: str) -> UnreadableBackup:
    return UnreadableBackup(f"La sauvegarde {file} est inutilisable ({why}) : prenez-en une autre.")


def _is_plain(name: str) -> bool:
    """One segment, not hidden, that can be shown."""
    return (
        bool(name)
        and len(name.encode("utf-8", "replace")) <= 240
        and not name.startswith(".")
        and not set(name) & set('/\\:*?"<>|')
        and not any(unicodedata.category(char)[0] == "C" for char in name)
    )


def _written(held: IO[bytes], path: Path) -> str:
    path.parent.mkdir(exist_ok=True)
    made = hashlib.sha256()
    with path.open("xb") as written:
        while block := held.read(_AT_A_TIME):
            made.update(block)
            written.write(block)
    return made.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry
