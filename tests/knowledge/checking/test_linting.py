import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.__main__ import main
from knowledge.checking.covering import Plan, read_plan
from knowledge.checking.linting import Tables, fingerprints, lint
from knowledge.checking.tallying import read_figures
from knowledge.settings import REFERENTIEL, TABLES

SHARED = Path(__file__).parents[4] / "shared"

PLACE = "conditions/condition-essai.md"
SENTENCE = "La commune réunit les associations de son territoire pour préparer la charte locale. [^S01]"
GOOD = f"""---
id: condition-essai
titre: Essayer
partie: Conditions
mots_cles: [essai]
faits: [C1]
mis_a_jour: 2026-11-23
editeur: Référentiel de la co-construction
sources:
  - {{code: S01, editeur: RTES, titre: "Retour", date: "2016-12-10", url: "https://rtes.fr/retour?page=1"}}
---
{" ".join([SENTENCE] * 10)}

## Leviers
La commune peut s'appuyer sur deux leviers :

- La charte locale fixe des règles. [^S01]
- La convention dure plusieurs années (durée à vérifier). [^AV]

{" ".join([SENTENCE] * 8)} Un bilan commun clôt chaque étape. [^REF]
"""

TWELVE_WORDS = "Les élus d'une ville écoutent l'avis des œuvres sociales avant de voter."


def tables(seed: str = "", figures: str = "[]") -> Tables:
    prints = frozenset(fingerprint for _, fingerprint in fingerprints(seed))
    return Tables(Plan(("C1",), {}), read_figures(figures), prints)


def faults(text: str, held_against: Tables | None = None, place: str = PLACE) -> list[str]:
    findings = lint({place: text}, held_against or tables())
    return [problem.message for problem in findings.problems if problem.place == place]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def shipped_tables() -> Tables:
    def read(name: str) -> str:
        return (TABLES / name).read_text(encoding="utf-8")

    seed = frozenset(line for line in read("graine-12-grammes.txt").splitlines() if not line.startswith("#"))
    return Tables(read_plan(read("couverture.yaml")), read_figures(read("chiffres-cles.yaml")), seed)


