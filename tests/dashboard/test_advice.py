"""The six pieces of advice, in their order, at both sides of every bound."""

from __future__ import annotations

import datetime as dt

import pytest

from dashboard.advice import Advice, Offer, advise
from tests.dashboard.built_frames import NONE, UNKNOWN
from tests.dashboard.standings import full_months, standing

PLANS, BUNDLE = Offer.PLANS, Offer.BUNDLE


def day(number: int, month: int = 11) -> dt.date:
    return dt.date(2026, month, number)


def plain(advice: Advice | None) -> tuple[str, str] | None:
    """Title and text, with usual blanks."""
    return advice and (advice.title, advice.text.replace("\N{NO-BREAK SPACE}", " "))


def title(advice: Advice | None) -> str | None:
    return advice and advice.title


# --- the balance ----------------------------------------------------------------------------


def test_the_balance_runs_out_before_it_renews():
    """Of 11 days left, 500 each from today: 3,000 are used up on the sixth."""
    found = advise(standing(end=20_350, ahead=[500] * 11, balance=2_999))
    assert (
        "Balance runs out early",
        "At this pace your balance is used up around 27 Nov, before it renews on 3 Dec.",
    ) == plain(found)
    assert (True, (BUNDLE, PLANS)) == (found.warns, found.offers)


@pytest.mark.parametrize(
    ("balance", "runs_out"), [(7_449, True), (7_450, False), (7_451, False), (None, False)]
)
def test_a_balance_that_just_lasts_is_enough(balance, runs_out):
    """22,300 − 14,850 = 7,450 are still to come; an unknown balance is never said to run out."""
    found = title(advise(standing(balance=balance)))
    assert runs_out == (found == "Balance runs out early")


@pytest.mark.parametrize("balance", [0, -120])
@pytest.mark.parametrize("end", [22_300, None])
def test_a_balance_that_is_gone_is_said_to_be(balance, end):
    found = advise(standing(balance=balance, end=end))
    assert "Your balance is used up. It renews on 3 Dec." == plain(found)[1]


def test_a_projection_rounded_above_the_days_names_the_last_one():
    """350 are expected and 400 projected: 360 are used up by the end, if at all."""
    found = advise(standing(used=1_650, end=2_050, ahead=[350] + [0] * 10, balance=360))
    assert "around 2 Dec, before" in plain(found)[1]


# --- the allowance --------------------------------------------------------------------------


def test_over_the_allowance():
    found = advise(standing(used={day(3): 19_000, day(20): 1_000, day(21): 1}, balance=9_150))
    assert (
        "Over your allowance",
        (
            "You passed 20,000 on 21 Nov and are heading for 22,300. "
            "The extra is taken from your balance."
        ),
    ) == plain(found)
    assert (True, (BUNDLE, PLANS)) == (found.warns, found.offers)


def test_exactly_the_allowance_is_not_over_it():
    assert "Trending above your allowance" == title(advise(standing(used=20_000)))


def test_a_month_is_over_since_the_last_time_it_passed():
    """20,500 on the 4th, 19,500 after a refund on the 8th, 20,100 on the 15th."""
    used = {day(3): 19_500, day(4): 1_000, day(8): -1_000, day(15): 600}
    assert plain(advise(standing(used=used)))[1].startswith("You passed 20,000 on 15 Nov and")


def test_over_on_the_first_days_without_a_projection():
    found = advise(standing(used={day(3): 20_001}, today=day(3), end=None, balance=None))
    assert (
        "Over your allowance",
        "You passed 20,000 on 3 Nov. The extra is taken from your balance.",
    ) == plain(found)


def test_trending_above_the_allowance():
    """100 today, then 800 a day from 14,850: 20,000 is passed on the eighth day."""
    found = advise(standing(ahead=[100] + [800] * 10))
    assert (
        "Trending above your allowance",
        "At this pace you pass 20,000 around 29 Nov and end near 22,300. Your balance covers it.",
    ) == plain(found)
    assert (True, (PLANS, BUNDLE)) == (found.warns, found.offers)


def test_an_unknown_balance_is_not_said_to_cover_it():
    assert plain(advise(standing(balance=None)))[1].endswith("and end near 22,300.")


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (20_000, "On track"),
        (20_400, "On track"),
        (20_500, "Trending above your allowance"),
    ],
)
def test_102_percent_is_close_enough(end, said):
    assert said == title(advise(standing(end=end)))


