"""The second, thinner bar of the reasons: the previous period's own shares and dates.

It stands under the bar of the range, in the same order and colours, on axes of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard import words
from dashboard.axes import bare_axis, credits_value
from dashboard.figures import Fill, Trace, marker, text_at
from dashboard.hover import amount_line, escape, shown_on, tooltip
from dashboard.reason_parts import Part, Reason
from dashboard.room import PLOTS, SCREENS, width
from dashboard.room import shown_on as seen_on
from dashboard.theme import Theme

BAR = 12
SPACE = 40  # between the two bars, for the shares over the second
MORE = SPACE + BAR  # pixels that the figure is higher
LABELLED_FROM = 75  # thousandths of the whole
TEXT = 12
GAP = 8  # between a share and the dates


@dataclass(frozen=True)
class PreviousBar:
    """What was used in the previous period by the reasons of the chart, and when that was."""

    reasons: Sequence[Reason]
    dates: str

    @property
    def whole(self) -> int:
        """What a share is a share of: all parts above zero."""
        return sum(drawn(part) for reason in self.reasons for part in reason.parts)

    def traces(self, fill: Callable[[Reason, int], Fill]) -> Iterator[Trace]:
        """One for each part above zero, filled as in the bar of the range."""
        for reason in self.reasons:
            for place, part in enumerate(reason.parts):
                if drawn(part):
                    yield {
                        "type": "bar",
                        "orientation": "h",
                        "name": "Previous",
                        "xaxis": "x2",
                        "yaxis": "y2",
                        "x": [credits_value(drawn(part))],
                        "y": [0],
                        "width": 1,
                        "marker": marker([fill(reason, place)]),
                        **shown_on([self._tooltip(reason, part)]),
                    }

    def _tooltip(self, reason: Reason, part: Part) -> str:
        name = f"{reason.label}: {part.label}" if reason.is_split else reason.label
        amount = amount_line(drawn(part), words.share(drawn(part), self.whole))
        return tooltip(name, amount, escape(self.dates))

    def axes(self, plot: int) -> dict[str, Any]:
        """The bar at the foot of a plot of so many pixels; the range's own bar keeps the rest."""
        foot, above = BAR / plot, MORE / plot
        return {
            "xaxis2": bare_axis(0, credits_value(max(self.whole, 1)), anchor="y2"),
            "yaxis2": bare_axis(-0.5, 0.5, domain=[0, foot], anchor="x2"),
            "yaxis": bare_axis(-0.5, 0.5, domain=[above, 1]),
        }

    def labels(self, theme: Theme) -> Iterator[dict[str, Any]]:
        """The dates at the right, and the share over the start of each reason that has room."""
        over = {"yref": "y2 domain", "y": 1, "yanchor": "bottom", "yshift": 4}
        font = {"size": TEXT, "color": theme.text3}
        if not self.whole:
            none = f"No credits used in {self.dates}"
            yield text_at(escape(none), xref="paper", x=0, xanchor="left", font=font, **over)
            return
        yield text_at(escape(self.dates), xref="paper", x=1, xanchor="right", font=font, **over)
        for start, share in self._shares():
            if shown := self._where_it_fits(share, start):
                at = {"xref": "x2", "x": credits_value(start), "xanchor": "left"}
                yield text_at(shown, font=font, **at, **over)

    def _shares(self) -> Iterator[tuple[int, str]]:
        start = 0
        for reason in self.reasons:
            size = sum(drawn(part) for part in reason.parts)
            if 1000 * size >= LABELLED_FROM * self.whole and (reason.before or 0) > 0:
                yield start, words.share(reason.before or 0, self.whole)
            start += size

    def _where_it_fits(self, share: str, start: int) -> str:
        """The share on those screens on which it stays clear of the dates."""
        taken = width(share, TEXT) + width(self.dates, TEXT) + GAP
        fits = [screen for screen, plot in zip(SCREENS, PLOTS, strict=True)
                if start * plot // self.whole + taken <= plot]  # fmt: skip
        return seen_on(share, fits) if fits else ""


def drawn(part: Part) -> int:
    """How much of the bar a part takes."""
    return max(part.before or 0, 0)
