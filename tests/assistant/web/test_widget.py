import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Response
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Answer, Assistant, Citation, Claim
from assistant.journal import JournalBook
from assistant.settings import AssistantSettings
from assistant.web import widget
from assistant.web.page import SUGGESTIONS
from assistant.web.serving import fenced, lay_out
from assistant.web.sessions import HeldConversations, Session
from knowledge import Passage

from ..conftest import ANSWER_WITHIN, Watched, hostile_strings, served
from .test_api import Kept, Scripted
from .test_page import (
    COMPOSTEUR,
    CONDITIONS,
    DESKTOP,
    FREIN,
    HOSTILE,
    MOVING,
    PHONE,
    SCHEMES,
    SIZES,
    UNKNOWN,
    echo,
    spaced,
)

playwright = pytest.importorskip("playwright.sync_api", reason="playwright n'est pas installé")
expect = playwright.expect
expect.set_options(timeout=ANSWER_WITHIN)

pytestmark = pytest.mark.browser

LARGEST = 12_000
Visit = Callable[..., Any]

# A site that loads nothing from anywhere but what the widget needs.
STRICT = "default-src 'none'; script-src 'self' {us}; connect-src {us}; img-src data:"
HOST_PAGE = """<!doctype html><html lang="fr"><head><title>Un site</title><link rel="icon" href="data:,">{head}
<script src="{us}/widget.js" defer {attributes}></script></head>
<body><main><h1>Un article</h1><p>Du texte.</p><button>Un bouton du site</button></main></body></html>"""


class Rooms:
    """Sites and assistants of a test's own, until it ends."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self.opinions = Kept()

    def assistant(self, assistant: Any, **settings: Any) -> str:
        """The address of an assistant."""
        given = AssistantSettings(**settings)
        return self._stack.enter_context(served(fenced(lay_out(assistant, given, self.opinions, time.time), given)))

    def site(self, us: dict[str, str], **page: str) -> str:
        """The address of a site whose page includes the widget of `us["address"]`, known once it is served."""
        app = FastAPI()

        @app.get("/{path:path}")
        def home() -> Response:
            address = us["address"]
            html = HOST_PAGE.format(us=address, **{"head": "", "attributes": "", **page})
            policy = STRICT.format(us=address)
            if "policy" in page:
                policy = f"{policy}; {page['policy']}"
            return Response(html, media_type="text/html", headers={"content-security-policy": policy})

        return self._stack.enter_context(served(app))


@pytest.fixture
def rooms() -> Iterator[Rooms]:
    with ExitStack() as stack:
        yield Rooms(stack)


# It asks for `rooms` so that pages are closed before their servers.
@pytest.fixture
def watched(browser: Any, rooms: Rooms) -> Iterator[Watched]:  # noqa: ARG001
    watched = Watched(browser)
    yield watched
    watched.close()
    assert watched.faults == []


@pytest.fixture
def visit(watched: Watched, site: str) -> Visit:
    """Opens the demonstration page, and the dialog unless told otherwise."""

    def visit(is_open: bool = True, **context: Any) -> Any:
        page = watched.open(f"{site}/demo", ready=False, **context)
        return opened(page) if is_open else page

    return visit


def opened(page: Any) -> Any:
    page.get_by_role("button", name="Une question ?").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    return page


def box(page: Any) -> Any:
    return page.get_by_label("Votre question", exact=True)


def send(page: Any, question: str) -> None:
    box(page).fill(question)
    page.keyboard.press("Enter")


def ask(page: Any, question: str) -> Any:
    """Send a question; the finished answer."""
    answers = page.locator(".kept").count()
    send(page, question)
    answer = page.locator(".kept").nth(answers)
    expect(answer).to_be_visible()
    return answer


def mark(answer: Any, number: int) -> Any:
    return answer.get_by_role("button", name=f"[{number}] Source").first


def source(page: Any) -> Any:
    return page.locator(".source")


class Slow:
    """An assistant whose answers go on when they are let."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def about(self, question: str, page: str) -> str:  # noqa: ARG002
        return question

    def stream(self, question: str, history: Sequence[str]) -> Iterator[Answer]:
        yield Answer(question, (Claim(f"Début de réponse à la question {len(history) + 1}."),))
        if not history:
            self.go.wait(60)
            yield Answer(question, (Claim("Fin de réponse."),))


@pytest.fixture
def slow(rooms: Rooms, watched: Watched) -> Iterator[Any]:
    """A page whose first answer is begun and does not end by itself."""
    assistant = Slow()
    page = opened(watched.open(rooms.assistant(assistant) + "/demo", ready=False))
    page.let_go = assistant.go.set
    yield page
    assistant.go.set()


# --- What it weighs, and what it asks for


def test_the_widget_is_small() -> None:
    assert len(gzip.compress(widget.script().encode())) <= LARGEST


def test_the_widget_brings_its_own_sheet_and_names_no_address() -> None:
    script = widget.script()
    assert "--accent: #0b5d5b" in script
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)[\w.]+", script) == []


def test_nothing_but_the_script_is_fetched_before_the_dialog_is_opened(
    visit: Visit, watched: Watched, site: str
) -> None:
    fetched: list[str] = []
    page = visit(is_open=False)
    page.on("request", lambda request: fetched.append(request.url))
    page.reload()
    expect(page.get_by_role("button", name="Une question ?")).to_be_visible()
    page.get_by_role("main").click()
    assert sorted(fetched) == [f"{site}/demo", f"{site}/demo.css", f"{site}/widget.js"]
    opened(page)
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    assert fetched[3:] == [f"{site}/api/session"]
    assert watched.faults == []


