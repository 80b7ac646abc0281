"""`check`, `status` and `attest`: where every agency stands, and a person's word on one."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from datetime import datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.held import held_lines
from monitor.commands.printing import print_table
from monitor.commands.session import (
    Session,
    configuration_of,
    database_of,
    one_agency,
    reader_of,
    registry_of,
    written,
)
from monitor.texts import heading, say, word
from storage.errors import SpokenError
from storage.faults import WrongValueError, wording
from storage.forms import form_for_year
from storage.records import SHANGHAI, Attestation, Content, Status
from storage.value_readers import web_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from sqlite_utils import Database

    from storage.configuration import Configuration
    from storage.records import Agency, Standing

year_option = click.option("--year", type=click.IntRange(2008, 2999), help="报告年度，默认为上一年。")
PRINTED_ORDER = (
    Status.MISSING,
    Status.WITHDRAWN,
    Status.LATE,
    Status.SUSPECTED_MISSING,
    Status.UNKNOWN,
    Status.DATE_UNKNOWN,
    Status.NOT_DUE,
    Status.ON_TIME,
    Status.EXEMPT,
)


@click.command()
@year_option
@click.pass_obj
def check(session: Session, year: int | None) -> None:
    """把义务、检查结果和告警更新到当前时刻。"""
    from monitor import jobs

    configuration = configuration_of(session)
    registry = registry_of(configuration)
    report_year = year or session.default_year()
    with database_of(configuration) as db:
        done = jobs.check(db, registry, configuration, session.now(), report_year)
    _print_year(session, report_year, is_json=False)
    if done.failed:
        failed = sorted(done.failed)
        raise SpokenError("judging_failed", len(failed), failed[0])


@click.command()
@year_option
@click.option("--json", "is_json", is_flag=True, help="一个 JSON 对象。")
@click.pass_obj
def status(session: Session, year: int | None, *, is_json: bool) -> None:
    """该年度每个机关的期限、状态和内容，以最近一次 check 为准；未检查过的当场判断。"""
    _print_year(session, year or session.default_year(), is_json=is_json)


@click.command()
@click.argument("agency", metavar="AGENCY")
@click.argument("year", type=click.IntRange(2008, 2999))
@click.option("--file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="那份报告的文件，将存档。")
@click.option("--url", metavar="U", help="报告所在的网址。")
@click.option("--absent", "is_absent", is_flag=True, help="看过，没有。")
@click.option("--published", type=click.DateTime(["%Y-%m-%d"]), metavar="D", help="网页上标明的公开日期。")
@click.option("--by", required=True, metavar="WHO", help="核实人。")
@click.option("--reason", required=True, metavar="TEXT", help="为什么由人核实，在何处看到什么。")
@click.pass_obj
def attest(  # noqa: PLR0917 - click passes options by name
    session: Session,
    agency: str,
    year: int,
    file: Path | None,
    url: str | None,
    published: datetime | None,
    by: str,
    reason: str,
    *,
    is_absent: bool,
) -> None:
    """记录一个人对某机关某年度的核实；文件一并存档，并始终注明是人工核实。"""
    configuration = configuration_of(session)
    language = configuration.language
    if (file is not None) + (url is not None) + is_absent != 1:
        raise click.UsageError(say(language, "attest_one_of"))
    if is_absent and published is not None:
        raise click.UsageError(say(language, "attest_absent_date"))
    if published is not None:
        _check_day(session, published.date(), year, language)
    data = b"" if file is None else file.read_bytes()
    if file is not None and not data:
        raise click.UsageError(say(language, "attest_empty", file))
    address = None if url is None else _address(url, language)
    by, reason = written(by, "--by", language), written(reason, "--reason", language)
    owner = one_agency(registry_of(configuration), agency, language)
    attestation = Attestation(
        agency=owner.id,
        report_year=year,
        absent=is_absent,
        published_on=published.date() if published else None,
        url=address,
        digest=None,
        by=by,
        reason=reason,
        at=session.clock(),
    )
    with database_of(configuration) as db:
        if file is not None:
            from crawler.ingest import ingest_attestation
            from storage.captures import Captures

            reading = ingest_attestation(db, Captures(configuration.captures), attestation, data)
            what = word(language, Content.UNREADABLE) if reading.report is None else reading.report.title or ""
        else:
            from storage.database import save_attestation

            save_attestation(db, attestation)
            what = say(language, "attested_absent") if is_absent else address or ""
    click.echo(say(language, "attested", owner.name, year, what))


def _check_day(session: Session, published: date, year: int, language: str) -> None:
    """UsageError where nobody can have seen a report on that year published on that day."""
    from crawler.links import is_too_early

    if published > session.now().astimezone(SHANGHAI).date():
        raise click.UsageError(say(language, "attest_future", published))
    if is_too_early(year, published):
        raise click.UsageError(say(language, "attest_early", published, year))


def _address(url: str, language: str) -> str:
    """The address where a person saw the report; UsageError where it is none."""
    try:
        return web_address(url)
    except WrongValueError as wrong:
        raise click.UsageError(say(language, "attest_url", wording(wrong.key, language, *wrong.values))) from wrong


def print_status(
    standings: Sequence[Standing], agencies: Mapping[str, Agency], as_of: datetime, report_year: int, language: str
) -> None:
    """The year's table, then every count beside the others and the instant that they hold for."""
    click.echo(say(language, "year_title", report_year))
    keys = ("agency", "due", "status", "published", "content", "findings", "reason")
    order = {state: place for place, state in enumerate(PRINTED_ORDER)}
    ordered = sorted(standings, key=lambda one: (order[one.status], agencies[one.agency].region, one.agency))
    rows = (_status_row(one, agencies[one.agency], language) for one in ordered)
    print_table([heading(language, key) for key in keys], rows)
    click.echo(count_line(standings, as_of, language))


