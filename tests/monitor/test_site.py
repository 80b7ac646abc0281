"""The pages and queries of the site, on a real database, through datasette's own client."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from html import unescape

import pytest

from monitor.site import Site
from monitor.site.tables import PUBLIC_TABLES
from storage.database import open_database, save_transitions
from storage.errors import DatabaseError
from storage.records import Alert, AlertState, Transition
from tests.builders import NAME
from tests.monitor.site_database import PAGE, SCRIPT, site_database
from tests.monitor.small_watch import Watch
from tests.monitor.stories import DAY, END


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    found = Site(site_database(tmp_path_factory.mktemp("site")))
    yield found
    found.close()


def get(site, path):
    return asyncio.run(site.client.get(path))


def page(site, path):
    response = get(site, path)
    assert response.status_code == 200, path
    return response.text


def rows(site, query):
    return json.loads(page(site, query.replace("?", ".json?_shape=objects&", 1)))["rows"]


def words(html):
    """What a reader sees: no tags, no runs of white space."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def test_the_home_page_counts_every_status_of_the_newest_year(site):
    shown = words(page(site, "/"))

    assert "2024年度" in shown
    for status in ("1 按时公开", "1 逾期公开", "1 未公开", "1 疑似未公开", "1 无法确认"):
        assert status in shown


def test_missing_never_stands_without_unknown_not_scanned_and_the_moment(site):
    line = "未公开 1 个；另有无法确认 1 个（其中尚未检索 1 个）、疑似未公开 1 个 · 截至 2025-02-10 09:00"

    for path in ("/", "/nianbao/missing", "/nianbao/counts", "/nianbao/obligations?status=missing", "/nianbao/alerts"):
        assert line in words(page(site, path)), path


def test_the_home_page_shows_another_year_when_asked_and_the_newest_for_nonsense(site):
    assert "2023年度" in words(page(site, "/?year=2023"))
    assert "2024年度" in words(page(site, "/?year=1066"))
    assert "2024年度" in words(page(site, "/?year=²"))


def test_the_home_page_lists_open_alerts_and_leads_to_their_agencies(site):
    html = page(site, "/")

    assert f'<a class="name" href="/agency/liuhe?year=2024">{NAME}</a>' in html
    assert 'href="/nianbao/alerts/a1"' in html


def test_an_empty_database_says_what_to_do(tmp_path):
    open_database(tmp_path / "nianbao.db").close()
    site = Site(tmp_path / "nianbao.db")
    try:
        assert "nianbao check" in words(page(site, "/"))
    finally:
        site.close()


def test_without_a_database_the_site_does_not_start(tmp_path):
    with pytest.raises(DatabaseError, match="there is no database yet"):
        Site(tmp_path / "nianbao.db")


def test_a_path_with_any_characters_will_do(tmp_path):
    folder = tmp_path / "数据 #1?x=%41"
    folder.mkdir()
    site = Site(site_database(folder))
    try:
        assert "1 未公开" in words(page(site, "/"))
        assert NAME in page(site, "/nianbao/agencies")
    finally:
        site.close()


def test_an_agency_page_prints_the_table_and_marks_what_is_wrong(site):
    html = page(site, "/agency/liuhe")
    shown = words(html)

    assert '<td class="v-error">99<sup><a href="#f1">1</a>,<a href="#f2">2</a></sup></td>' in html
    assert '<td class="v-error-sum">3</td>' in html
    assert "三、本年度办理结果" in shown
    assert "各类申请人之和不等于总计" in shown
    assert "统计表有空格" in shown
    assert '<td class="v-warning blank"><i>空</i>' in html


def test_an_agency_page_names_law_dates_archive_and_scans(site):
    shown = words(page(site, "/agency/liuhe"))

    assert "《中华人民共和国政府信息公开条例》(国务院令第711号)第四十九条第一款" in shown
    assert "2025-01-20（页面元数据 PubDate）" in shown
    assert "平川市公安局2023年政府信息公开工作年度报告" in shown
    assert "逾期公开" in shown


def test_what_could_not_be_read_is_not_held_against_the_agency(site):
    shown = words(page(site, "/agency/gov"))

    assert "本站未能读取（内容只有图片，未能识别：未安装文字识别组件，或图片不在文件中）。这不归责于该机关。" in shown


def test_an_agency_without_a_report_has_a_page_too(site):
    assert "没有读到这一年度的报告。" in words(page(site, "/agency/edu"))


