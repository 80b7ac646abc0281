"""What becomes of a channel that cannot be reached: the operator is told, and others tell what it should have.

Pure. The operator hears of a channel by its key, as an incident of the alert book that goes to every other
channel. What nobody else would hear is told through one other channel, marked as meant for the first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.agency_years.proofs import minute_text
from monitor.alerts.book import OPERATOR, Fingerprint, alert_id, holds_alerts
from monitor.notices.channels import is_troubled
from monitor.notices.digests import is_wanted
from monitor.notices.outcomes import advice_text, outcome_text
from storage.records import LIVE_STATES, Alert, AlertState, Transition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.book import Change
    from monitor.notices.channels import Recipient
    from storage.database import OutboxEntry
    from storage.records import Agency, ChannelState

SUBJECT = "channel:"
"""How the subjects of incidents about channels begin."""

TEXTS: Mapping[str, Mapping[str, str]] = {
    "zh": {
        "dead": "通知渠道 {channel} 已停用：{error}。应由它送达的内容改由其他渠道送达，或保留待发；"
        "更正设置，或运行 nianbao notify --retry-dead 后恢复。建议：{todo}。",
        "troubled": "通知渠道 {channel} 自{since}起连续{failures}次发送失败：{error}。仍在重试，内容未丢失。"
        "建议：{todo}。",
        "opened": "开启",
        "recovered": "该渠道已恢复",
        "removed": "该渠道已不在设置中",
    },
    "en": {
        "dead": "The channel {channel} is out of use: {error}. What it should have told is told by other channels or "
        "waits; correct the settings or run nianbao notify --retry-dead. What to do: {todo}.",
        "troubled": "The channel {channel} has failed {failures} times since {since}: {error}. It is still tried, "
        "nothing is lost. What to do: {todo}.",
        "opened": "opened",
        "recovered": "the channel works again",
        "removed": "the channel is no longer in the settings",
    },
}


def is_about_channel(alert: Alert) -> bool:
    """Is this an incident about a channel? Such are told at once."""
    return alert.rule == OPERATOR and alert.subject.startswith(SUBJECT)


def incidents(
    keys: Collection[str], states: Mapping[str, ChannelState], book: Sequence[Alert], now: datetime, language: str
) -> tuple[Change, ...]:
    """The changes of the alert book that the channels' states call for; `keys` are the channels that are set up."""
    own = [alert for alert in book if is_about_channel(alert)]
    live = {alert.subject: alert for alert in own if alert.state in LIVE_STATES}
    texts = TEXTS[language]
    changes: list[Change] = []
    for key in sorted(keys):
        state, subject = states.get(key), SUBJECT + key
        if state is None:
            continue
        if subject not in live and _must_be_told(state, own, now):
            changes.append(_opened(state, [alert.id for alert in book], now, language))
        elif subject in live and state.last_sent_at is not None and state.last_error is None:
            changes.append(_resolved(live[subject], now, texts["recovered"]))
    for subject, alert in live.items():
        if subject.removeprefix(SUBJECT) not in keys:
            changes.append(_resolved(alert, now, texts["removed"]))
    return tuple(changes)


def stand_ins(
    entries: Sequence[OutboxEntry],
    crew: Sequence[Recipient],
    dead: Collection[str],
    agencies: Mapping[str, Agency],
) -> dict[tuple[str, str], list[OutboxEntry]]:
    """(Channel that stands in, dead channel) → what it must tell: what the dead one wants and no living one hears.

    The first living channel that hears of the operator stands in, else the first that lives.
    """
    living = [recipient for recipient in crew if recipient.key not in dead]
    if not living:
        return {}
    stand_in = next((recipient for recipient in living if OPERATOR in recipient.events), living[0])
    found: dict[tuple[str, str], list[OutboxEntry]] = {}
    for recipient in crew:
        if recipient.key not in dead:
            continue
        for entry in (*waiting_for(recipient, entries, agencies), *own_trouble(recipient, entries)):
            if stand_in.key in entry.delivered or any(wants(other, entry.alert, agencies) for other in living):
                continue
            found.setdefault((stand_in.key, recipient.key), []).append(entry)
    return found


