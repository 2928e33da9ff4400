from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.inquiring import Kind, inquire

# The same need, as an official, a neighbour, a hurried thumb, a search box and a foreigner put it.
KINDS: dict[Kind, Sequence[str]] = {
    Kind.DEFINITION: [
        "Qu'est-ce que la co-construction ?",
        "Qu’est-ce qu’une SCIC ?",
        "Que faut-il entendre par catalyse territoriale ?",
        "Qu'entend-on par co-construction ?",
        "En quoi consiste la co-construction ?",
        "Auriez-vous une définition de l'utilité sociale ?",
        "Que signifie « catalyse territoriale » ?",
        "Que veut dire « sortir de l'arrogance » ?",
        "C'est quoi au juste la co-construction ?",
        "la co-construction ça veut dire quoi",
        "c koi la coconstruction",
        "cest koi un apel a initiatives",
        "kesako la SCIC",
        "définition co-construction",
        "What is co-construction?",
    ],
    Kind.LIST: [
        "Quelles sont les conditions de la co-construction ?",
        "Quels sont les freins juridiques ?",
        "Pourriez-vous m'indiquer quels freins rencontrent les associations ?",
        "Il me serait agréable de connaître les étapes d'une démarche.",
        "Veuillez énumérer les leviers disponibles.",
        "cite-moi les outils",
        "c'est lesquels les leviers ?",
        "conditions co-construction",
        "liste outils co-construction",
        "Which obstacles are there?",
    ],
    Kind.NUMBER: [
        "Combien de maires croient aux alliances ?",
        "Quel est le montant de la subvention ?",
        "Quelle part du capital une commune peut-elle détenir ?",
        "Quel pourcentage des maires est favorable ?",
        "c'est combien le seuil ?",
        "cb de maires sont pour",
        "spaser seuil 2026",
        "plafond de minimis",
        "How many mayors support alliances?",
    ],
    Kind.DATE: [
        "Quand la charte a-t-elle été signée ?",
        "Quelle est la date de la charte ?",
        "En quelle année le RTES est-il né ?",
        "Auriez-vous l'obligeance de me préciser la date de la charte ?",
        "c'est quand la conférence ?",
        "slt c quand la charte",
        "depuis quand ça existe ?",
        "Depuis quand le schéma est-il obligatoire ?",
        "À quel moment la charte a-t-elle été votée ?",
        "Lille plan ESS dates",
        "When was the charter signed?",
    ],
    Kind.CASE: [
        "Quand faut-il une convention ?",
        "quand une asso doit signer une convention ?",
        "À quel moment associer les habitants ?",
        "Dans quels cas une coopérative convient-elle ?",
    ],
    Kind.PERSON: [
        "Qui préside le RTES ?",
        "Avec qui la région prépare-t-elle sa stratégie ?",
        "À qui s'impose le schéma ?",
        "Par qui la charte a-t-elle été signée ?",
        "Quels acteurs participent ?",
        "ki a signé la charte",
        "signataires charte engagements réciproques",
        "Who signed the charter?",
    ],
    Kind.PLACE: [
        "Où a été signée la charte ?",
        "Dans quelle ville la charte a-t-elle été signée ?",
        "c'est où la conférence",
        "Where was the charter signed?",
    ],
    Kind.METHOD: [
        "Comment évaluer ensemble sans contrôler ?",
        "Par quoi commencer ?",
        "Que faire si une association refuse ?",
        "Quelle méthode suivre ?",
        "on fait comment pour démarrer",
        "comment on s'y prend stp",
        "How do we start?",
    ],
    Kind.REASON: [
        "Pourquoi la votation a-t-elle été annulée ?",
        "Pour quelles raisons associer les habitants ?",
        "Je souhaiterais savoir pourquoi la votation a été annulée.",
        "à quoi ça sert une charte",
        "pk la votation a ete annulee",
        "pq une charte",
        "Why co-construct?",
    ],
    Kind.YES_NO: [
        "Peut-on co-construire en cas de conflit ?",
        "La circulaire Valls s'applique-t-elle encore ?",
        "Est-ce que la charte est obligatoire ?",
        "Faut-il une charte ?",
        "Y a-t-il une charte locale à Lille ?",
        "Dois-je quitter la salle ?",
        "on peut refuser un projet ?",
        "Is a charter mandatory?",
        "Can a mayor vote a subsidy?",
    ],
    Kind.EXAMPLES: [
        "Avez-vous des exemples ?",
        "Quelles villes l'ont fait ?",
        "des exemples stp",
        "exemples de villes",
        "qui l'a déjà fait ?",
    ],
    Kind.DIFFERENCE: [
        "Quelle est la différence entre concertation et co-construction ?",
        "En quoi une alliance se distingue-t-elle d'un partenariat ?",
        "Comparez la subvention et le marché public.",
        "c koi la difference entre AMI et appel a projets",
        "subvention vs marché public",
        "différence subvention marché",
    ],
    Kind.SOURCES: [
        "D'où tenez-vous cela ? Quelles sont vos sources ?",
        "d'où tu sors ça ?",
        "d’où ça sort ?",
        "tes sources ?",
        "qui dit ça ?",
    ],
    Kind.OPEN: ["charte", "RTES et Le RAMEAU", "", "?", "👍", "...", "blablabla"],
}


