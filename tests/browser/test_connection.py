"""A request without an answer is told over the toolbar; old charts never pass for new ones."""

from __future__ import annotations

import pytest

from dashboard.ids import Act, Id

WEEK = "16 – 22 Nov 2026 · 7 days"
MONTH = "3 – 22 Nov 2026 · 20 days"
LOGIN = ("302 FOUND", [("Location", "http://login.invalid/")])
LOGIN_PAGE = ("200 OK", [("Content-Type", "text/html")])


def clock(page) -> str:
    """The browser's own time of day."""
    return page.run("return new Date().toTimeString().slice(0, 5)")


def forgive(page, status: str) -> None:
    """Chromium itself reports failed requests: these are expected here, any other is not."""
    messages = [log["message"] for log in page.browser.get_logs()]
    assert [] == [message for message in messages if f"status of {status}" not in message]


@pytest.mark.parametrize("status", ["503", "500"])
def test_a_server_that_fails_is_told_and_tried_again(page, status):
    """The picker goes back to what the charts show; Try again asks for what was wanted."""
    page.open()
    times = {clock(page)}
    page.site.broken = (f"{status} BROKEN", [])
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.STRIP_LOST))
    page.until(lambda: page.chosen == "month")
    times.add(clock(page))
    said = " ".join(page.text(Id.STRIP_LOST).split())
    assert said in {f"Connection lost. Showing figures from {time}. Try again" for time in times}
    assert MONTH == page.dates
    page.site.broken = None
    page.press(Act.RETRY)
    page.shows(WEEK)
    assert "7d" == page.chosen
    assert not page.is_shown(Id.STRIP_LOST)
    forgive(page, status)


def test_choosing_the_lost_range_again_asks_again(page):
    page.open()
    page.site.broken = ("503 BROKEN", [])
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.STRIP_LOST) and page.chosen == "month")
    page.site.broken = None
    page.pick("7d")
    page.shows(WEEK)
    assert not page.is_shown(Id.STRIP_LOST)
    forgive(page, "503")


@pytest.mark.parametrize("answer", [("401 UNAUTHORIZED", []), LOGIN, LOGIN_PAGE])
def test_a_login_in_the_way_says_that_one_is_signed_out(page, answer):
    page.open()
    page.site.broken = answer
    page.pick("7d")
    page.until(lambda: page.is_shown(Id.STRIP_SIGNED_OUT))
    page.until(lambda: page.chosen == "month")
    assert MONTH == page.dates
    assert "You're signed out. Sign in" == " ".join(page.text(Id.STRIP_SIGNED_OUT).split())
    assert not page.is_shown(Id.STRIP_LOST)
    page.site.broken = None
    page.press(Act.RELOAD)
    page.until(lambda: page.is_settled and page.dates == WEEK)
    forgive(page, "401")


def test_a_failure_of_the_first_request_claims_no_figures(page):
    page.site.broken = ("503 BROKEN", [])
    page.open()
    page.until(lambda: page.is_shown(Id.STRIP_LOST))
    assert "Connection lost. Try again" == " ".join(page.text(Id.STRIP_LOST).split())
    page.site.broken = None
    page.press(Act.RETRY)
    page.shows(MONTH)
    forgive(page, "503")
