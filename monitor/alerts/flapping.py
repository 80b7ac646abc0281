"""Alerts that open and end again and again: told once to the operator, opened again when it is quiet.

Pure. An alert flaps when what it is about was opened or ended by checks more than three times in thirty
days; it does no more when nothing of the kind has happened for fourteen days. While an agency's alert flaps
it is held by one operator incident (`flapping:` and the agency), which a person releases like any other;
its end is told at once all the same. An incident of the operator's that flaps is not ended before it is quiet,
so that it is one incident and not ten; what it holds goes by its own signs.

The figures are proposals, after the habit of monitoring systems to damp what flaps: more than three turns in thirty
days tell the operator alone, until fourteen days are quiet (reliability study of the project, §3.2).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.alerts.book import Accusation, Docket, Fingerprint, fingerprint, is_released
from monitor.alerts.breaker_texts import TEXTS
from monitor.alerts.questions import GROUPED_FROM, about, agency_entries
from storage.records import LIVE_STATES, AlertState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from monitor.alerts.book import Change
    from storage.records import Alert

MOST_TURNS = 3
WINDOW = timedelta(days=30)
QUIET = timedelta(days=14)


def may_flap(book: Iterable[Alert]) -> frozenset[str]:
    """The ids of the alerts whose turns must be known: those of which there were several."""
    alerts = tuple(book)
    counts = Counter(fingerprint(alert) for alert in alerts)
    return frozenset(alert.id for alert in alerts if counts[fingerprint(alert)] > 1)


def flapping(book: Iterable[Alert], turns: Mapping[str, Sequence[datetime]], now: datetime) -> dict[Fingerprint, int]:
    """What flaps now → how often it turned. `turns`: alert id → when a check opened or ended it."""
    own: dict[Fingerprint, list[datetime]] = {}
    for alert in book:
        own.setdefault(fingerprint(alert), []).extend(turns.get(alert.id, ()))
    counts = {key: _restless(sorted(instants), now) for key, instants in own.items()}
    return {key: count for key, count in counts.items() if count > MOST_TURNS}


def turned(turns: Mapping[str, Sequence[datetime]], changes: Iterable[Change]) -> dict[str, Sequence[datetime]]:
    """The turns with those of a check's changes."""
    after = dict(turns)
    for alert, move in changes:
        if move.from_state is None or move.to_state is AlertState.RESOLVED:
            after[alert.id] = (*after.get(alert.id, ()), move.at)
    return after


def _restless(instants: Sequence[datetime], now: datetime) -> int:
    """How many of the instants lie within the window, and after the last quiet time."""
    count, after = 0, now
    for at in reversed(instants):
        if after - at >= QUIET or now - at > WINDOW:
            break
        count, after = count + 1, at
    return count


def damped(
    docket: Docket,
    book: Collection[Alert],
    turns: Mapping[str, Sequence[datetime]],
    now: datetime,
    names: Mapping[str, str],
    *,
    language: str = "zh",
) -> Docket:
    """The docket with what flaps held, or left alone, and with the incidents that say so.

    `names`: agency id → its name; an agency without one goes by its id.
    """
    found = flapping(book, turns, now)
    if not found:
        return docket
    live = {fingerprint(alert) for alert in book if alert.state in LIVE_STATES}
    held: dict[Fingerprint, Fingerprint] = {}
    asked = _incidents(found, live, names, language)
    for incident, keys in asked:
        if not is_released(incident, book):
            held |= dict.fromkeys(keys, incident.fingerprint)
    return replace(
        docket,
        accusations=(*docket.accusations, *(incident for incident, _ in asked)),
        held=held | dict(docket.held),
        unknown=docket.unknown | {key for key in found if key.agency is None},
    )


def _incidents(
    found: Mapping[Fingerprint, int],
    live: Collection[Fingerprint],
    names: Mapping[str, str],
    language: str,
) -> list[tuple[Accusation, list[Fingerprint]]]:
    """One incident for each agency whose alerts flap, with what flaps; for many at once, one for all."""
    texts = TEXTS[language]
    by_agency: dict[tuple[str, int], list[Fingerprint]] = {}
    for key in found:
        if key.agency is not None and key.report_year is not None:
            by_agency.setdefault((key.agency, key.report_year), []).append(key)
    asked = []
    for (agency, year), keys in sorted(by_agency.items()):
        words = texts["flapping"].format(
            name=names.get(agency, agency),
            year=year,
            count=max(found[key] for key in keys),
            window=WINDOW.days,
            quiet=QUIET.days,
        )
        incident = Accusation(about(year, f"flapping:{agency}"), words, agency_entries((agency,), None))
        asked.append((incident, keys))
    own = [each for each in asked if each[0].fingerprint in live]
    rest = [each for each in asked if each[0].fingerprint not in live]
    keys = [key for _, held in rest for key in held]
    group = about(keys[0].report_year or 0, "flapping") if keys else None
    if group is None or (len(rest) < GROUPED_FROM and group not in live):
        return asked
    words = texts["flapping_many"].format(count=len(rest), year=group.report_year, quiet=QUIET.days)
    entries = tuple(entry for incident, _ in rest for entry in incident.evidence)
    return [*own, (Accusation(group, words, entries), keys)]
