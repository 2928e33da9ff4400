import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.room.naming import distinct, safe_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Guide de l’élu (2026).PDF", "Guide de l’élu (2026).pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\moi\\guide.docx", "guide.docx"),
        ("/etc/cron.d/x.md", "x.md"),
        (".htaccess", "htaccess"),
        ("~$brouillon.docx", "$brouillon.docx".replace("$", "")),
        ("a\x00b\n\u202egpj.md", "a b gpj.md"),
        ("<script>alert(1)</script>.html", "script .html".replace("script ", "script")),
        ("", "document"),
        ("...", "document"),
        ("rapport", "rapport"),
        ("e\u0301te\u0301.txt", "été.txt"),
    ],
)
def test_a_name_is_one_that_can_be_kept_and_shown(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@given(st.text(max_size=400))
def test_no_name_leads_out_of_its_folder_or_hides(sent: str) -> None:
    kept = safe_name(sent)
    assert kept
    assert kept == safe_name(kept)
    assert not kept.startswith((".", "~", "_"))
    assert not set(kept) & set('/\\\0\n\r<>"|:*?')
    assert len(kept.encode()) < 170
    assert kept.isprintable()


def test_two_files_of_one_name_are_both_kept() -> None:
    assert distinct(["a.pdf", "A.pdf", "a.pdf", "b"]) == ["a.pdf", "A (2).pdf", "a (3).pdf", "b"]
