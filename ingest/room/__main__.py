"""Adapter: python -m ingest.room [password | work …]: the hash of a password; a step of a run."""

import argparse
import getpass
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from .runs import Run
from .signing import SHORTEST, hash_of
from .working import work


def main(argv: Sequence[str] | None = None, ask: Callable[[str], str] = getpass.getpass) -> int:
    """0 when it was done; how a run went is in its state."""
    parser = argparse.ArgumentParser(prog="python -m ingest.room", description="La salle de rédaction.")
    commands = parser.add_subparsers(metavar="COMMANDE", required=True)
    password = commands.add_parser("password", help="l'empreinte d'un mot de passe, à mettre dans les réglages")
    password.set_defaults(command=lambda _: _password(ask))
    working = commands.add_parser("work", help="une étape d'un travail de la salle, qui la lance elle-même")
    working.add_argument("run", type=Path)
    working.add_argument("step", choices=["read", "publish"])
    working.add_argument("--base", type=Path, required=True)
    working.set_defaults(command=_work)
    arguments = parser.parse_args(argv)
    status: int = arguments.command(arguments)
    return status


def _password(ask: Callable[[str], str]) -> int:
    given = ask("Mot de passe des rédacteurs : ")
    if len(given) < SHORTEST:
        print(f"Trop court : {SHORTEST} caractères au moins (quatre mots au hasard conviennent).", file=sys.stderr)
        return 1
    if ask("Encore une fois : ") != given:
        print("Les deux mots de passe diffèrent : recommencez.", file=sys.stderr)
        return 1
    print(hash_of(given))
    return 0


def _work(arguments: argparse.Namespace) -> int:
    work(Run(arguments.run), arguments.step, arguments.base)
    return 0


if __name__ == "__main__":
    sys.exit(main())
