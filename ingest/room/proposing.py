"""Pure: what a plan holds, as editors read it and as it is kept until they publish it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from knowledge import Source

from ..noticing import notice_facts
from ..places.finding import About
from ..planning import Plan, of_source
from ..reporting import Report

# Characters of a text that are shown: of a few documents, of many.
_SHOWN, _SHOWN_OF_MANY, _MANY = 20_000, 1_500, 50
_WORDS = {"title": 300, "publisher": 200, "date": 10}


@dataclass(frozen=True, slots=True)
class Choice:
    """What an editor decides of one document: `said` is what they correct, `replaced` the source that it outdates."""

    is_kept: bool = True
    said: About = About()  # noqa: RUF009
    replaced: str = ""

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Choice":
        said = {name: " ".join(str(record.get(name, "")).split())[:most] for name, most in _WORDS.items()}
        return cls(bool(record.get("keep")), About(**said), str(record.get("replaces", "")))


def documents_of(plan: Plan, held: Mapping[str, Source]) -> list[dict[str, Any]]:
    """A record for each document read, in the order of the report; `held` is what the base shows under their ids."""
    shown = _SHOWN if len(plan.sources) <= _MANY else _SHOWN_OF_MANY
    flaws: dict[str, list[str]] = {}
    for flaw in plan.report.flawed:
        flaws.setdefault(flaw.id, []).append(f"texte abîmé : {flaw.what}")
    for pair in plan.report.alike:
        for one, other in ((pair.id, pair.other), (pair.other, pair.id)):
            flaws.setdefault(one, []).append(f"dit presque la même chose que {other} ({round(100 * pair.share)} %)")
    told = [_record(source, held.get(source.id), shown, flaws.get(source.id, [])) for source in plan.sources]
    told += [{"id": id, "status": "inchangé"} for id in plan.report.unchanged]
    told += [{"id": one.id, "status": "refusé", "reason": one.reason} for one in plan.report.failed]
    return told


def _record(source: Source, before: Source | None, shown: int, flaws: list[str]) -> dict[str, Any]:
    return {
        "id": source.id,
        "status": "modifié" if before else "ajouté",
        "title": source.title,
        "publisher": source.publisher,
        "date": source.date,
        "url": source.url,
        "text": source.text[:shown],
        "length": len(source.text),
        "flaws": flaws,
        "was": {"title": before.title, "date": before.date, "length": len(before.text)} if before else None,
    }


def packed(plan: Plan, known: Mapping[str, str]) -> dict[str, Any]:
    """A plan as JSON; `known` are the digests of what the base shows, by id."""
    return {
        "sources": [source.to_json() for source in plan.sources],
        "facts": plan.facts,
        "known": {source.id: known.get(source.id) for source in plan.sources},
    }


def changed_since(record: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    """The ids of a packed plan that the base no longer shows as it did then."""
    return [id for id, digest in record["known"].items() if known.get(id) != digest]


def chosen(record: Mapping[str, Any], choices: Mapping[str, Choice], held: Mapping[str, Source], today: date) -> Plan:
    """The part of a packed plan that editors keep, as they correct it, with the editions that it outdates."""
    sources, notices = [], {}
    facts: dict[str, str | None] = dict(record["facts"])
    for source in map(Source.from_json, record["sources"]):
        choice = choices.get(source.id, Choice())
        if not choice.is_kept:
            for name in of_source(source.id):
                facts.pop(name, None)
            continue
        said = _corrected(source, choice.said)
        if said != About():
            notices[source.id] = said
            source = replace(source, **{name: getattr(said, name) for name in _WORDS if getattr(said, name)})
        sources.append(source)
    kept = {source.id for source in sources}
    for old in _outdated(choices, kept, held):
        marked = outdated(old, (today - timedelta(days=1)).isoformat())
        sources.extend(marked.sources)
        facts |= marked.facts
    changed = tuple(source.id for source in sources)
    return Plan(tuple(sources), {**facts, **notice_facts(notices)}, Report(changed=changed))


def outdated(source: Source, until: str) -> Plan:
    """The same source, which holds until that day; its file need not be read for it."""
    facts: dict[str, str | None] = dict(notice_facts({source.id: About(valid_until=until)}))
    return Plan((replace(source, valid_until=until),), facts, Report(changed=(source.id,)))


def withdrawn(id: str) -> Plan:
    """The source is forgotten, with all that is remembered of it."""
    return Plan((), dict.fromkeys(of_source(id)), Report(forgotten=(id,)))


def _corrected(source: Source, said: About) -> About:
    """Only what differs from what the document says."""
    given = {name: getattr(said, name) for name in _WORDS}
    return About(**{name: value for name, value in given.items() if value != getattr(source, name)})


def _outdated(choices: Mapping[str, Choice], kept: set[str], held: Mapping[str, Source]) -> Iterator[Source]:
    named = {choice.replaced for id, choice in choices.items() if id in kept and choice.is_kept}
    for id in sorted(named - kept):
        if id in held:
            yield held[id]
