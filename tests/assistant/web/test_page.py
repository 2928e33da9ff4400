import re
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from assistant import Answer, Assistant, Citation, Claim
from assistant.asking import LONGEST_QUESTION
from assistant.web.page import STOPPED, SUGGESTIONS
from assistant.web.serving import build_app
from knowledge import Passage, Reference, Support

from ..conftest import ANSWER_WITHIN, Watched, hostile_strings, served

playwright = pytest.importorskip("playwright.sync_api", reason="playwright n'est pas installé")
expect = playwright.expect
expect.set_options(timeout=ANSWER_WITHIN)

pytestmark = pytest.mark.browser

Visit = Callable[..., Any]
Serve = Callable[[Any], str]

CONDITIONS = "Quelles sont les trois conditions d'un jardin partagé ?"
FREIN = "Quel est le premier frein d'un jardin partagé ?"
COMPOSTEUR = "Que fait le composteur collectif ?"
UNKNOWN = "Quelle est la recette de la tarte aux pommes ?"
HOSTILE = "Que recommande le rapport Zéphyr ?"

DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])

# What Gradio says where its French is missing, and what the page would show of a broken template.
ENGLISH = re.compile(
    r"\b(copy|copied|clear|loading|retry|undo|edit|submit|send|stop|message|chatbot|user's|bot's|like|dislike|type|"
    r"example|select|scroll|error|queue|processing|share|settings|built|with|close|upload|undefined|null|None)\b",
    re.IGNORECASE,
)
# The French words that are spelled the same.
SAME_IN_FRENCH = re.compile(r"copier le message|message copié", re.IGNORECASE)


def ask(page: Any, question: str) -> Any:
    """Send a question; the message that answers it."""
    answers = page.get_by_test_id("bot").count()
    page.get_by_role("textbox", name="Votre question").fill(question)
    page.keyboard.press("Enter")
    answer = page.get_by_test_id("bot").nth(answers)
    expect(answer).to_be_visible()
    # The button comes back when the answer is complete.
    expect(page.get_by_role("button", name="Envoyer")).to_be_visible()
    return answer


def spaced(text: str) -> str:
    """Words as they are read, whatever the kind of space between them."""
    return " ".join(text.split())


def quote_of(page: Any, card: str) -> str:
    return spaced(page.locator(f"#{card} mark").inner_text())


def words_of(page: Any) -> str:
    """All that is seen, and all that is said to a screen reader."""
    return page.evaluate(
        """() => [document.body.innerText, ...[...document.body.querySelectorAll('*')].flatMap(e =>
             ['aria-label', 'title', 'placeholder', 'alt'].map(name => e.getAttribute(name) ?? ''))].join('\\n')"""
    )


def in_view(locator: Any) -> bool:
    """The element's first line lies in the window."""
    return locator.evaluate("e => e.getBoundingClientRect().top >= 0 && e.getBoundingClientRect().top < innerHeight")


# --- What is seen before any question


@SIZES
def test_the_first_words_say_that_answers_are_automatic_and_to_be_checked(visit: Visit, size: dict[str, Any]) -> None:
    page = visit(**size)
    assert spaced(page.get_by_role("main").inner_text()).startswith(
        "Réponses composées par un système automatique, à vérifier"
    )
    assert in_view(page.locator("#notice p").first)


@SIZES
def test_nothing_is_wider_than_the_window(visit: Visit, size: dict[str, Any]) -> None:
    page = visit(**size)
    ask(page, CONDITIONS)
    ask(page, "mot" * 300)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_page_is_in_french_in_an_english_browser(visit: Visit) -> None:
    page = visit()
    assert page.evaluate("document.documentElement.lang") == "fr"
    seen = words_of(page)
    ask(page, CONDITIONS)
    seen += words_of(page)
    ask(page, UNKNOWN)
    seen += words_of(page)
    assert ENGLISH.findall(SAME_IN_FRENCH.sub("", seen)) == []


def test_the_page_starts_where_storage_is_forbidden(visit: Visit) -> None:
    forbidden = """for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name,
        {configurable: true, get() { throw new DOMException('denied', 'SecurityError') }})"""
    page = visit(script=forbidden)
    expect(ask(page, FREIN)).to_contain_text("manque d'eau")


