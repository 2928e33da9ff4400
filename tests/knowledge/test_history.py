from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import CorruptLibrary, Home, Source, UnknownRevision
from knowledge.history import KEPT
from knowledge.library import Library
from knowledge.splitting import split

from ..conftest import EVERYWHERE

TEXTS = {text: Source("", "Titre", text) for text in ("Un texte.", "Un autre.", "")}


HOMES = EVERYWHERE


@pytest.fixture
def library(home: Home) -> Iterator[Library]:
    home.create()
    library = home.library()
    yield library
    library.close()


def publish(library: Library, texts: Mapping[str, str | None]) -> None:
    """Each source's text (None: it is forgotten), with a fact for each."""
    changed = [Source(id, f"Titre {id}", text) for id, text in texts.items() if text is not None]
    gone = [id for id, text in texts.items() if text is None]
    library.publish({source: split(source) for source in changed}, gone, {f"seen:{k}": v for k, v in texts.items()})


def go_back(library: Library, revision: int | None = None) -> int:
    back = library.history.way_back(revision)
    library.publish({source: split(source) for source in back.changed}, back.forgotten, back.facts, back.revision)
    return back.revision


def state(library: Library) -> tuple[dict[str, str], dict[str, str]]:
    contents = library.contents()
    return {id: source.text for id, source in contents.sources.items()}, library.facts("seen:")


def counts(library: Library) -> list[tuple[int, int, int] | None]:
    return [revision.counts for revision in library.history.revisions()]


edits = st.dictionaries(st.sampled_from("abc"), st.sampled_from(["Un texte.", "Un autre.", None]), min_size=1)


@pytest.mark.embedded
@given(st.lists(edits, min_size=1, max_size=7), st.data())
def test_every_state_that_is_kept_can_be_gone_back_to(runs: list[dict[str, str | None]], data: st.DataObject) -> None:
    with closing(Library(Path(":memory:"))) as library:
        _go_back_and_forth(library, runs, data)


# Ten times as long on a server.
@settings(max_examples=20)
@given(st.lists(edits, min_size=1, max_size=7), st.data())
def test_every_state_that_is_kept_can_be_gone_back_to_wherever_it_is(
    new_library: Callable[[], Library], runs: list[dict[str, str | None]], data: st.DataObject
) -> None:
    with closing(new_library()) as library:
        _go_back_and_forth(library, runs, data)


def _go_back_and_forth(library: Library, runs: list[dict[str, str | None]], data: st.DataObject) -> None:
    states = {}
    for run in runs:
        publish(library, run)
        states[library.revision] = state(library)
    for _ in range(3):
        kept = [revision.number for revision in library.history.revisions() if revision.is_kept]
        assert kept[0] == library.revision
        if len(kept) > 1:
            wanted = data.draw(st.sampled_from(kept[1:]))
            assert go_back(library, wanted) == wanted
            states[library.revision] = states[wanted]
            assert state(library) == states[wanted]


def test_no_more_states_are_kept_than_promised(library: Library) -> None:
    for n in range(6):
        publish(library, {"a": f"Texte {n}."})
    kept = [revision.number for revision in library.history.revisions() if revision.is_kept]
    assert kept == [6, 5, 4, 3]
    assert len(kept) == KEPT + 1
    assert library.history.digests() == {split(Source("a", "Titre a", f"Texte {n}."))[0].digest for n in (2, 3, 4)}
    with pytest.raises(UnknownRevision, match="de la révision 2 n'est pas gardé : `python -m knowledge history`"):
        go_back(library, 2)


def test_what_a_revision_leaves_alone_is_not_copied(library: Library) -> None:
    publish(library, {"a": "Un texte.", "b": "Un autre."})
    publish(library, {"a": "Un texte.", "b": "Tout autre."})
    assert library.history.digests() == {split(Source("b", "Titre b", "Un autre."))[0].digest}
    assert library.history.titles() == {"Titre b"}


def test_each_revision_is_listed_with_what_it_did(library: Library) -> None:
    publish(library, {"a": "Un texte.", "b": "Un autre."})
    publish(library, {"a": "Changé.", "b": None, "c": "Nouveau.", "d": None})
    go_back(library)
    assert counts(library) == [(1, 1, 1), (1, 1, 1), (2, 0, 0)]
    assert [revision.restored for revision in library.history.revisions()] == [1, None, None]
    assert all(revision.made_on for revision in library.history.revisions())


def test_a_run_that_changes_no_source_is_not_what_is_undone(library: Library) -> None:
    publish(library, {"a": "Un texte."})
    publish(library, {"a": "Changé."})
    for _ in range(KEPT + 1):
        publish(library, {"a": "Changé."})
    assert go_back(library) == 1
    assert state(library)[0] == {"a": "Un texte."}


def test_a_former_text_that_is_no_longer_what_was_read_is_not_shown(library: Library) -> None:
    publish(library, {"a": "Un texte."})
    publish(library, {"a": "Changé."})
    library._database.rows("UPDATE past_sources SET record = replace(record, 'Un', 'Deux')")
    with pytest.raises(CorruptLibrary, match="n'est plus celui qui a été lu"):
        library.history.way_back(None)