def test_nothing_is_left_in_the_browser(visit: Visit) -> None:
    page = visit()
    ask(page, FREIN)
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_it_works_where_storage_is_forbidden(visit: Visit) -> None:
    forbidden = """for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name,
        {configurable: true, get() { throw new DOMException('denied', 'SecurityError') }})"""
    expect(ask(visit(script=forbidden), FREIN)).to_contain_text("manque d'eau")


# --- Answers and their sources


@SIZES
def test_the_answer_and_its_sources_are_what_the_assistant_says(
    visit: Visit, assistant: Assistant, size: dict[str, Any]
) -> None:
    page = visit(**size)
    kept = ask(page, CONDITIONS)
    answer = assistant.answer(CONDITIONS)
    shown = spaced(kept.inner_text())
    assert all(spaced(claim.text) in shown for claim in answer.claims)
    expect(kept.get_by_role("listitem").filter(has_text="La commune prête un terrain")).to_have_count(1)
    for citation in answer.citations:
        mark(kept, citation.number).click()
        expect(source(page)).to_be_focused()
        expect(source(page).locator("mark")).to_be_in_viewport()
        assert spaced(source(page).locator("mark").inner_text()) == spaced(citation.quote)
        assert spaced(citation.before)[-40:] in spaced(source(page).inner_text())
        page.get_by_role("button", name="Revenir à la réponse").click()
        expect(mark(kept, citation.number)).to_be_focused()


