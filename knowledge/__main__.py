"""Adapter: python -m knowledge [search|history|rollback|forget|backup|lint|evaluate…]: look after the base."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from .base import KnowledgeBase
from .checking.covering import read_plan
from .checking.linting import Tables, lint
from .checking.tallying import read_figures
from .dating import first_day
from .errors import KnowledgeError, MalformedDocument, UnknownSource
from .evaluation.benching import Bench, read_referentiel
from .evaluation.charting import draw
from .evaluation.comparing import read_records, to_json
from .evaluation.evaluating import evaluate
from .evaluation.measuring import require_libraries
from .evaluation.question_sets import OWN_QUESTIONS, QuestionSet, read_set
from .evaluation.reporting import lines, page
from .history import Revision
from .housing import Home, home_of
from .reranking import open_reranker
from .safekeeping import add_safekeeping
from .scoping import Scope
from .settings import BUNDLED_MODEL, REFERENTIEL, TABLES, KnowledgeSettings


def main(argv: Sequence[str] | None = None) -> int:
    """0 when the command could be run (and, for lint, found nothing wrong), 1 otherwise."""
    settings = KnowledgeSettings()
    arguments = _parser(settings).parse_args(argv)
    try:
        arguments.base = home_of(settings, arguments.base)
        status: int = arguments.command(arguments, settings)
    except KnowledgeError as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    return status


def _parser(settings: KnowledgeSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge", description="Ce que contient la base.")
    parser.add_argument("--base", type=Path, default=settings.base, help="dossier de la base (défaut : %(default)s)")
    parser.set_defaults(command=_describe)
    commands = parser.add_subparsers(metavar="COMMANDE")
    search = commands.add_parser("search", help="les passages trouvés pour une question")
    search.add_argument("question")
    search.add_argument("--passages", type=int, default=8, help="nombre de passages (défaut : %(default)s)")
    search.add_argument("--part", default="", metavar="PARTIE", help="seulement cette partie")
    search.add_argument("--publisher", default="", metavar="ÉDITEUR", help="seulement ce que cet éditeur a publié")
    search.add_argument(
        "--from", default="", type=_day, dest="since", metavar="DATE", help="sources datées d'alors ou d'après"
    )
    search.add_argument("--until", default="", type=_day, metavar="DATE", help="sources datées d'alors ou d'avant")
    search.add_argument("--source", default="", metavar="ID", help="seulement cette source")
    search.set_defaults(command=_search)
    history = commands.add_parser(
        "history", help="les dernières révisions : date, sources ajoutées, modifiées, oubliées"
    )
    history.set_defaults(command=_history)
    rollback = commands.add_parser("rollback", help="revenir à l'état précédent, ou à celui d'une révision")
    rollback.add_argument("revision", nargs="?", type=int, metavar="REVISION", help="numéro donné par history")
    rollback.set_defaults(command=_rollback)
    rebuild = commands.add_parser("rebuild", help="refaire passages et index, sans relire un fichier")
    rebuild.add_argument("--embedding-model", help="changer de modèle d'embedding")
    rebuild.set_defaults(command=_rebuild)
    forget = commands.add_parser("forget", help="oublier une source")
    forget.add_argument("id", metavar="ID")
    forget.set_defaults(command=_forget)
    add_safekeeping(commands)
    check = commands.add_parser("lint", help="les fautes des fiches du référentiel, et les faits qu'elles traitent")
    check.add_argument(
        "folder", nargs="?", type=Path, default=REFERENTIEL, metavar="DOSSIER", help="défaut : le référentiel fourni"
    )
    check.add_argument(
        "--coverage", action="store_true", help="chaque fait du dossier, avec les fiches qui le traitent"
    )
    check.set_defaults(command=_lint)
    _add_evaluate(commands.add_parser("evaluate", help="ce que vaut la recherche, sur des questions déjà jugées"))
    return parser


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "sets",
        nargs="*",
        type=Path,
        metavar="SET",
        default=[OWN_QUESTIONS],
        help="dossier BEIR (corpus.jsonl, queries.jsonl, qrels.tsv), ou fichier .jsonl de questions sur le référentiel "
        "(défaut : les questions fournies)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path("var/evaluation"),
        metavar="DOSSIER",
        help="où garder bases, vecteurs et rapport d'une fois à l'autre (défaut : %(default)s)",
    )
    parser.add_argument("--save", type=Path, metavar="FICHIER", help="écrire les résultats, pour y revenir")
    parser.add_argument("--against", type=Path, metavar="FICHIER", help="comparer à des résultats écrits par --save")
    parser.add_argument("--robustness", action="store_true", help="poser aussi chaque question autrement")
    parser.set_defaults(command=_evaluate)


def _day(text: str) -> str:
    if text and not first_day(text):
        raise argparse.ArgumentTypeError(f"« {text} » n'est pas une date : écrivez 2024, 2024-03 ou 2024-03-31")
    return text


def _describe(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    base = KnowledgeBase.open(arguments.base, settings.embedding_model)
    contents = base.library.contents()
    changed = base.library.fact("changed_on") or "(jamais)"
    print(f"Base : {base.home} — révision {contents.revision}, modifiée le {changed}")
    print(f"Modèle d'embedding : {base.model}\n{len(contents.sources)} sources, {len(contents.ranges)} passages")
    for source in contents.sources.values():
        print(f"  {source.id} — {source.title}")
    return 0


def _search(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    base = KnowledgeBase.open(arguments.base, settings.embedding_model)
    retriever = base.retriever(arguments.passages, rerank=open_reranker(settings.reranker))
    if arguments.source and retriever.source(arguments.source) is None:
        raise UnknownSource(f"Aucune source « {arguments.source} » : `python -m knowledge` en donne la liste.")
    scope = Scope(arguments.part, arguments.publisher, arguments.since, arguments.until, arguments.source)
    findings = retriever.search(arguments.question, scope=scope)
    if not findings.hits:
        print("Aucun passage ne répond à ces conditions : élargissez-les.")
        return 0
    print(f"Couverture : {retriever.zone(findings).value}")
    for hit in findings.hits:
        where = " › ".join(filter(None, (hit.passage.part, hit.passage.title, hit.passage.section)))
        print(f"{hit.score:.3f}  cosinus {hit.cosine:.3f}  mots {hit.coverage:.2f}  {hit.passage.id}\n       {where}")
        print("       " + " ".join(hit.passage.text.split())[:160])
    return 0


def _history(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    revisions = KnowledgeBase.adopt(arguments.base, settings.embedding_model).library.history.revisions()
    for revision in revisions:
        print(_line(revision, revisions[0].number))
    if not revisions:
        print("Rien n'a encore été lu dans cette base.")
    return 0


def _line(revision: Revision, present: int) -> str:
    when = f"{datetime.fromisoformat(revision.made_on).astimezone():%d/%m/%Y à %H:%M}"
    did = "avant l'historique"
    if revision.counts:
        added, changed, forgotten = revision.counts
        did = f"ajoutées {added}, modifiées {changed}, oubliées {forgotten}"
    if revision.restored:
        did += f" (retour à la révision {revision.restored})"
    if revision.number == present:
        did += " — état actuel"
    elif revision.is_kept:
        did += f" — on peut y revenir : python -m knowledge rollback {revision.number}"
    return f"Révision {revision.number}, le {when} : {did}"


def _rollback(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    base = KnowledgeBase.open(arguments.base, settings.embedding_model)
    left = base.library.revision
    revision = base.rollback(arguments.revision, _count)
    print(
        f"Base revenue à l'état de la révision {revision}. Pour annuler : python -m knowledge rollback {left}\n"
        "La prochaine lecture des mêmes fichiers y remettra ce qu'ils disent : corrigez-les d'abord."
    )
    base.refine(_count)  # the model may have changed since
    return 0


def _rebuild(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    base = KnowledgeBase.adopt(arguments.base, arguments.embedding_model or settings.embedding_model)
    base.rebuild(_count)
    base.refine(_count)
    print(f"Base refaite avec le modèle « {base.model} ».")
    return 0


def _forget(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    KnowledgeBase.open(arguments.base, settings.embedding_model).forget(arguments.id)
    print(f"Source oubliée : {arguments.id}")
    return 0


def _lint(arguments: argparse.Namespace, _settings: KnowledgeSettings) -> int:
    folder: Path = arguments.folder
    texts = {path.relative_to(folder).as_posix(): _text(path) for path in sorted(folder.rglob("*.md"))}
    if not texts:
        raise MalformedDocument(f"Aucune fiche (.md) dans {folder} : vérifiez le chemin du dossier.")
    findings = lint(texts, _tables(TABLES))
    for line in findings.coverage.lines() if arguments.coverage else ():
        print(line)
    for problem in findings.problems:
        print(problem)
    print(f"{findings.fiches} fiches, {len(findings.problems)} fautes. {findings.coverage.summary}")
    return 1 if findings.problems else 0


def _evaluate(arguments: argparse.Namespace, settings: KnowledgeSettings) -> int:
    require_libraries()
    records = read_records(arguments.against) if arguments.against else {}
    bench = Bench.open(arguments.cache, settings.embedding_model or BUNDLED_MODEL)
    sets = [_with_sources(read_set(path), arguments.base, bench) for path in arguments.sets]
    evaluations = evaluate(sets, bench, arguments.robustness)
    for evaluation in evaluations:
        print(*lines(evaluation, records.get(evaluation.name)), sep="\n")
    if arguments.save:
        _write(arguments.save, to_json(evaluations).encode())
    picture = draw(evaluations, records)
    _write(arguments.cache / "rapport.png", picture)
    _write(arguments.cache / "rapport.html", page(evaluations, records, picture, f"{date.today():%d/%m/%Y}").encode())
    print(f"Rapport : {arguments.cache / 'rapport.html'}")
    return 0


def _with_sources(asked: QuestionSet, base: Home, bench: Bench) -> QuestionSet:
    """Questions about the référentiel are asked of it as the base holds it, and of nothing else that it holds."""
    if asked.sources:
        return asked
    return replace(asked, sources=read_referentiel(KnowledgeBase.open(base, embeddings=bench.embeddings), bench))


def _tables(folder: Path) -> Tables:
    plan, figures = _text(folder / "couverture.yaml"), _text(folder / "chiffres-cles.yaml")
    prints = _text(folder / "graine-12-grammes.txt").splitlines()
    seed = frozenset(line for line in prints if not line.startswith("#"))
    return Tables(plan=read_plan(plan), figures=read_figures(figures), seed=seed)


def _text(path: Path) -> str:
    """Raises MalformedDocument where the file is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise MalformedDocument(f"{path} n'est pas en UTF-8 : enregistrez-le dans cet encodage.") from error


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise KnowledgeError(f"{path} ne peut pas être écrit ({error.strerror}) : changez de fichier.") from error


def _count(done: int, total: int) -> None:
    print(f"\r{done}/{total} passages", end="\n" if done == total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
