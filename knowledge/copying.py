"""Façade: a library copied into another database, of whatever kind."""

from .database import TABLES, Database

# Rows written at a time: vectors are what takes room.
_BATCH = 2000


def copy_library(source: Database, target: Database, own: str) -> None:
    """
    All the rows, as they were at one moment, in the place of those of `target`: all or nothing. `own` is the fact
    that `target` keeps (or goes without) whatever the source says.
    """
    with source.reading(), target.transaction():
        kept = target.rows("SELECT name, value FROM facts WHERE name = ?", (own,))
        for table in reversed(TABLES):
            target.write(f"DELETE FROM {table}", ())
        for table in TABLES:
            rows = source.rows(f"SELECT * FROM {table}")
            holes = ", ".join("?" * len(rows[0])) if rows else ""
            for at in range(0, len(rows), _BATCH):
                target.write(f"INSERT INTO {table} VALUES ({holes})", *rows[at : at + _BATCH])
        target.write("DELETE FROM facts WHERE name = ?", (own,))
        if kept:
            target.write("INSERT INTO facts VALUES (?, ?)", *kept)
