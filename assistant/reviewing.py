"""Adapter: python -m assistant gaps: what is missing, read from the journal and the opinions, written as files."""

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import Home, KnowledgeBase, KnowledgeSettings, home_of

from .errors import UnreadableReport, UnwritableFile
from .gaps import DISLIKED, UNANSWERED, Lack, Review, review
from .masking import masked
from .reporting import html, table
from .storing import books

# Gaps named on the terminal.
_NAMED = 10


def tell_gaps(argv: Sequence[str], days: int, knowledge: KnowledgeSettings, today: date) -> None:
    """Print the largest gaps; write the report and the table where they are asked for."""
    arguments = _parser(knowledge).parse_args(argv)
    dead = dead_in(arguments.links) if arguments.links else None
    made = reviewed(home_of(knowledge, arguments.base), days, knowledge.embedding_model, dead)
    for path, text in ((arguments.report, html(made, today)), (arguments.csv, table(made))):
        if path is not None:
            _write(path, text)
    print(_summary(made))


def dead_in(path: Path) -> dict[str, str]:
    """By address, why it is dead, as `python -m ingest --links --json` wrote it. Raises UnreadableReport."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return {str(one["adresse"]): str(one["raison"]) for one in record["liens"] if one["etat"] == "mort"}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnreadableReport(
            f"{path} n'est pas un rapport de liens : refaites-le avec `python -m ingest --links --json {path}`."
        ) from error


def reviewed(home: Home, days: int, model: str | None, dead: Mapping[str, str] | None = None) -> Review:
    """Of what is kept beside the base; nothing in it is older than `days`."""
    journal, opinions = books(home, days)
    base = KnowledgeBase.open(home, model)
    try:
        edition = base.retriever().edition()

        def vectors(questions: Sequence[str]) -> NDArray[np.float32]:
            return np.array([edition.embeddings.embed_query(question) for question in questions], np.float32)

        # Masked once more: what was written by an earlier version was masked by its rules.
        answers = [
            (_day(entry.at), entry.record | {"answer": _answer_masked(entry.record["answer"])})
            for entry in journal.all()
        ]
        judged = [
            (Lack(masked(one.question), _day(kept.at), DISLIKED, masked(one.comment)), one.useful)
            for kept in opinions.all()
            for one in (kept.opinion,)
        ]
        return review(answers, judged, edition.sources(), vectors, dead)
    finally:
        base.close()


def _answer_masked(answer: dict[str, object]) -> dict[str, object]:
    return answer | {"question": masked(str(answer["question"]))}


def _summary(made: Review) -> str:
    without, declined = made.total("unanswered"), made.total("declined")
    asked = made.total("answered") + without + declined
    lines = [
        f"{asked} questions gardées : {without} sans réponse, {declined} déclinées ; "
        f"{made.useful} avis utiles, {made.disliked} peu utiles."
    ]
    lines += [
        f"{len(gap.lacks):4} × {gap.question} ({gap.count(UNANSWERED)} sans réponse, {gap.count(DISLIKED)} mal notées)"
        for gap in made.gaps[:_NAMED]
    ]
    if made.dead:
        first, count = made.dead[0], len(made.dead)
        told = "1 lien mort encore cité" if count == 1 else f"{count} liens morts encore cités, dont"
        lines.append(f"{told} {first.url} : {first.reason}")
    if len(made.gaps) > _NAMED:
        lines.append(f"     et {len(made.gaps) - _NAMED} autres manques : --report FICHIER ou --csv FICHIER.")
    return "\n".join(lines)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise UnwritableFile(
            f"{path} ne peut pas être écrit ({error.strerror}) : choisissez un autre fichier."
        ) from error


def _parser(knowledge: KnowledgeSettings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m assistant gaps",
        description="Ce qui manque aux sources : questions sans réponse ou mal notées, regroupées par le sens ; "
        "sources citées, jamais citées, anciennes.",
    )
    parser.add_argument("--base", type=Path, default=knowledge.base, help="dossier de la base (défaut : %(default)s)")
    parser.add_argument("--report", type=Path, metavar="FICHIER", help="le rapport entier, en une page HTML")
    parser.add_argument("--csv", type=Path, metavar="FICHIER", help="les manques, pour un tableur")
    parser.add_argument(
        "--links", type=Path, metavar="FICHIER", help="le rapport de `python -m ingest --links --json FICHIER`"
    )
    return parser


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()
