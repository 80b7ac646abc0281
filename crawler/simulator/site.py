"""What a fake portal serves, what it is asked, and what it remembers of a visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Cut(StrEnum):
    """How a portal ends a request without an answer."""

    SILENT = "silent"
    """The connection stays open and nothing ever comes."""
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Page:
    """What is served at one path. `media_type` is sent as it is: without a charset as old sites do.

    `seconds`: how long the body takes, in pieces. `is_torn`: its chunks break off before the last.
    `cut`: no answer comes at all.
    """

    body: bytes
    media_type: str = "text/html"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    is_torn: bool = False
    cut: Cut | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as an endpoint sees it: `query` and `form` hold the last value of each field, decoded."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> Mapping[str, str]:
        """The fields of a posted form; empty for anything else."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Site:
    """All pages of a portal by path; `columns` are the paths under which its report columns lie.

    `endpoints` answer by the request where a page does not depend on its path alone. What no path names
    and ends in a slash is asked of `endpoints` too: the longest such beginning answers.
    """

    pages: Mapping[str, Page]
    columns: tuple[str, ...] = ()
    endpoints: Mapping[str, Callable[[Asked], Page]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request. `at` is in seconds of a monotonic clock; `open_connections` counts all at that moment;
    `size` is the body's, in bytes; `cookie` and `host` are those headers as they came."""

    at: float
    method: str
    path: str
    user_agent: str
    status: int
    open_connections: int
    size: int = 0
    cookie: str = ""
    host: str = ""
