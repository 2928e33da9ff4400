from pathlib import Path

import pytest

from knowledge import KnowledgeBase, ModelNotFound, Source
from knowledge.reranking import CrossEncoderReranker, open_reranker

from ..tiny_model import save_tiny_reranker


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model for which a text is the better, the more often it says « charte »."""
    return save_tiny_reranker(tmp_path_factory.mktemp("reranker"), liked="charte")


def test_texts_are_scored_with_their_question(folder: Path) -> None:
    scores = CrossEncoderReranker(str(folder)).scores("maire", ["frein temps", "charte temps", "charte charte"])
    assert scores == sorted(scores)
    assert len(set(scores)) == 3
    assert CrossEncoderReranker(str(folder)).scores("maire", []) == []


def test_the_first_passages_are_reordered(base: KnowledgeBase, folder: Path) -> None:
    base.publish([Source("docs/a.md", "", "frein frein temps"), Source("docs/b.md", "", "frein charte charte")])
    found = base.retriever().search("frein temps").hits
    judged = base.retriever(rerank=open_reranker(str(folder))).search("frein temps").hits
    assert [hit.passage.source for hit in found] == ["docs/a.md", "docs/b.md"]
    assert [hit.passage.source for hit in judged] == ["docs/b.md", "docs/a.md"]
    assert [hit.score for hit in judged] == sorted((hit.score for hit in judged), reverse=True)
    assert {hit.passage.id: (hit.cosine, hit.coverage) for hit in found} == {
        hit.passage.id: (hit.cosine, hit.coverage) for hit in judged
    }


def test_a_model_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFound, match="KNOWLEDGE_RERANKER"):
        open_reranker(str(tmp_path / "rien"))


def test_none_is_opened_where_none_is_named() -> None:
    assert open_reranker(None) is None
    assert open_reranker("") is None
