"""Text of figures in the room that it has: cut or left out on narrow screens by the stylesheet.

A figure is drawn once for all widths; the browser picks. Widths are estimates, never measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.hover import markup, plain

ELLIPSIS = "…"
# Widths of Inter's letters at 1 px, rather more than less.
LETTERS = {
    **dict.fromkeys(" il.,:;'|!I", 0.28),
    **dict.fromkeys("fjrt()[]/-", 0.38),
    **dict.fromkeys("0123456789", 0.63),
    **dict.fromkeys("mwMW@%—…", 0.9),
}
SMALL, LARGE, SQUARE = 0.57, 0.71, 1.0
FIRST_SQUARE = 0x2E80  # from here on letters are as wide as high


@dataclass(frozen=True)
class Screen:
    """Windows from `least` to below `below` pixels wide; 0 is no bound."""

    least: int
    below: int


NARROW, PHONE, WIDER = SCREENS = (Screen(0, 360), Screen(360, 576), Screen(576, 0))
PLOTS = (254, 294, 414)  # the least width of a plot of six columns on each of them


def width(text: str, size: int) -> float:
    """About how many pixels `text` takes at a font size; rather more than less."""
    return size * sum(_letter(letter) for letter in text)


def _letter(letter: str) -> float:
    if ord(letter) >= FIRST_SQUARE:
        return SQUARE
    return LETTERS.get(letter, LARGE if letter.isupper() else SMALL)


def shown(text: str, least: int = 0, below: int = 0) -> str:
    """Markup that is seen in windows of these widths only; credits.css reads the two marks."""
    marks = [f"--from:{least}"] * bool(least) + [f"--below:{below}"] * bool(below)
    return f'<span style="{";".join(marks)}">{text}</span>' if marks and text else text


def shown_on(text: str, screens: Sequence[Screen]) -> str:
    """Markup that is seen on some of SCREENS, which follow one another."""
    return shown(text, screens[0].least, screens[-1].below)


def cut(name: str, size: int, room: Sequence[float], most: int) -> str:
    """`name` as markup, cut to `most` letters and to the pixels it has on each of SCREENS."""
    text = plain(name)
    ends = [_end(text, size, pixels, most) for pixels in room]
    narrow, phone, wider = ends
    return "".join(
        (
            markup(text[:narrow]),
            shown(markup(text[narrow:phone]), PHONE.least),
            shown(markup(text[phone:wider]), WIDER.least),
            _ellipsis(sum(end < len(text) for end in ends)),
        )
    )


def _end(text: str, size: int, pixels: float, most: int) -> int:
    """How many letters stay; with an ellipsis where that is not all of them."""
    if len(text) <= most and width(text, size) <= pixels:
        return len(text)
    end = min(len(text), most)
    while end > 1 and width(text[:end] + ELLIPSIS, size) > pixels:
        end -= 1
    return len(text[:end].rstrip())


def _ellipsis(cuts: int) -> str:
    """Who has less room cuts too: the narrowest `cuts` screens show it."""
    return shown_on(ELLIPSIS, SCREENS[:cuts]) if cuts else ""