def test_a_good_fiche_has_no_fault() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("id: condition-essai", "id: essai", "n'est pas le nom du fichier"),
        ("titre: Essayer", "titre:", "champ « titre » absent ou vide"),
        ("partie: Conditions", "partie: Condition", "partie « Condition » inconnue"),
        ("mots_cles: [essai]", "mots_cles: []", "champ « mots_cles » absent ou vide"),
        ("mots_cles: [essai]", "mots_cles: essai", "« mots_cles » n'est pas une liste"),
        ("faits: [C1]\n", "", "champ « faits » absent ou vide"),
        ("mis_a_jour: 2026-11-23", "mis_a_jour: hier", "n'est pas une date"),
        ("mis_a_jour: 2026-11-23", "mis_a_jour: 2026-11-31", "en-tête YAML"),
        ("mis_a_jour: 2026-11-23", 'mis_a_jour: "2026-11-31"', "n'est pas une date"),
        ("editeur: Référentiel de la co-construction\n", "", "champ « editeur » absent ou vide"),
        ("faits: [C1]", "faits: [C1]\nvalable_de: 2023-01-01", "champ « valable_de » inconnu"),
        ("faits: [C1]", "faits: [C1]\nvalable_du: 2023-01-01\nvalable_au: 2022-12-31", "dans le désordre"),
        ("faits: [C1]", "faits: [C1]\nvalable_du: 2023-01-01\nvalable_au: 2022", "dans le désordre"),
        ('date: "2016-12-10"', 'date: "10/12/2016"', "S01 : « 10/12/2016 » n'est pas une date"),
        ('date: "2016-12-10"', 'date: "2016-13"', "S01 : « 2016-13 » n'est pas une date"),
        ('date: "2016-12-10"', 'date: ""', "S01 : « date » manque"),
        ("https://rtes.fr/retour?page=1", "URL non conservée", "n'est pas une adresse http(s)"),
        ("https://rtes.fr/retour?page=1", "https://rtes/retour", "n'est pas une adresse http(s)"),
        ("https://rtes.fr/retour?page=1", "https://rtes.fr/un retour", "n'est pas une adresse http(s)"),
        ("editeur: RTES, ", "", "S01 : « editeur » manque"),
        ("editeur: RTES, ", "editeur: RTES, auteur: X, ", "S01 : « auteur » est inconnu"),
        ("étape. [^REF]", "étape. [^S02]", "[^S02] ne renvoie à aucune source"),
        ("(durée à vérifier)", "(durée incertaine)", "passage marqué [^AV] sans « vérifier »"),
        ("règles. [^S01]", "règles.", "sans marqueur à la fin : « La charte locale fixe des règles. »"),
        ("étape. [^REF]", "étape.", "sans marqueur à la fin"),
        ("deux leviers :", "deux leviers.", "sans marqueur à la fin"),
        ("deux leviers :", "deux leviers", "sans marqueur à la fin"),
        ("règles. [^S01]", "règles. [S01]", "marqueur mal écrit : « [S01] »"),
        ("règles. [^S01]", "règles. [^S 01]", "marqueur mal écrit"),
        ("règles. [^S01]", "règles. Elle dure dix ans. [^S01]", "commence par un pronom"),
        (SENTENCE, " ".join([SENTENCE] * 8), "paragraphe de plus de 1200 caractères"),
        (SENTENCE, " ".join([SENTENCE] * 70), "mots : il en faut de 200 à 900"),
        (" ".join([SENTENCE] * 8), "", "mots : il en faut de 200 à 900"),
    ],
)
def test_each_kind_of_fault_is_found(old: str, new: str, fault: str) -> None:
    assert fault in "\n".join(faults(changed(old, new)))


@pytest.mark.parametrize("date", ["2016", "2016-12", "2016-12-10", "s.d."])
def test_a_publication_may_be_dated_by_year_month_or_day_or_not_at_all(date: str) -> None:
    assert faults(changed('date: "2016-12-10"', f'date: "{date}"')) == []


def test_a_rule_may_be_valid_from_a_day_to_a_year() -> None:
    assert faults(changed("faits: [C1]", "faits: [C1]\nvalable_du: 2019-12-29\nvalable_au: 2019")) == []


def test_a_source_that_no_mark_names_is_found() -> None:
    other = '  - {code: S02, editeur: RTES, titre: "Autre", date: "2017", url: "https://rtes.fr/autre"}\n---\n'
    assert faults(GOOD.replace('page=1"}\n---\n', f'page=1"}}\n{other}')) == [
        "S02 est dans les sources, mais aucun marqueur n'y renvoie"
    ]


def test_sources_given_by_their_code_alone_are_one_fault() -> None:
    text = re.sub(r"sources:\n.*\n---", "sources: [S01]\n---", GOOD)
    assert faults(text) == ["sources à décrire en entier {code, editeur, titre, date, url} : S01"]


def test_a_header_that_cannot_be_read_is_a_fault_of_its_fiche() -> None:
    assert "mal formé" in faults(changed("titre: Essayer", "titre: Essayer : encore"))[0]


@pytest.mark.parametrize(
    "sentence",
    [
        "Il décide seul.",
        "Elles sont quatre.",
        "Cela demande du temps.",
        "Ce dernier fixe un seuil.",
        "Celle-ci date de 2014.",
        "Il est chargé de l'animation.",
        "« Ils viendront. »",
        "On y débat des moyens.",
    ],
)
def test_a_sentence_that_begins_with_a_pronoun_is_found(sentence: str) -> None:
    assert any("pronom" in message for message in faults(changed("fixe des règles.", f"fixe des règles. {sentence}")))


