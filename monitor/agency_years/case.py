"""One agency-year laid out for judging: what is owed, what was seen when, and which looks may accuse.

Pure. What began after `now` is left out, so that a judgement as of an earlier moment does not know the
future.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from monitor.agency_years.obligations import due_end, shanghai_date
from storage.records import SHANGHAI, Evidence, Outcome
from storage.report import PUBLISHER_SOURCES, DateSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.records import Attestation, Look, Obligation, StoredReport

ATTESTED = "attested"

AFTER_NOW = timedelta(hours=1)
"""How long after `now` a scan may have begun and still be known. A crawl that was given `--now` writes as
the time of a scan that instant plus what has elapsed since its start; a cut at `now` itself would lose the
very scans that were made for this moment."""

CONFIRM_TOLERANCE = timedelta(minutes=2)
"""So much less than `confirm_after_hours` two scans may lie apart and still confirm each other: the first
one's time holds what its crawl took to start, which the second one's may not."""

_NEVER = datetime.max.replace(tzinfo=SHANGHAI)
_TRUST = {source: rank for rank, source in enumerate((ATTESTED, *PUBLISHER_SOURCES))}


class Stated(NamedTuple):
    """A date by which the publisher states when it published, and where it stands.

    `is_bulk`: it is a migration's. `is_ahead`: it lies after the day on which the report was first seen there,
    so nobody published then, whatever was meant. Neither makes a report late; both may excuse it.
    """

    date: date
    source: str
    url: str | None
    is_bulk: bool
    is_ahead: bool = False


@dataclass(frozen=True, slots=True)
class Heir:
    """An agency that took over from the one that is judged, and what is known of its report on the same year.

    `owes`: it owes a report on that year itself. `case` is its evidence laid out under the obligation of
    the one that is judged; None: it is not known, so nothing may be concluded from it. `is_former`: it is the same
    body under the id that it had before, whose report counts as one of an heir does.
    """

    agency: str
    name: str
    owes: bool
    case: Case | None
    is_former: bool = False

    @property
    def is_found(self) -> bool:
        """Its report was found."""
        return self.case is not None and self.case.is_found

    @property
    def is_open(self) -> bool:
        """It may yet turn out to have published: it owes a report, or may have issued it before it was renamed, and
        that this is missing is not proven."""
        is_bound = self.owes or self.is_former
        return is_bound and not (self.case is not None and self.case.is_confirmed)


@dataclass(frozen=True, slots=True)
class Case:
    """One agency-year laid out for the steps: what is owed, what was seen, and from when it may be held.

    `evidence` is what was known at `now`. `confirm_after` is how far apart two scans must begin, less
    CONFIRM_TOLERANCE.
    `due_end` and `accuse_from` lie at the end of time where nothing is owed. `timely` are the stated dates
    on or before the due day. `first_seen` and `last_seen` are what scans saw; `word` is the latest
    attestation. `absent` are the complete looks begun after the due day that did not see the report;
    `in_force` those of them that were begun after the grace, at the place that the last of them read;
    `accusing` those of these that have a control. `heirs` are those who took over, nearest first, and
    what the body was before (`monitor.agency_years.heirs`).
    """

    obligation: Obligation
    evidence: Evidence
    now: datetime
    confirm_after: timedelta
    due_end: datetime
    accuse_from: datetime
    word: Attestation | None
    stated: tuple[Stated, ...]
    timely: tuple[Stated, ...]
    first_seen: datetime | None
    last_seen: datetime | None
    absent: tuple[Look, ...]
    in_force: tuple[Look, ...]
    accusing: tuple[Look, ...]
    heirs: tuple[Heir, ...] = ()

    @property
    def is_vouched(self) -> bool:
        """A person's latest word is that the report is there."""
        return self.word is not None and not self.word.absent

    @property
    def is_found(self) -> bool:
        """A scan saw the report, or a person did."""
        return self.first_seen is not None or self.is_vouched

    @property
    def is_confirmed(self) -> bool:
        """Two looks that may accuse lie far enough apart, and nothing was found."""
        return not self.is_found and len(self.accusing) > 1 and span(self.accusing) >= self.confirm_after

    @property
    def heir(self) -> Heir | None:
        """The nearest of those who took over whose report was found; None where nobody's was."""
        return next((heir for heir in self.heirs if heir.is_found), None)


