"""MAP.toml: every key does what the document says, and every mistake names its key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from data.errors import UsageError
from data.importers import import_files, shipped_maps
from data.importers.map_file import KEYS, load_map

DOCUMENT = Path(__file__).parents[3] / "docs" / "import.md"

BASE = """
[account]
id = "acme"
[occurred_at]
column = "When"
zone = "UTC"
[amount]
column = "Cost"
[reason]
code = "premium_chat"
"""


@pytest.fixture
def by_map(write, db):
    """A function that imports lines under a map's text."""

    def by_map(text, *lines, name="export.csv"):
        path = write(name, "\n".join(lines) + "\n")
        return import_files([path], str(db), map_name=str(write("map.toml", text)))

    return by_map


def with_table(table, *lines):
    """The base map with the lines of one table put in its place."""
    kept = re.sub(rf"\[{table}\]\n(?:(?!\[).*\n)*", "", BASE)
    return kept + f"[{table}]\n" + "\n".join(lines) + "\n"


def refusal(by_map, text, *lines):
    with pytest.raises(UsageError) as caught:
        by_map(text, *lines or ("When,Cost", "2026-11-22,1"))
    return caught.value.sentence


# --- what a map says --------------------------------------------------------------------------


def test_constants_and_columns_make_text(by_map, rows):
    text = (
        with_table("account", 'id = "{Org}"', 'name = "Org {Org} ({{{Place}}})"')
        + '[workspace]\nid = "{Model}/{Client}"\nname = "{Model} client {Client}"\n'
        + 'kind = "{Kind}"\n[member]\nid = "{User}"\nname = "User {User}"\n'
    )
    by_map(
        text,
        "When,Cost,Org,Place,Model,Client,Kind,User",
        "2026-11-22,1,a,Bern,m,0,team,u1",
        "2026-11-22,1,a,Bern,n,0,personal,",
        "2026-11-22,1,a,Bern,,,,",
    )
    assert rows("SELECT id, name FROM accounts") == [("a", "Org a ({Bern})")]
    assert rows("SELECT id, name, kind FROM workspaces ORDER BY id") == [
        ("m/0", "m client 0", "team"),
        ("n/0", "n client 0", "personal"),
    ]
    assert rows("SELECT id, name FROM members") == [("u1", "User u1")]
    assert rows("SELECT workspace_id, member_id FROM entries ORDER BY id") == [
        ("m/0", "u1"),
        ("n/0", None),
        (None, None),
    ]


def test_the_last_name_of_a_workspace_is_its_name(by_map, rows):
    text = BASE + '[workspace]\nid = "{Id}"\nname = "{Name}"\n'
    by_map(text, "When,Cost,Id,Name", "2026-11-22,1,w,Old", "2026-11-22,1,w,New", "2026-11-22,1,w,")
    assert rows("SELECT id, name FROM workspaces") == [("w", "New")]


def test_empty_words_and_patterns_clean_cells(by_map, rows):
    text = BASE + '[file]\nempty = ["NULL", "-"]\nremove.Id = \'\\.0$\'\n[workspace]\nid = "{Id}"\n'
    by_map(text, "When,Cost,Id", "2026-11-22,1,17850.0", "2026-11-22,1,NULL", "2026-11-22,1,-")
    assert rows("SELECT workspace_id FROM entries ORDER BY id") == [("17850",), (None,), (None,)]


def test_another_delimiter(by_map, rows):
    by_map(BASE + '[file]\ndelimiter = ";"\n', "When;Cost", "2026-11-22;1.5")
    assert rows("SELECT amount_micro FROM entries") == [(1_500_000,)]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (['column = "Cost"', "factor = 100_000"], 3 * 10**11),
        (['column = "Cost"', "factor = 0.001"], 3_000),
        (['column = "Cost"', 'factor = "-0.5"'], 1_500_000),  # below zero: a refund
        (['product = ["Cost", "Count"]'], 12_000_000),
        (['product = ["Cost", "Count", "Count"]', "factor = 2"], 96_000_000),
        (['sum = ["Cost", "Count"]', "factor = 0.001"], 7_000),
    ],
)
def test_an_amount_is_a_column_a_product_or_a_sum_times_a_factor(by_map, rows, lines, expected):
    by_map(with_table("amount", *lines), "When,Cost,Count", "2026-11-22,3,4")
    assert rows("SELECT amount_micro FROM entries") == [(expected,)]


