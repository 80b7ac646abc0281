"""How values look inside the database: instants, dates, JSON; and text that SQLite can keep."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from storage.records import SHANGHAI


def instant_text(at: datetime) -> str:
    """An instant as stored: ISO 8601 in Asia/Shanghai. ValueError for one without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no zone, expected an aware instant")
    return at.astimezone(SHANGHAI).isoformat()


def read_instant(text: str) -> datetime:
    """The instant of a stored text, in Asia/Shanghai."""
    return datetime.fromisoformat(text).astimezone(SHANGHAI)


def day_text(day: date | None) -> str | None:
    """A date as stored; None stays None."""
    return day.isoformat() if day else None


def read_day(text: str | None) -> date | None:
    """The date of a stored text; None stays None."""
    return date.fromisoformat(text) if text else None


def json_text(value: object) -> str:
    """A value as JSON text with Chinese left readable. Decimals become strings with all their digits."""
    return _JSON.encode(value)


def read_json(text: str) -> Any:  # noqa: ANN401 - what was stored decides
    """The value of a stored JSON text."""
    return json.loads(text)


def storable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """The row with lone surrogates, which no UTF-8 file can hold, replaced by question marks.

    They come out of JSON interfaces of portals (half of an emoji, cut by a length limit).
    """
    return tuple([_encodable(value) if isinstance(value, str) else value for value in row])


def _encodable(text: str) -> str:
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def _plain(value: object) -> object:
    match value:
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case Mapping():
            return dict(value)
        case set() | frozenset():
            return sorted(value)
        case _:
            raise TypeError(f"{value!r} cannot be kept as JSON")


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
