"""Fault 27: the snapshot is missing, a folder, text, empty, cut short, or damaged.

The person at the terminal gets one line that says what to do, and status 2; no file is made, and
the snapshot stays as it is.
"""

from __future__ import annotations

import pytest

from data.demo import make_demo
from tests.command_line import refused
from tests.conftest import NOW

ACCOUNT = "himal-law"
COMMANDS = (("report", "--account", ACCOUNT), ("run", "--port", "18090"), ("check",))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of one small account of the demo ledger."""
    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    make_demo(path, now=NOW, only={ACCOUNT})
    return path.read_bytes()


def with_broken_pages(content, first, count):
    page, broken = int.from_bytes(content[16:18], "big"), bytearray(content)
    for number in range(first, first + count):
        broken[number * page : number * page + 200] = b"\xff" * 200
    return bytes(broken)


BROKEN = {
    "snapshot.empty": lambda _whole: b"",
    "snapshot.not_sqlite": lambda _whole: b"occurred_at,account,credits\n" * 20,
    "snapshot.truncated": lambda whole: whole[: len(whole) // 2],
    "snapshot.damaged": lambda whole: with_broken_pages(whole, len(whole) // 4096 // 2, 40),
}


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("CREDITS_CACHE_DIR", str(tmp_path / "cache"))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_file_is_one_line_and_stays_as_it_is(capsys, tmp_path, whole, code, command):
    folder = tmp_path / "media"
    folder.mkdir()
    path = folder / "snapshot.sqlite"
    path.write_bytes(BROKEN[code](whole))
    content = path.read_bytes()
    assert code == refused(capsys, command[0], "--db", str(path), *command[1:])
    assert content == path.read_bytes()
    assert [path] == list(folder.iterdir())


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("name", "code"), [("missing.sqlite", "snapshot.missing"), (".", "snapshot.not_a_file")]
)
def test_what_is_no_file_is_one_line_and_none_is_made(
    capsys, tmp_path, monkeypatch, name, code, command
):
    monkeypatch.chdir(tmp_path)
    assert code == refused(capsys, command[0], "--db", name, *command[1:])
    assert [] == list(tmp_path.glob("*.sqlite*"))
