"""Files to rows of text: plain or gzip, UTF-8, CSV; nothing here knows what a row means.

A file is read twice: once for its fingerprint, its encoding and its number of lines, once for its
rows. Neither pass holds more than one batch in memory.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from data.errors import UsageError

BATCH = 1_000  # rows converted and written at once: they fit in the processor's cache
CHUNK = 1 << 20
GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class Source:
    """A file that can be read: its place, the SHA-256 of its unpacked bytes, its lines."""

    path: Path
    sha256: str
    lines: int

    @property
    def name(self) -> str:
        """The file's name, without its folder."""
        return self.path.name


def open_source(path: Path) -> Source:
    """The file at `path`, read through once; UsageError when it is none, or not text."""
    if not path.exists():
        raise UsageError("import.file", f"There is no file {path}: check the path")
    if not path.is_file():
        raise UsageError("import.file", f"{path} is not a file: name the files one by one")
    with _unpacked(path) as stream:
        return _fingerprint(path, stream)


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    """The bytes of the file, unpacked if it is gzip; its faults as UsageErrors."""
    try:
        with path.open("rb") as raw:
            start = raw.read(4)
            raw.seek(0)
            if start == ZIP:
                raise UsageError("import.file", f"{path} is a zip archive: unpack it first")
            if start.startswith(GZIP):
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    yield unpacked  # type: ignore[misc]  # a GzipFile reads as any binary file
            elif path.suffix == ".gz":
                raise UsageError("import.file", f"{path} is named .gz but is not gzip")
            else:
                yield raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsageError(
            "import.file", f"{path} is damaged gzip ({error}): fetch it again"
        ) from error
    except OSError as error:
        raise UsageError("import.file", f"{path} cannot be read: {error.strerror}") from error


def _fingerprint(path: Path, stream: BinaryIO) -> Source:
    digest, lines, last = hashlib.sha256(), 0, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
        _refuse_undecodable(path, decoder, chunk, lines)
        lines += chunk.count(b"\n")
        last = chunk
    _refuse_undecodable(path, decoder, b"", lines)
    return Source(path, digest.hexdigest(), lines + (not last.endswith(b"\n")))


def _refuse_undecodable(
    path: Path, decoder: codecs.IncrementalDecoder, chunk: bytes, lines: int
) -> None:
    try:
        decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        line = lines + 1 + chunk[: error.start].count(b"\n")
        raise UsageError(
            "import.encoding", f"{path.name}, line {line}: not UTF-8 text; save it as UTF-8"
        ) from error


# --- rows -----------------------------------------------------------------------------------


@contextmanager
def _records(source: Source, delimiter: str) -> Iterator[Records]:
    with _unpacked(source.path) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
        yield Records(source, text, delimiter)


class Records:
    """The rows of a file that are not blank, and the line on which the last one began."""

    def __init__(self, source: Source, text: Iterator[str], delimiter: str) -> None:
        self._name = source.name
        # strict: an open quote would otherwise swallow the rest of the file without a word
        self._reader = csv.reader(text, delimiter=delimiter, strict=True)
        self.line = 0

    def take(self, count: int) -> list[list[str]]:
        """The next rows, at most `count`; none at the end of the file."""
        try:
            return list(islice(filter(None, self._reader), count))
        except csv.Error as error:
            raise UsageError(
                "import.csv", f"{self._name}, line {self._reader.line_num}: not CSV ({error})"
            ) from error

    def step(self) -> list[str] | None:
        """The next row alone, which sets `line`; None at the end of the file."""
        while True:
            self.line = self._reader.line_num + 1
            row = next(self._reader, None)
            if row is None or row:
                return row


def read_header(source: Source, delimiter: str) -> list[str]:
    """The first row; UsageError when the file has none."""
    with _records(source, delimiter) as records:
        rows = records.take(1)
    if not rows:
        raise UsageError("import.header", f"{source.path} is empty: the first line names columns")
    return rows[0]


def read_batches(source: Source, delimiter: str) -> Iterator[list[list[str]]]:
    """The rows below the header, in batches."""
    with _records(source, delimiter) as records:
        records.take(1)
        while rows := records.take(BATCH):
            yield rows


def line_of(source: Source, delimiter: str, number: int) -> int:
    """The line on which row `number` begins; 1 is the first row below the header."""
    with _records(source, delimiter) as records:
        for _ in range(number + 1):
            records.step()
        return records.line
