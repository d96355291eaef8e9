"""Reads a PDF that Chromium wrote: the size of each page, and the text on it without blanks.

Only as much of the format as Chromium's own writer uses; no other PDF can be read with it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
FONT_OR_TEXT = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj")
RANGE = re.compile(rb"<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]+)>")
CHARACTER = re.compile(rb"^<([0-9A-F]+)> <([0-9A-F]{4,})>$", re.MULTILINE)

Codes = Mapping[str, str]  # from a code in hexadecimal to what it stands for


@dataclass(frozen=True)
class PdfPage:
    """One page: its size in points, and its text in the order of drawing."""

    width: float
    height: float
    text: str


@dataclass(frozen=True)
class Pdf:
    """The bytes of one document."""

    content: bytes

    @cached_property
    def pages(self) -> list[PdfPage]:
        found = [body for body in self._objects.values() if b"/Type /Page\n" in body]
        return [self._page(body) for body in found]

    @cached_property
    def _objects(self) -> dict[int, bytes]:
        return {int(number): body for number, body in OBJECT.findall(self.content)}

    def _page(self, body: bytes) -> PdfPage:
        box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", body)
        contents = re.search(rb"/Contents (\d+) 0 R", body)
        assert box
        assert contents
        fonts = {
            name: self._codes(int(number))
            for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body)
        }
        return PdfPage(float(box[1]), float(box[2]), text_of(self._stream(int(contents[1])), fonts))

    def _codes(self, font: int) -> Codes:
        table = re.search(rb"/ToUnicode (\d+) 0 R", self._objects[font])
        assert table, "a font that does not say what its codes stand for"
        return codes_of(self._stream(int(table[1])))

    def _stream(self, number: int) -> bytes:
        found = STREAM.search(self._objects[number])
        assert found
        return zlib.decompress(found[1]) if b"/FlateDecode" in self._objects[number] else found[1]


def codes_of(table: bytes) -> Codes:
    """What the codes of one font stand for."""
    codes = {code.decode(): _text(text) for code, text in CHARACTER.findall(table)}
    for first, last, text in RANGE.findall(table):
        for code in range(int(first, 16), int(last, 16) + 1):
            moved = int(text, 16) + code - int(first, 16)
            codes[f"{code:0{len(first)}X}"] = _text(f"{moved:0{len(text)}X}".encode())
    return codes


def text_of(content: bytes, fonts: Mapping[bytes, Codes]) -> str:
    """All text of one page's content, blanks left out."""
    text = ""
    codes: Codes = {}
    for font, shown in FONT_OR_TEXT.findall(content):
        if font:
            codes = fonts[font]
            continue
        size = len(next(iter(codes)))
        parts = [shown[at : at + size].decode() for at in range(0, len(shown), size)]
        text += "".join(codes.get(part, "\ufffd") for part in parts)
    return "".join(text.split())


def _text(hexadecimal: bytes) -> str:
    return bytes.fromhex(hexadecimal.decode()).decode("utf-16-be")
