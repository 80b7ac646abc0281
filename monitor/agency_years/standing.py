"""Where an agency-year stands, from what is stored and now, and the chain of reasons that leads there.

Pure. `steps` tries the statuses in a fixed order and stops at the first that holds; every step says by
a code and its figures why it holds or does not, which is what `explain` prints. `standing` is the last
step as a record.

A person's word (`attest`) counts so, the latest word of all:

- *present* is a report found. Its `published_on` is a date that the publisher states, as that person
  read it, and a word given by the end of the due day is a sighting in time. Scans that cannot see what
  a person saw elsewhere never turn it into `withdrawn`.
- *absent*, given once accusations may begin, is the control of every complete scan that has none of its
  own: it says that the place was the right one. It replaces no scan, because `missing` rests on two
  complete ones: where there is none the status stays `unknown`. Nor is it weighed against sightings.

Wherever the verdict would be another one without that word, its `reason` is `attested`.

The report of an agency that took over (`case.heirs`) counts where the own one is absent. In time, it makes
the obligation `on_time`; else it leaves `date_unknown`, so that one late report accuses one agency alone:
whose it is. Nobody is `missing` or `withdrawn` whose heir's report was found, nor `missing` while it is not
proven that an heir who owes a report published none either.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.agency_years.case import (
    ATTESTED,
    Case,
    Heir,
    Stated,
    gone_since,
    lacking_since,
    lay_out,
    span,
    trust,
    without_words,
)
from monitor.agency_years.dates import backdating
from storage.records import Content, Standing, Status
from storage.report import DateSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, datetime

    from storage.records import Evidence, Obligation, StoredReport

NOT_SCANNED = "not_scanned"
NO_CONTROL = "no_control"
AWAITING_CONFIRMATION = "awaiting_confirmation"
IN_GRACE = "in_grace"
SUCCESSOR_OPEN = "successor_open"
SUCCEEDED = "succeeded"
BACKDATED = "backdated"
NO_DATE = "no_date"
BULK_DATE = "bulk_date"
DATE_AHEAD = "date_ahead"
DATE_UNREAD = "date_unread"
DATE_UNSURE = "date_unsure"
STATED = "stated"
WITNESSED = "witnessed"

WITHDRAWN_LOOKS = 3
WITHDRAWN_SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Step:
    """One status that was tried: whether it `holds`, and why, as a code with its figures."""

    status: Status
    holds: bool
    code: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def standing(
    obligation: Obligation, evidence: Evidence, now: datetime, *, confirm_after_hours: float, grace_days: int = 0
) -> Standing:
    """The verdict on one agency-year; what its content's findings come to is added by `monitor.judgement.matters`.

    `content` is `unreadable` where a report was found and none could be read, else None. `grace_days`
    holds back accusations: looks count for `missing` only when begun after the grace; the due date,
    `late` and `suspected_missing` do not move.
    """
    return standing_of(
        lay_out(obligation, evidence, now, confirm_after_hours=confirm_after_hours, grace_days=grace_days)
    )


def standing_of(case: Case) -> Standing:
    """The same for a case that is laid out already."""
    obligation = case.obligation
    last = steps(case)[-1]
    published = _published(case, last.status)
    is_late = last.status is Status.LATE
    return Standing(
        agency=obligation.agency,
        report_year=obligation.report_year,
        due=obligation.due,
        status=last.status,
        published_on=published.date if published else None,
        days_late=(published.date - obligation.due).days if is_late and published and obligation.due else None,
        proof=last.code if is_late else None,
        content=Content.UNREADABLE if case.is_found and readable_report(case.evidence) is None else None,
        url=_url(case),
        reason=_reason(case, last),
    )


def readable_report(evidence: Evidence) -> StoredReport | None:
    """The version of the report that is judged; None where none was fetched or it cannot be read."""
    return next((report for report in evidence.reports if report.is_current and report.reason is None), None)


def steps(case: Case) -> tuple[Step, ...]:
    """Every status tried, in order, up to the first that holds."""
    tried: list[Step] = []
    for attempt in _ATTEMPTS:
        tried.append(attempt(case))
        if tried[-1].holds:
            break
    return tuple(tried)


def _exempt(case: Case) -> Step:
    return Step(Status.EXEMPT, case.obligation.due is None, case.obligation.exempt_reason or "")


def _withdrawn(case: Case) -> Step:
    seen = case.last_seen
    if seen is None:
        return Step(Status.WITHDRAWN, holds=False, code="never_seen")
    if case.heir is not None:
        return Step(Status.WITHDRAWN, holds=False, code="succeeded_since", figures=_named(case.heir))
    if case.word is not None and case.is_vouched and case.word.at > seen:
        return Step(Status.WITHDRAWN, holds=False, code="vouched", figures={"by": case.word.by, "at": case.word.at})
    if not lacking_since(case):
        return Step(Status.WITHDRAWN, holds=False, code="still_there", figures={"at": seen})
    gone = gone_since(case)
    if not gone:
        return Step(Status.WITHDRAWN, holds=False, code="looked_elsewhere", figures={"at": seen})
    figures = {"looks": len(gone), "from": gone[0].started_at, "to": gone[-1].started_at, "at": seen}
    is_gone = len(gone) >= WITHDRAWN_LOOKS and span(gone) >= WITHDRAWN_SPAN
    return Step(Status.WITHDRAWN, is_gone, "gone" if is_gone else "not_gone_long_enough", figures)


def _on_time(case: Case) -> Step:
    for heir, one in _own_and_heirs(case):
        found = _in_time_by(one)
        if found is not None:
            code = found[0] if heir is None else f"successor_{found[0]}"
            return Step(Status.ON_TIME, holds=True, code=code, figures={**found[1], **_named(heir)})
    is_found = case.is_found or case.heir is not None
    return Step(Status.ON_TIME, holds=False, code="nothing_in_time" if is_found else "not_found")


def _in_time_by(case: Case) -> tuple[str, Mapping[str, Any]] | None:
    """By what the report that this evidence shows was in time."""
    if case.timely:
        return "stated_in_time", min(case.timely, key=trust)._asdict()
    if case.first_seen is not None and case.first_seen < case.due_end:
        return "seen_in_time", {"at": case.first_seen}
    if case.word is not None and case.is_vouched and case.word.at < case.due_end:
        return "vouched_in_time", {"at": case.word.at, "by": case.word.by}
    return None


def _own_and_heirs(case: Case) -> Iterator[tuple[Heir | None, Case]]:
    """The case itself, of no heir, and where its own report is absent the cases of those who took over."""
    yield None, case
    if not case.is_found:
        yield from ((heir, heir.case) for heir in case.heirs if heir.case is not None)


def _named(heir: Heir | None) -> Mapping[str, Any]:
    return {"name": heir.name if heir else None, "former": heir is not None and heir.is_former}


def _late(case: Case) -> Step:
    if not case.is_found:
        return Step(Status.LATE, holds=False, code="not_found")
    if not case.stated:
        return Step(Status.LATE, holds=False, code=NO_DATE, figures={"at": case.first_seen})
    lacks = _what_late_lacks(case)
    if lacks is not None:
        return lacks
    first = case.first_seen
    witness = next((look for look in case.absent if first is not None and look.started_at < first), None)
    if witness:
        return Step(Status.LATE, holds=True, code=WITNESSED, figures={"at": witness.started_at, "run": witness.run})
    return Step(Status.LATE, holds=True, code=STATED)


def _what_late_lacks(case: Case) -> Step | None:
    """Why dates that all lie after the due day make nobody late; None where they do."""
    bulk = next((stated for stated in case.stated if stated.is_bulk), None)
    if bulk:
        return Step(Status.LATE, holds=False, code=BULK_DATE, figures=bulk._asdict())
    if all(stated.is_ahead for stated in case.stated):
        return Step(Status.LATE, holds=False, code=DATE_AHEAD, figures=case.stated[0]._asdict())
    return _date_doubt(case)


def _date_doubt(case: Case) -> Step | None:
    """What the report says of its day besides the dates that count: one that cannot be read, or whose meaning cannot
    be told, may be the day of publication. A person who read the day settles it."""
    if any(stated.source == ATTESTED for stated in case.stated):
        return None
    for report in case.evidence.reports:
        if report.has_unread_date:
            return Step(Status.LATE, holds=False, code=DATE_UNREAD, figures={"url": report.url})
        for stated in report.dates:
            due = case.obligation.due
            if stated.source is DateSource.META_OTHER and due is not None and stated.date <= due:
                return Step(Status.LATE, holds=False, code=DATE_UNSURE, figures={"date": stated.date})
    return None


def _date_unknown(case: Case) -> Step:
    if not case.is_found and case.heir is not None:
        return Step(Status.DATE_UNKNOWN, holds=True, code=SUCCEEDED, figures=_named(case.heir))
    return Step(Status.DATE_UNKNOWN, case.is_found, "found" if case.is_found else "not_found")


def _not_due(case: Case) -> Step:
    return Step(Status.NOT_DUE, case.now < case.due_end, "due_end", {"at": case.due_end})


def _missing(case: Case) -> Step:
    lacks = _what_missing_lacks(case)
    if lacks is None:
        figures = {"from": case.accusing[0].started_at, "to": case.accusing[-1].started_at}
        return Step(Status.MISSING, holds=True, code="confirmed", figures=figures)
    return Step(Status.MISSING, holds=False, code=lacks, figures=_suspicion(case))


def _suspected_missing(case: Case) -> Step:
    return Step(Status.SUSPECTED_MISSING, bool(case.absent), _what_missing_lacks(case) or "", _suspicion(case))


def _suspicion(case: Case) -> Mapping[str, Any]:
    waiting = [heir for heir in case.heirs if heir.is_open]
    is_former = bool(waiting) and all(heir.is_former for heir in waiting)
    return {"looks": len(case.absent), "name": "、".join(heir.name for heir in waiting), "former": is_former}


def _unknown(case: Case) -> Step:
    since_due = [look for look in case.evidence.looks if look.started_at >= case.due_end and not look.is_time_doubted]
    if not since_due:
        return Step(Status.UNKNOWN, holds=True, code=NOT_SCANNED)
    latest = since_due[-1]
    figures = {"at": latest.started_at, "detail": latest.detail}
    return Step(Status.UNKNOWN, holds=True, code=latest.outcome.value, figures=figures)


_ATTEMPTS: tuple[Callable[[Case], Step], ...] = (
    _exempt,
    _withdrawn,
    _on_time,
    _late,
    _date_unknown,
    _not_due,
    _missing,
    _suspected_missing,
    _unknown,
)


def _what_missing_lacks(case: Case) -> str | None:
    """Why the looks that we have do not make the report missing, None where they do; `no_control` needs a person."""
    if case.is_confirmed:
        return SUCCESSOR_OPEN if any(heir.is_open for heir in case.heirs) else None
    if not case.absent:
        return "no_look"
    if len(case.in_force) > 1 and span(case.in_force) >= case.confirm_after:
        return NO_CONTROL
    return IN_GRACE if case.now < case.accuse_from else AWAITING_CONFIRMATION


def _published(case: Case, status: Status) -> Stated | None:
    """The date to print: of those in time where one makes it on time the most trusted, and the first of its kind."""
    if status is Status.ON_TIME:
        for _, one in _own_and_heirs(case):
            if _in_time_by(one) is not None:
                return min(one.timely or one.stated, key=_rank, default=None)
    return min(case.stated, key=_rank, default=None)


def _rank(stated: Stated) -> tuple[bool, int, date]:
    """A report that was replaced was published when its first version was, by the same source."""
    return stated.is_ahead, trust(stated), stated.date


def _url(case: Case) -> str | None:
    known = (report for report in case.evidence.reports if case.is_vouched or not report.is_attested)
    current = next((report.url for report in known if report.is_current), None)
    latest = max(case.evidence.sightings, key=lambda sighting: sighting.last_seen_at, default=None)
    if current is not None or latest is not None:
        return current or (latest.url if latest else None)
    if case.word and case.is_vouched:
        return case.word.url
    return _url(case.heir.case) if case.heir is not None and case.heir.case is not None else None


def _reason(case: Case, last: Step) -> str | None:
    if last.status in {Status.EXEMPT, Status.UNKNOWN, Status.SUSPECTED_MISSING}:
        return last.code
    if _rests_on_word(case, last):
        return ATTESTED
    if last.code == SUCCEEDED or last.code.startswith("successor_"):
        return SUCCEEDED
    if last.status is Status.ON_TIME and backdating(case) is not None:
        return BACKDATED
    if last.status is Status.DATE_UNKNOWN:
        return next(step.code for step in steps(case) if step.status is Status.LATE)
    return None


def _rests_on_word(case: Case, last: Step) -> bool:
    """Would the verdict be another one, had no person said anything?"""
    if case.word is None and not any(report.is_attested for report in case.evidence.reports):
        return False
    bare = without_words(case)
    before = steps(bare)[-1]
    return (before.status, _published(bare, before.status)) != (last.status, _published(case, last.status))
