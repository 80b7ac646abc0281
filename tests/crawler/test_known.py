"""What a visit remembers of its portal: when it may be used, and when everything is fetched anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from crawler.crawl import CrawlRequest, crawl
from crawler.known import Memory
from crawler.listings.model import PageRequest
from crawler.middlewares import SLOWEST, paced
from crawler.rows import Row
from crawler.run_records import memory_from_json, memory_to_json
from crawler.runs import KNOWN, RunWriter, hand_over, read_run
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from storage.captures import Captures
from storage.enclosures import Enclosure, EnclosureKind
from storage.known import KnownAnswer, KnownList, KnownRefusal, KnownRobots, KnownRow, PortalMemory
from storage.records import SHANGHAI, Agency, AgencyKind, Candidate, Capture, Outcome, Portal

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)
PAGE = "http://127.0.0.1:8000/nb/"
ARTICLE = f"{PAGE}1.html"
ROWS = tuple(
    KnownRow(f"{year}年政府信息公开工作年度报告", f"{PAGE}{year}.html", date(year + 1, 1, 20), "")
    for year in range(2024, 2014, -1)
)
LIST = KnownList(PAGE, len(ROWS), ROWS, (ROWS[0],), NOW - 24 * HOUR)
CAPTURE = Capture(
    "0" * 64, "old", ARTICLE, ARTICLE, 200, "text/html", NOW - HOUR, 9, "年报", date(2025, 1, 20), "edu", 2024
)
CANDIDATE = Candidate("new", "年报", ARTICLE, date(2025, 1, 20), "civil", 2024)


@pytest.fixture
def memory(tmp_path):
    part = tmp_path / "run.part"
    part.mkdir()
    writer = RunWriter(part)

    def of(now=NOW, **known):
        return Memory("p", PortalMemory("p", NOW, **known), writer=writer, clock=lambda: now)

    of.part, of.writer, of.folder = part, writer, tmp_path
    yield of
    writer.close()


def shown(rows):
    return [Row(row.title, row.url, row.listed_on) for row in rows]


NEW = Row("2025年政府信息公开工作年度报告", f"{PAGE}2025.html", date(2026, 1, 20))
FIRST = shown(ROWS[:4])
AGREEING = {
    "unchanged": (FIRST, 10),
    "one new row above": ([NEW, *FIRST], 11),
    "one new between": ([FIRST[0], NEW], 11),
}
DIFFERING = {
    "no total": (FIRST, None),
    "the total grew by a row that is not among the first": (FIRST, 11),
    "a row was lost": (FIRST[1:], 9),
    "a row was lost and another came": ([NEW, *FIRST[1:]], 10),
    "the order changed": ([FIRST[1], FIRST[0], *FIRST[2:]], 10),
    "a row was titled anew": ([replace(FIRST[0], title="年报（更正）"), *FIRST[1:]], 10),
    "a row was dated anew": ([replace(FIRST[0], listed_on=None), *FIRST[1:]], 10),
    "no known row": ([NEW], 11),
    "no row at all": ([], 10),
}


@pytest.mark.parametrize(("seen", "total"), AGREEING.values(), ids=AGREEING)
def test_first_rows_and_total_tell_the_rest_of_a_list(memory, seen, total):
    rest = memory(lists=(LIST,)).rest_of(PAGE, seen, frozenset({total}))

    old = sum(row in FIRST for row in seen)
    assert [row.url for row in rest.rows] == [row.url for row in ROWS[old:]]
    assert [row.url for row in rest.others] == [ROWS[0].url]


@pytest.mark.parametrize(("seen", "total"), DIFFERING.values(), ids=DIFFERING)
def test_a_list_that_differs_is_walked_whole(memory, seen, total):
    totals = frozenset({total}) if total is not None else frozenset[int]()

    assert memory(lists=(LIST,)).rest_of(PAGE, seen, totals) is None


BY_AGENCY = tuple(
    KnownRow(f"{name}{year}年政府信息公开工作年度报告", f"{PAGE}{name}{year}.html", day, "")
    for name in ("教育局", "财政局")
    for year, day in ((2024, date(2025, 1, 20)), (2023, date(2024, 1, 20)))
)


@pytest.mark.parametrize("rows", [BY_AGENCY, tuple(replace(row, listed_on=None) for row in BY_AGENCY)])
def test_a_list_that_is_not_sorted_by_time_is_walked_whole_though_its_total_stands(memory, rows):
    known = KnownList(PAGE, len(rows), rows, (), NOW - 24 * HOUR)
    assert memory(lists=(known,)).rest_of(PAGE, shown(rows[:2]), frozenset({len(rows)})) is None


def test_totals_that_contradict_each_other_and_unknown_lists_prove_nothing(memory):
    assert memory(lists=(LIST,)).rest_of(PAGE, FIRST, frozenset({10, 11})) is None
    assert memory(lists=(LIST,)).rest_of(f"{PAGE}other/", FIRST, frozenset({10})) is None


def test_an_article_behind_an_unchanged_row_is_the_capture_that_stands_for_it(memory):
    known = memory(articles=(CAPTURE,))

    assert known.article(CANDIDATE) == replace(CAPTURE, scan="new", agency="civil")
    assert known.article(replace(CANDIDATE, title="年报（更正）")) is None
    assert known.article(replace(CANDIDATE, listed_on=date(2025, 1, 21))) is None
    assert known.article(replace(CANDIDATE, url=f"{PAGE}2.html")) is None


@pytest.mark.parametrize(("failure", "is_known"), [("status", False), ("refused", False), ("file_off_host", True)])
def test_an_article_whose_file_could_not_be_had_is_looked_at_again_unless_that_is_for_good(memory, failure, is_known):
    file = Enclosure(EnclosureKind.FILE, f"{PAGE}1.pdf", ARTICLE, "1.pdf", digest=None, failure=failure)
    known = memory(articles=(replace(CAPTURE, enclosures=(file,)),))

    assert (known.article(CANDIDATE) is not None) is is_known


def answered(digest, **headers):
    return KnownAnswer(PAGE, PAGE, "text/html", headers, digest, NOW - HOUR, NOW - HOUR)


def test_a_server_is_asked_whether_a_page_still_stands_only_where_its_body_is_at_hand(memory):
    archive = Captures(memory.folder / "captures")
    digest = archive.put(b"<html>")
    hand_over(memory.part, archive, [digest, "1" * 64])
    request = PageRequest(PAGE)

    known = memory(answers=(answered(digest, ETag='"a"', **{"Last-Modified": "Mon"}),))
    absent = memory(answers=(answered("1" * 64, ETag='"a"'),))

    found, headers = known.conditions(request)
    assert headers == {"If-None-Match": '"a"', "If-Modified-Since": "Mon"}
    assert (absent.conditions(request), known.conditions(request._replace(method="POST"))) == (None, None)
    again, body = known.confirmed(found, {"Date": "Tue", "Content-Type": "text/plain"})
    assert (again.headers["Date"], "Content-Type" in again.headers, body) == ("Tue", False, b"<html>")
    assert (memory.part / "bodies" / f"{digest}.zst").is_file()


def test_a_body_that_was_damaged_confirms_nothing(memory):
    archive = Captures(memory.folder / "captures")
    digest = archive.put(b"<html>")
    hand_over(memory.part, archive, [digest])
    (memory.part / KNOWN / f"{digest}.zst").write_bytes(b"torn")

    assert memory(answers=(answered(digest, ETag='"a"'),)).confirmed(answered(digest, ETag='"a"'), {}) is None
    assert archive.get(digest) == b"<html>"


@pytest.mark.parametrize(
    ("headers", "is_kept"),
    [
        ({"ETag": '"a"'}, True),
        ({"Last-Modified": "Mon", "Date": "Tue"}, True),
        ({"Last-Modified": "Mon", "Date": "Mon"}, False),
        ({"Date": "Mon"}, False),
    ],
)
def test_an_answer_is_remembered_where_it_can_be_asked_for_with_a_condition(memory, headers, is_kept):
    visit = memory()

    visit.note_answer(PageRequest(PAGE), answered("0" * 64, **headers))

    assert bool(visit.learnt().answers) is is_kept


def test_a_refused_document_is_let_be_for_twenty_hours_and_no_other(memory):
    refused = (KnownRefusal(PAGE, "412 瑞数", NOW - 19 * HOUR),)

    trouble = memory(refusals=refused).objection(PAGE)

    assert (trouble.outcome, trouble.key) == (Outcome.BLOCKED, "refused_lately")
    assert memory(refusals=refused).objection(ARTICLE) is None
    assert memory(NOW + HOUR, refusals=refused).objection(PAGE) is None


def test_rest_that_a_server_asks_for_lasts_a_day_at_most(memory):
    visit = memory()

    visit.note_rest(10.0**9)

    assert visit.learnt().rests_until == NOW + 24 * HOUR
    assert visit.objection(ARTICLE).outcome == Outcome.UNREACHABLE


@pytest.mark.parametrize(("ago", "left"), [(0.5, 1.5), (2, 0), (3600, 0), (-3600, 2)])
def test_the_delay_counts_from_the_last_answer_of_an_earlier_crawl(memory, ago, left):
    assert memory(asked_at=NOW - timedelta(seconds=ago)).wait(2.0) == left


def test_the_delay_that_a_portal_asks_for_counts_where_it_is_longer(memory):
    assert memory(asked_at=NOW - timedelta(seconds=1), crawl_delay=10.0).wait(2.0) == 9.0


def test_robots_txt_is_read_from_what_was_kept(memory):
    digest = memory.writer.keep(b"User-agent: *\nDisallow: /x\n")

    known = memory(robots=(KnownRobots("127.0.0.1:8000", 200, digest, NOW), KnownRobots("a:80", 200, "2" * 64, NOW)))

    assert known.robots("127.0.0.1:8000") == (200, b"User-agent: *\nDisallow: /x\n")
    assert known.robots("a:80") is None


def test_what_a_clock_learnt_that_stood_later_is_not_used(memory):
    visit = memory(NOW - HOUR, articles=(CAPTURE,), refusals=(KnownRefusal(PAGE, "403", NOW - 2 * HOUR),))

    assert (visit.article(CANDIDATE), visit.objection(PAGE)) == (None, None)


def test_what_is_known_goes_through_a_request_unchanged(memory):
    known = PortalMemory(
        "p",
        NOW,
        answers=(answered("0" * 64, ETag='"a"'),),
        articles=(CAPTURE,),
        lists=(LIST,),
        lost_lists=("x",),
        robots=(KnownRobots("a:80", 404, "2" * 64, NOW),),
        refusals=(KnownRefusal(PAGE, "403", NOW),),
        crawl_delay=5.0,
        rests_until=NOW,
        asked_at=NOW,
    )

    assert memory_from_json(memory_to_json(known)) == known
    assert known.bodies == {"0" * 64, "2" * 64}


@pytest.mark.parametrize(
    ("delay", "latency", "then"),
    [(2.0, 0.1, 2.0), (2.0, 8.0, 5.0), (5.0, 8.0, 6.5), (5.0, 0.1, 3.5), (0.0, 0.9, 0.0), (20.0, 99.0, 25.0)],
)
def test_a_slow_server_is_asked_more_slowly_and_never_faster_than_agreed(delay, latency, then):
    assert paced(delay, min(delay, 2.0), latency) == then


def test_a_server_that_never_recovers_waits_no_longer_than_the_bound():
    delay = 2.0
    for _ in range(50):
        delay = paced(delay, 2.0, 1000.0)

    assert delay == pytest.approx(SLOWEST)


SHELL = b'<html><head><title>nb</title></head><body><iframe src="/list.html"></iframe></body></html>'
NAMES = ("平川县财政局", "平川县水利局")


def report_row(number, name):
    return f'<li><a href="/nb/{number}.html">{name}2024年政府信息公开工作年度报告</a><span>2025-01-20</span></li>'


def test_places_of_one_portal_share_what_they_have_in_common(tmp_path):
    rows = "".join(report_row(number, name) for number, name in enumerate(NAMES))
    article = "<html><body><p>" + "本年度政府信息公开工作情况如下。" * 9 + "</p></body></html>"
    pages = {
        "/a/": Page(SHELL),
        "/b/": Page(SHELL),
        "/list.html": Page(f"<html><body><ul>{rows}</ul></body></html>".encode(), headers={"ETag": '"l"'}),
        **{f"/nb/{number}.html": Page(article.encode()) for number in range(2)},
    }
    with PortalServer(Site(pages)) as server:
        agencies = tuple(
            Agency(key, name, AgencyKind.LOCAL_DEPARTMENT, "990123", "p", column_url=f"{server.base_url}{key}/")
            for key, name in zip("ab", NAMES, strict=True)
        )
        portal = Portal("p", "平川县人民政府", server.base_url, (server.host,))
        request = CrawlRequest(NOW, (portal,), agencies, (2024,), delay=0.0, allow_private_hosts=True)
        run = read_run(crawl(request, data=tmp_path))
        paths = sorted(visit.path for visit in server.visits)

    assert [scan.outcome for scan in run.scans] == [Outcome.COMPLETE] * 2
    assert paths == ["/a/", "/b/", "/list.html", "/nb/0.html", "/nb/1.html", "/robots.txt"]
    (memory,) = run.memories
    assert [answer.key for answer in memory.answers] == [f"{server.base_url}list.html"]
    assert [known.status for known in memory.robots] == [404]
