"""The foot's line on the ledger: computed when the account is opened, and never in the way."""

from __future__ import annotations

from tests.page_client import words_of

FOOT = "Usage arrives within a few minutes. The ledger is the record for billing."


def line(shown):
    said = words_of(shown["foot"]["children"]).replace("\N{NO-BREAK SPACE}", " ")
    return said.split(FOOT)[1].strip()


def test_charts_that_match_say_so_with_the_total_of_all_time(page, two_accounts):
    """Acme's 22 days of 6 credits are more than the range; Zeta's moment is on its own clock."""
    client = page(two_accounts)
    for range_ in ("month", "7d"):
        assert "Matches the ledger: 132 credits in all on 22 Nov, 10:00." == line(
            client.show(range_)
        )
    zeta = line(client.show(account="zeta"))
    assert "Matches the ledger: 7 credits in all on 22 Nov, 15:45." == zeta


def test_charts_that_differ_say_by_how_much(page, two_accounts):
    client = page(two_accounts)
    client.show()
    with client.opened._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE rollup_state SET rollup_micro = rollup_micro - 12000000")
    assert (
        "The ledger had 12 credits more than these charts on 22 Nov, 10:00, "
        "and nothing newer explains it."
    ) == line(client.show())


def test_where_it_cannot_be_told_nothing_is_claimed(page, two_accounts, caplog):
    client = page(two_accounts)
    client.show()
    with client.opened._engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE rollup_state DROP COLUMN ledger_micro")
    shown = client.show()
    assert "" == line(shown)
    assert "panel=agreement" in caplog.text
    assert False is shown["daily-chart"]["hidden"]
