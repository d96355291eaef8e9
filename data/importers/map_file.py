"""MAP.toml to a validated FileMap; docs/import.md lists every key. It reads no data file."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

from data.column_types import to_micros
from data.errors import UsageError
from data.importers.amounts import ONE, ROUNDINGS, AmountRule, Combination, Exact
from data.importers.cells import BadCellError
from data.importers.mapping import Condition, FileMap, Label, Rule, Rules, Template
from data.importers.stamps import AMBIGUOUS, NONEXISTENT, UNIT_DECIMALS, StampRule
from data.importers.toml import Section, read_toml
from data.periods import zone
from data.schema import KINDS

SHIPPED = Path(__file__).parent / "maps"
CODE = "import.map"
COMBINATIONS: tuple[Combination, ...] = ("column", "product", "sum")

# Every key of the map language, by its table; docs/import.md explains each one.
KEYS: dict[str, tuple[str, ...]] = {
    "": (
        *("file", "account", "occurred_at", "amount", "reason", "workflow_type"),
        *("workspace", "member", "kind", "skip"),
    ),
    "file": ("delimiter", "empty", "remove"),
    "account": ("id", "name"),
    "occurred_at": ("column", "zone", "epoch", "unit", "ambiguous", "nonexistent"),
    "amount": ("column", "product", "sum", "factor", "decimals", "rounding", "within"),
    "reason": ("code", "rules", "labels", "types"),
    "reason.rules": ("when", "reason", "workflow_type"),
    "workflow_type": ("code",),
    "workspace": ("id", "name", "kind"),
    "member": ("id", "name"),
    "kind": ("code", "rules"),
    "kind.rules": ("when", "kind", "negate"),
    "skip": ("name", "when"),
    "when": ("column", "file", "is", "matches", "zero", "negative"),
}


def shipped_maps() -> tuple[str, ...]:
    """The bare names of the maps that come with the project."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.toml")))


def load_map(name: str) -> FileMap:
    """The shipped map of that bare name, or the map in that file; UsageError when it is neither."""
    if name in shipped_maps():
        return read_map(SHIPPED / f"{name}.toml")
    path = Path(name)
    if not path.is_file():
        shipped = ", ".join(shipped_maps())
        raise UsageError(CODE, f"There is no map {name}: name a TOML file, or one of {shipped}")
    return read_map(path)


def read_map(path: Path) -> FileMap:
    """The map in that file; UsageError says which key is wrong."""
    top = read_toml(path, CODE)
    top.allow(KEYS[""], need=("account", "occurred_at", "amount"))
    file, account, workspace, member = (
        _section(top, name) for name in ("file", "account", "workspace", "member")
    )
    for party in (workspace, member):
        _refuse_alone(party, "name", "id")
    _refuse_alone(workspace, "kind", "id")
    reason, kind = _section(top, "reason"), _section(top, "kind")
    if "code" not in reason and "rules" not in reason:
        raise top.refuse("reason", "needs a code, or rules, or both")
    return FileMap(
        name=path.stem,
        account=_needed_template(account, "id"),
        account_name=_template(account, "name"),
        occurred_at=_stamps(_section(top, "occurred_at")),
        amount=_amount(_section(top, "amount")),
        reason=_template(reason, "code"),
        workflow_type=_template(_section(top, "workflow_type"), "code"),
        workspace=_template(workspace, "id"),
        workspace_name=_template(workspace, "name"),
        workspace_kind=_template(workspace, "kind"),
        member=_template(member, "id"),
        member_name=_template(member, "name"),
        kind=_template(kind, "code"),
        reason_rules=Rules(tuple(_reason_rule(rule) for rule in reason.sections("rules"))),
        kind_rules=Rules(tuple(_kind_rule(rule) for rule in kind.sections("rules"))),
        skip_rules=Rules(tuple(_skip_rule(rule) for rule in top.sections("skip"))),
        labels=_labels(reason),
        delimiter=_delimiter(file),
        empty=file.texts("empty"),
        remove=_patterns(file),
    )


def _section(top: Section, name: str) -> Section:
    section = top.section(name)
    section.allow(KEYS[name])
    return section


def _refuse_alone(section: Section, key: str, other: str) -> None:
    """A key that would mean nothing without the other one is a mistake, not a silence."""
    if key in section and other not in section:
        raise section.refuse(key, f"means nothing without {other}")


def _template(section: Section, key: str) -> Template | None:
    text = section.text(key)
    if text is None:
        return None
    try:
        template = Template(text)
        if not template.columns:
            template.fill({})
    except ValueError as error:
        raise section.refuse(key, f"is not a text with columns: {error}") from error
    except BadCellError as error:
        raise section.refuse(key, f"cannot be used: {error.why}") from error
    return template


def _needed_template(section: Section, key: str) -> Template:
    template = _template(section, key)
    if template is None:
        raise section.refuse(key, "is missing")
    return template


def _delimiter(section: Section) -> str:
    text = section.values.get("delimiter", ",")
    if not isinstance(text, str) or len(text) != 1 or text in '"\r\n':
        raise section.refuse("delimiter", f"is one character, not {text!r}")
    return text


