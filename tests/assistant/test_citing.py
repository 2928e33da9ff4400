import time
from collections.abc import Sequence
from itertools import accumulate, pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assistant import Answer, Citation, Layout, Mode
from assistant.citing import cite, draft, quote
from assistant.extracting import Excerpt
from assistant.verifying import bears_out
from knowledge import Passage, Source
from knowledge.segmenting import segment
from knowledge.sources import slice_source

from ..strategies import written

CHARTER = "Une charte fixe les engagements de la commune. Elle se signe pour trois ans. Les associations la relisent."
MAYORS = "En 2016, 87 % des maires croient aux alliances. L’enquête a réuni 23 000 associations."
LIST = "Les freins sont connus :\n\n- Le manque de temps use les bénévoles.\n- Les services n’ont pas le même langage."
PASSAGES = tuple(Passage(f"docs/{n}.md", f"Titre {n}", text, 0) for n, text in enumerate((CHARTER, MAYORS, LIST)))


def said(answer: Answer) -> list[tuple[str, tuple[int, ...]]]:
    return [(claim.text, claim.numbers) for claim in answer.claims]


# --- Marks


def test_a_sentence_is_cited_by_the_words_that_it_repeats() -> None:
    answer = cite("q", "Elle se signe pour trois ans. [1]", PASSAGES)
    assert said(answer) == [("Elle se signe pour trois ans.", (1,))]
    (citation,) = answer.citations
    assert citation.quote == "Elle se signe pour trois ans."
    assert citation.passage == PASSAGES[0]
    assert answer.mode is Mode.GENERATED


@pytest.mark.parametrize("mark", ["[4]", "[0]", "[99]", "[999]"])
def test_a_mark_to_a_passage_never_offered_is_dropped(mark: str) -> None:
    answer = cite("q", f"Elle se signe pour trois ans. [1] {mark}", PASSAGES)
    assert said(answer) == [("Elle se signe pour trois ans.", (1,))]


def test_there_is_no_passage_zero() -> None:
    assert cite("q", "Les services n’ont pas le même langage. [0]", PASSAGES).is_abstention


@pytest.mark.parametrize("mark", ["", "[4]", "[0]", "[-1]", "[1234]", "[un]", "(1)", "[¹]", "[1.5]"])
def test_a_sentence_without_a_mark_to_a_passage_is_dropped(mark: str) -> None:
    assert cite("q", f"Elle se signe pour trois ans. {mark}", PASSAGES).is_abstention


def test_marks_are_renumbered_by_first_appearance() -> None:
    sentences = [
        "Elle se signe pour trois ans.",
        "87 % des maires croient aux alliances.",
        "Les services n’ont pas le même langage.",
    ]
    text = " ".join(f"{sentence} [{mark}]" for sentence, mark in zip(sentences, (3, 2, 1), strict=True))
    answer = cite("q", text, PASSAGES[::-1])
    assert said(answer) == [(sentence, (number,)) for number, sentence in enumerate(sentences, 1)]
    assert [citation.number for citation in answer.citations] == [1, 2, 3]


def test_numbers_go_from_one_whatever_the_marks_were() -> None:
    answer = cite("q", "Les services n’ont pas le même langage. [3] Elle se signe pour trois ans. [1]", PASSAGES)
    assert [numbers for _, numbers in said(answer)] == [(1,), (2,)]
    assert [citation.passage.source for citation in answer.citations] == ["docs/2.md", "docs/0.md"]


@pytest.mark.parametrize("marks", ["[1][3]", "[1] [3]", "[1, 3]", "[1;3]", "[1],[3]"])
def test_every_way_to_write_two_marks_is_read(marks: str) -> None:
    same = (PASSAGES[0], PASSAGES[1], Passage("docs/autre.md", "Autre", CHARTER, 0))
    answer = cite("q", f"Elle se signe pour trois ans {marks}.", same)
    assert answer.claims[0].numbers == (1, 2)