def own_trouble(recipient: Recipient, entries: Sequence[OutboxEntry]) -> Iterator[OutboxEntry]:
    """That a channel which hears of the operator is out of use, as far as nobody was told in its place: it cannot say
    so itself, and whom it would have told must know."""
    for entry in entries:
        if OPERATOR in recipient.events and entry.alert.subject == SUBJECT + recipient.key and not entry.delivered:
            yield entry


def waiting_for(
    recipient: Recipient, entries: Sequence[OutboxEntry], agencies: Mapping[str, Agency]
) -> Iterator[OutboxEntry]:
    """The entries that a channel wants and has not had."""
    for entry in entries:
        if recipient.key not in entry.delivered and wants(recipient, entry.alert, agencies):
            yield entry


def still_owed(
    recipient: Recipient,
    entries: Sequence[OutboxEntry],
    agencies: Mapping[str, Agency],
    told: Collection[str],
) -> Iterator[OutboxEntry]:
    """The ends of alerts of which the channel was told though it would not hear of them now: it told them in another's
    place, or its settings or the agency's region have changed since. `told` are the alerts that it knows of."""
    for entry in entries:
        is_known = entry.alert.id in told and entry.alert.state not in LIVE_STATES
        if is_known and recipient.key not in entry.delivered and not wants(recipient, entry.alert, agencies):
            yield entry


def wants(recipient: Recipient, alert: Alert, agencies: Mapping[str, Agency]) -> bool:
    """Does any section of the channel hear of such an alert? Of its own troubles a channel tells nobody; what holds
    alerts back is told by the deputy, where nobody hears of the operator."""
    if alert.subject == SUBJECT + recipient.key:
        return False
    if recipient.is_deputy and holds_alerts(alert):
        return True
    return any(is_wanted(section, alert, agencies) for section in recipient.sections)


def unheard(
    entries: Sequence[OutboxEntry], crew: Sequence[Recipient], agencies: Mapping[str, Agency]
) -> tuple[OutboxEntry, ...]:
    """The entries that no channel hears of: all of them, where there is none."""
    return tuple(entry for entry in entries if not any(wants(one, entry.alert, agencies) for one in crew))


def _must_be_told(state: ChannelState, own: Sequence[Alert], now: datetime) -> bool:
    since = state.dead_since or (state.failing_since if is_troubled(state, now) else None)
    if since is None:
        return False
    # What a person waived is not opened again by the same trouble.
    waived = [a.opened_at for a in own if a.subject == SUBJECT + state.channel and a.state is AlertState.WAIVED]
    return not any(opened >= since for opened in waived)


def _opened(state: ChannelState, taken: Sequence[str], now: datetime, language: str) -> Change:
    texts, error = TEXTS[language], state.last_error or ""
    about = Fingerprint(None, None, OPERATOR, SUBJECT + state.channel)
    since = state.dead_since or state.failing_since or now
    message = texts["dead" if state.dead_since else "troubled"].format(
        channel=state.channel,
        error=outcome_text(error, language),
        since=minute_text(since),
        failures=state.failures,
        todo=advice_text(error, language),
    )
    evidence = ({"kind": "channel", "channel": state.channel, "error": state.last_error, "since": minute_text(since)},)
    key = alert_id(about, now, taken)
    alert = Alert(key, None, None, OPERATOR, about.subject, AlertState.OPEN, now, message, evidence)
    return alert, Transition(key, now, None, AlertState.OPEN, texts["opened"])


def _resolved(alert: Alert, now: datetime, reason: str) -> Change:
    after = replace(alert, state=AlertState.RESOLVED)
    return after, Transition(alert.id, now, alert.state, AlertState.RESOLVED, reason)