def _patterns(section: Section) -> dict[str, re.Pattern[str]]:
    remove = section.section("remove")
    return {column: _pattern(remove, column, remove.needed(column)) for column in remove.values}


def _pattern(section: Section, key: str, text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise section.refuse(key, f"is not a regular expression: {error}") from error


# --- stamps and amounts ---------------------------------------------------------------------


def _stamps(section: Section) -> StampRule:
    if ("zone" in section) == ("epoch" in section):
        raise section.refuse("zone", "or epoch is needed, and not both")
    for key, other in (("unit", "epoch"), ("ambiguous", "zone"), ("nonexistent", "zone")):
        _refuse_alone(section, key, other)
    return StampRule(
        column=section.needed("column"),
        zone=_zone(section),
        epoch=_epoch(section),
        unit=section.choice("unit", tuple(UNIT_DECIMALS), "seconds"),
        ambiguous=section.choice("ambiguous", AMBIGUOUS, "earlier"),
        nonexistent=section.choice("nonexistent", NONEXISTENT, "refuse"),
    )


def _zone(section: Section) -> ZoneInfo | None:
    name = section.text("zone")
    if name is None:
        return None
    try:
        return zone(name)
    except ValueError as error:
        raise section.refuse("zone", f"cannot be used: {error}") from error


def _epoch(section: Section) -> int | None:
    if "epoch" not in section:
        return None
    value = section.values["epoch"]
    if hasattr(value, "tzinfo") and hasattr(value, "year") and value.tzinfo is not None:
        return to_micros(value)
    try:
        return StampRule("epoch", None).micros(section.needed("epoch"))
    except (BadCellError, AssertionError) as error:
        why = "is a stamp with an offset, such as 2025-01-01T00:00:00Z"
        raise section.refuse("epoch", f"{why}, not {value!r}") from error


def _amount(section: Section) -> AmountRule:
    given = [key for key in COMBINATIONS if key in section]
    if len(given) != 1:
        raise section.refuse("column", "or product or sum is needed, and only one of them")
    columns = section.texts(given[0])
    if not columns or (given[0] == "column") != (len(columns) == 1):
        raise section.refuse(given[0], "names one column; product and sum name two or more")
    _refuse_alone(section, "within", "rounding")
    decimals = section.integer("decimals", 0, 6)
    return AmountRule(
        combination=given[0],
        columns=columns,
        factor=section.number("factor") or ONE,
        decimals=6 if decimals is None else decimals,
        rounding=section.choice("rounding", ROUNDINGS, None),
        within=_whole_or_finer(section.number("within")),
    )


def _whole_or_finer(number: Exact | None) -> Exact | None:
    """The number with an exponent that is not positive."""
    if number is None or number[1] <= 0:
        return number
    return number[0] * 10 ** number[1], 0


# --- rules ----------------------------------------------------------------------------------


def _when(rule: Section) -> tuple[Condition, ...]:
    """The conditions of a rule: one table, or a list of tables that must all hold."""
    value = rule.values.get("when")
    if value is None:
        raise rule.refuse("when", "is missing")
    tables = rule.sections("when") if isinstance(value, list) else (rule.section("when"),)
    if not tables:
        raise rule.refuse("when", "has no condition")
    return tuple(_condition(table) for table in tables)


def _condition(table: Section) -> Condition:
    table.allow(KEYS["when"])
    if "file" in table:
        table.allow(("file",))
        return Condition("file", None, table.texts("file"))
    tests = [test for test in ("is", "matches", "zero", "negative") if test in table]
    if len(tests) != 1:
        raise table.refuse("column", "needs one of is, matches, zero, negative")
    column, test = table.needed("column"), tests[0]
    if test == "zero":
        return Condition("zero", column, expected=table.is_true("zero"))
    if test == "negative":
        return Condition("negative", column, expected=table.is_true("negative"))
    texts = table.texts(test)
    if test == "is":
        return Condition("is", column, texts)
    for text in texts:
        _pattern(table, "matches", text)
    return Condition("matches", column, texts)


def _reason_rule(rule: Section) -> Rule:
    rule.allow(KEYS["reason.rules"], need=("when", "reason"))
    return Rule(_when(rule), (rule.needed("reason"), rule.text("workflow_type")))


def _kind_rule(rule: Section) -> Rule:
    rule.allow(KEYS["kind.rules"], need=("when", "kind"))
    kind = rule.choice("kind", KINDS, None)
    return Rule(_when(rule), (kind, "negate" if rule.is_true("negate") else None))


def _skip_rule(rule: Section) -> Rule:
    rule.allow(KEYS["skip"], need=("name", "when"))
    return Rule(_when(rule), (rule.needed("name"),))


def _labels(reason: Section) -> tuple[Label, ...]:
    labels, types = reason.section("labels"), reason.section("types")
    found = [Label(code, labels.needed(code)) for code in labels.values]
    for parent in types.values:
        under = types.section(parent)
        found += [Label(code, under.needed(code), parent) for code in under.values]
    codes = [label.code for label in found]
    for code in codes:
        if codes.count(code) > 1:
            raise reason.refuse("labels", f"and types have the code {code!r} twice")
    return tuple(found)