def lay_out(
    obligation: Obligation, evidence: Evidence, now: datetime, *, confirm_after_hours: float, grace_days: int = 0
) -> Case:
    """The evidence as the steps ask for it."""
    confirm_after = max(timedelta(hours=confirm_after_hours) - CONFIRM_TOLERANCE, timedelta())
    return _laid(obligation, known_at(evidence, now), now, confirm_after, timedelta(days=grace_days))


def laid_under(case: Case, obligation: Obligation, evidence: Evidence) -> Case:
    """Evidence known at the case's instant, laid out under an obligation as the case was, with nobody's heirs."""
    grace = case.accuse_from - case.due_end
    return _laid(obligation, evidence, case.now, case.confirm_after, grace)


def without_words(case: Case) -> Case:
    """The same case as if no person had said anything."""
    known = case.evidence
    scanned = tuple(report for report in known.reports if not report.is_attested)
    bare = Evidence(known.looks, known.sightings, _with_current(scanned, known.reports), ())
    return replace(laid_under(case, case.obligation, bare), heirs=case.heirs)


def _laid(
    obligation: Obligation, evidence: Evidence, now: datetime, confirm_after: timedelta, grace: timedelta
) -> Case:
    word = max(evidence.attestations, key=lambda given: given.at, default=None)
    due = obligation.due
    end = due_end(due) if due else _NEVER
    accuse_from = end + grace if due else end
    has_word = word is not None and word.absent and word.at >= accuse_from
    absent = tuple([look for look in evidence.looks if look.started_at >= end and proves_absence(look)])
    in_force = _of_last_place([look for look in absent if look.started_at >= accuse_from])
    firsts = [sighting.first_seen_at for sighting in evidence.sightings]
    lasts = [sighting.last_seen_at for sighting in evidence.sightings]
    looks = [look.started_at for look in evidence.looks if look.found]
    scanned = [report for report in evidence.reports if not report.is_attested]
    stated = tuple(dict.fromkeys(_stated(evidence, word)))
    return Case(
        obligation=obligation,
        evidence=evidence,
        now=now,
        confirm_after=confirm_after,
        due_end=end,
        accuse_from=accuse_from,
        word=word,
        stated=stated,
        timely=tuple([one for one in stated if due is not None and one.date <= due]),
        first_seen=min([*firsts, *looks, *(report.first_seen_at for report in scanned)], default=None),
        last_seen=max([*lasts, *looks, *(report.fetched_at for report in scanned)], default=None),
        absent=absent,
        in_force=in_force,
        accusing=tuple([look for look in in_force if look.control or has_word]),
    )


def _of_last_place(looks: list[Look]) -> tuple[Look, ...]:
    """The looks that read every list that the last of them read: where the operator has written another column
    since, what lay at the one before proves nothing of it. Of old looks it is not known."""
    places = looks[-1].places if looks else ()
    return tuple([look for look in looks if look.places == places or not look.places or {*places} <= {*look.places}])


def known_at(evidence: Evidence, now: datetime) -> Evidence:
    """What had been looked at, seen, fetched and said by then, give or take AFTER_NOW.

    Of an address seen before and after, and of a version fetched before and after, only the first and the
    last time are stored: what lies too late gives way to the latest look that found the report, or to the
    first time. Where the version that is judged came later, the newest readable one before it is judged.
    """
    end = now + AFTER_NOW
    if _is_all_known(evidence, end):
        return evidence
    looks = tuple(look for look in evidence.looks if look.started_at <= end)
    latest = max((look.started_at for look in looks if look.found), default=None)

    def last(first: datetime) -> datetime:
        return first if latest is None else max(first, latest)

    reports = tuple(
        report if report.fetched_at <= end else replace(report, fetched_at=last(report.first_seen_at))
        for report in evidence.reports
        if report.first_seen_at <= end
    )
    sightings = tuple(
        seen if seen.last_seen_at <= end else replace(seen, last_seen_at=last(seen.first_seen_at))
        for seen in evidence.sightings
        if seen.first_seen_at <= end
    )
    words = tuple(given for given in evidence.attestations if given.at <= end)
    return Evidence(looks, sightings, _with_current(reports, evidence.reports), words)


