from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import Layout
from assistant.extracting import Excerpt, extract
from assistant.inquiring import inquire
from assistant.weighing import emphasised, is_exact, rank
from knowledge import Hit, Source
from knowledge.analysing import terms
from knowledge.markdown import render
from knowledge.segmenting import Kind, segment
from knowledge.sources import slice_source

CONDITIONS = """\
La co-construction demande trois conditions.

## Les conditions à réunir

Les conditions de la co-construction sont :

- Une posture d'écoute des élus.
- Une confiance née de l'expérience partagée.
- Un cadre juridique qui protège les associations.

## Les pièges

Promettre trop vite ruine la confiance.

Sur les étapes, lire la fiche « Les étapes de la démarche ».
"""


def hit(markdown: str, title: str = "", score: float = 1.0, id: str = "fiches/a.md") -> Hit:
    """A whole fiche, found."""
    rendered = render(markdown)
    source = Source(id, title, rendered.text, sections=rendered.sections)
    return Hit(slice_source(source, 0, len(rendered.text)), score)


def answer(question: str, *hits: Hit, words: int = 120, history: Sequence[str] = ()) -> list[Excerpt]:
    inquiry = inquire(question, history)
    weights = dict.fromkeys(terms(f"{inquiry.subject} {inquiry.query}"), 1.0)
    return extract(inquiry, rank(inquiry, hits, weights), weights, words=words)


def texts(excerpts: Sequence[Excerpt]) -> list[str]:
    return [excerpt.text for excerpt in excerpts]


# --- Lists


def test_a_list_is_kept_whole_with_the_sentence_that_announces_it() -> None:
    found = answer("Quelles sont les conditions de la co-construction ?", hit(CONDITIONS, "Les conditions"))
    items = [excerpt.text for excerpt in found if excerpt.layout is Layout.ITEM]
    at = texts(found).index("Les conditions de la co-construction sont :")
    assert items == [
        "Une posture d'écoute des élus.",
        "Une confiance née de l'expérience partagée.",
        "Un cadre juridique qui protège les associations.",
    ]
    assert texts(found)[at + 1 : at + 4] == items


def test_a_list_is_kept_whole_however_long_it_is() -> None:
    items = [f"La condition numéro {n} demande que la commune prenne le temps d'écouter chacun." for n in range(20)]
    long = "Les conditions de la co-construction sont :\n\n" + "\n".join(f"- {item}" for item in items)
    found = answer("Quelles sont les conditions de la co-construction ?", hit(long))
    assert [excerpt.text for excerpt in found if excerpt.layout is Layout.ITEM] == items


SIGNATORIES = "Les signataires de la charte d'engagements sont :\n\n" + "\n".join(
    f"- {who} a signé la charte d'engagements." for who in ("L'État", "Le Mouvement associatif", "L'AMF", "L'ADF")
)


def test_a_list_begun_in_prose_is_told_whole() -> None:
    found = answer("charte d'engagements date signataires", hit(SIGNATORIES), words=22)
    assert [excerpt.text.split(" a signé")[0] for excerpt in found if excerpt.layout is Layout.ITEM] == [
        "L'État",
        "Le Mouvement associatif",
        "L'AMF",
        "L'ADF",
    ]


def test_a_list_that_wanders_off_is_told_in_part() -> None:
    named = "Sont nommées :\n\n- Patricia a parlé au GECES de la voix des communes.\n- Le marché ouvre en mars."
    hits = hit("Le RTES siège au GECES.", id="fiches/b.md"), hit(named, score=0.95)
    said = texts(answer("Où en est le RTES au GECES ?", *hits))
    assert said == ["Le RTES siège au GECES.", "Sont nommées :", "Patricia a parlé au GECES de la voix des communes."]


def test_a_list_too_long_for_the_answer_is_told_in_part() -> None:
    many = SIGNATORIES + "".join(f"\n- Le réseau {n} a signé la charte d'engagements." for n in range(20))
    found = answer("charte d'engagements date signataires", hit(many))
    assert 0 < sum(excerpt.layout is Layout.ITEM for excerpt in found) < 24