# --- the months before ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nets", "said"),
    [
        ((20_001,), "On track"),
        ((20_001, 20_001), "Over your allowance 2 months running"),
        ((25_000, 19_000, 20_001), "On track"),
        ((19_000, 20_001, 25_000, 30_000), "Over your allowance 3 months running"),
        ((25_000, 25_000, 20_000), "On track"),
        ((25_000,) * 12, "Over your allowance 12 months running"),
    ],
)
def test_over_the_allowance_month_after_month(nets, said):
    assert said == title(advise(standing(end=18_000, full=full_months(*nets))))


def test_what_is_advised_after_months_over_it():
    found = advise(standing(end=None, today=day(4), full=full_months(25_000, 25_000)))
    assert "A higher plan or a credit bundle may fit better." == found.text
    assert (True, (PLANS, BUNDLE)) == (found.warns, found.offers)


@pytest.mark.parametrize("allowance", [NONE, UNKNOWN])
def test_a_month_without_a_known_allowance_breaks_the_row(allowance):
    latest = full_months(25_000)
    middle = full_months(25_000, allowance=allowance, before=latest[0].period.start)
    early = full_months(25_000, 25_000, before=middle[0].period.start)
    found = advise(standing(end=18_000, full=(*early, *middle, *latest)))
    assert "On track" == title(found)


@pytest.mark.parametrize(
    ("nets", "end", "said"),
    [
        ((11_999,) * 3, 11_990, "Your plan has headroom"),
        ((11_999,) * 3, 12_000, "On track"),
        ((12_000, 11_999, 11_999), 11_990, "On track"),
        ((12_000, 11_999, 11_999, 11_999), 11_990, "Your plan has headroom"),
        ((11_999,) * 2, 11_990, "On track"),
    ],
)
def test_60_percent_is_no_headroom(nets, end, said):
    assert said == title(advise(standing(used=8_000, end=end, full=full_months(*nets))))


def test_what_is_advised_with_headroom():
    found = advise(standing(used=8_000, end=11_000, full=full_months(9_000, 9_000, 9_000)))
    assert (
        "You used less than 60% of your allowance in each of the last 3 full months." == found.text
    )
    assert (False, (PLANS,)) == (found.warns, found.offers)


def test_the_month_in_which_an_account_began_is_no_headroom():
    full = full_months(9_000, 9_000, 9_000)
    began = full[0].period.start + dt.timedelta(days=1)
    assert "On track" == title(advise(standing(used=8_000, end=11_000, full=full, first_day=began)))


def test_a_month_without_an_allowance_shows_no_headroom():
    full = full_months(9_000, 9_000, 9_000, allowance=NONE)
    assert "On track" == title(advise(standing(used=8_000, end=11_000, full=full)))


# --- otherwise ------------------------------------------------------------------------------


def test_on_track():
    found = advise(standing(end=17_400))
    assert ("On track", "At this pace you end near 17,400 of 20,000 by 2 Dec.") == plain(found)
    assert (False, ()) == (found.warns, found.offers)


@pytest.mark.parametrize("allowance", [NONE, UNKNOWN, 0])
def test_without_an_allowance_there_is_no_advice(allowance):
    full = full_months(25_000, 25_000)
    assert advise(standing(allowance=allowance, balance=-1, full=full)) is None


def test_without_a_projection_nothing_is_on_track():
    assert advise(standing(today=day(5), end=None)) is None


def test_the_first_rule_that_holds_speaks():
    """Each holds together with all after it, until its own cause goes."""
    full = full_months(25_000, 25_000)
    assert [
        "Balance runs out early",
        "Over your allowance",
        "Trending above your allowance",
        "Over your allowance 2 months running",
        "On track",
    ] == [
        title(advise(standing(used=20_001, balance=10, full=full))),
        title(advise(standing(used=20_001, full=full))),
        title(advise(standing(full=full))),
        title(advise(standing(end=20_000, full=full))),
        title(advise(standing(end=20_000))),
    ]


def test_a_day_in_another_year_has_its_year_and_no_day_is_broken():
    found = advise(standing(end=17_400))
    assert "by 2\N{NO-BREAK SPACE}Dec." in found.text
