"""Adapter: the control questions that editors keep, a file of the room; those of the project until they change one."""

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

from knowledge.errors import MalformedSet
from knowledge.evaluation.question_sets import read_questions
from knowledge.packing import QUESTIONS


def questions_in(room: Path, default: Path) -> Path | None:
    """The file to ask, None where there is no question to ask."""
    path = room / QUESTIONS if (room / QUESTIONS).exists() else default
    return path if path.exists() and path.read_text(encoding="utf-8").strip() else None


class Questions:
    """Read, written one by one, taken away; each writing is checked as a whole."""

    def __init__(self, room: Path, default: Path) -> None:
        self._path, self._default = room / QUESTIONS, default

    def records(self) -> list[dict[str, Any]]:
        """Raises MalformedSet."""
        path = questions_in(self._path.parent, self._default)
        lines = path.read_text(encoding="utf-8").splitlines() if path else []
        try:
            return [json.loads(line) for line in lines if line.strip()]
        except json.JSONDecodeError as error:
            raise MalformedSet(
                f"Le fichier {path} n'est plus lisible : corrigez-le, une question JSON par ligne."
            ) from error

    def put(self, record: Mapping[str, Any]) -> None:
        """In the place of the one with the same id, or after the others. Raises MalformedSet."""
        with FileLock(f"{self._path}.lock"):
            held = self.records()
            ids = [one["id"] for one in held]
            if record["id"] in ids:
                at = ids.index(record["id"])
                # What the form does not show stays: other wordings, the questions before it.
                held[at] = {**held[at], **record}
            else:
                held.append(dict(record))
            self._write(held)

    def remove(self, id: str) -> None:
        with FileLock(f"{self._path}.lock"):
            self._write([one for one in self.records() if one["id"] != id])

    def _write(self, records: Iterable[Mapping[str, Any]]) -> None:
        text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
        part = self._path.with_name("questions.part.jsonl")
        part.write_text(text, encoding="utf-8")
        if text:
            read_questions(part)
        os.replace(part, self._path)


def record_of(form: Mapping[str, str], id: str) -> dict[str, Any]:
    """A question as a form gives it, one expected thing a line. Raises MalformedSet."""
    text = " ".join(form.get("question", "").split())
    if not text:
        raise MalformedSet("Écrivez la question.")
    behaviour = form.get("behaviour", "answer")
    if behaviour == "answer" and not (_lines(form, "sources") or _lines(form, "facts")):
        raise MalformedSet("Dites au moins une source attendue, ou ce que la réponse doit dire.")
    lists = {name: _lines(form, name) for name in ("sources", "facts", "forbidden")}
    return {"id": id, "question": text, "behaviour": behaviour, **lists}


def _lines(form: Mapping[str, str], name: str) -> list[str]:
    return [" ".join(line.split()) for line in form.get(name, "").splitlines() if line.strip()]
