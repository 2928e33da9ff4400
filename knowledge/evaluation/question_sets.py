"""Values: questions with the sources that answer them, as a folder or a file gives them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import MalformedSet
from ..sources import Source, digest

# The questions that come with the project, about the référentiel.
OWN_QUESTIONS = Path(__file__).parents[2] / "tests" / "evaluation" / "questions.jsonl"
BEHAVIOURS = ("answer", "decline", "correct")
# Other wordings that a file of questions may give: the same in English, the same by its acronym alone.
WORDINGS = ("english", "acronym")


@dataclass(frozen=True, slots=True)
class Question:
    """
    `relevant` says which sources answer it (and how well, 1 or more); `facts` are strings of which a good answer
    holds each, " | " between wordings of the same one, `forbidden` strings of which it holds none. `history` holds the
    questions that it leans on.
    """

    id: str
    text: str
    relevant: Mapping[str, int]
    behaviour: str = "answer"
    facts: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    wordings: Mapping[str, str] = field(default_factory=dict)
    forbidden: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """`sources` is what is searched; empty for questions about the référentiel, which is in the base."""

    name: str
    questions: tuple[Question, ...]
    sources: tuple[Source, ...] = ()

    @property
    def answerable(self) -> list[Question]:
        """Those that searching alone can answer: a source does, and they stand on their own."""
        return [question for question in self.questions if question.relevant and not question.history]

    @property
    def unanswerable(self) -> list[Question]:
        return [question for question in self.questions if not question.relevant]

    @property
    def digest(self) -> str:
        """Changes when a question or what answers it does, in whatever order they stand."""
        asked = sorted((q.id, q.text, sorted(q.relevant.items())) for q in self.questions)
        return digest(json.dumps(asked, ensure_ascii=False))


def read_set(path: Path) -> QuestionSet:
    """A BEIR folder, or a .jsonl file of questions about the référentiel. Raises MalformedSet."""
    if path.is_dir():
        return read_beir(path)
    if path.suffix == ".jsonl" and path.is_file():
        return read_questions(path)
    raise MalformedSet(
        f"{path} n'est ni un dossier BEIR (corpus.jsonl, queries.jsonl, qrels.tsv) ni un fichier .jsonl de questions : "
        "vérifiez le chemin."
    )


def read_beir(folder: Path) -> QuestionSet:
    """Questions without a judgement are left out. Raises MalformedSet."""
    sources = tuple(
        Source(
            id=_string(record, "_id", where), title=str(record.get("title") or ""), text=str(record.get("text") or "")
        )
        for where, record in _records(folder / "corpus.jsonl")
    )
    judged = _judgements(folder / "qrels.tsv")
    asked = {_string(record, "_id", where): record for where, record in _records(folder / "queries.jsonl")}
    questions = tuple(
        Question(id, str(record.get("text")), judged[id], facts=_spans(record))
        for id, record in asked.items()
        if id in judged
    )
    if not questions:
        raise MalformedSet(f"Aucune question de {folder / 'queries.jsonl'} n'est jugée dans qrels.tsv.")
    _require_known(questions, {source.id for source in sources}, folder)
    return QuestionSet(folder.resolve().name, questions, sources)


def read_questions(path: Path) -> QuestionSet:
    """Raises MalformedSet."""
    questions = tuple(_question(where, record) for where, record in _records(path))
    twice = len(questions) - len({question.id for question in questions})
    if twice or not questions:
        raise MalformedSet(f"{path} est vide ou donne deux fois le même « id » : donnez-en un à chaque question.")
    return QuestionSet("référentiel", questions)


def _question(where: str, record: Mapping[str, Any]) -> Question:
    behaviour = _string(record, "behaviour", where)
    if behaviour not in BEHAVIOURS:
        raise MalformedSet(f"{where} : « behaviour » vaut {' ou '.join(BEHAVIOURS)}, et non « {behaviour} ».")
    return Question(
        id=_string(record, "id", where),
        text=_string(record, "question", where),
        relevant=dict.fromkeys(record.get("sources", ()), 1),
        behaviour=behaviour,
        facts=tuple(record.get("facts", ())),
        history=tuple(record.get("history", ())),
        wordings={name: record[name] for name in WORDINGS if record.get(name)},
        forbidden=tuple(record.get("forbidden", ())),
    )


def _spans(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What people marked as the answer, in `metadata.answers`: one of the wordings is enough."""
    metadata = record.get("metadata")
    answers = metadata.get("answers") if isinstance(metadata, dict) else None
    return (" | ".join(map(str, answers)),) if isinstance(answers, list) and answers else ()


def _judgements(path: Path) -> dict[str, dict[str, int]]:
    """Of lines "question<TAB>document<TAB>degree" under a heading; a degree of 0 is no answer."""
    judged: dict[str, dict[str, int]] = {}
    for number, line in list(enumerate(_text(path).splitlines(), 1))[1:]:
        try:
            question, document, degree = line.split("\t")
            if int(degree) > 0:
                judged.setdefault(question, {})[document] = int(degree)
        except ValueError as error:
            raise MalformedSet(
                f"{path}, ligne {number} : trois colonnes attendues (question, document, degré)."
            ) from error
    return judged


def _require_known(questions: tuple[Question, ...], ids: set[str], folder: Path) -> None:
    for question in questions:
        if unknown := question.relevant.keys() - ids:
            raise MalformedSet(f"{folder / 'qrels.tsv'} cite « {min(unknown)} », absent de corpus.jsonl.")


def _records(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each line's place in words, and its object."""
    for number, line in enumerate(_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise MalformedSet(f"{path}, ligne {number} : ce n'est pas du JSON.") from error
        if not isinstance(record, dict):
            raise MalformedSet(f"{path}, ligne {number} : un objet JSON est attendu.")
        yield f"{path}, ligne {number}", record


def _string(record: Mapping[str, Any], name: str, where: str) -> str:
    value = record.get(name)
    if not isinstance(value, str | int) or value == "":
        raise MalformedSet(f"{where} : il manque « {name} ».")
    return str(value)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise MalformedSet(f"{path} ne peut pas être lu : vérifiez qu'il existe et qu'il est en UTF-8.") from error
