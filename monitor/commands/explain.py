"""`explain`: everything on which the verdict on one agency-year rests, and why not its neighbour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from monitor.commands.session import Session, configuration_of, one_agency, reader_of, registry_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from monitor.agency_years.case import Case
    from storage.configuration import Configuration
    from storage.database import Database
    from storage.records import Agency, Alert, Finding, Registry, Scan, Transition


@dataclass(frozen=True, slots=True)
class Chain:
    """All that bears on one agency-year. `names` are those of all agencies by id, `scans` those of its looks.

    `alerts` are those of the agency-year and the operator incidents that name it, each with its history; `told`
    is when each of them was last told to anybody, by id.
    """

    agency: Agency
    registry: Registry
    names: Mapping[str, str]
    case: Case
    scans: Mapping[str, Scan]
    findings: tuple[Finding, ...]
    alerts: tuple[tuple[Alert, tuple[Transition, ...]], ...]
    told: Mapping[str, datetime]


@click.command()
@click.argument("agency", metavar="AGENCY")
@click.argument("year", required=False, metavar="[YEAR]", type=click.IntRange(2008, 2999))
@click.option("--json", "is_json", is_flag=True, help="一个 JSON 对象。")
@click.pass_obj
def explain(session: Session, agency: str, year: int | None, *, is_json: bool) -> None:
    """某机关某年度：法律依据、期限、每次检索及其证明、各日期及来源，为什么是这个状态而不是相邻的那个。"""
    configuration = configuration_of(session)
    registry = registry_of(configuration)
    owner = one_agency(registry, agency, configuration.language)
    with reader_of(configuration) as db:
        year = year or session.default_year()
        chain = _chain(db, configuration, registry, (owner, year), session.now())
    if is_json:
        from monitor.commands.explain_json import chain_json
        from storage.report_json import json_line

        click.echo(json_line(chain_json(chain, configuration.language)))
        return
    from monitor.commands.explain_page import page_of
    from monitor.commands.layout import page_width

    for line in page_of(chain, configuration.language, page_width(), is_whole=session.is_verbose):
        click.echo(line)


def _chain(
    db: Database, configuration: Configuration, registry: Registry, asked: tuple[Agency, int], now: datetime
) -> Chain:
    from monitor.agency_years.case import lay_out
    from monitor.agency_years.heirs import with_heirs
    from monitor.agency_years.lifetimes import former_ids, heirs_of
    from monitor.agency_years.obligations import obligations
    from storage.database import evidence_of_year, findings_of, load_scans
    from storage.records import Evidence

    owner, report_year = asked
    language, watch = configuration.language, configuration.watch
    wanted = {owner.id, *heirs_of(owner.id, registry.successions), *former_ids(owner.id, registry.successions)}
    owed = obligations(
        registry.agencies, report_year, registry.waivers, now, successions=registry.successions, language=language
    )
    cases = {}
    for agency in registry.agencies:
        if agency.id in wanted:
            evidence = evidence_of_year(db, report_year, agency=agency.id).get(agency.id, Evidence())
            cases[agency.id] = lay_out(
                owed[agency.id],
                evidence,
                now,
                confirm_after_hours=watch.confirm_after_hours,
                grace_days=watch.grace_days,
            )
    alerts = _alerts(db, owner.id, report_year)
    case = with_heirs(cases, registry.agencies, registry.successions, language=language)[owner.id]
    return Chain(
        agency=owner,
        registry=registry,
        names={agency.id: agency.name for agency in registry.agencies},
        case=case,
        scans=load_scans(db, {key for look in case.evidence.looks for key in look.scans}),
        findings=findings_of(db, owner.id, report_year),
        alerts=alerts,
        told={alert.id: at for alert, _ in alerts if (at := _last_told(db, alert.id)) is not None},
    )


def _alerts(db: Database, agency: str, report_year: int) -> tuple[tuple[Alert, tuple[Transition, ...]], ...]:
    from storage.database import alerts_of_year, transitions_of

    own = [
        alert
        for alert in alerts_of_year(db, report_year, {agency})
        if alert.agency == agency or any(entry.get("agency") == agency for entry in alert.evidence)
    ]
    return tuple((alert, transitions_of(db, alert.id)) for alert in own)


def _last_told(db: Database, alert: str) -> datetime | None:
    from storage.database import tellings_of

    return max((telling.sent_at for telling in tellings_of(db, alert) if telling.sent_at is not None), default=None)
