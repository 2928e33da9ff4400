"""Pure: why an answer is what it is, in plain words, and what has changed in its sources since it was given."""

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from knowledge import Source, Zone
from knowledge.analysing import content_words, stem

from ..answers import Answer, Citation, Claim
from ..masking import hidden, masked, public_names, without
from ..sufficing import ENOUGH
from ..tracing import Trace
from ..verifying import bears_out
from .presenting import presented

Find = Callable[[str], Source | None]

ZONES = {
    Zone.OUTSIDE.value: "Question hors du sujet de la base : les passages les plus proches ne le sont pas plus que "
    "pour une question qui lui est étrangère. L'assistant s'abstient.",
    Zone.GREY.value: "Zone grise : la base aborde ce sujet sans répondre peut-être à la question. Une phrase n'est "
    "retenue que si elle dit assez de ce qui est demandé.",
    Zone.COVERED.value: "Sujet couvert : la base en traite.",
}
_VERBATIM = "mot à mot dans la source"
_BORNE_OUT = "comparée à la source : nombres, dates, noms, négations et obligations concordent"
_NAMES = "nomme la source citée"


def recorded(answer: Answer, source: Find, year: int, earlier: Sequence[str] = ()) -> dict[str, Any]:
    """
    What is kept of an answer, for JSON: as it was shown, how it came to be, and its sources as they were. What names or
    reaches a person is masked, but for names that the passages found say; `earlier` are the questions before.
    """
    trace = answer.trace
    known = public_names(hit.passage.text for hit in trace.hits) if trace else frozenset()
    # What was searched is cut and put otherwise: a name may stand there without what gives it away.
    secret = hidden((answer.question, *earlier), known)
    shown = presented(answer, year) | {"question": without(masked(answer.question, known), hidden(earlier, known))}
    ids = dict.fromkeys([c.passage.source for c in answer.citations] + [lead.source for lead in answer.leads])
    read = {id: found for id in ids if (found := source(id)) is not None}
    return {
        "answer": shown,
        "checks": [_checked(claim, answer) for claim in answer.claims if claim.numbers],
        "quotes_found": all(_is_found(citation, read) for citation in answer.citations),
        "sources": {id: {"title": found.title, "digest": found.digest} for id, found in read.items()},
        "trace": _traced(trace, answer, lambda text: without(masked(text, known), secret)) if trace else None,
    }


def _checked(claim: Claim, answer: Answer) -> dict[str, Any]:
    quotes = [" ".join(c.quote.split()) for c in answer.citations if c.number in claim.numbers]
    if any(claim.text in quote for quote in quotes):
        return {"sentence": claim.text, "how": _VERBATIM}
    return {"sentence": claim.text, "how": _BORNE_OUT if any(bears_out(claim.text, q) for q in quotes) else _NAMES}


def _is_found(citation: Citation, read: dict[str, Source]) -> bool:
    """The quoted words stand in their source, where they are said to."""
    whole, start = read.get(citation.passage.source), citation.passage.start
    return whole is not None and whole.text[start + citation.start : start + citation.end] == citation.quote


def _traced(trace: Trace, answer: Answer, bare: Callable[[str], str]) -> dict[str, Any]:
    cited = {citation.passage.source for citation in answer.citations}
    query, subject = bare(trace.query), bare(trace.subject)
    return {
        "revision": trace.revision,
        "query": query,
        "subject": subject,
        "words": list(_words(f"{subject} {query}", dict(trace.weights))),
        "zone": trace.zone.value,
        "standing": round(trace.standing, 1) if math.isfinite(trace.standing) else None,
        "enough": ENOUGH,
        "refused": trace.refused,
        "found": [
            {
                "source": hit.passage.source,
                "title": hit.passage.title,
                "section": hit.passage.section,
                "score": round(hit.score, 3),
                "cosine": round(hit.cosine, 3),
                "coverage": round(hit.coverage, 3),
                "is_cited": hit.passage.source in cited,
            }
            for hit in trace.hits
        ],
        "left_out": [{"sentence": bare(one.text), "reason": one.reason} for one in trace.left_out],
    }


def _words(text: str, weights: dict[str, float]) -> Iterator[dict[str, Any]]:
    """The words that were searched, the rarest first; one that the base spells otherwise has no weight of its own."""
    tokens = dict.fromkeys(re.findall(r"[^\W_]+(?:-[^\W_]+)*", re.sub(r"\[\w+\]", " ", text)))
    found = {
        token: max(weights.get(stem(word), 0.0) for word in words)
        for token in tokens
        if (words := content_words(token))
    }
    for token in sorted(found, key=lambda token: -found[token]):
        yield {"word": token, "weight": round(found[token], 2)}


def changes(record: dict[str, Any], source: Find) -> list[str]:
    """One French sentence for each source of a record that is no longer what it was."""
    return [said for id, then in record["sources"].items() if (said := _change(id, then, record["answer"], source(id)))]


def _change(id: str, then: dict[str, str], answer: dict[str, Any], now: Source | None) -> str:
    title = f"« {then['title'] or id} »"
    if now is None:
        return f"{title} a été retirée de la base."
    if now.digest == then["digest"]:
        return ""
    quotes = [citation["quote"] for citation in answer["citations"] if citation["source"] == id]
    if not quotes:
        return f"{title} a été modifiée."
    if all(quote in now.text for quote in quotes):
        return f"{title} a été modifiée ; les mots cités s'y trouvent toujours."
    return f"{title} a été modifiée, et des mots cités ne s'y trouvent plus."


def paragraphs(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The claims of a shown answer, as paragraphs and lists: `{"is_list": …, "claims": […]}`."""
    found: list[dict[str, Any]] = []
    for claim in record["claims"]:
        is_item = claim["layout"] == "item"
        opens = claim["layout"] == "paragraph" or not found or found[-1]["is_list"] is not is_item
        if opens:
            found.append({"is_list": is_item, "claims": []})
        found[-1]["claims"].append(claim)
    return found