def test_a_source_tells_title_place_first_publisher_date_age_and_address(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    citation = next(c for c in assistant.answer(CONDITIONS).citations if c.references)
    mark(ask(page, CONDITIONS), citation.number).click()
    panel = source(page)
    expect(panel.get_by_role("heading")).to_have_text(f"[{citation.number}] Les conditions d'un jardin partagé")
    expect(panel.locator(".place")).to_contain_text("Conditions › Les conditions d'un jardin partagé")
    origin = panel.get_by_role("listitem").filter(has_text="Réseau des jardins")
    expect(origin).to_contain_text("10 décembre 2016")
    expect(origin).to_contain_text("plus de cinq ans")
    link = origin.get_by_role("link", name="Retour sur la soirée")
    expect(link).to_have_attribute("href", "https://jardins.example/retour")
    expect(link).to_have_attribute("rel", "noopener noreferrer")


def test_nothing_is_highlighted_where_nothing_is_quoted(rooms: Rooms, watched: Watched) -> None:
    passage = Passage("s", "Un titre", "Tout le passage.", 0)
    answer = Answer("?", (Claim("Une phrase.", (1,)),), (Citation(1, passage, 16, 16),))
    page = opened(watched.open(rooms.assistant(Scripted(lambda *_: iter([answer]))) + "/demo", ready=False))
    mark(ask(page, "?"), 1).click()
    expect(source(page)).to_contain_text("Tout le passage.")
    expect(source(page).locator("mark")).to_have_count(0)


def test_a_list_in_a_source_has_bullets(visit: Visit) -> None:
    page = visit()
    mark(ask(page, CONDITIONS), 1).click()
    bullet = source(page).locator(".bullet").first
    expect(bullet).to_have_text("-")
    style = bullet.evaluate("e => [getComputedStyle(e).fontSize, getComputedStyle(e, '::before').content]")
    assert style == ["0px", '"•"']


# Between the words of the mark and the next ones, and between two words, as they are seen.
GAP = """e => {
  const words = document.createTreeWalker(e, NodeFilter.SHOW_TEXT), nodes = [];
  while (words.nextNode()) nodes.push(words.currentNode);
  const at = nodes.findIndex(node => node.data === '[1]');
  const next = nodes.slice(at).find(node => /une/i.test(node.data));
  const box = (node, from, to) => {
    const range = document.createRange();
    range.setStart(node, from);
    range.setEnd(node, to);
    return range.getBoundingClientRect();
  };
  return [box(next, 0, 1).left - box(nodes[at], 0, 3).right, box(next, 3, 4).width];
}"""


def test_a_mark_is_followed_by_one_space(rooms: Rooms, watched: Watched) -> None:
    passage = Passage("s", "Un titre", "Tout le passage.", 0)
    answer = Answer("?", (Claim("Une phrase.", (1,)), Claim("Une autre.", (1,))), (Citation(1, passage, 0, 4),))
    page = opened(watched.open(rooms.assistant(Scripted(lambda *_: iter([answer]))) + "/demo", ready=False))
    gap, space = ask(page, "?").locator("p").first.evaluate(GAP)
    assert gap <= 1.5 * space


def test_a_mark_of_no_citation_is_not_shown(rooms: Rooms, watched: Watched) -> None:
    answer = Answer("?", (Claim("Une phrase.", (7,)),))
    page = opened(watched.open(rooms.assistant(Scripted(lambda *_: iter([answer]))) + "/demo", ready=False))
    expect(ask(page, "?").locator(".mark")).to_have_count(0)


def test_an_abstention_offers_leads_to_read_and_questions_to_ask(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    kept = ask(page, UNKNOWN)
    expected = assistant.answer(UNKNOWN)
    expect(kept.locator(".mark")).to_have_count(0)
    kept.get_by_role("list", name="Pistes").get_by_role("button").first.click()
    expect(source(page)).to_contain_text("Piste, et non réponse")
    expect(source(page).locator("mark")).to_have_count(0)
    page.get_by_role("button", name="Revenir à la réponse").click()
    kept.get_by_role("button", name=expected.suggestions[0]).click()
    expect(page.locator(".kept")).to_have_count(2)
    expect(page.locator(".asked").last).to_contain_text(spaced(expected.suggestions[0])[:20])


def test_a_suggestion_is_asked_when_clicked(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name=SUGGESTIONS[0]).click()
    expect(page.locator(".kept")).to_be_visible()
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_have_count(0)


def test_a_follow_up_leans_on_the_question_before(visit: Visit, assistant: Assistant) -> None:
    page = visit()
    ask(page, COMPOSTEUR)
    expected = assistant.answer("Et pourquoi ?", [COMPOSTEUR])
    assert expected.text != assistant.answer("Et pourquoi ?").text
    expect(ask(page, "Et pourquoi ?")).to_contain_text(spaced(expected.claims[0].text))


def test_a_thumb_and_a_comment_are_noted(rooms: Rooms, watched: Watched, assistant: Assistant) -> None:
    page = opened(watched.open(rooms.assistant(assistant) + "/demo", ready=False))
    kept = ask(page, FREIN)
    kept.get_by_role("button", name="Pas utile").click()
    expect(kept.get_by_role("status")).to_have_text("Merci, votre avis est noté.")
    expect(kept.get_by_role("button", name="Pas utile")).to_have_attribute("aria-pressed", "true")
    kept.get_by_label("Un commentaire").fill("Il manque l'hiver.")
    kept.get_by_role("button", name="Envoyer le commentaire").click()
    expect(kept.get_by_label("Un commentaire")).to_be_hidden()
    told = [(one.useful, one.comment, one.question) for one in rooms.opinions.opinions]
    assert told == [(False, "", FREIN), (False, "Il manque l'hiver.", FREIN)]


def test_where_opinions_are_not_kept_no_thumb_is_shown(
    watched: Watched, serve: Callable[[Any], str], assistant: Assistant
) -> None:
    page = opened(watched.open(serve(assistant).removesuffix("/chat/") + "/demo", ready=False))
    expect(ask(page, FREIN).get_by_role("button", name="Utile", exact=True)).to_have_count(0)


def test_on_the_next_page_either(rooms: Rooms, watched: Watched, assistant: Assistant) -> None:
    us: dict[str, str] = {}
    host = rooms.site(us, attributes="data-remember")
    given = AssistantSettings(allowed_origins=(host,))
    with served(fenced(lay_out(assistant, given, None, time.time), given)) as us["address"]:
        watched.allow(us["address"])
        page = watched.open(host, ready=False)
        ask(opened(page), FREIN)
        page.goto(f"{host}/autre")
        expect(opened(page).locator(".kept")).to_contain_text("manque d'eau")
        expect(page.locator(".kept").get_by_role("button", name="Utile", exact=True)).to_have_count(0)


# --- While an answer is made


def test_an_answer_is_shown_while_it_is_made_and_announced_once_it_is_whole(slow: Any) -> None:
    slow.evaluate(
        """() => { const log = document.querySelector('rtes-assistant').shadowRoot.querySelector('[role=log]');
             window.added = []; new MutationObserver(all => all.forEach(one => one.addedNodes.forEach(node =>
                 window.added.push(node.textContent)))).observe(log, {subtree: true, childList: true}) }"""
    )
    send(slow, FREIN)
    expect(slow.locator(".draft")).to_contain_text("Début de réponse")
    expect(slow.get_by_role("status").first).to_have_text("Réponse en cours…")
    expect(slow.get_by_role("log")).not_to_contain_text("réponse")
    slow.let_go()
    expect(slow.get_by_role("log")).to_contain_text("Fin de réponse.")
    question, answer = slow.evaluate("window.added")
    assert FREIN.split()[0] in question
    assert answer.startswith("Fin de réponse.")
    expect(slow.get_by_role("status").first).to_be_empty()


def test_a_stopped_answer_keeps_what_was_said_and_lets_one_go_on(slow: Any) -> None:
    send(slow, FREIN)
    expect(slow.locator(".draft")).to_contain_text("Début de réponse")
    slow.get_by_role("button", name="Arrêter").click()
    expect(slow.locator(".kept")).to_contain_text("Début de réponse à la question 1.")
    expect(slow.locator(".kept")).to_contain_text("Réponse arrêtée à votre demande.")
    expect(ask(slow, COMPOSTEUR)).to_contain_text("question 2.")


def clear(page: Any) -> None:
    page.get_by_role("button", name="Effacer la conversation").click()
    expect(page.get_by_role("log")).to_be_empty()


def undo(page: Any) -> Any:
    return page.get_by_role("button", name="Annuler l'effacement")


def test_clearing_stops_and_forgets(slow: Any) -> None:
    send(slow, FREIN)
    expect(slow.locator(".draft")).to_contain_text("Début de réponse")
    clear(slow)
    expect(slow.locator(".draft")).to_be_empty()
    expect(slow.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    expect(slow.get_by_role("button", name="Envoyer")).to_be_visible()
    slow.let_go()
    expect(ask(slow, FREIN)).to_contain_text("Fin de réponse.")
    expect(slow.locator(".kept")).to_have_count(1)
    expect(undo(slow)).to_be_hidden()


def test_an_answer_that_clearing_stopped_comes_back_stopped(slow: Any) -> None:
    send(slow, FREIN)
    expect(slow.locator(".draft")).to_contain_text("Début de réponse")
    clear(slow)
    slow.let_go()
    undo(slow).click()
    expect(slow.locator(".kept")).to_contain_text("Réponse arrêtée à votre demande.")
    expect(slow.locator(".draft")).to_be_empty()


def test_clearing_is_undone_from_the_keyboard_and_the_conversation_goes_on(rooms: Rooms, watched: Watched) -> None:
    asked = []

    def stream(question: str, history: Sequence[str]) -> Iterator[Answer]:
        asked.append((question, *history))
        yield Answer(question, (Claim("Une réponse."),))

    page = opened(watched.open(rooms.assistant(Scripted(stream)) + "/demo", ready=False))
    ask(page, FREIN)
    status = page.locator(".status")
    clear(page)
    expect(status).to_have_text("Conversation effacée.")
    expect(undo(page)).to_be_focused()
    page.keyboard.press("Enter")
    expect(status).to_have_text("Conversation rétablie.")
    expect(page.get_by_role("button", name="Effacer la conversation")).to_be_focused()
    expect(undo(page)).to_be_hidden()
    expect(page.locator(".kept")).to_have_count(1)
    ask(page, COMPOSTEUR)
    assert asked == [(FREIN,), (COMPOSTEUR, FREIN)]


def test_nothing_said_leaves_nothing_to_undo(visit: Visit) -> None:
    page = visit()
    clear(page)
    expect(undo(page)).to_be_hidden()
    expect(box(page)).to_be_focused()


def test_retrying_answers_the_same_question_in_the_same_place(rooms: Rooms, watched: Watched) -> None:
    asked = []

    def stream(question: str, history: Sequence[str]) -> Iterator[Answer]:
        asked.append((question, *history))
        yield Answer(question, (Claim(f"Réponse {len(asked)}."),))

    page = opened(watched.open(rooms.assistant(Scripted(stream)) + "/demo", ready=False))
    ask(page, COMPOSTEUR)
    ask(page, FREIN)
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".answer")).to_have_text(["Réponse 1.", "Réponse 3."])
    expect(page.locator(".asked")).to_have_count(2)
    assert asked == [(COMPOSTEUR,), (FREIN, COMPOSTEUR), (FREIN, COMPOSTEUR)]


def test_an_empty_question_is_not_sent(visit: Visit) -> None:
    page = visit()
    send(page, "   ")
    expect(page.locator(".asked")).to_have_count(0)
    expect(box(page)).to_be_focused()


# --- What may go wrong on the way


def without(watched: Watched, *expected: str) -> None:
    """Forget the faults that a test is about."""
    watched.close()
    watched.faults = [fault for fault in watched.faults if not re.search("|".join(expected), fault)]


def test_a_server_that_is_away_is_told_kindly_and_can_be_tried_again(rooms: Rooms, watched: Watched) -> None:
    page = watched.open(rooms.assistant(Scripted(lambda *_: iter([]))) + "/demo", ready=False)
    page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    opened(page)
    expect(page.get_by_role("alert")).to_contain_text("L'assistant n'est pas joignable pour le moment.")
    page.unroute("**/api/**")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    without(watched, "ERR_CONNECTION_REFUSED")


def test_a_server_that_goes_away_is_told_and_the_question_can_be_asked_again(visit: Visit, watched: Watched) -> None:
    page = visit()
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    kept = ask(page, FREIN)
    expect(kept).to_contain_text("n'est pas joignable")
    page.unroute("**/api/**")
    kept.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".kept")).to_contain_text("manque d'eau")
    expect(page.locator(".asked")).to_have_count(1)
    without(watched, "ERR_CONNECTION_REFUSED")