@pytest.mark.parametrize(("kind", "question"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_a_question_asks_for_its_kind_of_answer(kind: Kind, question: str) -> None:
    assert inquire(question).kind is kind


@pytest.mark.parametrize(("kind", "question"), [(kind, text) for kind, texts in KINDS.items() for text in texts])
def test_case_and_typography_do_not_change_the_kind(kind: Kind, question: str) -> None:
    assert inquire(question.upper().replace("'", "’")).kind is kind


# --- Questions that lean on an earlier one

CONDITIONS = "conditions co-construction"
THRESHOLD = "Quel est le seuil du SPASER ?"


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("et avant ?", THRESHOLD),
        ("et avant 2023 ?", THRESHOLD),
        ("résume en trois puces", CONDITIONS),
        ("tu me le résumes en trois puces pour mon maire", CONDITIONS),
        ("d'où tu sors ça ?", CONDITIONS),
        ("d’où tu sors ça ?", CONDITIONS),
        ("tes sources ?", CONDITIONS),
        ("et si c'est nous ?", "Par quoi commencer quand une association a une idée ?"),
        ("et si c'est nous qui avons eu l'idée ?", "Par quoi commencer quand une association a une idée ?"),
        ("plus court stp", CONDITIONS),
        ("reformule plus simplement", CONDITIONS),
        ("tu peux détailler ?", CONDITIONS),
        ("Pouvez-vous m'en dire plus ?", THRESHOLD),
        ("en savoir plus", THRESHOLD),
        ("pourquoi ?", CONDITIONS),
        ("Lesquelles ?", CONDITIONS),
        ("donne 3 exemples", CONDITIONS),
        ("en une phrase", CONDITIONS),
        ("et en appel ?", "Que s'est-il passé à Grenoble avec la votation ?"),
        ("mais c'est légal ?", "Peut-on promettre de suivre le vote des habitants ?"),
        ("On en parle où ?", THRESHOLD),
    ],
)
def test_a_reply_leans_on_the_question_before_it(question: str, before: str) -> None:
    assert inquire(question, [before]).subject == before


@pytest.mark.parametrize(
    "question",
    [
        "Quels sont les freins juridiques de la démarche ?",
        "La circulaire Valls s'applique-t-elle encore ?",
        "Quelles sont les étapes en commune rurale ?",
        "Y a-t-il des freins juridiques ?",
        "Existe-t-il des chiffres en 2024 ?",
        "Où en sont Lille et Grenoble ?",
        "Comment faire vivre la démarche après les élections ?",
    ],
)
def test_a_question_that_stands_on_its_own_leans_on_nothing(question: str) -> None:
    assert inquire(question, [THRESHOLD]).subject == ""


