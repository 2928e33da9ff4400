"""A retriever that LangChain's chains take as it is."""

from pathlib import Path

import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from knowledge import EmptyKnowledgeBase, open_retriever

FREIN = "Quel est le premier frein ?"


def test_a_chain_reads_the_passages_that_were_found(bundled_base: Path) -> None:
    retriever = open_retriever(bundled_base)
    assert isinstance(retriever, BaseRetriever)
    prompts = []
    chain = (
        {"passages": retriever, "question": RunnablePassthrough()}
        | ChatPromptTemplate.from_template("{passages}\n\n{question}")
        | RunnableLambda(lambda prompt: prompts.append(prompt.to_string()) or prompt)
        | FakeListChatModel(responses=["Le manque de temps."])
        | StrOutputParser()
    )
    assert chain.invoke(FREIN) == "Le manque de temps."
    assert "Le manque de temps est le premier frein des associations." in prompts[0]
    assert prompts[0].endswith(FREIN)


def test_as_many_passages_as_are_asked_for_say_where_they_come_from(bundled_base: Path) -> None:
    (document,) = open_retriever(str(bundled_base), k=1).invoke(FREIN)
    assert document.metadata["source"].endswith("freins.md")
    assert document.metadata["title"] == "Les freins à la co-construction"


def test_the_base_of_the_settings_is_opened(bundled_base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_BASE", str(bundled_base))
    assert open_retriever().invoke(FREIN)


def test_without_a_base_there_is_no_retriever(tmp_path: Path) -> None:
    with pytest.raises(EmptyKnowledgeBase, match="python -m ingest"):
        open_retriever(tmp_path / "rien")
