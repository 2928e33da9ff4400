"""Values: the measures of a run as they are stored, for a later one to be compared with."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .errors import MalformedSet
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
    """To be read by `from_json`; one line a set, so that two files can be compared."""
    lines = (
        f"{json.dumps(one.name, ensure_ascii=False)}: {json.dumps({'digest': one.digest, 'values': one.values})}"
        for one in evaluations
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def from_json(text: str) -> dict[str, Record]:
    """By the set's name. Raises MalformedSet."""
    try:
        return {name: Record(stored["digest"], stored["values"]) for name, stored in json.loads(text).items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise MalformedSet("Ce ne sont pas des résultats écrits par --save : refaites-les.") from error
