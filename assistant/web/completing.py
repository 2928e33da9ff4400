"""Pure: an answer as a chat completion, in the form of OpenAI's interface: marked text, then numbered sources."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..answers import Answer, Citation
from ..noting import french_date
from ..rendering import lead_place

# The one model that is offered: the assistant itself, with or without a language model behind it.
MODEL = "co-construction"
# Earlier questions that are read.
_LONGEST = 30
_REPLACED = "\n\nAprès vérification, voici la réponse qui remplace ce qui précède.\n\n"


@dataclass(frozen=True, slots=True)
class Told:
    """The question of a conversation, and those before it."""

    question: str
    earlier: tuple[str, ...] = ()


def told(messages: Sequence[Mapping[str, Any]], longest: int) -> Told | None:
    """
    What its user asks; None unless that is the last message, in nothing but text. What is longer than `longest`
    characters among the earlier ones is no question.
    """
    if not messages or messages[-1]["role"] != "user" or not _is_text(messages[-1]["content"]):
        return None
    *earlier, question = (_words(message["content"]) for message in messages if message["role"] == "user")
    return Told(question, tuple(text for text in earlier if 0 < len(text.strip()) <= longest)[-_LONGEST:])


def written(answer: Answer) -> str:
    """The whole message: the answer, what is to be known of it, its sources or the leads."""
    parts = [answer.text, *(f"({note})" for note in answer.notes)]
    if answer.citations:
        parts += ["Sources :", "\n".join(f"- [{citation.number}] {_source(citation)}" for citation in answer.citations)]
    elif answer.leads:
        parts += ["Pistes :", "\n".join(f"- {_line(lead_place(lead))}" for lead in answer.leads)]
    return "\n\n".join(filter(None, parts))


def annotations(answer: Answer, at: int = 0) -> list[dict[str, Any]]:
    """A `url_citation` for each mark and each address that it stands for, in a message that has `answer` at `at`."""
    cited = {citation.number: citation for citation in answer.citations}
    return [
        {"type": "url_citation", "url_citation": {"start_index": at + start, "end_index": at + end, **page}}
        for number, start, end in _marks(answer)
        if number in cited
        for page in _pages(cited[number])
    ]


def citations(answer: Answer) -> list[dict[str, Any]]:
    """What bears the answer out, word for word, whether it has an address or not."""
    return [
        {
            "number": citation.number,
            "quote": citation.quote,
            "source": citation.passage.source,
            "place": citation.place,
            "publisher": citation.passage.publisher,
            "date": citation.passage.date,
            "url": citation.link,
            "references": [asdict(reference) for reference in citation.references],
        }
        for citation in answer.citations
    ]


def message(answer: Answer) -> dict[str, Any]:
    return {
        "role": "assistant",
        "content": written(answer),
        "refusal": None,
        "annotations": annotations(answer),
        "citations": citations(answer),
    }


class Deltas:
    """
    The message piece by piece. What was sent cannot be taken back: a draft is sent as far as it goes on from what
    was, and a final answer that does not comes whole below, which says so.
    """

    def __init__(self) -> None:
        self._sent = ""

    def draft(self, answer: Answer) -> str:
        """What to send of an answer that may not be the last."""
        return self._more(answer.text) if answer.text.startswith(self._sent) else ""

    def last(self, answer: Answer) -> Iterator[dict[str, Any]]:
        """The rest: words first, then what they rest on."""
        at = 0
        if not answer.text.startswith(self._sent):
            at = len(self._sent) + len(_REPLACED)
            yield {"content": self._more(self._sent + _REPLACED + written(answer))}
        elif rest := self._more(written(answer)):
            yield {"content": rest}
        yield {"annotations": annotations(answer, at), "citations": citations(answer)}

    def _more(self, text: str) -> str:
        rest, self._sent = text[len(self._sent) :], text
        return rest


def problem(sentence: str, status: int) -> dict[str, Any]:
    """A refusal."""
    kind = {401: "authentication_error", 429: "rate_limit_error", 500: "server_error", 503: "server_error"}
    error = {"message": sentence, "type": kind.get(status, "invalid_request_error"), "param": None, "code": None}
    return {"error": error}


def _marks(answer: Answer) -> Iterator[tuple[int, int, int]]:
    """The number of each mark of the text, and where it stands."""
    at = 0
    for claim in answer.claims:
        at = answer.text.index(claim.marked, at) + len(claim.text)
        for number in claim.numbers:
            start, at = at + 1, at + 1 + len(f"[{number}]")
            yield number, start, at


def _pages(citation: Citation) -> list[dict[str, str]]:
    """Where it can be read on the web: the source that was read, then what that rests on."""
    own = [(citation.place, citation.link)]
    behind = [(reference.title, reference.url) for reference in citation.references]
    return [{"title": title, "url": url} for title, url in own + behind if re.match(r"https?://", url, re.IGNORECASE)]


def _source(citation: Citation) -> str:
    passage = citation.passage
    known = [passage.publisher, french_date(passage.date) if passage.date else "", citation.link]
    origins = [
        ", ".join(filter(None, (one.publisher, f"« {one.title} »", french_date(one.date), one.url)))
        for one in citation.references
    ]
    said = ", ".join(filter(None, known))
    after = "".join(f" D'après {origin}." for origin in origins)
    return _line(f"{citation.place}{f' ({said})' if said else ''} : « {citation.quote} »{after}")


def _is_text(content: Any) -> bool:
    return isinstance(content, str) or all(part.get("type") == "text" for part in content or [{}])


def _words(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(str(part.get("text", "")) for part in content or () if part.get("type") == "text")


def _line(text: str) -> str:
    return " ".join(text.split())