def test_the_suggestions_are_offered(visit: Visit) -> None:
    group = visit().get_by_role("group", name="Questions suggérées")
    expect(group.get_by_role("button")).to_have_count(len(SUGGESTIONS))
    for question in SUGGESTIONS:
        expect(group.get_by_role("button", name=question)).to_be_visible()


def test_a_suggestion_is_asked_when_clicked(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name=SUGGESTIONS[0]).click()
    expect(page.get_by_test_id("user")).to_have_text(re.compile(re.escape(SUGGESTIONS[0][:40])))
    expect(page.get_by_test_id("bot")).to_be_visible()


# --- Answers and their sources


def test_the_answer_is_what_the_assistant_says(visit: Visit, assistant: Assistant) -> None:
    shown = spaced(ask(visit(), CONDITIONS).inner_text())
    answer = assistant.answer(CONDITIONS)
    assert not answer.is_abstention
    assert all(spaced(claim.text) in shown for claim in answer.claims)


def test_a_list_is_shown_as_a_list(visit: Visit) -> None:
    items = ask(visit(), CONDITIONS).get_by_role("listitem")
    expect(items.filter(has_text="La commune prête un terrain aux habitants.")).to_have_count(1)


@SIZES
def test_a_mark_leads_to_the_quoted_words(visit: Visit, assistant: Assistant, size: dict[str, Any]) -> None:
    page = visit(**size)
    answer = ask(page, CONDITIONS)
    for citation in assistant.answer(CONDITIONS).citations:
        answer.get_by_role("link", name=f"[{citation.number}]").first.click()
        card = page.locator(f"#source-1-{citation.number}")
        expect(card).to_be_focused()
        expect(card).to_be_in_viewport(ratio=0.2)
        assert quote_of(page, f"source-1-{citation.number}") == spaced(citation.quote)


