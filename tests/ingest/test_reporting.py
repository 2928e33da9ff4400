import json

from ingest import Failure, Flaw, Likeness, Report

FULL = Report(
    added=("docs/a",),
    changed=("docs/b", "docs/c"),
    unchanged=(),
    forgotten=("docs/d",),
    failed=(Failure("docs/e", "Ce document ne contient aucun texte."),),
    vanished=("site/f",),
    alike=(Likeness("docs/a", "docs/b", 0.824), Likeness("docs/c", "docs/g", 1.0)),
    flawed=(Flaw("docs/a", "mots collés, 3 fois (« lacommune »)"),),
    passages=12,
)


def test_a_report_is_a_french_sentence() -> None:
    assert FULL.sentence == "Sources : 1 nouvelle, 2 modifiées, 0 inchangée, 1 oubliée, 1 en échec."


def test_what_asks_for_a_look_has_a_line() -> None:
    assert list(FULL.lines()) == [
        "oubliée : docs/d",
        "introuvable cette fois, gardée : site/f (oubliée si elle l'est encore la prochaine fois)",
        "quasi-doublon (82 %) : docs/a et docs/b ; gardez-vous les deux ?",
        "doublon : docs/c et docs/g ; gardez-vous les deux ?",
        "texte abîmé : docs/a : mots collés, 3 fois (« lacommune »)",
    ]


def test_a_report_is_json() -> None:
    assert json.loads(FULL.to_json()) == {
        "nouvelles": ["docs/a"],
        "modifiees": ["docs/b", "docs/c"],
        "inchangees": [],
        "oubliees": ["docs/d"],
        "introuvables_une_fois": ["site/f"],
        "en_echec": [{"id": "docs/e", "raison": "Ce document ne contient aucun texte."}],
        "doublons": [
            {"id": "docs/a", "autre": "docs/b", "part_commune": 0.82},
            {"id": "docs/c", "autre": "docs/g", "part_commune": 1.0},
        ],
        "textes_abimes": [{"id": "docs/a", "constat": "mots collés, 3 fois (« lacommune »)"}],
        "passages_calcules": 12,
    }


def test_a_run_that_found_nothing_to_do_has_no_lines() -> None:
    assert list(Report(unchanged=("docs/a",)).lines()) == []