def test_rounding_is_done_only_when_asked_for(by_map, rows):
    lines = ("When,Cost", "2026-11-22,0.0000005", "2026-11-22,2.0000015")
    assert "value '0.0000005': more than 6 decimals" in refusal(by_map, BASE, *lines)
    by_map(with_table("amount", 'column = "Cost"', 'rounding = "half-even"'), *lines)
    assert rows("SELECT amount_micro FROM entries ORDER BY id") == [(0,), (2_000_002,)]


def test_decimals_and_within_bound_the_rounding(by_map, rows):
    amount = ('column = "Cost"', "decimals = 0", 'rounding = "half-up"', "within = 0.01")
    by_map(with_table("amount", *amount), "When,Cost", "2026-11-22,7.99")
    assert rows("SELECT amount_micro FROM entries") == [(8_000_000,)]
    sentence = refusal(by_map, with_table("amount", *amount), "When,Cost", "2026-11-22,7.98")
    assert "value '7.98': rounding would move it too far (`within`)" in sentence


def test_stamps_in_a_zone(by_map, rows):
    zone = ('column = "When"', 'zone = "Europe/London"', 'ambiguous = "later"')
    text = with_table("occurred_at", *zone, 'nonexistent = "shift"')
    by_map(text, "When,Cost", "2011-07-01 12:00,1", "2011-10-30 01:30,1", "2011-03-27 01:30,1")
    instants = "strftime('%m-%dT%H:%M', occurred_at / 1000000, 'unixepoch')"
    assert rows(f"SELECT {instants} FROM entries ORDER BY id") == [
        ("07-01T11:00",),
        ("10-30T01:30",),
        ("03-27T01:30",),
    ]


def test_a_stamp_in_the_gap_of_the_clocks_is_refused(by_map):
    text = with_table("occurred_at", 'column = "When"', 'zone = "Europe/London"')
    sentence = refusal(by_map, text, "When,Cost", "2011-03-27 00:30,1", "2011-03-27 01:30:00,1")
    assert sentence == (
        "export.csv, line 3, column When, value '2011-03-27 01:30:00': "
        "clocks in Europe/London skipped this local time. Nothing was imported"
    )


@pytest.mark.parametrize("epoch", ['"1970-01-03T00:00:00Z"', "1970-01-03T00:00:00Z"])
def test_stamps_counted_from_an_epoch(by_map, rows, epoch):
    lines = ('column = "When"', f"epoch = {epoch}", 'unit = "milliseconds"')
    by_map(with_table("occurred_at", *lines), "When,Cost", "1500,1")
    assert rows("SELECT occurred_at FROM entries") == [(2 * 86_400_000_000 + 1_500_000,)]


RULES = """
[reason]
code = "{What}"
[[reason.rules]]
when = { column = "What", is = ["a", "b"] }
reason = "premium_chat"
[[reason.rules]]
when = [{ column = "What", matches = '^w' }, { column = "Cost", negative = false }]
reason = "workflow_run"
workflow_type = "review"
[workflow_type]
code = "{Type}"
"""


def test_the_first_reason_rule_that_holds_decides(by_map, rows):
    by_map(
        with_table("reason") + RULES.replace("[reason]\n", "", 1).lstrip(),
        "When,Cost,What,Type",
        *("2026-11-22,1,a,", "2026-11-22,1,b,x", "2026-11-22,1,wf,y", "2026-11-22,-1,wf,y"),
        "2026-11-22,1,Other thing,",
    )
    assert rows("SELECT reason, workflow_type FROM entries ORDER BY id") == [
        ("premium_chat", None),
        ("premium_chat", "x"),
        ("workflow_run", "review"),
        ("wf", "y"),
        ("Other thing", None),
    ]


FILE_RULES = """
[account]
id = "acme"
[occurred_at]
column = "When"
zone = "UTC"
[amount]
column = "Cost"
[[reason.rules]]
when = { file = ["*_conv*", "*_chat*"] }
reason = "premium_chat"
"""


def test_a_rule_may_ask_for_the_files_name(by_map, rows):
    by_map(FILE_RULES, "When,Cost", "2026-11-22,1", name="trace_chat.csv")
    assert rows("SELECT reason FROM entries") == [("premium_chat",)]


def test_a_row_without_any_reason_is_refused(by_map):
    sentence = refusal(by_map, FILE_RULES)
    assert "export.csv, line 2, column reason, value ''" in sentence


KIND_RULES = """
[kind]
code = "{Kind}"
[[kind.rules]]
when = { column = "Category", is = "Credit" }
kind = "refund"
negate = true
[[kind.rules]]
when = { column = "Category", is = "Adjustment" }
kind = "adjustment"
"""


