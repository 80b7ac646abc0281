"""A report as it was read: every cell as printed, every narrative figure, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

Number = int | Decimal

UNREADABLE_REASONS: Mapping[str, str] = {
    "not_found": "文件不存在",
    "not_openable": "无法打开：不是文件（如目录），或没有读取权限",
    "empty": "文件为空",
    "too_large": "文件过大，超出读取上限",
    "truncated": "内容不完整，读出的远少于文件所含",
    "damaged": "文件已损坏，无法打开",
    "undecodable": "无法识别文字编码或内容不是文字",
    "not_a_report": "可以读取，但不是政府信息公开工作年度报告",
    "picture_without_ocr": "内容只有图片，未能识别：未安装文字识别组件，或图片不在文件中",
    "encrypted": "文件已加密",
    "unsupported": "尚不支持这种文件格式",
    "unsafe_archive": "压缩包的体积、层数或成员不合常规，为安全起见未展开",
    "office_missing": "这种格式须由 LibreOffice 转换，请安装 libreoffice-writer-nogui",
    "office_failed": "LibreOffice 未能转换这个文件",
    "illegible": "图片可以打开，但文字无法辨认",
    "too_slow": "解析超过时限，已中止",
    "out_of_memory": "解析所需内存超过上限，已中止",
    "worker_died": "解析进程意外终止",
    "enclosure_absent": "页面所附的文件、图片或内嵌页面未能取得，报告不完整",
    "refused": "页面是登录页或拦截页，不是报告",
    "nested_too_deeply": "标签嵌套过深，无法安全解析",
    "parser_failed": "解析程序出错，有待修复",
}
"""Why a document is `readable: false`: the key is printed, the words are for people."""


class Cell(NamedTuple):
    """The place of a number: table, row and column keys of the form."""

    table: str
    row: str
    column: str

    @property
    def path(self) -> str:
        """The cell as findings name it, e.g. `applications/granted/total`."""
        return f"{self.table}/{self.row}/{self.column}"


class Reading(StrEnum):
    """What a printed cell turned out to be."""

    NUMBER = "number"
    BLANK = "blank"
    NOT_A_NUMBER = "not_a_number"
    NOT_WHOLE = "not_whole"


@dataclass(frozen=True, slots=True)
class Fact:
    """One cell: `value` is None unless `reading` is NUMBER; `text` is the cell exactly as printed.

    Counts are `int`; amounts of money are `Decimal` with the digits that were printed.
    """

    value: Number | None
    text: str
    reading: Reading


class DoubtKind(StrEnum):
    """What a doubt is about; checks turn the structural kinds into findings."""

    CELL_COUNT = "cell_count"
    ROW_UNEXPECTED = "row_unexpected"
    LABEL_VARIANT = "label_variant"
    HEADING_VARIANT = "heading_variant"
    NUMBER_NORMALISED = "number_normalised"
    NOTE_IN_CELL = "note_in_cell"
    CELL_UNUSED = "cell_unused"
    TABLE_UNUSED = "table_unused"
    SECTION_EXTRA = "section_extra"
    SECTION_ORDER = "section_order"
    FORM_MARKERS = "form_markers"
    ROWS_JOINED = "rows_joined"
    TITLE_CONFLICT = "title_conflict"
    CELL_UNSURE = "cell_unsure"
    TABLE_UNRULED = "table_unruled"
    PICTURE_COARSE = "picture_coarse"
    SOURCES_DIFFER = "sources_differ"
    TABLE_ATTACHED = "table_attached"
    DATE_UNREAD = "date_unread"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the parser met and did not simply take: where, what was printed, why it doubts.

    `details` per kind: CELL_COUNT has `expected`, `found` (ints) and `all_zero` (bool); ROW_UNEXPECTED
    has `label`, `all_zero` and `cause` (`group_with_numbers`, `repeated`, `unknown_label`);
    FORM_MARKERS has `markers_2019` and `markers_2021` (lists of labels); SECTION_ORDER has `numbers`;
    CELL_UNSURE (a cell recognised from a picture, read differently by two readers, or in a table without
    lines) has `confidence` (0 to 1), `readings` (the texts) or `unruled`; PICTURE_COARSE has `page` and
    `dpi`; SOURCES_DIFFER has `sources` (address → the text printed there); TABLE_ATTACHED has
    `attachments` (the addresses of the files that the table was read from, because the article itself
    lacks it); DATE_UNREAD, a stated day of publication that cannot be told, has `source` (a DateSource).
    """

    kind: DoubtKind
    where: str
    text: str
    why: str
    details: Mapping[str, Any] = field(default_factory=dict)


