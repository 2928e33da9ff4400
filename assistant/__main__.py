"""Adapter: python -m assistant [QUESTION | evaluate … | export … | forget …]: the page, an answer, or what is kept."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from knowledge import Home, KnowledgeBase, KnowledgeError, KnowledgeSettings, home_of
from knowledge.interrupting import leave, stop_when_told
from knowledge.reranking import open_reranker

from .answering import Assistant
from .asking import checked
from .chat_model import open_chat_model
from .codes import NOTHING_KEPT, read_code
from .errors import AssistantError, BadSetting, NothingKept
from .observing import observe
from .rendering import plain_text
from .settings import AssistantSettings

if TYPE_CHECKING:
    from .web.keeping import Keeping

# What a shell tells of a program that was interrupted.
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """0 when answered (abstaining is answering) or served, 1 when not, 130 when stopped before."""
    given = sys.argv[1:] if argv is None else list(argv)
    try:
        settings, knowledge = AssistantSettings.read(), KnowledgeSettings()
        commands = {"evaluate": _evaluate, "export": _export, "forget": _forget, "gaps": _gaps}
        if given and given[0] in commands:
            commands[given[0]](given[1:], settings, knowledge)
        else:
            _answer(given, settings, knowledge)
    except (AssistantError, KnowledgeError) as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Arrêté.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _answer(argv: Sequence[str], settings: AssistantSettings, knowledge: KnowledgeSettings) -> None:
    arguments = _parser(settings, knowledge).parse_args(argv)
    if arguments.question is not None:
        checked(arguments.question)
    assistant = _opened(arguments.base, arguments.passages, settings, knowledge)
    if arguments.question is None:
        _serve(assistant, home_of(knowledge, arguments.base), settings, arguments.host, arguments.port)
    else:
        _print(assistant, arguments.question, arguments.json)


def _opened(folder: Path, passages: int, settings: AssistantSettings, knowledge: KnowledgeSettings) -> Assistant:
    base = KnowledgeBase.open(home_of(knowledge, folder), knowledge.embedding_model)
    retriever = base.retriever(passages, rerank=open_reranker(knowledge.reranker))
    retriever.watch()
    return Assistant(retriever, open_chat_model(settings), settings.chat_timeout)


def _evaluate(argv: Sequence[str], settings: AssistantSettings, knowledge: KnowledgeSettings) -> None:
    from knowledge.evaluation.benching import Bench
    from knowledge.evaluation.question_sets import QuestionSet
    from knowledge.retrieving import Edition
    from knowledge.settings import BUNDLED_MODEL

    from .evaluation.evaluating import add_arguments, evaluate

    parser = argparse.ArgumentParser(prog="python -m assistant evaluate", description="Mesure les réponses.")
    parser.add_argument("--base", type=Path, default=knowledge.base, help="dossier de la base (défaut : %(default)s)")
    add_arguments(parser)
    arguments = parser.parse_args(argv)

    rerank = open_reranker(knowledge.reranker)

    def open_searcher(asked: QuestionSet) -> Edition:
        if not asked.sources:
            base = KnowledgeBase.open(home_of(knowledge, arguments.base), knowledge.embedding_model)
            return base.retriever(settings.passages, rerank=rerank).edition()
        bench = Bench.open(arguments.cache, knowledge.embedding_model or BUNDLED_MODEL)
        base = bench.base(asked.name, asked.sources)
        base.refine()
        return base.retriever(settings.passages, rerank=rerank).edition()

    evaluate(open_searcher, arguments.files, arguments.report, arguments.json)


def _export(argv: Sequence[str], settings: AssistantSettings, knowledge: KnowledgeSettings) -> None:
    keeping, code = _kept(
        "export", "Donne tout ce qui est gardé d'une conversation, en JSON.", argv, settings, knowledge
    )
    found = keeping.export(code)
    if found is None:
        raise NothingKept(NOTHING_KEPT)
    print(json.dumps(found, ensure_ascii=False, indent=2))


def _forget(argv: Sequence[str], settings: AssistantSettings, knowledge: KnowledgeSettings) -> None:
    keeping, code = _kept("forget", "Efface tout ce qui est gardé d'une conversation.", argv, settings, knowledge)
    erased = keeping.forget(code)
    if not erased:
        raise NothingKept(NOTHING_KEPT)
    print(f"Effacé : {erased} réponses et avis. Le service en cours n'en montre plus rien.")


def _gaps(argv: Sequence[str], settings: AssistantSettings, knowledge: KnowledgeSettings) -> None:
    from .reviewing import tell_gaps

    tell_gaps(argv, settings.retention_days, knowledge, date.today())


def _kept(
    name: str, what: str, argv: Sequence[str], settings: AssistantSettings, knowledge: KnowledgeSettings
) -> tuple["Keeping", str]:
    """What is kept beside the base, and the code that was given."""
    from .storing import kept

    parser = argparse.ArgumentParser(prog=f"python -m assistant {name}", description=what)
    parser.add_argument("code", metavar="CODE", help="celui que la page ou le widget montre sous la conversation")
    parser.add_argument("--base", type=Path, default=knowledge.base, help="dossier de la base (défaut : %(default)s)")
    arguments = parser.parse_args(argv)
    return kept(home_of(knowledge, arguments.base), settings.retention_days), read_code(arguments.code)


def _parser(settings: AssistantSettings, knowledge: KnowledgeSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assistant",
        description="Répond aux questions sur la co-construction des politiques publiques, sources à l'appui.",
    )
    parser.add_argument(
        "question", nargs="?", metavar="QUESTION", help="répondre dans le terminal (sans elle : la page)"
    )
    parser.add_argument("--json", action="store_true", help="la réponse entière, en JSON")
    parser.add_argument("--base", type=Path, default=knowledge.base, help="dossier de la base (défaut : %(default)s)")
    parser.add_argument(
        "--passages",
        type=_within(1, 100),
        default=settings.passages,
        metavar="N",
        help="passages cherchés, de 1 à 100 (défaut : %(default)s)",
    )
    parser.add_argument("--host", default=settings.host, help="adresse de la page (défaut : %(default)s)")
    parser.add_argument(
        "--port",
        type=_within(0, 65535),
        default=settings.port,
        metavar="PORT",
        help="port de la page (défaut : %(default)s)",
    )
    return parser


def _within(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"« {text} » n'est pas un nombre de {least} à {most}")
        return int(text)

    return read


def _serve(assistant: Assistant, home: Home, settings: AssistantSettings, host: str, port: int) -> None:
    from .storing import kept
    from .web.rooming import open_room
    from .web.serving import build_app, serve

    held = kept(home, settings.retention_days)
    if held.journal and held.conversations is None:
        _make(home.folder)
    stop = observe()
    app = build_app(
        assistant,
        settings,
        held.opinions,
        journal=held.journal,
        room=open_room(home.folder, settings),
        conversations=held.conversations,
    )
    assistant.warm_up()
    print(f"Page de l'assistant : http://{host}:{port}", flush=True)
    try:
        serve(app, host, port, settings.log == "json")
    finally:
        stop()


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"Le dossier {folder} ne peut pas être créé ({error.strerror}), où garder réponses et avis : changez "
            "KNOWLEDGE_BASE, ou mettez ASSISTANT_RETENTION_DAYS à 0 pour ne rien garder."
        ) from error


def _print(assistant: Assistant, question: str, as_json: bool) -> None:
    answer = assistant.answer(question)
    print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2) if as_json else plain_text(answer))


if __name__ == "__main__":
    stop_when_told()
    leave(main())
