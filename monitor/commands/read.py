"""`read`: any file to a report and its findings, without database and without configuration."""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.printing import one_line, print_table, progress_bar
from monitor.commands.session import Session, language_of
from monitor.texts import heading, say, word
from storage.records import Severity
from storage.report import UNREADABLE_REASONS, DoubtKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crawler.reading import ReadOutcome, Source
    from storage.records import Finding
    from storage.report import Report

GOOD, HAS_ERRORS, UNREAD = 0, 1, 2

MAX_DOUBTS = 20
"""Doubts shown to a person; programs get them all."""

_OURS = (DoubtKind.CELL_UNSURE, DoubtKind.PICTURE_COARSE, DoubtKind.TABLE_UNRULED, DoubtKind.TABLE_UNUSED)

_NO_REPORTS = frozenset({"not_a_report", "empty"})
"""Members of a bundle that could be read, and are the letter that came with the report."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file should be, as far as the options say; it never replaces what is printed in it."""

    agency: str | None
    year: int | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One file, or one member of a bundle, as it was read. `report` None: `reason` says why not, `detail` more.

    `trace` says where it was our program that failed. `member` is the name inside the bundle at `path`,
    empty where that is no bundle of several.
    """

    path: str
    media_type: str | None = None
    digest: str | None = None
    report: Report | None = None
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    detail: str = ""
    trace: str = ""
    member: str = ""

    @property
    def exit_code(self) -> int:
        """0: read, no error finding; 1: an error finding; 2: could not be read."""
        if self.report is None:
            return UNREAD
        return HAS_ERRORS if any(finding.severity is Severity.ERROR for finding in self.findings) else GOOD


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path())
@click.option("--json", "is_json", is_flag=True, help="每个文件一行 JSON，按所给顺序。")
@click.option("--agency", metavar="NAME", help="应是哪个机关的报告。")
@click.option("--year", type=click.IntRange(2008, 2999), help="应是哪一年度的报告。")
@click.option("--media", default="", metavar="TYPE", help="文件的媒体类型；以内容为准，仅供内容看不出时参考。")
@click.pass_context
def read(
    ctx: click.Context, paths: tuple[str, ...], agency: str | None, year: int | None, media: str, *, is_json: bool
) -> None:
    """读任意文件，给出报告和检查结果。退出码：0 无错误，1 有错误，2 读不出；多个文件取最大。"""
    session: Session = ctx.obj
    language = language_of(session)
    expected = Expected(agency, year, media)
    worst = GOOD
    with progress_bar(len(paths)) as show:
        for answer in read_paths(paths, expected, language, show):
            worst = max(worst, answer.exit_code)
            if answer.trace and session.is_verbose:
                click.echo(answer.trace, err=True)
            if is_json:
                click.echo(_json(answer))
            else:
                _print(answer, language)
    ctx.exit(worst)


def read_paths(
    paths: Sequence[str], expected: Expected, language: str, show: Callable[[int, int | None], None]
) -> Iterator[Answer]:
    """What each file says and what is wrong with it, in order; never raises for what the files hold.

    `show` is told how many files are done.
    """
    from crawler.reading import ReadingRoom

    with ReadingRoom(at_most=len(paths)) as room:
        room.start()
        # Loading what judges takes as long as starting what reads.
        import_module("monitor.checks")
        sources = (_open(path, expected.media_type) for path in paths)
        for done, (opened, outcomes) in enumerate(room.read_all(sources), 1):
            if opened.reason:
                yield opened
            reports = [outcome for outcome in outcomes if outcome.reason not in _NO_REPORTS]
            # A bundle with one report in it is that report; what could not be read may be another one.
            for outcome in reports if len(reports) == 1 else outcomes:
                name = outcome.member if len(outcomes) > 1 and len(reports) != 1 else ""
                yield _judged(opened, outcome, name, expected, language)
            show(done, len(paths))


def _open(path: str, media_type: str) -> tuple[Answer, Source | None]:
    """The file as an answer that holds its digest, and what is to be read of it; None where it cannot be opened."""
    from crawler.documents import MAX_BYTES
    from crawler.reading import Source

    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Answer(path, reason="not_found", detail="no such file"), None
    except (OSError, ValueError) as error:
        # A folder, a file without permission, links in a circle, a name with a NUL in it.
        return Answer(path, reason="not_openable", detail=str(error)), None
    # Of a file that is too large the digest is not that of the whole, so none is given.
    digest = hashlib.sha256(data).hexdigest() if len(data) <= MAX_BYTES else None
    return Answer(path, digest=digest), Source(data, media_type)


def _judged(opened: Answer, outcome: ReadOutcome, member: str, expected: Expected, language: str) -> Answer:
    from monitor.checks import judge
    from monitor.checks.subject import Subject

    answer = replace(opened, media_type=outcome.media_type or expected.media_type or None, member=member)
    if member:
        answer = replace(answer, digest=hashlib.sha256(outcome.data).hexdigest())
    if outcome.report is None:
        return replace(answer, reason=outcome.reason or "", detail=outcome.detail, trace=outcome.trace)
    names = (expected.agency,) if expected.agency else ()
    try:
        findings = judge(Subject(outcome.report, expected_names=names, report_year=expected.year, language=language))
    except Exception as error:  # noqa: BLE001 - a fault of ours on one file must not hide what the others say
        return replace(answer, reason="parser_failed", detail=repr(error), trace=traceback.format_exc())
    return replace(answer, report=outcome.report, findings=findings)


def _json(answer: Answer) -> str:
    from storage.report_json import json_line, report_json, unreadable_json

    member = {"member": answer.member} if answer.member else {}
    if answer.report is None:
        said = unreadable_json(answer.path, answer.media_type, answer.digest, answer.reason)
    else:
        media_type, digest = answer.media_type or "", answer.digest or ""
        said = report_json(answer.path, media_type, digest, answer.report, answer.findings)
    return json_line(said | member)


def _print(answer: Answer, language: str) -> None:
    click.echo(one_line(f"{answer.path}  {answer.member}".rstrip()))
    report = answer.report
    if report is None:
        words = UNREADABLE_REASONS[answer.reason] if language == "zh" else answer.detail
        click.echo("  " + say(language, "unreadable", answer.reason, one_line(words)) + "\n")
        return
    facts = {
        "title": report.title,
        "name": report.agency_name,
        "year": report.report_year,
        "form": report.form,
        "published": report.published_on,
        "cells": len(report.facts),
    }
    for key, value in facts.items():
        text = say(language, "not_stated") if value is None else one_line(str(value))
        click.echo(f"  {heading(language, key)}  {text}")
    if answer.findings:
        rows = (
            (word(language, finding.severity), finding.rule, finding.where, finding.message)
            for finding in answer.findings
        )
        headings = [heading(language, key) for key in ("severity", "rule", "place", "message")]
        print_table(headings, rows)
    _print_doubts(report, language)
    click.echo("  " + _summary(answer.findings, language) + "\n")


def _print_doubts(report: Report, language: str) -> None:
    """What we may have read wrongly: nobody is blamed for it, and somebody should look."""
    doubts = [doubt for doubt in report.doubts if doubt.kind in _OURS]
    if not doubts:
        return
    click.echo("  " + say(language, "to_compare", len(doubts)))
    shown = ((doubt.where, doubt.text, doubt.why) for doubt in doubts[:MAX_DOUBTS])
    print_table([heading(language, key) for key in ("place", "read_as", "message")], shown)
    if len(doubts) > MAX_DOUBTS:
        click.echo("  " + say(language, "and_more", len(doubts) - MAX_DOUBTS))


def _summary(findings: tuple[Finding, ...], language: str) -> str:
    if not findings:
        return say(language, "no_findings")
    counts = (sum(finding.severity is severity for finding in findings) for severity in Severity)
    return say(language, "counts", *counts)