def test_a_reply_to_a_reply_leans_on_the_question_that_stands() -> None:
    history = [CONDITIONS, "tu me le résumes en trois puces", "plus court"]
    assert inquire("d'où tu sors ça ?", history).subject == CONDITIONS


def test_a_new_question_ends_the_old_subject() -> None:
    history = [CONDITIONS, "Quel est le seuil du SPASER en 2026 ?"]
    assert inquire("et avant ?", history).subject == "Quel est le seuil du SPASER en 2026 ?"


@pytest.mark.parametrize(
    "question", ["et avant ?", "d'où tu sors ça ?", "plus court", "donne 3 exemples", "pourquoi ?"]
)
def test_there_is_nothing_to_lean_on_at_first(question: str) -> None:
    inquiry = inquire(question)
    assert inquiry.subject == ""
    assert inquiry.query


def test_another_form_of_the_same_answer_searches_for_the_same() -> None:
    assert inquire("plus court stp", [CONDITIONS]).query == CONDITIONS
    assert inquire("d'où tu sors ça ?", [CONDITIONS]).query == CONDITIONS


def test_a_reply_that_only_asks_for_another_form_keeps_the_kind() -> None:
    assert inquire("résume en trois puces", [CONDITIONS]).kind is Kind.LIST
    assert inquire("plus court", ["Combien de maires y croient ?"]).kind is Kind.NUMBER


def test_a_reply_with_words_of_its_own_searches_for_them() -> None:
    inquiry = inquire("et à Lille ?", ["Combien d'associations siègent au conseil de Montreuil ?"])
    assert "Lille" in inquiry.query
    assert "Montreuil" in inquiry.subject


# --- The form asked for


@pytest.mark.parametrize(
    ("question", "length", "bulleted"),
    [
        ("Résume en trois puces", 3, True),
        ("en 5 points", 5, True),
        ("Que lui dire en trois arguments ?", 3, True),
        ("donne 2 exemples", 2, True),
        ("Les huit idées à retenir", 8, True),
        ("C'est quoi la co-construction ? Deux phrases svp.", 2, False),
        ("en une phrase", 1, False),
        ("la charte en une ligne", 1, False),
        ("Quels sont les freins ?", None, False),
        ("Une association a une idée : que faire ?", None, False),
        ("Les trois conditions", None, False),
        ("En 2016, combien de maires ?", None, False),
    ],
)
def test_the_length_asked_for_is_heard(question: str, length: int | None, bulleted: bool) -> None:
    inquiry = inquire(question)
    assert (inquiry.length, inquiry.bulleted) == (length, bulleted)


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("Bonjour, conditions de la co-construction svp", ", conditions de la co-construction"),
        ("Quels sont les freins ? En trois puces", "Quels sont les freins ?"),
        ("Je voudrais savoir qui décide", "qui décide"),
        ("Qui décide ?", "Qui décide ?"),
    ],
)
def test_words_about_the_form_are_not_searched_for(question: str, query: str) -> None:
    assert inquire(question).query == query


def test_one_word_to_define_is_searched_for_as_a_definition() -> None:
    assert inquire("C'est quoi une SCIC ?").query == "Définition : C'est quoi une SCIC ?"
    assert not inquire("C'est quoi une charte locale ?").query.startswith("Définition")


@pytest.mark.parametrize(
    ("question", "assertion"),
    [
        ("Confirme que la charte est obligatoire", "la charte est obligatoire"),
        ("Est-il vrai que 76 % des maires ont réussi ?", "76 % des maires ont réussi"),
        ("Donc 76 % des maires ont réussi ?", "76 % des maires ont réussi"),
        ("La charte est obligatoire, n'est-ce pas ?", "La charte est obligatoire"),
        ("La charte est obligatoire, c’est bien ça ?", "La charte est obligatoire"),
        ("La charte est-elle obligatoire ?", ""),
        ("Donc que faire ?", ""),
    ],
)
def test_what_is_put_forward_to_be_confirmed_is_heard(question: str, assertion: str) -> None:
    assert inquire(question).assertion == assertion


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("Combien de maires croient aux alliances ?", "maires"),
        ("Combien d'associations siègent ?", "associations"),
        ("Combien y a-t-il de recommandations ?", "recommandations"),
        ("Quelle part de la population participe ?", "population"),
        ("Quel pourcentage de leur budget y va ?", "budget"),
        ("Combien de temps dure une démarche ?", ""),
        ("Combien ça coûte ?", ""),
    ],
)
def test_the_thing_counted_is_heard(question: str, counted: str) -> None:
    assert inquire(question).counted == counted