def test_kinds_come_from_rules_then_from_the_cell_then_from_the_sign(by_map, rows):
    by_map(
        BASE + KIND_RULES,
        "When,Cost,Category,Kind",
        *("2026-11-22,-3,Credit,usage", "2026-11-22,-4,Adjustment,", "2026-11-22,5,Usage,Grant"),
        *("2026-11-22,6,Usage,", "2026-11-22,-7,Usage,"),
    )
    assert rows("SELECT kind, amount_micro / 1000000 FROM entries ORDER BY id") == [
        ("refund", 3),
        ("adjustment", -4),
        ("grant", 5),
        ("usage", 6),
        ("refund", 7),
    ]


def test_a_negated_amount_of_the_other_sign_is_refused(by_map):
    sentence = refusal(by_map, BASE + KIND_RULES, "When,Cost,Category,Kind", "2026-11-22,3,Credit,")
    assert (
        "column Cost, value '3': -3 credits, but the amount of a refund is not negative" in sentence
    )


SKIPS = """
[[skip]]
name = "idle"
when = { column = "Cost", zero = true }
[[skip]]
name = "tests"
when = { column = "Team", matches = "^test" }
"""


def test_skipped_rows_are_counted_by_rule_and_leave_no_trace(by_map, rows):
    result = by_map(
        BASE + SKIPS + '[workspace]\nid = "{Team}"\n',
        "When,Cost,Team",
        *("2026-11-22,0,a", "2026-11-22,0.00,test-0", "never,5,test-1", "2026-11-22,2,b"),
    )
    assert result.skipped == (("idle", 2), ("tests", 1))
    assert (result.rows, result.entries) == (4, 1)
    assert rows("SELECT id FROM workspaces") == [("b",)]
    assert rows("SELECT substr(id, -8) FROM entries") == [("00000004",)]


def test_what_a_skip_rule_reads_must_be_a_number(by_map):
    assert "column Cost, value 'x': not a decimal" in refusal(
        by_map, BASE + SKIPS, "When,Cost,Team", "2026-11-22,x,a"
    )


def test_labels_become_reasons_of_every_account(by_map, rows):
    text = with_table("account", 'id = "{Org}"') + (
        '[reason.labels]\nwf = "Runs"\n[reason.types.wf]\nreview = "Contract review"\n'
    )
    by_map(text, "When,Cost,Org", "2026-11-22,1,a", "2026-11-22,1,b")
    assert rows("SELECT * FROM reasons ORDER BY account_id, code") == [
        (account, code, label, parent)
        for account in "ab"
        for code, label, parent in (("review", "Contract review", "wf"), ("wf", "Runs", None))
    ]


