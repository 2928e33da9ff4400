"""Adapter: the commands that back the base up and restore it."""

import argparse
from pathlib import Path
from typing import Any

from .base import KnowledgeBase
from .saving import back_up, restore


def add_safekeeping(commands: Any) -> None:
    """`commands` are the subparsers of python -m knowledge."""
    saving = commands.add_parser("backup", help="la base dans un fichier, même pendant qu'elle sert")
    saving.add_argument("file", type=Path, metavar="FICHIER")
    saving.set_defaults(command=_back_up)
    restoring = commands.add_parser("restore", help="la base d'une sauvegarde")
    restoring.add_argument("file", type=Path, metavar="FICHIER")
    restoring.add_argument("--force", action="store_true", help="remplacer la base qui est là")
    restoring.set_defaults(command=_restore)


def _back_up(arguments: argparse.Namespace, _settings: object) -> int:
    revision = back_up(arguments.base, arguments.file)
    print(f"Révision {revision} sauvegardée dans {arguments.file}")
    return 0


def _restore(arguments: argparse.Namespace, _settings: object) -> int:
    restore(arguments.file, arguments.base, arguments.force)
    base = KnowledgeBase.open(arguments.base)  # makes the index again
    print(f"Révision {base.library.revision} remise dans {base.home}. Relancez l'assistant s'il tourne.")
    return 0
