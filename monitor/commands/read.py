"""`read`: any file to a report and its findings, without database and without configuration."""

from __future__ import annotations

import hashlib
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.printing import one_line, print_table
from monitor.commands.session import Session, language_of
from monitor.commands.texts import heading, say, word
from storage.errors import UnreadableError
from storage.records import Severity
from storage.report import UNREADABLE_REASONS

if TYPE_CHECKING:
    from storage.records import Finding
    from storage.report import Report

GOOD, HAS_ERRORS, UNREAD = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file should be, as far as the options say; it never replaces what is printed in it."""

    agency: str | None
    year: int | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One file as it was read. `report` None: `reason` says why not, `detail` says more.

    `fault` is the exception where it was our program that failed.
    """

    path: str
    media_type: str | None = None
    digest: str | None = None
    report: Report | None = None
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    detail: str = ""
    fault: Exception | None = None

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
    for path in paths:
        answer = read_path(path, expected, language)
        worst = max(worst, answer.exit_code)
        if answer.fault is not None and session.is_verbose:
            traceback.print_exception(answer.fault)
        if is_json:
            click.echo(_json(answer))
        else:
            _print(answer, language)
    ctx.exit(worst)


def read_path(path: str, expected: Expected, language: str) -> Answer:
    """What one file says and what is wrong with it; never raises for what the file holds."""
    from crawler.documents import MAX_BYTES, read_document
    from crawler.parser import read_report
    from monitor.checks import judge
    from monitor.checks.subject import Subject

    try:
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Answer(path, reason="not_found", detail="no such file")
    except (OSError, ValueError) as error:
        # A folder, a file without permission, a name with a NUL in it: nothing that could be read is there.
        return Answer(path, reason="not_found", detail=str(error))
    # Of a file that is too large the digest is not that of the whole, so none is given.
    digest = hashlib.sha256(data).hexdigest() if len(data) <= MAX_BYTES else None
    media_type = expected.media_type or None
    names = (expected.agency,) if expected.agency else ()
    try:
        media_type = read_document(data, media_type=expected.media_type).media_type
        report = read_report(data, media_type=expected.media_type)
        findings = judge(Subject(report, expected_names=names, report_year=expected.year, language=language))
    except UnreadableError as error:
        return Answer(path, media_type, digest, reason=error.reason, detail=error.detail)
    except Exception as error:  # noqa: BLE001 - a fault of ours on one file must not hide what the others say
        return Answer(path, media_type, digest, reason="parser_failed", detail=repr(error), fault=error)
    return Answer(path, media_type, digest, report, findings)


def _json(answer: Answer) -> str:
    from storage.report_json import json_line, report_json, unreadable_json

    if answer.report is None:
        return json_line(unreadable_json(answer.path, answer.media_type, answer.digest, answer.reason))
    media_type, digest = answer.media_type or "", answer.digest or ""
    return json_line(report_json(answer.path, media_type, digest, answer.report, answer.findings))


def _print(answer: Answer, language: str) -> None:
    click.echo(one_line(answer.path))
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
    click.echo("  " + _summary(answer.findings, language) + "\n")


def _summary(findings: tuple[Finding, ...], language: str) -> str:
    if not findings:
        return say(language, "no_findings")
    counts = (sum(finding.severity is severity for finding in findings) for severity in Severity)
    return say(language, "counts", *counts)
