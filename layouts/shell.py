"""The page before any script runs, as HTML: what React makes of the same layout, for eyes only.

It has no id, so that nothing of it is taken for the page's own, and nothing that is hidden.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from typing import Any

from dash.development.base_component import Component

VOID = frozenset({"br", "hr", "img", "input"})
NAMES = {"className": "class", "htmlFor": "for"}
LEFT_OUT = frozenset({"children", "id", "name", "role", "style", "aria-labelledby"})
UNSEEN = frozenset({"Location", "Store", "Dialog"})


def html_of(part: Any) -> str:
    """A component with all in it, a list of them, or text."""
    if isinstance(part, list | tuple):
        return "".join(html_of(one) for one in part)
    if isinstance(part, Component):
        return _component(type(part).__name__, part.to_plotly_json()["props"])
    return "" if part is None else html.escape(str(part), quote=False)


def _component(kind: str, properties: Mapping[str, Any]) -> str:
    if kind in UNSEEN or properties.get("hidden"):
        return ""
    if kind == "RadioItems":
        return _radio_items(properties)
    if kind == "Select":
        return '<select class="form-select"></select>'
    return _element(kind.lower(), properties)


def _element(name: str, properties: Mapping[str, Any]) -> str:
    opened = f"<{name}{''.join(_attributes(properties))}>"
    return opened if name in VOID else f"{opened}{html_of(properties.get('children'))}</{name}>"


def _attributes(properties: Mapping[str, Any]) -> Iterator[str]:
    for name, value in properties.items():
        if value and name not in LEFT_OUT and not name.startswith("data-"):
            yield f' {NAMES.get(name, name)}="{html.escape(str(value))}"'
    if properties.get("style"):
        style = ";".join(f"{name}:{value}" for name, value in properties["style"].items())
        yield f' style="{html.escape(style)}"'


def _radio_items(properties: Mapping[str, Any]) -> str:
    """The markup of dash-bootstrap-components, nothing chosen yet."""
    choices = (
        '<div class="form-check"><input class="form-check-input" type="radio">'
        f'<label class="form-check-label">{html_of(option["label"])}</label></div>'
        for option in properties["options"]
    )
    return f'<div class="{properties["class_name"]}">{"".join(choices)}</div>'
