from datetime import UTC, datetime

import pytest

from ingest.room.showing import in_paris


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (datetime(2026, 11, 23, 22, 5, tzinfo=UTC), "23/11/2026 à 23 h 05 (heure de Paris)"),
        (datetime(2026, 7, 31, 22, 30, tzinfo=UTC), "01/08/2026 à 00 h 30 (heure de Paris)"),
    ],
)
def test_a_moment_is_told_in_the_time_of_paris_which_is_named(moment: datetime, shown: str) -> None:
    assert in_paris(moment) == shown
    # Without a zone, it is of this machine.
    assert in_paris(moment.astimezone().replace(tzinfo=None)) == shown
