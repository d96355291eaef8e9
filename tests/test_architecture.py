"""The house rules, read from the sources: who imports whom, where ids, clocks and SQL may be."""

from __future__ import annotations

import ast
import re
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from dashboard.ids import Act, Id, Part

ROOT = Path(__file__).parents[1]
ROOMS = ("app", "callbacks", "layouts", "dashboard", "data")  # an import may only go to the right

# Who may import what is not ours; what no rule names may be imported anywhere.
ALLOWED = {
    "sqlalchemy": {"app", "data"},
    "sqlite3": {"data"},
    "psycopg": {"data"},
    "prometheus_client": {"data"},
    "pandas": {"dashboard", "data"},
    "numpy": {"dashboard", "data"},
    "plotly": {"dashboard"},
    "dash": {"app", "callbacks", "layouts"},
    "dash_bootstrap_components": {"callbacks", "layouts"},
    "flask": {"app", "callbacks"},
    "werkzeug": {"app", "callbacks"},
    "brotli": {"callbacks"},
    "joserfc": {"callbacks"},
}
NEVER = {"plotly.express", "plotly.io"}  # slow, and templates are shared by all of a process

CALLBACK_NAMES = {"callback", "clientside_callback"}
DEPENDENCIES = {"Input", "Output", "State"}
WITH_COMPONENTS = {"app", "callbacks", "layouts"}
# the document hides variables from Dash, which would read them behind its arguments
ENVIRONMENT = {"app.py", "callbacks/document.py"}
CLOCK = {"app.py"}
CLOCKS = re.compile(r"\b((datetime|date|Timestamp)\.(now|utcnow|today)|time\.time)$")

OF_A_VIEWER = re.compile(
    r"\b(account(_id)?|scope|viewer|subject|reading|connection|choice|self)\b", re.IGNORECASE
)

LONGEST_FUNCTION, LONGEST_FILE = 60, 400
MEDIAN_LINES, MOST_LINES, SHARE = 9, 30, 0.9


@dataclass(frozen=True)
class Source:
    """One module of the project."""

    path: str
    text: str

    @property
    def room(self) -> str:
        return self.path.split("/")[0].removesuffix(".py")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def imports(self) -> Iterator[str]:
        """Dotted names of the modules imported, wherever in the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.path}:{node.lineno} imports relatively"
                assert node.module is not None
                yield node.module
                yield from (f"{node.module}.{name.name}" for name in node.names)

    @property
    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call, with the last part of the called name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield called(node), node

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]


def called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def sources() -> list[Source]:
    paths = [ROOT / "app.py"]
    for room in ROOMS[1:]:
        paths += sorted((ROOT / room).rglob("*.py"))
    return [Source(p.relative_to(ROOT).as_posix(), p.read_text("utf-8")) for p in paths]


SOURCES = sources()


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


# --- the rules: what is wrong with one module -----------------------------------------------


def imports_to_the_left(source: Source) -> list[str]:
    """app > callbacks > layouts > dashboard > data."""
    left = ROOMS[: ROOMS.index(source.room)]
    return [name for name in source.imports if name.split(".")[0] in left]


def libraries_in_the_wrong_room(source: Source) -> list[str]:
    names = {name.split(".")[0] for name in source.imports}
    return [n for n in sorted(names) if n in ALLOWED and source.room not in ALLOWED[n]]


def what_is_slow_or_shared_by_all(source: Source) -> list[str]:
    return [name for name in source.imports if name in NEVER]


def libraries_that_only_tests_have(source: Source) -> list[str]:
    foreign = {name.split(".")[0] for name in source.imports} - sys.stdlib_module_names
    return sorted(foreign - set(ROOMS) - required())


def ids_written_out(source: Source) -> list[str]:
    """No `id="…"`, no Input("…"): names come from dashboard/ids.py."""
    wrong = []
    for name, call in source.calls if source.room in WITH_COMPONENTS else ():
        named = [k.value for k in call.keywords if k.arg in {"id", "component_id"}]
        if name in DEPENDENCIES:
            named += call.args[:1]
        wrong += [at(n) for n in named if isinstance(n, ast.Constant | ast.JoinedStr | ast.Dict)]
    return wrong


def callbacks_registered_by_importing(source: Source) -> list[str]:
    """`@dash.callback` writes into a list that every app of the process shares."""
    shared = [n for n in source.imports if n.startswith("dash.") and n[5:] in CALLBACK_NAMES]
    later = {id(node) for f in source.functions for part in f.body for node in ast.walk(part)}
    calls = [at(c) for name, c in source.calls if name in CALLBACK_NAMES and id(c) not in later]
    return shared + calls


def callbacks_on_what_is_not_on_the_page(source: Source) -> list[str]:
    return [
        at(call)
        for _name, call in source.calls
        for keyword in call.keywords
        if keyword.arg == "suppress_callback_exceptions" and ast.unparse(keyword.value) != "False"
    ]


def browser_callbacks_that_are_text(source: Source) -> list[str]:
    """Each would be an inline script, with a hash of its own in the security policy."""
    return [
        at(call)
        for name, call in source.calls
        if name == "clientside_callback" and call.args and not isinstance(call.args[0], ast.Call)
    ]


def reads_of_the_environment(source: Source) -> list[str]:
    allowed = source.path in ENVIRONMENT
    return [] if allowed else re.findall(r"os\.environ|getenv", source.text)


def reads_of_the_clock(source: Source) -> list[str]:
    """Everything but these modules is handed its now."""
    if source.path in CLOCK:
        return []
    return [at(call) for _name, call in source.calls if CLOCKS.search(ast.unparse(call.func))]


def memories_of_what_a_viewer_saw(source: Source) -> list[str]:
    """A process answers many viewers: what it keeps is made of nothing that is one's own."""
    kept = [f for f in source.functions if any(_memoizes(one) for one in f.decorator_list)]
    given = [(f.name, arg) for f in kept for arg in (*f.args.args, *f.args.kwonlyargs)]
    return [
        f"{name}({arg.arg})"
        for name, arg in given
        if OF_A_VIEWER.search(f"{arg.arg} {ast.unparse(arg.annotation) if arg.annotation else ''}")
    ]


