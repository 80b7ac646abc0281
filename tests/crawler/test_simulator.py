"""The simulator says what it says: identities hold, shapes carry their numbers, portals answer."""

import http.client
import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import html

from crawler.simulator.demo_registry import write_demo_registry
from crawler.simulator.made_up import made_up_report
from crawler.simulator.mistakes import MISTAKES
from crawler.simulator.mistakes_in_words import copied_from, with_personal_data
from crawler.simulator.renderers import SHAPES
from crawler.simulator.renderers.grids import is_value_row, spread, table_grid
from crawler.simulator.scenario import (
    CITY_COLUMN,
    COUNTY_COLUMN,
    DISTRICT_COLUMN,
    WEATHER_COLUMN,
    ZONE_COLUMN,
    demo_scenario,
    running_portals,
)
from crawler.simulator.server import Mode, PortalServer, Validators
from crawler.simulator.site import Asked, Page, Site
from storage.configuration import load_configuration
from storage.forms import FORMS
from storage.law import due_rule
from storage.records import SHANGHAI, AgencyKind, Status
from storage.registry import read_registry
from storage.report import Cell

AGENCY = "澄湖县财政局"
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")
NOW = datetime(2026, 3, 1, tzinfo=SHANGHAI)
KINDS = tuple(AgencyKind)


def a_report(seed, year=2024, *, activity=None, kind=AgencyKind.LOCAL_DEPARTMENT, form=None):
    return made_up_report(Random(seed), year=year, agency=AGENCY, kind=kind, activity=activity, form=form)


def broken_identities(report):
    form = FORMS[report.form]
    broken = set()
    for table in form.tables:
        columns = [column.key for block in table.blocks for column in block.columns]
        for identity in table.identities:
            for line in columns if identity.axis == "rows" else [row.key for row in table.rows]:

                def cell(key, line=line, axis=identity.axis, table=table):
                    row, column = (key, line) if axis == "rows" else (line, key)
                    return report.cells[Cell(table.key, row, column)]

                if sum(map(cell, identity.left)) != sum(map(cell, identity.right)):
                    broken.add(identity.rule)
    return broken


def printed_numbers(report):
    form = FORMS[report.form]
    cells = [Cell(t.key, row.key, column.key) for t in form.tables for row in t.rows for column in t.columns(row.key)]
    return [report.cells[cell] for cell in cells if report.cells.get(cell) is not None]


def plain_number(text):
    flat = unicodedata.normalize("NFKC", text).strip().replace("〇", "0").replace(",", "")
    return Decimal(flat.replace("−", "-")) if NUMBER.fullmatch(flat) else None


def numbers_in(name, data):
    """The numbers of a rendered report, read without any of the project's readers."""
    if name.startswith("html_pre"):
        texts = re.split(r"[\t\n]", html.fromstring(data.decode()).xpath("string(//pre)"))
    elif SHAPES[name].media_type == "text/html":
        is_gb = name in {"html_gbk", "html_gb18030_labelled_utf8"}
        tree = html.fromstring(data.decode("gb18030" if is_gb else "utf-8"))
        texts = ["".join(cell.itertext()) for cell in tree.iter("td") if cell.find(".//table") is None]
    else:
        texts = re.split(r"[\t\n|]", data.decode())
    return [number for number in map(plain_number, texts) if number is not None]


@pytest.mark.parametrize("seed", range(40))
def test_a_made_up_report_has_every_cell_and_all_its_identities_hold(seed):
    report = a_report(seed, 2019 + seed % 6, kind=KINDS[seed % len(KINDS)])

    assert broken_identities(report) == set()
    assert len(report.cells) == sum(table.cell_count for table in FORMS[report.form].tables)
    assert all(value >= 0 for cell, value in report.cells.items() if cell.column != "change")


def test_made_up_reports_reach_zeros_thousands_decimals_and_negative_changes():
    reports = [a_report(seed, year) for seed in range(30) for year in (2020, 2024)]
    values = [value for report in reports for value in report.cells.values()]

    assert 0 in values
    assert max(values) >= 10_000
    assert min(values) < 0
    assert any(isinstance(value, Decimal) and value % 1 for value in values)


