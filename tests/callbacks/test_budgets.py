"""What a browser is sent, in bytes and requests, as production sends it: limits, and what they are.

Bytes are the same on every machine; times are not, and stand under benchmarks/. The number of
statements of an answer has its limit in test_live.py.
"""

from __future__ import annotations

import re
from typing import Any

import brotli
import pytest

from data.engine import connect, create_tables
from data.install import Plan, install
from data.schema import ledger as ledger_tables
from tests.ledger_builder import LedgerBuilder
from tests.signed_page import signed_page

BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
PREFIX = "/app/account/credits"
LOADED = re.compile(r'<(?:script|link) [^>]*?(?:src|href)="([^"]*)"')

COLD, RELOAD, CHANGE = 680_000, 20_000, 12_000  # bytes at most
REQUESTS = 9  # document, three scripts, Plotly, styles, font, icon, figures
WORKSPACES = 300


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """An owner's browser before an account of 300 workspaces, two years and every reason."""
    folder = tmp_path_factory.mktemp("budgets")
    with signed_page(*ledger(folder), folder) as page:
        page.roll_up()
        yield page.of("large")


def ledger(folder):
    url = str(folder / "ledger.sqlite")
    engine = connect(url)
    create_tables(engine, ledger_tables)
    install(engine, Plan())
    rows = LedgerBuilder()
    rows.account("large", name="Large", anchor_day=3)
    rows.period("2026-11-03", "2026-12-03", 40_000)
    for number in range(WORKSPACES):
        name = f"w{number}"
        kind = {"kind": "personal", "owner": f"m{number}"} if number % 9 == 0 else {}
        rows.workspace(name, f"Workspace of project {number * 7919 % 1000}", **kind)
        rows.use("2026-11-20T09:00Z", 10_000 // (number + 1), workspace=name)
        rows.use("2026-10-20T09:00Z", 9_000 // (number + 1), "compose_render", workspace=name)
    for day in range(1, 21):
        rows.use(f"2026-11-{day:02d}T09:00Z", 137 * day % 61, "enhanced_ocr", workspace="w1")
        rows.use(f"2026-{1 + day // 2:02d}-17T09:00Z", 953 * day, workspace="w2")
    rows.save(engine)
    return engine, url


def sent(answer: Any) -> int:
    """Bytes of a body, as it goes over the network."""
    assert answer.status_code == 200
    return len(answer.data)


def get(browser: Any, address: str) -> Any:
    return browser.client.get(address, headers={**BROWSER, **browser.headers})


def change(browser: Any, range_: str) -> int:
    answer = browser.post({"range": range_, "theme": "light"}, **BROWSER)
    return sent(answer)


def test_a_first_visit(browser, capsys):
    """The document, all that it loads, and the first figures."""
    document = get(browser, f"{PREFIX}/")
    addresses = list(dict.fromkeys(LOADED.findall(brotli.decompress(document.data).decode())))
    sizes = {address: sent(get(browser, address)) for address in addresses}
    sizes |= {"document": sent(document), "figures": change(browser, "month")}
    with capsys.disabled():
        print(f"\nfirst visit: {sum(sizes.values()):,} bytes in {len(sizes)} requests")
    assert sum(sizes.values()) <= COLD
    assert len(sizes) == REQUESTS
    assert [address for address in addresses if not address.startswith(f"{PREFIX}/assets/")] == []


def test_a_reload(browser, capsys):
    """All else is kept by the browser: the document and the figures come again."""
    again = sent(get(browser, f"{PREFIX}/")) + change(browser, "month")
    with capsys.disabled():
        print(f"\nreload: {again:,} bytes in 2 requests")
    assert again <= RELOAD


@pytest.mark.parametrize("range_", ["7d", "month", "90d", "2024-11-23..2026-11-22"])
def test_a_range_change(browser, range_, capsys):
    size = change(browser, range_)
    with capsys.disabled():
        print(f"\nchange to {range_}: {size:,} bytes")
    assert size <= CHANGE
