"""Looks into components as a reader of the page would: by element, by attribute, by words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dash.development.base_component import Component


def parts(root: Any) -> Iterator[Component]:
    """`root` and all components inside, in page order."""
    if isinstance(root, list | tuple):
        for child in root:
            yield from parts(child)
    elif isinstance(root, Component):
        yield root
        yield from parts(getattr(root, "children", None))
        for option in getattr(root, "options", None) or []:
            yield from parts(option["label"])


def elements(root: Any, kind: str) -> list[Component]:
    """The components of one kind: `H1`, `Button`, `Graph`."""
    return [part for part in parts(root) if part._type == kind]


def with_id(root: Any, name: str) -> Component:
    """The one component of that id."""
    found = [part for part in parts(root) if getattr(part, "id", None) == name]
    assert 1 == len(found), f"{len(found)} components have the id {name}"
    return found[0]


def attribute(part: Component, name: str) -> Any:
    """One property as the browser gets it, or None."""
    return part.to_plotly_json()["props"].get(name)


def words(root: Any) -> str:
    """All text, in page order, blanks collapsed; what screen readers alone get is in it."""
    return " ".join(" ".join(_texts(root)).split())


def _texts(root: Any) -> Iterator[str]:
    if isinstance(root, str):
        yield root
    elif isinstance(root, list | tuple):
        for child in root:
            yield from _texts(child)
    elif isinstance(root, Component):
        yield from _texts(getattr(root, "children", None))
