"""Telling people: what is unsent becomes one digest a channel, goes out through Apprise, is marked sent.

At least once: a transition is marked only after the receiver took it, and one that was not taken stays
unsent with its attempts and the last error. A channel that fails or hangs holds up no other. Addresses
hold keys, so no address, nor any part of one, ever reaches a log or the database.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from monitor.digests import by_alert, fold, is_wanted
from storage.configuration import channel_url
from storage.database import load_agencies, mark_failed, mark_sent, settle_transitions, unsent_transitions
from storage.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from monitor.digests import Digest
    from storage.configuration import Channel, Configuration
    from storage.database import Database, OutboxEntry

LIMIT = 30.0
"""Seconds that one receiver may take; then its process is killed, and whether it took the message is unknown."""

LONGEST_ERROR = 300
DELIVERY = Path(__file__).with_name("delivery.py")
_KEY_PARTS = re.compile(r"[^:/?&=@#,;]{3,}")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one channel's digest. `error` None: its receiver took it."""

    channel: str
    title: str
    transitions: int
    error: str | None


def send_unsent(
    db: Database,
    configuration: Configuration,
    now: datetime,
    environ: Mapping[str, str],
    *,
    limit: float = LIMIT,
    resting: Collection[str] = (),
) -> tuple[Delivery, ...]:
    """Send what is unsent, one digest a channel, and settle what every channel has that wants it.

    `resting` are channels, by their key, to be left alone this time. Without any channel everything
    stays in the outbox.
    """
    entries = unsent_transitions(db)
    agencies = {agency.id: agency for agency in load_agencies(db)}
    done: dict[int, int] = {entry.id: 0 for entry in entries}
    deliveries = []
    for channel in configuration.notify:
        key = channel_key(channel)
        had = {entry.id for entry in entries if key in entry.delivered}
        mine = [entry for entry in entries if entry.id not in had and is_wanted(channel, entry.alert, agencies)]
        digest = fold(mine, agencies, now, language=configuration.language)
        wants = {entry.id for entry in mine}
        delivery = None
        if digest.told and key not in resting:
            delivery = _send(db, channel, digest, now, environ, limit=limit, language=configuration.language)
            deliveries.append(delivery)
        taken = set(digest.told) if delivery is not None and delivery.error is None else set()
        for entry in entries:
            if entry.id not in wants or entry.id in taken or entry.id in digest.silent:
                done[entry.id] += 1
    if configuration.notify:
        settle_transitions(db, _settled(entries, done, len(configuration.notify)))
    return tuple(deliveries)


def channel_key(channel: Channel) -> str:
    """A name for a channel that tells nothing of its address but the kind: `json-1a2b3c4d5e6f`.

    It is made from the address as it is written, variables unexpanded, so that a renewed key does not
    make it another channel.
    """
    scheme = channel.url.partition("://")[0]
    kind = scheme if re.fullmatch(r"[A-Za-z0-9+.-]{1,20}", scheme) else "channel"
    return f"{kind}-{hashlib.sha256(channel.url.encode()).hexdigest()[:12]}"


def redacted(text: str, url: str) -> str:
    """The text without anything that stands in the address: keys, passwords, names of hosts and users."""
    written = _KEY_PARTS.findall(url)
    for part in sorted({*written, *map(unquote, written)}, key=len, reverse=True):
        text = text.replace(part, "***")
    return " ".join(text.split())[:LONGEST_ERROR]


def _send(
    db: Database,
    channel: Channel,
    digest: Digest,
    now: datetime,
    environ: Mapping[str, str],
    *,
    limit: float,
    language: str,
) -> Delivery:
    key = channel_key(channel)
    try:
        url = channel_url(channel.url, environ, language)
    except ConfigurationError as unset:
        error: str | None = str(unset)
    else:
        error = _delivered(url, digest, limit)
    if error is None:
        mark_sent(db, digest.told, key, now)
    else:
        _LOG.warning("channel %s did not take %d transitions: %s", key, len(digest.told), error)
        mark_failed(db, digest.told, key, now, error)
    return Delivery(key, digest.title, len(digest.told), error)


def _delivered(url: str, digest: Digest, limit: float) -> str | None:
    """None where the receiver took the message, else what it or its process said, without secrets."""
    message = json.dumps({"url": url, "title": digest.title, "body": digest.body})
    try:
        run = subprocess.run(  # noqa: S603 - our own program; the message goes in on standard input
            [sys.executable, "-P", str(DELIVERY)],
            input=message,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=limit,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {limit:g} seconds; the message may have arrived"
    try:
        answer = json.loads(run.stdout)
    except ValueError:
        return redacted(f"delivery ended with {run.returncode}: {run.stderr[-LONGEST_ERROR:]}", url)
    if answer["accepted"]:
        return None
    return redacted(answer["said"] or "not taken", url)


def _settled(entries: Sequence[OutboxEntry], done: Mapping[int, int], channels: int) -> list[int]:
    """Entries of the alerts of which every channel has everything; an alert's entries leave together."""
    return [
        entry.id
        for own in by_alert(entries).values()
        if all(done[entry.id] == channels for entry in own)
        for entry in own
    ]
