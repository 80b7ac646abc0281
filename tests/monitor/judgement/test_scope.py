import shutil
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.alerts.book import ACTS, act
from monitor.judgement.judging import Memory
from monitor.judgement.verdicts import check_due, check_year
from storage.configuration import WatchSettings
from storage.database import (
    alerts,
    load_obligations,
    load_standings,
    open_database,
    replace_readings,
    save_attestation,
    save_registry,
    save_run,
    save_transitions,
)
from storage.errors import DatabaseError, LeaseLostError
from storage.received import ReadCapture
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    Attestation,
    Candidate,
    Capture,
    Content,
    Outcome,
    Portal,
    Registry,
    Scan,
    Succession,
    SuccessionKind,
    Waiver,
)
from storage.report import DateSource, StatedDate
from tests.builders import report

BEGIN = datetime(2025, 1, 27, 8, tzinfo=SHANGHAI)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEVER = timedelta(days=9999)
KINDS = {
    0: AgencyKind.LOCAL_DEPARTMENT,
    1: AgencyKind.LOCAL_DEPARTMENT,
    2: AgencyKind.TOWNSHIP_GOVERNMENT,
    3: AgencyKind.COUNTY_GOVERNMENT,
}


def world(portals, agencies):
    """A registry in which agencies of several portals are of one region, one is waived for a while, one ended."""
    keys = [(f"p{portal}", f"p{portal}-{number}") for portal in range(portals) for number in range(agencies)]
    bodies = tuple(
        Agency(key, f"第{key}局", KINDS.get(number % 9, AgencyKind.LOCAL_DEPARTMENT), f"3707{number % 2:02d}", portal)
        for number, (portal, key) in enumerate(keys)
    )
    waivers = (
        Waiver("p0-0", 2024, "*", "机构改革", "王敏", date(2025, 2, 3)),
        Waiver("p1-0", 2024, "missing", "经批准延期", "王敏", date(2025, 2, 6)),
    )
    merged = Succession("p0-1", "p1-1", date(2025, 1, 15), SuccessionKind.MERGED, "某编〔2025〕1号")
    sites = tuple(
        Portal(f"p{number}", f"门户{number}", f"http://p{number}/", (f"p{number}:80",)) for number in range(portals)
    )
    return Registry(bodies, sites, waivers, (merged,))


def scan_run(registry, number, at, portal, outcome, control, found, *, day, is_wrong):
    """One look at one portal as a run; `found` are the agencies whose row and report it saw."""
    own = [agency.id for agency in registry.agencies if agency.portal == portal]
    run = f"run-{number}"
    scan = Scan(
        id=f"{run}/1",
        run=run,
        portal=portal,
        column_url=f"http://{portal}/nb/",
        agencies=tuple(own),
        started_at=at,
        finished_at=at + timedelta(minutes=1),
        outcome=outcome,
        control_title="水利局2023年年报" if control else None,
    )
    captures, readings, candidates = [], [], []
    for key in found if outcome is Outcome.COMPLETE else ():
        url = f"http://{portal}/{key}.html"
        candidates.append(Candidate(scan.id, "2024年年报", url, None, key, 2024))
        body = report(cells={"reviews/administrative_review/total": 9} if is_wrong else {})
        body = replace(body, published_on=day, dates=(StatedDate(day, DateSource.META_PUBDATE),))
        digest = f"{number:032x}{sum(map(ord, key)):032x}"
        captures.append(Capture(digest, scan.id, url, url, 200, "text/html", at, 9, agency=key, report_year=2024))
        readings.append(ReadCapture(captures[-1], key, 2024, body, parser_version="1"))
    return {
        "run_id": run,
        "scans": [scan],
        "candidates": candidates,
        "captures": captures,
        "reports": readings,
        "at": at,
    }


def state(db):
    """All that a check leaves to be seen, but for the day on which a finding was made."""
    findings = db.execute("SELECT agency, rule, severity, place, json_remove(evidence, '$.as_of') FROM findings")
    book = [(a.id, a.agency, a.rule, a.subject, a.state, a.opened_at, a.message) for a in alerts(db)]
    moves = db.execute('SELECT alert, "at", from_state, to_state, reason FROM transitions').fetchall()
    return (
        load_standings(db, 2024),
        load_obligations(db, 2024),
        sorted(findings.fetchall(), key=str),
        sorted(book, key=str),
        sorted(moves, key=str),
    )


@cache
def empty_database():
    folder = TemporaryDirectory()
    open_database(Path(folder.name) / "nianbao.db").close()
    return folder


