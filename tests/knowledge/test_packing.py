from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.room.naming import safe_name
from knowledge.packing import beside, digests_in, is_ours, put


@given(st.text(min_size=1))
def test_whatever_a_browser_calls_a_file_it_can_be_backed_up_under_the_name_it_is_kept_under(name: str) -> None:
    assert is_ours(f"depots/{safe_name(name)}")


@given(st.text())
def test_no_name_leads_out_of_the_folder_that_it_is_put_in(name: str) -> None:
    if is_ours(f"depots/{name}"):
        assert Path("/base/depots", name).resolve().parent == Path("/base/depots")


@pytest.mark.parametrize("name", ["library.sqlite", "journal.sqlite", "redaction/questions.jsonl"])
def test_what_a_base_is_made_of_is_ours(name: str) -> None:
    assert is_ours(name)


def test_a_copy_takes_the_place_of_what_was_there_and_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"neuf")
    (tmp_path / "depots").mkdir()
    (tmp_path / "depots" / "a.md").write_bytes(b"ancien")
    put(tmp_path / "a", tmp_path / "depots" / "a.md")
    assert [(path.name, path.read_bytes()) for path in (tmp_path / "depots").iterdir()] == [("a.md", b"neuf")]
    assert list(beside(tmp_path)) == list(digests_in(tmp_path)) == ["depots/a.md"]
