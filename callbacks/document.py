"""The HTML document around the page, and the Dash app that serves it.

The document is a skeleton: it holds no tenant's data, names no other host and no version.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import dash_bootstrap_components
from dash import Dash, dcc
from dash.fingerprint import check_fingerprint
from flask import Flask, Response, abort

from callbacks.first_answer import given
from callbacks.static_files import QUICK, StaticFiles, answer, compress, files_below, joined
from layouts.shell import html_of

ASSETS = Path(__file__).parents[1] / "assets"
PLOTLY = "vendor/plotly-basic.min.js"
FONT = "vendor/inter-latin.woff2"
STYLES = ("vendor/bootstrap.min.css", "inter.css", "credits.css")
OWN_COLOURS = "host.css"  # made at the start, when the host has colours of its own
# Four files are made at the start, each of several, since each request costs a slow line its delay:
# what runs before the first paint, what comes of packages, what is ours, and all styles.
EARLY, OWN, SHEET = "early.js", "page.js", "page.css"
LIBRARIES = "dash-renderer-and-components.js"  # Dash looks for the first two words in a document
EARLY_SCRIPTS = ("theme.js", "first.js")
LOADER_SCRIPT = "plotly-loader.js"
REGENERATOR = "vendor/regenerator-runtime.min.js"  # all that Dash's scripts need of its polyfills
OWN_SCRIPTS = (
    "changes.js",
    "table-cells.js",
    "tables.js",
    "repeats.js",
    "connection.js",
    "focus.js",
    "opened.js",
    "export.js",
    "download.js",
    "refresh.js",
    "sheet.js",
    "credits.js",
    "start.js",  # in place of Dash's inline one, which the security policy forbids
)
ICON = "favicon.svg"

# Dash's packages that browsers may ask for: not plotly, whose full bundle is never used.
PACKAGES = ("dash", "dash_bootstrap_components")
UNUSED = ("dash/dash_table/", "dash/deps/polyfill")
CHART = "dash/dcc/async-graph.js"  # named in the document, it needs no request of its own later

# The renderer reads none of these; they tell a stranger what runs here.
UNSAID = {
    "dash_version",
    "dash_version_url",
    "ddk_version",
    "plotly_cloud_installed",
    "plotly_version",
    "python_version",
}

INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>{%title%}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1">
    {%metas%}
    {%css%}
    {%favicon%}
  </head>
  <body>
    <noscript>The Credits page needs JavaScript, which is switched off here.</noscript>
    {%app_entry%}
    {%config%}
    {%scripts%}
    {%renderer%}
  </body>
</html>
"""
# The page as it will be, for eyes only, until React has made it: assets/start.js takes it away.
SHELL = '<div class="shell" aria-hidden="true" inert>%s</div>'
ENTRY = '<div id="react-entry-point"><p class="_dash-loading">Loading…</p></div>'
SUITE_SCRIPT = re.compile(r'<script src="[^"]*_dash-component-suites/([^"]+)"></script>')


@dataclass(frozen=True)
class Dress:
    """What a host changes on the document: its title, and colours as a stylesheet."""

    product: str = ""
    colours: str = ""

    @property
    def title(self) -> str:
        """`Credits`, or `Credits · NAME`, as HTML that Dash takes for no place of its own."""
        title = f"Credits · {self.product}" if self.product else "Credits"
        return html.escape(title).replace("{", "&#123;")

    @property
    def files(self) -> Mapping[str, bytes]:
        """The stylesheet, if there is one."""
        return {OWN_COLOURS: self.colours.encode()} if self.colours else {}


UNDRESSED = Dress()


