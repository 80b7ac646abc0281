"""Portals that keep us out, each in its own way: nobody is accused for it, and nothing is asked twice or solved."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest

from crawler.simulator.refusals import REFUSALS, Switchboard
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from monitor import jobs
from storage.configuration import load_configuration
from storage.database import load_standings, open_database, scans_of_run
from storage.records import SHANGHAI, Agency, AgencyKind, Outcome, Portal, Registry, Status

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
DAY = timedelta(days=1)
NAMES = ("澄湖县财政局", "澄湖县民政局", "澄湖县水利局")
SILENT = "澄湖县粮食局"
QUICK = [refusal for refusal in REFUSALS if refusal.key != "blackhole"]
HTML = "text/html; charset=utf-8"


def page(title, body):
    text = f'<html><head><title>{title}</title></head><body><div class="main">{body}</div></body></html>'
    return Page(text.encode(), HTML)


def portal_site():
    """A portal on which each of NAMES has its reports of two years."""
    rows = [(name, year) for year in (2024, 2023) for name in NAMES]
    titles = [f"{name}{year}年政府信息公开工作年度报告" for name, year in rows]
    links = [
        f'<li><a href="/nb/a{number}.html">{title}</a><span>{rows[number][1] + 1}-01-20</span></li>'
        for number, title in enumerate(titles)
    ]
    pager = [f'<script>createPageHTML(2, {number}, "index", "html");</script>' for number in range(2)]
    words = "<p>一、总体情况</p><p>" + "本年度依法公开信息。" * 30 + "</p>"
    return Site(
        {
            "/": page("澄湖县人民政府", '<a href="/nb/">政府信息公开年报</a>'),
            "/nb/": page("政府信息公开年报", f"<ul>{''.join(links[:3])}</ul>{pager[0]}"),
            "/nb/index_1.html": page("政府信息公开年报", f"<ul>{''.join(links[3:])}</ul>{pager[1]}"),
            **{f"/nb/a{number}.html": page(title, f"<h1>{title}</h1>{words}") for number, title in enumerate(titles)},
        },
        ("/nb/",),
    )


class Seen(NamedTuple):
    """What two days of scans said of each portal: outcomes, statuses of its agencies, and its visits."""

    outcomes: dict[str, list[set[Outcome]]]
    details: dict[str, str]
    statuses: dict[str, set[Status]]
    paths: dict[str, list[list[str]]]
    cookies: dict[str, set[str]]


def watch(folder, refusals):
    with ExitStack() as stack:
        servers, portals, agencies = {}, [], []
        for key, refusal in {"open": None, **{refusal.key: refusal for refusal in refusals}}.items():
            server = stack.enter_context(PortalServer(portal_site()))
            if refusal is not None:
                server.switchboard = Switchboard(refusal, server.site)
            servers[key] = server
            base = f"{refusal.scheme if refusal else 'http'}://{server.host}/"
            portals.append(Portal(key, key, base, (server.host,), None, (f"{base}nb/",), 0.0))
            names = (*NAMES, SILENT) if refusal is None else NAMES
            kind = AgencyKind.LOCAL_DEPARTMENT
            agencies += [Agency(f"{key}/{name}", name, kind, "990123", key) for name in names]
        registry = Registry(tuple(agencies), tuple(portals), ())
        (folder / "nianbao.toml").write_text(
            '[crawl]\nallow_private_hosts = true\ndelay = 0.0\nbrowser = "never"\n', encoding="utf-8"
        )
        configuration = load_configuration(folder / "nianbao.toml")
        db = open_database(configuration.database)
        stack.callback(db.close)
        outcomes = {key: [] for key in servers}
        paths = {key: [] for key in servers}
        details = {}
        for now in (NOW, NOW + 2 * DAY):
            for server in servers.values():
                if server.switchboard is not None:
                    server.switchboard = Switchboard(server.switchboard.refusal, server.site)
            before = {key: len(server.visits) for key, server in servers.items()}
            runs = list(jobs.scan(db, registry, configuration, lambda now=now: now, registry.agencies))
            scans = [scan for run in runs for scan in scans_of_run(db, run.run)]
            jobs.check(db, registry, configuration, now, 2024)
            for key, server in servers.items():
                outcomes[key].append({scan.outcome for scan in scans if scan.portal == key})
                details[key] = details.get(key, "") + " ".join(scan.detail for scan in scans if scan.portal == key)
                paths[key].append([visit.path for visit in server.visits[before[key] :]])
        statuses = {key: set() for key in servers}
        for standing in load_standings(db, 2024):
            statuses[standing.agency.partition("/")[0]].add(standing.status)
        cookies = {key: {visit.cookie for visit in server.visits} for key, server in servers.items()}
        return Seen(outcomes, details, statuses, paths, cookies)


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    return watch(tmp_path_factory.mktemp("refusals"), QUICK)


@pytest.mark.parametrize("refusal", QUICK, ids=[refusal.key for refusal in QUICK])
def test_a_refusal_ends_as_what_it_is(seen, refusal):
    assert seen.outcomes[refusal.key] == [{refusal.outcome}] * 2, seen.details[refusal.key]


def test_nobody_is_missing_because_a_portal_refuses(seen):
    accused = {key for key, statuses in seen.statuses.items() if statuses & {Status.MISSING, Status.SUSPECTED_MISSING}}

    assert accused == {"open"}


@pytest.mark.parametrize("refusal", QUICK, ids=[refusal.key for refusal in QUICK])
def test_a_challenged_address_is_asked_for_once(seen, refusal):
    for paths in seen.paths[refusal.key]:
        asked = Counter(paths)
        assert not refusal.is_challenge or max(asked.values()) == 1, asked
        assert sum(asked.values()) <= 9


@pytest.mark.parametrize("refusal", QUICK, ids=[refusal.key for refusal in QUICK])
def test_no_cookie_is_made_up(seen, refusal):
    given = dict(refusal.page.headers).get("Set-Cookie", "") if refusal.page else ""
    assert seen.cookies[refusal.key] <= {"", given}


@pytest.mark.skipif(not os.environ.get("NIANBAO_PATIENT"), reason="waits four minutes; NIANBAO_PATIENT=1 runs it")
def test_a_portal_that_swallows_requests_is_unreachable_and_nobody_is_accused(tmp_path):
    seen = watch(tmp_path, [refusal for refusal in REFUSALS if refusal.key == "blackhole"])

    assert seen.outcomes["blackhole"] == [{Outcome.UNREACHABLE}] * 2
    assert seen.statuses["blackhole"] == {Status.UNKNOWN}


def test_an_index_in_an_articles_place_is_no_report(seen):
    assert "返回的是一个目录页" in seen.details["softindex200"]
    assert seen.statuses["softindex200"] == {Status.ON_TIME}


def test_after_three_refusals_the_portal_is_left_alone(seen):
    assert [sum("/nb/a" in path for path in paths) for paths in seen.paths["articles412"]] == [3, 3]
