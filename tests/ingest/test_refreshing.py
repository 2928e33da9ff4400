from datetime import timedelta

import pytest

from ingest.refreshing import duration, refresh


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(days=1)),
        ("7j", timedelta(days=7)),
        (" 2 H", timedelta(hours=2)),
    ],
)
def test_a_duration_is_read(text: str, every: timedelta) -> None:
    assert duration(text) == every


@pytest.mark.parametrize("text", ["", "24", "h", "0h", "-1h", "1.5h", "24 heures", "400j", "999999j", "٣h"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="n'est pas une durée : écrivez 30m"):
        duration(text)


class Clock:
    """Moves on while a run lasts and while it is waited for; stops the fourth wait."""

    def __init__(self, *lasting: float) -> None:
        self.now, self.lasting = 100.0, list(lasting)
        self.began: list[float] = []

    def run(self) -> None:
        self.began.append(self.now)
        self.now += self.lasting[len(self.began) - 1]

    def wait(self, seconds: float) -> None:
        self.now += seconds
        if len(self.began) == len(self.lasting):
            raise KeyboardInterrupt


def begun(*lasting: float) -> list[float]:
    clock = Clock(*lasting)
    with pytest.raises(KeyboardInterrupt):
        refresh(clock.run, timedelta(seconds=60), lambda: clock.now, clock.wait)
    return clock.began


def test_a_run_begins_every_so_often_however_long_it_lasts() -> None:
    assert begun(0, 10, 59) == [100, 160, 220]


def test_a_run_that_lasts_too_long_skips_the_turns_it_missed() -> None:
    assert begun(130, 0, 0) == [100, 280, 340]
