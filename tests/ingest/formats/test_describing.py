import datetime

import pytest

from ingest.formats.describing import (
    bare_words,
    first_line,
    plausible_address,
    plausible_author,
    plausible_date,
    plausible_title,
)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Guide de la co-construction", "Guide de la co-construction"),
        ("  La charte\n du  territoire\0", "La charte du territoire"),
        ("Microsoft Word - La charte du territoire", "La charte du territoire"),
        ("Microsoft Word - charte_v3.doc", ""),
        ("C:\\Users\\pc\\charte finale", ""),
        ("Sans titre 1", ""),
        ("untitled", ""),
        ("12 34", ""),
        ("guide", ""),
        (None, ""),
    ],
)
def test_a_title_that_a_person_wrote_is_kept(said: str | None, kept: str) -> None:
    assert plausible_title(said) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [("Camille Essai", "Camille Essai"), ("RTES", "RTES"), ("user", ""), ("jdupont", ""), ("pc_42 x", ""), ("", "")],
)
def test_an_author_is_a_person_or_an_organisation(said: str, kept: str) -> None:
    assert plausible_author(said) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("D:20161210152310+02'00'", "2016-12-10"),
        ("2016-12-10T09:00:00Z", "2016-12-10"),
        (datetime.datetime(2016, 12, 10, 9), "2016-12-10"),
        ("D:20161310", ""),
        ("1601-01-01", ""),
        ("2999-01-01", ""),
        (None, ""),
    ],
)
def test_a_date_is_one_that_can_be(said: object, kept: str) -> None:
    assert plausible_date(said, today=datetime.date(2026, 11, 23)) == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        ("javascript:alert(1)", ""),
        ("http://", ""),
        ("http://[", ""),
        (None, ""),
    ],
)
def test_an_address_is_one_of_the_web(said: str | None, kept: str) -> None:
    assert plausible_address(said) == kept


def test_the_first_line_is_one_that_says_something() -> None:
    assert first_line("\n  \n## Le titre\nla suite") == "Le titre"


def test_words_are_as_the_name_of_a_file_has_them() -> None:
    assert bare_words("La_Révision-coopérative") == ["la", "revision", "cooperative"]
