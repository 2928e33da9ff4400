"""Adapter: the log, as text or as lines of JSON, in which there is nothing of what anybody said."""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

# What our own records say besides their message.
_FIELDS = ("issue", "secondes")


class TextLines(logging.Formatter):
    """An exception is named and placed, and its own words, which may be a reader's, are left out."""

    def format(self, record: logging.LogRecord) -> str:
        said = f"{self.formatTime(record)} {record.levelname.lower()} {record.name} : {record.getMessage()}"
        return "\n".join([said, *(f"    {line}" for line in _placed(record))])


class JsonLines(logging.Formatter):
    """An exception is named and placed, and its own words, which may be a reader's, are left out."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if placed := _placed(record):
            said["exception"], *said["at"] = placed
        return json.dumps(said, ensure_ascii=False)


def log_to_stderr(as_json: bool) -> None:
    """From now on, all that is logged in this process."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if as_json else TextLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    # A line a question is for programs to read.
    logging.getLogger("assistant").setLevel(logging.INFO if as_json else logging.WARNING)


def _placed(record: logging.LogRecord) -> list[str]:
    """The name of the exception, and each place that it went through; nothing where there is none."""
    if not record.exc_info or not record.exc_info[0]:
        return []
    frames = traceback.extract_tb(record.exc_info[2])
    return [record.exc_info[0].__name__, *(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
