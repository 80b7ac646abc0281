"""One agency-year laid out for judging: what is owed, what was seen when, and which looks may accuse.

Pure. Facts are not filtered by `now`: a scan's time is the instant given to its crawl plus what elapsed
since, so the scan that a moment was set for begins a little after that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from monitor.obligations import due_end
from storage.records import Outcome
from storage.report import PUBLISHER_SOURCES, DateSource

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.records import Attestation, Evidence, Look, Obligation

ATTESTED = "attested"
_TRUST = {source: rank for rank, source in enumerate((ATTESTED, *PUBLISHER_SOURCES))}


class Stated(NamedTuple):
    """A date by which the publisher states when it published, where it stands, and whether it is bulk."""

    date: date
    source: str
    url: str | None
    is_bulk: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One agency-year laid out for the steps: what is owed, what was seen, and from when it may be held.

    `due_end` and `accuse_from` lie at the end of time where nothing is owed. `first_seen` and
    `last_seen` are what scans saw; `word` is the latest attestation. `absent` are the complete looks
    begun after the due day that did not see the report; `accusing` those of them that were begun after
    the grace and have a control.
    """

    obligation: Obligation
    evidence: Evidence
    now: datetime
    confirm_after: timedelta
    due_end: datetime
    accuse_from: datetime
    word: Attestation | None
    stated: tuple[Stated, ...]
    first_seen: datetime | None
    last_seen: datetime | None
    absent: tuple[Look, ...]
    accusing: tuple[Look, ...]

    @property
    def is_vouched(self) -> bool:
        """A person's latest word is that the report is there."""
        return self.word is not None and not self.word.absent

    @property
    def is_found(self) -> bool:
        """A scan saw the report, or a person did."""
        return self.first_seen is not None or self.is_vouched


def lay_out(
    obligation: Obligation, evidence: Evidence, now: datetime, *, confirm_after_hours: float, grace_days: int = 0
) -> Case:
    """The evidence as the steps ask for it."""
    word = max(evidence.attestations, key=lambda given: given.at, default=None)
    end = due_end(obligation.due) if obligation.due else datetime.max.replace(tzinfo=UTC)
    accuse_from = end + timedelta(days=grace_days) if obligation.due else end
    has_word = word is not None and word.absent and word.at >= accuse_from
    absent = tuple(look for look in evidence.looks if proves_absence(look) and look.started_at >= end)
    firsts = [sighting.first_seen_at for sighting in evidence.sightings]
    lasts = [sighting.last_seen_at for sighting in evidence.sightings]
    looks = [look.started_at for look in evidence.looks if look.found]
    scanned = [report for report in evidence.reports if not report.is_attested]
    return Case(
        obligation=obligation,
        evidence=evidence,
        now=now,
        confirm_after=timedelta(hours=confirm_after_hours),
        due_end=end,
        accuse_from=accuse_from,
        word=word,
        stated=tuple(dict.fromkeys(_stated(evidence, word))),
        first_seen=min([*firsts, *looks, *(report.first_seen_at for report in scanned)], default=None),
        last_seen=max([*lasts, *looks, *(report.fetched_at for report in scanned)], default=None),
        absent=absent,
        accusing=tuple(look for look in absent if look.started_at >= accuse_from and (look.control or has_word)),
    )


def proves_absence(look: Look) -> bool:
    """The look was whole and the report was not in it."""
    return look.outcome is Outcome.COMPLETE and not look.found


def span(looks: Sequence[Look]) -> timedelta:
    """From the begin of the first look to the begin of the last."""
    return looks[-1].started_at - looks[0].started_at


def trust(stated: Stated) -> int:
    """The rank of a date's source, 0 for the most trusted."""
    return _TRUST[stated.source]


def in_time(case: Case) -> list[Stated]:
    """The stated dates on or before the due day."""
    due = case.obligation.due
    return [stated for stated in case.stated if due is not None and stated.date <= due]


def _stated(evidence: Evidence, word: Attestation | None) -> Iterator[Stated]:
    """Every date by which the publisher states publication, those of the judged version first."""
    is_vouched = word is not None and not word.absent
    if word is not None and is_vouched and word.published_on is not None:
        yield Stated(word.published_on, ATTESTED, word.url, is_bulk=False)
    for report in sorted(evidence.reports, key=lambda report: not report.is_current):
        if report.is_attested and not is_vouched:
            continue
        for stated in report.dates:
            if stated.source in PUBLISHER_SOURCES:
                yield Stated(stated.date, stated.source, report.url, stated.date in report.bulk_dates)
    for sighting in evidence.sightings:
        if sighting.listed_on is not None:
            yield Stated(sighting.listed_on, DateSource.LIST_ROW, sighting.url, sighting.is_bulk)
