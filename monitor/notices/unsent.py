"""What is unsent, with everything that telling it needs, as of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.alerts.corrections import correction
from monitor.notices.digests import fold
from monitor.notices.escalation import own_trouble, still_owed, waiting_for, wants
from storage.database import (
    channel_states,
    named_agencies,
    settle_transitions,
    told_at,
    transitions_of,
    unsent_transitions,
)
from storage.database.agenda import portals_with_news
from storage.database.connection import reading
from storage.records import LIVE_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from monitor.alerts.corrections import Correction
    from monitor.notices.channels import Recipient
    from storage.database import Database, OutboxEntry
    from storage.records import Agency, Alert


def read_outbox(db: Database) -> tuple[tuple[OutboxEntry, ...], dict[str, Agency]]:
    """The outbox and the agencies that it names, as of one moment: whom nobody knows, no region wants."""
    with reading(db):
        entries = unsent_transitions(db)
        return entries, named_agencies(db, named_in(entry.alert for entry in entries))


def awaiting_check(db: Database, entries: Iterable[OutboxEntry], agencies: Mapping[str, Agency]) -> frozenset[str]:
    """The ids of live accusations that wait for the next check: something was stored about their portal since the
    last one, and it may clear them."""
    news = portals_with_news(db)
    portals = {key: agency.portal for key, agency in agencies.items()}
    alerts = (entry.alert for entry in entries)
    return frozenset(
        alert.id
        for alert in alerts
        if alert.state in LIVE_STATES and (alert.report_year, portals.get(alert.agency or "")) in news
    )


def named_in(alerts: Iterable[Alert]) -> set[str]:
    """The agencies that alerts are about, or name as what they concern."""
    found = set()
    for alert in alerts:
        found |= {entry["agency"] for entry in alert.evidence if entry["kind"] == "agency"}
        found |= {alert.agency} if alert.agency is not None else set()
    return found


def corrections_for(db: Database, entries: Sequence[OutboxEntry], channel: str) -> dict[str, Correction]:
    """What the channel must hear of alerts that have ended, by their ids."""
    told = told_at(db, channel)
    found: dict[str, Correction] = {}
    for alert in {entry.alert.id: entry.alert for entry in entries}.values():
        at = told.get(alert.id, alert.sent_at)
        if alert.state not in LIVE_STATES and at is not None:
            words = correction(alert, transitions_of(db, alert.id), at)
            if words is not None:
                found[alert.id] = words
    return found


def settle(db: Database, crew: Sequence[Recipient]) -> None:
    """Take alerts out of the outbox of which every channel has everything; an alert's entries leave together."""
    entries, agencies = read_outbox(db)
    dead = {state.channel for state in channel_states(db).values() if state.dead_since is not None}
    undone: set[str] = set()
    for recipient in crew:
        waiting = [*waiting_for(recipient, entries, agencies)]
        waiting += still_owed(recipient, entries, agencies, told_at(db, recipient.key))
        if recipient.key in dead and len(crew) > 1:
            own = own_trouble(recipient, entries)
            waiting += [e for e in own if not any(wants(one, e.alert, agencies) for one in crew)]
        undone |= {item.alert.id for item in fold(waiting, recipient.key).items}
    settle_transitions(db, [entry.id for entry in entries if entry.alert.id not in undone])