def sse(*events: tuple[str, Any]) -> str:
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in events)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, sse(("answer", Answer("?", (Claim("Début."),)).to_dict())), "ce qui précède est incomplet"),
        (200, "", "La connexion a été coupée"),
        (200, sse(("error", "Le modèle ne répond pas."), ("done", {"id": "x"})), "Le modèle ne répond pas."),
        (429, '{"detail": "Trop de demandes à la suite : réessayez."}', "Trop de demandes"),
        (403, '{"detail": "Ce site n\'est pas autorisé."}', "Ce site n'est pas autorisé."),
        (502, "<html>Bad Gateway</html>", "n'est pas joignable"),
        (200, "event: answer\ndata: {pas du json\n\n", "n'est pas joignable"),
    ],
    ids=["cut", "empty", "error", "too many", "refused", "proxy", "nonsense"],
)
def test_what_goes_wrong_is_told_in_a_sentence(
    visit: Visit, watched: Watched, status: int, body: str, said: str
) -> None:
    page = visit()
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    page.route("**/api/ask", lambda route: route.fulfill(status=status, body=body, content_type="text/event-stream"))
    kept = ask(page, FREIN)
    expect(kept.locator(".problem")).to_contain_text(said)
    assert (kept.get_by_role("button", name="Réessayer").count() == 1) is (status != 403)
    without(watched, "status of 4", "status of 5")


def test_an_ended_session_is_replaced_without_a_word(visit: Visit, watched: Watched) -> None:
    page = visit()
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    refused = []

    def once(route: Any) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route.request.headers["authorization"])
            route.fulfill(status=401, body='{"detail": "La session a expiré."}', content_type="application/json")

    page.route("**/api/ask", once)
    expect(ask(page, FREIN)).to_contain_text("manque d'eau")
    assert len(refused) == 1
    without(watched, "status of 401")


def test_a_long_wait_is_owned_up_to_and_a_longer_one_given_up(rooms: Rooms, watched: Watched) -> None:
    assistant = Slow()
    page = watched.open(rooms.assistant(assistant) + "/demo", ready=False)
    page.clock.install()
    opened(page)
    send(page, FREIN)
    expect(page.locator(".draft")).to_contain_text("Début")
    page.clock.run_for(9_000)
    expect(page.get_by_role("status").first).to_have_text("La réponse se fait attendre…")
    page.clock.run_for(40_000)
    expect(page.locator(".kept .problem")).to_contain_text("met trop de temps à répondre")
    expect(page.locator(".kept")).to_contain_text("Début")
    assistant.go.set()


