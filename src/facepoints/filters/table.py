"""Reading the tables of a ``filter.toml`` value by value, with errors that say where and what."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from facepoints.arrays import is_number
from facepoints.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

__all__ = ["Table", "read_toml"]

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file.

    Raises:
        InputError: it is missing, unreadable, or no TOML; the message names the file and the line.
    """
    try:
        # Editors of Windows put a mark before the text that TOML does not know.
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{path}: the file cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the file is not UTF-8 text. Save it as UTF-8") from error
    except (ValueError, RecursionError) as error:  # TOMLDecodeError, a number of too many digits, too many brackets
        raise InputError(f"{path}: not valid TOML: {error}") from error


class Table:
    """Takes values out of a table by name; :meth:`finish` complains about what nobody has asked for.

    Args:
        values: the table.
        place: where it is, for messages: the file, and the layer.
    """

    def __init__(self, values: Mapping[str, Any], place: str) -> None:
        self._values = values
        self._asked: set[str] = set()
        self.place = place

    def error(self, key: str, must: str) -> InputError:
        """What to raise for a value that is wrong."""
        if key not in self._values:
            return InputError(f"{self.place}: {key} is missing: it must be {must}")
        return InputError(f"{self.place}: {key} = {_shown(self._values[key])} is wrong: it must be {must}")

    def has(self, key: str) -> bool:
        """Whether there is such a value."""
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """Words; ``default`` where there are none, unless it is None."""
        value = self._take(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.error(key, "text in quotes")
        return value

    def choice(self, key: str, known: Sequence[str], default: str) -> str:
        """One of some words."""
        value = self._take(key, default)
        if value not in known:
            raise self.error(key, f"one of {_listed(known)}")
        return str(value)

    def choices(self, key: str, known: Sequence[str]) -> frozenset[str]:
        """Any of some words, as a list."""
        value = self._take(key, [])
        if not isinstance(value, list) or any(one not in known for one in value):
            raise self.error(key, f"a list of any of {_listed(known)}")
        return frozenset(value)

    def truth(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.error(key, "true or false")
        return value

    def number(self, key: str, default: float | None, low: float, high: float, *, whole: bool = False) -> float:
        """A number of a range."""
        value = self._take(key, default)
        if not is_number(value, whole=whole) or not low <= value <= high:
            raise self.error(key, f"a {'whole ' if whole else ''}number from {low:g} to {high:g}")
        return float(value)

    def numbers(self, key: str, default: Sequence[float] | None, low: float, high: float) -> tuple[float, ...]:
        """As many numbers of a range as ``default`` has."""
        value = self._take(key, default)
        count = len(default or ())
        if (
            not isinstance(value, (list, tuple))
            or len(value) != count
            or not all(_within(one, low, high) for one in value)
        ):
            raise self.error(key, f"{count} numbers from {low:g} to {high:g}, such as {_shown(list(default or ()))}")
        return tuple(float(one) for one in value)

    def one_or_two(self, key: str, low: float, high: float) -> tuple[float, ...]:
        """A number of a range, or two."""
        value = self._take(key, None)
        values = value if isinstance(value, list) else [value]
        if not 1 <= len(values) <= 2 or not all(_within(one, low, high) for one in values):
            raise self.error(key, f"a number from {low:g} to {high:g}, or two of them in brackets")
        return tuple(float(one) for one in values)

    def value(self, key: str, default: Any = None) -> Any:
        """Anything."""
        return self._take(key, default)

    def colours(self, key: str, known: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        """A table from some words to colours."""
        value = self._take(key, None)
        must = f'a table from any of {_listed(known)} to colours such as "#ff8800"'
        if not isinstance(value, dict) or not value or any(name not in known for name in value):
            raise self.error(key, must)
        if not all(isinstance(code, str) and _COLOUR.fullmatch(code) for code in value.values()):
            raise self.error(key, must)
        return {name: (int(code[1:3], 16), int(code[3:5], 16), int(code[5:7], 16)) for name, code in value.items()}

    def finish(self) -> None:
        """Make sure that every value was asked for.

        Raises:
            InputError: there is one that has no meaning here.
        """
        unknown = [key for key in self._values if key not in self._asked]
        if unknown:
            known = ", ".join(sorted(self._asked))
            raise InputError(f"{self.place}: {unknown[0]} has no meaning here; what is known here: {known}")

    def _take(self, key: str, default: Any) -> Any:
        self._asked.add(key)
        return self._values.get(key, default)


def _within(value: object, low: float, high: float) -> bool:
    return is_number(value) and low <= value <= high  # type: ignore[operator]


def _listed(words: Sequence[str]) -> str:
    return ", ".join(f'"{word}"' for word in words)


def _shown(value: object) -> str:
    """A value as TOML writes it, about."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    try:
        text = str(value)
    except ValueError:  # a hexadecimal number of thousands of digits, which Python does not print
        return "a number of too many digits"
    return text if len(text) <= 80 else text[:77] + "..."
