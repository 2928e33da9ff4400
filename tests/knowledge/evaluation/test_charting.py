from dataclasses import replace

import pytest

from knowledge.evaluation.charting import draw
from knowledge.evaluation.comparing import Record

from .test_reporting import EVALUATION

pytest.importorskip("matplotlib", reason="matplotlib n'est pas installé")
BEFORE = Record("abc", EVALUATION.values)


def height(png: bytes) -> int:
    return int.from_bytes(png[20:24], "big")


def test_a_picture_is_a_png() -> None:
    assert draw([EVALUATION], {}).startswith(b"\x89PNG\r\n\x1a\n")


def test_a_picture_grows_with_the_sets_and_with_their_other_wordings() -> None:
    plain = replace(EVALUATION, variations=())
    one, two, varied = (height(draw(some, {})) for some in ([plain], [plain, plain], [EVALUATION]))
    assert one < two
    assert one < varied


def test_stored_results_are_drawn_beside_the_new_ones() -> None:
    assert draw([EVALUATION], {"jeu": BEFORE}) != draw([EVALUATION], {})
