"""Reports that a list no longer shows, asked for at their own address: gone from a list is not gone from the portal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from crawler.articles import asked_afresh
from crawler.links import RowReading
from crawler.outcomes import GONE_STATUSES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from crawler.downloads import Visit
    from crawler.outcomes import Trouble
    from storage.records import Agency

MAX_ASKED = 50
"""Vanished reports that one scan asks for: where more have vanished, the list has, and the rest stays unproven."""


class Vanished(NamedTuple):
    """What asking came to: those that still stand at their addresses, those that are gone there too, and those of
    which it cannot be told."""

    there: tuple[RowReading, ...] = ()
    gone: tuple[RowReading, ...] = ()
    unsure: tuple[RowReading, ...] = ()


def _is_gone(trouble: Trouble) -> bool:
    """Does the answer itself say that the report is not there any more? The home page or another list in its place
    says nothing: firewalls and broken gateways answer so too."""
    return trouble.key == "soft_404" or (trouble.key == "status" and trouble.values[0] in GONE_STATUSES)


async def ask_vanished(
    visit: Visit, agencies: Iterable[Agency], settled: Collection[tuple[str, int]], scan_id: str
) -> Vanished:
    """Ask for the vanished reports of these agencies at the addresses where they were, but for those `settled`
    (agency, report year): of them the list shows one. What is there still is the row of a scan of its own."""
    ids = {agency.id for agency in agencies}
    wanted = [
        report
        for report in visit.request.vanished
        if report.agency in ids
        and (report.agency, report.report_year) not in settled
        and report.report_year in visit.request.years
        and visit.is_own(report.url)
    ]
    there, gone, unsure = [], [], []
    for number, report in enumerate(wanted):
        reading = RowReading(
            replace(report, scan=f"{scan_id}-v{number}"),
            names_agency=True,
            names_other=False,
            may_be=frozenset({str(report.agency)}),
        )
        trouble = await asked_afresh(visit, report) if number < MAX_ASKED else None
        if number >= MAX_ASKED:
            unsure.append(reading)
        elif trouble is None:
            there.append(reading)
        elif _is_gone(trouble):
            gone.append(reading)
        else:
            unsure.append(reading)
    return Vanished(tuple(there), tuple(gone), tuple(unsure))
