import json
from dataclasses import replace
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from assistant import Answer, Citation, Claim, Layout, Mode
from knowledge import Passage, Reference, Support

RTES = Reference("S01", "RTES", "Retour sur la soirée", "2016-12-10", "https://example.org/rtes")
RAMEAU = Reference("S02", "Le RAMEAU", "Le référentiel", "2016-11", "")
TEXT = "L’élu anime. Il écoute les habitants. Il garde la décision."
PASSAGE = Passage(
    "fiches/posture.md",
    "Changer de posture",
    TEXT,
    100,
    section="Changer de posture › Pourquoi",
    url="https://example.org/posture",
    part="Conditions",
    supports=(Support(0, 12, RTES), Support(13, 37, RAMEAU)),
)
WHOLE = Citation(1, PASSAGE, 0, len(TEXT))


def test_a_citation_quotes_the_very_words_of_its_passage() -> None:
    citation = Citation(1, PASSAGE, 13, 37)
    assert citation.quote == "Il écoute les habitants."
    assert citation.before + citation.quote + citation.after == TEXT


def test_a_citation_rests_on_what_its_own_words_rest_on() -> None:
    assert Citation(1, PASSAGE, 13, 37).references == (RAMEAU,)
    assert WHOLE.references == (RTES, RAMEAU)
    assert Citation(1, PASSAGE, 38, len(TEXT)).references == ()


def test_the_place_goes_from_the_part_to_the_section() -> None:
    assert WHOLE.place == "Conditions › Changer de posture › Pourquoi"


def test_the_place_does_not_say_the_title_twice() -> None:
    passage = replace(PASSAGE, part="", section="Changer de posture")
    assert Citation(1, passage, 0, 5).place == "Changer de posture"


def test_the_place_and_the_page_are_those_of_the_quoted_words() -> None:
    text = "Elle dure.\n\nLes freins\n\nLe temps manque."
    passage = replace(PASSAGE, text=text, page=7, headings=(12,), pages=(12,), supports=())
    before, under = Citation(1, passage, 0, 10), Citation(2, passage, 24, len(text))
    assert (before.place.split(" › ")[-1], before.page) == ("Pourquoi", 7)
    assert (under.place.split(" › ")[-1], under.page) == ("Les freins", 8)
    assert under.link.endswith("#page=8")


def test_a_source_without_an_address_has_no_link() -> None:
    assert Citation(1, replace(PASSAGE, url=""), 0, 5).link == ""


def test_a_page_of_a_document_is_linked_by_its_number() -> None:
    assert Citation(1, replace(PASSAGE, page=7), 0, 5).link == "https://example.org/posture#page=7"


def test_short_words_are_linked_whole() -> None:
    fragment = Citation(1, PASSAGE, 13, 37).link.partition("#:~:text=")[2]
    assert unquote(fragment) == "Il écoute les habitants."


def test_long_words_are_linked_by_their_two_ends() -> None:
    words = " ".join(f"mot{n}" for n in range(20))
    fragment = Citation(1, replace(PASSAGE, text=words), 0, len(words)).link.partition("#:~:text=")[2]
    assert unquote(fragment) == "mot0 mot1 mot2 mot3 mot4,mot15 mot16 mot17 mot18 mot19"


def test_dashes_and_commas_of_the_words_do_not_end_the_fragment() -> None:
    passage = replace(PASSAGE, text="co-construire, ensemble & mieux")
    fragment = Citation(1, passage, 0, len(passage.text)).link.partition("#:~:text=")[2]
    assert not {"-", ",", "&", " "} & set(fragment)
    assert unquote(fragment) == passage.text


def test_an_answer_without_a_citation_is_an_abstention_whatever_its_words() -> None:
    assert Answer("q", (Claim("Oui, assurément.", (1,)),)).is_abstention
    assert not Answer("q", (), (WHOLE,)).is_abstention


def test_marks_follow_their_claim() -> None:
    assert Claim("Texte.", (1, 3)).marked == "Texte. [1] [3]"
    assert Claim("Texte.").marked == "Texte."


def test_the_text_parts_paragraphs_and_lists() -> None:
    claims = (
        Claim("Voici :", (1,), Layout.PARAGRAPH),
        Claim("un", (1,), Layout.ITEM),
        Claim("deux", (2,), Layout.ITEM),
        Claim("Après.", (1,)),
        Claim("Suite.", (2,)),
        Claim("Ailleurs.", (3,), Layout.PARAGRAPH),
    )
    assert Answer("q", claims).text == ("Voici : [1]\n\n- un [1]\n- deux [2]\n\nAprès. [1] Suite. [2]\n\nAilleurs. [3]")


layouts = st.sampled_from(Layout)
claims = st.builds(Claim, st.sampled_from(["Un.", "Deux.", "Trois :"]), st.just((1,)), layouts)


@given(st.lists(claims, max_size=8))
def test_no_claim_is_lost_or_glued_in_the_text(claims: list[Claim]) -> None:
    text = Answer("q", tuple(claims)).text
    assert text.count("[1]") == len(claims)
    assert "\n\n\n" not in text
    assert text == text.strip()
    items = sum(claim.layout is Layout.ITEM for claim in claims)
    assert sum(line.startswith("- ") for line in text.split("\n")) == items


def test_json_holds_everything_that_the_page_shows() -> None:
    answer = Answer(
        "Qui décide ?",
        (Claim("Il garde la décision.", (1,), Layout.PARAGRAPH),),
        (Citation(1, PASSAGE, 38, len(TEXT)),),
        notes=("Une note.",),
        leads=(PASSAGE,),
        suggestions=("Que dit la fiche ?",),
        mode=Mode.GENERATED,
    )
    record = json.loads(json.dumps(answer.to_dict(), ensure_ascii=False))
    assert record["question"] == "Qui décide ?"
    assert record["text"] == "Il garde la décision. [1]"
    assert record["is_abstention"] is False
    assert record["mode"] == "rédigé"
    assert record["claims"] == [{"text": "Il garde la décision.", "numbers": [1], "layout": "paragraph"}]
    assert record["notes"] == ["Une note."]
    (lead,) = record["leads"]
    assert (lead["source"], lead["title"]) == ("fiches/posture.md", "Changer de posture")
    assert (lead["text"], lead["url"]) == (TEXT, "https://example.org/posture")
    assert [reference["code"] for reference in lead["references"]] == [
        reference.code for reference in PASSAGE.references(0, len(TEXT))
    ]
    assert record["suggestions"] == ["Que dit la fiche ?"]


def test_json_places_a_quote_in_its_source() -> None:
    (citation,) = Answer("q", (), (Citation(1, PASSAGE, 13, 37),)).to_dict()["citations"]
    assert citation["quote"] == "Il écoute les habitants."
    assert citation["before"] + citation["quote"] + citation["after"] == TEXT
    assert (citation["start"], citation["end"]) == (113, 137)
    assert citation["references"] == [
        {"code": "S02", "publisher": "Le RAMEAU", "title": "Le référentiel", "date": "2016-11", "url": ""}
    ]