def test_what_is_carried_forward_is_next_years_carried_over():
    random = Random(6)
    previous = made_up_report(random, year=2020, agency=AGENCY, activity=1.0)
    report = made_up_report(random, year=2021, agency=AGENCY, activity=1.0, previous=previous)

    forward = {cell.column: value for cell, value in previous.cells.items() if cell.row == "carried_forward"}
    over = {cell.column: value for cell, value in report.cells.items() if cell.row == "carried_over"}

    assert over == forward
    assert sum(forward.values()) > 0
    assert broken_identities(report) == set()
    assert report.contact == previous.contact


def test_a_report_without_activity_is_all_zeros():
    assert set(a_report(1, activity=0.0).cells.values()) == {0}


def test_the_narrative_gives_the_numbers_of_the_tables():
    report = a_report(3, activity=1.0)
    text = "".join(report.section(1).paragraphs)
    total = report.cells["applications", "outcome_total", "total"]

    assert f"办结{total}件" in text


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_prints_every_number_once_and_in_order(name):
    for seed in range(6):
        report = a_report(seed, 2020 + seed % 3 * 2, activity=0.0 if SHAPES[name].only_zeros else 0.4)

        found = numbers_in(name, SHAPES[name].render(report, Random(seed)))

        extra = 7 + 3 if name == "text_p_phantom" else 0
        assert len(found) == len(printed_numbers(report)) + extra
        if not extra:
            assert found == printed_numbers(report)


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_the_same_for_the_same_seed(name):
    report = a_report(8, activity=0.0 if SHAPES[name].only_zeros else None)

    assert SHAPES[name].render(report, Random(1)) == SHAPES[name].render(report, Random(1))


@pytest.mark.parametrize("name", [name for name, shape in SHAPES.items() if shape.carries_blanks])
def test_a_blank_cell_takes_away_one_number_and_nothing_else(name):
    whole = a_report(4, activity=0.4)
    blank = MISTAKES["blank_cell"].make(whole, Random(0))
    shape = SHAPES[name]

    assert len(numbers_in(name, shape.render(blank, Random(2)))) == len(printed_numbers(whole)) - 1


def test_a_blank_in_dialect_w_keeps_its_line():
    whole = a_report(4, activity=0.4)
    blank = MISTAKES["blank_cell"].make(whole, Random(0))

    rows = [text.split("\n\t") for text in SHAPES["text_w"].render(blank, Random(2)).decode().split("\n\n")]
    lengths = {len(row) for row in rows if sum(plain_number(text) is not None for text in row) in {6, 7}}

    assert lengths <= {8, 9, 10}


def test_table_three_is_laid_out_as_the_official_form():
    grid = table_grid(a_report(1), "applications")

    assert {len(row) for row in spread(grid)} == {10}
    assert [len(row) for row in grid[:3]] == [2, 3, 5]
    assert sum(is_value_row(row) for row in grid) == 25
    assert grid[5][0].row_span == 22


def test_verbose_word_html_is_as_heavy_as_words_own():
    size = len(SHAPES["html_word_verbose"].render(a_report(1), Random(1)))

    assert 120_000 < size < 260_000


def test_word_html_splits_text_over_spans():
    tree = html.fromstring(SHAPES["html_word"].render(a_report(1), Random(1)).decode())

    assert len(tree.xpath("//table[@class='MsoNormalTable']")) == 3
    assert any(len(paragraph.xpath(".//span")) > 3 for paragraph in tree.xpath("//p"))


def test_the_old_portal_page_nests_its_tables_three_deep():
    tree = html.fromstring(SHAPES["html_nested"].render(a_report(1), Random(1)).decode())

    assert max(len(list(table.iterancestors("table"))) for table in tree.iter("table")) >= 3
    assert "网站标识码" in tree.text_content()
    assert not tree.xpath("//meta[@name='PubDate']")


