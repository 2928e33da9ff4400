import gzip
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import UnreadableFile
from ingest.places.unpacking import bounded, is_packed, unpacked

MEGABYTE = 1_000_000


@given(st.lists(st.binary(max_size=300_000), min_size=1, max_size=3), st.integers(1, 5000))
def test_what_was_packed_comes_out_however_it_was_cut(parts: list[bytes], size: int) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)
    chunks = [packed[start : start + size] for start in range(0, len(packed), size)]
    assert b"".join(unpacked(chunks)) == b"".join(parts)


def test_it_comes_out_in_small_steps() -> None:
    assert max(map(len, unpacked([gzip.compress(bytes(50 * MEGABYTE))]))) <= 65536


# Without the hour, which a packed text has in its head: two processes that run the tests must name them alike.
@pytest.mark.parametrize(
    "damaged", [b"rien", gzip.compress(b"a" * 100, mtime=0)[:-9], gzip.compress(b"ab", mtime=0)[:5], b""]
)
def test_what_is_damaged_or_cut_short_is_reported(damaged: bytes) -> None:
    with pytest.raises(UnreadableFile, match=r"abîmé|incomplet"):
        list(unpacked([damaged]))


def test_a_bound_is_not_passed_and_nothing_is_read_beyond_it() -> None:
    read = []

    def chunks() -> Iterator[bytes]:
        while True:
            read.append(1)
            yield bytes(MEGABYTE)

    with pytest.raises(UnreadableFile, match="dépasse 2,5 Mo"):
        list(bounded(chunks(), 2_500_000))
    assert len(read) == 3


def test_up_to_the_bound_is_within_it() -> None:
    assert list(bounded([b"ab", b"c"], 3)) == [b"ab", b"c"]


def test_gzip_is_known_by_its_first_bytes() -> None:
    assert is_packed(gzip.compress(b""))
    assert not is_packed(b"<urlset>")
