"""Articles whose report is not in their page, crawled over loopback, ingested and judged: one report, many sources."""

from __future__ import annotations

import dataclasses
import io
from dataclasses import replace
from datetime import date, datetime
from html import escape
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import pytest
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

from crawler.crawl import CrawlRequest, crawl
from crawler.ingest import ingest_run
from crawler.runs import read_run
from crawler.simulator import enclosing
from crawler.simulator.made_up import Medium, made_up_report
from crawler.simulator.portals import TEXT, Enclosed, Look, Publication, Row
from crawler.simulator.renderers.grids import table_grid
from crawler.simulator.renderers.markup import page as whole_page
from crawler.simulator.renderers.markup import plain_body
from crawler.simulator.renderers.printed import Kind, parts
from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from crawler.simulator.trs_site import trs_column
from monitor.checks import Subject, content_verdict, judge
from storage.captures import Captures
from storage.database import load_report, open_database, report_versions, save_registry
from storage.enclosures import EnclosureKind
from storage.records import SHANGHAI, Agency, AgencyKind, Content, Outcome, Portal, Registry
from storage.report import Cell, DateSource, DoubtKind
from tests.accuracy import wrong_cells
from tests.writers.pdf_writer import reportlab_pdf
from tests.writers.picture_writer import as_jpeg, rendered
from tests.writers.sheet_writer import write_xlsx
from tests.writers.word_writer import python_docx_report

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.simulator.made_up import MadeUpReport
    from storage.database import Database
    from storage.records import Capture, Scan, StoredReport

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
PUBLISHED = date(2025, 1, 20)
COLUMN = "/zfxxgk/nb/"
FOLDER = f"{COLUMN}202501/"
LOOK = Look("澄湖县人民政府", "9901230001", ())
NAMES = (
    *("财政局", "教育局", "水利局", "民政局", "司法局", "审计局", "统计局", "林业局", "气象局", "卫生健康局", "商务局"),
    *(
        "交通运输局",
        "应急管理局",
        "文化和旅游局",
        "医疗保障局",
        "农业农村局",
        "信访局",
        "城市管理局",
        "粮食局",
        "体育局",
    ),
)
DIFFERING = Cell("applications", "new_received", "natural_person")


def made(name):
    agency = f"澄湖县{name}"
    report = made_up_report(Random(name), year=2024, agency=agency, activity=0.4, published_on=PUBLISHED)
    return replace(report, title=f"{agency}2024年政府信息公开工作年度报告")


def pdf(report):
    return reportlab_pdf(report, Random(1))


def sheet(report):
    return write_xlsx(report, Random(2))


def word(report):
    return python_docx_report(report, Random(3))


def raised(report):
    return replace(report, cells={**report.cells, DIFFERING: report.cells[DIFFERING] + 5})


def photographed(report, table):
    """A picture of one table: its cells in a grid of thin lines."""
    grid = table_grid(report, table)
    texts, spans, taken = {}, [], set()
    for row, members in enumerate(grid):
        column = 0
        for cell in members:
            while (column, row) in taken:
                column += 1
            right, below = column + cell.column_span, min(row + cell.row_span, len(grid))
            taken |= {(x, y) for x in range(column, right) for y in range(row, below)}
            spans.append(("SPAN", (column, row), (right - 1, below - 1)))
            texts[column, row] = cell.text
    columns = max(column for column, _ in taken) + 1
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("cell", fontName="STSong-Light", fontSize=9, leading=12, wordWrap="CJK", alignment=TA_CENTER)
    cells = [[Paragraph(escape(texts.get((x, y), "")), style) for x in range(columns)] for y in range(len(grid))]
    lines = [("GRID", (0, 0), (-1, -1), 0.75, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *spans]
    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=(900, 1500)).build([Table(cells, style=lines)])
    (pixels,) = rendered(file.getvalue(), 150)
    return as_jpeg(pixels, 90, 150)


def photographs(report):
    """Every table of the report as a picture where the page has the picture's address."""
    pictures = {part.text: photographed(report, part.table) for part in parts(report) if part.kind is Kind.PICTURE}
    return Enclosed(TEXT, {address: Page(body, "image/jpeg") for address, body in pictures.items()})


def faxed(report):
    """The same, one of the pictures not to be had."""
    pages = dict(photographs(report).pages)
    return Enclosed(TEXT, {**pages, next(iter(pages)): GONE})


LOGIN = Page(b"<html><body><form><input type=password></form></body></html>", "text/html")
GONE = Page(b"", status=404)
ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
OTHER = made("档案馆")


class Case(NamedTuple):
    """How an article has its report: what hangs on it, given the report, and how the tables stand in its text."""

    hang: Callable[[MadeUpReport], Enclosed]
    media: dict[str, Medium] = {}  # noqa: RUF012 (never changed)


