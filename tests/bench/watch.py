"""A season of a whole country in a real database, for measuring the watch: filled in minutes.

`fill` writes the rows that `save_registry` and `save_run` would write for the same scans, candidates,
captures and reports, most of them by SQL that multiplies what the real functions saved once. The world is
the same for the same `World`. What it holds: of the agencies of a portal most publish in January, some
late, some never; every twentieth scan is refused, and every fiftieth portal refuses always.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from monitor.judgement.judging import Bench, groups_of
from storage.database import current_reports, save_registry, save_run
from storage.database.connection import put_all, writing
from storage.database.judgements import Judged, save_judgements, save_likeness
from storage.database.runs import _INSERT_SCAN, _scan_row
from storage.database.values import day_text, instant_text, json_text
from storage.received import ReadCapture
from storage.records import SHANGHAI, Agency, AgencyKind, Capture, EndProof, Outcome, Portal, Registry, Scan, ScanPage
from storage.report import DateSource
from tests.builders import NAME, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.database import Database
    from storage.report import Report

YEAR = 2024
SITES_A_RUN = 100
TEMPLATES = 50
"""So many reports are written out in full; the others say the same in another agency's name."""

_FIRST = "安平长东丰富广海和河恒宏华建江金晋靖康乐临灵龙隆南宁青清泉仁荣瑞山顺泰通文武西新兴阳永玉元云"
_SECOND = "州川城陵原乡化源溪阳山水河湖海湾口门台丘岭峰峪坪坝塘泽浦洲"
_WORK = (
    *("水利", "教育", "民政", "财政", "司法", "交通运输", "农业农村", "文化和旅游", "卫生健康", "应急管理", "审计"),
    *("统计", "医疗保障", "自然资源", "生态环境", "住房和城乡建设", "城市管理", "林业", "商务", "科学技术", "民族宗教"),
    *("退役军人事务", "市场监督管理", "信访", "体育", "粮食和物资储备", "机关事务管理", "乡村振兴", "行政审批服务"),
    *("人力资源和社会保障", "发展和改革", "工业和信息化", "公安", "能源", "气象", "地震", "档案", "供销", "园林"),
    *("广播电视", "地方金融监督管理", "大数据", "投资促进", "畜牧", "海洋", "渔业", "公路"),
)
_TOWNS = ("柳河镇", "石桥镇", "青龙镇")


@dataclass(frozen=True, slots=True)
class World:
    """How large: `agencies` on each of `portals`, scanned on so many days, the last two of them after the
    departments' due day (31 January). `has_facts`: the reports have their numbers, 200 rows each."""

    portals: int = 4000
    agencies: int = 50
    scans: int = 30
    has_facts: bool = False

    @property
    def due_end(self) -> datetime:
        """The first instant after the departments' due day."""
        return datetime(YEAR + 1, 2, 1, tzinfo=SHANGHAI)

    @property
    def now(self) -> datetime:
        """An instant after the last scan at which nothing is left to look at."""
        return self.due_end + timedelta(days=1, hours=12)


@dataclass(frozen=True, slots=True)
class Role:
    """One agency and the day (0: the first scan's) from which its report is listed; None: never."""

    agency: Agency
    listed_from: int | None


def fill(db: Database, world: World) -> Registry:
    """The whole season in an empty database; its registry."""
    roles = tuple(roles_of(world))
    registry = registry_of(world, roles)
    began = scanned_at(world, 0)
    save_registry(db, registry, began)
    _save_templates(db, world, registry, began)
    with writing(db):
        scans = _save_scans(db, world)
        _save_sightings(db, world, roles, scans)
        _save_reports(db, world, roles)
    db.execute("ANALYZE")
    return registry


def registry_of(world: World, roles: tuple[Role, ...] | None = None) -> Registry:
    """Who must report in that world, and where."""
    portals = tuple(
        Portal(
            _portal(number),
            f"{_county(number)}人民政府",
            f"http://{_portal(number)}.example/",
            (f"{_portal(number)}.example:80",),
        )
        for number in range(world.portals)
    )
    return Registry(tuple(role.agency for role in roles or roles_of(world)), portals, ())


