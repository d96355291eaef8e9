"""The floor: what five charts over a rollup cost at least, with no framework at either end.

    python benchmarks/floor/serve.py --db LEDGER --port 8060

One page, Plotly's basic bundle and Inter, all compressed once; one address that answers a range
with the rows of five charts. It knows no view but the account's last days, no state, no word
beyond a title: nothing that a person should be given.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sqlite3
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import brotli

HERE = Path(__file__).parent
VENDOR = HERE.parents[1] / "assets" / "vendor"
FILES = {
    "/": (HERE / "page.html", "text/html"),
    "/page.js": (HERE / "page.js", "text/javascript"),
    "/plotly.js": (VENDOR / "plotly-basic.min.js", "text/javascript"),
    "/inter.woff2": (VENDOR / "inter-latin.woff2", "font/woff2"),
}
LAST = "2026-11-22"
DAYS = {"7d": 7, "30d": 30, "90d": 90, "month": 20}
NET = "sum(used_micro - refunded_micro) / 1e6"
SINCE = f"account_id = ? AND day > date('{LAST}', ?)"
CHARTS = {
    "daily": f"SELECT day, {NET} FROM rollup_by_reason WHERE {SINCE} GROUP BY 1 ORDER BY 1",
    "reasons": f"SELECT reason || workflow_type, {NET} FROM rollup_by_reason WHERE {SINCE} "
    "GROUP BY 1 ORDER BY 2",
    "workspaces": f"SELECT workspace_id, {NET} FROM rollup_by_workspace WHERE {SINCE} "
    "GROUP BY 1 ORDER BY 2 DESC LIMIT 9",
    "kinds": f"SELECT w.kind, {NET} FROM rollup_by_workspace r JOIN workspaces w "
    f"ON w.account_id = r.account_id AND w.id = r.workspace_id WHERE r.{SINCE} GROUP BY 1",
}
MONTHS = (f"SELECT substr(day, 1, 7), {NET} FROM rollup_by_reason WHERE {SINCE} "
          "GROUP BY 1 ORDER BY 1")  # fmt: skip


class Floor(ThreadingHTTPServer):
    """The floor's server on loopback."""

    def __init__(self, ledger: str, account: str, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.files = {path: ready(file, kind) for path, (file, kind) in FILES.items()}
        self.ledger, self.account, self.local = ledger, account, threading.local()

    def rows(self, range_: str) -> bytes:
        """The rows of all five charts."""
        if not hasattr(self.local, "connection"):
            self.local.connection = sqlite3.connect(f"file:{self.ledger}?mode=ro", uri=True)
        ask, since = self.local.connection.execute, f"-{DAYS[range_]} days"
        found = {name: ask(sql, (self.account, since)).fetchall() for name, sql in CHARTS.items()}
        found["months"] = ask(MONTHS, (self.account, "-365 days")).fetchall()
        return gzip.compress(json.dumps(found).encode(), 5)


class Handler(BaseHTTPRequestHandler):
    """Rows or a file."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if address.path == "/rows":
            rows = self.server.rows(parse_qs(address.query)["range"][0])
            self.answer(rows, "application/json", "gzip", "no-store")
        elif address.path in FILES:
            kept = "no-store" if address.path == "/" else "max-age=31536000, immutable"
            self.answer(*self.server.files[address.path], kept)
        else:
            self.send_error(404)

    def answer(self, content: bytes, kind: str, encoding: str, kept: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Encoding", encoding)
        self.send_header("Cache-Control", kept)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        pass


def ready(file: Path, kind: str) -> tuple[bytes, str, str]:
    """Content, type and encoding; a font is compressed already."""
    content = file.read_bytes()
    if kind == "font/woff2":
        return content, kind, "identity"
    return brotli.compress(content, quality=11), kind, "br"


def main() -> None:
    parser = argparse.ArgumentParser(description="The floor's page.")
    parser.add_argument("--db", required=True)
    parser.add_argument("--account", default="largest")
    parser.add_argument("--port", type=int, default=8060)
    options = parser.parse_args()
    found = Floor(options.db, options.account, options.port)
    print(f"http://127.0.0.1:{found.server_port}/", flush=True)
    found.serve_forever()


if __name__ == "__main__":
    main()