IN_PICTURES = dict.fromkeys(("disclosure", "applications", "reviews"), Medium.PICTURE)
WITHOUT_REVIEWS = {"reviews": Medium.LOST}
CASES = {
    "pdf alone": Case(lambda r: enclosing.attached("P01.pdf", pdf(r), f"{r.title}.pdf", keeps_text=False)),
    "same in a sheet": Case(lambda r: enclosing.attached("P02.xlsx", sheet(r), f"{r.title}统计表.xlsx")),
    "one number differs": Case(lambda r: enclosing.attached("P03.docx", word(raised(r)), f"{r.title}.docx")),
    "pdf.js": Case(lambda r: enclosing.viewed("P04.pdf", pdf(r), FOLDER)),
    "pdfshow": Case(lambda r: enclosing.shown_by_script("P05.pdf", pdf(r), FOLDER)),
    "embed": Case(lambda r: enclosing.embedded("P06.pdf", pdf(r))),
    "frame": Case(lambda r: enclosing.framed("f07.html", whole_page(head="", body=plain_body(r), title=r.title))),
    "handler": Case(lambda r: enclosing.downloaded("a1b2.docx", word(r))),
    "images": Case(photographs, IN_PICTURES),
    "image gone": Case(faxed, IN_PICTURES),
    "off host": Case(lambda r: enclosing.linked("http://127.0.0.1:9/oss/P10.pdf", f"{r.title}.pdf")),
    "gone": Case(lambda r: enclosing.attached("P11.pdf", GONE, r.title, keeps_text=False)),
    "login page": Case(lambda r: enclosing.attached("P12.pdf", LOGIN, r.title, keeps_text=False)),
    "refused": Case(lambda r: enclosing.attached("P13.pdf", enclosing.REFUSAL, r.title, keeps_text=False)),
    "table attached": Case(lambda r: enclosing.attached("P14.docx", word(whole(r)), "附件.docx"), WITHOUT_REVIEWS),
    "gone beside a whole report": Case(lambda r: enclosing.attached("P15.pdf", GONE, f"{r.title}.pdf")),
    "other agency attached": Case(lambda _: enclosing.attached("P16.docx", word(OTHER), OTHER.title)),
    "gone before a lost table": Case(lambda _: enclosing.attached("P17.xls", GONE, "附表"), WITHOUT_REVIEWS),
    "lost table": Case(lambda _: enclosing.attached("P18.doc", GONE, "政府信息公开指南"), WITHOUT_REVIEWS),
    "encrypted": Case(lambda r: enclosing.attached("P19.docx", ENCRYPTED, r.title, keeps_text=False)),
}


def whole(report):
    return replace(report, media={})


@dataclasses.dataclass(frozen=True)
class Crawled:
    """What the crawl left, and what became of it in the database."""

    db: Database
    agencies: dict[str, Agency]
    truths: dict[str, MadeUpReport]
    scans: tuple[Scan, ...]
    captures: tuple[Capture, ...]
    visits: tuple[str, ...]

    def article(self, case) -> Capture:
        (capture,) = (one for one in self.captures if one.agency == self.agencies[case].id and one.part_of is None)
        return capture

    def parts(self, case) -> list[Capture]:
        return [one for one in self.captures if one.part_of == self.article(case).url]

    def version(self, case) -> StoredReport:
        (version,) = report_versions(self.db, self.agencies[case].id, 2024)
        return version

    def report(self, case):
        return load_report(self.db, self.version(case).id)

    def findings(self, case):
        return judge(Subject(self.report(case), agency=self.agencies[case], report_year=2024))

    def rules(self, case):
        return [finding.rule for finding in self.findings(case) if finding.severity != "info"]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    data = tmp_path_factory.mktemp("data")
    truths = {key: made(name) for key, name in zip(CASES, NAMES, strict=True)}
    # Pictures are named by the day.
    truths["image gone"] = replace(truths["image gone"], published_on=date(2025, 1, 22))
    publications = [
        Publication(report, "typed", enclosed=CASES[key].hang(report))
        for key, truth in truths.items()
        for report in (replace(truth, media=CASES[key].media),)
    ]
    news = [Row("全县政务公开培训会召开", "./202501/t20250121_3.html", date(2025, 1, 21))]
    pages = trs_column(LOOK, COLUMN, publications, news, Random(0), is_old=False)
    with PortalServer(Site(pages, (COLUMN,))) as server:
        columns = (f"{server.base_url}{COLUMN[1:]}",)
        portal = Portal("chenghu", "澄湖县人民政府", server.base_url, (server.host,), columns=columns)
        names = {key: truth.agency_name for key, truth in {**truths, "archive": OTHER}.items()}
        kind = AgencyKind.LOCAL_DEPARTMENT
        agencies = {key: Agency(key, name, kind, "990123", "chenghu") for key, name in names.items()}
        registry = Registry(tuple(agencies.values()), (portal,), ())
        request = CrawlRequest(NOW, (portal,), registry.agencies, (2024,), delay=0.01, allow_private_hosts=True)
        folder = crawl(request, data=data)
        run = read_run(folder)
        visits = tuple(visit.path for visit in server.visits)
    db = open_database(data / "nianbao.db")
    save_registry(db, registry, NOW)
    ingest_run(db, Captures(data / "captures"), folder, at=NOW)
    yield Crawled(db, agencies, truths, run.scans, run.captures, visits)
    db.close()


