from pathlib import Path

import numpy as np
import pytest

from knowledge.bulk.weights import BLOCK, Weights


@pytest.fixture(scope="module")
def weights() -> Weights:
    return Weights()


def test_the_shape_is_that_of_the_small_model(weights: Weights) -> None:
    shape = weights.shape
    assert (shape.width, shape.layers, shape.heads, shape.inner) == (384, 12, 12, 1536)
    assert (shape.window, shape.epsilon) == (512, pytest.approx(1e-12))


def test_pieces_and_scores_go_together(weights: Weights) -> None:
    known = weights.vocabulary
    assert len(known.pieces) == len(known.scores) <= weights.shape.vocabulary
    assert [known.pieces[token] for token in (known.begin, known.end, known.unknown)] == ["<s>", "</s>", "<unk>"]
    frequent, rare = known.pieces.index("▁de"), known.pieces.index("▁département")
    assert known.scores[frequent] > known.scores[rare]


def test_characters_fold_as_sentencepiece_folds_them(weights: Weights) -> None:
    assert "ﬁn\u00a0d’été\n".translate(weights.vocabulary.folding) == "fin d’été "


def test_a_matrix_is_its_codes_times_their_scales(weights: Weights) -> None:
    codes, scales = weights.blocks("l3.fo.w", weights.shape.inner)
    assert codes.shape == (weights.shape.width, weights.shape.inner // BLOCK, BLOCK)
    assert (int(codes.min()), int(codes.max())) == (0, 15)
    matrix = weights.matrix("l3.fo.w", weights.shape.inner)
    assert matrix[5, 2 * BLOCK + 7] == pytest.approx((int(codes[5, 2, 7]) - 8) * scales[5, 2])


def test_what_enters_the_network_knows_words_and_places(weights: Weights) -> None:
    one, other = weights.embedded([9, 9])
    places = weights.floats("emb.pos").reshape(-1, weights.shape.width)
    np.testing.assert_allclose(one - other, places[0] - places[1], atol=1e-6)
    assert not np.allclose(weights.embedded([10])[0], one)


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.bin").write_bytes(b"E5S9" + bytes(64))
    with pytest.raises(ValueError, match="format des poids inconnu"):
        Weights(tmp_path / "weights.bin")


def test_blocks_of_another_size_are_refused(tmp_path: Path) -> None:
    header = np.array([1, 384, 12, 12, 1536, 250037, 512, 2, 0, 64], dtype="<i4").tobytes()
    (tmp_path / "weights.bin").write_bytes(b"E5S1" + header)
    with pytest.raises(ValueError, match="blocs de 64 poids"):
        Weights(tmp_path / "weights.bin")