class Twins:
    """Two databases with the same evidence: one is checked whole each time, one only where it must be."""

    def __init__(self, folder, registry, watch):
        self.registry, self.watch, self.memory = registry, watch, Memory()
        self.numbers = count(1)
        self.judged = []
        for name in ("whole", "due"):
            shutil.copyfile(Path(empty_database().name) / "nianbao.db", folder / f"{name}.db")
        self.whole, self.due = (open_database(folder / f"{name}.db") for name in ("whole", "due"))
        for db in self.both:
            save_registry(db, registry, BEGIN)

    @property
    def both(self):
        return self.whole, self.due

    def check(self, now):
        check_year(self.whole, self.registry, self.watch, now, 2024)
        done = check_due(self.due, self.registry, self.watch, now, 2024, memory=self.memory, whole_every=NEVER)
        self.judged.append(len(done.standings))
        assert state(self.due) == state(self.whole), now

    def see(self, at, portal, outcome, control, found, day, is_wrong):
        run = scan_run(
            self.registry, next(self.numbers), at, portal, outcome, control, found, day=day, is_wrong=is_wrong
        )
        for db in self.both:
            save_run(db, **run)

    def say(self, at, agency, is_absent, day):
        word = Attestation(agency, 2024, is_absent, None if is_absent else day, None, None, "王敏", "已看", at)
        for db in self.both:
            save_attestation(db, word)

    def decide(self, at, which, verb):
        refused = []
        for db in self.both:
            able = [alert for alert in alerts(db) if alert.state in ACTS[verb].allowed]
            if able:
                try:
                    save_transitions(db, [act(able[which % len(able)], verb, at, by="王敏", reason="已看")])
                except DatabaseError as error:
                    # What was waived is not opened again beside another alert on the same matter.
                    refused.append(error.key)
        assert refused in ([], ["alert_is_live_again"] * 2)

    def close(self):
        for db in self.both:
            db.close()


def steps(portals, agencies):
    portal = st.integers(0, portals - 1).map("p{}".format)
    names = [f"p{p}-{n}" for p in range(portals) for n in range(agencies)]
    day = st.sampled_from([date(2025, 1, 20), date(2025, 1, 31), date(2025, 2, 2), date(2025, 2, 9)])
    outcome = st.sampled_from([Outcome.COMPLETE] * 6 + [Outcome.BLOCKED, Outcome.UNREACHABLE])
    seen = st.sets(st.integers(0, agencies - 1))
    early = st.sampled_from([timedelta()] * 4 + [-6 * HOUR, 2 * HOUR, 30 * HOUR])
    acts = st.one_of(
        st.tuples(st.just("see"), portal, outcome, st.booleans(), seen, day, st.booleans(), early),
        st.tuples(st.just("see"), portal, outcome, st.just(True), seen, day, st.just(False), early),
        st.tuples(
            st.just("see"), portal, st.just(Outcome.COMPLETE), st.just(True), st.just(set()), day, st.just(False), early
        ),
        st.tuples(st.just("say"), st.sampled_from(names), st.booleans(), day),
        st.tuples(st.just("decide"), st.integers(0, 50), st.sampled_from(sorted(ACTS))),
        st.tuples(st.just("wait")),
    )
    waits = st.sampled_from([timedelta(), HOUR, 7 * HOUR, 13 * HOUR, DAY, 2 * DAY, 3 * DAY, 8 * DAY, 16 * DAY])
    return st.lists(st.tuples(waits, st.lists(acts, max_size=3)), min_size=4, max_size=14)


def play(twins, history):
    now = BEGIN
    for wait, acts in history:
        now += wait
        for verb, *rest in acts:
            if verb == "see":
                portal, outcome, control, seen, day, is_wrong, early = rest
                twins.see(now + early, portal, outcome, control, [f"{portal}-{n}" for n in sorted(seen)], day, is_wrong)
            elif verb == "say":
                twins.say(now, *rest)
            elif verb == "decide":
                twins.decide(now, *rest)
        twins.check(now)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=steps(3, 4), grace=st.sampled_from([0, 3]), repeat=st.sampled_from([0, 2]))
def test_judging_only_what_may_have_changed_comes_to_the_same_as_judging_everything(history, grace, repeat):
    with TemporaryDirectory() as folder:
        twins = Twins(Path(folder), world(3, 4), WatchSettings(grace_days=grace, repeat_days=repeat))
        try:
            play(twins, history)
        finally:
            twins.close()