def _memoizes(decorator: ast.expr) -> bool:
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    return ast.unparse(named).split(".")[-1] in {"cache", "lru_cache"}


def no_opening_words(source: Source) -> list[str]:
    """A module opens with what it is."""
    return [] if ast.get_docstring(source.tree) else ["no docstring"]


def too_long(source: Source) -> list[str]:
    """A function fits on a screen, a file in the head."""
    lines = len(source.text.splitlines())
    functions = [f.name for f in source.functions if lines_of(f) > LONGEST_FUNCTION]
    return functions + ([f"{lines} lines"] if lines > LONGEST_FILE else [])


def required() -> set[str]:
    """Modules of what requirements.in asks for; Flask and pandas are made of the last two."""
    lines = (ROOT / "requirements.in").read_text("utf-8").lower().splitlines()
    return {re.split(r"[\[=]", line)[0].replace("-", "_") for line in lines} | {"werkzeug", "numpy"}


def at(node: ast.expr) -> str:
    return f"line {node.lineno}"


# --- the rules hold -----------------------------------------------------------------------

BROKEN = [
    (imports_to_the_left, "data/x.py", "from dashboard.words import credits"),
    (imports_to_the_left, "layouts/x.py", "def f():\n    import app"),
    (libraries_in_the_wrong_room, "dashboard/x.py", "from sqlalchemy import select"),
    (libraries_in_the_wrong_room, "layouts/x.py", "import flask"),
    (what_is_slow_or_shared_by_all, "dashboard/x.py", "import plotly.express as px"),
    (libraries_that_only_tests_have, "data/x.py", "import hypothesis"),
    (ids_written_out, "layouts/x.py", "html.P(id='foot')"),
    (ids_written_out, "layouts/x.py", "html.P(id=f'{key}-title')"),
    (ids_written_out, "callbacks/x.py", "def f(app): app.callback(Output('foot', 'children'))"),
    (callbacks_registered_by_importing, "callbacks/x.py", "@app.callback(o)\ndef f(): pass"),
    (callbacks_registered_by_importing, "callbacks/x.py", "from dash import callback"),
    (callbacks_on_what_is_not_on_the_page, "app.py", "D(suppress_callback_exceptions=True)"),
    (browser_callbacks_that_are_text, "callbacks/x.py", "app.clientside_callback('f()', o)"),
    (reads_of_the_environment, "data/x.py", "import os\nos.environ['HOME']"),
    (reads_of_the_clock, "dashboard/x.py", "dt.datetime.now(dt.UTC)"),
    (reads_of_the_clock, "data/x.py", "today = date.today()"),
    (memories_of_what_a_viewer_saw, "data/x.py", "@cache\ndef f(account_id: str): pass"),
    (memories_of_what_a_viewer_saw, "data/x.py", "@functools.lru_cache(8)\ndef f(s: Scope): pass"),
    (no_opening_words, "data/x.py", "x = 1"),
    (too_long, "data/x.py", "def f():\n" + "    x = 1\n" * 60),
    (too_long, "data/x.py", "x = 1\n" * 401),
]
RULES = list(dict.fromkeys(rule for rule, _path, _text in BROKEN))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module_has(rule):
    assert [f"{s.path}: {wrong}" for s in SOURCES for wrong in rule(s)] == []


@pytest.mark.parametrize(("rule", "path", "text"), BROKEN)
def test_a_module_that_breaks_a_rule_is_found(rule, path, text):
    assert rule(Source(path, text)) != []


def test_every_room_of_the_house_has_modules():
    assert {source.room for source in SOURCES} == set(ROOMS)


def test_functions_are_short_on_the_whole():
    lengths = sorted(lines_of(f) for source in SOURCES for f in source.functions)
    short = sum(length < MOST_LINES for length in lengths) / len(lengths)
    assert statistics.median(lengths) <= MEDIAN_LINES
    assert short >= SHARE


def test_the_ids_in_the_browsers_scripts_are_ids_of_the_page():
    scripts = [path.read_text("utf-8") for path in sorted((ROOT / "assets").glob("*.js"))]
    blocks = [re.findall(r"const ID = \{(.*?)\};", script, re.DOTALL) for script in scripts]
    named = set(re.findall(r'"([^"]*)"', "".join(block for found in blocks for block in found)))
    assert named - {str(name) for name in Id} == set()
    assert len(named) > 10
    written_out = r"(?:ById|set_props|element|set)\(\s*[\"'`]"
    assert [re.findall(written_out, script) for script in scripts] == [[] for _ in scripts]


@pytest.mark.parametrize("names", [Id, Part, Act])
def test_no_two_names_of_the_page_are_the_same(names):
    assert len({str(name) for name in names}) == len(names.__members__)