def test_too_long_a_question_is_given_back(visit: Visit, watched: Watched) -> None:
    page = visit()
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    box(page).evaluate("e => { e.removeAttribute('maxlength'); e.value = 'x'.repeat(3000) }")
    box(page).press("Enter")
    expect(page.locator(".kept")).to_contain_text("réduisez-la à 2000")
    expect(box(page)).to_have_value("x" * 3000)
    without(watched, "status of 422")


def test_two_tabs_hold_two_conversations(visit: Visit) -> None:
    one, other = visit(), visit()
    ask(one, FREIN)
    ask(other, COMPOSTEUR)
    expect(other.get_by_role("log")).not_to_contain_text("manque d'eau")
    expect(one.locator(".kept")).to_have_count(1)


# --- The stream

EVENTS = st.lists(st.tuples(st.sampled_from(["answer", "error", "done"]), st.text()), max_size=4)
DECODE = """([bytes, cuts]) => {
    const Events = customElements.get('rtes-assistant').Events, all = new Uint8Array(bytes);
    return cuts.map(at => {
        const events = new Events(), ends = [...at, all.length];
        return ends.flatMap((end, one) => events.read(all.slice(ends[one - 1] ?? 0, end)));
    })}"""


@pytest.fixture(scope="module")
def decoder(browser: Any, site: str) -> Iterator[Callable[[bytes, list[list[int]]], Any]]:
    """The widget's own decoder, in the browser: what it makes of bytes cut in each of these ways."""
    page = browser.new_page()
    page.goto(f"{site}/demo")
    page.wait_for_function("!!customElements.get('rtes-assistant')")
    yield lambda data, cuts: page.evaluate(DECODE, [list(data), cuts])
    page.close()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_answer_cut_anywhere_in_two_or_into_bytes_is_the_same(decoder: Any, assistant: Assistant, end: str) -> None:
    """Ends of line are "\\n" here; others are what the standard allows."""
    data = json.dumps(
        assistant.answer(FREIN).to_dict() | {"text": "« collectivité » 🏛 œuvre\u2028"}, ensure_ascii=False
    )
    block = f": signe de vie\nevent: answer\ndata: {data}\n\nevent: done\ndata: {{}}\n\n:\n".replace("\n", end)
    whole = block.encode()
    cuts = [[], *([at] for at in range(len(whole))), list(range(len(whole)))]
    assert {json.dumps(got) for got in decoder(whole, cuts)} == {json.dumps([["answer", data], ["done", "{}"]])}


@settings(max_examples=60)
@given(said=EVENTS, data=st.data())
def test_a_stream_cut_anywhere_makes_the_same_events(decoder: Any, said: list[tuple[str, str]], data: Any) -> None:
    texts = [(name, json.dumps(text, ensure_ascii=False)) for name, text in said]
    whole = "".join(f"event: {name}\ndata: {text}\n\n" for name, text in texts).encode("utf-8", "surrogatepass")
    whole = whole.decode("utf-8", "replace").encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    one, cut = decoder(whole, [[], cuts])
    assert one == cut
    assert [name for name, _ in one] == [name for name, _ in said]


# --- On the sites of others


def test_it_works_on_a_site_with_the_strictest_policy(rooms: Rooms, watched: Watched, assistant: Assistant) -> None:
    us: dict[str, str] = {}
    host = rooms.site(us)
    us["address"] = rooms.assistant(assistant, allowed_origins=(host,))
    watched.allow(us["address"])
    page = opened(watched.open(host, ready=False))
    kept = ask(page, CONDITIONS)
    mark(kept, 1).click()
    expect(source(page).locator("mark")).to_be_visible()
    assert page.get_by_role("dialog").evaluate("e => getComputedStyle(e).position") == "fixed"


def test_a_site_that_is_not_on_the_list_is_told_so(rooms: Rooms, watched: Watched, assistant: Assistant) -> None:
    us: dict[str, str] = {}
    host = rooms.site(us)
    us["address"] = rooms.assistant(assistant)
    watched.allow(us["address"])
    page = opened(watched.open(host, ready=False))
    # The browser does not let the site read why.
    expect(page.get_by_role("alert")).to_contain_text("n'est pas joignable")
    without(watched, "CORS", "ERR_FAILED", "403")


@SIZES
def test_the_style_of_a_hostile_site_changes_nothing(
    rooms: Rooms, watched: Watched, assistant: Assistant, size: dict[str, Any]
) -> None:
    hostile = """<style>* { all: unset !important } html { font-size: 4px !important; --accent: red; --surface: red }
        rtes-assistant { display: none !important; opacity: 0 !important; zoom: 3 !important } button { color: lime }
        </style>"""
    look = """() => [...document.querySelector('rtes-assistant').shadowRoot.querySelectorAll('*')].map(e => {
        const s = getComputedStyle(e), r = e.getBoundingClientRect();
        return [e.tagName, s.color, s.backgroundColor, s.fontSize, s.display, s.fontFamily, Math.round(r.width)].join()
        })"""
    looks = []
    for head in ("", hostile):
        us: dict[str, str] = {}
        host = rooms.site(us, head=head, policy="style-src 'unsafe-inline'")
        us["address"] = rooms.assistant(assistant, allowed_origins=(host,))
        watched.allow(us["address"])
        page = opened(watched.open(host, ready=False, **size))
        mark(ask(page, CONDITIONS), 1).click()
        expect(source(page)).to_be_visible()
        page.mouse.move(0, 0)
        looks.append(page.evaluate(look))
    assert looks[0] == looks[1]