def test_the_trs_page_has_the_meta_tags_and_the_editors_container():
    report = a_report(1)
    tree = html.fromstring(SHAPES["html_trs"].render(report, Random(1)).decode())

    assert tree.xpath("//meta[@name='ArticleTitle']/@content") == [report.title]
    assert tree.xpath("//meta[@name='PubDate']/@content") == [f"{report.published_on} 10:30"]
    assert len(tree.xpath("//div[contains(@class, 'TRS_Editor')]//table")) == 3


def test_the_unknown_template_loses_numbered_headings_and_brings_much_else():
    report = a_report(1)
    lines = [section.line for section in report.sections]

    for seed in range(6):
        text = html.fromstring(SHAPES["html_unknown_template"].render(report, Random(seed)).decode()).text_content()
        assert sum(line in text for line in lines) < 6
        assert len(html.fromstring(SHAPES["html_unknown_template"].render(report, Random(seed))).xpath("//a")) > 50


def test_broken_pages_make_more_tables_of_the_same_numbers():
    report = a_report(2, activity=0.4)

    counts = [
        len(html.fromstring(SHAPES["html_page_broken"].render(report, Random(seed)).decode()).xpath("//table"))
        for seed in range(4)
    ]

    assert counts == [5, 5, 5, 5]


def test_wrong_labels_of_encodings_are_wrong():
    report = a_report(1)
    mislabelled = SHAPES["html_gb18030_labelled_utf8"].render(report, Random(1))
    other_way = SHAPES["html_utf8_labelled_gb2312"].render(report, Random(1))

    assert b'charset="utf-8"' in mislabelled
    assert report.title in mislabelled.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        mislabelled.decode()
    assert b'charset="gb2312"' in other_way
    assert report.title in other_way.decode()


@pytest.mark.parametrize("name", MISTAKES)
def test_every_mistake_changes_the_report_and_only_a_copy_of_it(name):
    mistake = MISTAKES[name]
    form = max(mistake.forms)
    report = a_report(6, 2020 if form == "2019" else 2024, activity=1.0, kind=mistake.kind or KINDS[1])
    before = (dict(report.cells), report.sections)

    changed = mistake.make(report, Random(6))

    assert changed != report
    assert (dict(report.cells), report.sections) == before


@pytest.mark.parametrize("name", ["wrong_balance", "wrong_outcome_total", "wrong_row_total", "wrong_reviews_total"])
@pytest.mark.parametrize("seed", range(5))
def test_an_arithmetic_mistake_breaks_the_identity_it_names_and_no_other(name, seed):
    changed = MISTAKES[name].make(a_report(seed), Random(seed))

    assert broken_identities(changed) == {MISTAKES[name].rule}


def test_mistakes_with_blank_rows_and_words_are_printed():
    random = Random(2)
    report = a_report(2, activity=0.4)

    assert "见附注" in SHAPES["html_clean"].render(MISTAKES["words_for_a_number"].make(report, random), random).decode()
    missing = MISTAKES["missing_row"].make(report, random)
    assert len(table_grid(missing, "applications")) == len(table_grid(report, "applications")) - 1
    extra = MISTAKES["extra_row"].make(report, random)
    assert {len(row) for row in spread(table_grid(extra, "applications"))} == {10}


def test_the_made_up_identity_number_has_a_right_check_digit():
    report = with_personal_data(a_report(1), Random(1))
    digits = re.search(r"\d{17}[\dX]", report.section(5).paragraphs[-1])[0]
    weighted = sum(int(d) * (2 ** (17 - place) % 11) for place, d in enumerate(digits[:17]))

    assert "10X98765432"[weighted % 11] == digits[17]


def test_a_copied_report_differs_from_last_years_only_in_the_year():
    previous, report = a_report(1, 2023), a_report(2, 2024)

    copied = copied_from(report, previous)

    for number in (1, 5):
        old = "".join(previous.section(number).paragraphs).replace("2023", "2024")
        assert "".join(copied.section(number).paragraphs) == old


SITE = Site({"/": Page(b"home"), "/nb/": Page(b"list")}, ("/nb/",))


