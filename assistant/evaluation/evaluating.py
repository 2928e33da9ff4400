"""Adapter: python -m assistant evaluate: questions asked of the assistant, and a report of what it answered."""

import argparse
import json
import time
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from statistics import median, quantiles
from typing import Protocol

from tqdm import tqdm

from knowledge.evaluation.question_sets import OWN_QUESTIONS, QuestionSet, read_set

from ..answering import Assistant
from ..answers import Answer
from ..searcher import Searcher
from .absenting import Without, let_through
from .grading import Grade, mark

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #bbb;padding:.4rem;text-align:left;"
    "vertical-align:top}.no{color:#a11}pre{white-space:pre-wrap;font:inherit;margin:0}"
)


class Searched(Searcher, Protocol):
    """A searcher that also says how many passages it finds."""

    @property
    def k(self) -> int: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        default=[OWN_QUESTIONS],
        metavar="FICHIER|DOSSIER",
        help="questions, une par ligne en JSON (par défaut : celles du projet), ou dossier BEIR, dans sa base",
    )
    parser.add_argument("--cache", type=Path, default=Path("var/evaluation"), help="bases des dossiers BEIR")
    parser.add_argument("--report", type=Path, metavar="FICHIER.html", help="question, attendu et réponse côte à côte")
    parser.add_argument("--json", type=Path, metavar="FICHIER", help="ce qui ne va pas à chaque question, en JSON")


def evaluate(
    open_searcher: Callable[[QuestionSet], Searched],
    files: Iterable[Path],
    report: Path | None,
    json_file: Path | None = None,
) -> None:
    """Prints the marks of each set, asked of the searcher that is opened for it. Raises MalformedSet."""
    graded = []
    for asked in [read_set(path) for path in files]:
        searcher = open_searcher(asked)
        grades = grade(Assistant(searcher), asked)
        graded.append((asked, grades))
        print("\n".join(lines(asked, grades)))
        if asked.sources:
            print("\n".join(absences(searcher, asked, grades)))
    if report:
        report.write_text(page([one for _, grades in graded for one in grades]), encoding="utf-8")
        print(f"Rapport : {report}")
    if json_file:
        json_file.write_text(as_json([one for _, grades in graded for one in grades]), encoding="utf-8")


def grade(assistant: Assistant, asked: QuestionSet) -> list[Grade]:
    grades = []
    for question in tqdm(asked.questions, desc=asked.name, unit="question", dynamic_ncols=True):
        began = time.perf_counter()
        answer = assistant.answer(question.text, question.history)
        grades.append(Grade(question, answer, (time.perf_counter() - began) * 1000))
    return grades


def absences(searcher: Searched, asked: QuestionSet, grades: Sequence[Grade]) -> list[str]:
    """How the same questions fare when the sources that answer them are taken away."""
    near = [_standing(grade.answer) for grade in grades if grade.question in asked.answerable]
    without = [
        Assistant(Without(searcher, question.relevant.keys(), searcher.k)).answer(question.text)
        for question in tqdm(asked.answerable, desc=f"{asked.name}, sources ôtées", unit="question", dynamic_ncols=True)
    ]
    absent = [_standing(answer) for answer in without]
    answered = sum(bool(answer.citations) for answer in without)
    refused = mark(grades).refused_wrongly
    curve = ", ".join(f"{100 * share:.0f} % → {100 * passed:.0f} %" for share, passed in let_through(near, absent))
    return [
        f"  sources ôtées, répond encore {_percent(answered / len(absent))} (pour {_percent(refused)} de refus à tort)",
        f"  selon le seuil, refus à tort → laissées passer : {curve}",
    ]


def _standing(answer: Answer) -> float:
    """That of a question that was refused before it was looked into: the lowest."""
    return answer.trace.standing if answer.trace else float("-inf")


def lines(asked: QuestionSet, grades: Sequence[Grade]) -> list[str]:
    marks = mark(grades)
    times = [grade.milliseconds for grade in grades]
    slowest = quantiles(times, n=20)[-1] if times[1:] else sum(times)
    words = [grade.words for grade in grades if grade.is_answered]
    return [
        f"{asked.name} — {len(grades)} questions, {marks.answerable} à répondre, {marks.declinable} à décliner",
        f"  faits attendus présents      {_percent(marks.facts)}",
        f"  bonne source citée           {_percent(marks.sources)}",
        f"  phrases prouvées             {_percent(marks.proved)}",
        f"  refus à juste titre          {_percent(marks.refused)}",
        f"  refus à tort                 {_percent(marks.refused_wrongly)}",
        f"  longueur médiane             {median(words or [0]):.0f} mots",
        f"  temps médian, 95e centile    {median(times):.0f} ms, {slowest:.0f} ms",
    ]


def page(grades: Sequence[Grade]) -> str:
    """The report, in HTML that stands on its own; failures first."""
    ordered = sorted(grades, key=lambda grade: not grade.problems)
    rows = "".join(_row(grade) for grade in ordered)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Réponses mesurées</title><style>{_STYLE}'
        "</style></head><body><h1>Réponses mesurées</h1>"
        "<table><tr><th>Question</th><th>Attendu</th><th>Réponse</th></tr>"
        f"{rows}</table></body></html>\n"
    )


def as_json(grades: Sequence[Grade]) -> str:
    """A list of what was asked and of what is wrong with each answer."""
    told = [{"id": one.question.id, "question": one.question.text, "problems": one.problems} for one in grades]
    return json.dumps(told, ensure_ascii=False, indent=1)


def _row(grade: Grade) -> str:
    expected = [grade.question.behaviour, *grade.question.facts, *grade.question.relevant]
    problems = "".join(f"<br><b class='no'>{escape(problem)}</b>" for problem in grade.problems)
    return (
        f"<tr><td>{escape(grade.question.text)}{problems}</td><td>{'<br>'.join(map(escape, expected))}</td>"
        f"<td><pre>{escape(grade.answer.text)}</pre></td></tr>"
    )


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f} %"