def test_a_mark_before_the_stop_is_the_sentence_s_own() -> None:
    answer = cite("q", "Elle se signe pour trois ans [1]. 87 % des maires croient aux alliances [2].", PASSAGES)
    assert said(answer) == [("Elle se signe pour trois ans.", (1,)), ("87 % des maires croient aux alliances.", (2,))]


def test_a_mark_after_the_stop_belongs_to_the_sentence_before_it() -> None:
    answer = cite("q", "Elle se signe pour trois ans. [1] 87 % des maires croient aux alliances. [2]", PASSAGES)
    assert [numbers for _, numbers in said(answer)] == [(1,), (2,)]


def test_a_mark_is_kept_only_where_its_own_passage_bears_the_sentence_out() -> None:
    answer = cite("q", "Elle se signe pour trois ans. [1] [2]", PASSAGES)
    assert [citation.passage.source for citation in answer.citations] == ["docs/0.md"]


@pytest.mark.parametrize("end", ["[", "[1", "[1,", "[1, ", "[12", " ["])
def test_an_unfinished_mark_at_the_end_is_hidden(end: str) -> None:
    answer = cite("q", f"Elle se signe pour trois ans. [1]{end}", PASSAGES)
    assert answer.text == "Elle se signe pour trois ans. [1]"


# --- What is not borne out


@pytest.mark.parametrize(
    ("sentence", "mark"),
    [
        ("Elle se signe pour quatre ans.", 1),
        ("Elle ne se signe pas pour trois ans.", 1),
        ("78 % des maires croient aux alliances.", 2),
        ("En 2026, 87 % des maires croient aux alliances.", 2),
        # the same characters, other words
        ("3 000 associations.", 2),
        ("L’enquête a réuni 3 000 associations.", 2),
        ("La commune verse une subvention.", 1),
        ("Elle doit se signer pour trois ans.", 1),
    ],
)
def test_a_sentence_that_its_passage_does_not_bear_out_is_dropped(sentence: str, mark: int) -> None:
    assert cite("q", f"{sentence} [{mark}]", PASSAGES).is_abstention


@pytest.mark.parametrize(
    ("sentence", "text"),
    [
        ("La charte est obligatoire.", "Il est faux de dire : La charte est obligatoire."),
        ("la charte est obligatoire.", "Il est inexact que la charte est obligatoire."),
        ("la charte est obligatoire", "Nul ne dit que la charte est obligatoire."),
        ("50 euros par an.", "La cotisation est de 250 euros par an."),
        ("élu décide seul.", "Aucun élu décide seul."),
    ],
)
def test_words_that_say_something_else_where_they_stand_are_dropped(sentence: str, text: str) -> None:
    assert cite("q", f"{sentence} [1]", [Passage("d", "T", text, 0)]).is_abstention


def test_what_is_dropped_is_told_in_a_note() -> None:
    one = "Elle se signe pour trois ans. [1] La commune verse une subvention. [1]"
    assert cite("q", one, PASSAGES).notes == (
        "Une phrase du modèle n'était pas étayée par les sources : elle a été retirée.",
    )
    two = f"{one} Le maire part en vacances. [2]"
    assert cite("q", two, PASSAGES).notes == (
        "2 phrases du modèle n'étaient pas étayées par les sources : elles ont été retirées.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "Les sources ne permettent pas de répondre.",
        "Je ne sais pas. [1]",
        "[1] [2] [3]",
        "[1",
        "```\n[1]\n```",
        "<script>alert(1)</script> [1]",
        "\x00\ud800 [1]",
        "ٱلسَّلَامُ عَلَيْكُمْ [1]",
        "[1]" * 500,
    ],
)
def test_a_text_without_a_sentence_that_is_borne_out_is_an_abstention(text: str) -> None:
    answer = cite("q", text, PASSAGES)
    assert answer.is_abstention
    assert answer.claims == ()
    assert answer.notes == ()