@pytest.mark.parametrize(
    "sentence",
    [
        "Il faut une délibération.",
        "Il n'existe pas de modèle unique.",
        "Il n’y a pas de modèle unique.",
        "Il s'agit d'une faculté.",
        "Il est possible d'en créer un.",
        "Illustrer la méthode aide.",
        "Celles que cite le RTES datent de 2016.",
    ],
)
def test_an_impersonal_turn_is_no_pronoun(sentence: str) -> None:
    assert faults(changed("fixe des règles.", f"fixe des règles. {sentence}")) == []


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        (GOOD, "même id que conditions/condition-essai.md"),
        (GOOD, "même titre que conditions/condition-essai.md : « Essayer »"),
        (GOOD.replace('titre: "Retour"', 'titre: "Retour sur"'), "S01 n'est pas décrite comme dans"),
        (GOOD.replace("2016-12-10", "2016-12"), "S01 n'est pas décrite comme dans"),
    ],
)
def test_what_two_fiches_may_not_share_or_tell_apart_is_found(other: str, fault: str) -> None:
    findings = lint({PLACE: GOOD, "freins/condition-essai.md": other}, tables())
    assert [problem for problem in findings.problems if fault in problem.message]


def test_twelve_words_of_the_seed_are_found_whatever_their_typography() -> None:
    typeset = TWELVE_WORDS.replace("'", "’").replace("œ", "oe").upper()
    found = faults(changed("fixe des règles.", f"fixe des règles. {typeset}"), tables(seed=f"Un. {TWELVE_WORDS} Deux."))
    assert any("sont ceux de l'article d'origine" in message for message in found)


def test_eleven_words_of_the_seed_may_stay() -> None:
    eleven = "Le conseil écoute les associations, puis il vote le budget entier."
    assert faults(changed("fixe des règles.", f"fixe des règles. {eleven}"), tables(seed=f"Fin. {eleven}")) == []


@given(st.lists(st.sampled_from(["commune", "élu", "œuvre", "l'ESS", "2016", "de"]), min_size=12, max_size=40))
def test_every_twelve_words_of_a_text_keep_their_fingerprint_inside_another(words: list[str]) -> None:
    text = " ".join(words)
    inside = dict(fingerprints(f"Avant tout, {text}. Et après."))
    assert set(fingerprints(text)) <= set(inside.items())


def test_a_figure_that_the_table_contradicts_is_found_in_text_and_title() -> None:
    figures = "[{nom: part, faits: [D20], mots: [capital], unite: '%', valeurs: [{valeur: 50, statut: actuelle}]}]"
    text = changed("fixe des règles.", "donne 60 % du capital.").replace("titre: Essayer", "titre: 70 % du capital")
    assert [message[:60] for message in faults(text, tables(figures=figures))] == [
        "chiffre contredit par la table : « 70 % » au lieu de 50 (act",
        "chiffre contredit par la table : « 60 % » au lieu de 50 (act",
    ]


# The référentiel that the project ships.


def test_the_shipped_referentiel_has_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["lint"])
    *problems, _summary = capsys.readouterr().out.splitlines()
    assert (status, problems) == (0, [])


