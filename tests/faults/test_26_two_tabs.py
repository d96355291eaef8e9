"""Fault 26: two tabs of one browser show two accounts, and both reload and open at once.

Each tab gets its own account's figures, names and sheets, whatever the other asks meanwhile.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from dashboard.ids import Id
from tests.faults import invariants
from tests.page_client import total_of, words_of

TABS = {"acme": ("120 credits", "Contracts"), "zeta": ("7 credits", "Zeta's own")}
TIMES = 15


def asked_again_and_again(page, account):
    """All that a tab of this account shows meanwhile."""
    answers = []
    for _ in range(TIMES):
        shown = page.show("month", account, **invariants.EVERY_TABLE)
        ask = {"open": "day:2026-11-20", "only": "", "range": "90d", "account": account}
        answers.append((shown, page.client.ask(Id.SHEET_ASK, ask), page.look(shown)))
    return answers


def test_neither_tab_ever_has_a_row_of_the_other(live):
    with ThreadPoolExecutor(4) as tabs:
        accounts = [*TABS, *TABS]
        found = list(tabs.map(lambda account: asked_again_and_again(live, account), accounts))
    for account, answers in zip(accounts, found, strict=True):
        total, workspace = TABS[account]
        for shown, sheet, looked in answers:
            assert (account, total) == (shown["accounts"]["value"], total_of(shown))
            assert workspace in words_of(sheet[Id.SHEET_ENTRIES]["children"])
            assert {"freshness", "delay"} == looked.keys()
            invariants.panels_agree(shown)
            invariants.nothing_is_anothers(live.ledger, account, [shown, sheet, looked])
    invariants.hold(live)
