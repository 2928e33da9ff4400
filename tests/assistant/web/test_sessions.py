import threading
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from assistant import Answer, Assistant, Claim
from assistant.sharing import shared
from assistant.web.conversing import SharedConversations
from assistant.web.sessions import Conversations, HeldConversations, Session, Sessions
from knowledge import Home
from knowledge.housing import SharedHome
from knowledge.postgres import PostgresDatabase

from ...conftest import EVERYWHERE
from ...servers import Servers
from .test_limiting import Clock
from .test_page import CONDITIONS

HOMES = EVERYWHERE

SITE, OTHER = "https://www.rtes.example", "https://autre.example"
ANSWER = Answer("Qui décide ?", (Claim("L'élu."),))

Open = Callable[..., Conversations]


def opened(home: Home) -> PostgresDatabase:
    database = shared(home)
    assert database is not None
    return database


@pytest.fixture
def clock() -> Clock:
    return Clock(1000)


@pytest.fixture
def open_conversations(home: Home, clock: Clock) -> Open:
    """Those of one process, in memory; or those that each machine sees, on a server."""
    if isinstance(home, SharedHome):
        return lambda **given: SharedConversations(opened(home), clock, **given)
    return lambda **given: HeldConversations(clock, **given)


@pytest.fixture
def conversations(open_conversations: Open) -> Conversations:
    return open_conversations()


def test_a_token_opens_its_session_on_its_site() -> None:
    sessions = Sessions(Clock(1000))
    token = sessions.open(SITE)
    first, second = sessions.read(token, SITE), sessions.read(token, SITE)
    assert first is not None
    assert first == second
    assert first.origin == SITE


def test_a_token_opens_nothing_on_another_site() -> None:
    sessions = Sessions(Clock(1000))
    assert sessions.read(sessions.open(SITE), OTHER) is None


def test_a_token_lasts_as_long_as_was_set() -> None:
    clock = Clock(1000)
    sessions = Sessions(clock, lifetime=60)
    token = sessions.open(SITE)
    clock.now += 60
    assert sessions.read(token, SITE) is not None
    clock.now += 2
    assert sessions.read(token, SITE) is None


def test_no_token_can_be_made_up_or_changed() -> None:
    sessions = Sessions(Clock(1000))
    token = sessions.open(SITE)
    forged = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token) - 1)]
    for text in (*forged, "", ".", token[:-1], token + "A", "été", "[]", Sessions(Clock(1000)).open(SITE)):
        assert sessions.read(text, SITE) is None, text


def test_two_sessions_are_two() -> None:
    sessions = Sessions(Clock(1000))
    one, other = (sessions.read(sessions.open(SITE), SITE) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.id != other.id


def test_a_conversation_is_told_in_order_with_what_came_of_each_question(conversations: Conversations) -> None:
    session = Session("a", SITE)
    first = conversations.begin(session, "Qui décide ?")
    conversations.note(session, first.id, ANSWER)
    second = conversations.begin(session, "Et avant ?")
    conversations.note(session, second.id, problem="Rien.")
    told = [(one.question, one.answer, one.problem) for one in conversations.of(session)]
    assert told == [("Qui décide ?", ANSWER, ""), ("Et avant ?", None, "Rien.")]
    assert conversations.of(Session("b", SITE)) == ()


def test_an_answer_is_remembered_whole_with_what_bears_it_out(
    conversations: Conversations, assistant: Assistant
) -> None:
    session, answer = Session("a", SITE), assistant.answer(CONDITIONS)
    assert answer.citations
    conversations.note(session, conversations.begin(session, CONDITIONS, code="code").id, answer)
    (exchange,) = conversations.of(session)
    assert (exchange.answer, exchange.code) == (answer, "code")


def test_a_question_is_remembered_to_the_letter(conversations: Conversations) -> None:
    asked = "Zéro \0, tube 🧪, guillemet \" et 'apostrophe'"
    conversations.begin(Session("a", SITE), asked)
    assert [one.question for one in conversations.of(Session("a", SITE))] == [asked]


def test_a_question_asked_again_takes_the_place_of_the_last_one(conversations: Conversations) -> None:
    session = Session("a", SITE)
    for question in ("Un ?", "Deux ?"):
        conversations.begin(session, question)
    conversations.begin(session, "Deux ?", again=True)
    assert [one.question for one in conversations.of(session)] == ["Un ?", "Deux ?"]


def test_a_cleared_conversation_takes_nothing_in_any_more(conversations: Conversations) -> None:
    session = Session("a", SITE)
    exchange = conversations.begin(session, "Un ?")
    conversations.clear(session)
    conversations.note(session, exchange.id, ANSWER)
    assert conversations.of(session) == ()
    conversations.clear(session)


def test_a_silent_conversation_is_forgotten_and_a_lively_one_is_not(open_conversations: Open, clock: Clock) -> None:
    conversations, session = open_conversations(lifetime=60), Session("a", SITE)
    first = conversations.begin(session, "Un ?")
    clock.now += 50
    conversations.note(session, first.id, ANSWER)
    clock.now += 50
    conversations.purge()
    conversations.begin(session, "Deux ?")
    assert len(conversations.of(session)) == 2
    clock.now += 60
    assert conversations.of(session) == ()
    conversations.begin(session, "Trois ?")
    assert [one.question for one in conversations.of(session)] == ["Trois ?"]


def test_a_conversation_keeps_its_last_questions_only(conversations: Conversations) -> None:
    session = Session("a", SITE)
    for number in range(40):
        conversations.begin(session, str(number))
    assert [one.question for one in conversations.of(session)] == [str(number) for number in range(10, 40)]


def test_the_number_of_conversations_is_bounded(open_conversations: Open, clock: Clock) -> None:
    conversations = open_conversations(kept=20)
    sessions = [Session(str(number), SITE) for number in range(30)]
    for session in sessions:
        conversations.begin(session, "?")
        clock.now += 1
    assert [bool(conversations.of(session)) for session in sessions] == [False] * 10 + [True] * 20


def test_what_was_said_under_a_code_is_forgotten_and_the_rest_stays(conversations: Conversations) -> None:
    session = Session("s", SITE)
    for question, code in (("Un ?", "one"), ("Deux ?", "other")):
        conversations.begin(session, question, code=code)
    conversations.forget("one")
    assert [exchange.question for exchange in conversations.of(session)] == ["Deux ?"]


def test_questions_asked_at_once_in_one_conversation_are_all_there_each_with_its_answer(
    open_conversations: Open, conversations: Conversations, home: Home
) -> None:
    session, errors = Session("a", SITE), list[BaseException]()

    def ask(name: str) -> None:
        mine = open_conversations() if isinstance(home, SharedHome) else conversations
        try:
            for nth in range(7):
                exchange = mine.begin(session, f"{name} {nth} ?")
                mine.note(session, exchange.id, Answer(exchange.question, (Claim(f"À {name} {nth}."),)))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=ask, args=(name,)) for name in ("un", "deux", "trois", "quatre")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    told = {one.question: one.answer.text for one in conversations.of(session) if one.answer}
    assert told == {
        f"{name} {nth} ?": f"À {name} {nth}." for name in ("un", "deux", "trois", "quatre") for nth in range(7)
    }


