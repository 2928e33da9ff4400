import pytest
from hypothesis import given

from knowledge.settings import LEXICON
from knowledge.translating import in_french, is_english, read_lexicon

from ..strategies import anything

KNOWN = read_lexicon(
    "# commentaire = rien\n\ngrant, subsidy = subvention\npublic contract = marché\ncontract = contrat\n"
    "won = gagner\nplease, won't, go =\ngo ahead = accord\n"
)


@pytest.mark.parametrize(
    "question",
    [
        "Who chairs Le RAMEAU?",
        "What is the grant for?",
        "How many associations sit on Montreuil's council?",
        "WHERE DO WE START?",
        "May we sign a convention pluriannuelle d’objectifs?",
    ],
)
def test_a_question_in_english_is_told(question: str) -> None:
    assert is_english(question)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "subvention",
        "Qui préside Le RAMEAU ?",
        "On a un plan B, or not ?",
        "co-construction association commune",
        "L'open data dans la commune",
        "C'est quoi le « who's who » des associations ?",
    ],
)
def test_a_question_in_french_or_without_small_words_is_not(question: str) -> None:
    assert not is_english(question)


@pytest.mark.parametrize(
    ("question", "french"),
    [
        ("What is a grant?", "subvention"),
        ("Are there subsidies?", "subvention"),
        ("a public contract", "marché"),
        ("a contract", "contrat"),
        ("Is the grant of Montreuil from 2016?", "subvention montreuil 2016"),
        ("", ""),
        ("please", ""),
        ("Please, the grant: won't it go to Montreuil?", "subvention montreuil"),
        ("Who won the go ahead?", "gagner accord"),
    ],
)
def test_known_expressions_are_put_into_french_and_the_rest_is_kept(question: str, french: str) -> None:
    assert in_french(question, KNOWN) == french


def test_what_is_given_twice_is_joined() -> None:
    assert in_french("the share", read_lexicon("share = part\nshare, shared = partagé part")) == "part partagé"


@given(anything)
def test_any_text_is_put_into_french(text: str) -> None:
    assert isinstance(in_french(text, KNOWN), str)
    assert isinstance(is_english(text), bool)


def test_the_lexicon_that_comes_with_the_project_can_be_read() -> None:
    text = LEXICON.read_text(encoding="utf-8")
    lexicon = read_lexicon(text)
    lines = [line.partition("=") for line in text.splitlines() if "=" in line and line[0] != "#"]
    assert len(lexicon) > 1200
    assert all(lexicon)
    assert all(
        bool(in_french(way, lexicon)) == bool(french.strip())
        for english, _, french in lines
        for way in english.split(",")
    )
    assert in_french("call for projects", lexicon) == "appel projet"


@pytest.mark.parametrize(
    ("question", "french"),
    [
        ("Please, what exactly should one really do?", ""),
        ("Won't we still get it already? Don't go!", ""),
        ("Who won?", "gagner"),
        ("Does the RTES speak of Tours, Nice or blockchain?", "rtes parler parole tours nice blockchain"),
        ("Where do I renew my passport?", "renouvellement passeport"),
        ("What is the weather like?", "météo"),
        ("Is there a recipe?", "culinaire"),
    ],
)
def test_the_lexicon_drops_what_tells_nothing_and_keeps_names_and_what_is_about_something_else(
    question: str, french: str
) -> None:
    assert in_french(question, read_lexicon(LEXICON.read_text(encoding="utf-8"))) == french
