"""Telling people: what is unsent becomes messages, each channel gets its own, and what became of it is kept.

At least once, and twice only where nobody knows: before a message leaves its attempt is committed, and only
the receiver's own word makes it sent. A refused one is sent again as if never tried; of which the outcome is
unknown is sent again under the same id, marked as possibly a duplicate. A channel is served under a lease, so
that two processes never serve it at once. One that fails or hangs holds up no other; one that is dead has the
operator told, and others tell what it should have (`monitor.notices.escalation`).
"""

from __future__ import annotations

import logging
import os
import socket
import sqlite3
import time
import traceback
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.alerts.book import held_alerts
from monitor.notices.channels import address_mark, after, is_left_alone, known_as, recipients, redacted, revived
from monitor.notices.digest_mail import mail
from monitor.notices.digest_pages import pages
from monitor.notices.digests import Frame, fold
from monitor.notices.dispatches import Dispatch, Outbox, dispatches
from monitor.notices.escalation import SUBJECT, incidents, waiting_for
from monitor.notices.pacing import is_quiet
from monitor.notices.posting import STARTING, posted
from monitor.notices.receivers import MAIL, Receipt, Word, receiver_of
from monitor.notices.unsent import awaiting_check, corrections_for, named_in, read_outbox, settle
from storage.configuration import channel_url
from storage.database import (
    abandoned_attempts,
    alerts_about,
    attempts_between,
    begin_attempt,
    channel_states,
    end_attempt,
    last_rounds,
    live_alerts,
    load_portals,
    mark_stood_in,
    named_agencies,
    note_round,
    release_lease,
    renew_lease,
    require_lease,
    save_channel_state,
    save_transitions,
    take_lease,
    told_at,
)
from storage.database.connection import writing
from storage.errors import ConfigurationError, DatabaseError, LeaseLostError
from storage.records import AttemptState, ChannelState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from monitor.alerts.book import Change
    from monitor.notices.channels import Recipient
    from monitor.notices.digest_pages import Page
    from storage.configuration import Configuration
    from storage.database import Database

LIMIT = 30.0
"""Seconds that one receiver may take; then its process is killed, and whether it took the message is unknown."""

LEASE_MARGIN = timedelta(minutes=1)
TURNS = 2
MINUTE = timedelta(minutes=1)
RATE_LIMIT, OTHER_SENDER, ASKED_TO_WAIT = "rate_limit", "other_sender", "asked_to_wait"
"""Why a channel must wait: it has had its fill for this minute, another process is serving it, or it said so."""

UNSET = "-"
"""In the place of an address's mark: a variable of it is not set."""

OWN_FAULT = "a fault of this program"

_STATES = {
    Word.TAKEN: AttemptState.SENT,
    Word.REFUSED: AttemptState.REFUSED,
    Word.UNKNOWN: AttemptState.UNCERTAIN,
}
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message, or of a channel that got none. `error` None: its receiver took it.

    `state` None: nothing was sent, because the channel is dead, or must wait (`is_waiting`; then `error` is
    `RATE_LIMIT`, `OTHER_SENDER` or `ASKED_TO_WAIT`). `transitions` 0 with an error: this program failed at it.
    """

    channel: str
    title: str
    transitions: int
    error: str | None
    state: AttemptState | None = AttemptState.SENT
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class _Shift:
    """One call of `send_unsent`: its instant, which stands still for what is stored, and what it works with."""

    db: Database
    configuration: Configuration
    now: datetime
    environ: Mapping[str, str]
    limit: float
    is_paced: bool
    crew: tuple[Recipient, ...]
    portals: Mapping[str, str]
    owner: str
    began: float

    @property
    def instant(self) -> datetime:
        """The instant of leases, which goes on while receivers take their time."""
        return self.now + timedelta(seconds=time.monotonic() - self.began)

    @property
    def lasting(self) -> timedelta:
        """How long a channel's lease lasts: one message and then some."""
        return timedelta(seconds=self.limit + STARTING) + LEASE_MARGIN


def send_unsent(
    db: Database,
    configuration: Configuration,
    now: datetime,
    environ: Mapping[str, str],
    *,
    limit: float = LIMIT,
    resting: Collection[str] = (),
    is_paced: bool = False,
) -> tuple[Delivery, ...]:
    """Send what is unsent to every channel, and settle what every channel has that wants it.

    `is_paced`: as the service does it, minding quiet hours, intervals and rests after failures; else everything
    leaves at once, but to a channel that has asked to be left alone. `resting` are channels, by their key, that
    are left alone in any case. Without any channel everything stays in the outbox.
    """
    shift = _Shift(
        db=db,
        configuration=configuration,
        now=now,
        environ=environ,
        limit=limit,
        is_paced=is_paced,
        crew=recipients(configuration.notify),
        portals={portal.id: portal.name for portal in load_portals(db)},
        owner=f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}",
        began=time.monotonic(),
    )
    done: list[Delivery] = []
    over = set(resting)
    # A channel that dies on the way has the others tell what it should have, in the same call.
    is_news = _tell_operator(shift)
    for turn in range(TURNS):
        for recipient in shift.crew:
            if recipient.key not in over and (turn == 0 or is_news):
                own = _fenced(shift, recipient)
                done += own
                if any(delivery.error is not None for delivery in own):
                    over.add(recipient.key)
                is_news |= _tell_operator(shift)
    if shift.crew:
        settle(db, shift.crew)
    return tuple(done)