def count_line(standings: Iterable[Standing], as_of: datetime, language: str) -> str:
    """Every status with its count; *missing* never stands without unknown, not scanned and the as-of."""
    every = tuple(standings)
    states = Counter(one.status for one in every)
    not_scanned = sum(one.status is Status.UNKNOWN and one.reason == "not_scanned" for one in every)
    parts = [f"{word(language, state)} {states[state]}" for state in PRINTED_ORDER]
    place = PRINTED_ORDER.index(Status.UNKNOWN)
    parts[place] += say(language, "of_which_not_scanned", not_scanned)
    contents = Counter(one.content for one in every if one.content)
    judged = [f"{word(language, content)} {contents[content]}" for content in Content]
    stamp = as_of.astimezone(SHANGHAI).isoformat(sep=" ", timespec="minutes")
    return say(language, "count_line", stamp, len(every), " · ".join(parts), " · ".join(judged))


def _status_row(one: Standing, agency: Agency, language: str) -> tuple[str, ...]:
    state = word(language, one.status)
    if one.days_late:
        state += say(language, "days_late", one.days_late)
    reason = one.reason or one.proof
    is_found = one.status in {Status.ON_TIME, Status.LATE, Status.DATE_UNKNOWN, Status.WITHDRAWN}
    is_judged = one.content is not None or not is_found or form_for_year(one.report_year) is not None
    return (
        agency.name,
        one.due.isoformat() if one.due else "",
        state,
        one.published_on.isoformat() if one.published_on else "",
        word(language, one.content) if is_judged else word(language, "not_judged"),
        f"{one.errors}/{one.warnings}" if one.content in {Content.OK, Content.MALFORMED} else "",
        word(language, reason),
    )


def _print_year(session: Session, report_year: int, *, is_json: bool) -> None:
    """The year as the last check left it; judged now, without saving, where that left out a registered agency."""
    from monitor.agency_years.proofs import minute_text
    from storage.database import checked_at, live_alerts, load_agencies, load_standings
    from storage.database.acts import load_acts

    configuration = configuration_of(session)
    language = configuration.language
    registry = registry_of(configuration)
    with _reader_if_any(configuration) as db:
        as_of = checked_at(db, report_year) if db else None
        known = load_agencies(db) if db else ()
        agencies = {agency.id: agency for agency in known}
        standings = load_standings(db, report_year) if db else ()
        standings = tuple(one for one in standings if one.agency in agencies)
        live = [alert for alert in live_alerts(db) if alert.report_year == report_year] if db else []
        held = tuple(held_lines(db, live, language)) if db else ()
        acts = load_acts(db) if db else {}
        if as_of is None or {agency.id for agency in registry.agencies} - {one.agency for one in standings}:
            from monitor.judgement.verdicts import standings_of_year

            click.echo(say(language, "never_checked" if as_of is None else "added_since", report_year), err=True)
            agencies, as_of = {agency.id: agency for agency in registry.agencies}, session.now()
            judged = standings_of_year(db, registry, configuration.watch, as_of, report_year, language=language)
            standings = tuple(sorted(judged, key=attrgetter("agency")))
    if is_json:
        from storage.report_json import json_line, status_json

        click.echo(json_line(status_json(standings, agencies.values(), as_of, report_year)))
    else:
        print_status(standings, agencies, as_of, report_year, language)
        for line in held:
            click.echo(line)
        if set(acts) & {"scan", "check", "notify"}:
            times = (acts[name].succeeded_at if name in acts else None for name in ("scan", "check", "notify"))
            click.echo(say(language, "service_succeeded", *(minute_text(at) if at else "—" for at in times)))


@contextmanager
def _reader_if_any(configuration: Configuration) -> Iterator[Database | None]:
    """The database for reading only; None where there is none yet."""
    if not configuration.database.exists():
        yield None
        return
    with reader_of(configuration) as db:
        yield db