def test_the_attributes_of_the_script_are_followed(rooms: Rooms, watched: Watched, assistant: Assistant) -> None:
    us: dict[str, str] = {}
    attributes = (
        'data-position="left" data-color="rgb(255, 230, 0)" data-title="Posez vos questions" data-theme="dark" '
        'data-greeting="Bienvenue <b>ici</b>." data-page="https://www.rtes.example/article"'
    )
    host = rooms.site(us, attributes=attributes)
    us["address"] = rooms.assistant(assistant, allowed_origins=(host,))
    watched.allow(us["address"])
    page = watched.open(host, ready=False)
    bubble = page.get_by_role("button", name="Une question ?")
    assert bubble.bounding_box()["x"] < 100
    colours = "e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]"
    assert bubble.evaluate(colours) == ["rgb(255, 230, 0)", "rgb(0, 0, 0)"]
    opened(page)
    expect(page.get_by_role("dialog", name="Posez vos questions")).to_be_visible()
    expect(page.get_by_text("Bienvenue <b>ici</b>.")).to_be_visible()
    assert page.get_by_role("dialog").evaluate(colours)[0] == "rgb(16, 23, 23)"
    with page.expect_request("**/api/ask") as sent:
        ask(page, FREIN)
    assert sent.value.post_data_json["page"] == "https://www.rtes.example/article"


def test_the_page_that_is_read_is_told_without_its_parameters(visit: Visit, site: str) -> None:
    page = visit(is_open=False)
    page.goto(f"{site}/demo?jeton=secret#haut")
    opened(page)
    with page.expect_request("**/api/ask") as sent:
        ask(page, FREIN)
    assert sent.value.post_data_json["page"] == f"{site}/demo"


@pytest.fixture
def remembered(rooms: Rooms, watched: Watched, assistant: Assistant) -> tuple[str, Any]:
    """The address of a site that wishes conversations to follow the reader, and one of its pages, open."""
    us: dict[str, str] = {}
    host = rooms.site(us, attributes="data-remember")
    us["address"] = rooms.assistant(assistant, allowed_origins=(host,))
    watched.allow(us["address"])
    return host, watched.open(host, ready=False)


def test_a_conversation_follows_the_reader_where_the_site_wishes_it(remembered: tuple[str, Any]) -> None:
    host, page = remembered
    ask(opened(page), FREIN)
    page.goto(f"{host}/autre")
    opened(page)
    expect(page.locator(".kept")).to_contain_text("manque d'eau")
    expect(page.locator(".asked")).to_contain_text("Quel est le premier frein")
    mark(page.locator(".kept"), 1).click()
    expect(source(page).locator("mark")).to_be_visible()


@pytest.mark.parametrize("failure", ["503", "connectionreset"])
def test_a_failure_in_passing_does_not_lose_the_conversation(
    remembered: tuple[str, Any], watched: Watched, failure: str
) -> None:
    host, page = remembered
    ask(opened(page), FREIN)
    failed = []

    def once(route: Any) -> None:
        if failed:
            route.continue_()
            return
        failed.append(route)
        if failure == "503":
            route.fulfill(status=503, body="<html>Indisponible</html>")
        else:
            route.abort(failure)

    page.route("**/api/conversation", once)
    page.goto(f"{host}/autre")
    opened(page)
    expect(page.locator(".kept")).to_contain_text("manque d'eau")
    assert len(failed) == 1
    without(watched, "status of 503", "ERR_CONNECTION_RESET", "CORS")


def test_a_failure_that_lasts_is_told_and_the_conversation_is_there_after_it(
    remembered: tuple[str, Any], watched: Watched
) -> None:
    host, page = remembered
    ask(opened(page), FREIN)
    page.route("**/api/conversation", lambda route: route.abort("connectionrefused"))
    page.goto(f"{host}/autre")
    opened(page)
    expect(page.get_by_role("alert")).to_contain_text("n'est pas joignable")
    page.unroute("**/api/conversation")
    page.get_by_role("button", name="Réessayer").click()
    expect(page.locator(".kept")).to_contain_text("manque d'eau")
    without(watched, "ERR_CONNECTION_REFUSED")


def test_a_session_that_has_ended_between_two_pages_is_replaced(remembered: tuple[str, Any], watched: Watched) -> None:
    host, page = remembered
    ask(opened(page), FREIN)
    page.evaluate("sessionStorage.setItem('rtes-assistant', 'un-jeton-d-hier')")
    page.goto(f"{host}/autre")
    opened(page)
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    expect(ask(page, FREIN)).to_contain_text("manque d'eau")
    without(watched, "status of 401")


def test_a_question_sent_before_the_session_is_open_is_not_lost_when_it_opens(remembered: tuple[str, Any]) -> None:
    host, page = remembered
    held: list[Any] = []
    page.route("**/api/session", lambda route: route.continue_() if held else held.append(route))
    opened(page)
    expect(ask(page, FREIN)).to_contain_text("manque d'eau")
    with page.expect_response("**/api/session"):
        held[0].continue_()
    page.wait_for_load_state("networkidle")
    page.goto(f"{host}/autre")
    opened(page)
    expect(page.locator(".kept")).to_contain_text("manque d'eau")