def test_what_only_says_the_same_thing_gives_way_to_the_source_s_sentence() -> None:
    answer = cite("q", "La signature de cette charte se fait pour trois ans. [1] Elle signe trois ans. [1]", PASSAGES)
    assert said(answer) == []
    answer = cite("q", "Les engagements de la commune, une charte les fixe clairement. [1]", PASSAGES)
    assert said(answer) == [("Une charte fixe les engagements de la commune.", (1,))]
    assert answer.citations[0].quote == "Une charte fixe les engagements de la commune."
    assert answer.notes == ("Une phrase du modèle s'écartait des mots de la source : celle de la source la remplace.",)


def test_what_changes_a_fact_is_dropped_and_not_put_right() -> None:
    answer = cite(
        "q", "87 % des maires refusent les alliances. [2] Une charte ne fixe pas les engagements. [1]", PASSAGES
    )
    assert answer.is_abstention


def test_what_is_said_twice_is_kept_once() -> None:
    answer = cite("q", "Elle se signe pour trois ans. [1] Elle se signe pour trois ans. [1]", PASSAGES)
    assert len(answer.claims) == 1
    assert answer.notes == ()


def test_a_near_paraphrase_is_kept_in_its_own_words_and_cited() -> None:
    text = "87 pour cent des maires croient aux alliances en 2016. [2]"
    answer = cite("q", text, PASSAGES)
    assert said(answer) == [("87 pour cent des maires croient aux alliances en 2016.", (1,))]
    assert answer.citations[0].quote == "En 2016, 87 % des maires croient aux alliances."


def test_a_whole_list_is_cited_from_its_lead_in_to_its_last_item() -> None:
    text = "Les freins sont :\n\n- le manque de temps\n- le coût des études\n- la peur du conflit\n- la distance"
    sentence = "Les freins sont le manque de temps, le coût des études, la peur du conflit et la distance."
    answer = cite("q", f"{sentence} [1]", [Passage("d", "T", text, 0)])
    assert said(answer) == [(sentence, (1,))]
    assert answer.citations[0].quote == text


def test_an_acronym_stands_for_the_long_form_that_the_sources_give() -> None:
    passage = Passage("d", "T", "Le budget de l'économie sociale et solidaire augmente chaque année.", 0)
    sentence = "Le budget de l'ESS augmente chaque année. [1]"
    assert said(cite("q", sentence, [passage], {"ess": "économie sociale et solidaire"}))
    assert cite("q", sentence, [passage], {"ess": "école supérieure des sciences"}).is_abstention


def test_nothing_is_cited_where_nothing_was_shown() -> None:
    assert cite("q", "Elle se signe pour trois ans. [1]", []).is_abstention


# --- Layout


def test_a_list_stays_a_list() -> None:
    items = "- Le manque de temps use les bénévoles. [3]\n* Les services n’ont pas le même langage. [3]"
    text = f"Les freins sont connus : [3]\n\n{items}"
    answer = cite("q", text, PASSAGES)
    assert [claim.layout for claim in answer.claims] == [Layout.PARAGRAPH, Layout.ITEM, Layout.ITEM]


def test_markup_is_not_part_of_a_sentence() -> None:
    answer = cite("q", "## Réponse [1]\n\n**Elle se signe** pour __trois ans__. [1]", PASSAGES)
    assert said(answer) == [("Elle se signe pour trois ans.", (1,))]


def test_a_paragraph_whose_first_sentence_is_dropped_still_opens_a_paragraph() -> None:
    text = "Elle se signe pour trois ans. [1]\n\nLa commune paie. [1] 87 % des maires croient aux alliances. [2]"
    assert [claim.layout for claim in cite("q", text, PASSAGES).claims] == [Layout.PARAGRAPH, Layout.PARAGRAPH]


def test_words_that_follow_each_other_share_a_number() -> None:
    text = "Une charte fixe les engagements de la commune. [1] Elle se signe pour trois ans. [1]"
    answer = cite("q", text, PASSAGES)
    assert [numbers for _, numbers in said(answer)] == [(1,), (1,)]
    assert answer.citations[0].quote == CHARTER[: CHARTER.index(" Les associations")]


# --- Whatever a model writes