def roles_of(world: World) -> Iterator[Role]:
    """Every agency of the world, with the day from which its report is listed."""
    for portal in range(world.portals):
        source = random.Random(portal)
        county = _county(portal)
        head = f"{_portal(portal)}-00"
        for number in range(world.agencies):
            kind, name = _kind_and_name(county, number)
            parent = None if number == 0 else head
            agency = Agency(
                f"{_portal(portal)}-{number:02d}",
                name,
                kind,
                f"{370000 + portal % 9999:06d}",
                _portal(portal),
                parent=parent,
            )
            draw = source.random()
            day: int | None = source.randrange(max(world.scans - 3, 1))
            if draw < 0.01:
                day = None
            elif draw < 0.04:
                day = world.scans - 1
            yield Role(agency, day)


def _kind_and_name(county: str, number: int) -> tuple[AgencyKind, str]:
    if number == 0:
        return AgencyKind.COUNTY_GOVERNMENT, f"{county}人民政府"
    if number <= len(_TOWNS):
        return AgencyKind.TOWNSHIP_GOVERNMENT, f"{county}{_TOWNS[number - 1]}人民政府"
    work = _WORK[(number - 1 - len(_TOWNS)) % len(_WORK)]
    again = (number - 1 - len(_TOWNS)) // len(_WORK)
    return AgencyKind.LOCAL_DEPARTMENT, f"{county}{work}{'服务中心' * again}局"


def _county(portal: int) -> str:
    names = len(_FIRST) * len(_SECOND)
    base = _FIRST[portal % len(_FIRST)] + _SECOND[portal // len(_FIRST) % len(_SECOND)]
    return f"{base}{'东西南北'[portal // names] if portal // names < 4 else ''}县"


def _portal(number: int) -> str:
    return f"p{number:04d}"


def scanned_at(world: World, day: int) -> datetime:
    """When the scans of a day begin."""
    return world.due_end + timedelta(days=day - world.scans + 2, hours=6)


def _outcome(portal: int, day: int) -> Outcome:
    if portal % 50 == 49:
        return Outcome.ROBOTS_REFUSED
    return Outcome.BLOCKED if (portal * 31 + day * 17) % 20 == 0 else Outcome.COMPLETE


def _list_url(portal: int) -> str:
    return f"http://{_portal(portal)}.example/zfxxgknb/"


def scan_of(world: World, portal: int, day: int, agencies: tuple[str, ...] = ()) -> Scan:
    """The scan of a portal on a day."""
    at, outcome = scanned_at(world, day) + timedelta(seconds=portal % SITES_A_RUN), _outcome(portal, day)
    is_whole = outcome is Outcome.COMPLETE
    run = f"{at:%Y%m%d}T060000-{portal // SITES_A_RUN:03d}"
    control = f"{_county(portal)}水利局{YEAR - 1}年政府信息公开工作年度报告"
    return Scan(
        id=f"{run}/{_portal(portal)}",
        run=run,
        portal=_portal(portal),
        column_url=_list_url(portal),
        agencies=agencies,
        started_at=at,
        finished_at=at + timedelta(minutes=2),
        outcome=outcome,
        detail="" if is_whole else "HTTP 403",
        pages=(ScanPage(_list_url(portal), 200 if is_whole else 403, f"{portal * 1000 + day:064x}", 60),),
        rows_seen=60 if is_whole else 0,
        stated_total=60 if is_whole else None,
        end_proof=EndProof.STATED_TOTAL if is_whole else None,
        control_title=control if is_whole else None,
        control_url=f"{_list_url(portal)}t2023.html" if is_whole else None,
    )


def listed_on(world: World, day: int) -> date:
    """The date that list and page state for what is listed from that day on."""
    return scanned_at(world, day).date()


def title_of(name: str) -> str:
    """The title of an agency's report."""
    return f"{name}{YEAR}年政府信息公开工作年度报告"


def template_of(number: int) -> Report:
    """A whole report with words that no other template has."""
    source = random.Random(f"template {number}")
    signs = [chr(0x4E00 + source.randrange(5000)) for _ in range(300)]
    words = {1: f"{{year}}年，{''.join(signs[:180])}。", 5: f"{''.join(signs[180:])}。"}
    return report(texts=words)


def _save_templates(db: Database, world: World, registry: Registry, at: datetime) -> None:
    """The first TEMPLATES agencies' reports through the real functions, with a run of their own long before."""
    owners = registry.agencies[:TEMPLATES]
    scan = replace(
        scan_of(world, 0, 0), id="templates/1", run="templates", agencies=(),
        started_at=at - timedelta(days=900), finished_at=at - timedelta(days=900),
    )  # fmt: skip
    captures, readings = [], []
    for number, agency in enumerate(owners):
        body = replace(template_of(number), dates=(), published_on=None)
        if not world.has_facts:
            body = replace(body, facts=dict(itertools.islice(body.facts.items(), 3)))
        url = f"http://templates.example/{number}.html"
        capture = Capture(f"{number:064x}", scan.id, url, url, 200, "text/html", scan.started_at, 20_000)
        captures.append(capture)
        readings.append(ReadCapture(capture, agency.id, YEAR - 10, body, parser_version="3"))
    save_run(db, run_id=scan.run, scans=[scan], candidates=[], captures=captures, reports=readings, at=at)


def _save_scans(db: Database, world: World) -> dict[tuple[int, int], int]:
    """(portal, day) → the number of its scan."""
    plan = [(day, portal) for day in range(world.scans) for portal in range(world.portals)]
    first = db.execute("SELECT max(number) + 1 FROM scans").fetchone()[0]
    runs = {scan_of(world, portal, day).run: day for day, portal in plan if portal % SITES_A_RUN == 0}
    put_all(
        db,
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?)",
        ((run, instant_text(scanned_at(world, day)), SITES_A_RUN, 0, 0) for run, day in runs.items()),
    )
    put_all(
        db,
        _INSERT_SCAN,
        (_scan_row(scan_of(world, portal, day)) for day, portal in plan),
    )
    db.execute("DROP INDEX agencies_of_a_scan")
    db.execute(
        "INSERT INTO scan_agencies (agency, scan) SELECT a.id, s.number FROM agencies AS a "
        "JOIN scans AS s ON s.portal = a.portal WHERE s.number >= ? ORDER BY a.id, s.number",
        (first,),
    )
    db.execute("CREATE INDEX agencies_of_a_scan ON scan_agencies(scan)")
    return {(portal, day): first + place for place, (day, portal) in enumerate(plan)}