# --- mistakes ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("= nonsense", "map.toml is not TOML"),
        (BASE + "colour = 1", "reason.colour is not a key that is known here: code, rules"),
        ("format = 1\n" + BASE, "format is not a key that is known here"),
        (BASE.replace("[account]", "[acount]"), "acount is not a key"),
        (BASE.replace('id = "acme"', ""), "account.id is missing"),
        (BASE.replace('"acme"', '""'), "account.id is a text that is not empty"),
        (BASE.replace('"acme"', "7"), "account.id is a text that is not empty, not 7"),
        (BASE.replace('"acme"', '"{Org"'), "account.id is not a text with columns"),
        (BASE.replace('"acme"', '"a\\tb"'), "account.id cannot be used: a control character"),
        (BASE.replace('"UTC"', '"Mars/Base"'), "occurred_at.zone cannot be used: 'Mars/Base'"),
        (BASE.replace('zone = "UTC"', ""), "occurred_at.zone or epoch is needed"),
        (BASE.replace('zone = "UTC"', 'zone = "UTC"\nepoch = 2025-01-01T00:00:00Z'), "not both"),
        (BASE.replace('zone = "UTC"', "epoch = 2025-01-01"), "occurred_at.epoch is a"),
        (BASE.replace('zone = "UTC"', 'epoch = "2025-01-01"'), "is a stamp with an offset"),
        (BASE.replace('zone = "UTC"', 'epoch = 2025-01-01\nambiguous = "later"'), "without zone"),
        (BASE.replace('zone = "UTC"', 'zone = "UTC"\nunit = "seconds"'), "nothing without epoch"),
        (
            BASE.replace('zone = "UTC"', 'epoch = 2025-01-01T00:00:00Z\nunit = "days"'),
            "unit is one of seconds",
        ),
        (with_table("amount", 'column = "Cost"', "within = 1"), "nothing without rounding"),
        (BASE + '[workspace]\nname = "x"', "workspace.name means nothing without id"),
        (BASE + '[member]\nname = "x"', "member.name means nothing without id"),
        (BASE.replace('zone = "UTC"', 'zone = "UTC"\nambiguous = "both"'), "is one of earlier"),
        (BASE.replace('column = "Cost"', ""), "amount.column or product or sum is needed"),
        (with_table("amount", 'column = "a"', 'sum = ["a", "b"]'), "only one of them"),
        (with_table("amount", 'product = ["a"]'), "amount.product names one column; product"),
        (with_table("amount", 'column = "Cost"', 'factor = "x"'), "factor is not a decimal"),
        (with_table("amount", 'column = "Cost"', "factor = inf"), "factor is not a decimal"),
        (with_table("amount", 'column = "Cost"', "decimals = 7"), "a whole number from 0 to 6"),
        (with_table("amount", 'column = "Cost"', 'rounding = "near"'), "is one of half-even"),
        (with_table("reason"), "reason needs a code, or rules, or both"),
        (BASE + "[[reason.rules]]\nreason = 'x'", "reason.rules[1].when is missing"),
        (BASE + "[[reason.rules]]\nwhen = {column='a', is='x'}", "rules[1].reason is missing"),
        (BASE + "[[skip]]\nname='x'\nwhen={column='a'}", "needs one of is, matches, zero"),
        (BASE + "[[skip]]\nname='x'\nwhen={column='a', is='b', zero=true}", "needs one of is"),
        (BASE + "[[skip]]\nname='x'\nwhen={column='a', matches='('}", "not a regular expression"),
        (BASE + "[[skip]]\nname='x'\nwhen=[]", "skip[1].when has no condition"),
        (BASE + "[[skip]]\nname='x'\nwhen={file='*', column='a'}", "is not a key"),
        (BASE + "[[skip]]\nname='x'\nwhen={column='a', zero='yes'}", "zero is true or false"),
        (BASE + "[kind]\nrules = 3", "kind.rules is a list of tables, not 3"),
        (BASE + "[[kind.rules]]\nwhen={file='*'}\nkind='bonus'", "kind is one of usage"),
        (BASE + "[file]\ndelimiter = ', '", "delimiter is one character"),
        (BASE + "[file]\nempty = [1]", "empty is a text or a list of texts"),
        (BASE + "[file]\nremove = '0$'", "file.remove is a table"),
        (BASE + "[reason.labels]\na='A'\n[reason.types.b]\na='B'", "have the code 'a' twice"),
    ],
)
def test_a_mistake_in_a_map_names_its_key(by_map, db, text, words):
    sentence = refusal(by_map, text)
    assert words in sentence
    assert "\n" not in sentence
    assert not db.exists()


@pytest.mark.parametrize(
    "text",
    [
        BASE.replace('"Cost"', '"Costs"'),
        BASE.replace('"acme"', '"{Costs}"'),
        BASE + '[[skip]]\nname = "x"\nwhen = { column = "Costs", zero = true }\n',
        BASE + '[[kind.rules]]\nkind = "usage"\nwhen = { column = "Costs", zero = true }\n',
        BASE + "[file]\nremove.Costs = '0$'\n",
    ],
)
def test_a_column_that_the_file_lacks_is_named_even_without_rows(by_map, text):
    sentence = refusal(by_map, text, "When,Cost")
    assert sentence == "export.csv: there is no column 'Costs'; the header has 'When', 'Cost'"


def test_a_map_that_is_neither_shipped_nor_a_file_is_refused():
    with pytest.raises(UsageError, match="azure-llm, focus, online-retail, servegen"):
        load_map("focuss")


def test_the_four_maps_are_shipped_and_read():
    assert shipped_maps() == ("azure-llm", "focus", "online-retail", "servegen")
    assert [load_map(name).name for name in shipped_maps()] == list(shipped_maps())


def test_every_key_of_the_map_language_is_documented():
    text = DOCUMENT.read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z_.\[\]]+)` \|", text, re.MULTILINE))
    keys = {f"{table}.{key}" if table else key for table, names in KEYS.items() for key in names}
    tables = {key for key in keys if key in KEYS}
    assert keys - tables == documented & (keys - tables)
    assert {
        name for name in documented if name.startswith(tuple(f"{t}." for t in KEYS if t))
    } <= keys
