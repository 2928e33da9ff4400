from assistant import Answer, Claim
from assistant.web.sessions import Conversations, Session, Sessions

from .test_limiting import Clock

SITE, OTHER = "https://www.rtes.example", "https://autre.example"
ANSWER = Answer("Qui décide ?", (Claim("L'élu."),))


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


def test_a_conversation_is_told_in_order_with_what_came_of_each_question() -> None:
    conversations, session = Conversations(Clock(1000)), Session("a", SITE)
    first = conversations.begin(session, "Qui décide ?")
    conversations.note(session, first.id, ANSWER)
    second = conversations.begin(session, "Et avant ?")
    conversations.note(session, second.id, problem="Rien.")
    told = [(one.question, one.answer, one.problem) for one in conversations.of(session)]
    assert told == [("Qui décide ?", ANSWER, ""), ("Et avant ?", None, "Rien.")]
    assert conversations.of(Session("b", SITE)) == ()


def test_a_question_asked_again_takes_the_place_of_the_last_one() -> None:
    conversations, session = Conversations(Clock(1000)), Session("a", SITE)
    for question in ("Un ?", "Deux ?"):
        conversations.begin(session, question)
    conversations.begin(session, "Deux ?", again=True)
    assert [one.question for one in conversations.of(session)] == ["Un ?", "Deux ?"]


def test_a_cleared_conversation_takes_nothing_in_any_more() -> None:
    conversations, session = Conversations(Clock(1000)), Session("a", SITE)
    exchange = conversations.begin(session, "Un ?")
    conversations.clear(session)
    conversations.note(session, exchange.id, ANSWER)
    assert conversations.of(session) == ()
    conversations.clear(session)


def test_a_silent_conversation_is_forgotten_and_a_lively_one_is_not() -> None:
    clock = Clock(1000)
    conversations, session = Conversations(clock, lifetime=60), Session("a", SITE)
    conversations.begin(session, "Un ?")
    clock.now += 50
    conversations.begin(session, "Deux ?")
    clock.now += 50
    assert len(conversations.of(session)) == 2
    clock.now += 11
    assert conversations.of(session) == ()


def test_a_conversation_keeps_its_last_questions_only() -> None:
    conversations, session = Conversations(Clock(1000)), Session("a", SITE)
    for number in range(100):
        conversations.begin(session, str(number))
    assert [one.question for one in conversations.of(session)] == [str(number) for number in range(70, 100)]


def test_the_number_of_conversations_is_bounded() -> None:
    conversations = Conversations(Clock(1000))
    sessions = [Session(str(number), SITE) for number in range(3000)]
    for session in sessions:
        conversations.begin(session, "?")
    assert sum(bool(conversations.of(session)) for session in sessions) == 2000


def test_what_was_said_under_a_code_is_forgotten_and_the_rest_stays() -> None:
    said, session = Conversations(Clock(1000)), Session("s", SITE)
    for question, code in (("Un ?", "one"), ("Deux ?", "other")):
        said.begin(session, question, code=code)
    said.forget("one")
    assert [exchange.question for exchange in said.of(session)] == ["Deux ?"]


def test_machines_that_share_a_key_know_each_others_sessions() -> None:
    one, other = (Sessions(Clock(1000), key="une-cle-de-trente-deux-caracteres") for _ in range(2))
    opened = one.read(one.open(SITE), SITE)
    assert opened is not None
    token = one.open(SITE)
    assert other.read(token, SITE) == one.read(token, SITE) is not None
    assert Sessions(Clock(1000), key="une-autre-de-trente-deux-caracteres").read(token, SITE) is None
