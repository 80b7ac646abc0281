"""From bytes to reports: the one way for `read`, `ingest` and `reparse`, behind the fences of the sandbox."""

from __future__ import annotations

from crawler.reading.records import ReadOutcome, Source, SourceFile
from crawler.reading.room import ReadingRoom, only_report, read_capture
from crawler.reading.stored import ATTESTED, as_captures, source_of

__all__ = [
    "ATTESTED",
    "ReadOutcome",
    "ReadingRoom",
    "Source",
    "SourceFile",
    "as_captures",
    "only_report",
    "read_capture",
    "source_of",
]
