"""What is held back, and why: a line that `alerts` and `status` print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.commands.account_texts import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlite_utils import Database

    from storage.records import Alert, Standing


def held_lines(db: Database, live: Iterable[Alert], language: str) -> Iterator[str]:
    """How many alerts each incident holds back, and what it says; nothing where none is held."""
    from monitor.alerts.book import held_alerts
    from storage.database import load_standings

    stands: dict[int, Mapping[str, Standing]] = {}
    for alert in live:
        year = alert.report_year
        held = held_alerts((alert,)).get(alert.id, ())
        if year is None or not held:
            continue
        if year not in stands:
            stands[year] = {one.agency: one for one in load_standings(db, year)}
        # What it held once may be settled by now.
        count = sum(_is_accused(stands[year].get(agency), rule) for agency, rule in held)
        if count:
            yield spoken(language, "held_alerts", count=count, id=alert.id, message=alert.message)


def _is_accused(standing: Standing | None, rule: str) -> bool:
    return standing is not None and rule in {standing.status, standing.content}
