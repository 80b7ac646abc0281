"""What one value that an operator wrote means: each reader gives it, or raises what was expected."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING

from storage.faults import WrongValueError, shown
from storage.hosts import host_port

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""What stands in a setting for a value of the environment: `${NAME}`."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def line_of_text(value: object) -> str:
    """A non-empty text on one line."""
    if not isinstance(value, str) or not value.strip():
        raise WrongValueError("text", shown(value))
    if CONTROL.search(value):
        raise WrongValueError("one_line", shown(value))
    return value.strip()


def lines_of_text(value: object) -> tuple[str, ...]:
    """A list of texts, each once."""
    if not isinstance(value, list):
        raise WrongValueError("texts", shown(value))
    return tuple(dict.fromkeys(line_of_text(part) for part in value))


def identifier(value: object) -> str:
    """A key of an agency or portal: it stands in addresses and on command lines."""
    text = line_of_text(value)
    if re.search(r"[\s/]", text):
        raise WrongValueError("identifier", shown(value))
    return text


def web_address(value: object) -> str:
    """An http(s) address with a host."""
    text = line_of_text(value)
    try:
        host_port(text)
    except ValueError as error:
        raise WrongValueError("url", shown(value)) from error
    return text


def one_of(known: Collection[str]) -> Callable[[object], str]:
    """A reader of names out of those known; the one that a wrong name resembles is offered alone."""

    def read(value: object) -> str:
        text = line_of_text(value)
        if text not in known:
            near = get_close_matches(text, known, n=1)
            raise WrongValueError("choice", shown(value), ", ".join(near or sorted(known)))
        return text

    return read


def iso_date(value: object) -> date:
    """A date, as such or written YYYY-MM-DD."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise WrongValueError("date", shown(value)) from error
    raise WrongValueError("date", shown(value))


def flag(value: object) -> bool:
    """Yes or no."""
    if isinstance(value, bool):
        return value
    raise WrongValueError("flag", shown(value))


def number_between(low: int, high: int) -> Callable[[object], float]:
    """A reader of numbers within bounds; yes and no are no numbers."""

    def read(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WrongValueError("number", shown(value), low, high)
        if not (math.isfinite(value) and low <= value <= high):
            raise WrongValueError("number", shown(value), low, high)
        return float(value)

    return read


def whole_between(low: int, high: int) -> Callable[[object], int]:
    """A reader of whole numbers within bounds."""

    def read(value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise WrongValueError("whole_number", shown(value), low, high)

    return read
