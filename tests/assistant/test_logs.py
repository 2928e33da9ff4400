import json
import logging

from assistant.logs import JsonLines, TextLines


def line(message: str, *given: object, error: Exception | None = None, **extra: object) -> dict[str, object]:
    about = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("assistant.web", logging.WARNING, __file__, 1, message, given, about)
    record.__dict__.update(extra)
    written = JsonLines().format(record)
    assert "\n" not in written
    told: dict[str, object] = json.loads(written)
    return told


def test_a_record_is_one_line_of_json() -> None:
    told = line("question : %s", "reponse\nà suivre", issue="reponse", secondes=0.5, other="non")
    assert told.pop("time")
    assert told == {
        "level": "warning",
        "logger": "assistant.web",
        "message": "question : reponse\nà suivre",
        "issue": "reponse",
        "secondes": 0.5,
    }


def test_an_exception_is_named_and_placed_without_its_words() -> None:
    try:
        raise ValueError("jean@exemple.fr demande")
    except ValueError as error:
        told = line("la question a échoué", error=error)
    assert told["exception"] == "ValueError"
    assert "test_logs.py" in str(told["at"])
    assert "jean" not in str(told)


def test_in_text_too_an_exception_is_named_and_placed_without_its_words() -> None:
    try:
        raise ValueError("jean@exemple.fr demande")
    except ValueError as error:
        about = (type(error), error, error.__traceback__)
    told = TextLines().format(logging.LogRecord("assistant.web", logging.ERROR, "x", 1, "échec", (), about))
    assert "error assistant.web : échec\n    ValueError\n" in told
    assert "test_logs.py" in told
    assert "jean" not in told
