"""Adapter: an answer opened again under its code, a conversation taken away as a file."""

from datetime import date, datetime
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request, Response

from knowledge import KnowledgeError

from ..answering import Assistant
from ..exporting import document, markdown
from ..journal import Entry
from ..noting import french_date
from . import replay
from .explaining import ZONES, changes, paragraphs
from .records import Records, Turns

_GONE = "Cette réponse n'est plus gardée, ou son adresse est incomplète : posez la question de nouveau."
_NOT_HELD = "Cette conversation n'est plus en mémoire : posez une question de plus, puis exportez."
_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}
_PRIVATE = {"cache-control": "private, no-store", "x-robots-tag": "noindex"}


def offer_records(app: FastAPI, records: Records, assistant: Assistant, answers: str, exports: str) -> None:
    """Add to the application the answers that were kept and the conversations to export, under these paths."""

    @app.get(f"{answers}/{{code}}", include_in_schema=False)
    async def replay_answer(code: str, request: Request) -> Response:
        status, html = await to_thread.run_sync(_replayed, records, assistant, code, request.scope.get("root_path", ""))
        return Response(html, status, _PRIVATE, "text/html")

    @app.get(f"{answers}.css", include_in_schema=False)
    def get_sheet() -> Response:
        return Response(replay.sheet(), media_type="text/css")

    @app.get(f"{exports}/{{key}}.{{kind}}", include_in_schema=False)
    async def export(key: str, kind: str) -> Response:
        try:
            turns = await to_thread.run_sync(records.held, key)
        except KnowledgeError as error:
            return Response(str(error), 503, _PRIVATE, "text/plain; charset=utf-8")
        if not turns or kind not in _TYPES:
            return Response(_NOT_HELD, 404, _PRIVATE, "text/plain; charset=utf-8")
        now = datetime.now().astimezone()
        file = await to_thread.run_sync(_written, turns, kind, now)
        named = f'attachment; filename="co-construction-{now:%Y-%m-%d-%Hh%M}.{kind}"'
        return Response(file, 200, _PRIVATE | {"content-disposition": named}, _TYPES[kind])


def _written(turns: Turns, kind: str, now: datetime) -> bytes:
    from ..word_processing import docx, odt

    blocks = list(document(turns, now.date()))
    if kind == "md":
        return markdown(blocks).encode()
    return docx(blocks, now) if kind == "docx" else odt(blocks, now)


def _replayed(records: Records, assistant: Assistant, code: str, root: str) -> tuple[int, str]:
    values: dict[str, Any] = {"title": "Réponse introuvable", "root": root, "record": None, "problem": _GONE}
    try:
        entry = records.journal.read(code) if records.journal else None
        if entry is None:
            return 404, replay.page(**values)
        return 200, replay.page(**values | _opened(entry, assistant))
    except KnowledgeError as error:
        return 503, replay.page(**values | {"problem": str(error)})


def _opened(entry: Entry, assistant: Assistant) -> dict[str, Any]:
    record = entry.record
    trace = record["trace"]
    return {
        "title": f"Réponse à « {record['answer']['question']} »",
        "record": record,
        "given": _day(entry.at),
        "until": _day(entry.until),
        "changes": changes(record, assistant.source),
        "revision": assistant.revision,
        "paragraphs": paragraphs(record["answer"]),
        "zone": ZONES[trace["zone"]] if trace else "",
    }


def _day(seconds: int) -> str:
    return french_date(date.fromtimestamp(seconds).isoformat())
