from pathlib import Path

from assistant.journal import JournalBook
from assistant.web.keeping import Keeping
from assistant.web.opinions import Opinion, OpinionBook

from .test_limiting import Clock


def test_what_is_given_back_says_when_it_was_given_and_when_it_goes(tmp_path: Path) -> None:
    clock = Clock(0)
    keeping = Keeping(JournalBook(tmp_path / "j.sqlite", 1, clock), OpinionBook(tmp_path / "o.sqlite", clock))
    assert keeping.journal is not None
    assert keeping.opinions is not None
    record = {"answer": {"question": "Qui décide ?", "text": "L'élu. [1]"}}
    keeping.journal.note("x", record, "code")
    keeping.opinions.note(Opinion("x", False, "Court", "Qui décide ?", "L'élu. [1]", "code"))
    assert keeping.export("code") == {
        "code": "code",
        "reponses": [
            {
                "donnee_le": "1970-01-01T00:00:00+00:00",
                "effacee_le": "1970-01-02T00:00:00+00:00",
                "lien": "reponse/x",
                "question": "Qui décide ?",
                "reponse": "L'élu. [1]",
                "tout_ce_qui_est_garde": record,
            }
        ],
        "avis": [
            {
                "donne_le": "1970-01-01T00:00:00+00:00",
                "utile": False,
                "commentaire": "Court",
                "question": "Qui décide ?",
                "reponse": "L'élu. [1]",
            }
        ],
    }
    assert keeping.forget("code") == 2
    assert keeping.has_forgotten("code")
    assert keeping.export("code") is None


def test_where_nothing_is_kept_there_is_nothing_to_give_nor_to_erase() -> None:
    assert (Keeping().export("code"), Keeping().forget("code"), Keeping().purge()) == (None, 0, 0)