def test_the_command_prints_the_coverage_of_every_fact(capsys: pytest.CaptureFixture[str]) -> None:
    main(["lint", "--coverage"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(shipped_tables().plan.keys)


def test_the_command_fails_on_a_faulty_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "condition-essai.md").write_text(changed("étape. [^REF]", "étape."), encoding="utf-8")
    status = main(["lint", str(tmp_path)])
    assert (status, "condition-essai.md : sans marqueur" in capsys.readouterr().out) == (1, True)


def test_the_command_says_that_a_folder_has_no_fiche(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["lint", str(tmp_path)])
    assert (status, "Aucune fiche" in capsys.readouterr().err) == (1, True)


@pytest.mark.parametrize(
    ("place", "old", "new"),
    [
        ("chiffres/chiffres-maires-2016.md", "87 % des maires croient", "78 % des maires croient"),
        ("chiffres/chiffres-maires-2016.md", "87 % des maires croient", "76 % des maires croient"),
        ("chiffres/chiffres-maires-2016.md", "76 % des maires de", "67 % des maires de"),
        ("chiffres/chiffres-maires-2016.md", "46 % (base ambiguë) la disent", "64 % (base ambiguë) la disent"),
        ("chiffres/chiffres-maires-2016.md", "cinq profils", "six profils"),
        ("chiffres/chiffres-devoir-d-alliances.md", "86 % des responsables", "68 % des responsables"),
        ("chiffres/chiffres-devoir-d-alliances.md", "69 % des Français, 81 %", "74 % des Français, 81 %"),
        ("chiffres/chiffres-elus-2024.md", "302 élus par téléphone", "203 élus par téléphone"),
        (
            "chiffres/chiffres-partenariats-et-pionniers.md",
            "1,2 million de partenariats",
            "1,2 milliard de partenariats",
        ),
        ("chiffres/financement-des-associations.md", "129 voix", "192 voix"),
        ("chiffres/documents-et-rencontres-en-chiffres.md", "compte 69 pages", "compte 96 pages"),
        ("chiffres/seuils-juridiques.md", "Au-delà de 23 000 €", "Au-delà de 32 000 €"),
        ("chiffres/seuils-juridiques.md", "À partir de 153 000 €", "À partir de 150 000 €"),
        ("chiffres/seuils-juridiques.md", "plus de 50 000 habitants :", "plus de 20 000 habitants :"),
        ("chiffres/seuils-juridiques.md", "à partir de 50 millions d'euros", "à partir de 100 millions d'euros"),
        ("outils/spaser.md", "à 50 millions d'euros HT", "à 50 000 euros HT"),
        ("outils/de-minimis.md", "actuel de minimis est de 300 000 €", "actuel de minimis est de 200 000 €"),
        ("outils/scic.md", "jusqu'à 50 % du capital", "jusqu'à 20 % du capital"),
        ("outils/conseils-de-quartier.md", "à partir de 80 000 habitants", "à partir de 50 000 habitants"),
        ("territoires/nantes-metropole.md", "1,1 million d'euros", "1,7 million d'euros"),
        ("territoires/grenoble.md", "1,8 million d'euros", "800 000 euros"),
        ("comprendre/geces.md", "contient 13 préconisations", "contient 31 préconisations"),
        ("territoires/dix-territoires-pilotes.md", "dix territoires pilotes ont", "onze territoires pilotes ont"),
    ],
)
def test_a_key_figure_changed_in_a_shipped_fiche_is_found(place: str, old: str, new: str) -> None:
    text = (REFERENTIEL / place).read_text(encoding="utf-8")
    assert old in text
    found = faults(text.replace(old, new, 1), shipped_tables(), place)
    assert any("chiffre contredit par la table" in message for message in found)


# Material from outside the project, where it is at hand.


def test_the_shipped_fingerprints_are_those_of_the_seed() -> None:
    seed = SHARED / "seed" / "alliances-et-territoires.txt"
    if not seed.exists():
        pytest.skip("l'article d'origine n'est pas là (../shared/seed)")
    expected = {fingerprint for _, fingerprint in fingerprints(seed.read_text(encoding="utf-8"))}
    assert shipped_tables().seed == expected


def test_the_shipped_keys_are_those_of_the_dossier() -> None:
    dossier = SHARED / "domain" / "dossier.md"
    if not dossier.exists():
        pytest.skip("le dossier de faits n'est pas là (../shared/domain)")
    text = dossier.read_text(encoding="utf-8")
    facts = text[text.index("\n# 1.") : text.index("\n# 8.")]
    # An entry begins with its key: « - **A-01 », « ### C1 — », « | **F1** | », « | D-c20 | ».
    keys = re.findall(r"^(?:- \*\*|### |\| (?:\*\*)?)((?:A-|C|F|O|D-c|D|E)\d+)(?= |\*\*)", facts, re.MULTILINE)
    assert sorted(shipped_tables().plan.keys) == sorted(keys)
