"""The command line as a person meets it: what it prints, how it refuses, how it serves."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

import app
from data import schema
from data.demo import make_demo
from data.engine import create_tables
from data.errors import UsageError
from data.install import Plan, install
from tests.command_line import refused
from tests.conftest import NOW
from tests.ledger_builder import LedgerBuilder

ROOT = Path(app.__file__).parent
COMMANDS = (
    *("run", "report", "import", "check", "demo", "assertion"),
    *("rollup", "rebuild", "verify", "freeze", "install", "uninstall"),
)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """Two small accounts of the demo ledger."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    make_demo(path, now=NOW, only={"fenwick-studio", "himal-law"})
    return path


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("CREDITS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CREDITS_CACHE_DIR", str(tmp_path / "cache"))


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_says_defaults_and_environment(command, capsys):
    with pytest.raises(SystemExit) as stopped:
        app.main([command, "--help"] if command else ["--help"])
    assert 0 == stopped.value.code
    text = capsys.readouterr().out
    assert "usage: python app.py" in text
    if command in {None, "run", "report", "check"}:
        assert "CREDITS_" in text


# --- report -----------------------------------------------------------------------------------


def report(capsys, demo, *more):
    assert 0 == app.main(["report", "--db", str(demo), "--account", "himal-law", *more])
    return capsys.readouterr().out


def test_report_prints_json_at_the_last_entry(capsys, demo):
    found = json.loads(report(capsys, demo, "--format", "json"))
    assert ("himal-law", "Asia/Kathmandu") == (found["account"], found["zone"])
    assert found["now"] == found["watermark"]
    assert found["range"]["end"] == "2026-11-22"


def test_a_now_without_an_offset_is_in_the_accounts_zone(capsys, demo):
    found = json.loads(report(capsys, demo, "--now", "2026-11-10T00:30", "--format", "json"))
    assert "2026-11-10T00:30:00+05:45" == found["now"]
    assert "2026-11-10" == found["range"]["end"]
    found = json.loads(report(capsys, demo, "--now", "2026-11-10T00:30Z", "--format", "json"))
    assert "2026-11-10T06:15:00+05:45" == found["now"]


def test_report_as_text_and_csv(capsys, demo):
    assert "Used in this range:" in report(capsys, demo)
    assert report(capsys, demo, "--format", "csv").startswith("section,day,start,end,")


def test_report_leaves_the_snapshot_as_it_was(capsys, demo):
    def content():
        names = sorted(path.name for path in demo.parent.iterdir())
        return names, hashlib.sha256(demo.read_bytes()).hexdigest()

    before = content()
    report(capsys, demo)
    assert before == content()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--account", "nobody"], "account.unknown"),
        (["--account", "himal-law", "--range", "1d"], "range.text"),
        (["--account", "himal-law", "--range", "2026-11-02..2026-11-01"], "range.reversed"),
        (["--account", "himal-law", "--now", "yesterday"], "now.text"),
    ],
)
def test_report_refuses_in_one_sentence(capsys, demo, arguments, code):
    assert code == refused(capsys, "report", "--db", str(demo), *arguments)


def test_a_database_that_is_away_is_refused_in_one_sentence(capsys):
    url = "postgresql://127.0.0.1:1/db"
    assert "db.unreachable" == refused(capsys, "report", "--db", url, "--account", "a")
    assert "db.unreachable" == refused(capsys, "run", "--db", url)


# --- settings and production ------------------------------------------------------------------


def test_run_refuses_production_settings(capsys, demo, monkeypatch):
    monkeypatch.setenv("CREDITS_IDENTITY_ISSUER", "https://host.example")
    assert "run.production" == refused(capsys, "run", "--db", str(demo))


def test_run_refuses_an_account_that_is_not_there(capsys, demo):
    assert "account.unknown" == refused(capsys, "run", "--db", str(demo), "--account", "nobody")


def test_run_refuses_a_catalogue_of_plans_that_it_cannot_use(capsys, demo, monkeypatch, tmp_path):
    plans = tmp_path / "plans.toml"
    plans.write_text('money = "€{}"\nplans = []\n', "utf-8")
    monkeypatch.setenv("CREDITS_PLAN_CATALOGUE", str(plans))
    assert "plans.value" == refused(capsys, "run", "--db", str(demo))


def test_a_misspelt_setting_is_refused(capsys, demo, monkeypatch):
    monkeypatch.setenv("CREDITS_PREFX", "/x")
    assert "settings.unknown" == refused(capsys, "check", "--db", str(demo))


def test_check_needs_a_ledger(capsys):
    assert "db.missing" == refused(capsys, "check")


