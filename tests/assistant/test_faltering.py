from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.faltering import LONGEST, fault, is_endless, sound

LOOP = "La charte engage la commune. [1] "


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "n'a rien écrit."),
        (" [1] [2] ", "n'a rien écrit."),
        ("Les sources ne permettent pas de répondre.", "a dit ne pas pouvoir répondre."),
        ("Je suis désolé, je ne peux pas vous aider. [1]", "a dit ne pas pouvoir répondre."),
        ("I’m sorry, but I can’t help with that.", "a dit ne pas pouvoir répondre."),
        (
            "The town and the associations sign a charter that commits them for three years. [1]",
            "pas écrit en français.",
        ),
        ("Die Gemeinde und die Vereine unterschreiben eine Charta für drei Jahre. [1]", "pas écrit en français."),
        (LOOP * 9, "s'est répété."),
        ("Le maire rembourse tout le monde. [1]", "n'a rien écrit que les sources étayent."),
    ],
)
def test_what_went_wrong_is_told(text: str, reason: str) -> None:
    assert fault(text).startswith("Le modèle de langue ")
    assert fault(text).endswith(reason)


def test_a_loop_is_left_at_its_fourth_turn() -> None:
    assert sound(LOOP * 9) == (LOOP * 4).removesuffix(" [1] ")
    assert sound(LOOP * 3) == LOOP * 3


def test_a_text_without_end_is_cut() -> None:
    text = "mot " * LONGEST
    assert len(sound(text)) == LONGEST
    assert is_endless(text)


@given(st.lists(st.sampled_from([LOOP, "Autre chose est dit. ", "x\n", "Une phrase", "… "]), max_size=12), st.data())
def test_what_is_sound_does_not_depend_on_when_it_is_looked_at(pieces: list[str], data: st.DataObject) -> None:
    text = "".join(pieces)
    cut = data.draw(st.integers(0, len(text)))
    if is_endless(text[:cut]):
        assert sound(text[:cut]) == sound(text)


def test_a_stream_is_endless_from_some_word_on() -> None:
    ended = [is_endless(text) for text in accumulate(LOOP * 6)]
    assert ended == sorted(ended)
    assert ended[-1]
