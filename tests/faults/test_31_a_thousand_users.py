"""Fault 31: a thousand readers of a thousand accounts at once.

Each gets their own account's figures and names; no byte of another's is in any answer, though each
browser asks for another's, and no answer fails.
"""

from __future__ import annotations

import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.ids import Id
from data import schema
from data.aggregator import Aggregator
from data.engine import connect, create_tables
from data.install import Plan, install
from data.reader import Limits
from tests.conftest import NOW
from tests.faults import invariants
from tests.ledger_builder import LedgerBuilder
from tests.page_client import total_of
from tests.signed_page import signed_page

READERS, THREADS = 1_000, 8
SEED = 31
NAMES = re.compile(r"firm-\d{4}")


def name(number):
    """No account's name is a part of another's."""
    return f"firm-{number:04d}"


@pytest.fixture
def ledger(postgres_url):
    """Each account has a workspace, a member and a number of credits of its own."""
    rows = LedgerBuilder()
    for number in range(READERS):
        rows.account(name(number))
        rows.workspace("w", f"Matters of {name(number)}", kind="personal", owner="user-1")
        rows.member("user-1", f"Partner of {name(number)}")
        rows.use("2026-11-20T09:00Z", 1_000 + number, workspace="w", member="user-1")
    engine = connect(postgres_url)
    create_tables(engine, schema.ledger)
    install(engine, Plan())
    rows.save(engine)
    Aggregator(engine, "test", lambda: NOW).run_once()
    yield engine
    engine.dispose()


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_answer_has_a_byte_of_another_account(ledger, postgres_url, tmp_path):
    limits = Limits(connections=THREADS)
    with signed_page(ledger, postgres_url, tmp_path, limits) as page:

        def read(number):
            """What a reader gets who asks for another's account all along."""
            own, other = name(number), name((number + 1) % READERS)
            browser = page.of(own)
            answers = [browser.post({"range": "month", "account": other, "theme": "light"})]
            if not number % 10:
                sheet = {"open": "day:2026-11-20", "only": "", "range": "month", "account": other}
                answers.append(browser.send(Id.SHEET_ASK, sheet))
            assert {200} == {answer.status_code for answer in answers}
            said = " ".join(answer.text for answer in answers)
            assert own in said
            return number, total_of(answers[0].json["response"]), set(NAMES.findall(said))

        readers = random.Random(SEED).sample(range(READERS), READERS)
        with ThreadPoolExecutor(THREADS) as threads:
            found = list(threads.map(read, readers))
    assert {(n, f"{1_000 + n:,} credits") for n in range(READERS)} == {(n, t) for n, t, _ in found}
    assert [] == [(n, names) for n, _, names in found if names != {name(n)}]
    invariants.sums_are_the_ledgers(ledger)
