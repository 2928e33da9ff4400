"""Adapter: python -m assistant [QUESTION | evaluate …]: the chat page, one cited answer, or the marks of many."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from knowledge import KnowledgeBase, KnowledgeError, KnowledgeSettings, home_of
from knowledge.reranking import open_reranker

from .answering import Assistant, checked
from .chat_model import open_chat_model
from .errors import AssistantError, BadSetting
from .logs import log_as_json
from .rendering import plain_text
from .settings import AssistantSettings


def main(argv: Sequence[str] | None = None) -> int:
    """0 when an answer was given or the page was served, 1 when not; an abstention is an answer."""
    given = sys.argv[1:] if argv is None else list(argv)
    try:
        settings, knowledge = AssistantSettings.read(), KnowledgeSettings()
        if given[:1] == ["evaluate"]:
            _evaluate(given[1:], settings, knowledge)
        else:
            _answer(given, settings, knowledge)
    except (AssistantError, KnowledgeError) as error:
        print(f"Erreur : {error}", file=sys.stderr)
        return 1
    return 0


def _answer(argv: Sequence[str], settings: AssistantSettings, knowledge: KnowledgeSettings) -> None:
    arguments = _parser(settings, knowledge).parse_args(argv)
    if arguments.question is not None:
        checked(arguments.question)
    assistant = _opened(arguments.base, arguments.passages, settings, knowledge)
    if arguments.question is None:
        _serve(assistant, arguments.base, settings, arguments.host, arguments.port)
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

    def open_searcher(asked: QuestionSet) -> Edition:
        if not asked.sources:
            base = KnowledgeBase.open(home_of(knowledge, arguments.base), knowledge.embedding_model)
            return base.retriever(settings.passages).edition()
        bench = Bench.open(arguments.cache, knowledge.embedding_model or BUNDLED_MODEL)
        return bench.base(asked.name, asked.sources).retriever(settings.passages).edition()

    evaluate(open_searcher, arguments.files, arguments.report)


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


def _serve(assistant: Assistant, base: Path, settings: AssistantSettings, host: str, port: int) -> None:
    from .web.serving import build_app, serve

    if settings.retention_days:
        _make(base)
    if settings.log == "json":
        log_as_json()
    app = build_app(assistant, settings, **books(base, settings.retention_days))
    assistant.warm_up()
    print(f"Page de l'assistant : http://{host}:{port}", flush=True)
    serve(app, host, port, settings.log == "json")


def _make(folder: Path) -> None:
    """This machine's own folder, which a base on servers does without."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"Le dossier {folder} ne peut pas être créé ({error.strerror}), où garder réponses et avis : changez "
            "KNOWLEDGE_BASE, ou mettez ASSISTANT_RETENTION_DAYS à 0 pour ne rien garder."
        ) from error


def books(base: Path, days: int) -> dict[str, Any]:
    """Where answers and opinions are kept for `days`: nowhere for 0."""
    from .journal import JournalBook
    from .web.opinions import OpinionBook

    if not days:
        return {}
    opinions = OpinionBook(base / "assistant.sqlite", kept=days * 24 * 3600)
    return {"opinions": opinions, "journal": JournalBook(base / "journal.sqlite", days)}


def _print(assistant: Assistant, question: str, as_json: bool) -> None:
    answer = assistant.answer(question)
    print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2) if as_json else plain_text(answer))


if __name__ == "__main__":
    sys.exit(main())