@pytest.mark.parametrize(
    ("question", "is_english"),
    [
        ("What is co-construction?", True),
        ("How do we start?", True),
        ("conditions for co-construction", True),
        ("Qu'est-ce que le Social Business Plan and Strategy ?", False),
        ("Quelle est la politique on the ground ?", False),
        ("conditions co-construction", False),
        ("", False),
    ],
)
def test_english_is_heard(question: str, is_english: bool) -> None:
    assert inquire(question).is_english is is_english


# --- Whatever is typed

asked = st.sampled_from([text for texts in KINDS.values() for text in texts])
typed = st.one_of(st.text(max_size=120), st.text("aé'’ ?.!0123456789", max_size=60), asked)


@given(typed, st.lists(typed, max_size=4))
def test_any_question_is_understood_somehow(question: str, history: list[str]) -> None:
    inquiry = inquire(question, history)
    assert inquiry.question == question
    assert inquiry.query or not question
    assert not inquiry.subject or history


def test_a_long_conversation_is_followed_to_its_beginning() -> None:
    assert inquire("et avant ?", [THRESHOLD, *["et avant ?"] * 300]).subject == THRESHOLD


@pytest.mark.parametrize(
    ("question", "query"),
    [
        (
            "Je m'appelle Jean Dupont, 06 12 34 56 78 : qu'est-ce qu'une charte de quartier ?",
            "qu'est-ce qu'une charte de quartier ?",
        ),
        ("jean.dupont@ville.fr, quel est le seuil du SPASER ?", "quel est le seuil du SPASER ?"),
        ("Qui est Benoît Hamon ?", "Qui est Benoît Hamon ?"),
        ("Loi 2014-856 du 31 juillet 2014", "Loi 2014-856 du 31 juillet 2014"),
    ],
)
def test_who_asks_is_not_searched_for(question: str, query: str) -> None:
    assert inquire(question).query.lstrip(": ") == query


@pytest.mark.parametrize(
    ("question", "unit"),
    [("Quel est le budget de Nantes ?", "€"), ("Quelle proportion de maires ?", "%"), ("Combien de maires ?", "")],
)
def test_the_unit_of_the_number_that_is_asked_for_is_heard(question: str, unit: str) -> None:
    assert inquire(question).unit == unit


def test_what_is_taken_for_granted_is_heard() -> None:
    inquiry = inquire("Puisque la circulaire s'impose aux communes, que doit-on appliquer ?")
    assert inquiry.assertion == "la circulaire s'impose aux communes"


@pytest.mark.parametrize(
    ("question", "searched"),
    [
        ("Je voudrais deux ou trois exemples de villes moyennes", "exemples de villes moyennes"),
        ("Les freins en trois puces", "Les freins"),
    ],
)
def test_how_many_are_wanted_is_not_searched_for_but_examples_are(question: str, searched: str) -> None:
    assert inquire(question).query == searched


def test_a_question_typed_on_a_phone_is_searched_for_in_full_and_shown_as_typed() -> None:
    inquiry = inquire("kan le rtes aide une asso")
    assert (inquiry.question, inquiry.query) == ("kan le rtes aide une asso", "quand le rtes aide une association")
    assert inquiry.kind is Kind.DATE


@pytest.mark.parametrize("reply", ["plus court", "résume", "C'est trop long !", "en bref stp"])
def test_less_of_what_was_said_is_two_sentences_of_it(reply: str) -> None:
    inquiry = inquire(reply, ["Comment choisir les participants ?"])
    assert (inquiry.subject, inquiry.length) == ("Comment choisir les participants ?", 2)
    assert inquire(reply).length is None