def test_the_quoted_words_stand_in_their_surroundings(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    ask(page, CONDITIONS)
    citation = next(c for c in assistant.answer(CONDITIONS).citations if c.before.strip())
    shown = page.locator(f"#source-1-{citation.number} blockquote").inner_text()
    assert spaced(citation.before)[-40:] in spaced(shown)


def test_a_card_tells_title_place_first_publisher_date_and_address(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    ask(page, CONDITIONS)
    citation = next(c for c in assistant.answer(CONDITIONS).citations if c.references)
    card = page.locator(f"#source-1-{citation.number}")
    expect(card.get_by_role("heading")).to_have_text(f"[{citation.number}] Les conditions d'un jardin partagé")
    expect(card.locator(".place")).to_contain_text("Conditions › Les conditions d'un jardin partagé")
    origin = card.get_by_role("listitem").filter(has_text="Réseau des jardins")
    expect(origin).to_contain_text("10 décembre 2016")
    expect(origin).to_contain_text("plus de cinq ans")
    link = origin.get_by_role("link", name="Retour sur la soirée")
    expect(link).to_have_attribute("href", "https://jardins.example/retour")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_a_recent_origin_is_not_said_to_be_old(visit: Visit) -> None:
    page = visit()
    ask(page, CONDITIONS)
    recent = page.get_by_role("listitem").filter(has_text="La charte des jardins").first
    expect(recent).to_contain_text("mars 2099")
    expect(recent).not_to_contain_text("cinq ans")


@SIZES
def test_a_card_leads_back_to_its_mark(visit: Visit, size: dict[str, Any]) -> None:
    page = visit(**size)
    mark = ask(page, CONDITIONS).get_by_role("link", name="[2]").last
    mark.click()
    page.locator("#source-1-2").get_by_role("link", name="Revenir à la réponse").click()
    expect(mark).to_be_focused()
    expect(mark).to_be_in_viewport()


SCROLLING = """() => [...document.querySelectorAll('#chat, #chat *, #sources, #sources *')].filter(e =>
    e.scrollHeight > e.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(e).overflowY)).length"""


def test_on_a_phone_the_panel_is_under_the_chat_and_everything_scrolls_together(visit: Visit) -> None:
    page = visit(**PHONE)
    for _ in range(3):
        ask(page, CONDITIONS)
    chat, panel = (page.locator(name).bounding_box() for name in ("#chat", "#sources"))
    assert panel["y"] >= chat["y"] + chat["height"]
    assert chat["height"] > PHONE["viewport"]["height"]
    assert page.evaluate(SCROLLING) == 0
    expect(page.get_by_role("textbox")).to_be_in_viewport(ratio=1)


def test_on_a_phone_sources_are_folded_until_they_are_asked_for(visit: Visit) -> None:
    page = visit(**PHONE)
    first, last = ask(page, FREIN), ask(page, COMPOSTEUR)
    quotes = page.locator("#source-1-1 mark"), page.locator("#source-2-1 mark")
    expect(page.locator("#source-2-1").get_by_role("heading")).to_be_visible()
    expect(page.locator("#source-1-1").get_by_role("heading")).to_be_hidden()
    for quote in quotes:
        expect(quote).to_be_hidden()
    # What is folded would be missing from the paper.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for quote in quotes:
        expect(quote).to_be_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    for quote, answer in zip(quotes, (first, last), strict=True):
        expect(quote).to_be_hidden()
        answer.get_by_role("link", name="[1]").first.click()
        expect(quote).to_be_in_viewport()


def test_nothing_lies_over_the_words_of_the_chat(visit: Visit) -> None:
    page = visit(viewport={"width": 1280, "height": 500})
    for question in (CONDITIONS, FREIN):
        ask(page, question)
    page.locator("#chat").hover()
    page.mouse.wheel(0, -5000)
    arrow = page.get_by_role("button", name="Aller à la fin")
    expect(arrow).to_be_visible()
    right = page.locator("#chat .prose").evaluate_all(
        "all => Math.max(...all.map(e => e.getBoundingClientRect().right))"
    )
    assert right <= arrow.bounding_box()["x"]
    expect(page.locator("#chat .top-panel")).to_be_hidden()


def test_an_earlier_answer_keeps_its_sources(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    first = ask(page, FREIN)
    ask(page, COMPOSTEUR)
    first.get_by_role("link", name="[1]").first.click()
    expect(page.locator("#source-1-1")).to_be_focused()
    assert quote_of(page, "source-1-1") == spaced(assistant.answer(FREIN).citations[0].quote)
    assert quote_of(page, "source-2-1") == spaced(assistant.answer(COMPOSTEUR, [FREIN]).citations[0].quote)


def test_a_mark_does_not_leave_a_page_that_has_parameters(visit: Visit) -> None:
    page = visit("/chat/?origine=lettre")
    answer = ask(page, FREIN)
    answer.get_by_role("link", name="[1]").first.click()
    expect(page.locator("#source-1-1")).to_be_focused()
    assert page.url.endswith("?origine=lettre")
    expect(answer).to_be_visible()


@SIZES
def test_an_answer_is_read_from_its_first_line(visit: Visit, size: dict[str, Any]) -> None:
    page = visit(**size)
    for question in (CONDITIONS, FREIN, CONDITIONS):
        ask(page, question)
    expect(page.get_by_test_id("bot").last.locator("p").first).to_be_in_viewport(ratio=0.9)


# Away from this machine and without https, a page has no clipboard of its own; on a phone, sources are folded.
@pytest.mark.parametrize(
    ("script", "size"),
    [("", DESKTOP), ("delete Navigator.prototype.clipboard", DESKTOP), ("", PHONE)],
    ids=["clipboard", "command", "phone"],
)
def test_what_is_copied_is_what_is_read_with_its_sources(
    visit: Visit, assistant: Assistant, script: str, size: dict[str, Any]
) -> None:
    page = visit(script=script, permissions=["clipboard-read", "clipboard-write"], **size)
    ask(page, CONDITIONS)
    page.get_by_role("button", name="Copier le message").last.click()
    expect(page.get_by_role("button", name="Message copié")).to_be_visible()
    page.get_by_role("textbox").focus()
    page.keyboard.press("Control+V")
    pasted = spaced(page.get_by_role("textbox").input_value())
    answer = assistant.answer(CONDITIONS)
    assert pasted.startswith(spaced(answer.text))
    assert "Sources : [1] Les conditions d'un jardin partagé" in pasted
    assert f"« {spaced(answer.citations[0].quote)} »" in pasted
    assert "https://jardins.example/retour" in pasted


def test_what_one_copies_oneself_is_left_alone(visit: Visit) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    ask(page, CONDITIONS)
    page.get_by_role("button", name="Copier le message").last.click()
    box = page.get_by_role("textbox")
    box.fill("mes mots")
    box.press("Control+A")
    box.press("Control+C")
    assert page.evaluate("navigator.clipboard.readText()") == "mes mots"


# --- Abstention


def test_an_abstention_cites_nothing_and_gives_leads(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    answer = ask(page, UNKNOWN)
    expected = assistant.answer(UNKNOWN)
    assert expected.is_abstention
    expect(page.locator("mark")).to_have_count(0)
    expect(page.locator("#sources")).to_contain_text("Aucune source n'est citée")
    for lead in expected.leads:
        expect(answer.get_by_role("link", name=lead.title)).to_be_visible()


def test_a_lead_can_be_read(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    ask(page, UNKNOWN).get_by_role("link").first.click()
    card = page.locator("#source-1-piste-1")
    expect(card).to_be_focused()
    expect(card).to_contain_text("Piste, et non réponse")
    assert spaced(assistant.answer(UNKNOWN).leads[0].text)[:60] in spaced(card.inner_text())


def test_a_lead_can_be_asked(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    ask(page, UNKNOWN)
    question = assistant.answer(UNKNOWN).suggestions[0]
    page.get_by_role("button", name=question).click()
    expect(page.get_by_test_id("user")).to_have_count(2)
    expect(page.get_by_test_id("bot")).to_have_count(2)


# --- Questions that cannot be taken as they are


def test_an_empty_question_is_asked_for_and_leaves_nothing(visit: Visit) -> None:
    page = visit()
    expect(ask(page, "   ")).to_contain_text("La question est vide")
    expect(page.get_by_test_id("user")).to_have_count(0)
    page.get_by_role("textbox").fill(FREIN)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("bot")).to_contain_text("manque d'eau")
    expect(page.locator("#chat")).not_to_contain_text("La question est vide")


def test_too_long_a_question_is_given_back_to_be_shortened(visit: Visit) -> None:
    page = visit()
    question = "co-construction " * 625
    answer = ask(page, question)
    expect(answer).to_contain_text(f"réduisez-la à {LONGEST_QUESTION} au plus")
    expect(page.get_by_role("textbox")).to_have_value(question)


def test_a_question_of_the_longest_length_is_answered(visit: Visit) -> None:
    question = (FREIN + " ") * 100
    expect(ask(visit(), question[:LONGEST_QUESTION])).to_contain_text("manque d'eau")


# --- Hostile texts

# What the page itself makes of answers and sources; anything else would come from a text.
OWN_TAGS = set("SPAN P UL LI A EM STRONG BR DETAILS SUMMARY SECTION H1 H2 H3 H4 BLOCKQUOTE MARK CODE".split())
OWN_LINKS = re.compile(
    r"$|#source-|#marque-|https?://|\.\./(?:export/[\w-]{16}\.(?:md|docx|odt)|reponse/[\w-]{16}|confidentialite)$"
)


def foreign(page: Any) -> list[str]:
    """Elements, links and styles that no page of ours holds."""
    found = page.evaluate(
        """() => [...document.querySelectorAll('.prose *')].map(e => [e.tagName, e.getAttribute('href') ?? '',
             e.getAttributeNames().filter(name => name.startsWith('on') || name === 'style').join()])"""
    )
    return [
        f"{tag} {href} {attributes}"
        for tag, href, attributes in found
        if tag not in OWN_TAGS or attributes or not OWN_LINKS.match(href)
    ]


def test_the_html_of_a_document_is_read_and_not_run(visit: Visit) -> None:
    page = visit()
    answer = ask(page, HOSTILE)
    expect(answer).to_contain_text("<script>window.hurt=5</script>")
    expect(answer).to_contain_text("![x](http://evil.invalid/i.png)")
    expect(page.locator("#source-1-1")).to_contain_text('<img src="http://evil.invalid/t.png"')
    assert foreign(page) == []
    assert page.evaluate("window.hurt") is None


MARKUP = (
    '<img src="http://evil.invalid/x.png" onerror="window.hurt=1">',
    "![x](http://evil.invalid/x.png) [lien](javascript:window.hurt=1)",
    '<div style="position:fixed;inset:0;background:red">couvre</div>',
    '<form action="http://evil.invalid"><button>Envoyer</button></form>',
    "http://evil.invalid/page www.evil.invalid moi@evil.invalid",
    "Titre\n=====\n\n# autre\n\n    code\n\n| a | b |\n|---|---|\n| 1 | 2 |",
    "$$\\href{javascript:window.hurt=1}{x}$$ ```html\n<script>window.hurt=1</script>\n```",
)


def test_the_markup_of_a_question_is_shown_and_not_rendered(visit: Visit) -> None:
    page = visit()
    for question in MARKUP:
        ask(page, question)
        asked = page.get_by_test_id("user").last
        assert spaced(asked.inner_text()) == spaced(question)
        expect(asked.locator("a, img, form, pre, table, h1, h2")).to_have_count(0)
    assert foreign(page) == []
    assert page.evaluate("window.hurt") is None


class Scripted:
    """An assistant that answers what it was told to, step by step."""

    def __init__(self, stream: Callable[[str, Sequence[str]], Iterator[Answer]]) -> None:
        self.stream = stream

    def followed(self, answer: Answer) -> Answer:
        return answer


def echo(question: str, payloads: Sequence[str]) -> Answer:
    """An answer that holds each payload wherever an answer can hold words."""
    citations = []
    for number, payload in enumerate(payloads, 1):
        reference = Reference("S", payload, payload, "2016", payload)
        supports = (Support(0, len(payload), reference),)
        passage = Passage(
            payload,
            payload,
            f"Avant {payload} après",
            0,
            payload,
            None,
            payload,
            payload,
            "",
            payload,
            supports=supports,
        )
        citations.append(Citation(number, passage, 6, 6 + len(payload)))
    claims = tuple(Claim(payload, (number,)) for number, payload in enumerate(payloads, 1))
    return Answer(question, claims, tuple(citations), notes=tuple(payloads))


@pytest.mark.parametrize("name", ["xss-payloads.json", "naughty-strings.json"])
def test_no_hostile_string_of_the_shared_lists_is_rendered(watched: Watched, serve: Serve, name: str) -> None:
    # The others make Chromium look for fonts, or are long, for half a minute: test_rendering has them all.
    payloads = [text for text in hostile_strings(name) if re.search(r"[<`]|\]\(|://", text) and len(text) < 300]
    page = watched.open(serve(Scripted(lambda question, _: iter([echo(question, payloads)]))))
    # One line: Gradio measures its box again for each.
    answer = ask(page, " ".join(" ".join(payloads).split()))
    expect(answer.locator(f'a[href="#source-1-{len(payloads)}"]')).to_have_count(1)
    expect(page.locator(f"#source-1-{len(payloads)}")).to_have_count(1)
    assert foreign(page) == []
    assert page.evaluate("document.title") == "Assistant de la co-construction"


# --- Buttons


def test_retrying_answers_the_same_question_in_the_same_place(watched: Watched, serve: Serve) -> None:
    asked = []

    def stream(question: str, history: Sequence[str]) -> Iterator[Answer]:
        asked.append((question, *history))
        yield Answer(question, (Claim(f"Réponse {len(asked)}."),))

    page = watched.open(serve(Scripted(stream)))
    ask(page, COMPOSTEUR)
    ask(page, FREIN)
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_test_id("bot")).to_have_text(["Réponse 1.", "Réponse 3."])
    expect(page.get_by_test_id("user")).to_have_count(2)
    assert asked == [(COMPOSTEUR,), (FREIN, COMPOSTEUR), (FREIN, COMPOSTEUR)]


def test_a_question_can_be_taken_back(visit: Visit) -> None:
    page = visit()
    ask(page, COMPOSTEUR)
    ask(page, FREIN)
    page.get_by_role("button", name="Reprendre la question").click()
    expect(page.get_by_role("textbox")).to_have_value(FREIN)
    expect(page.get_by_test_id("user")).to_have_count(1)
    expect(page.locator("#source-2-1")).to_have_count(0)


def test_clearing_forgets_the_questions_and_the_sources(visit: Visit) -> None:
    page = visit()
    ask(page, FREIN)
    page.get_by_role("button", name="Effacer la conversation").click()
    expect(page.get_by_test_id("bot")).to_have_count(0)
    expect(page.locator("#sources")).to_have_text("Les sources citées apparaîtront ici.")
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    ask(page, COMPOSTEUR)
    expect(page.get_by_test_id("user")).to_have_count(1)
    expect(page.locator("#source-1-1")).to_be_visible()


def test_a_conversation_that_was_cleared_can_be_had_back(visit: Visit) -> None:
    page = visit(**PHONE)
    expect(page.get_by_role("button", name="Effacer la conversation")).to_have_count(0)
    ask(page, FREIN)
    page.get_by_role("button", name="Effacer la conversation").click()
    back = page.get_by_role("button", name="Annuler l'effacement")
    expect(back).to_be_focused()
    expect(page.get_by_test_id("bot")).to_have_count(0)
    assert back.bounding_box()["height"] >= 44
    back.click()
    expect(page.get_by_test_id("bot")).to_contain_text("manque d'eau")
    expect(page.locator("#source-1-1")).to_be_visible()
    expect(page.get_by_role("link", name="Markdown")).to_be_visible()
    ask(page, COMPOSTEUR)
    expect(page.get_by_test_id("user")).to_have_count(2)


@pytest.fixture
def endless(watched: Watched, serve: Serve) -> Iterator[Any]:
    """A page whose first answer is begun and never ends by itself, like that of a slow language model."""
    let_go = threading.Event()

    def stream(question: str, history: Sequence[str]) -> Iterator[Answer]:
        yield Answer(question, (Claim(f"Début de réponse à la question {len(history) + 1}."),))
        if not history:
            let_go.wait(60)
            yield Answer(question, (Claim("Fin de réponse."),))

    yield watched.open(serve(Scripted(stream)))
    let_go.set()


def start(page: Any, question: str) -> None:
    page.get_by_role("textbox").fill(question)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("bot").last).to_contain_text("Début de réponse")


def test_an_answer_is_shown_while_it_is_made(endless: Any) -> None:
    start(endless, FREIN)
    expect(endless.get_by_role("button", name="Arrêter")).to_be_visible()
    expect(endless.get_by_role("textbox")).to_be_enabled()
    assert ENGLISH.findall(SAME_IN_FRENCH.sub("", words_of(endless))) == []


def test_a_stopped_answer_keeps_what_was_said_and_lets_one_go_on(endless: Any) -> None:
    start(endless, FREIN)
    endless.get_by_role("button", name="Arrêter").click()
    expect(endless.get_by_role("button", name="Envoyer")).to_be_visible()
    expect(endless.get_by_test_id("bot")).to_contain_text("Début de réponse à la question 1.")
    expect(endless.get_by_test_id("bot")).to_contain_text(STOPPED)
    ask(endless, COMPOSTEUR)
    expect(endless.get_by_test_id("bot").last).to_contain_text("Début de réponse à la question 2.")


def test_clearing_stops_the_answer_that_is_being_made(endless: Any) -> None:
    start(endless, FREIN)
    endless.get_by_role("button", name="Effacer la conversation").click()
    expect(endless.get_by_role("button", name="Envoyer")).to_be_visible()
    expect(endless.get_by_test_id("bot")).to_have_count(0)
    endless.get_by_role("button", name="Annuler l'effacement").click()
    expect(endless.get_by_test_id("bot")).to_contain_text(STOPPED)


def test_an_answer_stopped_before_its_first_word_is_said_to_be(watched: Watched, serve: Serve) -> None:
    let_go = threading.Event()

    def stream(question: str, _: Sequence[str]) -> Iterator[Answer]:
        let_go.wait(60)
        yield Answer(question)

    page = watched.open(serve(Scripted(stream)))
    page.get_by_role("textbox").fill(FREIN)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Arrêter").click()
    expect(page.get_by_test_id("bot")).to_contain_text(STOPPED)
    let_go.set()


def test_a_fault_of_ours_is_told_and_the_next_question_answered(watched: Watched, serve: Serve) -> None:
    def stream(question: str, history: Sequence[str]) -> Iterator[Answer]:
        if not history:
            raise ZeroDivisionError
        yield Answer(question, (Claim("Voilà."),))

    page = watched.open(serve(Scripted(stream)))
    expect(ask(page, FREIN)).to_contain_text("La réponse n'a pas pu être composée")
    expect(ask(page, FREIN)).to_contain_text("Voilà.")


def test_a_lost_connection_is_told_in_french(watched: Watched) -> None:
    with served(build_app(Scripted(lambda question, _: iter([Answer(question)])))) as address:
        page = watched.open(f"{address}/chat/")
    page.get_by_role("textbox").fill(FREIN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("L'assistant ne répond plus")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value(FREIN)
    assert ENGLISH.findall(SAME_IN_FRENCH.sub("", words_of(page))) == []
    watched.close()
    watched.faults = [fault for fault in watched.faults if "ERR_CONNECTION_REFUSED" not in fault]


# --- Two people


def test_two_tabs_hold_two_conversations(visit: Visit) -> None:
    one, other = visit(), visit()
    ask(one, FREIN)
    ask(other, COMPOSTEUR)
    ask(one, CONDITIONS)
    expect(other.get_by_test_id("user")).to_have_text(re.compile("composteur"))
    expect(other.locator("#sources")).not_to_contain_text("frein")
    expect(one.locator("#sources")).not_to_contain_text("composteur collectif transforme")
    expect(one.get_by_test_id("user")).to_have_count(2)


# --- For everyone


def press_until(page: Any, target: Any, key: str = "Tab") -> None:
    """Move the focus to `target` with the keyboard alone."""
    for _ in range(60):
        if target.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError("le clavier n'y mène pas")


def test_a_source_is_reached_and_left_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit()
    press_until(page, page.get_by_role("textbox"))
    page.keyboard.type(FREIN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Envoyer")).to_be_visible()
    mark = page.get_by_test_id("bot").get_by_role("link", name="[1]").first
    press_until(page, mark, "Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#source-1-1")).to_be_focused()
    press_until(page, page.get_by_role("link", name="Revenir à la réponse"))
    page.keyboard.press("Enter")
    expect(mark).to_be_focused()
    for button in ("Copier le message", "Réessayer", "Effacer la conversation"):
        press_until(page, page.get_by_role("button", name=button))


def test_a_suggestion_is_asked_with_the_keyboard(visit: Visit) -> None:
    page = visit()
    press_until(page, page.get_by_role("button", name=SUGGESTIONS[1]))
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("bot")).to_be_visible()


@SCHEMES
def test_the_focus_is_seen(visit: Visit, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    ask(page, FREIN)
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        tag, width, style = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
                 return [e.tagName, parseFloat(s.outlineWidth), s.outlineStyle] }"""
        )
        if tag != "BODY":
            seen.add(tag)
            assert (width >= 2, style) == (True, "solid"), tag
    assert {"A", "BUTTON", "TEXTAREA"} <= seen


MOVING = """() => [...document.querySelectorAll('*')].map(e => getComputedStyle(e)).filter(s =>
    s.animationName !== 'none' || s.transitionDuration.split(', ').some(d => parseFloat(d) > 0)
    && s.transitionProperty !== 'none' || s.scrollBehavior !== 'auto').length"""


@pytest.mark.parametrize("wish", ["no-preference", "reduce"])
def test_nothing_moves_for_who_asks_for_less_motion(watched: Watched, serve: Serve, wish: str) -> None:
    let_go = threading.Event()

    def stream(question: str, _: Sequence[str]) -> Iterator[Answer]:
        let_go.wait(60)
        yield Answer(question, (Claim("Voilà."),))

    page = watched.open(serve(Scripted(stream)), reduced_motion=wish)
    page.get_by_role("textbox").fill(FREIN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    waiting = page.evaluate(MOVING)
    let_go.set()
    expect(page.get_by_test_id("bot")).to_be_visible()
    assert (waiting + page.evaluate(MOVING) == 0) is (wish == "reduce")


def test_words_can_be_made_twice_as_large(visit: Visit) -> None:
    page = visit(viewport={"width": 640, "height": 450})
    ask(page, CONDITIONS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_role("textbox")).to_be_visible()


@SIZES
@SCHEMES
def test_axe_finds_nothing_serious(visit: Visit, size: dict[str, Any], scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe n'est pas installé").Axe()
    page = visit(color_scheme=scheme, **size)

    def violations() -> list[tuple[str, str, str]]:
        found = axe.run(page).response["violations"]
        return [(rule["impact"], rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]

    assert violations() == []
    ask(page, CONDITIONS)
    assert violations() == []
    ask(page, UNKNOWN)
    ask(page, " ")
    assert violations() == []
