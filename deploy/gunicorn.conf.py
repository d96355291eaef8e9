"""gunicorn's settings for the page: `gunicorn --config deploy/gunicorn.conf.py`.

What decides whom the server believes, and how much it takes, is written out here, whatever
gunicorn's own default is. `--bind` and `--workers` on the command line win over this file.
"""

import os
import sys
from pathlib import Path
from typing import Any

from dashboard.settings import read_production
from data.errors import UsageError

MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes its own file there

wsgi_app = "app:create_server()"
bind = ["127.0.0.1:8050"]  # for the proxy on this machine; the assertion alone says who looks

# An answer is some 20 ms of work and a few queries: two processes fill two cores, and their
# threads answer while others wait for the database. A process uses a connection for each thread,
# so CREDITS_CONNECTIONS has room for them.
worker_class = "gthread"
workers = 2
threads = 4
preload_app = False  # each process warms its own page before it takes a request

timeout = 30  # a process that shows no sign of life for so long is replaced
graceful_timeout = 30  # answers under way are finished when the server stops or reloads
keepalive = 75  # longer than the proxy keeps a connection, so that it never meets one that closes
backlog = 256
worker_tmp_dir = MEMORY if Path(MEMORY).is_dir() else None  # a sign of life needs no disk

# Addresses are short and the proxy passes a dozen headers on. The longest is an assertion: 8,192
# bytes with its name before it.
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 9216

# No header of a proxy decides anything here, and X_Credit_Assertion is not X-Credit-Assertion.
header_map = "drop"
forwarder_headers = ""
secure_scheme_headers = {}
forwarded_allow_ips = ""
proxy_protocol = "off"

accesslog = None  # the proxy has one
errorlog = "-"
control_socket_disable = True  # signals are enough


def on_starting(_server: Any) -> None:
    """Say in one sentence what a setting lacks, before any process is there to fall over it."""
    try:
        read_production(os.environ)
    except UsageError as error:
        sys.stderr.write(f"{error.sentence} [{error.code}]\n")
        sys.exit(2)
