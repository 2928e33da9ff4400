from dataclasses import replace

import pytest

from knowledge import KnowledgeBase
from knowledge.trying import candidate_of, hand_over

from ..fakes import HashedEmbeddings

ID = "corpus/freins.md"


def test_a_change_of_the_candidate_leaves_the_base_as_it_is(
    filled: KnowledgeBase, embeddings: HashedEmbeddings
) -> None:
    before = filled.library.contents()
    with candidate_of(filled, embeddings) as candidate:
        assert candidate.library.contents() == before
        candidate.publish([], [ID])
        assert candidate.retriever().source(ID) is None
    assert filled.library.contents() == before
    assert not candidate.folder.exists()


def test_vectors_made_by_the_candidate_serve_the_base(filled: KnowledgeBase, embeddings: HashedEmbeddings) -> None:
    source = filled.library.source(ID)
    assert source is not None
    changed = replace(source, title="Autre", text="Un autre texte.", sections=())
    embeddings.embedded.clear()
    with candidate_of(filled, embeddings) as candidate:
        candidate.publish([changed])
        hand_over(candidate, filled)
    filled.publish([changed])
    assert embeddings.embedded == ["Autre\nUn autre texte."]


def test_a_trial_that_fails_leaves_nothing(filled: KnowledgeBase, embeddings: HashedEmbeddings) -> None:
    with pytest.raises(RuntimeError), candidate_of(filled, embeddings):
        raise RuntimeError
    assert not (filled.folder / "candidate").exists()