def _save_sightings(db: Database, world: World, roles: tuple[Role, ...], scans: dict[tuple[int, int], int]) -> None:
    """A row a published report, seen by every whole scan from its day on."""
    whole = {
        portal: [
            scans[portal, day] if _outcome(portal, day) is Outcome.COMPLETE else None for day in range(world.scans)
        ]
        for portal in range(world.portals)
    }
    listed = [(number, role) for number, role in enumerate(roles) if role.listed_from is not None]
    put_all(
        db,
        "INSERT INTO candidates (id, url, title, listed_on, agency, report_year) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (
                *(number + 1, url_of(world, number), title_of(role.agency.name)),
                *(day_text(listed_on(world, role.listed_from or 0)), role.agency.id, YEAR),
            )
            for number, role in listed
        ),
    )  # fmt: skip
    db.conn.executemany(
        "INSERT INTO sightings (candidate, scan) VALUES (?, ?)",
        (
            (number + 1, scan)
            for number, role in listed
            for scan in whole[number // world.agencies][role.listed_from or 0 :]
            if scan is not None
        ),
    )
    db.execute(
        "INSERT INTO listed_dates SELECT a.portal, c.listed_on, c.id FROM candidates AS c "
        "JOIN agencies AS a ON a.id = c.agency WHERE c.id IN (SELECT candidate FROM sightings)"
    )


def url_of(world: World, number: int) -> str:
    """The address of an agency's report."""
    return f"{_list_url(number // world.agencies)}{number}.html"


def _save_reports(db: Database, world: World, roles: tuple[Role, ...]) -> None:
    """Every listed report, as the template of its number but for name, address and dates."""
    db.execute(
        "CREATE TEMP TABLE clones (id INTEGER PRIMARY KEY, template INTEGER, capture INTEGER, agency TEXT, name TEXT, "
        "url TEXT, digest TEXT, portal TEXT, day TEXT, seen TEXT, scan TEXT)"
    )
    first = db.execute("SELECT max(id) + 1 FROM report_versions").fetchone()[0]
    last_capture = db.execute("SELECT max(id) FROM captures").fetchone()[0]
    templates = [row[0] for row in db.execute("SELECT id FROM report_versions ORDER BY id LIMIT ?", (TEMPLATES,))]
    rows = []
    for number, role in enumerate(roles):
        portal = number // world.agencies
        days = range(world.scans if role.listed_from is None else role.listed_from, world.scans)
        day = next((day for day in days if _outcome(portal, day) is Outcome.COMPLETE), None)
        if day is None or role.listed_from is None:
            continue
        scan = scan_of(world, portal, day)
        rows.append((
            *(first + len(rows), templates[number % len(templates)], last_capture + 1 + len(rows)),
            *(role.agency.id, role.agency.name, url_of(world, number), f"{10**6 + number:064x}", _portal(portal)),
            *(listed_on(world, role.listed_from).isoformat(), instant_text(scan.started_at), scan.id),
        ))  # fmt: skip
    db.conn.executemany("INSERT INTO clones VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    dates = json_text([{"date": "DAY", "source": DateSource.META_PUBDATE.value}])
    db.execute(
        "INSERT INTO captures (id, url, digest, final_url, status, media_type, size, title, listed_on, agency, "
        "report_year, scan, headers, part_of, enclosures, first_fetched_at, last_fetched_at) "
        f"SELECT capture, url, digest, url, 200, 'text/html', 20000, name || '{title_of('')}', day, agency, {YEAR}, "
        "scan, '{}', NULL, '[]', seen, seen FROM clones ORDER BY id"
    )
    columns = [row[1] for row in db.execute("PRAGMA table_info(report_versions)")]
    given = {
        "id": "c.id", "agency": "c.agency", "report_year": str(YEAR), "url": "c.url", "digest": "c.digest",
        "final_url": "c.url", "capture": "c.capture", "portal": "c.portal", "first_seen_at": "c.seen",
        "last_seen_at": "c.seen", "fetched_at": "c.seen", "published_on": "c.day", "is_current": "1",
        "dates": f"replace('{dates}', 'DAY', c.day)",
    }  # fmt: skip
    named = ("title", "agency_name", "signature", "preamble", "reading")
    given |= {key: f"replace(t.{key}, '{NAME}', c.name)" for key in named}
    chosen = ", ".join(given.get(column, f"t.{column}") for column in columns)
    db.execute(
        f"INSERT INTO report_versions ({', '.join(columns)}) SELECT {chosen} FROM clones AS c "
        "JOIN report_versions AS t ON t.id = c.template ORDER BY c.id"
    )
    db.execute("INSERT INTO report_captures SELECT id, capture FROM clones ORDER BY id")
    db.execute(
        "INSERT INTO report_scans SELECT c.id, s.number FROM clones AS c JOIN scans AS s ON s.id = c.scan ORDER BY c.id"
    )
    db.execute(
        "INSERT INTO stated_dates SELECT portal, day, ?, id FROM clones ORDER BY portal, day, id",
        (DateSource.META_PUBDATE.value,),
    )
    db.execute(
        "INSERT INTO facts SELECT c.id, f.cell, f.value, f.digits, f.text, f.reading FROM clones AS c "
        "JOIN facts AS f ON f.report = c.template ORDER BY c.id, f.cell"
    )
    db.execute(
        "INSERT INTO sections (report, number, heading, text, position, pictures, attachments) "
        f"SELECT c.id, s.number, s.heading, replace(s.text, '{NAME}', c.name), s.position, s.pictures, s.attachments "
        "FROM clones AS c JOIN sections AS s ON s.report = c.template ORDER BY c.id, s.position"
    )
    db.execute("DROP TABLE clones")


def judge_all(db: Database, registry: Registry) -> None:
    """Leave the database as if every report had been judged and nothing were wrong with any: judging 200,000
    reports takes a quarter of an hour, and only once."""
    bench = Bench(db, YEAR, "zh", registry.agencies, is_saving=True)
    current = current_reports(db, YEAR)
    with writing(db):
        for name, group in groups_of(agency for agency in registry.agencies if agency.id in current):
            ids = tuple(current[agency.id] for agency in group)
            save_likeness(db, YEAR, name, bench.likeness_key(ids), {})
            keyed = bench.keyed(name, group, current, {})
            save_judgements(db, YEAR, ((case.agency.id, Judged(key, 0, 0), ()) for key, case in keyed.items()))
