"""A portal that breaks is one operator incident, and the ordinary missing report is not held by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from monitor.agency_years.case import lay_out
from monitor.agency_years.standing import standing_of
from monitor.alerts.accusations import Matter
from monitor.alerts.book import Docket, Fingerprint, reconcile
from monitor.alerts.breakers import GROUP, incidents
from monitor.alerts.subjects import SUBJECTS, subject_text
from monitor.service.troubles import CLOCK, CLOCK_BACK, DAMAGE, DISK, REGISTRY, WAL
from storage.records import (
    SHANGHAI,
    Agency,
    AgencyKind,
    AlertState,
    Evidence,
    Look,
    Obligation,
    Outcome,
    Sighting,
)

END = datetime(2025, 2, 1, tzinfo=SHANGHAI)
NOW = END + timedelta(days=12)
DAY = timedelta(days=1)


def look(days, *, outcome=Outcome.COMPLETE, control="对照", found=False):
    return Look(f"run-{days}", (f"scan-{days}",), END + days * DAY, outcome, "", control, found)


def matter(key, *looks, seen=None, portal="pingchuan", due=date(2025, 1, 31)):
    """`seen` is the day, counted from the end of the due day, on which the report was last seen."""
    agency = Agency(key, key, AgencyKind.LOCAL_DEPARTMENT, "370799", portal)
    owed = Obligation(key, 2024, due, "regulations-2019-49-1", is_statutory=True)
    sightings = ()
    if seen is not None:
        at = END + seen * DAY
        sightings = (Sighting(f"http://127.0.0.1/{key}", "年报", at, at, None, is_bulk=False),)
    case = lay_out(owed, Evidence(looks, sightings), NOW, confirm_after_hours=20)
    return Matter(agency, case, standing_of(case))


def missing(key, **how):
    return matter(key, look(0), look(1), **how)


def published(key, **how):
    return matter(key, look(-5, found=True), look(0, found=True), look(1, found=True), seen=1, **how)


def vanished(key, **how):
    return matter(key, look(-5, found=True), look(0), look(1), seen=-5, **how)


def bare(key, **how):
    return matter(key, look(-5), look(0, control=None), look(1, control=None), **how)


def several(make, count, prefix, **how):
    return [make(f"{prefix}{number}", **how) for number in range(count)]


def asked(matters, *, book=(), settled=(), now=NOW, **how):
    found = incidents(matters, book, frozenset(settled), 2024, now, **how)
    return [accusation.fingerprint.subject for accusation in found.accusations], frozenset(found.held)


def told(matters, state="open"):
    """The incidents of these matters as alerts of the book, in that state."""
    found = incidents(matters, (), frozenset(), 2024, NOW)
    return tuple(replace(alert, state=AlertState(state)) for alert, _ in reconcile((), Docket(found.accusations), NOW))


def test_two_missing_of_five_is_the_ordinary_case():
    matters = [*several(missing, 2, "m"), *several(published, 3, "p")]

    assert asked(matters) == ([], frozenset())


@pytest.mark.parametrize(("count", "is_tripped"), [(2, False), (3, True)])
def test_a_portal_that_loses_what_it_had_is_held(count, is_tripped):
    matters = [*several(vanished, count, "v"), *several(published, 7, "p"), missing("m")]

    subjects, held = asked(matters)

    assert (subjects == ["portal:pingchuan"]) is is_tripped
    assert held == ({Fingerprint("m", 2024, "missing", "")} if is_tripped else set())


def test_one_report_in_six_that_vanishes_is_no_broken_portal():
    matters = [*several(vanished, 3, "v"), *several(published, 13, "p")]

    assert asked(matters) == ([], frozenset())


def withdrawn(key, **how):
    return matter(key, look(-5, found=True), look(0), look(4), look(8), seen=-5, **how)


def there_since(days):
    """A report that came onto the list on that day and is there still."""
    return matter("p", *(look(day, found=day >= days) for day in (-7, -5, 0, 4, 8)), seen=8)


@pytest.mark.parametrize(
    ("others", "is_tripped"),
    [
        ([], True),
        ([there_since(-7)], False),
        ([there_since(-5)], False),
        ([there_since(0)], True),  # a list cut off behind its newest rows loses the oldest
        ([missing("n"), there_since(0), there_since(-5)], False),
        ([matter("p", look(-5, found=True), seen=-5)], True),  # nobody looked for it since
    ],
)
def test_a_report_is_withdrawn_where_others_as_old_are_still_listed(others, is_tripped):
    subjects, held = asked([withdrawn("w"), *others])

    assert subjects == (["portal:pingchuan"] if is_tripped else [])
    assert (Fingerprint("w", 2024, "withdrawn", "") in held) is is_tripped


@pytest.mark.parametrize(("others", "is_tripped"), [([], True), ([matter("p", look(-5, found=True), seen=-5)], False)])
def test_a_report_that_just_vanished_may_have_company_that_was_not_looked_for_yet(others, is_tripped):
    subjects, _ = asked([vanished("v"), *others])

    assert bool(subjects) is is_tripped


def test_whoever_has_looked_releases_a_report_that_vanished_alone():
    book = told([withdrawn("w")], "acknowledged")

    assert asked([withdrawn("w")], book=book) == (["portal:pingchuan"], frozenset())


def test_controls_that_are_gone_hold_the_portal_and_ask_nothing_else():
    subjects, held = asked([*several(bare, 3, "b"), *several(published, 4, "p"), missing("m")])

    assert subjects == ["portal:pingchuan"]
    assert held == {Fingerprint("m", 2024, "missing", "")}


def test_places_that_never_had_a_control_are_asked_about_and_hold_nothing():
    never = [matter("a", look(0, control=None), look(1, control=None)), published("p")]

    assert asked(never) == (["no-control:pingchuan"], frozenset())


@pytest.mark.parametrize(("absent", "there", "is_tripped"), [(4, 0, False), (5, 6, False), (5, 5, True), (9, 0, True)])
def test_many_at_once_may_have_gone_to_another_column(absent, there, is_tripped):
    matters = [*several(missing, absent, "m"), *several(published, there, "p")]

    assert bool(asked(matters)[1]) is is_tripped


def test_alerts_that_are_open_already_are_not_many_at_once():
    matters = several(missing, 6, "m")
    settled = [Fingerprint(f"m{number}", 2024, "missing", "") for number in range(2)]

    assert asked(matters, settled=settled) == ([], frozenset())


@pytest.mark.parametrize(("state", "is_held"), [("open", True), ("acknowledged", False), ("waived", False)])
def test_whoever_has_looked_releases_what_is_held(state, is_held):
    matters = several(missing, 6, "m")

    subjects, held = asked(matters, book=told(matters, state))

    assert subjects == ["portal:pingchuan"]
    assert bool(held) is is_held


@pytest.mark.parametrize("state", ["acknowledged", "waived"])
def test_what_nobody_has_looked_at_yet_is_held_again(state):
    book = told(several(missing, 6, "m"), state)

    assert asked(several(missing, 7, "m"), book=book)[1] == {
        Fingerprint(f"m{number}", 2024, "missing", "") for number in range(7)
    }


@pytest.mark.parametrize(
    ("lost", "there", "is_tripped"), [(2, 8, True), (2, 18, True), (2, 19, False), (1, 1, False), (0, 9, False)]
)
def test_a_tripped_portal_stays_so_until_less_than_half_of_the_sign_is_left(lost, there, is_tripped):
    book = told(several(vanished, 3, "v"))
    matters = [*several(vanished, lost, "v"), *several(published, there, "p"), missing("m")]

    subjects, held = asked(matters, book=book)

    assert bool(subjects) is bool(held) is is_tripped
    assert asked(matters) == ([], frozenset())


def test_one_sign_that_tripped_makes_no_other_sign_weigh_more():
    book = told([*several(missing, 5, "m"), *several(vanished, 3, "v")], "acknowledged")
    signs = [entry["sign"] for entry in book[0].evidence if entry["kind"] == "sign"]
    many = told(several(missing, 5, "m"))

    assert signs == ["vanished", "many"]
    assert asked([*several(vanished, 2, "v"), *several(published, 8, "p")], book=many) == ([], frozenset())


def test_portals_do_not_hold_each_other():
    matters = [*several(vanished, 5, "v", portal="broken"), missing("m", portal="sound")]

    subjects, held = asked(matters)

    assert subjects == ["portal:broken"]
    assert Fingerprint("m", 2024, "missing", "") not in held


def fleet(make, broken, sound, **how):
    """So many portals that show a sign, the rest sound with one missing report each."""
    return [one for number in range(broken) for one in make(f"x{number}", **how)] + [
        missing(f"m{number}", portal=f"sound{number}") for number in range(sound)
    ]


def redesigned(portal):
    return several(vanished, 3, portal, portal=portal)


def unplugged(portal):
    """Looked at until the day before yesterday, and not today."""
    return [matter(portal, look(10), look(11.5, outcome=Outcome.UNREACHABLE), portal=portal)]


@pytest.mark.parametrize(("sound", "is_held"), [(46, False), (47, True)])
def test_many_broken_portals_of_fifty_are_our_own_fault_and_one_incident(sound, is_held):
    subjects, held = asked(fleet(redesigned, 3, sound))

    assert subjects == (["fleet"] if is_held else ["portal:x0", "portal:x1", "portal:x2"])
    assert (Fingerprint("m0", 2024, "missing", "") in held) is is_held


@pytest.mark.parametrize(("cut", "sound", "is_held"), [(14, 36, False), (40, 9, False), (15, 35, True), (300, 0, True)])
def test_portals_that_cannot_be_looked_at_any_more_are_our_own_network(cut, sound, is_held):
    subjects, held = asked(fleet(unplugged, cut, sound))

    assert subjects == (["network"] if is_held else [])
    assert (Fingerprint("m0", 2024, "missing", "") in held) is (is_held and sound > 0)


def test_a_network_that_is_down_for_days_is_not_an_incident_a_portal():
    def dark(portal):
        # The last complete look was before the due date: since then nobody could look.
        looks = [look(7.9), *(look(8.5 + day, outcome=Outcome.UNREACHABLE) for day in range(4))]
        return [matter(portal, *looks, portal=portal, due=date(2025, 2, 8))]

    assert {one.standing.status.value for one in dark("x")} == {"unknown"}
    assert asked(dark("x"))[0] == ["cannot-look:x"]
    assert asked(fleet(dark, 100, 0))[0] == ["network"]


def test_a_network_that_stays_down_stays_one_incident():
    def gone(portal):
        looks = [look(1), *(look(2 + day, outcome=Outcome.UNREACHABLE) for day in range(10))]
        return [matter(portal, *looks, portal=portal)]

    book = told(fleet(unplugged, 60, 0))

    assert asked(fleet(gone, 60, 0), book=book)[0] == ["network"]


def test_portals_that_could_not_be_looked_at_before_either_are_not_our_network():
    dead = [matter(f"d{n}", look(11.5, outcome=Outcome.BLOCKED), portal=f"d{n}") for n in range(9)]

    assert asked([*dead, *fleet(unplugged, 0, 60)])[0] == []


@pytest.mark.parametrize(("cut", "is_held"), [(7, False), (8, True)])
def test_the_fleet_is_let_go_when_half_of_the_sign_is_gone(cut, is_held):
    book = told(fleet(unplugged, 15, 35))

    subjects, held = asked(fleet(unplugged, cut, 50 - cut), book=book)

    assert (bool(subjects), bool(held)) == (is_held, is_held)


def test_whoever_acknowledges_the_fleet_releases_the_portals_that_it_names_and_no_others():
    book = told(fleet(redesigned, 4, 50), "acknowledged")

    same = asked(fleet(redesigned, 4, 50), book=book)
    more = asked(
        [*fleet(redesigned, 4, 50), *several(vanished, 3, "y", portal="y"), missing("n", portal="y")], book=book
    )
    twice = asked(fleet(redesigned, 9, 50), book=book)

    assert same == (["fleet"], frozenset())
    assert more == (["fleet", "portal:y"], {Fingerprint("n", 2024, "missing", "")})
    assert Fingerprint("m0", 2024, "missing", "") in twice[1]


def test_many_blind_portals_of_few_are_told_by_one_incident():
    def blind(count):
        return [matter(f"b{n}", look(8, outcome=Outcome.BLOCKED), portal=f"b{n}") for n in range(count)]

    few, many = asked(blind(9))[0], asked(blind(10))[0]
    grouped = told(blind(12))

    assert (len(few), many) == (9, ["cannot-look"])
    assert asked(blind(3), book=grouped)[0] == ["cannot-look"]
    assert asked(blind(12), book=told(blind(2)))[0] == ["cannot-look:b0", "cannot-look:b1", "cannot-look"]


def test_portals_that_one_firm_redesigns_together_are_one_incident_that_holds_each_of_them():
    def broken(count):
        return [*fleet(redesigned, count, 0), *fleet(redesigned, 0, 900)]

    late = [missing("n", portal=f"x{number}") for number in (0, 7)]
    book = told(broken(20))
    few, many = asked(broken(19)), asked([*broken(20), *late])
    fewer = asked([*broken(5), *late], book=book)
    more = asked(broken(25), book=told(broken(20), "acknowledged"))

    assert few[0] == [f"portal:x{number}" for number in sorted(range(19), key=str)]
    assert many == (["portals"], {Fingerprint("n", 2024, "missing", "")})
    assert fewer == many
    assert more[0] == ["portals"]


def test_a_portal_of_many_is_released_by_itself_when_it_is_back():
    def some(lost):
        return [*several(vanished, lost, "x0", portal="x0"), *several(published, 8, "x0p", portal="x0")]

    rest = [one for number in range(1, 20) for one in redesigned(f"x{number}")]
    late = [missing("m", portal="x0"), *fleet(redesigned, 0, 900)]
    book = told([*some(3), *rest, *late])
    held = {lost: asked([*some(lost), *rest, *late], book=book)[1] for lost in (3, 2, 1)}

    assert {lost: Fingerprint("m", 2024, "missing", "") in keys for lost, keys in held.items()} == {
        3: True, 2: True, 1: False
    }  # fmt: skip


def test_dates_that_a_scan_gainsays_are_one_question_a_portal_and_hold_nothing():
    doubtful = [replace_reason(published(f"p{number}"), "backdated") for number in range(3)]

    subjects, held = asked([*doubtful, missing("m")])

    assert (subjects, held) == (["backdated:pingchuan"], frozenset())


def replace_reason(one, reason):
    return replace(one, standing=replace(one.standing, reason=reason))


@pytest.mark.parametrize(("ahead", "is_held"), [(timedelta(minutes=59), False), (timedelta(minutes=61), True)])
def test_scans_from_the_future_hold_everything_and_end_nothing(ahead, is_held):
    matters = [missing("m"), published("p")]
    book = told(several(vanished, 3, "v"))

    found = incidents(matters, book, frozenset(), 2024, NOW, newest=NOW + ahead)

    assert (Fingerprint("m", 2024, "missing", "") in found.held) is is_held
    assert (Fingerprint("p", 2024, "late", "") in found.held) is is_held
    assert ([one.fingerprint.subject for one in found.accusations] == ["clock"]) is is_held
    assert bool(found.unknown) is is_held


@pytest.mark.parametrize(
    ("days", "outcome", "is_asked"),
    [(9.1, Outcome.BLOCKED, False), (9, Outcome.BLOCKED, True), (9, Outcome.COMPLETE, False)],
)
def test_a_portal_that_could_not_be_looked_at_for_three_days_is_told_to_the_operator(days, outcome, is_asked):
    subjects, held = asked([matter("a", look(days, outcome=outcome))])

    assert (subjects == ["cannot-look:pingchuan"]) is is_asked
    assert held == frozenset()


def test_an_incident_names_its_agencies_and_asks_for_a_look():
    (incident,) = incidents(several(vanished, 3, "v"), (), frozenset(), 2024, NOW).accusations

    entries = [{"kind": "agency", "agency": f"v{number}", "portal": "pingchuan"} for number in range(3)]
    assert list(incident.evidence) == [{"kind": "sign", "sign": "vanished", "portal": "pingchuan"}, *entries]
    assert "人工核查" in incident.message


@pytest.mark.parametrize(
    ("names", "called"),
    [({"pingchuan": "平川市人民政府"}, "门户平川市人民政府（pingchuan）："), ({}, "门户pingchuan：")],
)
def test_an_incident_calls_a_portal_by_its_name_and_its_id(names, called):
    broken = several(vanished, 3, "v")
    blind = [matter("a", look(9, outcome=Outcome.BLOCKED))]

    found = [incidents(own, (), frozenset(), 2024, NOW, names=names).accusations for own in (broken, blind)]

    assert [incident.message.startswith(called) for own in found for incident in own] == [True, True]


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("cannot-look:pingchuan", "未能完成检索：平川市人民政府（pingchuan）"),
        ("portal:elsewhere", "网站疑似异常：elsewhere"),
        ("flapping:caizheng", "告警反复：平川市财政局（caizheng）"),
        ("channel:json-1a2b", "通知渠道：json-1a2b"),
        ("disk", "磁盘空间"),
        ("something", "something"),
    ],
)
def test_what_an_incident_is_about_is_said_in_words(subject, words):
    names = {"pingchuan": "平川市人民政府"}, {"caizheng": "平川市财政局"}

    assert subject_text(subject, *names, "zh") == words


def test_every_kind_of_trouble_has_a_name():
    assert {DISK, REGISTRY, CLOCK, CLOCK_BACK, WAL, DAMAGE, GROUP, "fleet", "network"} <= SUBJECTS.keys()


def test_why_a_portal_could_not_be_looked_at_is_told_in_words():
    blind = [matter("a", look(9, outcome=Outcome.BLOCKED))]

    (incident,) = incidents(blind, (), frozenset(), 2024, NOW).accusations

    assert "未能完成检索（被拦截）" in incident.message
