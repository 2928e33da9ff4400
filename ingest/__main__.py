"""Adapter: python -m ingest [DOSSIER|FICHIER…]."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from knowledge import KnowledgeBase, KnowledgeError, KnowledgeSettings
from knowledge.settings import REFERENTIEL

from .errors import IngestError
from .pipeline import ingest
from .reporting import Report


def main(argv: Sequence[str] | None = None) -> int:
    """0 when every file was read, 1 when one failed or the run could not be made."""
    settings = KnowledgeSettings()
    arguments = _parser(settings).parse_args(argv)
    try:
        base = KnowledgeBase.create(arguments.base, settings.embedding_model)
        report = ingest(base, arguments.places or [REFERENTIEL], arguments.name, _Bar())
    except (KnowledgeError, IngestError) as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    _print(report)
    return 1 if report.failed else 0


def _parser(settings: KnowledgeSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Fait de la base le miroir d'un dossier de documents (Markdown, texte, HTML) : ajoute, met à "
        "jour, oublie.",
    )
    parser.add_argument(
        "places", nargs="*", type=Path, metavar="DOSSIER|FICHIER", help="à lire (par défaut : le référentiel fourni)"
    )
    parser.add_argument("--base", type=Path, default=settings.base, help="dossier de la base (défaut : %(default)s)")
    parser.add_argument("--name", help="nom du dossier dans la base (défaut : le sien)")
    return parser


class _Bar:
    """A progress bar with the time left, on a terminal or in a log alike."""

    def __init__(self) -> None:
        self._bar: tqdm | None = None

    def __call__(self, done: int, total: int) -> None:
        if self._bar is None:
            self._bar = tqdm(total=total, desc="Passages", unit="passage", dynamic_ncols=True, mininterval=0.5)
        self._bar.update(done - self._bar.n)
        if done == total:
            self._bar.close()


def _print(report: Report) -> None:
    print(report.sentence)
    for id in report.forgotten:
        print(f"  oubliée : {id}")
    for failure in report.failed:
        print(f"  en échec : {failure.id} : {failure.reason}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