def test_a_conversation_that_was_cleared_does_not_come_back_while_the_server_is_told(
    remembered: tuple[str, Any],
) -> None:
    _, page = remembered
    held: list[Any] = []
    ask(opened(page), FREIN)
    page.route(
        "**/api/conversation",
        lambda route: held.append(route) if route.request.method == "DELETE" else route.continue_(),
    )
    clear(page)
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    assert held == []
    send(page, COMPOSTEUR)
    expect(page.locator(".kept")).to_have_count(1)
    expect(page.locator(".kept")).not_to_contain_text("manque d'eau")
    with page.expect_response(lambda response: response.request.method == "DELETE") as told:
        held[0].continue_()
    assert told.value.status == 204


def test_an_element_of_the_site_takes_the_place_of_ours(rooms: Rooms, watched: Watched, assistant: Assistant) -> None:
    us: dict[str, str] = {}
    host = rooms.site(us, attributes='></script><script src="data:,"')
    us["address"] = rooms.assistant(assistant, allowed_origins=(host,))
    watched.allow(us["address"])
    page = watched.open(host, ready=False)
    assert page.locator("rtes-assistant").count() == 1
    page.evaluate(
        """us => { document.body.append(Object.assign(document.createElement('script'), {src: us + '/widget.js'})) }""",
        us["address"],
    )
    page.wait_for_load_state("networkidle")
    assert page.locator("rtes-assistant").count() == 1
    without(watched, "CSP", "data:,")


# --- Hostile texts


def foreign(page: Any) -> list[str]:
    """Elements and attributes that no code of ours makes."""
    own = "SECTION BUTTON SVG PATH SPAN DIALOG HEADER H2 H3 P DIV FORM LABEL TEXTAREA UL LI BLOCKQUOTE MARK A STRONG"
    found = page.evaluate(
        """() => [...document.querySelector('rtes-assistant').shadowRoot.querySelectorAll('*')].map(e =>
             [e.tagName.toUpperCase(), e.getAttribute('href') ?? '',
              e.getAttributeNames().filter(name => /^on|^style$|^src/.test(name) && e.id !== 'root').join()])"""
    )
    return [
        f"{tag} {href} {attributes}"
        for tag, href, attributes in found
        if tag not in own.split() or attributes or not re.match(r"$|https?://", href)
    ]


def test_the_html_of_a_document_is_read_and_not_run(visit: Visit) -> None:
    page = visit()
    kept = ask(page, HOSTILE)
    expect(kept).to_contain_text("<script>window.hurt=5</script>")
    mark(kept, 1).click()
    expect(source(page)).to_contain_text('<img src="http://evil.invalid/t.png"')
    expect(source(page).get_by_role("link")).to_have_count(0)
    assert foreign(page) == []
    assert page.evaluate("window.hurt") is None


@pytest.mark.parametrize("name", ["xss-payloads.json", "naughty-strings.json"])
def test_no_hostile_string_of_the_shared_lists_is_rendered(rooms: Rooms, watched: Watched, name: str) -> None:
    payloads = [text for text in hostile_strings(name) if re.search(r"[<`]|\]\(|://", text)]
    assistant = Scripted(lambda question, _: iter([echo(question, payloads)]))
    page = opened(watched.open(rooms.assistant(assistant) + "/demo", ready=False))
    kept = ask(page, " ".join(payloads)[:1990])
    expect(kept.locator(".mark")).to_have_count(len(payloads))
    for number in range(1, len(payloads) + 1, 40):
        mark(kept, number).click()
        assert spaced(source(page).locator("mark").text_content()) == spaced(payloads[number - 1])
        page.keyboard.press("Escape")
    assert foreign(page) == []
    assert page.evaluate("document.title") == "L'assistant sur une page de votre site"


# --- For everyone


