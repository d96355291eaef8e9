"""TOML read strictly: exact numbers, known keys, a sentence with the place of every mistake."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from data.errors import UsageError
from data.importers.amounts import Exact, exact


def read_toml(path: Path, code: str) -> Section:
    """The file's top table; UsageError with `code` when there is no such file or it is no TOML."""
    try:
        # A float would have rounded 0.001 before anyone could ask for its exact value.
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=Decimal)
    except FileNotFoundError as error:
        raise UsageError(code, f"There is no file {path}: check the path") from error
    except OSError as error:
        raise UsageError(code, f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(code, f"{path} is not TOML: {error}") from error
    return Section(values, path.name, "", code)


class Section:
    """One table of the file, with its place for the sentence of an error."""

    def __init__(self, values: dict[str, Any], file: str, place: str, code: str) -> None:
        self.values = values
        self._file = file
        self._place = place
        self._code = code

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def refuse(self, key: str, why: str) -> UsageError:
        """The error about one key of this table."""
        return UsageError(self._code, f"{self._file}: {self._path(key)} {why}")

    def _path(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def allow(self, keys: Iterable[str], *, need: Iterable[str] = ()) -> None:
        """Refuse any other key, and the lack of a needed one."""
        known = tuple(keys)
        for key in self.values:
            if key not in known:
                raise self.refuse(key, f"is not a key that is known here: {', '.join(known)}")
        for key in need:
            if key not in self.values:
                raise self.refuse(key, "is missing")

    def section(self, key: str) -> Section:
        """The table under `key`, empty when absent."""
        return self._section(key, self.values.get(key, {}))

    def _section(self, key: str, value: Any) -> Section:
        if not isinstance(value, dict):
            raise self.refuse(key, f"is a table, not {value!r}")
        return Section(value, self._file, self._path(key), self._code)

    def sections(self, key: str) -> tuple[Section, ...]:
        """The tables of the list under `key`, none when absent."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.refuse(key, f"is a list of tables, not {value!r}")
        return tuple(self._section(f"{key}[{place}]", item) for place, item in enumerate(value, 1))

    def text(self, key: str) -> str | None:
        """The text under `key`, None when absent; empty text is refused."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key, f"is a text that is not empty, not {value!r}")
        return value

    def needed(self, key: str) -> str:
        """The text under `key`."""
        value = self.text(key)
        if value is None:
            raise self.refuse(key, "is missing")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """The text, or list of texts, under `key`; none when absent."""
        value = self.values.get(key, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise self.refuse(key, f"is a text or a list of texts, not {value!r}")
        return tuple(listed)

    def choice(self, key: str, choices: Sequence[Any], default: Any) -> Any:
        """One of `choices`, `default` when absent."""
        value = self.values.get(key, default)
        if value not in (*choices, default):
            raise self.refuse(key, f"is one of {', '.join(choices)}, not {value!r}")
        return value

    def integer(self, key: str, low: int, high: int) -> int | None:
        """A whole number in low … high, None when absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.refuse(key, f"is a whole number from {low} to {high}, not {value!r}")
        return value

    def number(self, key: str) -> Exact | None:
        """An exact number, written as one or as text; None when absent."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
            raise self.refuse(key, f"is a number, not {value!r}")
        try:
            return exact(str(value))
        except ValueError as error:
            raise self.refuse(key, f"is {error}: {value!r}") from error

    def is_true(self, key: str) -> bool:
        """Whether `key` is true; False when absent."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            raise self.refuse(key, f"is true or false, not {value!r}")
        return value
