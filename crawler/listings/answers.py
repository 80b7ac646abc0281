"""An endpoint's answer to rows: JSON that is not quite JSON, titles with markup, days in every notation. Pure."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from crawler.listings.model import ListPage, Paging
from crawler.pages import address, squeezed
from crawler.row_dates import read_date
from crawler.rows import Row
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Mapping

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ufeff]")
_ESCAPED = re.compile(r"%u([0-9a-fA-F]{4})")
_DIGITS = re.compile(r"\d{9,13}")
_MILLISECONDS = 10**11
"""From this number on an instant counts milliseconds: as seconds it would lie after the year 5000."""


def parsed(text: str) -> object:
    """The value of an answer in JSON, None for what is none. Raw control characters inside strings are let pass."""
    try:
        value: object = json.loads(text.strip().removeprefix("\ufeff"), strict=False)
    except (ValueError, RecursionError):
        return None
    return value


def part(value: object, *keys: str) -> object:
    """What lies behind these keys inside each other, None where one is not there."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def number(value: object) -> int | None:
    """A count, printed as a number or as its digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value >= 0 else None
    return int(value) if isinstance(value, str) and re.fullmatch(r"\s*\d{1,9}\s*", value) else None


def plain_title(value: object) -> str:
    """A title without markup, escapes and control characters; empty for what is no text, and for «null»."""
    if not isinstance(value, str) or value.strip() in {"null", "undefined"}:
        return ""
    # Titles of gkmlpt went through a script's escape() on their way in: %u5E74 is 年.
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)
    plain = squeezed(_CONTROL.sub("", _TAG.sub("", unescape(text))))
    # escape() writes a rare character as two halves; a half alone can neither be asked for nor stored.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def day(*values: object) -> date | None:
    """The first day among these: printed, or counted in seconds or milliseconds since 1970, at Beijing."""
    return next((found for value in values if (found := _day(value)) is not None), None)


def _day(value: object) -> date | None:
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if _DIGITS.fullmatch(text):
        seconds = int(text) / 1000 if int(text) >= _MILLISECONDS else int(text)
        return datetime.fromtimestamp(seconds, SHANGHAI).date()
    return read_date(text)


def row(page_url: str, title: object, href: object, *days: object) -> Row | None:
    """The row of an answer as a link of the page that asked for it; None where it names nothing or leads nowhere.

    An address on the page's own host is given the page's scheme: such answers say http on https portals too.
    """
    # Half a character that an answer escapes can be neither asked for nor stored.
    url = address(page_url, href.encode("utf-8", "ignore").decode()) if isinstance(href, str) else None
    name = plain_title(title)
    if url is None or not name:
        return None
    return Row(name, on_scheme_of(page_url, url), day(*days), group="answer")


def on_scheme_of(page_url: str, url: str) -> str:
    """An address on the page's own host with the page's scheme, any other as it is."""
    own, other = urlsplit(page_url), urlsplit(url)
    is_own = own.hostname == other.hostname and own.port == other.port
    return urlunsplit(other._replace(scheme=own.scheme)) if is_own else url


def not_understood(url: str) -> ListPage:
    """What an answer comes to that has not the shape it must have: a fault, never an empty list."""
    return ListPage(paging=Paging(fault="answer_not_understood", values=(url,)))


def got_before(dialect: str) -> tuple[str, int]:
    """The way that a request was asked in, and the rows that came before it in that way: «json 40»."""
    name, _, count = dialect.partition(" ")
    return name, int(count) if count.isdigit() else 0


def fields(value: object) -> Mapping[str, object]:
    """The fields of an object of an answer, none of what is no object."""
    return value if isinstance(value, dict) else {}
