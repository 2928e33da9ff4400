"""Adapter: python -m assistant evaluate: questions asked of the assistant, and a report of what it answered."""

import argparse
import time
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from statistics import median, quantiles

from tqdm import tqdm

from knowledge.evaluation.question_sets import OWN_QUESTIONS, QuestionSet, read_questions

from ..answering import Assistant
from .grading import Grade, mark

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #bbb;padding:.4rem;text-align:left;"
    "vertical-align:top}.no{color:#a11}pre{white-space:pre-wrap;font:inherit;margin:0}"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        default=[OWN_QUESTIONS],
        metavar="FICHIER",
        help="questions, une par ligne en JSON (par défaut : celles du projet)",
    )
    parser.add_argument("--report", type=Path, metavar="FICHIER.html", help="question, attendu et réponse côte à côte")


def evaluate(assistant: Assistant, files: Iterable[Path], report: Path | None) -> None:
    """Prints the marks of each file. Raises MalformedSet."""
    sets = [read_questions(path) for path in files]
    graded = [(asked, grade(assistant, asked)) for asked in sets]
    for asked, grades in graded:
        print("\n".join(lines(asked, grades)))
    if report:
        report.write_text(page([one for _, grades in graded for one in grades]), encoding="utf-8")
        print(f"Rapport : {report}")


def grade(assistant: Assistant, asked: QuestionSet) -> list[Grade]:
    grades = []
    for question in tqdm(asked.questions, desc=asked.name, unit="question", dynamic_ncols=True):
        began = time.perf_counter()
        answer = assistant.answer(question.text, question.history)
        grades.append(Grade(question, answer, (time.perf_counter() - began) * 1000))
    return grades


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
    ordered = sorted(grades, key=_is_right)
    rows = "".join(_row(grade) for grade in ordered)
    return (
        f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Réponses mesurées</title><style>{_STYLE}'
        "</style></head><body><h1>Réponses mesurées</h1>"
        "<table><tr><th>Question</th><th>Attendu</th><th>Réponse</th></tr>"
        f"{rows}</table></body></html>\n"
    )


def _row(grade: Grade) -> str:
    expected = [grade.question.behaviour, *grade.question.facts, *grade.question.relevant]
    problems = "" if _is_right(grade) else "<br><b class='no'>en échec</b>"
    return (
        f"<tr><td>{escape(grade.question.text)}{problems}</td><td>{'<br>'.join(map(escape, expected))}</td>"
        f"<td><pre>{escape(grade.answer.text)}</pre></td></tr>"
    )


def _is_right(grade: Grade) -> bool:
    if grade.question.behaviour == "decline":
        return not grade.is_answered
    return (
        grade.is_answered
        and grade.has_facts
        and not grade.unproved
        and (grade.cites_right or not grade.question.relevant)
    )


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{100 * value:.1f} %"
