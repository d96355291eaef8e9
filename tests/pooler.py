"""A throw-away PgBouncer in transaction mode before the tests' PostgreSQL, reached by its socket.

Its pool is small, so that one client's transactions go to several connections of the server.
"""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.postgres_server import PostgresServer, ordinary_user

PORT = 6432
CONNECTIONS = 2  # to the server, for each user of each database
SETTINGS = """
[databases]
* = host={server} port=5432
[pgbouncer]
listen_port = {port}
unix_socket_dir = {place}
auth_type = trust
auth_file = {place}/users
pool_mode = transaction
default_pool_size = {connections}
logfile = {place}/log
"""
NOT_INSTALLED = (
    "PgBouncer is not installed. Install it (Debian and Ubuntu: apt-get install pgbouncer), or "
    "leave these tests out: pytest -m 'not postgres'."
)


class PoolerMissingError(Exception):
    """No PgBouncer on this machine; the message says what to install."""


@contextmanager
def pooler(server: PostgresServer, users: Sequence[str]) -> Iterator[Path]:
    """The folder of its socket, while it runs."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        raise PoolerMissingError(NOT_INSTALLED)
    place, user = server.directory / "pooler", ordinary_user()
    place.mkdir()
    (place / "users").write_text("".join(f'"{name}" ""\n' for name in users))
    settings = place / "settings.ini"
    settings.write_text(
        SETTINGS.format(server=server.directory, place=place, port=PORT, connections=CONNECTIONS)
    )
    if user is not None:
        shutil.chown(place, user)
    with (place / "said").open("w") as said:
        process = subprocess.Popen([program, settings], stdout=said, stderr=said, user=user)
    try:
        _wait(process, place, users[0])
        yield place
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(place)


def _wait(process: subprocess.Popen[bytes], place: Path, user: str) -> None:
    """Until it takes connections."""
    pause = threading.Event()
    for _ in range(200):
        try:
            psycopg.connect(host=str(place), port=PORT, user=user, dbname="postgres").close()
        except psycopg.OperationalError:
            assert process.poll() is None, (place / "said").read_text()
            pause.wait(0.05)
        else:
            return
    raise AssertionError((place / "said").read_text())
