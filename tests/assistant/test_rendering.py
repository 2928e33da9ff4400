import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from assistant import Answer, Citation, Claim, Layout, Mode
from assistant.greeting import courtesy
from assistant.rendering import NO_SOURCES, Turn, chat_markdown, literal, panel_html, plain_text, shortened, typeset
from knowledge import Passage, Reference, Support

from .conftest import hostile_strings

YEAR = 2026
OLD = Reference("S01", "RTES", "Retour sur la soirée « Alliances »", "2016-12-10", "https://rtes.example/retour")
RECENT = Reference("S02", "Ville de Nantes", "La charte", "2024", "")
TEXT = "Une introduction.\n\nLes conditions sont :\n\n- Un terrain.\n- Une charte.\n\nUne conclusion."
PASSAGE = Passage(
    source="jardins/conditions.md",
    title="Les conditions",
    text=TEXT,
    start=0,
    section="Les trois conditions",
    publisher="Référentiel",
    date="2026-01-05",
    part="Conditions",
    supports=(Support(0, 20, OLD), Support(20, len(TEXT), RECENT)),
)
START, END = TEXT.index("Les"), TEXT.index("\n\nUne conclusion")
CITATION = Citation(1, PASSAGE, START, END)
ANSWER = Answer(
    "Quelles conditions ?",
    (
        Claim("Les conditions sont :", (1,)),
        Claim("Un terrain.", (1,), Layout.ITEM),
        Claim("Une charte.", (1,), Layout.ITEM),
        Claim("Et voilà.", (1,), Layout.PARAGRAPH),
    ),
    (CITATION,),
)
ABSTENTION = Answer("Quoi ?", (Claim("Je n'ai pas trouvé."),), leads=(PASSAGE,), suggestions=("Que dit la fiche ?",))

# What a Markdown renderer with every usual extension makes of the text; HTML is let through, so that it is seen.
MARKDOWN = MarkdownIt("commonmark", {"html": True, "breaks": True}).enable(["table", "strikethrough"])

anything = st.text(st.characters(exclude_categories=["Cs"]))
pieces = [*"<>&\"'`*_[]()!#-+=|~$\\/:.@\n\t éa", "https://", "www."]
wicked = st.lists(st.sampled_from(pieces)).map("".join)
texts = anything | wicked