class CreditsDash(Dash):
    """Dash with our document, our static files and nothing taken from the environment."""

    def __init__(
        self, server: Flask, prefix: str, assets: Path, quality: int, dress: Dress
    ) -> None:
        with without_dash_variables():
            super().__init__(
                "credits",
                server=server,  # type: ignore[arg-type]
                requests_pathname_prefix=prefix,
                routes_pathname_prefix=prefix,
                assets_folder=str(assets.absolute()),
                assets_url_path="assets",
                include_assets_files=False,
                pages_folder="",
                use_pages=False,
                serve_locally=True,
                eager_loading=False,
                compress=False,
                index_string=INDEX,
                title=dress.title,
                update_title="",
                suppress_callback_exceptions=False,
                prevent_initial_callbacks=False,
                add_log_handler=False,
                use_async=False,
                enable_mcp=False,
                mcp_path="_mcp",
                websocket_callbacks=False,
                health_endpoint=None,
            )
        self.assets = files_below(assets, f"{prefix}assets/", quality, dress.files)
        self._styles = (SHEET, *dress.files)
        self._generate_scripts_html()  # lists the component packages' files
        self.suites = suite_files(self, f"{prefix}_dash-component-suites/", quality)

    def _config(self) -> dict[str, Any]:
        dash: Any = super()
        config: dict[str, Any] = dash._config()  # noqa: SLF001 - overridden here
        return {key: value for key, value in config.items() if key not in UNSAID}

    def interpolate_index(self, **parts: str) -> str:  # type: ignore[override]
        """The document, with every address fingerprinted by content."""
        parts |= {
            "metas": self._early_tags,
            "css": self._style_tags,
            "favicon": f'<link rel="icon" type="image/svg+xml" href="{self.assets.address(ICON)}">',
            "app_entry": SHELL % html_of(self.layout) + ENTRY,
            "scripts": self._script_tags(parts["scripts"]),
            "renderer": f'<script id="_dash-renderer" src="{self.assets.address(OWN)}"></script>',
        }
        dash: Any = super()
        text: str = dash.interpolate_index(**parts)
        return text

    @cached_property
    def _early_tags(self) -> str:
        """The theme first, so that nothing flashes; then what is needed late but takes long."""
        address = self.assets.address
        return "\n    ".join(
            (
                f'<script src="{address(EARLY)}"></script>',
                f'<link rel="preload" as="font" href="{address(FONT)}" crossorigin>',
                f'<link rel="preload" as="script" href="{address(PLOTLY)}" fetchpriority="low">',
            )
        )

    @cached_property
    def _style_tags(self) -> str:
        return "\n    ".join(
            f'<link rel="stylesheet" href="{self.assets.address(name)}">' for name in self._styles
        )

    def _script_tags(self, tags: str) -> str:
        """One script of all packages in place of Dash's many; what else Dash writes stays."""
        libraries = (
            f'<script src="{self.assets.address(LIBRARIES)}" '
            f'data-plotly="{self.assets.address(PLOTLY)}"></script>'
        )
        inline = SUITE_SCRIPT.sub("", tags).strip()
        return "\n    ".join([libraries, *([inline] if inline else [])])

    def make_scripts(self, store: str) -> None:
        """Join what the document loads; the layout and all callbacks must be there."""
        names = [suite_name(path) for path in SUITE_SCRIPT.findall(self._generate_scripts_html())]
        used = [self.suites.file(name) for name in (*names, CHART) if not name.startswith(UNUSED)]
        early, own = ([self.assets.file(name) for name in files]
                      for files in (EARLY_SCRIPTS, OWN_SCRIPTS))  # fmt: skip
        first = [self.assets.file(name) for name in (LOADER_SCRIPT, REGENERATOR)]
        handed = given(self, self.config.requests_pathname_prefix, store)
        self.assets.add(EARLY, joined([early[0].content, handed, *(f.content for f in early[1:])]))
        self.assets.add(LIBRARIES, joined(file.content for file in (*first, *used)))
        self.assets.add(OWN, joined(file.content for file in own))
        self.assets.add(SHEET, b"".join(self.assets.file(name).content for name in STYLES))

    @cached_property
    def preloaded(self) -> tuple[str, ...]:
        """Names of our files that the document mentions."""
        return (EARLY, LIBRARIES, OWN, PLOTLY, *self._styles, ICON)


def make_dash(
    server: Flask,
    prefix: str,
    assets: Path = ASSETS,
    quality: int = QUICK,
    dress: Dress = UNDRESSED,
) -> CreditsDash:
    """The app at `prefix`, with its routes on `server`; its layout and callbacks come later.

    Identity must be hooked on `server` before: hooked after, the first request would pass it.
    """
    prefix = f"/{prefix.strip('/')}/".replace("//", "/")
    server.url_map.merge_slashes = False  # a redirect would name the host behind the proxy
    app = CreditsDash(server, prefix, assets, quality, dress)
    replace_views(server, prefix, app)
    return app


def warm(app: CreditsDash, store: str) -> None:
    """Do what Dash leaves to the first request, so that no visitor meets a worker half set up.

    `store` is what the page's first request to the server waits for.
    """
    dash: Any = app  # whose methods have no types
    dash._setup_server()  # noqa: SLF001 - a request would need an identity
    app.make_scripts(store)
    with app.server.test_request_context():
        dash.index()
    compress(app.assets, app.preloaded)


def suite_name(path: str) -> str:
    """`dash/dcc/x.v4_4_1m17.js`, as Dash writes an address, to the file's own `dash/dcc/x.js`."""
    name: str = check_fingerprint(path)[0]
    return name


def suite_files(app: Dash, base: str, quality: int) -> StaticFiles:
    """The scripts of the component packages in use, without their source maps."""
    folders = {
        "dash": Path(dcc.__file__).parents[1],
        "dash_bootstrap_components": Path(dash_bootstrap_components.__file__).parent,
    }
    paths = {
        f"{package}/{path}": folders[package] / path
        for package in PACKAGES
        for path in sorted(app.registered_paths[package])
        if path.endswith(".js") and not path.startswith("dash_table/")
    }
    return StaticFiles(base, paths, quality)


def replace_views(server: Flask, prefix: str, app: CreditsDash) -> None:
    """Answer static addresses ourselves, and leave no address below the prefix answered by chance.

    Dash would compress nothing, revalidate nothing, and answer unknown addresses with the page.
    """
    views = server.view_functions
    blueprint = prefix.replace("/", "_").replace(".", "_") + "dash_assets"

    def asset(filename: str) -> Response:
        return answer(app.assets, filename)

    def suite(package_name: str, fingerprinted_path: str) -> Response:
        return answer(app.suites, f"{package_name}/{fingerprinted_path}")

    swapped: dict[str, Callable[..., Response]] = {
        f"{blueprint}.static": asset,
        f"{prefix}_dash-component-suites/<string:package_name>/<path:fingerprinted_path>": suite,
        f"{prefix}<path:path>": not_found,
        f"{prefix}_reload-hash": not_found,
        f"{prefix}_favicon.ico": not_found,
    }
    unknown = swapped.keys() - views.keys()
    if unknown:
        raise RuntimeError(f"This version of Dash has no view {sorted(unknown)}")
    views.update(swapped)
    if prefix != "/":
        server.add_url_rule(prefix.rstrip("/"), prefix.rstrip("/"), app.index)


def not_found(**_values: str) -> Response:
    """404 for an address that nothing of ours has."""
    abort(404)


@contextmanager
def without_dash_variables() -> Iterator[None]:
    """Hide the variables that Dash reads behind its arguments' back, for as long as this lasts."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if _is_dash(name)}
    try:
        yield
    finally:
        os.environ.update(hidden)


def _is_dash(name: str) -> bool:
    return name.upper().startswith("DASH_")
