"""Adapter: the log as lines of JSON, in which there is nothing of what anybody said."""

import json
import logging
import traceback
from datetime import UTC, datetime

# What our own records say besides their message.
_FIELDS = ("issue", "secondes")


class JsonLines(logging.Formatter):
    """An exception is named and placed, and its own words, which may be a reader's, are left out."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            frames = traceback.extract_tb(record.exc_info[2])
            said["exception"] = record.exc_info[0].__name__
            said["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]  # type: ignore[assignment]
        return json.dumps(said, ensure_ascii=False)


def log_as_json() -> None:
    """From now on, all that is logged in this process, on stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("assistant").setLevel(logging.INFO)