def stored(home: SharedHome) -> str:
    """All that the server holds of conversations."""
    with psycopg.connect(home._url) as connection:
        rows = connection.execute("SELECT * FROM assistant_exchanges NATURAL JOIN assistant_sessions").fetchall()
    return repr(rows)


@pytest.fixture
def served_home(running_servers: Servers) -> SharedHome:
    home = running_servers.home(Path("nowhere"))
    assert isinstance(home, SharedHome)
    return home


def test_a_server_that_holds_conversations_cannot_read_them(served_home: SharedHome) -> None:
    conversations, session = SharedConversations(opened(served_home)), Session("secret-session", SITE)
    exchange = conversations.begin(session, "Que fait Zébulon Quartermain ?", code="7Q2M-K9XD-4PFA")
    conversations.note(session, exchange.id, Answer("Que fait Quartermain ?", (Claim("Il jardine."),)))
    held = stored(served_home)
    assert "7Q2M-K9XD-4PFA" in held
    assert [word for word in ("bulon", "uartermain", "jardine", "secret-session", "rtes") if word in held] == []


def test_a_purge_leaves_nothing_of_silent_conversations_on_the_server(served_home: SharedHome, clock: Clock) -> None:
    conversations = SharedConversations(opened(served_home), clock)
    conversations.begin(Session("a", SITE), "Un ?", code="silent")
    clock.now += 7200
    conversations.begin(Session("b", SITE), "Deux ?", code="lively")
    conversations.purge()
    assert "silent" not in stored(served_home)
    assert "lively" in stored(served_home)


def test_what_another_version_has_written_otherwise_is_passed_over(served_home: SharedHome) -> None:
    conversations, session = SharedConversations(opened(served_home)), Session("a", SITE)
    conversations.begin(session, "Un ?")
    with psycopg.connect(served_home._url) as connection:
        connection.execute("UPDATE assistant_exchanges SET sealed = 'autrement'")
    conversations.begin(session, "Deux ?")
    assert [one.question for one in conversations.of(session)] == ["Deux ?"]


def test_machines_that_share_conversations_share_a_key_without_being_given_one(served_home: SharedHome) -> None:
    one, other = (SharedConversations(opened(served_home)).key for _ in range(2))
    assert one == other
    token = Sessions(Clock(1000), key=one).open(SITE)
    assert Sessions(Clock(1000), key=other).read(token, SITE) is not None
    assert HeldConversations().key == ""


def test_machines_that_share_a_key_know_each_others_sessions() -> None:
    one, other = (Sessions(Clock(1000), key="une-cle-de-trente-deux-caracteres") for _ in range(2))
    opened = one.read(one.open(SITE), SITE)
    assert opened is not None
    token = one.open(SITE)
    assert other.read(token, SITE) == one.read(token, SITE) is not None
    assert Sessions(Clock(1000), key="une-autre-de-trente-deux-caracteres").read(token, SITE) is None