def test_an_item_keeps_all_its_sentences() -> None:
    text = "Les freins sont :\n\n- Le temps manque. Les bénévoles s'épuisent.\n- Le langage diffère."
    assert "Le temps manque. Les bénévoles s'épuisent." in texts(answer("Quels sont les freins ?", hit(text)))


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("Les conditions de la co-construction en trois puces", 3),
        ("conditions de la co-construction en 2 points", 2),
        ("Donne-moi deux exemples de conditions de la co-construction", 2),
    ],
)
def test_the_number_of_points_asked_for_is_given(question: str, count: int) -> None:
    text = CONDITIONS.replace("- Un cadre", "- Une animation par un tiers.\n- Un cadre")
    found = answer(question, hit(text, "Les conditions"))
    assert sum(excerpt.layout is Layout.ITEM for excerpt in found) == count


def test_a_summary_in_three_points_is_nothing_but_the_three_points() -> None:
    found = answer("résume en trois puces", hit(CONDITIONS), history=["conditions co-construction"])
    assert [excerpt.layout for excerpt in found] == [Layout.PARAGRAPH, *[Layout.ITEM] * 3]


def test_points_are_made_of_sentences_where_there_is_no_list() -> None:
    text = "La charte fixe les engagements. La commune y gagne du temps. Les bénévoles la relisent chaque année."
    found = answer("La charte en trois puces", hit(text, "La charte"))
    assert [excerpt.layout for excerpt in found] == [Layout.ITEM] * len(found)
    assert 1 <= len(found) <= 3


def test_the_number_of_sentences_asked_for_is_not_exceeded() -> None:
    text = "La charte fixe les engagements. La charte gagne du temps. Chaque année, la charte est relue par tous."
    assert len(answer("La charte en une phrase", hit(text, "La charte"))) == 1
    assert len(answer("C'est quoi la charte ? En deux phrases", hit(text, "La charte"))) <= 2


# --- Sentences


def test_sentences_asked_for_are_no_list_and_what_goes_with_it() -> None:
    listed = "Les freins sont :\n\n- Le temps.\n- Le droit."
    text = f"Les freins sont le temps et le droit.\n\n{listed}\n\nLes freins se lèvent."
    assert texts(answer("Quels sont les freins, en deux phrases ?", hit(text))) == [
        "Les freins sont le temps et le droit.",
        "Les freins se lèvent.",
    ]


def test_a_heading_is_never_quoted_but_above_its_list() -> None:
    found = answer("Les conditions à réunir, les pièges", hit(CONDITIONS, "Les conditions"))
    assert found
    assert not {"Les conditions à réunir", "Les pièges"} & set(texts(found))


@pytest.mark.parametrize(
    "pointer",
    [
        "Sur les conditions de la co-construction, lire la fiche « Les étapes ».",
        "Lire les fiches « Les étapes » et « Les freins » sur les conditions de la co-construction.",
        "Sur les conditions de la co-construction, voir aussi la fiche « Les étapes ».",
        "Consultez la fiche « Les conditions de la co-construction ».",
        "Sur les conditions de la co-construction, se reporter à la fiche « Les étapes ».",
        "Conditions de la co-construction (voir la fiche « Les étapes »).",
    ],
)
def test_a_pointer_to_another_fiche_is_never_quoted(pointer: str) -> None:
    found = answer("conditions de la co-construction", hit(f"{CONDITIONS}\n{pointer}", "Les conditions"))
    assert found
    assert pointer not in texts(found)


def test_a_list_of_pointers_is_never_quoted() -> None:
    pointers = "- Lire la fiche « Les étapes ».\n- Voir la fiche « Les freins »."
    text = f"La co-construction demande du temps.\n\nPour aller plus loin sur la co-construction :\n\n{pointers}"
    found = answer("Quelles sont les étapes de la co-construction ?", hit(text))
    assert texts(found) == ["La co-construction demande du temps."]