def _is_all_known(evidence: Evidence, end: datetime) -> bool:
    """Nothing of it lies after `end`, as it is nearly always."""
    return (
        (not evidence.looks or evidence.looks[-1].started_at <= end)
        and all(seen.first_seen_at <= end and seen.last_seen_at <= end for seen in evidence.sightings)
        and all(report.first_seen_at <= end and report.fetched_at <= end for report in evidence.reports)
        and all(given.at <= end for given in evidence.attestations)
    )


def _with_current(known: tuple[StoredReport, ...], every: tuple[StoredReport, ...]) -> tuple[StoredReport, ...]:
    """The versions known, one of them the judged one where the one that is judged now came later."""
    is_later = any(report.is_current for report in every) and not any(report.is_current for report in known)
    if not known or not is_later:
        return known
    newest = max(known, key=lambda report: (report.reason is None, report.first_seen_at, report.id))
    return tuple(replace(report, is_current=report is newest) for report in known)


def proves_absence(look: Look) -> bool:
    """The look was whole, its time is to be believed, and the report was not in it."""
    return look.outcome is Outcome.COMPLETE and not look.found and not look.is_time_doubted


def gone_since(case: Case) -> tuple[Look, ...]:
    """The looks since the report was last seen that prove that it is gone: at a list that showed it.

    Where the operator has written another column since, its list says nothing of the one before.
    """
    lacking = lacking_since(case)
    if not lacking:
        return ()
    showed = {place for sighting in case.evidence.sightings for place in sighting.places}
    return tuple(look for look in lacking if not showed or not look.places or not showed.isdisjoint(look.places))


def lacking_since(case: Case) -> tuple[Look, ...]:
    """The looks since the report was last seen that lacked it, at whatever list; none where it never was seen."""
    seen = case.last_seen
    if seen is None:
        return ()
    return tuple([look for look in case.evidence.looks if look.started_at > seen and proves_absence(look)])


def span(looks: Sequence[Look]) -> timedelta:
    """From the begin of the first look to the begin of the last."""
    return looks[-1].started_at - looks[0].started_at


def trust(stated: Stated) -> int:
    """The rank of a date's source, 0 for the most trusted."""
    return _TRUST[stated.source]


def _stated(evidence: Evidence, word: Attestation | None) -> Iterator[Stated]:
    """Every date by which the publisher states publication, those of the judged version first."""
    is_vouched = word is not None and not word.absent
    if word is not None and is_vouched and word.published_on is not None:
        is_ahead = word.published_on > shanghai_date(word.at)
        yield Stated(word.published_on, ATTESTED, word.url, is_bulk=False, is_ahead=is_ahead)
    for report in sorted(evidence.reports, key=lambda report: not report.is_current):
        if report.is_attested and not is_vouched:
            continue
        seen_on = shanghai_date(report.first_seen_at)
        for stated in report.dates:
            if stated.source in PUBLISHER_SOURCES:
                is_bulk = stated.date in report.bulk_dates
                yield Stated(stated.date, stated.source, report.url, is_bulk, is_ahead=stated.date > seen_on)
    for sighting in evidence.sightings:
        listed_on = sighting.listed_on
        if listed_on is not None:
            is_ahead = listed_on > shanghai_date(sighting.first_seen_at)
            yield Stated(listed_on, DateSource.LIST_ROW, sighting.url, sighting.is_bulk, is_ahead=is_ahead)
