"""The records that cross floors: who must report, what was looked at, what was found, who was told.

Years are report years (the year a report is about), dates are `date`, instants are aware `datetime`.
"""

from zoneinfo import ZoneInfo

from storage.records.alerts import LIVE_STATES, Alert, AlertState, Telling, Transition
from storage.records.deliveries import AttemptState, ChannelState
from storage.records.registry import Agency, AgencyKind, Portal, Registry, Succession, SuccessionKind, Waiver
from storage.records.scans import Candidate, Capture, EndProof, Look, Outcome, Scan, ScanPage, Sighting
from storage.records.verdicts import (
    Attestation,
    Content,
    Evidence,
    Finding,
    Obligation,
    Severity,
    Standing,
    Status,
    StoredReport,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")

__all__ = [
    "LIVE_STATES",
    "SHANGHAI",
    "Agency",
    "AgencyKind",
    "Alert",
    "AlertState",
    "AttemptState",
    "Attestation",
    "Candidate",
    "Capture",
    "ChannelState",
    "Content",
    "EndProof",
    "Evidence",
    "Finding",
    "Look",
    "Obligation",
    "Outcome",
    "Portal",
    "Registry",
    "Scan",
    "ScanPage",
    "Severity",
    "Sighting",
    "Standing",
    "Status",
    "StoredReport",
    "Succession",
    "SuccessionKind",
    "Telling",
    "Transition",
    "Waiver",
]