def test_a_pointer_in_a_list_is_left_out_of_it() -> None:
    text = "Les freins sont :\n\n- Le temps manque.\n- Le langage diffère.\n- Voir aussi la fiche « Les leviers »."
    assert texts(answer("Quels sont les freins ?", hit(text))) == [
        "Les freins sont :",
        "Le temps manque.",
        "Le langage diffère.",
    ]


def test_nothing_is_said_twice() -> None:
    same = "Le manque de temps est le premier frein des associations."
    near = "Le premier frein des associations est le manque de temps."
    hits = [hit(same, "Les freins"), hit(f"{near} Un autre frein est la langue.", "Les freins", 0.9, "fiches/b.md")]
    found = texts(answer("Quel est le premier frein des associations ?", *hits))
    assert same in found
    assert near not in found


def test_what_adds_a_date_or_a_number_is_no_repetition() -> None:
    text = "Lille a voté son plan de l'économie.\n\nLe 17 juin 2016, Lille a voté son plan de l'économie."
    assert len(answer("Quel plan de l'économie Lille a-t-elle voté ?", hit(text))) == 2


def test_a_known_error_is_told_to_whoever_takes_it_for_granted() -> None:
    found = [hit("La circulaire parle aux communes.\n\n## Les pièges\n\nLa circulaire ne s'impose pas aux communes.")]
    weights = {"circulair": 1.0, "impos": 1.0, "commun": 1.0}
    granted, plain = (
        {unit.text: unit.score for unit in rank(inquire(question), found, weights)}
        for question in ("Puisque la circulaire s'impose, que faire ?", "Parlez-moi de la circulaire")
    )
    assert granted["La circulaire ne s'impose pas aux communes."] > plain["La circulaire ne s'impose pas aux communes."]
    assert granted["La circulaire parle aux communes."] == plain["La circulaire parle aux communes."]


def test_a_sentence_does_not_repeat_the_list_above_it() -> None:
    text = "Les conditions de la co-construction sont :\n\n- Une posture d'écoute des élus.\n- Un cadre juridique sûr."
    other = "La co-construction demande des élus une posture d'écoute. Le temps passé compte aussi."
    hits = [hit(text, "Les conditions"), hit(other, "La co-construction", 0.99, "fiches/b.md")]
    found = texts(answer("Quelles sont les conditions de la co-construction ?", *hits))
    assert "Une posture d'écoute des élus." in found
    assert "La co-construction demande des élus une posture d'écoute." not in found


YES = "Oui. Un élu peut voter la subvention s'il n'a pas d'intérêt."


def test_yes_is_said_to_the_question_that_is_the_title_s() -> None:
    title = "Un élu peut-il voter la subvention ?"
    assert texts(answer("Un élu peut-il voter la subvention ?", hit(YES, title)))[0] == "Oui."


@pytest.mark.parametrize("word", ["Oui", "Non"])
@pytest.mark.parametrize("stop", [".", ",", " :"])
def test_yes_and_no_are_not_said_to_another_question(word: str, stop: str) -> None:
    text = f"{word}{stop} un élu vote la subvention. La subvention d'une commune se vote en conseil."
    title = "Le budget participatif engage-t-il le conseil municipal ?"
    found = texts(answer("Un élu peut-il voter la subvention ?", hit(text, title)))
    assert found
    assert not any(sentence.startswith(word) for sentence in found)


def test_an_item_keeps_its_announcement_above_it() -> None:
    found = answer("Que dit-on de la confiance ?", hit(CONDITIONS))
    spoken = texts(found)
    item = "Une confiance née de l'expérience partagée."
    assert item in spoken
    assert spoken.index("Les conditions de la co-construction sont :") < spoken.index(item)


