"""What of a figure's text is seen in a window of some width, as the stylesheet's rules say it."""

from __future__ import annotations

import re

MARKS = re.compile(r'<span style="(?:--from:(\d+))?;?(?:--below:(\d+))?">(.*?)</span>')


def seen(text, window=1440):
    """The text without the pieces that are for other windows."""

    def piece(match):
        return match[3] if int(match[1] or 0) <= window < int(match[2] or 9_999) else ""

    return MARKS.sub(piece, text)


def seen_notes(drawing, window=1440):
    """Text and place of each annotation that is seen."""
    notes = drawing.figure["layout"]["annotations"]
    told = [(seen(note["text"], window), note) for note in notes]
    return {text: note for text, note in told if text}
