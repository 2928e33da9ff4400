"""Pure: which fiches treat which facts of the dossier that the référentiel is written from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml

from ..errors import MalformedDocument


@dataclass(frozen=True, slots=True)
class Plan:
    """The keys of all the facts, in the dossier's order; those left out on purpose, each with its reason."""

    keys: tuple[str, ...]
    left_out: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The plan, and the ids of the fiches that say they treat each key."""

    plan: Plan
    fiches: Mapping[str, tuple[str, ...]]

    @property
    def treated(self) -> tuple[str, ...]:
        return tuple(key for key in self.plan.keys if key in self.fiches)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(key for key in self.plan.keys if key not in self.fiches and not self.plan.left_out.get(key))

    @property
    def unknown(self) -> tuple[str, ...]:
        return tuple(key for key in (*self.fiches, *self.plan.left_out) if key not in self.plan.keys)

    @property
    def disputed(self) -> tuple[str, ...]:
        """Said to be left out, and treated all the same."""
        return tuple(key for key in self.plan.left_out if key in self.fiches)

    @property
    def summary(self) -> str:
        return (
            f"Faits du dossier : {len(self.plan.keys)} clés, {len(self.treated)} traitées, "
            f"{len(self.plan.left_out)} laissées de côté, {len(self.missing)} sans fiche ni raison."
        )

    def lines(self) -> Iterator[str]:
        """The table, a line a key."""
        width = max(map(len, self.plan.keys), default=0)
        for key in self.plan.keys:
            treated = ", ".join(self.fiches.get(key, ()))
            reason = self.plan.left_out.get(key)
            yield f"{key:<{width}}  {treated or (f'laissé de côté : {reason}' if reason else 'ni fiche ni raison')}"

    def problems(self) -> Iterator[str]:
        for key in self.missing:
            yield f"{key} n'est traitée par aucune fiche : ajoutez-la à un champ « faits », ou donnez la raison."
        for key in self.unknown:
            named = ", ".join(self.fiches.get(key, ())) or "la table de couverture"
            yield f"{key} n'est pas une clé du dossier ({named}) : corrigez-la."
        for key in self.disputed:
            yield f"{key} est laissée de côté, mais traitée par {', '.join(self.fiches[key])} : choisissez."


def read_plan(table: str) -> Plan:
    """The plan of a YAML table (cles, laisse_de_cote). Raises MalformedDocument."""
    try:
        fields = yaml.safe_load(table)
        left_out = {str(key): str(reason or "").strip() for key, reason in (fields["laisse_de_cote"] or {}).items()}
        return Plan(tuple(str(key) for key in fields["cles"]), left_out)
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise MalformedDocument(f"La table de couverture est mal formée ({error}) : corrigez-la.") from error


def cover(facts: Mapping[str, Sequence[str]], plan: Plan) -> Coverage:
    """The coverage of the plan by fiches, given the facts that each fiche treats."""
    fiches: dict[str, list[str]] = {}
    for id, keys in facts.items():
        for key in keys:
            fiches.setdefault(key, []).append(id)
    return Coverage(plan, {key: tuple(ids) for key, ids in fiches.items()})
