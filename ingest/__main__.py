"""Adapter: python -m ingest [DOSSIER|FICHIER|ADRESSE…]."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from knowledge import Home, KnowledgeBase, KnowledgeError, KnowledgeSettings, home_of
from knowledge.giving_way import give_way
from knowledge.interrupting import stop_when_told
from knowledge.settings import REFERENTIEL

from .checking import require, try_out
from .errors import IngestError
from .pipeline import Check, ingest, plan
from .places.fetching import Client
from .places.finding import Place
from .places.opening import open_places
from .planning import Plan
from .refreshing import duration, refresh
from .reporting import Progress, Report
from .screen import bar, save
from .settings import IngestSettings
from .visiting import LIMITS, tell_links

_DESCRIPTION = (
    "Fait de la base le miroir d'un dossier de documents (PDF, Word, ODT, HTML, Markdown, texte) : ajoute, met à jour, "
    "oublie. Ce qui n'a pas changé n'est ni relu ni recalculé ; ce qui échoue garde sa dernière bonne version."
)


def main(argv: Sequence[str] | None = None, wait: Callable[[float], object] = time.sleep) -> int:
    """0 when every document was read, 1 when one failed or the run could not be made."""
    settings = KnowledgeSettings()
    # One for all turns: it remembers when it last asked each site.
    client = Client.create(IngestSettings().allow_private)
    parser = _parser(settings)
    arguments = parser.parse_args(argv)
    if arguments.rollback and (arguments.places or arguments.json):
        parser.error("--rollback ramène la base entière : donnez-le seul, ou avec --base")
    if (arguments.links and arguments.places) or (arguments.csv and not arguments.links):
        parser.error("--links regarde les adresses de la base : donnez-le avec --base, --json et --csv seulement")
    try:
        if arguments.rollback:
            return _rolled_back(arguments, settings)
        if arguments.links:
            return _links(arguments, settings)
        if not arguments.every:
            return _turn(arguments, settings, client)
        refresh(lambda: _turn(arguments, settings, client), arguments.every, time.monotonic, _announced(wait))
    except KeyboardInterrupt:
        print("Arrêté : la base est entière, et le prochain passage reprendra ce qui reste.", file=sys.stderr)
        return 0 if arguments.every else 1


def _parser(settings: KnowledgeSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ingest", description=_DESCRIPTION)
    parser.add_argument(
        "places", nargs="*", metavar="DOSSIER|FICHIER|ADRESSE", help="à lire (par défaut : le référentiel fourni)"
    )
    parser.add_argument("--base", type=Path, default=settings.base, help="dossier de la base (défaut : %(default)s)")
    parser.add_argument("--name", help="nom du lieu dans la base (défaut : le sien)")
    parser.add_argument("--force", action="store_true", help="oublier, même si plus d'un cinquième d'un lieu a disparu")
    parser.add_argument("--json", metavar="FICHIER", help="écrire aussi le compte rendu en JSON (- : sur la sortie)")
    parser.add_argument(
        "--check",
        type=Path,
        metavar="QUESTIONS",
        help="ne rien publier qui perde plus que INGEST_CHECK_MARGIN de ces réponses : questions en .jsonl, posées "
        "avant et après",
    )
    parser.add_argument("--csv", metavar="FICHIER", help="avec --links : écrire aussi le tableau pour un tableur")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--dry-run", action="store_true", help="dire ce qui changerait, sans rien écrire")
    instead.add_argument(
        "--links", action="store_true", help="dire quelles adresses de la base sont mortes ou déplacées, sans rien lire"
    )
    instead.add_argument("--rollback", action="store_true", help="revenir à l'état d'avant le dernier changement")
    instead.add_argument(
        "--every", type=_duration, metavar="DURÉE", help="recommencer toutes les 30m, 24h ou 7j, jusqu'à Ctrl-C"
    )
    return parser


def _duration(text: str) -> timedelta:
    try:
        return duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _announced(wait: Callable[[float], object]) -> Callable[[float], object]:
    def announce_and_wait(seconds: float) -> None:
        due = datetime.now() + timedelta(seconds=seconds)
        print(f"Prochain passage le {due:%d/%m/%Y à %H:%M} ; Ctrl-C pour arrêter.", file=sys.stderr, flush=True)
        wait(seconds)

    return announce_and_wait


def _turn(arguments: argparse.Namespace, settings: KnowledgeSettings, client: Client) -> int:
    """One run, told of; an error is told of too, and a refreshing goes on after it."""
    try:
        report = _planned(arguments, settings, client) if arguments.dry_run else _ingested(arguments, settings, client)
        _tell(report, arguments)
        save(report.to_json(), arguments.json)
    except (KnowledgeError, IngestError) as error:
        print(f"Erreur : {error}", file=sys.stderr)
        _save_error(str(error), arguments.json)
        return 1
    return 1 if report.failed else 0


def _ingested(arguments: argparse.Namespace, settings: KnowledgeSettings, client: Client) -> Report:
    with (
        closing(KnowledgeBase.create(home_of(settings, arguments.base), settings.embedding_model)) as base,
        bar("Passages", "passage") as progress,
        bar("Documents", "document") as reading,
        bar("Phrases", "passage") as refining,
    ):
        report = ingest(
            base,
            _places(arguments, client),
            progress=progress,
            reading=reading,
            force=arguments.force,
            check=_check(base, arguments, progress),
        )
        base.refine(refining)
        return report


def _planned(arguments: argparse.Namespace, settings: KnowledgeSettings, client: Client) -> Report:
    with (
        _base_or_none(home_of(settings, arguments.base)) as home,
        closing(KnowledgeBase.create(home, settings.embedding_model)) as base,
        bar("Documents", "document") as reading,
    ):
        made = plan(base, _places(arguments, client), reading=reading, force=arguments.force)
        if check := _check(base, arguments, None):
            check(made)
        return made.report


def _check(base: KnowledgeBase, arguments: argparse.Namespace, progress: Progress | None) -> Check | None:
    if arguments.check is None:
        return None
    questions: Path = arguments.check

    def check(made: Plan) -> None:
        if made.sources or made.report.forgotten:
            verdict = try_out(base, made, questions, IngestSettings().check_margin, progress)
            print(verdict.sentence, file=sys.stderr)
            require(verdict)

    return check


def _rolled_back(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    try:
        with (
            closing(KnowledgeBase.open(home_of(settings, arguments.base), settings.embedding_model)) as base,
            bar("Phrases", "passage") as refining,
        ):
            print(
                f"Base revenue à l'état de la révision {base.rollback()} ; un autre --rollback l'annule. La prochaine "
                "lecture des mêmes documents y remettra ce qu'ils disent : corrigez-les d'abord."
            )
            # The model may have changed since.
            base.refine(refining)
    except KnowledgeError as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    return 0


def _links(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    """1 where a link is dead."""
    client = Client.create(IngestSettings().allow_private, LIMITS)
    try:
        with bar("Liens", "lien") as progress:
            report = tell_links(home_of(settings, arguments.base), client, arguments.json, arguments.csv, progress)
    except (KnowledgeError, IngestError) as error:
        print(f"Erreur : {error}", file=sys.stderr)
        _save_error(str(error), arguments.json)
        return 1
    screen = sys.stderr if arguments.json == "-" else sys.stdout
    print(report.sentence, *(f"  {line}" for line in report.lines()), sep="\n", file=screen)
    return 1 if report.dead else 0


def _places(arguments: argparse.Namespace, client: Client) -> list[Place]:
    named = arguments.places or [str(REFERENTIEL)]
    return [place for text in named for place in open_places(text, arguments.name, client)]


@contextmanager
def _base_or_none(home: Home) -> Iterator[Home | Path]:
    """The base's home, or an empty one for as long as it is compared with."""
    if home.exists() or home.folder.exists():
        yield home
    else:
        with tempfile.TemporaryDirectory() as empty:
            yield Path(empty)


def _tell(report: Report, arguments: argparse.Namespace) -> None:
    screen = sys.stderr if arguments.json == "-" else sys.stdout
    if arguments.dry_run:
        print(f"À blanc, rien n'est écrit. Passages à calculer : {report.passages}.", file=screen)
    print(report.sentence, file=screen)
    for line in report.lines():
        print(f"  {line}", file=screen)
    for failure in report.failed:
        print(f"  en échec : {failure.id} : {failure.reason}", file=sys.stderr)


def _save_error(sentence: str, where: str | None) -> None:
    try:
        save(json.dumps({"erreur": sentence}, ensure_ascii=False), where)
    except IngestError:
        return  # already told of


if __name__ == "__main__":
    # An assistant may be answering beside it.
    give_way()
    stop_when_told()
    sys.exit(main())
