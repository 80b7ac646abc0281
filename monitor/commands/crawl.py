"""`crawl`, `ingest` and `reparse`: from the portals to the database, and from the archive again."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.printing import one_line, portal_bar, print_table, progress_bar
from monitor.commands.session import Session, configuration_of, database_of, one_agency, registry_of
from monitor.failures import failure_text, print_failure
from monitor.texts import heading, say, word
from storage.errors import ConfigurationError, ReportsError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlite_utils import Database

    from crawler.ingest import IngestedRun
    from crawler.reparse import Difference
    from storage.configuration import Configuration
    from storage.records import Agency, Registry


@click.command()
@click.option("--portal", "portals", multiple=True, metavar="ID", help="只看这个网站的机构，可重复。")
@click.option("--agency", "agencies", multiple=True, metavar="ID", help="只看这个机构，可重复。")
@click.option("--year", "years", multiple=True, type=click.IntRange(2008, 2999), help="取回这一年度的报告，可重复。")
@click.option(
    "--registry",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="用这个文件夹里的名录，代替设置所指的。",
)
@click.pass_obj
def crawl(
    session: Session,
    portals: tuple[str, ...],
    agencies: tuple[str, ...],
    years: tuple[int, ...],
    folder: Path | None,
) -> None:
    """扫描到期的栏目，存档并入库；带任一选项则立即扫描所指的机构，不论是否到期。"""
    from monitor import jobs

    configuration = configuration_of(session)
    if folder is not None:
        configuration = dataclasses.replace(configuration, registry=folder.absolute())
    language = configuration.language
    registry = registry_of(configuration)
    is_asked = bool(portals or agencies or years)
    chosen = _matching(registry, portals, agencies, language)
    with database_of(configuration) as db:
        # What a killed ingest left behind decides what is due, so it comes first.
        _tell(jobs.ingest(db, registry, configuration, session.clock()), language)
        wanted = chosen if is_asked else jobs.scan_due(db, registry, configuration, session.now())
        failed = 0
        if not wanted:
            click.echo(say(language, "nothing_due"))
        else:
            with portal_bar(language) as progress:
                found = jobs.scan(
                    *(db, registry, configuration, session.clock, wanted),
                    years=years,
                    is_afresh=is_asked,
                    progress=progress,
                )
                results = tuple(found)
            failed = _tell(results, language)
            _print_scans(db, results, language)
    if failed:
        raise SystemExit(1)


@click.command()
@click.argument("runs", metavar="[RUN]...", nargs=-1)
@click.pass_obj
def ingest(session: Session, runs: tuple[str, ...]) -> None:
    """把已完成的采集目录读入数据库；RUN 是目录或其名称，不写则读全部未入库的。"""
    from crawler.ingest import ingest_finished, ingest_folders
    from storage.captures import Captures
    from storage.database import save_registry

    configuration = configuration_of(session)
    language = configuration.language
    registry = registry_of(configuration)
    paths = [_run_folder(configuration, run) for run in runs]
    with database_of(configuration) as db:
        at = session.clock()
        save_registry(db, registry, at)
        captures = Captures(configuration.captures)
        if paths:
            results: Iterable[IngestedRun | ReportsError | None] = ingest_folders(db, captures, paths, at=at)
        else:
            results = ingest_finished(db, captures, configuration.runs, at=at)
        told = tuple(results)
        damaged = _tell(told, language)
    if not told:
        click.echo(say(language, "nothing_to_ingest"))
    if damaged:
        raise SystemExit(1)


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="只重读这一天及以后取回的。")
@click.option("--dry-run", "is_dry", is_flag=True, help="只列出变化，不写入。")
@click.pass_obj
def reparse(session: Session, since: datetime | None, *, is_dry: bool) -> None:
    """用现在的解析器重读全部存档，列出每个变化的数字。"""
    from crawler.reparse import reparsed_reports
    from storage.captures import Captures

    configuration = configuration_of(session)
    language = configuration.language
    with database_of(configuration) as db, progress_bar(None) as show:
        changes = reparsed_reports(
            db,
            Captures(configuration.captures),
            since=since.date() if since else None,
            at=session.clock(),
            dry_run=is_dry,
            progress=show,
        )
        found = tuple(changes)
    if found:
        headings = [heading(language, key) for key in ("agency", "year", "cell", "was", "becomes", "url")]
        print_table(headings, map(_difference_row, found))
    reports = len({(change.agency, change.report_year, change.url) for change in found})
    click.echo(say(language, "reparsed", reports, len(found)))
    if is_dry:
        click.echo(say(language, "dry_run"))


def _run_folder(configuration: Configuration, run: str) -> Path:
    """A run by its folder or by its name below the configured folder of runs; UsageError where it is neither."""
    path = Path(run)
    named = path if path.is_dir() else configuration.runs / run
    if not named.is_dir():
        raise click.UsageError(say(configuration.language, "no_run", run, configuration.runs))
    return named


def _tell(results: Iterable[IngestedRun | ReportsError | None], language: str) -> int:
    """A line for every run; gives how many of them failed."""
    failed = 0
    for result in results:
        if isinstance(result, ReportsError):
            failed += 1
            print_failure(failure_text(result, language), language)
        elif result is None:
            click.echo(say(language, "ingested_before"))
        else:
            click.echo(say(language, "ingested", *dataclasses.astuple(result)))
    return failed


def _print_scans(db: Database, results: Iterable[IngestedRun | ReportsError], language: str) -> None:
    """What every place that was looked at came to."""
    from storage.database import scans_of_run

    runs = [result.run for result in results if not isinstance(result, ReportsError)]
    rows = (
        (
            scan.portal,
            word(language, scan.outcome),
            str(scan.rows_seen),
            scan.detail or scan.control_title or "",
            scan.column_url,
        )
        for run in runs
        for scan in scans_of_run(db, run)
    )
    keys = ("portal", "outcome", "rows", "control_or_detail", "url")
    print_table([heading(language, key) for key in keys], rows)


def _matching(
    registry: Registry, portals: tuple[str, ...], agencies: tuple[str, ...], language: str
) -> tuple[Agency, ...]:
    """The agencies that every option admits; ConfigurationError for an id that the registry does not have."""
    known = {portal.id for portal in registry.portals}
    for key in portals:
        if key not in known:
            raise ConfigurationError(say(language, "no_portal", key))
    ids = {one_agency(registry, key, language).id for key in agencies}
    return tuple(
        agency
        for agency in registry.agencies
        if (not portals or agency.portal in portals) and (not agencies or agency.id in ids)
    )


def _difference_row(change: Difference) -> tuple[str, ...]:
    old, new = ("∅" if value is None else str(value) for value in (change.old, change.new))
    return change.agency, str(change.report_year or ""), change.place, old, new, one_line(change.url)