def revive(db: Database) -> int:
    """Give every dead channel another chance; how many there were."""
    dead = [state for state in channel_states(db).values() if state.dead_since is not None]
    for state in dead:
        save_channel_state(db, revived(state, state.address_mark))
    return len(dead)


def _fenced(shift: _Shift, recipient: Recipient) -> tuple[Delivery, ...]:
    """What became of one channel. A fault of this program at one counts as its failure, and the others are served."""
    done: list[Delivery] = []
    try:
        done.extend(_serve(shift, recipient))
    except (DatabaseError, sqlite3.Error):
        raise
    except Exception as fault:  # noqa: BLE001 - noted, told, and tried again later
        (*_, place) = traceback.extract_tb(fault.__traceback__)
        # Its own words may hold the address.
        said = f"{OWN_FAULT}: {type(fault).__name__} at {Path(place.filename).name}:{place.lineno}"
        _LOG.exception("channel %s: %s", recipient.key, said)
        state = channel_states(shift.db).get(recipient.key, ChannelState(recipient.key, UNSET))
        _keep(shift.db, after(state, Receipt(Word.UNKNOWN, said), shift.now, said))
        done.append(Delivery(recipient.key, "", 0, said, AttemptState.UNCERTAIN))
    return tuple(done)


def _serve(shift: _Shift, recipient: Recipient) -> Iterator[Delivery]:
    """Send one channel what it is due."""
    db, now, key = shift.db, shift.now, recipient.key
    try:
        url = channel_url(recipient.url, shift.environ, shift.configuration.language)
    except ConfigurationError as unset:
        state = known_as(channel_states(db), key, UNSET)
        state = replace(state, dead_since=state.dead_since or now, last_error=str(unset))
        if _keep(db, state):
            _LOG.warning("channel %s: %s", key, unset)
        yield from _dead_letters(shift, recipient, state)
        return
    state = known_as(channel_states(db), key, address_mark(url))
    _keep(db, state)
    if is_left_alone(state, now, is_asked_for=not shift.is_paced):
        yield from _dead_letters(shift, recipient, state)
        if not shift.is_paced and state.dead_since is None:
            yield _Counter(shift, recipient, url, 0).waiting(ASKED_TO_WAIT)
        return
    if shift.is_paced and is_quiet(recipient.pace, now):
        return
    if not _dispatches(shift, recipient) and not abandoned_attempts(db, key):
        return
    token = take_lease(db, f"notify:{key}", shift.owner, shift.instant, shift.lasting)
    if token is None:
        yield from _others_turn(shift, recipient)
        return
    try:
        yield from _Counter(shift, recipient, url, token).served(state)
    except LeaseLostError:
        _LOG.warning("channel %s: its lease has gone to another process", key)
        yield from _others_turn(shift, recipient)
    finally:
        release_lease(db, f"notify:{key}", token, shift.instant)


def _others_turn(shift: _Shift, recipient: Recipient) -> Iterator[Delivery]:
    """What waits while another process serves the channel, for a person who asked."""
    if not shift.is_paced:
        yield _Counter(shift, recipient, "", 0).waiting(OTHER_SENDER)


def _dispatches(shift: _Shift, recipient: Recipient) -> tuple[Dispatch, ...]:
    """The messages that the channel is due."""
    db, key = shift.db, recipient.key
    entries, agencies = read_outbox(db)
    unsure = awaiting_check(db, entries, agencies)
    outbox = Outbox(
        entries=tuple(entry for entry in entries if entry.alert.id not in unsure),
        crew=shift.crew,
        dead=frozenset(state.channel for state in channel_states(db).values() if state.dead_since is not None),
        agencies=agencies,
        corrections=corrections_for(db, entries, key),
        told=told_at(db, key),
        rounds=last_rounds(db, key),
    )
    return dispatches(recipient, outbox, shift.now, is_paced=shift.is_paced)


def _keep(db: Database, state: ChannelState) -> bool:
    """Record how a channel fares, where that is news; was it?"""
    is_news = channel_states(db).get(state.channel, ChannelState(state.channel, state.address_mark)) != state
    if is_news:
        save_channel_state(db, state)
    return is_news


