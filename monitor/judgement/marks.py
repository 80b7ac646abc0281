"""By what a check sees that it has nothing to write: what findings follow from, and what the alert book bears.

Pure.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from monitor.alerts.accusations import MALFORMED
from storage.records import Content, Severity, Status

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from monitor.alerts.accusations import Matter
    from storage.database.judgements import Judged
    from storage.records import Finding

_OF_THE_DAY = "as_of"
"""What a finding of publication says of the day on which it was made, which makes it no other finding."""


def findings_mark(matter: Matter, judged: Judged | None, published: Sequence[Finding]) -> str:
    """While it is the same, so are the findings of the agency-year, but for the day on which they were made."""
    key = judged.key if judged is not None else ""
    if not published and not matter.silenced:
        return key
    evidence = [
        (finding.rule, finding.severity.value, sorted((k, v) for k, v in finding.evidence.items() if k != _OF_THE_DAY))
        for finding in published
    ]
    rest = repr((evidence, sorted(matter.silenced)))
    return f"{key}:{blake2b(rest.encode(), digest_size=8).hexdigest()}"


def judged_key(mark: str | None) -> str | None:
    """The key of the judgement that a mark was made from."""
    return None if mark is None else mark.partition(":")[0]


def has_unsettled(
    matters: Sequence[Matter],
    published: Mapping[str, Sequence[Finding]],
    settled: Collection[tuple[str, str]],
    *,
    grace_days: int,
) -> bool:
    """Is any of these agency-years accused of what the book does not bear, because it is held?

    `published`: agency → its findings of publication; `settled`: agency and rule of alerts alive or waived.
    """
    for matter in matters:
        key, standing = matter.agency.id, matter.standing
        is_in_grace = standing.status is Status.LATE and (standing.days_late or 0) <= grace_days
        for finding in published.get(key, ()):
            if finding.severity is Severity.ERROR and not is_in_grace and (key, finding.rule) not in settled:
                return True
        if standing.content is Content.MALFORMED and standing.status is not Status.EXEMPT:
            is_silenced = MALFORMED in matter.silenced
            if not is_silenced and (key, MALFORMED) not in settled:
                return True
    return False
