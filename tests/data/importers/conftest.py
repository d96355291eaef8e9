"""What the importer's tests share: files of a few lines, imports, and the rows they left."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from data.importers import import_files


@pytest.fixture
def db(tmp_path):
    """The path of a ledger that is not there yet."""
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def write(tmp_path):
    """A function that writes a file of text (or bytes) and returns its path."""

    def write(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def take(db, write):
    """A function that imports lines of one CSV file into `db`."""

    def take(*lines: str, name: str = "usage.csv", **options: object):
        path = write(name, "\n".join(lines) + "\n")
        return import_files([path], str(db), **options)

    return take


@pytest.fixture
def rows(db):
    """A function that returns the rows of a query on `db`."""

    def rows(sql: str, *values: object) -> list[tuple]:
        with closing(sqlite3.connect(db)) as connection:
            return connection.execute(sql, values).fetchall()

    return rows