def test_an_announcement_without_its_list_is_not_an_answer() -> None:
    text = "La charte engage la commune. Les engagements de la charte sont :"
    assert "Les engagements de la charte sont :" not in texts(answer("engagements charte", hit(text)))


def test_a_warning_comes_only_to_those_who_ask_for_it() -> None:
    asked = texts(answer("Quels sont les pièges de la confiance ?", hit(CONDITIONS)))
    assert asked[0] == "Promettre trop vite ruine la confiance."
    other = texts(answer("Qu'est-ce que la confiance dans la co-construction ?", hit(CONDITIONS)))
    assert other[0] != "Promettre trop vite ruine la confiance."


def test_a_trap_is_never_told_without_the_heading_that_calls_it_one() -> None:
    traps = "Le maire porte la démarche.\n\n## Pièges\n\n- Avancer sans le maire : tout s'arrête.\n- Promettre."
    said = answer("Quels sont les pièges sans le maire ?", hit(traps))
    at = texts(said).index("Avancer sans le maire : tout s'arrête.")
    assert (said[at - 1].text, said[at].layout) == ("Pièges", Layout.ITEM)


@pytest.mark.parametrize(
    ("question", "weighs"),
    [
        ("À partir de quelle somme signer une convention ?", {"part": 0.5, "somm": 0.5, "sign": 1, "convent": 1}),
        ("Comment fixer le montant d'une convention ?", {"fix": 1, "mont": 1, "convent": 1}),
    ],
)
def test_words_that_name_the_form_of_the_answer_count_for_half(question: str, weighs: dict[str, float]) -> None:
    inquiry = inquire(question)
    assert emphasised(dict.fromkeys(terms(inquiry.query), 1.0), inquiry.kind) == weighs


def test_of_sentences_with_the_same_words_the_nearest_in_meaning_comes_first() -> None:
    inquiry, found = (
        inquire("Que fait la charte ?"),
        hit("Début.\n\nLa charte lie.\n\nLa charte dort.\n\nLa charte dure."),
    )
    weights = {"chart": 1.0}
    for nearest in ("La charte lie.", "La charte dort.", "La charte dure."):
        likeness = {"La charte lie.": 0.8, "La charte dort.": 0.8, "La charte dure.": 0.8} | {nearest: 0.95}
        assert rank(inquiry, [found], weights, likeness)[0].text == nearest


def test_a_sentence_without_a_vector_is_as_near_as_its_passage() -> None:
    inquiry, weights = inquire("Que fait la charte ?"), {"chart": 1.0}
    found = replace(hit("Début.\n\nLa charte lie.\n\nLa charte dort."), cosine=0.9)
    assert rank(inquiry, [found], weights, {"La charte dort.": 0.85})[0].text == "La charte lie."
    assert rank(inquiry, [found], weights, {"La charte dort.": 0.95})[0].text == "La charte dort."


# --- Exactness

NUMBERS = (
    "Les maires sont nombreux à y croire. En 2016, 87 % des maires croient aux alliances. Patricia Andriot préside."
)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Combien de maires croient aux alliances ?", "En 2016, 87 % des maires croient aux alliances."),
        ("Quand les maires croient-ils aux alliances ? date", "En 2016, 87 % des maires croient aux alliances."),
        ("Qui préside ?", "Patricia Andriot préside."),
    ],
)
def test_a_number_a_date_and_a_name_come_first_where_they_are_asked_for(question: str, first: str) -> None:
    assert texts(answer(question, hit(NUMBERS)))[0] == first


@pytest.mark.parametrize(
    ("question", "exact"),
    [
        ("Combien de maires croient aux alliances ?", True),
        ("Combien de communes croient aux alliances ?", False),
        ("Combien coûte une charte ?", False),
        ("Pourquoi les maires croient-ils aux alliances ?", True),
    ],
)
def test_whether_the_figure_asked_for_is_there_is_known(question: str, exact: bool) -> None:
    inquiry, weights = inquire(question), dict.fromkeys(terms(question), 1.0)
    assert is_exact(inquiry, rank(inquiry, [hit(NUMBERS)], weights), weights) is exact


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "Les titres seuls", "# Un titre\n\n## Un autre"])
def test_nothing_to_say_is_nothing_said(text: str) -> None:
    assert answer("Quels sont les titres ?", hit(text)) == []