@pytest.mark.parametrize(
    ("mode", "robots", "home", "column"),
    [
        (Mode.OK, 404, 200, 200),
        (Mode.UNAVAILABLE, 404, 503, 503),
        (Mode.CHALLENGE, 404, 412, 412),
        (Mode.ROBOTS_UNAVAILABLE, 503, 200, 200),
        (Mode.ROBOTS_FORBIDDEN, 403, 200, 200),
        (Mode.ROBOTS_DISALLOW, 200, 200, 200),
        (Mode.MOVED, 404, 200, 404),
    ],
)
def test_a_portal_has_the_kind_of_day_it_is_set_to(mode, robots, home, column):
    with PortalServer(SITE, mode) as portal:
        answers = [status(portal, path) for path in ("/robots.txt", "/", "/nb/")]

    assert answers == [robots, home, column]


def fetch(address):
    """The status and body at an address."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    connection.request("GET", parts.path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def status(portal, path):
    return fetch(urljoin(portal.base_url, path))[0]


def test_a_portal_remembers_who_came_for_what_and_over_how_many_connections():
    with PortalServer(SITE) as portal:
        connections = [http.client.HTTPConnection(portal.host, timeout=10) for _ in range(3)]
        for connection in connections:
            connection.request("GET", "/nb/?page=1", headers={"User-Agent": "nianbao"})
            assert connection.getresponse().read() == b"list"
        seen = [(visit.path, visit.user_agent, visit.status, visit.open_connections) for visit in portal.visits]
        # The connections are still open: closing the portal must not wait for them.

    for connection in connections:
        connection.close()
    assert seen == [("/nb/?page=1", "nianbao", 200, count) for count in (1, 2, 3)]


def test_a_portal_can_change_its_mind():
    with PortalServer(SITE) as portal:
        first = status(portal, "/nb/")
        portal.mode = Mode.CHALLENGE
        second = status(portal, "/nb/")

    assert (first, second) == (200, 412)


@pytest.mark.parametrize(
    ("validators", "name", "condition"),
    [(Validators.ETAG, "ETag", "If-None-Match"), (Validators.LAST_MODIFIED, "Last-Modified", "If-Modified-Since")],
)
def test_a_portal_can_be_asked_whether_a_page_has_changed(validators, name, condition):
    with PortalServer(SITE, validators=validators) as portal:
        page = portal.answer(Asked("GET", "/nb/", {}, {}, b""))
        again = Asked("GET", "/nb/", {}, {condition: page.headers[name]}, b"")
        same = portal.answer(again)
        portal.site = Site({"/nb/": Page(b"another list")}, ("/nb/",))
        other = portal.answer(again)

    assert (page.status, page.body) == (200, b"list")
    assert (same.status, same.body) == (304, b"")
    assert (other.status, other.body, other.headers[name] != page.headers[name]) == (200, b"another list", True)


@pytest.fixture(scope="module")
def scenario():
    return demo_scenario(NOW)


def test_the_demo_has_twelve_agencies_of_several_kinds_and_every_status_it_promises(scenario):
    statuses = {role.expectation.status for role in scenario.roles}

    assert len(scenario.roles) >= 12
    assert len({role.kind for role in scenario.roles}) >= 7
    assert statuses == {
        Status.ON_TIME,
        Status.LATE,
        Status.MISSING,
        Status.NOT_DUE,
        Status.DATE_UNKNOWN,
        Status.UNKNOWN,
    }


def test_the_demos_expectations_follow_from_the_law_and_the_day_of_publication(scenario):
    today = scenario.scans[1].date()
    for role in scenario.roles:
        rule = due_rule(role.kind, scenario.report_year)
        due = date(scenario.report_year + 1, rule.month, rule.day)
        published = role.published and date(scenario.report_year + 1, *role.published)
        match role.expectation.status:
            case Status.ON_TIME:
                assert published <= due
            case Status.LATE:
                assert due < published < today
            case Status.MISSING:
                assert published is None
                assert due < today
            case Status.NOT_DUE:
                assert published is None
                assert today <= due
            case Status.DATE_UNKNOWN:
                assert not role.has_dates


def test_the_demos_rules_are_those_of_the_mistakes_made(scenario):
    for role in scenario.roles:
        if role.mistake:
            assert role.expectation.rules == {MISTAKES[role.mistake].rule}


def test_the_demo_scans_twice_more_than_twenty_hours_apart(scenario):
    first, second = scenario.scans

    assert scenario.report_year == 2025
    assert second - first > timedelta(hours=20)
    assert first.utcoffset() == timedelta(hours=8)


def test_the_demo_is_the_same_for_the_same_year(scenario):
    again = demo_scenario(NOW + timedelta(days=100))

    assert [plan.site.pages for plan in again.portals] == [plan.site.pages for plan in scenario.portals]


def listed(portal, folder, pages):
    """Every row of a TRS column: title → address, from its list pages."""
    rows = {}
    for name in pages:
        tree = html.fromstring(fetch(urljoin(portal.base_url, folder + name))[1].decode())
        for link in tree.xpath("//ul[@class='xxgk-list']//a | //table[@class='gl_list']//a"):
            rows[link.text_content().strip()] = urljoin(portal.base_url + folder.removeprefix("/"), link.get("href"))
    return rows


def test_the_county_lists_its_agencies_over_four_pages_and_serves_every_row(scenario):
    with running_portals(scenario) as portals:
        portal = portals["chenghu"]
        rows = listed(portal, COUNTY_COLUMN, ["", "index_1.html", "index_2.html", "index_3.html"])
        answers = {status(portal, address) for address in rows.values()}
        beyond = status(portal, COUNTY_COLUMN + "index_4.html")

    years = {year: sum(str(year) in title for title in rows) for year in range(2022, 2026)}
    assert answers == {200}
    assert beyond == 404
    assert len(rows) == 12 * 4 - 2 + 8
    assert min(years.values()) >= 10
    assert not any("民政局" in title and "2025" in title for title in rows)


def test_the_development_zones_column_counts_from_one_and_holds_only_others(scenario):
    with running_portals(scenario) as portals:
        portal = portals["chenghu"]
        rows = listed(portal, ZONE_COLUMN, ["index.html", "index_2.html"])
        wrong = status(portal, ZONE_COLUMN + "index_1.html")

    assert wrong == 404
    assert len(rows) == 3 * 4 + 7
    assert not any(title.startswith("澄湖经济开发区") for title in rows)


def test_the_citys_column_is_found_from_its_homepage_in_gbk(scenario):
    with running_portals(scenario) as portals:
        base = portals["qinghuai"].base_url
        found = [base]
        for words in ("政府信息公开", "政府信息公开年报"):
            tree = html.fromstring(fetch(found[-1])[1].decode("gb18030"))
            (address,) = tree.xpath(f"//a[text()='{words}']/@href")
            found.append(urljoin(base, address))

    assert found[-1] == urljoin(base, CITY_COLUMN)


def test_the_archives_page_has_no_date_anywhere(scenario):
    plan = next(plan for plan in scenario.portals if plan.id == "qinghuai")
    role = next(role for role in scenario.roles if role.id == "qinghuai-archives")
    text = plan.site.pages[f"{role.column}4.htm"].body.decode("gb18030")

    assert "2026" not in text
    assert "2026" not in plan.site.pages[role.column].body.decode("gb18030")


def test_two_portals_fail_in_their_own_ways(scenario):
    with running_portals(scenario) as portals:
        moved = [status(portals["yanchuan"], path) for path in ("/", DISTRICT_COLUMN)]
        down = [status(portals["weather"], path) for path in ("/", WEATHER_COLUMN)]

    assert moved == [200, 404]
    assert down == [503, 503]


def test_the_demos_registry_and_configuration_read_back_without_fault(scenario, tmp_path):
    with running_portals(scenario) as portals:
        path = write_demo_registry(tmp_path, portals, scenario)
        configuration = load_configuration(path)
        registry = read_registry(configuration.registry)
        hosts = {name: (server.host,) for name, server in portals.items()}

    assert configuration.crawl.allow_private_hosts
    assert configuration.data == tmp_path / "data"
    assert [agency.id for agency in registry.agencies] == [role.id for role in scenario.roles]
    assert {portal.id: portal.hosts for portal in registry.portals} == hosts
    assert [portal.id for portal in registry.portals if not portal.columns] == ["qinghuai"]
