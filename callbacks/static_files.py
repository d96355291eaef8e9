"""Static files from memory: compressed once, kept by browsers as long as they are the same.

Never a file that was not listed at the start, and never tenant data: these answers may be kept by
any cache on the way.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

import brotli
from flask import Response, abort, request

MIMETYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
COMPRESSED = {".css", ".js", ".svg"}  # woff2 is brotli inside
# Brotli's quality: all files in 0.1 s and 720 kB on a reader's own machine, in 1.5 s and 645 kB
# where they are sent over a network.
QUICK, SMALL = 5, 10

NOTHING: Mapping[str, bytes] = MappingProxyType({})
FOREVER = "public, max-age=31536000, immutable"
ASK_FIRST = "public, no-cache"  # keep it, but ask each time whether it is still the same

STRICT = re.compile(rb"""(?:\s|/\*.*?\*/|//[^\n]*)*["']use strict["'];""", re.DOTALL)

FINGERPRINTED = re.compile(r"(?P<stem>.+)\.(?P<fingerprint>[0-9a-f]{16})(?P<suffix>\.[a-z0-9]+)")
RELATIVE_URL = re.compile(rb"""url\((["']?)(?!data:|#|/|https?:)([^"')]+)\1\)""")


@lru_cache(maxsize=32)
def _brotli(content: bytes, quality: int) -> bytes:
    """Once in a process, however many apps there are."""
    compressed: bytes = brotli.compress(content, quality=quality)
    return compressed


@dataclass(frozen=True)
class StaticFile:
    """One file's bytes, what they hash to, and what they are once compressed."""

    content: bytes
    suffix: str
    quality: int = QUICK

    @cached_property
    def fingerprint(self) -> str:
        """Changes with the content, and with nothing else."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    @cached_property
    def brotli(self) -> bytes:
        """Made on first use: two threads may make it twice, to the same bytes."""
        return _brotli(self.content, self.quality)

    @cached_property
    def gzip(self) -> bytes:
        """For clients without brotli; it carries no time stamp, so the bytes are stable."""
        return gzip.compress(self.content, compresslevel=6, mtime=0)


@dataclass(frozen=True)
class StaticFiles:
    """The files below one address, and those `made` at the start. Read on first use, then kept."""

    base: str
    paths: Mapping[str, Path]
    quality: int = QUICK
    made: dict[str, bytes] = field(default_factory=dict)
    _read: dict[str, StaticFile] = field(default_factory=dict, repr=False)

    def add(self, name: str, content: bytes) -> None:
        """One more made file, or another content for one."""
        self.made[name] = content
        self._read.pop(name, None)

    def file(self, name: str) -> StaticFile:
        """The file of that name; KeyError for one that was not listed."""
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def address(self, name: str) -> str:
        """Where browsers find the file, its fingerprint in the name."""
        stem, dot, suffix = name.rpartition(".")
        return f"{self.base}{stem}.{self.file(name).fingerprint}{dot}{suffix}"

    def find(self, path: str) -> tuple[StaticFile, bool]:
        """The file at a requested path, and whether the path carries its present fingerprint.

        The fingerprint of another release finds the file too, since two releases answer side by
        side while one replaces the other; such an answer is not kept.
        """
        match = FINGERPRINTED.fullmatch(path)
        if match is None:
            return self.file(path), False
        file = self.file(match["stem"] + match["suffix"])
        return file, match["fingerprint"] == file.fingerprint

    def _load(self, name: str) -> StaticFile:
        if name in self.made:
            return StaticFile(self.made[name], Path(name).suffix, self.quality)
        path = self.paths[name]
        content = path.read_bytes()
        if path.suffix == ".css":
            content = self._with_fingerprints(content, name)
        return StaticFile(content, path.suffix, self.quality)

    def _with_fingerprints(self, css: bytes, name: str) -> bytes:
        """Point each relative url() of a stylesheet at the fingerprinted address."""
        folder = name.rpartition("/")[0]

        def replace(match: re.Match[bytes]) -> bytes:
            target = f"{folder}/{match[2].decode()}".lstrip("/")
            return f'url("{self.address(target)}")'.encode()

        return RELATIVE_URL.sub(replace, css)


def files_below(
    folder: Path, base: str, quality: int = QUICK, made: Mapping[str, bytes] = NOTHING
) -> StaticFiles:
    """The files of a folder that a browser may ask for, by the kinds in MIMETYPES."""
    found = (path for path in sorted(folder.rglob("*")) if path.suffix in MIMETYPES)
    paths = {path.relative_to(folder).as_posix(): path for path in found}
    return StaticFiles(base, paths, quality, dict(made))


def joined(scripts: Iterable[bytes]) -> bytes:
    """Scripts one after the other as one; a strict one in a function, so that it alone is."""
    return b"".join(_apart(script) for script in scripts)


def _apart(script: bytes) -> bytes:
    if STRICT.match(script):
        return b"(function () {%s\n}).call(window);\n" % script
    return script + b"\n;\n"


def compress(files: StaticFiles, names: Iterable[str]) -> None:
    """Make the brotli form of these files now, so that no visitor waits for it."""
    for name in names:
        if Path(name).suffix in COMPRESSED:
            _ = files.file(name).brotli


def answer(files: StaticFiles, path: str) -> Response:
    """The answer to a request for `path`: 200, 304 or 404."""
    try:
        file, current = files.find(path)
    except KeyError:
        abort(404)
    content, encoding = _encoded(file)
    response = Response(content, content_type=MIMETYPES[file.suffix])
    response.headers["Cache-Control"] = FOREVER if current else ASK_FIRST
    if file.suffix in COMPRESSED:
        response.vary.add("Accept-Encoding")
    if encoding:
        response.content_encoding = encoding
    response.set_etag(f"{file.fingerprint}{encoding and '-'}{encoding}")
    response.make_conditional(request)
    return response


def _encoded(file: StaticFile) -> tuple[bytes, str]:
    """The file's bytes in the best encoding that the browser takes, and its name ('' is none)."""
    if file.suffix in COMPRESSED:
        if request.accept_encodings["br"]:
            return file.brotli, "br"
        if request.accept_encodings["gzip"]:
            return file.gzip, "gzip"
    return file.content, ""
