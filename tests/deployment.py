"""The page as `deploy/` ships it: gunicorn and nginx as processes, and a stub of the product.

nginx runs on deploy/nginx.conf itself: only its addresses and its certificate are others, and each
of them must be found there. Nothing listens beyond this machine.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import http.server
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data import schema
from data.aggregator import Aggregator
from data.engine import connect, create_tables
from data.install import Plan, install
from tests.issuer import HEADER, Issuer
from tests.ledger_builder import LedgerBuilder

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
PATH = "/app/account/credits"
NAME = "app.example.com"
ASK = "/internal/credits-assertion"
NOT_INSTALLED = (
    "nginx is not installed. Install it (Debian and Ubuntu: apt-get install nginx), or leave these "
    "tests out: pytest -m 'not proxy'."
)
PATIENCE = 30  # seconds until something that starts must answer

MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
{user}
worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/credits.conf;
}}
"""


def utc_now() -> dt.datetime:
    """The time that the server's own process has."""
    return dt.datetime.now(dt.UTC)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


# --- the product ------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(answer: Callable[[Any], None]) -> Iterator[int]:
    """The port of a server of HTTP, while it answers by `answer`."""

    class Answers(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET  # noqa: N815 - the library's own name

        def log_message(self, *_about: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Product:
    """A host of the page: a session's cookie in, a signed assertion or 401 out."""

    issuer: Issuer
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)  # cookie: claims

    def assertion(self, cookie: str) -> str | None:
        """What it signs for a session."""
        claims = self.sessions.get(cookie)
        self.issuer.now = utc_now()
        return None if claims is None else self.issuer.sign(**claims)

    def answer(self, request: Any) -> None:
        """The page of the product, or who asks."""
        if request.path != ASK:
            send(request, 200, {}, b"the product")
            return
        cookies = "; ".join(request.headers.get_all("Cookie", []))
        named = dict(part.strip().partition("=")[::2] for part in cookies.split(";"))
        signed = self.assertion(named.get("session", ""))
        send(request, 204 if signed else 401, {HEADER: signed} if signed else {}, b"")


def send(request: Any, status: int, headers: Mapping[str, str], body: bytes) -> None:
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    if status != 204:
        request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


# --- processes --------------------------------------------------------------------------------


@contextlib.contextmanager
def gunicorn(port: int, environ: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The page's server with the settings that are shipped, ready."""
    command = [sys.executable, "-m", "gunicorn", "--config", str(DEPLOY / "gunicorn.conf.py")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CREDITS_")}
    with log.open("w") as said:
        process = subprocess.Popen(
            [*command, "--bind", f"127.0.0.1:{port}"],
            cwd=ROOT, env=kept | environ, stdout=said, stderr=said,
        )  # fmt: skip
    with _ending(process):
        _until_ready(process, log, lambda: read_once(f"http://127.0.0.1:{port}/readyz"))
        yield process


@contextlib.contextmanager
def nginx(port: int, product: int, page: int, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """deploy/nginx.conf with these ports, ready."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise FileNotFoundError(NOT_INSTALLED)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "credits.conf").write_text(configuration(port, product, page, folder))
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, user=user))
    log = folder / "said.log"
    with log.open("w") as said:
        process = subprocess.Popen(
            [program, "-p", folder, "-c", folder / "nginx.conf"], stdout=said, stderr=said
        )
    with _ending(process):
        _until_ready(process, log, lambda: socket.create_connection(("127.0.0.1", port)).close())
        yield process


def configuration(port: int, product: int, page: int, folder: Path) -> str:
    """deploy/nginx.conf for these ports and the certificate of this run."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    for shipped, here in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "server 127.0.0.1:8050;": f"server 127.0.0.1:{page};",
        "server 127.0.0.1:3000;": f"server 127.0.0.1:{product};",
        f"/etc/ssl/{NAME}.crt": f"{folder}/{NAME}.crt",
        f"/etc/ssl/{NAME}.key": f"{folder}/{NAME}.key",
    }.items():
        assert text.count(shipped) == 1, f"deploy/nginx.conf has not one {shipped!r}"
        text = text.replace(shipped, here)
    return text


def make_certificate(folder: Path) -> None:
    """One for NAME that this run alone trusts."""
    names = f"subjectAltName=DNS:{NAME},IP:127.0.0.1"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", f"/CN={NAME}", "-addext", names,
         "-keyout", folder / f"{NAME}.key", "-out", folder / f"{NAME}.crt"],
        check=True, capture_output=True,
    )  # fmt: skip


@contextlib.contextmanager
def _ending(process: subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def _until_ready(process: subprocess.Popen[bytes], log: Path, ask: Callable[[], object]) -> None:
    """Until it answers; what it said, where it ended or never does."""
    pause = threading.Event()
    for _ in range(PATIENCE * 20):
        try:
            ask()
        except OSError:
            assert process.poll() is None, log.read_text()
            pause.wait(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def read_once(address: str) -> None:
    urllib.request.urlopen(address, timeout=PATIENCE).close()


# --- all of it ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deployment:
    """The three, and where they are reached."""

    product: Product
    folder: Path
    port: int  # of nginx
    page: int  # of gunicorn, which nobody but nginx should reach

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}{PATH}"

    @property
    def trust(self) -> ssl.SSLContext:
        """For a client that checks the certificate."""
        return ssl.create_default_context(cafile=str(self.folder / f"{NAME}.crt"))

    def said(self, name: str) -> str:
        """What a process wrote: `gunicorn.log`, `error.log` or `access.log`."""
        return (self.folder / name).read_text("utf-8")


def ledger_in_use(folder: Path) -> str:
    """The URL of a ledger of two accounts that ends today, rolled up a moment ago."""
    url = f"sqlite:///{folder / 'ledger.sqlite'}"
    engine = connect(url)
    create_tables(engine, schema.ledger)
    install(engine, Plan())
    rows = LedgerBuilder()
    for account, place in (("acme", "Kestrel contracts"), ("zeta", "Wombat drafts")):
        rows.account(account)
        rows.workspace("w1", place)
        for days in range(20):
            rows.use(utc_now() - days * dt.timedelta(days=1), 5, workspace="w1")
    rows.save(engine)
    Aggregator(engine, "test", utc_now).run_once()
    engine.dispose()
    return url


@contextlib.contextmanager
def deployed(database: str, **settings: str) -> Iterator[Deployment]:
    """A ledger's page behind nginx, on https."""
    folder = Path(tempfile.mkdtemp(prefix="credits-proxy-"))
    try:
        make_certificate(folder)
        product = Product(Issuer(folder / "jwks.json", utc_now()))
        environ = {"CREDITS_DATABASE_URL": database, **product.issuer.settings, **settings}
        page, port = free_port(), free_port()
        with (
            serving(product.answer) as asked,
            gunicorn(page, environ, folder / "gunicorn.log"),
            nginx(port, asked, page, folder),
        ):
            yield Deployment(product, folder, port, page)
    finally:
        shutil.rmtree(folder)