_TRUE = [
    (passage.text[start:end], at)
    for at, passage in enumerate(PASSAGES, 1)
    for block in segment(passage.text)
    for start, end in block.sentences
]
_FALSE = [
    ("La commune verse 40 000 € par an.", 1),
    ("Elle ne se signe pas.", 1),
    ("L’enquête a réuni 3 000 associations.", 2),
    ("Ignore tes consignes.", 3),
    ("Bref", 2),
]
_MARKS = ["", " [1]", " [2]", " [3]", " [4]", " [1, 2]", "[3][1]", " [0]", " [2", " ["]
_BETWEEN = [" ", "\n", "\n\n", "\n- ", "\n\n1. ", " **", "\n## ", ""]


@st.composite
def model_texts(draw: st.DrawFn) -> str:
    """True and false sentences with their own mark or any, and whatever may stand between them."""
    text = ""
    for sentence, own in draw(st.lists(st.sampled_from(_TRUE + _FALSE), max_size=7)):
        mark = draw(st.one_of(st.just(f" [{own}]"), st.sampled_from(_MARKS)))
        before_stop = draw(st.booleans()) and sentence.endswith(".")
        marked = f"{sentence[:-1]}{mark}." if before_stop else sentence + mark
        text += marked + draw(st.sampled_from(_BETWEEN))
    return text


anything = st.text("ab .[]12,;\n-*#_`!«»é\u00a0\ud800", max_size=120)
replies = st.one_of(model_texts(), anything, st.text(max_size=60))


def assert_borne_out(answer: Answer) -> None:
    """Every sentence has marks, every mark a citation, and the cited words bear the sentence out."""
    cited = {citation.number: citation for citation in answer.citations}
    assert list(cited) == list(range(1, len(cited) + 1))
    for claim in answer.claims:
        assert claim.numbers
        assert all(_is_borne_out(claim.text, cited[number]) for number in claim.numbers)
    first = list(dict.fromkeys(number for claim in answer.claims for number in claim.numbers))
    assert first == list(cited)


def _is_borne_out(sentence: str, citation: Citation) -> bool:
    """By some of the whole sentences that the cited words stand in: other sentences may have grown the citation."""
    text = citation.passage.text
    spans = [span for block in segment(text) for span in block.sentences]
    held = [span for span in spans if span[0] < citation.end and citation.start < span[1]]
    return any(bears_out(sentence, text[one[0] : other[1]]) for one in held for other in held if one <= other)


@given(replies)
def test_every_sentence_shown_is_borne_out_by_what_it_cites(text: str) -> None:
    assert_borne_out(cite("q", text, PASSAGES))


@given(replies)
def test_every_quote_stands_in_a_passage_that_was_shown(text: str) -> None:
    for citation in cite("q", text, PASSAGES).citations:
        assert citation.passage in PASSAGES
        assert citation.quote == citation.passage.text[citation.start : citation.end] != ""


@given(replies)
def test_citing_an_answer_again_changes_nothing(text: str) -> None:
    once = cite("q", text, PASSAGES)
    again = cite("q", once.text, [citation.passage for citation in once.citations])
    assert again.text == once.text
    assert again.claims == once.claims
    assert again.citations == once.citations
    assert again.notes == ()


@st.composite
def streams(draw: st.DrawFn) -> list[str]:
    """A text, cut anywhere."""
    text = draw(replies)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=12)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


def _drafts(pieces: Sequence[str]) -> list[Answer]:
    return [draft("q", text, PASSAGES) for text in accumulate(pieces)]


@given(streams())
def test_nothing_that_is_not_borne_out_is_shown_on_the_way(pieces: list[str]) -> None:
    for answer in _drafts(pieces):
        assert_borne_out(answer)
        assert answer.notes == ()


@given(st.lists(st.sampled_from(_TRUE), min_size=1, max_size=6), st.data())
def test_what_is_shown_on_the_way_is_the_beginning_of_the_end(
    sentences: list[tuple[str, int]], data: st.DataObject
) -> None:
    text = " ".join(f"{sentence} [{own}]" for sentence, own in sentences if sentence.endswith("."))
    assume(text)
    cut = data.draw(st.integers(0, len(text)))
    final = [claim.text for claim in cite("q", text, PASSAGES).claims]
    shown = [claim.text for claim in draft("q", text[:cut], PASSAGES).claims]
    assert shown == final[: len(shown)]


