"""What an answer says when something failed, as its reader finds it."""

from __future__ import annotations

import re
from typing import Any

from tests.page_client import words_of


def said(shown: Any, name: str) -> str:
    """The words of one part of the page."""
    return words_of(shown[name]["children"])


def reference_of_failure(shown: Any) -> str:
    """What joins the page's sentence with the log, where no chart is shown."""
    assert shown["grid"]["hidden"]
    found = re.search(r"Credit usage didn't load .* Reference (\w{6})\.", said(shown, "page-state"))
    assert found
    return found[1]
