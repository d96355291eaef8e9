"""What a map says, as frozen values: columns and constants of each ledger field, rules, skips.

It reads no file and no row; map_file.py makes these from TOML, own_csv.py from a header.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from data.importers.amounts import AmountRule, read_number
from data.importers.cells import Cells, Cleaning, Remembered, refuse_control
from data.importers.stamps import StampRule

PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([^{}]+)\}|[{}]")
Test = Literal["is", "matches", "zero", "negative", "file"]


@dataclass(frozen=True)
class Template:
    """Text with `{Column}` in it; without any it is a constant. `{{` and `}}` are braces."""

    text: str

    def __post_init__(self) -> None:
        for match in PLACEHOLDER.finditer(self.text):
            if match[0] in {"{", "}"}:
                raise ValueError(f"{self.text!r} has a single brace: write {{Column}}, or {{{{")

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns named, each once, in order."""
        names = (match[1] for match in PLACEHOLDER.finditer(self.text) if match[1])
        return tuple(dict.fromkeys(names))

    def fill(self, values: Mapping[str, str]) -> str | None:
        """The text of a row; None when nothing but constants is left of a text with columns."""
        if self.columns and not any(values.values()):
            return None

        def part(match: re.Match[str]) -> str:
            return values[match[1]] if match[1] else match[0][0]

        text = PLACEHOLDER.sub(part, self.text).strip()
        return refuse_control(", ".join(self.columns) or None, text) or None


def template_reader(
    template: Template | None, cleaning: Cleaning
) -> Callable[[Cells], list[str | None]]:
    """A function from the cells of a batch to that text of each row."""
    if template is None:
        return lambda cells: [None] * cells.count
    columns = template.columns
    if not columns:
        constant = template.fill({})
        return lambda cells: [constant] * cells.count

    if len(columns) == 1:
        column, clean = columns[0], cleaning.cleaner(columns[0])
        single: Remembered[str, str | None] = Remembered(
            lambda cell: template.fill({column: clean(cell)})
        )
        return lambda cells: [single[cell] for cell in cells.raw(column)]
    several: Remembered[tuple[str, ...], str | None] = Remembered(
        lambda texts: template.fill(dict(zip(columns, texts, strict=True)))
    )
    return lambda cells: [several[texts] for texts in cells.keys(columns)]


@dataclass(frozen=True)
class Condition:
    """One question about a row, or about the name of its file."""

    test: Test
    column: str | None
    texts: tuple[str, ...] = ()
    expected: bool = True

    def holds(self, text: str, file: str) -> bool:
        """Whether it is so, for the cell's text and the file's name."""
        return self._found(text, file) == self.expected

    def _found(self, text: str, file: str) -> bool:
        if self.test == "file":
            return any(fnmatch.fnmatchcase(file, pattern) for pattern in self.texts)
        if self.test == "is":
            return text in self.texts
        if self.test == "matches":
            return any(re.search(pattern, text) for pattern in self.texts)
        mantissa = read_number(self.column or "", text)[0]
        return mantissa == 0 if self.test == "zero" else mantissa < 0


@dataclass(frozen=True)
class Rule:
    """What holds where all of its conditions hold: a reason and type, a kind, or a skip."""

    when: tuple[Condition, ...]
    value: tuple[str | None, ...]


@dataclass(frozen=True)
class Rules:
    """Rules in order: the first whose conditions all hold decides."""

    rules: tuple[Rule, ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The columns that any condition asks about."""
        named = (condition.column for rule in self.rules for condition in rule.when)
        return tuple(dict.fromkeys(column for column in named if column is not None))

    def decide(self, values: Mapping[str | None, str], file: str) -> tuple[str | None, ...] | None:
        """The first rule's value for these cells; None when no rule holds."""
        for rule in self.rules:
            if all(c.holds(values.get(c.column, ""), file) for c in rule.when):
                return rule.value
        return None


Decision = tuple[str | None, ...] | None


def rules_reader(rules: Rules, file: str) -> Callable[[Cells], list[Decision]]:
    """A function from the cells of a batch to the deciding rule's value of each row, or None."""
    columns = rules.columns
    if not columns:
        constant = rules.decide({}, file)
        return lambda cells: [constant] * cells.count

    def convert(key: str | tuple[str, ...]) -> Decision:
        values = (key,) if isinstance(key, str) else key
        return rules.decide(dict(zip(columns, values, strict=True)), file)

    decisions: Remembered[str | tuple[str, ...], Decision] = Remembered(convert)
    return lambda cells: [decisions[key] for key in cells.keys(columns)]


@dataclass(frozen=True)
class Label:
    """One row of `reasons`: a code, its name on the page, and the reason it stands under."""

    code: str
    label: str
    parent: str | None = None


@dataclass(frozen=True)
class FileMap:
    """How one kind of file becomes ledger rows. `kind_rules` give (kind, "negate" or None).

    `reason_rules` give (reason, workflow type); `skip_rules` give (name,) and are counted by it.
    """

    name: str
    account: Template
    occurred_at: StampRule
    amount: AmountRule
    reason: Template | None = None
    workflow_type: Template | None = None
    account_name: Template | None = None
    workspace: Template | None = None
    workspace_name: Template | None = None
    workspace_kind: Template | None = None
    member: Template | None = None
    member_name: Template | None = None
    kind: Template | None = None
    reason_rules: Rules = field(default_factory=Rules)
    kind_rules: Rules = field(default_factory=Rules)
    skip_rules: Rules = field(default_factory=Rules)
    labels: tuple[Label, ...] = ()
    delimiter: str = ","
    empty: tuple[str, ...] = ()
    remove: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    def cleaning(self) -> Cleaning:
        """How this map cleans cells."""
        return Cleaning(self.empty, self.remove)