@dataclass(frozen=True, slots=True)
class _Counter:
    """One channel while its lease is held."""

    shift: _Shift
    recipient: Recipient
    url: str
    token: int

    def served(self, state: ChannelState) -> Iterator[Delivery]:
        """Send message after message, until one is not taken or the channel has had its fill."""
        db, now, key = self.shift.db, self.shift.now, self.recipient.key
        self._recover()
        receiver = receiver_of(self.url)
        sent = attempts_between(db, key, now - MINUTE, now)
        for dispatch in _dispatches(self.shift, self.recipient):
            frame = self._frame(dispatch)
            *_, last = whole = pages(dispatch.items, key, frame, receiver.most_bytes)
            for page in whole:
                if receiver.per_minute is not None and sent >= receiver.per_minute:
                    yield self.waiting(RATE_LIMIT)
                    return
                html = mail(page.items, frame, page.id) if receiver is MAIL else ""
                word, state = self._attempt(state, page, html, dispatch, is_last=page is last)
                sent += 1
                yield Delivery(key, page.title, len(page.told), state.last_error, _STATES[word])
                if word is not Word.TAKEN:
                    return

    def waiting(self, why: str) -> Delivery:
        """That the rest must wait, and how much it is."""
        left = sum(len(item.told) for dispatch in _dispatches(self.shift, self.recipient) for item in dispatch.items)
        return Delivery(self.recipient.key, "", left, why, None, is_waiting=True)

    def _recover(self) -> None:
        """What an earlier process was sending when it ended is unknown."""
        with writing(self.shift.db):
            require_lease(self.shift.db, f"notify:{self.recipient.key}", self.token, self.shift.instant)
            for number in abandoned_attempts(self.shift.db, self.recipient.key):
                error = "the sender ended before the receiver's word; the message may have arrived"
                end_attempt(self.shift.db, number, AttemptState.UNCERTAIN, self.shift.now, error)

    def _frame(self, dispatch: Dispatch) -> Frame:
        shift = self.shift
        return Frame(
            now=shift.now,
            agencies=named_agencies(shift.db, named_in(item.alert for item in dispatch.items)),
            portals=shift.portals,
            held=sum(map(len, held_alerts(live_alerts(shift.db)).values())),
            stands_in_for=dispatch.stands_in_for,
            is_deputy=self.recipient.is_deputy,
            language=shift.configuration.language,
        )

    def _attempt(
        self, state: ChannelState, page: Page, html: str, dispatch: Dispatch, *, is_last: bool
    ) -> tuple[Word, ChannelState]:
        """One message: its attempt committed, the message sent, the receiver's word committed."""
        db, now, key = self.shift.db, self.shift.now, self.recipient.key
        lease = f"notify:{key}"
        renew_lease(db, lease, self.token, self.shift.instant, self.shift.lasting)
        with writing(db):
            require_lease(db, lease, self.token, self.shift.instant)
            number = begin_attempt(db, page.id, key, page.told, now)
        receipt = posted(self.url, page, html, now, self.shift.limit)
        error = redacted(receipt.said, self.url) or "not taken"
        after_it = after(state, receipt, now, error)
        with writing(db):
            require_lease(db, lease, self.token, self.shift.instant)
            end_attempt(db, number, _STATES[receipt.word], now, after_it.last_error)
            if receipt.word is Word.TAKEN and dispatch.stands_in_for:
                mark_stood_in(db, page.told, dispatch.stands_in_for, key, now)
            if is_last and receipt.word is not Word.REFUSED:
                # A last page that may have arrived comes back as a repetition, not as the digest of the day.
                for group in dispatch.groups:
                    note_round(db, key, group, now)
            save_channel_state(db, after_it)
        if receipt.word is not Word.TAKEN:
            _LOG.warning("channel %s did not take %d transitions: %s", key, len(page.told), error)
        return receipt.word, after_it


def _dead_letters(shift: _Shift, recipient: Recipient, state: ChannelState) -> Iterator[Delivery]:
    """What waits for a dead channel, for a person who asked; the service has told the operator."""
    if state.dead_since is None or shift.is_paced:
        return
    waiting = tuple(waiting_for(recipient, *read_outbox(shift.db)))
    told = sum(len(item.told) for item in fold(waiting, recipient.key).items)
    if told:
        yield Delivery(recipient.key, "", told, state.last_error or "not taken", None)


def _tell_operator(shift: _Shift) -> bool:
    """Open and end the incidents about channels; was one opened?"""
    keys = {recipient.key for recipient in shift.crew}

    def due() -> tuple[Change, ...]:
        book = alerts_about(shift.db, SUBJECT)
        return incidents(keys, channel_states(shift.db), book, shift.now, shift.configuration.language)

    for state in channel_states(shift.db).values():
        if state.channel not in keys and state.dead_since is not None:
            # Whoever took it out of the settings has dealt with it.
            save_channel_state(shift.db, revived(state, state.address_mark))
    if not due():
        return False
    with writing(shift.db):
        changes = due()
        save_transitions(shift.db, changes)
    return any(transition.from_state is None for _, transition in changes)
