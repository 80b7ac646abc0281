"""`alerts` and `notify`: the alert book, what people decide about it, and what is sent."""

from __future__ import annotations

import getpass
import logging
import os
from typing import TYPE_CHECKING

import click

from monitor.agency_years.proofs import minute_text
from monitor.alerts.subjects import subject_text
from monitor.commands.alert_whole import bundle, find_alert, show
from monitor.commands.held import held_lines
from monitor.commands.printing import print_table
from monitor.commands.session import Session, configuration_of, database_of, reader_of, written
from monitor.texts import heading, say, word
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlite_utils import Database

    from storage.records import Alert


@click.group(invoke_without_command=True)
@click.option("--json", "is_json", is_flag=True, help="整本告警簿，含已结的，一个 JSON 数组。")
@click.pass_context
def alerts(ctx: click.Context, *, is_json: bool) -> None:
    """告警簿：未结的告警；下面的子命令处理其中一条。"""
    if ctx.invoked_subcommand is not None:
        return
    from storage.database import alerts as every_alert
    from storage.database import live_alerts

    session: Session = ctx.obj
    configuration = configuration_of(session)
    with reader_of(configuration) as db:
        if is_json:
            from storage.report_json import json_line

            click.echo(json_line([_json(alert) for alert in every_alert(db)]))
            return
        live = live_alerts(db)
        print_alerts(db, live, configuration.language)
        for line in held_lines(db, live, configuration.language):
            click.echo(line)


@alerts.command()
@click.argument("alert", metavar="ID")
@click.option("--reason", default="", metavar="TEXT", help="说明，或对异议的答复。")
@click.pass_obj
def ack(session: Session, alert: str, reason: str) -> None:
    """已看到，有人在处理；对有异议的告警，表示维持。"""
    _act(session, alert, "ack", reason.strip())


@alerts.command()
@click.argument("alert", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="为什么不追究。")
@click.pass_obj
def waive(session: Session, alert: str, reason: str) -> None:
    """豁免：不予追究，同样的问题不再告警。"""
    _act(session, alert, "waive", _reason(session, reason))


@alerts.command()
@click.argument("alert", metavar="ID")
@click.option("--reason", default="", metavar="TEXT", help="说明，或对异议的答复。")
@click.pass_obj
def reopen(session: Session, alert: str, reason: str) -> None:
    """撤回此前的处理，重新打开。"""
    _act(session, alert, "reopen", reason.strip())


@alerts.command("object")
@click.argument("alert", metavar="ID")
@click.option("--reason", required=True, metavar="TEXT", help="机关的异议。")
@click.pass_obj
def object_(session: Session, alert: str, reason: str) -> None:
    """登记机关的异议；告警仍未结，并注明有异议。"""
    _act(session, alert, "object", _reason(session, reason))


alerts.add_command(show)
alerts.add_command(bundle)


@click.command()
@click.option("--retry-dead", "is_retried", is_flag=True, help="已停用的渠道（密钥失效、地址有误）也再试一次。")
@click.pass_obj
def notify(session: Session, *, is_retried: bool) -> None:
    """发送尚未发出的通知。"""
    from monitor import jobs
    from monitor.notices.channels import recipients
    from monitor.notices.escalation import unheard
    from monitor.notices.outcomes import advice_text, outcome_text
    from monitor.notices.restored import restoring_of
    from monitor.notices.sending import revive
    from monitor.notices.unsent import awaiting_check, read_outbox

    # What the service logs is told below, in the reader's language.
    logging.getLogger("monitor.notices").addHandler(logging.NullHandler())
    configuration = configuration_of(session)
    with database_of(configuration) as db:
        if is_retried:
            revive(db)
        doubt = restoring_of(db, session.clock())
        crew = recipients(configuration.notify)
        entries, agencies = read_outbox(db)
        deaf = len(unheard(entries, crew, agencies))
        waiting = len(awaiting_check(db, entries, agencies)) if crew else 0
        done = jobs.notify(db, configuration, session.clock())
    language = configuration.language
    if deaf:
        click.echo(say(language, "unheard" if crew else "no_channel", deaf), err=True)
    if waiting:
        click.echo(say(language, "awaiting_check", waiting))
    if doubt is not None:
        click.echo(say(language, "in_doubt", *map(minute_text, doubt)))
    for delivery in done.deliveries:
        if delivery.error is not None:
            why = delivery.error if delivery.is_waiting else "dead_letters" if delivery.state is None else "not_taken"
            text = say(language, why, delivery.transitions, outcome_text(delivery.error, language))
            click.echo(f"{delivery.channel}: {text}", err=True)
            click.echo(f"  → {advice_text(delivery.error, language)}", err=True)
    click.echo(say(language, "notified", done.sent, done.failed))
    if done.failed:
        raise SystemExit(1)


def print_alerts(db: Database, found: Sequence[Alert], language: str) -> None:
    """The alerts as a table, or a line that there are none."""
    from storage.database import named_agencies, portal_names

    subjects = {alert.subject.partition(":")[2] for alert in found}
    known = named_agencies(db, {alert.agency for alert in found if alert.agency is not None} | subjects)
    agencies, portals = {key: agency.name for key, agency in known.items()}, portal_names(db, subjects)
    rows = [
        (
            alert.id,
            word(language, alert.rule),
            subject_text(alert.subject, portals, agencies, language)
            if alert.agency is None
            else agencies.get(alert.agency, alert.agency),
            str(alert.report_year or ""),
            word(language, alert.state),
            minute_text(alert.opened_at),
            alert.message,
        )
        for alert in found
    ]
    if not rows:
        click.echo(say(language, "no_alerts"))
        return
    keys = ("id", "alert", "agency", "year", "state", "opened", "message")
    print_table([heading(language, key) for key in keys], rows)


def _reason(session: Session, reason: str) -> str:
    return written(reason, "--reason", configuration_of(session).language)


def _act(session: Session, key: str, verb: str, reason: str) -> None:
    from monitor.alerts.book import act
    from storage.database import save_transitions
    from storage.database.agenda import mark_agencies
    from storage.database.connection import writing
    from storage.database.verdicts import is_accused

    configuration = configuration_of(session)
    language = configuration.language
    with database_of(configuration) as db:
        alert = find_alert(db, key, language)
        change = act(alert, verb, session.clock(), by=_operator(), reason=reason, language=language)
        with writing(db):
            save_transitions(db, [change])
            if verb == "reopen" and alert.agency is not None and not is_accused(db, alert):
                # What was waived is over by now: only another check could have it told again.
                mark_agencies(db, {alert.agency})
    after = change[0]
    click.echo(say(language, "alert_moved", after.id, word(language, alert.state), word(language, after.state)))


def _operator() -> str:
    """Who is at the keyboard, as the alert book names them; an account without a name by its number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _json(alert: Alert) -> dict[str, object]:
    return {
        "id": alert.id,
        "agency": alert.agency,
        "report_year": alert.report_year,
        "rule": alert.rule,
        "state": alert.state.value,
        "opened_at": alert.opened_at.astimezone(SHANGHAI),
        "sent_at": alert.sent_at.astimezone(SHANGHAI) if alert.sent_at else None,
        "evidence": list(alert.evidence),
        "message": alert.message,
    }
