"""A machine that does to a watch whatever can happen to one, and holds it against the model after every check."""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from functools import cache, wraps
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from monitor.alerts.book import OPERATOR, fingerprint
from monitor.notices.digests import is_wanted
from storage.errors import AlertError
from storage.records import LIVE_STATES, AlertState
from tests.monitor.watch_layers import Pure, Stored, made_template
from tests.monitor.watch_model import CHINA, CONFIRM, SLACK, Log, Scanned, Word, accused, undecided
from tests.monitor.watch_records import registry_of
from tests.monitor.watch_world import (
    BODIES,
    CHANNELS,
    COMPLETE,
    EDITS,
    IN_TIME,
    LATER,
    OUTCOMES,
    REACHED,
    SHOWN,
    STEPS,
    TAKEN,
    Receivers,
    edited,
    send,
)

START = datetime(2025, 1, 28, 9, tzinfo=CHINA)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def step(**strategies):
    """A rule, counted when it is taken."""

    def counted(function):
        @wraps(function)
        def taken(self, **given):
            TAKEN[type(self).__name__] += 1
            function(self, **given)

        return rule(**strategies)(taken)

    return counted


class WatchMachine(RuleBasedStateMachine):
    """Everything that happens, in any order; `layer` is what is driven."""

    def __init__(self):
        super().__init__()
        self.now = START
        self.ticks = 0
        self.log = Log()
        self.bodies = {body.key: body for body in BODIES}
        self.dropped = {}
        self.receivers = Receivers()
        # Channel → the incident of the operator's about it.
        self.own_troubles = {}
        self.checked_at = None
        self.said = {}
        self.shown = {}
        self.layer = self.made_layer()

    def made_layer(self):
        raise NotImplementedError

    # What portals, people and clocks do.

    @step(
        portal=st.sampled_from("aaabbc"),
        outcome=st.sampled_from(OUTCOMES),
        seen=st.integers(0, 31),
        shown=st.sampled_from(SHOWN),
        control=st.sampled_from((True, True, True, False)),
    )
    def scan(self, portal, outcome, seen, shown, control):
        """A portal is scanned; `seen` has a bit for each of its agencies whose report is there."""
        self._scan(self.scanned(portal, outcome, seen, shown, control=control))

    @step(portal=st.sampled_from("aabc"), control=st.sampled_from((True, True, True, False)))
    def confirm(self, portal, control):
        """A day later the same portal is scanned again and shows what it showed."""
        self.tick(DAY)
        self._scan(self.again(portal, control=control))
        self.judge()

    @step(
        key=st.sampled_from([body.key for body in BODIES]),
        absent=st.booleans(),
        day=st.sampled_from((None, IN_TIME, LATER)),
    )
    def attest(self, key, absent, day):
        """A person says what they saw."""
        STEPS["attest"] += 1
        word = Word(self.moment(), absent, None if absent else day)
        self.layer.say(key, word)
        self.log.words.setdefault(key, []).append(word)

    @step(edit=st.sampled_from(EDITS), key=st.sampled_from([body.key for body in BODIES]))
    def edit(self, edit, key):
        """The operator's files change."""
        STEPS[f"edit {edit.what}"] += 1
        body = self.bodies.get(key)
        if edit.what == "restore":
            self.bodies |= self.dropped
            self.dropped = {}
        elif body is None:
            return
        elif edit.what == "drop":
            if len(self.bodies) > 2:
                self.dropped[key] = self.bodies.pop(key)
        else:
            self.bodies[key] = edited(body, edit, self.now.astimezone(CHINA).date())

    @step(turn=st.integers(0, 30), verb=st.sampled_from(("ack", "waive", "reopen", "object")))
    def decide(self, turn, verb):
        """A person decides on an alert; what its state forbids is refused."""
        STEPS[f"alerts {verb}"] += 1
        book = self.layer.book()
        if not book:
            return
        alert = book[turn % len(book)]
        twins = [one for one in book if fingerprint(one) == fingerprint(alert) and one.state in LIVE_STATES]
        if verb == "reopen" and alert.state is AlertState.WAIVED and twins:
            return
        with contextlib.suppress(AlertError):
            self.layer.act(alert, verb, self.moment())

    @step(hours=st.sampled_from((1, 7, 20, 24, 30)))
    def wait(self, hours):
        """Time passes, and the watch checks."""
        self.tick(hours * HOUR)
        self.judge()

    @step(days=st.sampled_from((-1, 3, 8, 40)))
    def jump(self, days):
        """The machine sleeps for three days, or its clock is set wrong or right."""
        STEPS[f"clock {days:+d} d"] += 1
        self.tick(days * DAY)

    @step(channel=st.sampled_from(tuple(CHANNELS)), mode=st.sampled_from(("up", "up", "down", "uncertain", "deaf")))
    def receiver(self, channel, mode):
        """A receiver fails, recovers, takes a message without saying so, or the sender dies before it notes that."""
        STEPS[f"receiver {mode}"] += 1
        self.receivers.mode[channel] = mode

    @step()
    def check(self):
        """The watch judges."""
        self.judge()

    @step()
    def notify(self):
        """What is unsent is sent."""
        STEPS["notify"] += 1
        self.send()

    def send(self):
        """One round of what is unsent."""
        send(self.layer, self.receivers, self.everybody(), self.now)

    # What must hold.

    def judge(self):
        """A check, unless the clock stands before what was judged last; then watch and model are compared."""
        if self.checked_at is not None and self.now < self.checked_at - timedelta(minutes=1):
            STEPS["check refused"] += 1
            return
        STEPS["check"] += 1
        self.tell_apart(self.layer.check(self.registry(), self.now))
        self.checked_at = self.now

    def tell_apart(self, changes):
        """The watch and the model say the same."""
        standings = self.layer.standings()
        book = self.layer.book()
        for body in self.bodies.values():
            expected = self.log.expected(body, self.now)
            standing = standings[body.key]
            self.said[body.key] = expected
            REACHED[f"{expected.status} {expected.proof or ''}".strip()] += 1
            found = (standing.status.value, standing.proof)
            assert found == (expected.status, expected.proof), (body, self.now, standing, expected)
            if expected.reason is not None:
                assert standing.reason == expected.reason, (body, standing, expected)
            if expected.status != "exempt" and not self.is_ahead():
                assert (standing.content.value if standing.content else None) == expected.content, (standing, expected)
            if expected.status == "missing":
                proofs = self.log.qualifying(body, self.now)
                assert proofs[-1].at - proofs[0].at >= CONFIRM - SLACK
        for alert, transition in changes:
            kind = "incident " + alert.subject.partition(":")[0] if alert.rule == OPERATOR else alert.rule
            REACHED[f"{kind} {transition.to_state.value}"] += transition.from_state is not transition.to_state
            if alert.rule != OPERATOR and alert.agency in self.bodies:
                self.is_fair(alert, transition, book)
        self.is_one_book(book)
        if not self.is_ahead():
            self.is_whole_book(book)
        assert sorted(self.layer.history(), key=lambda one: one.id) == sorted(book, key=lambda one: one.id)

    def is_fair(self, alert, transition, book):
        """Nothing is opened that the model does not accuse of, nor again what a person waived; nothing is ended that
        still holds, or of which nothing can be said."""
        body = self.bodies[alert.agency]
        expected = self.said[body.key]
        held = accused(body, expected, self.now)
        if transition.from_state is None:
            assert alert.rule in held, (alert, expected)
            twins = [one for one in book if fingerprint(one) == fingerprint(alert) and one.id != alert.id]
            is_waived = any(one.state is AlertState.WAIVED for one in twins)
            assert alert.rule == "late" or not is_waived, (alert, twins)
        elif transition.to_state is AlertState.RESOLVED:
            assert alert.rule not in held | undecided(expected), (alert, expected)

    def is_one_book(self, book):
        """At most one live alert has the same fingerprint; none is of an agency that has left."""
        live = Counter(fingerprint(alert) for alert in book if alert.state in LIVE_STATES)
        assert all(count == 1 for count in live.values()), live
        if any(about.subject == "clock" for about in live):
            # While a clock is in doubt nothing is opened and nothing ended.
            return
        for about in live:
            if about.rule == OPERATOR:
                continue
            assert about.agency in self.bodies, about
            body = self.bodies[about.agency]
            expected = self.said[body.key]
            assert about.rule in accused(body, expected, self.now) | undecided(expected), (about, expected)

    def is_whole_book(self, book):
        """Whatever is to be accused has its alert, was waived, or is held by an incident that is in the book."""
        borne = {fingerprint(alert) for alert in book if alert.state in LIVE_STATES | {AlertState.WAIVED}}
        subjects = {about.subject for about in borne if about.rule == OPERATOR}
        for body in self.bodies.values():
            for wanted in accused(body, self.said[body.key], self.now):
                if any(about.agency == body.key and about.rule == wanted for about in borne):
                    continue
                holding = {"clock", f"flapping:{body.key}", "flapping"}
                if wanted in {"missing", "withdrawn"}:
                    holding |= {f"portal:{body.portal}"}
                assert holding & subjects, (body, wanted, subjects)

    def teardown(self):
        """All faults end: portals answer, receivers listen, the clock is right."""
        try:
            self.recover()
        finally:
            self.layer.close()

    def recover(self):
        latest = [self.now, *(scan.at for scan in self.log.scans)]
        latest += [word.at for words in self.log.words.values() for word in words]
        self.now = max([*latest, self.checked_at or self.now]) + 2 * HOUR
        since = self.now
        self.receivers.mode = dict.fromkeys(CHANNELS, "up")
        for _ in range(2):
            self.tick(DAY)
            for portal in "abc":
                self._scan(self.again(portal, control=True))
            self.judge()
            self.send()
        for body in self.bodies.values():
            is_settled = self.said[body.key].status not in {"unknown", "suspected_missing"}
            assert is_settled or body.end > since, (body, self.said[body.key])
        assert self.layer.outbox() == ()
        everybody = self.everybody()
        for alert in self.layer.book():
            for key, channel in CHANNELS.items():
                # Of its own troubles a channel tells nobody.
                if not is_wanted(channel, alert, everybody) or alert.subject == self.own_troubles.get(key):
                    continue
                if alert.state in LIVE_STATES:
                    assert alert.id in self.receivers.told[key], (key, alert)
                else:
                    assert alert.id not in self.receivers.told[key], (key, alert)

    # Helpers.

    def tick(self, passed):
        self.now += passed

    def moment(self):
        """Now, as an instant that nothing else has: ties would make the order a matter of chance."""
        self.ticks += 1
        return self.now + timedelta(milliseconds=self.ticks)

    def is_ahead(self):
        """Did something happen by a clock that has gone back since?"""
        later = [scan.at for scan in self.log.scans if scan.at > self.now + HOUR]
        return bool(later) or any(word.at > self.now + HOUR for words in self.log.words.values() for word in words)

    def registry(self):
        return registry_of(self.bodies.values())

    def everybody(self):
        """The agencies that are or were in the registry, by id."""
        return {agency.id: agency for agency in registry_of((*self.bodies.values(), *self.dropped.values())).agencies}

    def own(self, portal):
        return tuple(body.key for body in self.bodies.values() if body.portal == portal)

    def scanned(self, portal, outcome, seen, shown, *, control):
        mine = self.own(portal)
        if outcome in {"blocked", "robots_refused", "robots_unreachable", "unreachable"}:
            seen, control = 0, False
        found = [key for bit, key in enumerate(mine) if seen >> bit & 1]
        rows = {key: shown.row for key in found if shown.row is not None}
        reads = {key: shown.read for key in found if shown.read is not None}
        return Scanned(self.moment(), portal, mine, outcome, control, rows, reads, shown.bulk)

    def again(self, portal, *, control):
        """A complete scan that shows what the portal showed last, of the agencies that are still registered."""
        mine = self.own(portal)
        last = self.shown.get(portal)
        if last is None:
            return Scanned(self.moment(), portal, mine, COMPLETE, control)
        rows = {key: row for key, row in last.rows.items() if key in mine}
        reads = {key: read for key, read in last.reads.items() if key in mine}
        return Scanned(self.moment(), portal, mine, COMPLETE, control, rows, reads, last.bulk)

    def _scan(self, scanned):
        STEPS[f"scan {scanned.outcome}"] += 1
        if not scanned.agencies:
            return
        self.layer.save(self.registry(), self.now)
        self.layer.scan(scanned)
        self.note(scanned)

    def note(self, scanned):
        """The scan is known to the watch, so the model knows it too."""
        self.log.add(scanned)
        if scanned.outcome == COMPLETE:
            self.shown[scanned.portal] = scanned