def test_a_persons_word_and_file_and_a_scan_of_a_wrong_clock_are_shown_as_such(tmp_path):
    watch = Watch(tmp_path)
    watch.see(END + 10 * DAY)
    watch.see(END + DAY)
    path = tmp_path / "handed-in.html"
    path.write_bytes(PAGE)
    said = ("--file", str(path), "--published", "2025-01-20", "--by", "王敏", "--reason", "该局提供")
    watch.nianbao("attest", "nongye", "2024", *said, now=END + 2 * DAY)
    watch.nianbao("check", now=END + 2 * DAY)
    found = Site(tmp_path / "data" / "nianbao.db")

    html = page(found, "/agency/nongye")

    found.close()
    watch.db.close()
    assert "人工提交" in html
    assert "王敏" in html
    assert "该局提供" in html
    assert html.count("当时时钟有误，不能证明没有公布") == 1


def test_an_agency_of_any_id_is_reached_by_its_link(site):
    (link,) = re.findall(r'href="(/agency/fin[^"]+)"', page(site, "/nianbao/agencies?name__contains=财政"))[:1]

    assert "平川市财政局" in words(page(site, link))


def test_an_unknown_agency_is_not_found(site):
    response = get(site, "/agency/nobody")

    assert (response.status_code, "没有这个页面" in response.text) == (404, True)


@pytest.mark.parametrize("table", sorted(PUBLIC_TABLES))
def test_every_promised_table_opens_with_every_column_in_words(site, table):
    html = page(site, f"/nianbao/{table}?_size=2")
    described = dict(re.findall(r"<dt><code>(\w+)</code></dt><dd>([^<]*)</dd>", html))

    assert described
    assert {name for name, said in described.items() if said == name} == set()


def test_the_columns_of_the_wide_views_bear_the_labels_of_the_forms(site):
    html = page(site, "/nianbao/disclosures")

    assert "本年收费金额（单位:万元）" in html
    assert "2019年格式，政府集中采购为“采购总金额”" in html


def test_the_list_of_the_missing_holds_the_suspected_and_the_unknown(site):
    found = [(row["agency"], row["status"]) for row in rows(site, "/nianbao/missing?year=")]

    assert found == [("edu", "missing"), ("odd", "suspected_missing"), ("fin/甲 1", "unknown")]


def test_the_lists_of_a_year_can_be_narrowed_to_a_region(site):
    assert [row["agency"] for row in rows(site, "/nianbao/missing?region_prefix=3708")] == ["odd"]
    assert rows(site, "/nianbao/missing?region_prefix=11") == []


def test_the_late_and_the_malformed_are_listed_by_year(site):
    (late,) = rows(site, "/nianbao/late?year=2024")
    (malformed,) = rows(site, "/nianbao/malformed?year=2024")

    assert (late["agency"], late["days_late"], late["proof"]) == ("liuhe", 8, "stated")
    assert (malformed["agency"], malformed["rules"]) == ("liuhe", "applications-row-total,applications-outcome-total")
    assert rows(site, "/nianbao/late?year=2023") == []


@pytest.mark.parametrize("asked", ["公开", "督促站所", "督", "督 公开", "ＳＣＲＩＰＴ"])
def test_the_search_finds_words_of_any_length(site, asked):
    found = rows(site, f"/nianbao/search?q={asked}")

    assert ("liuhe", 2024, 1) in [(row["agency"], row["report_year"], row["section"]) for row in found]


@pytest.mark.parametrize("asked", ["", " ", "没有的字眼", '"', "NOT AND", "*"])
def test_the_search_finds_nothing_without_complaint(site, asked):
    assert rows(site, f"/nianbao/search?q={asked}") == []


def test_the_hit_is_marked_and_what_is_around_it_escaped(site):
    html = page(site, "/nianbao/search?q=督促")

    assert "script&gt;alert(1)&lt;/script&gt;<mark>督促</mark>站所公开" in html


def test_an_agencys_years_stand_side_by_side(site):
    found = rows(site, "/nianbao/agency_years?agency=liuhe")
    granted = next(row for row in found if (row["row"], row["column"]) == ("granted", "total"))

    assert len(found) == 175
    assert (granted["2023"], granted["2024"], granted["column_label"]) == (10, 99, "总计")


def test_outcomes_are_summed_by_region(site):
    (by_city,) = rows(site, "/nianbao/outcomes_by_region?year=2024&digits=4")
    (by_county,) = rows(site, "/nianbao/outcomes_by_region?year=2024&digits=6")

    assert (by_city["region"], by_city["reports"], by_city["new_received"]) == ("3707", 1, 14)
    assert (by_county["region"], by_county["unavailable"]) == ("370799", 2)