def test_nothing_found_is_nothing_said() -> None:
    assert answer("Quels sont les freins ?") == []


# --- Whatever the texts

SUBJECTS = ["La charte", "La commune", "Une association", "Le conseil municipal", "L'élue", "Le budget", "Un habitant"]
VERBS = ["engage", "finance", "écoute", "réunit", "évalue", "anime", "refuse", "prépare"]
OBJECTS = ["les services", "la démarche pour trois ans", "87 % des projets", "un cadre clair", "les bénévoles en 2016"]
sentences = st.builds("{} {} {}.".format, *map(st.sampled_from, (SUBJECTS, VERBS, OBJECTS)))
paragraphs = st.lists(sentences, min_size=1, max_size=6).map(" ".join)
pointers = st.sampled_from(["Lire la fiche « La charte ».", "Sur la charte, voir aussi les fiches « A » et « B »."])
items = st.one_of(paragraphs, pointers, st.builds("{} {}".format, paragraphs, pointers))
lists = st.lists(items, min_size=1, max_size=5).map(
    lambda items: "La charte engage la commune ainsi :\n\n" + "\n".join(f"- {item}" for item in items)
)
headings = sentences.map(lambda sentence: f"## {sentence[:-1]}")
fiches = st.lists(st.one_of(paragraphs, lists, headings, pointers), min_size=1, max_size=7).map("\n\n".join)
questions = st.sampled_from(
    [
        "Que finance la commune ?",
        "Quelles sont les conditions de la charte ?",
        "Comment la commune écoute-t-elle les habitants ?",
        "Combien de projets sont financés ?",
        "La charte en trois puces",
        "La charte en deux phrases",
        "La charte engage-t-elle la commune ?",
        "Qui anime ?",
        "charte",
        "",
    ]
)
found_fiches = st.lists(st.tuples(fiches, st.sampled_from([*SUBJECTS, ""]), st.floats(0, 1)), max_size=4)


@given(questions, found_fiches)
def test_what_is_said_is_whole_sentences_and_items_never_pointers_and_headings_above_items_alone(
    question: str, drawn: list[tuple[str, str, float]]
) -> None:
    hits = [hit(text, title, score, f"fiches/{at}.md") for at, (text, title, score) in enumerate(drawn)]
    passages = {h.passage for h in hits}
    said = answer(question, *hits)
    for excerpt, after in zip_longest(said, said[1:]):
        assert excerpt.passage in passages
        leads = after is not None and after.layout is Layout.ITEM
        every = segment(excerpt.passage.text, excerpt.passage.headings)
        blocks = [block for block in every if block.kind is not Kind.HEADING or leads]
        starts = {start for block in blocks for start, _ in block.sentences}
        ends = {end for block in blocks for _, end in block.sentences}
        assert excerpt.start in starts
        assert excerpt.end in ends
        assert "fiche" not in excerpt.text


@given(questions, found_fiches)
def test_an_answer_is_short_beside_its_list_and_says_nothing_twice(
    question: str, drawn: list[tuple[str, str, float]]
) -> None:
    hits = [hit(text, title, score, f"fiches/{at}.md") for at, (text, title, score) in enumerate(drawn)]
    found = answer(question, *hits)
    prose = [excerpt.text for excerpt in found if excerpt.layout is not Layout.ITEM]
    assert sum(len(text.split()) for text in prose) <= 120
    places = [(excerpt.passage.source, excerpt.start) for excerpt in found]
    assert len(places) == len(set(places))
    plain = [excerpt.text for excerpt in found if excerpt.layout is not Layout.ITEM and not excerpt.text.endswith(":")]
    assert len(plain) == len(set(plain))
