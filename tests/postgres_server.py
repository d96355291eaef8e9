"""A throw-away PostgreSQL for the tests, one a run, reached by its Unix socket.

It never touches a server or a database that was there before. It runs as an ordinary user where
the tests run as root, since PostgreSQL refuses root.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROLE = "credits"
OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c shared_buffers=64MB -c max_connections=120 -c autovacuum=off"
)
NOT_INSTALLED = (
    "PostgreSQL is not installed: no initdb in /usr/lib/postgresql/*/bin nor in PATH. Install it "
    "(Debian and Ubuntu: apt-get install postgresql), or leave these tests out: "
    "pytest -m 'not postgres'."
)


class PostgresMissingError(Exception):
    """No PostgreSQL on this machine; the message says what to install."""


def find_binaries() -> Path:
    """The folder that holds initdb and pg_ctl: the newest packaged one, else that of PATH."""
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = sorted(packaged, key=lambda path: float(path.parts[-3]))
    if newest:
        return newest[-1].parent
    found = shutil.which("initdb")
    if found is None:
        raise PostgresMissingError(NOT_INSTALLED)
    return Path(found).resolve().parent


def ordinary_user() -> str | None:
    """Whom to run as: nobody in particular for an ordinary user, postgres or nobody for root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


@dataclass(frozen=True)
class PostgresServer:
    """One server in one directory of its own; several processes may hold the same value."""

    directory: Path

    @classmethod
    def prepare(cls) -> PostgresServer:
        """A directory with a short path, since a socket's path holds 107 bytes at most."""
        directory = Path(tempfile.mkdtemp(prefix="credits-pg-"))
        user = ordinary_user()
        if user is not None:
            shutil.chown(directory, user)
        return cls(directory)

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return (self.directory / "data" / "postmaster.pid").exists()

    def start(self, *settings: str) -> None:
        """Start it unless another process of this run already did; `settings` like `a=b` win."""
        with (self.directory / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.running:
                self._create()
                options = " ".join([OPTIONS, *(f"-c {setting}" for setting in settings)])
                self._control("start", "-l", "log", "-o", f"-k {self.directory} {options}")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it where it runs; its files stay."""
        if self.running:
            self._control("stop", "-m", mode)

    def follow(self, primary: PostgresServer) -> None:
        """Start it as a standby: a copy of `primary` that takes in whatever happens there."""
        self._run("pg_basebackup", "-h", str(primary.directory), "-U", ROLE, "-R", "-c", "fast")
        self.start()

    def promote(self) -> None:
        """Make a standby a server of its own, which is written to."""
        self._control("promote")

    def discard(self) -> None:
        """Stop it and remove its files."""
        self.stop()
        shutil.rmtree(self.directory)

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of one database."""
        return f"postgresql://{ROLE}@/{database}?host={self.directory}"

    @contextmanager
    def fresh_database(self) -> Iterator[str]:
        """The URL of an empty database that is gone afterwards, whoever is still connected."""
        name = f"test_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield self.url(name)
        finally:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> None:
        """Run one statement outside a transaction."""
        with psycopg.connect(
            host=str(self.directory), user=ROLE, dbname=database, autocommit=True
        ) as connection:
            connection.execute(statement.encode())

    def _create(self) -> None:
        if not (self.directory / "data").exists():
            self._run("initdb", "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def _control(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, "-w", "-s", *options)

    def _run(self, program: str, *arguments: str) -> None:
        data = ("-D", str(self.directory / "data"))
        # To files: the server inherits the output, and a pipe would stay open as long as it runs.
        with (self.directory / f"{program}.out").open("w+") as output:
            done = subprocess.run(
                [find_binaries() / program, *data, *arguments],
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
                **_identity(ordinary_user()),
            )
            output.seek(0)
            said = output.read()
        if done.returncode:
            raise RuntimeError(f"{program} {' '.join(arguments)} failed: {said}")


def _identity(user: str | None) -> dict[str, Any]:
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
