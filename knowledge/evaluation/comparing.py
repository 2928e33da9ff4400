"""Adapter: the measures of a run in a file, for a later one to be compared with."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import MalformedSet
from .evaluating import Evaluation
from .measuring import Interval, Values, difference


@dataclass(frozen=True, slots=True)
class Record:
    """`digest` is of the questions; `values` is by measure, then by question."""

    digest: str
    values: Mapping[str, Values]

    def differences(self, evaluation: Evaluation) -> dict[str, Interval]:
        """What each measure has gained since, over the questions that both have."""
        gained = {name: difference(values, self.values.get(name, {})) for name, values in evaluation.values.items()}
        return {name: gain for name, gain in gained.items() if gain is not None}


def to_json(evaluations: Iterable[Evaluation]) -> str:
    """To be read by `read_records`; one line a set, so that two files can be compared."""
    lines = (
        f"{json.dumps(one.name, ensure_ascii=False)}: {json.dumps({'digest': one.digest, 'values': one.values})}"
        for one in evaluations
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def read_records(path: Path) -> dict[str, Record]:
    """By the set's name. Raises MalformedSet."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {name: Record(record["digest"], record["values"]) for name, record in stored.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise MalformedSet(f"{path} n'est pas un fichier de résultats : écrivez-en un avec --save.") from error
