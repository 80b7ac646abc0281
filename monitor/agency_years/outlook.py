"""What would change the standing of an agency-year next, and when at the earliest.

Pure. A prospect is a code with its figures; `monitor.commands.explain_words` has the words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitor.agency_years.case import CONFIRM_TOLERANCE, Case, gone_since
from monitor.agency_years.dates import backdating
from monitor.agency_years.standing import (
    AWAITING_CONFIRMATION,
    IN_GRACE,
    NO_CONTROL,
    NOT_SCANNED,
    SUCCEEDED,
    SUCCESSOR_OPEN,
    WITHDRAWN_LOOKS,
    WITHDRAWN_SPAN,
    steps,
)
from storage.records import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from monitor.agency_years.standing import Step


@dataclass(frozen=True, slots=True)
class Prospect:
    """One thing that would move the agency-year to `to` (None: to whatever then holds), as a code with figures."""

    code: str
    to: Status | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)


def outlook(case: Case) -> tuple[Prospect, ...]:
    """What may happen next, the likeliest first. Nothing of what operators may do to every status."""
    last = steps(case)[-1]
    return tuple(_PROSPECTS[last.status](case, last))


def confirmable_at(case: Case) -> datetime:
    """The earliest instant at which a look may begin that makes the report missing, if it lacks it too.

    Two looks must have begun after the due day and the grace, and lie far enough apart (CONFIRM_TOLERANCE is
    not counted on). An instant that has passed means: at the next look. Ask only where a report is owed.
    """
    first = case.accusing[0].started_at if case.accusing else max(case.now, case.accuse_from)
    return first + case.confirm_after + CONFIRM_TOLERANCE


def _hours(case: Case) -> int:
    """Between the two looks, as the operator has set it."""
    return round((case.confirm_after + CONFIRM_TOLERANCE).total_seconds() / 3600)


def _exempt(case: Case, _last: Step) -> Iterator[Prospect]:
    yield Prospect("registry_changes", None, {"heir": case.heir.name if case.heir else None})


def _withdrawn(_case: Case, _last: Step) -> Iterator[Prospect]:
    yield Prospect("seen_again")
    yield Prospect("word_present")


def _on_time(case: Case, last: Step) -> Iterator[Prospect]:
    if backdating(case) is not None:
        yield Prospect("confirm_date", Status.ON_TIME)
    if last.code.startswith("successor_"):
        yield Prospect("own_found")
    else:
        yield from _vanishing(case)


def _late(case: Case, _last: Step) -> Iterator[Prospect]:
    yield Prospect("date_in_time", Status.ON_TIME, {"due": case.obligation.due})
    yield Prospect("word_in_time", Status.ON_TIME, {"due": case.obligation.due})
    yield Prospect("date_bulk", Status.DATE_UNKNOWN)
    yield from _vanishing(case)


def _date_unknown(case: Case, last: Step) -> Iterator[Prospect]:
    if last.code == SUCCEEDED:
        yield Prospect("own_found")
        return
    yield Prospect("date_in_time", Status.ON_TIME, {"due": case.obligation.due})
    yield Prospect("word_in_time", Status.ON_TIME, {"due": case.obligation.due})
    if not case.stated:
        yield Prospect("date_late", Status.LATE, {"due": case.obligation.due})
    elif any(stated.is_ahead for stated in case.stated):
        yield Prospect("date_passes")
    yield from _vanishing(case)


def _not_due(case: Case, _last: Step) -> Iterator[Prospect]:
    yield Prospect("seen_before_due", Status.ON_TIME, {"at": case.due_end})
    yield Prospect("due_passes", Status.UNKNOWN, {"at": case.due_end})
    yield Prospect("missing_from", Status.MISSING, {"at": confirmable_at(case), "hours": _hours(case)})


def _missing(case: Case, _last: Step) -> Iterator[Prospect]:
    yield Prospect("found_late", Status.LATE, {"due": case.obligation.due})
    yield Prospect("found_timely", Status.ON_TIME, {"due": case.obligation.due})
    yield Prospect("word_present")


def _suspected_missing(case: Case, last: Step) -> Iterator[Prospect]:
    if last.code == SUCCESSOR_OPEN:
        yield Prospect("heir_settled", Status.MISSING, {key: last.figures[key] for key in ("name", "former")})
    elif last.code == NO_CONTROL:
        yield Prospect("word_absent", Status.MISSING)
        yield Prospect("control_seen", Status.MISSING, {"hours": _hours(case)})
    elif last.code in {AWAITING_CONFIRMATION, IN_GRACE}:
        at = confirmable_at(case)
        code = "second_look" if case.accusing else "two_looks"
        figures = {"at": at, "from": case.accuse_from, "hours": _hours(case)}
        yield Prospect(f"{code}_now" if case.accusing and at <= case.now else code, Status.MISSING, figures)
    yield Prospect("seen_at_all")


def _unknown(case: Case, last: Step) -> Iterator[Prospect]:
    yield Prospect("first_look" if last.code == NOT_SCANNED else "look_again", Status.SUSPECTED_MISSING)
    yield Prospect("missing_from", Status.MISSING, {"at": confirmable_at(case), "hours": _hours(case)})
    yield Prospect("seen_at_all")
    if last.code != NOT_SCANNED:
        yield Prospect("word_present")


def _vanishing(case: Case) -> Iterator[Prospect]:
    """How far the report is from counting as withdrawn."""
    seen = case.last_seen
    if seen is None or case.heir is not None:
        return
    figures: dict[str, Any] = {"looks": WITHDRAWN_LOOKS, "days": WITHDRAWN_SPAN.days}
    gone = gone_since(case)
    if not gone:
        yield Prospect("vanishes", Status.WITHDRAWN, figures)
        return
    figures |= {"gone": len(gone), "from": gone[0].started_at, "at": gone[0].started_at + WITHDRAWN_SPAN}
    yield Prospect("vanishing", Status.WITHDRAWN, figures)


_PROSPECTS: Mapping[Status, Callable[[Case, Step], Iterator[Prospect]]] = {
    Status.EXEMPT: _exempt,
    Status.WITHDRAWN: _withdrawn,
    Status.ON_TIME: _on_time,
    Status.LATE: _late,
    Status.DATE_UNKNOWN: _date_unknown,
    Status.NOT_DUE: _not_due,
    Status.MISSING: _missing,
    Status.SUSPECTED_MISSING: _suspected_missing,
    Status.UNKNOWN: _unknown,
}