def test_the_evidence_of_a_report_has_digests_dates_and_scans(site):
    (report,) = {row["report"] for row in rows(site, "/nianbao/search?q=督促")}
    found = rows(site, f"/nianbao/evidence?report={report}")

    assert [row["kind"] for row in found] == ["report", "capture", "file", "picture", "date", "sighting", "scan"]
    assert found[0]["digest"] == found[1]["digest"]
    assert [(row["what"], row["note"], row["digest"]) for row in found[2:4]] == [
        ("application/pdf", "", "e" * 64),
        ("", "status", None),
    ]
    assert (found[4]["at"], found[4]["what"]) == ("2025-01-20", "meta PubDate")


def test_an_alert_shows_its_evidence_in_words(site):
    html = page(site, "/nianbao/alerts/a1")

    assert '<a href="/capture/' in html
    assert "<dt>日期</dt><dd>2025-02-08</dd>" in html
    assert "<dd>javascript:alert(1)</dd>" in html


def test_archived_bytes_come_as_they_were(site):
    (digest,) = {
        row["digest"]
        for row in rows(site, "/nianbao/captures?status=200&title=年报&digest__not=c&size__gt=0")
        if row["digest"][0] not in "bc"
    }
    response = get(site, f"/capture/{digest}")

    assert response.content == PAGE
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"] == f'attachment; filename="{digest[:16]}.txt"'


def test_bytes_that_are_not_archived_are_not_found(site):
    assert get(site, "/capture/" + "c" * 64).status_code == 404
    assert get(site, "/capture/../nianbao.db").status_code == 404


def test_a_wide_view_is_exported_whole_in_parts(site, monkeypatch):
    monkeypatch.setattr("monitor.site.exports.REPORTS_AT_ONCE", 1)
    whole = _csv(site, "/nianbao/applications.csv?_size=max")

    in_parts = _csv(site, "/nianbao/applications.csv?_stream=on&_size=max")

    assert sorted(in_parts) == sorted(whole)
    assert len(in_parts) == 1 + 2 * 25


def test_a_query_that_does_not_fit_is_not_exported_in_part(site, monkeypatch):
    monkeypatch.setattr(site, "max_returned_rows", 2)

    response = get(site, "/nianbao/missing.csv")

    assert (response.status_code, "结果超过 2 行" in response.text) == (400, True)


def test_the_site_speaks_english_too(tmp_path):
    site = Site(site_database(tmp_path), language="en")
    try:
        assert "missing: 1; besides, unknown: 1 (not scanned: 1), suspected: 1" in words(page(site, "/"))
        assert "The applicants do not add up to the row's total" in words(page(site, "/agency/liuhe"))
        assert "Agencies" in words(page(site, "/nianbao"))
    finally:
        site.close()


def test_every_page_does_without_script_and_without_anything_from_elsewhere(site):
    for path in (
        "/",
        "/nianbao",
        "/agency/liuhe",
        "/nianbao/obligations",
        "/nianbao/search?q=公开",
        "/nianbao/alerts/a1",
    ):
        html = page(site, path)

        assert SCRIPT not in html
        assert re.findall(r"<script|<style|\sstyle=|\son\w+=|<iframe|@import", html) == []
        assert [link for link in re.findall(r'(?:src|<link[^>]*href)="([^"]+)"', html) if not _is_own(link)] == []


def _is_own(link):
    return link.startswith(("/static/", "http://localhost/nianbao"))


def _csv(site, path):
    return list(csv.reader(io.StringIO(get(site, path).content.decode("utf-8-sig"))))


def test_what_is_held_back_is_said_on_the_home_page_and_on_the_agencys(tmp_path):
    path = site_database(tmp_path)
    held = ({"kind": "held", "agency": "liuhe", "rule": "late"},)
    incident = Alert("h1", None, 2024, "operator", "many:p", AlertState.OPEN, END, "网站疑似改版", held)
    db = open_database(path)
    save_transitions(db, [(incident, Transition("h1", END, None, AlertState.OPEN, "开启"))])
    db.close()
    found = Site(path)

    home, own, other = (words(page(found, address)) for address in ("/", "/agency/liuhe", "/agency/gov"))

    found.close()
    assert home.index("网站疑似改版") < home.index("2024年度")
    assert ("现有结论待核" in own, "现有结论待核" in other) == (True, False)
