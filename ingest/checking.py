"""Adapter: what a plan would do to the answers, told by asking questions of a copy of the base that follows it."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from langchain_core.embeddings import Embeddings

from knowledge import Home, KnowledgeBase
from knowledge.trying import candidate_of, hand_over

from .errors import Unchecked, WorseAnswers
from .planning import Plan
from .reporting import Progress

_ROOT = Path(__file__).parents[1]
_PASSAGES = "ASSISTANT_PASSAGES"
_SERVERS = ("KNOWLEDGE_LIBRARY_URL", "KNOWLEDGE_CHROMA_URL")
# In seconds. The questions that come with the project take ten.
_LONGEST = 3600


@dataclass(frozen=True, slots=True)
class Failing:
    """A question whose answer is wrong, and the French phrases that say how."""

    question: str
    problems: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"« {self.question} » : {', '.join(self.problems)}"


# By the id of each question: what is wrong with its answer, None where nothing is.
Marks = Mapping[str, Failing | None]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answers `before` and `after` a change; `margin` is how many answers out of a hundred it may lose."""

    before: Marks
    after: Marks
    margin: float

    @property
    def lost(self) -> list[Failing]:
        """Right before, wrong after."""
        return [wrong for id, wrong in self.after.items() if wrong and id in self.before and not self.before[id]]

    @property
    def gained(self) -> int:
        return sum(1 for id, wrong in self.after.items() if not wrong and self.before.get(id))

    @property
    def still_wrong(self) -> list[Failing]:
        return [wrong for id, wrong in self.after.items() if wrong and (id not in self.before or self.before[id])]

    @property
    def is_acceptable(self) -> bool:
        return 100 * len(self.lost) <= self.margin * len(self.after)

    @property
    def sentence(self) -> str:
        right = sum(1 for wrong in self.after.values() if not wrong)
        return (
            f"Bonnes réponses aux questions de contrôle : {right} sur {len(self.after)}, {len(self.lost)} perdues, "
            f"{self.gained} gagnées (marge : {self.margin:g} %)."
        )


Ask = Callable[[Home, Path], Marks]


def ask_apart(base: Home, questions: Path) -> Marks:
    """What `python -m assistant evaluate` says of a base. Raises Unchecked."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        command = ["evaluate", str(questions.resolve()), "--base", str(base.folder.resolve()), "--json", str(told)]
        try:
            run = subprocess.run(
                [sys.executable, "-m", "assistant", *command],
                cwd=_ROOT,
                env=environment() if base.is_live else _alone(environment()),
                capture_output=True,
                text=True,
                timeout=_LONGEST,
            )
        except subprocess.TimeoutExpired as error:
            raise Unchecked("Les questions de contrôle prennent plus d'une heure : retirez-en.") from error
        if run.returncode or not told.exists():
            lines = [line for line in run.stderr.splitlines() if line.startswith("Erreur : ")]
            reason = lines[-1].removeprefix("Erreur : ") if lines else f"le programme a rendu {run.returncode}"
            raise Unchecked(f"Les questions de contrôle n'ont pas pu être posées ({reason}) : rien n'a été changé.")
        records = json.loads(told.read_text(encoding="utf-8"))
    return {one["id"]: Failing(one["question"], tuple(one["problems"])) if one["problems"] else None for one in records}


def environment() -> dict[str, str]:
    """Ours, without the assistant's keys and passwords; its answers are made of as many passages."""
    return {name: value for name, value in os.environ.items() if not name.startswith("ASSISTANT_") or name == _PASSAGES}


def _alone(environment: dict[str, str]) -> dict[str, str]:
    """For what is in a folder, whatever servers the base itself is on."""
    return {name: value for name, value in environment.items() if name not in _SERVERS}


def try_out(
    base: KnowledgeBase,
    plan: Plan,
    questions: Path,
    margin: float,
    progress: Progress | None = None,
    ask: Ask = ask_apart,
    embeddings: Embeddings | None = None,
) -> Verdict:
    """
    The answers of the base as it is, and of a copy of it on which the plan is published. The base itself only gets
    vectors, where the verdict is good, so that publishing makes none again. Raises Unchecked.
    """
    before = ask(base.home, questions) if base.library.digests() else {}
    with candidate_of(base, embeddings) as candidate:
        candidate.publish(plan.sources, plan.report.forgotten, progress, plan.facts)
        candidate.refine()
        verdict = Verdict(before, ask(candidate.home, questions), margin)
        if verdict.is_acceptable:
            hand_over(candidate, base)
    return verdict


def require(verdict: Verdict) -> None:
    """Raises WorseAnswers, which names the questions that are lost."""
    if not verdict.is_acceptable:
        named = "".join(f"\n  perdue : {wrong.sentence}" for wrong in verdict.lost)
        raise WorseAnswers(
            f"Rien n'a été publié, la base est restée la même. {verdict.sentence} Corrigez les documents ou les "
            f"questions, ou relancez sans contrôle.{named}"
        )