class Tags(HTMLParser):
    """The tags of some HTML, its links and the words between the tags."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.tags.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.tags.append(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self.tags.append(f"<?{data}")


def spaced(text: str) -> str:
    return " ".join(text.split())


def held_everywhere(text: str) -> Answer:
    """An answer with `text` wherever an answer can hold words."""
    reference = Reference(text, text, text, text[:4], text)
    passage = Passage(
        text, text, f"a{text}z", 0, text, None, text, text, "", text, supports=(Support(0, 1, reference),)
    )
    claims = tuple(Claim(text, (1,), layout) for layout in Layout)
    return Answer(text, claims, (Citation(1, passage, 1, 1 + len(text)),), notes=(text,))


# --- The chat


def test_a_mark_links_to_its_card() -> None:
    assert "(#source-3-1 " in chat_markdown(ANSWER, 3)
    assert Tags(MARKDOWN.render(chat_markdown(ANSWER, 3))).links == ["#source-3-1"] * 4


def test_a_mark_is_titled_with_the_place_of_its_source() -> None:
    html = MARKDOWN.render(chat_markdown(ANSWER, 1))
    assert 'title="Conditions › Les conditions › Les trois conditions"' in html


def test_claims_are_laid_out_in_paragraphs_and_lists() -> None:
    html = MARKDOWN.render(chat_markdown(ANSWER, 1))
    assert [tag for tag in Tags(html).tags if tag != "a"] == ["p", "ul", "li", "li", "p"]


def test_the_chat_says_the_words_of_the_answer() -> None:
    assert spaced(Tags(MARKDOWN.render(chat_markdown(ANSWER, 1))).words) == spaced(ANSWER.text.replace("- ", ""))


def test_a_mark_in_the_words_of_a_source_is_no_link() -> None:
    answer = Answer("?", (Claim("Selon l'étude [1], tout va bien.", (1,)),), (CITATION,))
    assert Tags(MARKDOWN.render(chat_markdown(answer, 1))).links == ["#source-1-1"]


def test_notes_follow_the_answer() -> None:
    assert chat_markdown(replace(ANSWER, notes=("À savoir",)), 1).endswith("\n\n*À savoir*")


def test_a_text_written_by_a_model_is_said_to_be() -> None:
    assert "modèle de langue" in chat_markdown(replace(ANSWER, mode=Mode.GENERATED), 1)
    assert "modèle de langue" not in chat_markdown(ANSWER, 1)


def test_the_leads_of_an_abstention_link_to_their_cards() -> None:
    found = Tags(MARKDOWN.render(chat_markdown(ABSTENTION, 2)))
    assert found.links == ["#source-2-piste-1"]
    assert "Conditions › Les conditions" in found.words


def test_what_a_person_typed_is_shown_line_by_line() -> None:
    assert Tags(MARKDOWN.render(literal("# un\n<b>deux</b>"))).words.split() == ["#", "un", "<b>deux</b>"]


@given(texts)
def test_no_word_is_markup_in_the_chat(text: str) -> None:
    found = Tags(MARKDOWN.render(chat_markdown(held_everywhere(text), 1)))
    assert set(found.tags) <= {"p", "ul", "li", "a", "em"}
    assert set(found.links) == {"#source-1-1"}


@given(texts)
def test_the_chat_holds_no_raw_angle_bracket(text: str) -> None:
    assert "<" not in chat_markdown(held_everywhere(text), 1)
    assert "<" not in literal(text)


@given(texts)
def test_what_a_person_typed_holds_no_markup(text: str) -> None:
    assert set(Tags(MARKDOWN.render(literal(text))).tags) <= {"p", "br"}


@given(st.text("abc <>&\"'`*_[]()!#-+=|~$\\/:.@", min_size=1))
def test_what_a_person_typed_is_read_as_typed(text: str) -> None:
    assert spaced(Tags(MARKDOWN.render(literal(text))).words) == spaced(text)


@given(texts)
def test_nothing_typed_becomes_a_link_by_itself(text: str) -> None:
    """Gradio's renderer makes links of addresses: GFM's autolinks."""
    assert not re.search(r"(?i)(?:https?|ftp)://|www\.|[\w.+-]@", literal(text))


# --- The panel


def panel(*answers: Answer) -> str:
    return panel_html([Turn(answer.question, answer) for answer in answers], YEAR)


def test_the_panel_waits_for_an_answer() -> None:
    assert panel_html([], YEAR) == panel_html([Turn("Quoi ?"), Turn("", problem="Vide.")], YEAR) == NO_SOURCES


def test_the_marked_words_are_the_quote() -> None:
    marked = re.search("<mark>(.*)</mark>", panel(ANSWER)).group(1)
    shown = Tags(re.sub("<br>|<span[^>]*></span>", " ", marked)).words
    assert spaced(shown) == spaced(CITATION.quote)


def test_a_dash_that_begins_a_line_is_shown_as_a_bullet_and_stays_a_word() -> None:
    marked = re.search("<mark>(.*)</mark>", panel(ANSWER)).group(1)
    assert re.findall('<span class="bullet">(.*?)</span>([^<]*)', marked) == [
        ("- ", "Un terrain."),
        ("- ", "Une charte."),
    ]


def test_the_quote_stands_between_what_surrounds_it() -> None:
    context = Tags(re.search("<blockquote>.*</blockquote>", panel(ANSWER)).group()).words
    assert context.startswith("Une introduction.")
    assert context.endswith("Une conclusion.")


def test_a_card_tells_who_said_it_first_and_when() -> None:
    words = spaced(Tags(panel(ANSWER)).words)
    assert "D'après RTES, « Retour sur la soirée “Alliances” », 10 décembre 2016 plus de cinq ans" in words
    assert "D'après Ville de Nantes, « La charte », 2024Référentiel" in words
    assert "Référentiel, mis à jour le 5 janvier 2026" in words
    assert "Conditions › Les conditions › Les trois conditions" in words


def test_a_source_that_rests_on_nothing_else_tells_its_own_age() -> None:
    passage = replace(PASSAGE, supports=(), part="", date="2014", url="https://exemple.fr/a.pdf", page=3)
    html = panel(replace(ANSWER, citations=(Citation(1, passage, START, END),)))
    assert "Référentiel, 2014, page 3, ouvrir le document plus de cinq ans" in spaced(Tags(html).words)
    assert "https://exemple.fr/a.pdf#page=3" in Tags(html).links


def test_only_addresses_of_the_web_are_links() -> None:
    reference = replace(OLD, url="javascript:alert(1)")
    passage = replace(PASSAGE, url=" javascript:alert(2)", supports=(Support(0, len(TEXT), reference),))
    html = panel(replace(ANSWER, citations=(Citation(1, passage, START, END),)))
    assert Tags(html).links == ["#marque-1-1"]


def test_the_last_answer_comes_first_and_the_others_stay() -> None:
    html = panel(ANSWER, replace(ANSWER, question="Et après ?"))
    assert html.index("Et après") < html.index("Quelles conditions")
    assert html.index('id="source-2-1"') < html.index('id="source-1-1"')


def test_only_the_last_answer_shows_its_sources_unfolded() -> None:
    assert re.findall("<details( open)?><summary><h3>", panel(ANSWER, ANSWER, ANSWER)) == [" open", "", ""]


def test_a_turn_without_an_answer_keeps_its_number() -> None:
    html = panel_html([Turn("Quoi ?", problem="Arrêtée."), Turn("Quelles conditions ?", ANSWER)], YEAR)
    assert 'id="source-2-1"' in html
    assert "Quoi" not in html


def test_a_courtesy_has_no_sources_and_does_not_miss_them() -> None:
    polite = courtesy("merci !")
    assert polite is not None
    assert panel(polite) == NO_SOURCES
    assert panel(ANSWER, polite) == panel(ANSWER)


def test_a_lead_is_said_not_to_be_an_answer() -> None:
    html = panel(ABSTENTION)
    assert "Aucune source n'est citée" in Tags(html).words
    assert "Piste, et non réponse : Les conditions" in spaced(Tags(html).words)
    assert "<mark>" not in html


def test_each_card_leads_back_to_its_mark() -> None:
    assert "#marque-1-1" in Tags(panel(ANSWER)).links


OWN_TAGS = {
    "details",
    "summary",
    "h3",
    "h4",
    "section",
    "p",
    "blockquote",
    "span",
    "br",
    "mark",
    "ul",
    "li",
    "a",
    "strong",
}


@given(texts)
def test_no_word_is_markup_in_the_panel(text: str) -> None:
    answer = held_everywhere(text)
    lead = replace(answer, citations=(), leads=(answer.citations[0].passage,))
    html = MARKDOWN.render(panel(answer, lead))
    found = Tags(html)
    assert set(found.tags) <= OWN_TAGS
    assert found.tags.count("section") == 2
    assert found.tags.count("mark") == 1
    assert all(re.match(r"#marque-|https?://", link, re.IGNORECASE) for link in found.links)


@given(texts)
@example("http://a\n\nb")
def test_the_sources_of_an_answer_are_one_line(text: str) -> None:
    """An empty line would end the HTML for Markdown, and what follows would be read as Markdown."""
    answer = held_everywhere(text)
    for line in panel(answer, answer).split("\n\n"):
        assert re.fullmatch(r"<details[^\r\n]*</details>", line)


@given(st.text("abc \n<>&*_[]`-", min_size=1).filter(str.strip))
def test_the_quote_is_read_word_for_word(text: str) -> None:
    marked = re.search("<mark>(.*)</mark>", panel(held_everywhere(text))).group(1)
    shown = Tags(re.sub("<br>|<span[^>]*></span>", "\n", marked)).words
    assert spaced(shown) == spaced(text)


@pytest.mark.parametrize("name", ["xss-payloads.json", "naughty-strings.json"])
def test_no_string_of_the_shared_lists_is_markup(name: str) -> None:
    for text in hostile_strings(name):
        answer = held_everywhere(text)
        assert set(Tags(MARKDOWN.render(chat_markdown(answer, 1))).tags) <= {"p", "ul", "li", "a", "em"}
        assert set(Tags(MARKDOWN.render(panel(answer))).tags) <= OWN_TAGS
        assert set(Tags(MARKDOWN.render(literal(text))).tags) <= {"p", "br"}


# --- Small things


@pytest.mark.parametrize(
    ("text", "set_"),
    [
        ("Pourquoi ?", "Pourquoi\u00a0?"),
        ("« mot »", "«\u00a0mot\u00a0»"),
        ("87 % : oui", "87\u00a0%\u00a0: oui"),
        ("a ; b !", "a\u00a0; b\u00a0!"),
        ("deux mots", "deux mots"),
    ],
)
def test_french_marks_stay_with_their_word(text: str, set_: str) -> None:
    assert typeset(text) == set_


def test_a_long_question_is_recalled_by_its_first_words() -> None:
    assert shortened("mot " * 100) == "mot " * 22 + "…"
    assert shortened("Court\n?") == "Court ?"


def test_the_terminal_gets_the_answer_then_its_sources() -> None:
    assert plain_text(ANSWER).split("\n")[-5:] == [
        "Sources :",
        "[1] Conditions › Les conditions › Les trois conditions (jardins/conditions.md)",
        "    « Les conditions sont : - Un terrain. - Une charte. »",
        "    RTES, « Retour sur la soirée « Alliances » », 10 décembre 2016 — https://rtes.example/retour",
        "    Ville de Nantes, « La charte », 2024",
    ]


def test_the_terminal_gets_the_leads_of_an_abstention() -> None:
    assert plain_text(ABSTENTION).endswith("Piste : Conditions › Les conditions (jardins/conditions.md)")
