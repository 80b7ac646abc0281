"""What belongs to an article without being in its bytes: attached files, framed pages, pictures of pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class EnclosureKind(StrEnum):
    """How something belongs to an article."""

    FILE = "file"
    """An attached file, or one that a viewer on the page shows."""

    FRAME = "frame"
    """A page of its own that stands in the article's."""

    PICTURE = "picture"
    """An image in the article's text that may be a page or a table of the report."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One thing that belongs to an article.

    `digest` None: it could not be had, for the reason `failure` (a key of `crawler.details`), and what the
    article lacks may stand there. `page` is the address of the page that names it, by the address `source`
    as written there: the article itself or one of its frames.
    """

    kind: EnclosureKind
    url: str
    page: str
    source: str
    digest: str | None
    media_type: str = ""
    failure: str = ""


def edition(digest: str, enclosures: Sequence[Enclosure]) -> str:
    """What is read together, as SHA-256 in hex: the body's own digest where nothing belongs to it."""
    if not enclosures:
        return digest
    lines = (f"{part.kind} {part.page} {part.source} {part.url} {part.digest or ''}" for part in enclosures)
    return hashlib.sha256("\n".join([digest, *lines]).encode()).hexdigest()


def enclosures_to_json(enclosures: Iterable[Enclosure]) -> list[dict[str, Any]]:
    """Enclosures as a run folder and the database keep them."""
    return [
        {
            "kind": part.kind.value,
            "url": part.url,
            "page": part.page,
            "source": part.source,
            "digest": part.digest,
            "media_type": part.media_type,
            "failure": part.failure,
        }
        for part in enclosures
    ]


def enclosures_from_json(values: Iterable[Mapping[str, Any]]) -> tuple[Enclosure, ...]:
    """The enclosures of such a list."""
    return tuple(
        Enclosure(
            kind=EnclosureKind(part["kind"]),
            url=part["url"],
            page=part["page"],
            source=part["source"],
            digest=part["digest"],
            media_type=part["media_type"],
            failure=part["failure"],
        )
        for part in values
    )
