"""The database: one function per question or act, taking and giving records.

Every function takes the open database first. Acts are one transaction each; where the act of another
process is in the way they wait, and DatabaseError says what stands in the way for good.
"""

from __future__ import annotations

from sqlite_utils import Database

from storage.database.agencies import load_agencies, load_portals, named_agencies, portal_names, save_registry
from storage.database.alerts import (
    alerts,
    alerts_about,
    alerts_of_year,
    last_told,
    live_alerts,
    rebuild_alerts,
    rebuilt_alerts,
    save_transitions,
    tellings_of,
    transitions_of,
    turns_of,
)
from storage.database.connection import (
    NO_FILE_BESIDE,
    open_any_reader,
    open_database,
    open_reader,
    read_as_it_lies,
)
from storage.database.deliveries import (
    DeliveryFigures,
    OutboxEntry,
    abandoned_attempts,
    attempts_between,
    begin_attempt,
    channel_states,
    delivery_figures,
    end_attempt,
    last_rounds,
    mark_failed,
    mark_sent,
    mark_stood_in,
    note_round,
    save_channel_state,
    settle_transitions,
    told_at,
    unsent_transitions,
)
from storage.database.evidence import evidence_of_year, report_versions, versions_of_year
from storage.database.fetched import (
    StoredCapture,
    captures_of,
    count_stored,
    is_stored,
    stored_attributions,
    stored_captures,
)
from storage.database.known import load_memory, save_memory
from storage.database.leases import holds_lease, lease_holder, release_lease, renew_lease, require_lease, take_lease
from storage.database.loading import current_reports, load_report, load_reports
from storage.database.reports import confirm_readings, replace_readings, save_reports
from storage.database.runs import ingested_runs, save_dismissals, save_run
from storage.database.scans import load_scans, newest_scan, scans_of_run
from storage.database.search import SectionMatch, search_sections
from storage.database.vanished import vanished_reports
from storage.database.verdicts import (
    checked_at,
    findings_of,
    load_obligations,
    load_standings,
    save_attestation,
    save_verdicts,
)

__all__ = [
    "NO_FILE_BESIDE",
    "Database",
    "DeliveryFigures",
    "OutboxEntry",
    "SectionMatch",
    "StoredCapture",
    "abandoned_attempts",
    "alerts",
    "alerts_about",
    "alerts_of_year",
    "attempts_between",
    "begin_attempt",
    "captures_of",
    "channel_states",
    "checked_at",
    "confirm_readings",
    "count_stored",
    "current_reports",
    "delivery_figures",
    "end_attempt",
    "evidence_of_year",
    "findings_of",
    "holds_lease",
    "ingested_runs",
    "is_stored",
    "last_rounds",
    "last_told",
    "lease_holder",
    "live_alerts",
    "load_agencies",
    "load_memory",
    "load_obligations",
    "load_portals",
    "load_report",
    "load_reports",
    "load_scans",
    "load_standings",
    "mark_failed",
    "mark_sent",
    "mark_stood_in",
    "named_agencies",
    "newest_scan",
    "note_round",
    "open_any_reader",
    "open_database",
    "open_reader",
    "portal_names",
    "read_as_it_lies",
    "rebuild_alerts",
    "rebuilt_alerts",
    "release_lease",
    "renew_lease",
    "replace_readings",
    "report_versions",
    "require_lease",
    "save_attestation",
    "save_channel_state",
    "save_dismissals",
    "save_memory",
    "save_registry",
    "save_reports",
    "save_run",
    "save_transitions",
    "save_verdicts",
    "scans_of_run",
    "search_sections",
    "settle_transitions",
    "stored_attributions",
    "stored_captures",
    "take_lease",
    "tellings_of",
    "told_at",
    "transitions_of",
    "turns_of",
    "unsent_transitions",
    "vanished_reports",
    "versions_of_year",
]
