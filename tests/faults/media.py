"""Disks that refuse: read only or full, around one process, by what the kernel itself offers.

In a mount namespace of its own where this machine lets a process have one; nothing outside it ever
changes. Elsewhere permissions and a limit on the size of files do the same to an ordinary user.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from shlex import quote
from typing import Any

ROOT = Path(__file__).parents[2]


@cache
def has_namespaces() -> bool:
    """Whether a process may have mounts of its own."""
    try:
        tried = subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return False
    return tried.returncode == 0


def run_read_only(folder: Path, *command: str, **env: str) -> Any:
    """Run a command to which `folder` is on read-only media."""
    if has_namespaces():
        place = quote(str(folder))
        mounted = f"mount --bind {place} {place} && mount -o remount,bind,ro {place}"
        return _run(["unshare", "-rm", "sh", "-c", f'{mounted} && exec "$@"', "-", *command], env)
    assert os.geteuid() != 0, "root without namespaces can write everywhere"
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555)
    try:
        return _run([*command], env)
    finally:
        for path in (folder, *folder.iterdir()):
            path.chmod(0o755)


def run_full(folder: Path, kilobytes: int, *command: str, **env: str) -> Any:
    """Run a command to which `folder` is a disk of that size."""
    if has_namespaces():
        mounted = f"mount -t tmpfs -o size={kilobytes}k,mode=700 none {quote(str(folder))}"
        return _run(["unshare", "-rm", "sh", "-c", f'{mounted} && exec "$@"', "-", *command], env)
    return run_limited(kilobytes, *command, **env)


def run_limited(kilobytes: int, *command: str, **env: str) -> Any:
    """Run a command that can write no file beyond that size."""
    limit = f'ulimit -f {2 * kilobytes} && exec "$@"'  # in blocks of 512 bytes
    return _run(["sh", "-c", limit, "-", *command], env)


def page(*arguments: str) -> tuple[str, ...]:
    """The page's command line."""
    return (sys.executable, "-W", "error", "app.py", *arguments)


def _run(command: list[str], env: dict[str, str]) -> Any:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