def test_check_answers_with_its_exit_status(capsys, demo):
    now = NOW.isoformat()
    assert 0 == app.main(["check", "--db", str(demo), "--now", now])
    assert "2 accounts" in capsys.readouterr().out
    earlier = (NOW - dt.timedelta(days=40)).isoformat()
    assert 1 == app.main(["check", "--db", str(demo), "--now", earlier])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "settings.missing"),
        ({"CREDITS_IDENTITY_ISSUER": "https://host.example"}, "settings.missing"),
        (
            {
                "CREDITS_IDENTITY_ISSUER": "https://host.example",
                "CREDITS_IDENTITY_AUDIENCE": "credits",
                "CREDITS_IDENTITY_JWKS": "keys.json",
            },
            "settings.missing",
        ),
        (
            {
                "CREDITS_IDENTITY_ISSUER": "https://host.example",
                "CREDITS_IDENTITY_AUDIENCE": "credits",
                "CREDITS_IDENTITY_JWKS": "no-such-keys.json",
                "CREDITS_DATABASE_URL": "postgresql://127.0.0.1:1/db",
            },
            "identity.keys",
        ),
    ],
)
def test_production_refuses_to_start(monkeypatch, given, code):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageError) as stopped:
        app.create_server()
    assert code == stopped.value.code


def test_importing_the_app_does_nothing():
    """No server, no engine, no file: a WSGI server or a test imports it freely."""
    script = "import app; assert not [n for n in vars(app) if n in {'app', 'server'}]"
    subprocess.run([sys.executable, "-W", "error", "-c", script], cwd=ROOT, check=True, timeout=60)


# --- run --------------------------------------------------------------------------------------


@pytest.fixture
def fed_postgres_url(postgres_database, postgres_url):
    """A ledger of one entry with a rollup that nobody runs."""
    create_tables(postgres_database, schema.ledger)
    install(postgres_database, Plan())
    rows = LedgerBuilder()
    rows.use("2026-11-20T09:00Z", 3)
    rows.save(postgres_database)
    return postgres_url


@pytest.fixture
def serve(tmp_path):
    """Starts `run` as a person does and returns its address and all that it printed."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "app.py", "run", *arguments],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=os.environ | {"CREDITS_CACHE_DIR": str(tmp_path / "cache")},
        )  # fmt: skip
        started.append(process)
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        printed = "".join(lines)
        found = re.search(r"http://\S+", printed)
        assert found, printed
        return process, found[0], printed

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_run_serves_the_page_on_loopback_and_stops_quietly(serve, demo):
    process, address, printed = serve("--db", str(demo), "--port", "18050")
    assert address.startswith("http://127.0.0.1:18")
    assert address.endswith("/app/account/credits")
    assert str(demo) in printed
    with urllib.request.urlopen(address, timeout=20) as response:
        assert (200, address) == (response.status, response.url)
        assert "<title>Credits</title>" in response.read().decode()
    process.send_signal(signal.SIGINT)
    assert ("", None) == process.communicate(timeout=20)
    assert 0 == process.returncode


@pytest.mark.postgres
def test_run_and_report_read_postgresql_and_say_in_which_way(
    capsys, serve, fed_postgres_url, tmp_path
):
    """A ledger whose rollup never ran is a snapshot, copied until `run` ends; then it is in use."""
    process, address, printed = serve("--db", fed_postgres_url, "--port", "18060")
    assert "A snapshot: no rollup runs on it (never heard of)" in printed
    assert 1 == len(list((tmp_path / "cache").iterdir()))
    with urllib.request.urlopen(address, timeout=20) as response:
        assert 200 == response.status
    process.send_signal(signal.SIGINT)
    assert ("", None) == process.communicate(timeout=20)
    assert [] == list((tmp_path / "cache").iterdir())
    ask = ["report", "--db", fed_postgres_url, "--account", "acme", "--format", "json"]
    assert 0 == app.main(ask)
    snapshot = json.loads(capsys.readouterr().out)
    assert ("3", "2026-11-20T09:00:00+00:00") == (snapshot["total"], snapshot["now"])
    assert "account.preparing" == refused(capsys, *ask, "--live")
    assert 0 == app.main(["rollup", "--db", fed_postgres_url, "--once"])
    assert 0 == app.main([*ask, "--range", "2026-11-01..2026-11-21", "--now", "2026-11-22"])
    live = json.loads(capsys.readouterr().out)
    assert ("3", "2026-11-22T00:00:00+00:00") == (live["total"], live["now"])
    assert live["watermark"] != snapshot["watermark"]


def test_a_taken_port_is_said_and_the_next_free_one_used(serve, demo):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        _, address, printed = serve("--db", str(demo), "--port", str(port))
    assert f"Port {port} is taken; using " in printed
    assert f":{port}/" not in address
