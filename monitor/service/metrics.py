"""The service's numbers as Prometheus reads them: text exposition format 0.0.4, written by hand.

No client library: every number is asked of the database at the moment, and none is counted in this process.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from monitor.service.health import Health
    from storage.database.service import Count

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Sample(NamedTuple):
    """One number of a family: its labels in the order of their names."""

    labels: tuple[str, ...]
    value: float


class Family(NamedTuple):
    """All numbers of one name; each is a gauge, since it may go down: a database can be restored."""

    name: str
    text: str
    labels: tuple[str, ...]
    samples: tuple[Sample, ...]


def exposition(health: Health) -> str:
    """The page that Prometheus fetches."""
    return "".join(line + "\n" for family in _families(health) for line in _lines(family))


def _families(health: Health) -> Iterator[Family]:
    counts = health.counts
    yield _one("nianbao_build_info", "The version that serves this page.", 1, ("version",), (_version(),))
    yield _one("nianbao_up", "1 where /healthz says ok.", float(not health.problems))
    yield Family(
        "nianbao_problems", "Problems as /healthz names them.", ("problem",),
        tuple(Sample((problem,), 1) for problem in health.problems),
    )  # fmt: skip
    yield _counted("nianbao_obligations", "Agency-years by status.", ("report_year", "status"), counts.obligations)
    yield _counted("nianbao_alerts", "Alerts ever opened, by their state now.", ("rule", "state"), counts.alerts)
    yield _counted("nianbao_delivery_attempts", "Messages by how they ended.", ("channel", "state"), counts.attempts)
    yield _counted("nianbao_scans_last_day", "Scans begun in the last 24 hours.", ("outcome",), counts.scans)
    figures = health.figures
    yield _one("nianbao_outbox_transitions", "Changes of the alert book that are not sent.", figures.unsent)
    yield Family(
        "nianbao_outbox_uncertain",
        "Those of them that a channel may have got.",
        ("channel",),
        tuple(Sample((channel,), count) for channel, count in figures.uncertain.items()),
    )
    yield Family(
        "nianbao_channel_dead",
        "1 for a channel that cannot work as it is set up.",
        ("channel",),
        tuple(Sample((state.channel,), float(state.dead_since is not None)) for state in figures.channels),
    )
    oldest = (health.at - figures.oldest_unsent_at).total_seconds() if figures.oldest_unsent_at else 0
    yield _one("nianbao_outbox_oldest_age_seconds", "Age of the oldest of them, 0 without any.", oldest)
    acts = health.acts.values()
    yield Family(
        "nianbao_act_last_duration_seconds", "How long the last turn of an act took.", ("act",),
        tuple(Sample((act.name,), act.seconds) for act in acts if act.seconds is not None),
    )  # fmt: skip
    yield Family(
        "nianbao_act_last_success_timestamp_seconds", "When an act last ended well.", ("act",),
        tuple(Sample((act.name,), act.succeeded_at.timestamp()) for act in acts if act.succeeded_at),
    )  # fmt: skip
    yield Family(
        "nianbao_act_outcome", "How the last turn of an act ended.", ("act", "outcome"),
        tuple(Sample((act.name, act.outcome.value if act.outcome else "under_way"), 1) for act in acts),
    )  # fmt: skip
    expires = health.holder[1].timestamp() if health.holder else 0
    yield _one("nianbao_lease_expires_timestamp_seconds", "When the service's lease ends, 0 for none.", expires)
    yield _one("nianbao_database_bytes", "Size of the database.", health.size)
    yield _one("nianbao_database_wal_bytes", "Size of its write-ahead log.", health.wal)
    yield _one("nianbao_database_writable", "1 where it may be written.", float(health.is_writable))
    yield _one("nianbao_disk_free_bytes", "Free on the disk of the data.", health.free)
    if health.least_free is not None:
        yield _one("nianbao_disk_least_free_bytes", "Below this no crawl starts.", health.least_free)


def _one(name: str, text: str, value: float, labels: tuple[str, ...] = (), values: tuple[str, ...] = ()) -> Family:
    return Family(name, text, labels, (Sample(values, value),))


def _counted(name: str, text: str, labels: tuple[str, ...], counts: Iterable[Count]) -> Family:
    return Family(name, text, labels, tuple(Sample(count.labels, count.value) for count in counts))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP {family.name} {family.text}"
    yield f"# TYPE {family.name} gauge"
    for sample in family.samples:
        yield f"{family.name}{_labels(family.labels, sample.labels)} {_number(sample.value)}"


def _labels(names: Sequence[str], values: Sequence[str]) -> str:
    pairs = ",".join(f'{name}="{value.translate(_ESCAPED)}"' for name, value in zip(names, values, strict=True))
    return f"{{{pairs}}}" if pairs else ""


def _number(value: float) -> str:
    return str(int(value)) if float(value).is_integer() else repr(float(value))


def _version() -> str:
    try:
        return version("nianbao")
    except PackageNotFoundError:
        return "0"
