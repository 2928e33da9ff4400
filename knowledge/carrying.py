"""Adapter: what others keep beside a library on a server, in the SQLite files that one machine would keep it in."""

import sqlite3
from contextlib import closing
from pathlib import Path

from .postgres import PostgresDatabase

# Rows read at a time.
_BATCH = 500
_KINDS = {"bigint": "integer", "text": "text"}


def carry(database: PostgresDatabase, folder: Path) -> None:
    """
    Each table whose comment is of the form « file.sqlite/table », into that table of that file of `folder`: its columns
    but the `number` that its rows are in the order of, the first as its key. Rows that the file has already stay.
    """
    tables = database.rows(
        "SELECT relname, obj_description(held.oid, 'pg_class') FROM pg_class AS held "
        "JOIN pg_namespace AS within ON within.oid = relnamespace "
        "WHERE nspname = current_schema() AND obj_description(held.oid, 'pg_class') ~ '^[a-z]+[.]sqlite/[a-z]+$'"
    )
    for table, comment in tables:
        file, _, name = comment.partition("/")
        with closing(sqlite3.connect(folder / file)) as copy, copy:
            _carry(database, table, copy, name)


def _carry(database: PostgresDatabase, table: str, copy: sqlite3.Connection, name: str) -> None:
    columns = database.rows(
        "SELECT column_name, data_type FROM information_schema.columns "
        "WHERE table_schema = current_schema() AND table_name = ? AND column_name <> 'number' "
        "ORDER BY ordinal_position",
        (table,),
    )
    (key, kind), *others = ((column, _KINDS[kind]) for column, kind in columns)
    declared = ", ".join((f"{key} {kind} primary key", *(f"{column} {kind} not null" for column, kind in others)))
    copy.execute(f"CREATE TABLE IF NOT EXISTS {name} ({declared})")
    names, holes = ", ".join(column for column, _ in columns), ", ".join("?" * len(columns))
    query = f"SELECT number, {names} FROM {table} WHERE number > ? ORDER BY number LIMIT ?"
    last = 0
    while rows := database.rows(query, (last, _BATCH)):
        copy.executemany(f"INSERT OR IGNORE INTO {name} ({names}) VALUES ({holes})", [row[1:] for row in rows])
        last = rows[-1][0]
