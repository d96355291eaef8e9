"""Write into README.md and docs what stands elsewhere: the table of SETTINGS, and example files.

Touches nothing outside the two marks around each.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from dashboard.settings import SETTINGS  # noqa: E402

FILES = (ROOT / "README.md", ROOT / "docs" / "settings.md", ROOT / "docs" / "deploy.md")
PLACE = re.compile(r"(?<=<!-- settings: made by `make docs` -->\n).*?(?=<!-- end -->)", re.DOTALL)
EXAMPLE = re.compile(r"(<!-- example: (\S+) -->\n```python\n).*?(?=```\n<!-- end -->)", re.DOTALL)


def table() -> str:
    """SETTINGS as a Markdown table."""
    rows = ["| Name | Unset | Meaning |", "|---|---|---|"]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default else "not set"
        rows.append(f"| `{setting.name}` | {default} | {setting.help} |")
    return "\n".join(rows) + "\n"


def with_table(text: str) -> str:
    """`text` with the table between its marks as it must be."""
    if not PLACE.search(text):
        raise ValueError("there is no place for the table of settings")
    return PLACE.sub(lambda _match: table(), text)


def with_examples(text: str) -> str:
    """`text` with each example as its file is."""
    return EXAMPLE.sub(lambda found: found[1] + (ROOT / found[2]).read_text("utf-8"), text)


if __name__ == "__main__":
    for path in FILES:
        path.write_text(with_examples(with_table(path.read_text("utf-8"))), "utf-8")