def test_a_source_is_reached_and_left_with_the_keyboard_alone(visit: Visit) -> None:
    page = visit(is_open=False)
    bubble = page.get_by_role("button", name="Une question ?")
    focused = "e => e === e.getRootNode().activeElement"

    def reach(target: Any, key: str = "Tab") -> None:
        for _ in range(40):
            if target.evaluate(focused):
                return
            page.keyboard.press(key)
        raise AssertionError("le clavier n'y mène pas")

    reach(bubble)
    page.keyboard.press("Enter")
    expect(box(page)).to_be_focused()
    page.keyboard.type(FREIN)
    page.keyboard.press("Enter")
    kept = page.locator(".kept")
    expect(kept).to_be_visible()
    reach(mark(kept, 1), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(source(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(source(page)).to_be_hidden()
    expect(mark(kept, 1)).to_be_focused()
    reach(kept.get_by_role("button", name="Réessayer"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(bubble).to_be_focused()
    expect(bubble).to_have_attribute("aria-expanded", "false")


def test_the_focus_stays_inside_the_open_dialog(visit: Visit) -> None:
    page = visit()
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    for key in ("Tab", "Shift+Tab"):
        seen = set()
        for _ in range(24):
            page.keyboard.press(key)
            seen.add(page.evaluate("document.activeElement.tagName"))
        assert seen == {"RTES-ASSISTANT"}


def test_closing_gives_the_focus_back(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Fermer").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Une question ?")).to_be_focused()
    opened(page)
    expect(page.get_by_role("dialog")).to_be_visible()


@SCHEMES
def test_the_focus_is_seen_and_what_is_aimed_at_is_large_enough(visit: Visit, scheme: str) -> None:
    page = visit(color_scheme=scheme)
    ask(page, CONDITIONS)
    seen = set()
    for _ in range(24):
        page.keyboard.press("Tab")
        tag, width, style, size = page.evaluate(
            """() => { const e = document.querySelector('rtes-assistant').shadowRoot.activeElement,
                 s = getComputedStyle(e), r = e.getBoundingClientRect();
                 return [e.tagName, parseFloat(s.outlineWidth), s.outlineStyle, Math.min(r.width, r.height)] }"""
        )
        seen.add(tag)
        assert (width >= 2, style) == (True, "solid"), tag
        assert size >= 24, tag
    assert {"BUTTON", "TEXTAREA", "DIV"} <= seen


@pytest.mark.parametrize("size", [{"viewport": {"width": 320, "height": 256}}, PHONE, DESKTOP], ids=str)
def test_everything_can_be_reached_at_any_size(visit: Visit, size: dict[str, Any]) -> None:
    page = visit(**size)
    kept = ask(page, CONDITIONS)
    ask(page, "mot" * 300)
    for target in (mark(kept, 1), box(page), page.get_by_role("button", name="Fermer")):
        target.scroll_into_view_if_needed()
        expect(target).to_be_in_viewport(ratio=0.9)
    dialog = page.get_by_role("dialog")
    assert dialog.evaluate("e => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <= innerWidth")
    assert page.locator(".talk").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_nothing_moves_for_anyone(visit: Visit) -> None:
    page = visit(reduced_motion="reduce")
    ask(page, FREIN)
    inside = MOVING.replace("document.", "document.querySelector('rtes-assistant').shadowRoot.")
    assert page.evaluate(inside) == 0


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_axe_finds_nothing_in_any_state(
    rooms: Rooms, watched: Watched, assistant: Assistant, size: dict[str, Any], scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe n'est pas installé").Axe()
    page = watched.open(rooms.assistant(assistant) + "/demo", ready=False, color_scheme=scheme, **size)

    def violations(state: str) -> list[tuple[str, str, str]]:
        found = axe.run(page).response["violations"]
        return [(state, rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]

    found = violations("fermé")
    opened(page)
    expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
    found += violations("accueil")
    kept = ask(page, CONDITIONS)
    found += violations("réponse")
    mark(kept, 1).click()
    found += violations("source")
    page.keyboard.press("Escape")
    kept.get_by_role("button", name="Pas utile").click()
    expect(kept.get_by_role("status")).to_have_text("Merci, votre avis est noté.")
    ask(page, UNKNOWN)
    found += violations("refus et avis")
    clear(page)
    found += violations("effacée")
    undo(page).click()
    page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    ask(page, FREIN)
    found += violations("serveur absent")
    without(watched, "ERR_CONNECTION_REFUSED")
    assert found == []


# --- What is kept


def test_the_code_of_what_is_kept_is_shown_and_clearing_erases_it(visit: Visit, kept: Path) -> None:
    page = visit(permissions=["clipboard-read", "clipboard-write"], **PHONE)
    link = page.get_by_role("link", name="Confidentialité")
    expect(link).to_have_attribute("href", re.compile("/confidentialite$"))
    expect(page.get_by_role("button", name="Copier le code")).to_have_count(0)
    ask(page, FREIN)
    copy = page.get_by_role("button", name="Copier le code")
    # On one line.
    assert copy.bounding_box()["y"] < link.bounding_box()["y"] + link.bounding_box()["height"] / 2
    copy.click()
    expect(page.get_by_role("button", name="Code copié")).to_be_visible()
    code = page.evaluate("navigator.clipboard.readText()")
    journal = JournalBook(kept / "journal.sqlite", 30)
    assert [entry.record["answer"]["question"] for entry in journal.of(code)] == [FREIN]
    clear(page)
    expect(page.get_by_text(code)).to_have_count(0)
    undo(page).click()
    expect(page.get_by_text(code)).to_be_visible()
    clear(page)
    assert len(journal.of(code)) == 1
    with page.expect_response(lambda response: response.request.method == "DELETE"):
        page.get_by_role("button", name="Fermer").click()
    assert journal.of(code) == []


def test_a_server_that_cannot_be_told_to_forget_is_said_not_to_have(visit: Visit, watched: Watched, kept: Path) -> None:
    page = visit()
    ask(page, FREIN)
    code = page.locator(".code").text_content()
    page.route("**/api/conversation", lambda route: route.fulfill(status=403, json={"detail": "Non."}))
    clear(page)
    ask(page, COMPOSTEUR)
    expect(page.get_by_role("log")).to_contain_text(
        f"n'est pas effacée du serveur. Effacez-la à la page Confidentialité : code {code}"
    )
    assert len(JournalBook(kept / "journal.sqlite", 30).of(code)) == 1
    without(watched, "status of 403")


class Heard(HeldConversations):
    """Tells when one is cleared."""

    def __init__(self) -> None:
        super().__init__()
        self.cleared = threading.Event()

    def clear(self, session: Session) -> None:
        super().clear(session)
        self.cleared.set()


def test_what_was_cleared_is_erased_when_the_page_of_a_site_is_left(
    rooms: Rooms, watched: Watched, assistant: Assistant
) -> None:
    us: dict[str, str] = {}
    host = rooms.site(us)
    given, conversations = AssistantSettings(allowed_origins=(host,)), Heard()
    app = lay_out(assistant, given, None, time.time, conversations=conversations)
    with served(fenced(app, given)) as us["address"]:
        watched.allow(us["address"])
        page = watched.open(host, ready=False)
        ask(opened(page), FREIN)
        clear(page)
        expect(page.get_by_role("button", name=SUGGESTIONS[0])).to_be_visible()
        assert not conversations.cleared.is_set()
        page.goto(f"{host}/autre")
        assert conversations.cleared.wait(ANSWER_WITHIN / 1000)
