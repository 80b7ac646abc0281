"""Finding words in the sections of all current reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.bigrams import search_phrase
from storage.database.connection import answers

if TYPE_CHECKING:
    from sqlite_utils import Database


class SectionMatch(NamedTuple):
    """One section that has the words: of which report, where, and its whole text."""

    report: int
    agency: str
    report_year: int
    url: str
    number: int
    heading: str
    text: str


def search_sections(db: Database, words: str, limit: int) -> tuple[SectionMatch, ...]:
    """Sections of current reports that hold all the words, the most recently stored first.

    Words are separated by white space or punctuation; each is found anywhere in heading and text, also
    inside a longer word. Nothing to ask finds nothing.
    """
    phrase = search_phrase(words)
    if phrase is None:
        return ()
    rows = answers(
        db,
        "SELECT r.id, r.agency, r.report_year, r.url, s.number, s.heading, s.text "
        "FROM section_words AS w JOIN sections AS s ON s.id = w.rowid JOIN reports AS r ON r.id = s.report "
        "WHERE w.tokens MATCH ? ORDER BY w.rowid DESC LIMIT ?",
        (phrase, limit),
    )
    return tuple(SectionMatch(*row) for row in rows)