WHOLE = ("pdf alone", "same in a sheet", "pdf.js", "pdfshow", "embed", "frame", "handler", "table attached")


@pytest.mark.parametrize("case", WHOLE)
def test_every_cell_is_read_wherever_the_report_hangs(crawled, case):
    report = crawled.report(case)

    assert wrong_cells(crawled.truths[case], report) == []
    assert report.published_on == PUBLISHED
    assert report.dates[0].source is DateSource.META_PUBDATE
    assert content_verdict(crawled.findings(case)) is Content.OK


@pytest.mark.parametrize("case", ["pdf alone", "pdf.js", "pdfshow", "embed", "handler"])
def test_tables_that_are_only_in_a_file_are_told(crawled, case):
    assert crawled.rules(case).count("table-as-attachment") == 3


@pytest.mark.parametrize("case", ["same in a sheet", "frame"])
def test_a_report_that_the_page_shows_or_that_says_the_same_twice_has_nothing_to_tell(crawled, case):
    assert crawled.rules(case) == []


def test_a_table_that_only_the_attachment_has_is_told_and_judged(crawled):
    assert crawled.rules("table attached") == ["table-as-attachment"]


def test_a_number_that_differs_is_a_finding_and_the_pages_stands(crawled):
    report = crawled.report("one number differs")

    (finding,) = [each for each in crawled.findings("one number differs") if each.rule == "sources-differ"]
    printed = crawled.truths["one number differs"].cells[DIFFERING]
    (file,) = crawled.parts("one number differs")
    assert wrong_cells(crawled.truths["one number differs"], report) == []
    assert finding.where == DIFFERING.path
    assert finding.evidence == {
        "sources": {crawled.article("one number differs").url: str(printed), file.url: str(printed + 5)}
    }


def test_pages_of_a_report_published_as_images_are_read(crawled):
    report = crawled.report("images")

    assert wrong_cells(crawled.truths["images"], report) == []
    assert crawled.rules("images").count("table-as-picture") == 3
    assert content_verdict(crawled.findings("images")) is Content.OK


@pytest.mark.parametrize(
    ("case", "reason", "failure"),
    [
        ("off host", "enclosure_absent", "file_off_host"),
        ("gone", "enclosure_absent", "status"),
        ("login page", "enclosure_absent", "file_is_page"),
        ("refused", "enclosure_absent", "refused"),
        ("gone before a lost table", "enclosure_absent", "status"),
        ("encrypted", "damaged", ""),
        ("image gone", "enclosure_absent", "status"),
    ],
)
def test_a_file_that_we_did_not_get_or_read_is_never_held_against_the_agency(crawled, case, reason, failure):
    version = crawled.version(case)

    enclosures = crawled.article(case).enclosures
    assert (version.reason, enclosures[0].failure) == (reason, failure)
    assert len(crawled.parts(case)) == sum(part.digest is not None for part in enclosures)


def test_without_a_file_that_might_hold_it_a_lost_table_is_missing(crawled):
    assert "table-missing" in crawled.rules("lost table")
    assert crawled.article("lost table").enclosures == ()


def test_a_file_that_was_not_had_is_nothing_to_a_whole_report(crawled):
    case = "gone beside a whole report"

    assert wrong_cells(crawled.truths[case], crawled.report(case)) == []
    assert crawled.rules(case) == []
    assert [part.failure for part in crawled.article(case).enclosures] == ["status"]


def test_an_attached_report_of_another_agency_is_that_agencys(crawled):
    own = crawled.report("other agency attached")
    other = load_report(crawled.db, crawled.version("archive").id)

    assert wrong_cells(crawled.truths["other agency attached"], own) == []
    assert wrong_cells(OTHER, other) == []
    assert DoubtKind.SOURCES_DIFFER not in {doubt.kind for doubt in own.doubts}


def test_the_scan_is_complete_and_says_what_was_not_had(crawled):
    (scan,) = crawled.scans

    assert scan.outcome is Outcome.COMPLETE
    assert scan.detail.startswith("有 7 个附件、图片或内嵌页面未能取得：")


def test_nothing_is_asked_for_twice(crawled):
    files = [path for path in crawled.visits if not path.startswith((COLUMN + "index", "/robots"))]

    assert len(files) == len(set(files))


def test_each_file_frame_and_picture_is_a_capture_of_its_own_that_names_its_article(crawled):
    article = crawled.article("images")

    pictures = crawled.parts("images")
    assert [(part.digest, part.url) for part in pictures] == [(part.digest, part.url) for part in article.enclosures]
    assert {part.kind for part in article.enclosures} == {EnclosureKind.PICTURE}
    assert {(part.agency, part.report_year, part.scan) for part in pictures} == {(None, None, article.scan)}
    stored = crawled.db.execute("SELECT url FROM captures WHERE part_of = ? ORDER BY url", (article.url,)).fetchall()
    assert [url for (url,) in stored] == sorted(part.url for part in pictures)