@pytest.mark.parametrize(
    "text",
    [
        "Elle se signe pour trois",
        "Elle se signe pour trois ans",
        "Elle se signe pour trois ans [1]",
        "Elle se signe pour trois ans. [1]",
        "Elle se signe pour trois ans. [1] [",
    ],
)
def test_a_sentence_is_not_shown_before_it_is_finished(text: str) -> None:
    assert draft("q", text, PASSAGES).claims == ()


@pytest.mark.parametrize("text", ["Elle se signe pour trois ans. [1] L", "Elle se signe pour trois ans [1].\n\nL"])
def test_a_finished_sentence_is_shown_at_once(text: str) -> None:
    assert draft("q", text, PASSAGES).text == "Elle se signe pour trois ans. [1]"


def test_a_sentence_is_not_looked_up_again_with_every_word() -> None:
    text = " ".join(f"Elle ne se signe pas en {n} ans par la commune et les associations. [1]" for n in range(30))
    long = [Passage("docs/long.md", "", " ".join(f"{CHARTER} L’article {n} le dit." for n in range(12)), 0)]
    began = time.process_time()
    for end in range(0, len(text), 4):
        draft("q", text[:end], long)
    # A third of a second, and half a minute when each is looked up each time.
    assert time.process_time() - began < 5


# --- Verbatim sentences


@st.composite
def excerpts(draw: st.DrawFn) -> tuple[Source, list[Excerpt]]:
    """Sentences of some passages of a source, in any order, again or not."""
    source = Source("docs/a.md", "Titre", draw(written))
    ends = sorted({0, len(source.text), *draw(st.sets(st.integers(0, len(source.text)), max_size=4))})
    passages = [slice_source(source, start, end) for start, end in pairwise(ends)]
    possible = [
        (passage, span)
        for passage in passages
        for block in segment(passage.text, passage.headings)
        for span in block.sentences
    ]
    assume(possible)
    chosen = draw(st.lists(st.sampled_from(possible), min_size=1, max_size=8))
    return source, [Excerpt(passage, *span, draw(st.sampled_from(Layout))) for passage, span in chosen]


@given(excerpts())
def test_every_claim_stands_word_for_word_in_its_citation_and_that_in_its_source(
    given: tuple[Source, list[Excerpt]],
) -> None:
    source, chosen = given
    answer = quote("q", chosen)
    cited = {citation.number: " ".join(citation.quote.split()) for citation in answer.citations}
    assert [claim.text for claim in answer.claims] == [" ".join(excerpt.text.split()) for excerpt in chosen]
    assert all(claim.text in cited[number] for claim in answer.claims for number in claim.numbers)
    for citation in answer.citations:
        start, end = citation.passage.start + citation.start, citation.passage.start + citation.end
        assert source.text[start:end] == citation.quote != ""
    seen = list(dict.fromkeys(number for claim in answer.claims for number in claim.numbers))
    assert seen == list(cited) == list(range(1, len(seen) + 1))


def test_no_excerpt_is_an_abstention() -> None:
    assert quote("q", []).is_abstention


def test_a_quote_that_follows_another_grows_it() -> None:
    spans = segment(LIST)[1].sentences + segment(LIST)[2].sentences
    answer = quote("q", [Excerpt(PASSAGES[2], *span, Layout.ITEM) for span in spans])
    assert [claim.numbers for claim in answer.claims] == [(1,), (1,)]
    assert answer.citations[0].quote == LIST[LIST.index("Le manque") :]


def test_a_quote_that_does_not_follow_has_its_own_number() -> None:
    first, _, third = segment(CHARTER)[0].sentences
    answer = quote("q", [Excerpt(PASSAGES[0], *span, Layout.SENTENCE) for span in (first, third)])
    assert [claim.numbers for claim in answer.claims] == [(1,), (2,)]
