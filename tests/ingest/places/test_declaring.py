import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import MalformedList
from ingest.places.declaring import Declared, declared_in
from ingest.places.finding import About

LIST = """\
# Les lieux du RTES
lieux:
  - nom: actualites
    adresse: https://example.org/feed
    editeur: RTES
    partie: Actualités
    confiance: haute
  - {name: guides, dossier: "guides/2026", trust: low}
"""


def test_places_are_read_with_what_is_said_of_them() -> None:
    assert declared_in(LIST) == [
        Declared("actualites", "https://example.org/feed", About("", "RTES", "Actualités", trust="haute"), 3),
        Declared("guides", "guides/2026", About(trust="basse"), 8),
    ]


def test_a_bare_list_is_a_list() -> None:
    assert declared_in("- {nom: a, adresse: b}") == [Declared("a", "b", About(), 1)]


def test_what_looks_like_a_number_is_a_text() -> None:
    assert declared_in("- {nom: 2026, adresse: 2026-11}") == [Declared("2026", "2026-11", About(), 1)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Ligne 1 : donnez une liste de lieux"),
        ("lieux:", "Ligne 1 : donnez une liste"),
        ("lieux: []", "Ligne 1 : donnez une liste"),
        ("bonjour", "Ligne 1 : donnez une liste"),
        ("a: 1\nb: 2", "Ligne 1 : donnez une liste"),
        ("- https://example.org", "Ligne 1 : un lieu s'écrit"),
        ("- nom: a\n  adresse: b\n- nom: c", "Ligne 3 : ce lieu doit avoir un « nom » et une « adresse »"),
        ("- adresse: b", "Ligne 1 : ce lieu doit avoir"),
        ("- nom: a\n  adresse: b\n  adrese: c", "Ligne 3 : champ « adrese » inconnu"),
        ("- nom: a\n  adresse: [b]", "Ligne 2 : le champ « adresse » doit être un texte"),
        ("- nom: a\n  adresse:", "Ligne 2 : le champ « adresse » doit être un texte"),
        ("- nom: a\n  adresse: b\n  url: c", "Ligne 3 : ce lieu donne deux fois son champ « adresse »"),
        ("- nom: a\n  adresse: b\n  confiance: 12", "Ligne 3 : la confiance est « haute », « moyenne » ou « basse »"),
        ("- nom: a/b\n  adresse: b", "Ligne 1 : « a/b » n'est pas un nom de lieu"),
        (
            "- {nom: a, adresse: b}\n- {nom: a, adresse: c}",
            "Ligne 2 : le nom « a » est déjà celui du lieu de la ligne 1",
        ),
        ("- nom: a\n adresse: b", "Ligne 2 : ce n'est pas du YAML"),
        ("- nom: 'a", "Ligne 1 : ce n'est pas du YAML"),
        ("\x00", "n'est pas du YAML"),
        ("[" * 5000, "n'est pas du YAML"),
        ("- ? [a]\n  : b", "Ligne 1 : champ « … » inconnu"),
        ("#" * 1_000_001, "trop longue"),
    ],
)
def test_a_list_that_cannot_be_understood_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(MalformedList, match=sentence):
        declared_in(text)


def test_a_list_that_repeats_itself_without_end_is_refused() -> None:
    bomb = "\n".join(f"{b}: &{b} [{', '.join(f'*{a}' for _ in range(10))}]" for a, b in itertools.pairwise("abcdefghi"))
    with pytest.raises(MalformedList):
        declared_in(f"a: &a [x]\n{bomb}\nlieux: *i")


def test_no_object_is_made_of_a_list() -> None:
    with pytest.raises(MalformedList, match="doit être un texte"):
        declared_in("- nom: a\n  adresse: !!python/object/apply:os.system [ls]")


@given(st.text())
def test_whatever_is_written_is_a_list_or_is_refused(text: str) -> None:
    try:
        assert declared_in(text)
    except MalformedList:
        return
