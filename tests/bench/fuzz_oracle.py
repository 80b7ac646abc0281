"""What must hold of every reading, whatever the bytes: a report that says something, or a reason why there is none."""

from __future__ import annotations

import time

from crawler.parser import read_report
from monitor.checks import Subject, judge
from storage.errors import UnreadableError
from storage.report import UNREADABLE_REASONS
from tests.bench.fuzz_corpus import AGENCY

SLOW = 20.0
"""Seconds of processor time that no document of ordinary size may take,"""
SLOW_TO_SEE = 60.0
"""and one whose text may have to be recognised: noise looks like hundreds of lines."""


class FaultError(AssertionError):
    """A reading that breaks what must hold."""


def verdict(data: bytes) -> str:
    """`read`, or the reason why not. FaultError for whatever a reader must never do."""
    began = time.process_time()
    try:
        report = read_report(data)
        judge(Subject(report, expected_names=(AGENCY,), report_year=2024))
    except UnreadableError as error:
        if error.reason not in UNREADABLE_REASONS or error.reason in {"parser_failed", "worker_died"}:
            raise FaultError(f"{error.reason} is no reason that a reader may give") from error
        if not str(error.detail).strip():
            raise FaultError(f"{error.reason} without a word of what and where") from error
        answer = error.reason
    else:
        if not (report.facts or report.tables or report.preamble or any(part.text for part in report.sections)):
            raise FaultError("a report without a word in it")
        answer = "read"
    took = time.process_time() - began
    if took > (SLOW_TO_SEE if data[:1024].find(b"%PDF-") >= 0 else SLOW):
        raise FaultError(f"{answer} after {took:.0f} seconds of processor time")
    return answer