class PureMachine(WatchMachine):
    """On the deciding functions alone."""

    def made_layer(self):
        return Pure()


@cache
def template():
    return made_template(Path(tempfile.mkdtemp(prefix="nianbao-watch-")))


class StoredMachine(WatchMachine):
    """On a real database, with crashes."""

    def made_layer(self):
        self.folder = tempfile.TemporaryDirectory(prefix="nianbao-watch-")
        return Stored(Path(self.folder.name), template())

    def teardown(self):
        super().teardown()
        self.folder.cleanup()

    @step(
        portal=st.sampled_from("aabc"),
        outcome=st.sampled_from(OUTCOMES),
        seen=st.integers(0, 31),
        shown=st.sampled_from(SHOWN),
        after=st.sampled_from((0, 3, 10, 20, 40, 80, 160)),
    )
    def crash_in_a_scan(self, portal, outcome, seen, shown, after):
        """The process dies while a run is taken over: all of it is known afterwards, or nothing."""
        STEPS["crash in a scan"] += 1
        scanned = self.scanned(portal, outcome, seen, shown, control=True)
        if not scanned.agencies:
            return
        self.layer.crash(lambda: self.layer.scan(scanned), after)
        if self.layer.has_last_run():
            self.note(scanned)

    @step(after=st.sampled_from((0, 5, 20, 60, 120, 250, 500)))
    def crash_in_a_check(self, after):
        """The process dies while it judges: nothing of that check is kept, or everything."""
        STEPS["crash in a check"] += 1
        if self.checked_at is not None and self.now < self.checked_at:
            return
        before = (self.layer.standings(), self.layer.book(), len(self.layer.outbox()))
        registry = self.registry()
        if self.layer.crash(lambda: self.layer.check(registry, self.now), after):
            assert (self.layer.standings(), self.layer.book(), len(self.layer.outbox())) == before
        self.judge()

    @step()
    def check_everybody(self):
        """A check of all agencies finds nothing that the sparing one overlooked."""
        STEPS["check everybody"] += 1
        if self.checked_at is not None and self.now < self.checked_at:
            return
        self.judge()
        assert self.layer.overlooked(self.registry(), self.now) == ((), {})
