"""An assistant that is asked without end while another process writes to its base."""

import itertools
import multiprocessing
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from assistant.answering import Assistant
from knowledge import Home, KnowledgeBase, KnowledgeSettings, Source, home_of
from knowledge.retrieving import Edition, HybridRetriever

from ..conftest import EVERYWHERE
from ..fakes import FAKE_MODEL, HashedEmbeddings
from ..servers import variables

HOMES = EVERYWHERE

# One interpreter that has imported everything and opened nothing, from which the others are forked.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["knowledge.gauging", "chromadb", "langchain_chroma", "tests.knowledge.test_running"])
# Enough for an embedded index to write files of its own; a server has nothing to do with files here.
COUNT, SERVED = 1100, 680


class OtherEmbeddings(HashedEmbeddings):
    size = 32


def open_model(name: str) -> Embeddings:
    return HashedEmbeddings() if name == FAKE_MODEL else OtherEmbeddings()


def sources(edition: str, count: int) -> list[Source]:
    """Each says of which edition it is, at its beginning and at its end."""
    return [
        Source(
            f"docs/{n}.md",
            f"Fiche {n}",
            f"La charte {n} ({edition}) engage la commune.\n\nElle dure {n} ans ({edition}).",
        )
        for n in range(count)
    ]


def write_editions(home: Home) -> None:
    base = KnowledgeBase.open(home, None, HashedEmbeddings())
    for edition in ("B", "C"):
        base.publish(sources(edition, 300), [f"docs/{ord(edition)}0.md"])
    base.rollback()


def rebuild(home: Home) -> None:
    KnowledgeBase.adopt(home, "autre", OtherEmbeddings()).rebuild()


@pytest.fixture
def written(home: Home) -> Home:
    base = KnowledgeBase.create(home, FAKE_MODEL, HashedEmbeddings())
    base.publish(sources("A", SERVED if home.is_live else COUNT))
    base.close()
    return home


@pytest.fixture
def retriever(written: Home) -> Iterator[HybridRetriever]:
    base = KnowledgeBase.open(written, None, HashedEmbeddings())
    retriever = base.retriever(open_model=open_model)
    retriever.watch()
    yield retriever
    retriever.close()
    base.close()


@dataclass
class Asking:
    """Two who ask without end; `errors` is what went wrong, `asked` how often nothing did."""

    retriever: HybridRetriever
    errors: list[BaseException] = field(default_factory=list)
    revisions: set[int] = field(default_factory=set)
    asked: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Asking":
        self._threads = [threading.Thread(target=self._ask, args=(start,)) for start in (0, 150)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self._threads:
            thread.join()

    def sees(self, revision: int) -> bool:
        """Whether the revision comes to be seen by those who only ask."""
        deadline = time.monotonic() + 60
        while revision not in self.revisions and not self.errors and time.monotonic() < deadline:
            self.retriever.search("la charte")
        return revision in self.revisions

    def _ask(self, start: int) -> None:
        for n in itertools.cycle(range(start, 300)):
            if self.ended.is_set():
                return
            try:
                edition = self.retriever.edition()
                assert_of_one_edition(edition, f"Fiche {n} La charte {n} engage la commune")
                Assistant(self.retriever).answer(f"Que dit la charte {n} ?")
            except BaseException as error:
                self.errors.append(error)
                return
            self.revisions.add(edition.snapshot.revision)
            self.asked += 1


def assert_of_one_edition(edition: Edition, question: str) -> None:
    """The passages found, and the whole of their sources, are of the same edition."""
    hits = edition.search(question).hits
    assert hits
    read = [edition.source(hit.passage.source) for hit in hits]
    for hit, source in zip(hits, read, strict=True):
        assert source is not None
        assert source.text[hit.passage.start : hit.passage.end] == hit.passage.text
    # Only those that every edition changes.
    changed = [source.text for source in read if source is not None and int(source.id[5:-3]) < 300]
    assert len(set(re.findall(r"\((\w)\)", " ".join(changed)))) <= 1


def run(write: Callable[[Home], None], home: Home) -> None:
    process = PROCESSES.Process(target=_written, args=(write, home.folder, variables(home)))
    process.start()
    process.join(timeout=200)
    assert process.exitcode == 0


def _written(write: Callable[[Home], None], folder: Path, settings: dict[str, str]) -> None:
    os.environ.update(settings)
    write(home_of(KnowledgeSettings(), folder))


def test_whoever_asks_while_another_process_writes_is_answered_from_one_state(
    written: Home, retriever: HybridRetriever
) -> None:
    with Asking(retriever) as asking:
        run(write_editions, written)
        assert asking.sees(4)
    assert asking.errors == []
    assert asking.asked > 20
    assert {1, 4} <= asking.revisions <= {1, 2, 3, 4}
    found = retriever.search("Fiche 7 La charte 7 (B) engage la commune").hits[0].passage
    assert (found.source, "(B)" in found.text) == ("docs/7.md", True)
    assert retriever.source("docs/660.md") is None
    assert retriever.source("docs/670.md") is not None


def test_a_rebuild_with_another_model_is_seen_without_reopening(written: Home, retriever: HybridRetriever) -> None:
    with Asking(retriever) as asking:
        run(rebuild, written)
        assert asking.sees(2)
    assert asking.errors == []
    assert asking.asked > 20
    best = retriever.search("Fiche 7\n" + sources("A", 8)[7].text).hits[0]
    assert (best.passage.source, best.cosine > 0.99) == ("docs/7.md", True)