def test_what_came_since_is_judged_at_once_and_nothing_else_is(tmp_path):
    twins = Twins(tmp_path, world(3, 4), WatchSettings())
    for portal in ("p0", "p1", "p2"):
        twins.see(BEGIN, portal, Outcome.COMPLETE, True, [], date(2025, 1, 20), False)
    twins.check(BEGIN + HOUR)
    twins.check(BEGIN + 2 * HOUR)
    twins.see(BEGIN + 3 * HOUR, "p2", Outcome.COMPLETE, True, ["p2-1"], date(2025, 1, 20), False)
    twins.check(BEGIN + 3 * HOUR)
    twins.say(BEGIN + 4 * HOUR, "p2-2", False, date(2025, 1, 21))
    twins.check(BEGIN + 4 * HOUR)

    twins.check(datetime(2025, 2, 1, tzinfo=SHANGHAI))

    twins.close()
    assert twins.judged == [12, 0, 4, 4, 12]


def test_an_edited_registry_and_other_settings_have_everything_judged(tmp_path):
    twins = Twins(tmp_path, world(3, 4), WatchSettings())
    twins.check(BEGIN)
    twins.registry = replace(twins.registry, waivers=twins.registry.waivers[:1])
    twins.check(BEGIN + HOUR)
    twins.watch = WatchSettings(grace_days=3)
    twins.check(BEGIN + 2 * HOUR)
    twins.registry = replace(twins.registry, agencies=twins.registry.agencies[:-1])

    twins.check(BEGIN + 3 * HOUR)

    twins.close()
    assert twins.judged == [12, 12, 12, 11]


def test_everything_is_judged_once_a_day_whatever_is_known_of_what_may_have_changed(tmp_path):
    registry, memory = world(3, 4), Memory()
    db = open_database(tmp_path / "nianbao.db")
    save_registry(db, registry, BEGIN)

    judged = [
        len(check_due(db, registry, WatchSettings(), BEGIN + hours * HOUR, 2024, memory=memory).standings)
        for hours in (0, 1, 23, 24, 25)
    ]

    db.close()
    assert judged == [12, 0, 0, 12, 0]


def test_a_check_that_is_not_ours_to_save_saves_nothing_and_judges_again_later(tmp_path):
    registry, memory = world(3, 4), Memory()
    db = open_database(tmp_path / "nianbao.db")
    save_registry(db, registry, BEGIN)

    def refuse(_):
        raise LeaseLostError("service")

    with pytest.raises(LeaseLostError):
        check_due(db, registry, WatchSettings(), BEGIN, 2024, memory=memory, guard=refuse)
    refused = load_standings(db, 2024)
    done = check_due(db, registry, WatchSettings(), BEGIN, 2024, memory=memory, guard=lambda _: None)

    db.close()
    assert (refused, len(done.standings)) == ((), 12)


def test_a_report_that_was_read_anew_is_judged_anew(tmp_path):
    twins = Twins(tmp_path, world(4, 4), WatchSettings())
    run = scan_run(
        twins.registry, 1, BEGIN, "p2", Outcome.COMPLETE, True, ["p2-2"], day=date(2025, 1, 20), is_wrong=False
    )
    for db in twins.both:
        save_run(db, **run)
    twins.check(BEGIN)
    twins.check(BEGIN + HOUR)
    (read,) = run["reports"]
    wrong = report(cells={"reviews/administrative_review/total": 9})
    for db in twins.both:
        replace_readings(db, [(1, replace(read, report=wrong, parser_version="2"))])

    twins.check(BEGIN + 2 * HOUR)

    found = {one.agency: one.content for one in load_standings(twins.due, 2024)}
    twins.close()
    assert twins.judged == [16, 0, 4]
    assert found["p2-2"] is Content.MALFORMED


def test_a_report_changes_the_judgement_on_those_that_it_is_compared_with_on_other_portals(tmp_path):
    twins = Twins(tmp_path, world(4, 4), WatchSettings())
    twins.see(BEGIN, "p2", Outcome.COMPLETE, True, ["p2-2"], date(2025, 1, 20), False)
    twins.check(BEGIN)
    twins.see(BEGIN + HOUR, "p3", Outcome.COMPLETE, True, ["p3-2"], date(2025, 1, 20), False)

    twins.check(BEGIN + HOUR)

    copied = {
        agency for (agency,) in twins.due.execute("SELECT agency FROM findings WHERE rule IN ('copied-from-peer')")
    }
    twins.close()
    assert twins.judged == [16, 8]
    assert copied == {"p2-2", "p3-2"}
