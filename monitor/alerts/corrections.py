"""Why an accusation ended, and what those are told who were told of it.

Pure. An ending is one of a closed set of kinds. It stands in the evidence of the ended alert (an entry of
kind `ending`), its words are the reason of the transition. A *retraction* says that the alert should never
have been sent; every other ending says what has happened since.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from monitor.agency_years.proofs import minute_text
from storage.records import LIVE_STATES, AlertState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from storage.records import Alert, Transition


class Ending(StrEnum):
    """How an accusation ended."""

    FALSE_ALARM = "false_alarm"
    """It was there in time, or when we said that it was not."""
    FOUND_LATER = "found_later"
    FOUND_UNDATED = "found_undated"
    SUCCEEDED = "succeeded"
    """The report of an agency that took over was found."""
    RETURNED = "returned"
    VOUCHED = "vouched"
    CORRECTED_REPORT = "corrected_report"
    MISREAD = "misread"
    """The same bytes, judged anew, hold no errors: the mistake was ours."""
    DATE_UNKNOWN = "date_unknown"
    NOT_THE_REPORT = "not_the_report"
    """What was taken for the report is not it."""
    SUPERSEDED = "superseded"
    """Another alert has taken its place."""
    NOT_DUE = "not_due"
    IN_GRACE = "in_grace"
    WAIVED = "waived"
    EXEMPT = "exempt"
    LEFT_REGISTRY = "left_registry"
    PASSED = "passed"
    """An incident of the operator's: what it was about is over."""
    NO_LONGER = "no_longer"


_TEXTS: Mapping[str, Mapping[Ending, str]] = {
    "zh": {
        Ending.FALSE_ALARM: "撤回：此前告警有误，该报告在告警之前的{at}已检索到",
        Ending.MISREAD: "撤回：同一版本的报告重新核对后未再发现错误，此前判断有误，或名录已更正",
        Ending.PASSED: "该情况已消失；暂缓的告警如仍成立，即行发出",
        Ending.NO_LONGER: "依据不再成立",
    },
    "en": {
        Ending.FALSE_ALARM: "retracted: the alert was wrong, the report had been found at {at}, before it was opened",
        Ending.MISREAD: "retracted: the same version of the report holds no errors when judged anew; our judgement was "
        "wrong, or the registry has been corrected",
        Ending.PASSED: "it is over; alerts that were held are sent if they still stand",
        Ending.NO_LONGER: "no longer holds",
    },
}
_SEEN_BEFORE_MATTERS = frozenset({Ending.FOUND_LATER, Ending.FOUND_UNDATED, Ending.RETURNED, Ending.SUPERSEDED})


class Cure(NamedTuple):
    """Why an accusation would end now, in words. `seen_at` is when our own scans saw the report, for `missing`
    first and for `withdrawn` last; `digest` is of the version that is judged now."""

    ending: Ending
    reason: str
    is_retraction: bool = False
    seen_at: datetime | None = None
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What the recipients of an alert hear when it has ended: what they were told and when, and how it ended.

    `told` are the words of the alert at `told_at`, unchanged; `by` is empty where no person ended it.
    """

    ending: Ending
    is_retraction: bool
    told: str
    told_at: datetime
    reason: str
    ended_at: datetime
    by: str


def ended(cure: Cure | None, alert: Alert, language: str = "zh") -> Cure:
    """How this very alert ends: the cure, held against when the alert was opened and what it was about.

    None: nothing is known but that it holds no longer.
    """
    texts = _TEXTS[language]
    if cure is None:
        ending = Ending.PASSED if alert.agency is None else Ending.NO_LONGER
        return Cure(ending, texts[ending])
    if cure.ending in _SEEN_BEFORE_MATTERS and cure.seen_at is not None and cure.seen_at < alert.opened_at:
        words = texts[Ending.FALSE_ALARM].format(at=minute_text(cure.seen_at))
        return Cure(Ending.FALSE_ALARM, words, is_retraction=True)
    if cure.ending is Ending.CORRECTED_REPORT and cure.digest is not None and cure.digest in _digests(alert.evidence):
        return Cure(Ending.MISREAD, texts[Ending.MISREAD], is_retraction=True)
    return cure


def ending_entry(cure: Cure) -> Mapping[str, Any]:
    """The ending as evidence."""
    return {"kind": "ending", "ending": cure.ending.value, "is_retraction": cure.is_retraction, "reason": cure.reason}


def told_words(history: Sequence[Transition], told_at: datetime) -> str:
    """What an alert said at that instant, by its history; its first words where that is before them."""
    words = [transition for transition in history if transition.message is not None]
    said = [transition.message for transition in words if transition.at <= told_at]
    return (said or [words[0].message])[-1] or ""


def correction(alert: Alert, history: Sequence[Transition], told_at: datetime) -> Correction | None:
    """What somebody must hear who was last told of this alert at `told_at`; None while it is live.

    `history` are the alert's transitions, oldest first.
    """
    if alert.state in LIVE_STATES:
        return None
    last = next(move for move in reversed(history) if move.to_state is alert.state)
    entry = next((entry for entry in reversed(alert.evidence) if entry["kind"] == "ending"), None)
    if alert.state is AlertState.WAIVED or entry is None:
        ending, is_retraction = Ending.WAIVED if alert.state is AlertState.WAIVED else Ending.NO_LONGER, False
    else:
        ending, is_retraction = Ending(entry["ending"]), bool(entry["is_retraction"])
    return Correction(
        ending=ending,
        is_retraction=is_retraction,
        told=told_words(history, told_at),
        told_at=told_at,
        reason=last.reason,
        ended_at=last.at,
        by=last.by,
    )


def _digests(evidence: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    return frozenset(entry["digest"] for entry in evidence if entry["kind"] == "report")
