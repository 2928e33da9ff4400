"""Adapter: python -m knowledge [search|rebuild|forget]: look inside the base, without a language model."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from .base import KnowledgeBase
from .errors import KnowledgeError
from .settings import KnowledgeSettings


def main(argv: Sequence[str] | None = None) -> int:
    settings = KnowledgeSettings()
    arguments = _parser(settings).parse_args(argv)
    try:
        arguments.command(arguments, settings)
    except KnowledgeError as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    return 0


def _parser(settings: KnowledgeSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m knowledge", description="Ce que contient la base.")
    parser.add_argument("--base", type=Path, default=settings.base, help="dossier de la base (défaut : %(default)s)")
    parser.set_defaults(command=_describe)
    commands = parser.add_subparsers(metavar="COMMANDE")
    search = commands.add_parser("search", help="les passages trouvés pour une question")
    search.add_argument("question")
    search.add_argument("--passages", type=int, default=8, help="nombre de passages (défaut : %(default)s)")
    search.set_defaults(command=_search)
    rebuild = commands.add_parser("rebuild", help="refaire passages et index, sans relire un fichier")
    rebuild.add_argument("--embedding-model", help="changer de modèle d'embedding")
    rebuild.set_defaults(command=_rebuild)
    forget = commands.add_parser("forget", help="oublier une source")
    forget.add_argument("id", metavar="ID")
    forget.set_defaults(command=_forget)
    return parser


def _describe(arguments: argparse.Namespace, settings: KnowledgeSettings) -> None:
    base = KnowledgeBase.open(arguments.base, settings.embedding_model)
    contents = base.library.contents()
    print(
        f"Base : {base.folder} — révision {contents.revision}, modifiée le {base.library.fact('changed_on') or '(jamais)'}"
    )
    print(f"Modèle d'embedding : {base.model}")
    print(f"{len(contents.sources)} sources, {len(contents.ranges)} passages")
    for source in contents.sources.values():
        print(f"  {source.id} — {source.title}")


def _search(arguments: argparse.Namespace, settings: KnowledgeSettings) -> None:
    base = KnowledgeBase.open(arguments.base, settings.embedding_model)
    for hit in base.retriever(arguments.passages).hits(arguments.question):
        where = " › ".join(filter(None, (hit.passage.part, hit.passage.title, hit.passage.section)))
        print(f"{hit.score:.3f}  cosinus {hit.cosine:.3f}  mots {hit.coverage:.2f}  {hit.passage.id}\n       {where}")
        print("       " + " ".join(hit.passage.text.split())[:160])


def _rebuild(arguments: argparse.Namespace, settings: KnowledgeSettings) -> None:
    base = KnowledgeBase.adopt(arguments.base, arguments.embedding_model or settings.embedding_model)
    base.rebuild(_count)
    print(f"Base refaite avec le modèle « {base.model} ».")


def _forget(arguments: argparse.Namespace, settings: KnowledgeSettings) -> None:
    KnowledgeBase.open(arguments.base, settings.embedding_model).forget(arguments.id)
    print(f"Source oubliée : {arguments.id}")


def _count(done: int, total: int) -> None:
    print(f"\r{done}/{total} passages", end="\n" if done == total else "", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