class DateSource(StrEnum):
    """Where a date was printed, most trusted first. The value is what `read --json` prints."""

    META_PUBDATE = "meta PubDate"
    PAGE = "page 发布日期"
    LIST_ROW = "list row"
    URL = "url"
    BODY = "body guess"
    ISSUED = "page 成文日期"
    SIGNATURE = "signature"
    META_OTHER = "meta date"


PUBLISHER_SOURCES = (DateSource.META_PUBDATE, DateSource.PAGE, DateSource.LIST_ROW, DateSource.URL)
"""The dates by which the publisher states when it published; the others never prove lateness.

META_OTHER is a meta tag that dates the page and does not say what happened on that day; one in time leaves doubt."""


@dataclass(frozen=True, slots=True)
class StatedDate:
    """One date found with the report, and where."""

    date: date
    source: DateSource


@dataclass(frozen=True, slots=True)
class Contact:
    """The report's own contact line; each part as printed, None where absent."""

    phone: str | None = None
    address: str | None = None
    email: str | None = None
    postcode: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One of the six sections, without its tables.

    `heading` is the printed heading without its numeral. `text` has one paragraph a line. `pictures`
    and `attachments` are the addresses of images and linked files that stand inside the section.
    Numbers above 6 are extra sections.
    """

    number: int
    heading: str
    text: str
    pictures: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()


class StatementKind(StrEnum):
    """What a sentence of the narrative states, so that it can be held against the tables."""

    APPLICATIONS_NONE = "applications_none"
    APPLICATIONS_RECEIVED = "applications_received"
    APPLICATIONS_RECEIVED_WITH_CARRIED_OVER = "applications_received_with_carried_over"
    APPLICATIONS_HANDLED = "applications_handled"
    APPLICATIONS_CARRIED_FORWARD = "applications_carried_forward"
    REVIEWS = "reviews"
    REVIEWS_NONE = "reviews_none"
    LITIGATION = "litigation"
    LITIGATION_NONE = "litigation_none"


@dataclass(frozen=True, slots=True)
class Statement:
    """A figure that the narrative states: `value` None for statements of nothing (`*_none`)."""

    kind: StatementKind
    value: int | None
    section: int
    text: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """«N, of which a, b, c»: a total and one complete list of its parts, as printed in `text`."""

    total: int
    parts: tuple[int, ...]
    section: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one document says. Absent things are None or empty, never invented.

    `form` is `"2019"`, `"2021"` or None (a report on a year before 2019). `tables` are the form's
    tables that were found; `facts` holds a Fact for every cell that was printed in them.
    `year_readings` and `agency_readings` keep what each place said, by `title`, `period`, `body`,
    `signature`, `source`, `trail`, so that they can be held against each other. `preamble` is the text between
    title and section 1; `signature` the agency name under the text. `confidences` holds, for cells that
    were recognised from a picture, how sure the recognition was (0 to 1).
    """

    form: str | None
    title: str | None
    agency_name: str | None
    report_year: int | None
    published_on: date | None = None
    dates: tuple[StatedDate, ...] = ()
    period: tuple[date, date] | None = None
    signed_on: date | None = None
    signature: str | None = None
    contact: Contact = field(default_factory=Contact)
    preamble: str = ""
    sections: tuple[Section, ...] = ()
    tables: frozenset[str] = frozenset()
    facts: Mapping[Cell, Fact] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    year_readings: Mapping[str, int] = field(default_factory=dict)
    agency_readings: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    confidences: Mapping[Cell, float] = field(default_factory=dict)

    @property
    def is_recognised(self) -> bool:
        """Do numbers of it come from pictures? Then its words do too, and a letter of them may be another."""
        return bool(self.confidences)

    def number(self, table: str, row: str, column: str) -> Number | None:
        """The value of one cell; None where blank, absent, or not a number."""
        fact = self.facts.get(Cell(table, row, column))
        return fact.value if fact else None

    def section(self, number: int) -> Section | None:
        """The first section of that number, None where the report has none."""
        return next((part for part in self.sections if part.number == number), None)
