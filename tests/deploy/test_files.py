"""The other files of deploy/: what they start is there, and systemd takes the units."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from app import make_parser
from callbacks.assertion import LONGEST
from dashboard.settings import read_settings
from tests.deployment import DEPLOY, ROOT
from tests.test_architecture import ROOMS

UNITS = ("credits-page.service", "credits-rollup.service")
PLACE = "/opt/credits-page"


def unit(name: str) -> dict[str, str]:
    """The last value of each name in a unit."""
    return dict(re.findall(r"^(\w+)=(.*)$", (DEPLOY / name).read_text("utf-8"), re.M))


@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(name, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    here = (DEPLOY / name).read_text("utf-8").replace(f"{PLACE}/.venv", sys.prefix)
    (tmp_path / name).write_text(here.replace(PLACE, str(ROOT)))
    verified = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / name], capture_output=True, text=True, check=False
    )
    ours = [line for line in verified.stderr.splitlines() if line.startswith(name)]
    assert [] == ours
    assert 0 == verified.returncode


def test_the_units_start_what_is_there():
    page, rollup = (unit(name)["ExecStart"].split() for name in UNITS)
    assert [f"{PLACE}/.venv/bin/gunicorn", "--config"] == page[:2]
    assert (ROOT / page[2]).is_file()
    assert [f"{PLACE}/.venv/bin/python", "app.py"] == rollup[:2]
    assert make_parser().parse_args(rollup[2:]).every


def test_a_stop_waits_longer_than_the_answers_under_way():
    graceful = re.search(r"^graceful_timeout = (\d+)", gunicorn_text(), re.M)
    assert graceful
    assert int(unit(UNITS[0])["TimeoutStopSec"]) > int(graceful[1])


def gunicorn_text() -> str:
    return (DEPLOY / "gunicorn.conf.py").read_text("utf-8")


def test_what_a_setting_lacks_is_one_sentence_and_nothing_starts():
    """Status 2, after which neither unit is started again and again."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("CREDITS_")}
    stopped = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", DEPLOY / "gunicorn.conf.py"],
        cwd=ROOT, env=kept | {"CREDITS_PREFX": "/"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = [line for line in stopped.stderr.splitlines() if "[INFO]" not in line]
    said = "There is no setting CREDITS_PREFX. Did you mean CREDITS_PREFIX? [settings.unknown]"
    assert [said] == lines
    assert 2 == stopped.returncode
    assert ["2", "2"] == [unit(name)["RestartPreventExitStatus"] for name in UNITS]


def test_gunicorn_takes_the_longest_assertion_that_the_page_takes():
    limit = re.search(r"^limit_request_field_size = (\d+)", gunicorn_text(), re.M)
    assert limit
    assert int(limit[1]) > LONGEST + len("X-Credit-Assertion: ")


def test_the_settings_shipped_are_settings_that_production_needs():
    lines = (DEPLOY / "page.env").read_text("utf-8").splitlines()
    pairs = [line.partition("=")[::2] for line in lines if line and not line.startswith("#")]
    assert () == read_settings(dict(pairs)).production_missing


def test_the_image_has_every_room_and_starts_the_page():
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+) ", text, re.M)
    assert [] == [name for name in copied if not (ROOT / name).exists()]
    assert {*ROOMS[1:], "app.py", "assets"} <= set(copied)
    (command,) = re.findall(r"^CMD (.*)$", text, re.M)
    assert (ROOT / json.loads(command)[2]).is_file()


def test_no_file_of_deploy_goes_unmentioned():
    told = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    names = [path.name for path in sorted(DEPLOY.iterdir()) if path.is_file()]
    assert [] == [name for name in names if f"deploy/{name}" not in told]


@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("gunicorn.conf.py", "limit_request_line = 4094", "above 4,094 bytes"),
        ("gunicorn.conf.py", "limit_request_fields = 50", "above 50 headers"),
        ("gunicorn.conf.py", "limit_request_field_size = 9216", "above 9,216 bytes"),
        ("gunicorn.conf.py", "workers = 2\nthreads = 4", "gunicorn's eight threads"),
        ("nginx.conf", "client_max_body_size 64k;", "a body above 64 kB"),
        ("nginx.conf", "large_client_header_buffers 4 8k;", "above 8 kB, all above 32 kB"),
        ("nginx.conf", "client_body_timeout 10s;", "do not come for 10 s"),
        ("nginx.conf", "send_timeout 10s;", "takes nothing for 10 s"),
        ("nginx.conf", "proxy_read_timeout 5s;", "the product silent for 5 s"),
        ("nginx.conf", "proxy_read_timeout 30s;", "the page for 30 s"),
        ("nginx.conf", "proxy_buffers 16 32k;", "up to 512 kB"),
    ],
)
def test_the_document_says_the_limits_that_are_set(name, line, words):
    assert line in (DEPLOY / name).read_text("utf-8")
    assert words in (ROOT / "docs" / "deploy.md").read_text("utf-8")
