from typing import Any

import pytest

from assistant import Assistant
from assistant.journal import JournalBook
from assistant.rendering import Turn
from assistant.web.opinions import OpinionBook
from assistant.web.records import Records
from knowledge import Home, UnreachableServer

from .test_page import FREIN


class Gone:
    """The database of a server that does not answer."""

    def __getattr__(self, name: str) -> Any:
        raise UnreachableServer("PostgreSQL ne répond pas.")


@pytest.fixture
def records(assistant: Assistant) -> Records:
    gone: Any = Gone()
    return Records(assistant, JournalBook(gone, 30), OpinionBook(gone))


def test_an_answer_that_nobody_can_keep_is_given_without_a_link(
    records: Records, assistant: Assistant, caplog: pytest.LogCaptureFixture
) -> None:
    turn = records.kept(Turn(FREIN, assistant.answer(FREIN)), "a secret", ("Avant ?",))
    assert turn.answer is not None
    assert (turn.is_kept, turn.conversation) == (False, "")
    assert "an answer could not be kept" in caplog.text
    assert records.hold((turn,))
    assert not records.judge(turn, useful=True)
    assert "an opinion could not be kept" in caplog.text


def test_a_conversation_that_may_have_been_erased_is_not_taken_away_while_nobody_can_tell(
    records: Records, assistant: Assistant
) -> None:
    turn = records.filed(Turn(FREIN, assistant.answer(FREIN)), "7Q2M-K9XD-4PFA")
    assert records.hold((turn,)) == ""


def test_a_courtesy_is_not_kept_and_can_be_taken_away(assistant: Assistant, home: Home) -> None:
    home.create()
    records = Records(assistant, JournalBook(home.folder / "journal.sqlite", 30))
    turn = records.kept(Turn("merci !", assistant.answer("merci !")), "a secret")
    assert (bool(turn.code), turn.is_kept) == (True, False)
    assert records.keeping.export(records.conversation("a secret")) is None
    assert records.held(records.hold((turn,))) == (turn,)


def test_what_is_kept_has_the_code_of_its_secret(assistant: Assistant, home: Home) -> None:
    home.create()
    records = Records(assistant, JournalBook(home.folder / "journal.sqlite", 30))
    turn = records.kept(Turn(FREIN, assistant.answer(FREIN)), "a secret")
    assert (turn.is_kept, turn.conversation) == (True, records.conversation("a secret"))
    assert records.keeping.export(turn.conversation) is not None
