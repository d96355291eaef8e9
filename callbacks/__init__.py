"""What happens on a request: who asks, which range, which panels. Dash and Flask allowed."""

from __future__ import annotations

from dash import Dash

from callbacks.access import answer_denied
from callbacks.api import register_api
from callbacks.drill_down import register_drill_down
from callbacks.exports import register_exports
from callbacks.panels import register_panels
from callbacks.range import register_range
from callbacks.services import Services
from dashboard.host import NO_HOST, Host


def register(app: Dash, services: Services, host: Host = NO_HOST) -> None:
    """Register every callback of the page on `app`; importing registers none."""
    answer_denied(app.server)
    register_range(app)
    register_panels(app, services, host)
    register_drill_down(app, services)
    if host.exports:
        register_exports(app, services, host)
        register_api(app, services)
