"""A report that a list shows no more is withdrawn only where its own address is gone too."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, datetime, timedelta

import pytest

from crawler.ingest import IngestedRun
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from monitor import jobs
from storage.configuration import load_configuration
from storage.database import evidence_of_year, load_standings, open_database, vanished_reports
from storage.records import SHANGHAI, Agency, AgencyKind, Outcome, Portal, Registry, Status

NOW = datetime(2025, 1, 20, 9, tzinfo=SHANGHAI)
SCANNED = (0, 1, 4, 9)
"""Days after NOW; the report vanishes from its list after the first."""
TITLE = "平川县水利局2024年政府信息公开工作年度报告"
OTHERS = ("平川县财政局", "平川县教育局")


def document(title, words):
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1><p>{words}</p></body></html>".encode()


ARTICLE = document(TITLE, "现将本局政府信息公开工作情况报告如下。" * 9)
NOTICE = document(
    "平川县人民政府门户网站", "您访问的信息已经按规定调整到其他栏目，请返回首页继续浏览本网站的其他内容。" * 9
)
ANSWERS = {
    "still there": (Page(ARTICLE), Status.ON_TIME),
    "404": (None, Status.WITHDRAWN),
    "410": (Page(b"", status=410), Status.WITHDRAWN),
    "says that it was taken back": (Page(document("提示", "该信息已撤回。")), Status.WITHDRAWN),
    "another page": (Page(NOTICE), Status.ON_TIME),
    "the home page instead": (Page(b"", status=302, headers={"Location": "/"}), Status.ON_TIME),
    "refused": (Page(b"", status=403), Status.ON_TIME),
}


def row(number, title, day):
    return f'<li><a href="/nb/{number}.html">{title}</a><span>{day}</span></li>'


def site(*, is_listed, article):
    rows = [
        row(f"{year}-{number}", f"{name}{year}年政府信息公开工作年度报告", f"{year + 1}-01-15")
        for number, name in enumerate(OTHERS)
        for year in (2024, 2023)
    ]
    rows += [row("own", TITLE, "2025-01-15")] if is_listed else []
    pages = {f"/nb/{year}-{number}.html": Page(ARTICLE) for number in range(2) for year in (2023, 2024)}
    column = f"<html><head><title>年度报告</title></head><body><ul>{''.join(rows)}</ul></body></html>"
    own = {"/nb/own.html": article} if article is not None else {}
    return Site({"/nb/": Page(column.encode()), "/": Page(column.encode()), **pages, **own})


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Every kind of answer at a portal of its own, scanned on the days of SCANNED."""
    data = tmp_path_factory.mktemp("vanished")
    (data / "nianbao.toml").write_text('[crawl]\ndelay = 0\nbrowser = "never"\nallow_private_hosts = true\n')
    configuration = load_configuration(data / "nianbao.toml")
    with ExitStack() as stack:
        servers = [stack.enter_context(PortalServer(site(is_listed=True, article=Page(ARTICLE)))) for _ in ANSWERS]
        portals, agencies = [], []
        for number, server in enumerate(servers):
            key, column = f"p{number}", f"{server.base_url}nb/"
            portals.append(Portal(key, key, server.base_url, (server.host,), None, (column,), 0.0))
            for place, name in enumerate(("平川县水利局", *OTHERS)):
                agencies.append(
                    Agency(f"{key}-{place}", name, AgencyKind.LOCAL_DEPARTMENT, "990123", key, column_url=column)
                )
        registry = Registry(tuple(agencies), tuple(portals), ())
        db = open_database(configuration.database)
        stack.callback(db.close)
        for day in SCANNED:
            now = NOW + timedelta(days=day)
            runs = list(jobs.scan(db, registry, configuration, lambda now=now: now, registry.agencies))
            assert all(isinstance(run, IngestedRun) for run in runs), runs
            for server, (article, _) in zip(servers, ANSWERS.values(), strict=True):
                server.site = site(is_listed=False, article=article)
        jobs.check(db, registry, configuration, now, 2024)
        yield db, dict(zip(ANSWERS, servers, strict=True))


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_report_that_left_its_list_has_the_status_that_its_address_proves(watched, answer):
    db, _ = watched
    agency = f"p{list(ANSWERS).index(answer)}-0"
    standing = next(one for one in load_standings(db, 2024) if one.agency == agency)

    assert standing.status is ANSWERS[answer][1]
    assert standing.published_on == date(2025, 1, 15)


@pytest.mark.parametrize(
    ("answer", "outcome", "is_found"),
    [
        ("still there", Outcome.COMPLETE, True),
        ("404", Outcome.COMPLETE, False),
        ("another page", Outcome.INCOMPLETE, False),
        ("refused", Outcome.INCOMPLETE, False),
    ],
)
def test_the_look_says_what_the_address_answered_and_the_neighbours_are_as_they_were(
    watched, answer, outcome, is_found
):
    db, _ = watched
    portal = f"p{list(ANSWERS).index(answer)}"
    evidence = evidence_of_year(db, 2024, agencies={f"{portal}-0", f"{portal}-1"})

    last, neighbour = (evidence[f"{portal}-{place}"].looks[-1] for place in range(2))

    assert (last.outcome, last.found) == (outcome, is_found)
    assert "/nb/own.html" in last.detail
    assert (neighbour.outcome, neighbour.found) == (Outcome.COMPLETE, True)


def test_the_address_is_asked_once_a_scan_and_only_for_what_has_vanished(watched):
    _, servers = watched
    asked = [visit.path for visit in servers["404"].visits if visit.path == "/nb/own.html"]

    assert len(asked) == 1 + len(SCANNED[2:])


def test_the_next_crawl_is_told_of_all_that_the_list_showed_and_shows_no_more(watched):
    db, _ = watched
    told = vanished_reports(db, [f"p{number}" for number in range(len(ANSWERS))], [2024])

    assert {(row.agency, row.report_year, row.title) for row in told} == {
        (f"p{number}-0", 2024, TITLE) for number in range(len(ANSWERS))
    }
    assert vanished_reports(db, ["elsewhere"], [2024]) == ()
