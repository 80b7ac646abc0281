"""The demo's world: four report years of invented agencies on four sample portals, and what must come out."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from crawler.simulator.made_up import made_up_report
from crawler.simulator.mistakes import MISTAKES
from crawler.simulator.portals import REPORT_COLUMN, Look, Publication, Row, homepage
from crawler.simulator.renderers.portal_pages import Link
from crawler.simulator.roles import ROLES, Role
from crawler.simulator.server import ROBOTS, Mode, PortalServer
from crawler.simulator.site import Page, Site
from crawler.simulator.static_site import block_links, old_page, static_column
from crawler.simulator.trs_site import trs_column
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crawler.simulator.made_up import MadeUpReport

YEARS = 4
COUNTY_COLUMN = "/zfxxgk/zfxxgknb/"
ZONE_COLUMN = "/kfq/xxgk/xxgknb/"
CITY_COLUMN = "/zwgk/gknb/"
DISTRICT_COLUMN = "/xxgk/zfxxgknb/"
WEATHER_COLUMN = "/zfxxgk/nb/"


@dataclass(frozen=True, slots=True)
class PortalPlan:
    """One sample portal. `columns` are the paths that the registry names, empty where they must be found."""

    id: str
    name: str
    site: Site
    columns: tuple[str, ...] = ()
    family: str | None = None
    mode: Mode = Mode.OK


@dataclass(frozen=True, slots=True)
class Scenario:
    """Portals, agencies and verdicts of one report year.

    `scans` are the instants of the two scans, both after 31 January and more than 20 hours apart.
    """

    report_year: int
    scans: tuple[datetime, datetime]
    portals: tuple[PortalPlan, ...]
    roles: tuple[Role, ...]


def demo_scenario(now: datetime) -> Scenario:
    """The demo of the year of `now`: reports on the year before it and on three earlier ones.

    ValueError before 2023: the earliest of its reports would be older than the unified forms.
    """
    year = now.astimezone(SHANGHAI).year - 1
    first = datetime(year + 1, 2, 10, 9, tzinfo=SHANGHAI)
    published = {role.id: _publications(role, year) for role in ROLES}
    return Scenario(
        report_year=year,
        scans=(first, first + timedelta(days=1)),
        portals=(_county(year, published), _city(published), _district(), _weather()),
        roles=ROLES,
    )


@contextmanager
def running_portals(scenario: Scenario) -> Iterator[dict[str, PortalServer]]:
    """The scenario's portals on loopback, by id, until the block ends."""
    with ExitStack() as stack:
        yield {plan.id: stack.enter_context(PortalServer(plan.site, plan.mode)) for plan in scenario.portals}


def _publications(role: Role, year: int) -> tuple[Publication, ...]:
    """The role's reports, oldest first; every earlier year's in time, without mistake."""
    random = Random(f"{year} {role.id}")
    found: list[Publication] = []
    previous: MadeUpReport | None = None
    for report_year in range(year - YEARS + 1, year + 1):
        day = date(report_year + 1, 1, random.randint(6, 29))
        if report_year == year:
            if role.published is None:
                break
            day = date(report_year + 1, *role.published)
        report = made_up_report(
            random,
            year=report_year,
            agency=role.name,
            kind=role.kind,
            previous=previous,
            activity=role.activity,
            published_on=day,
        )
        previous = report
        if report_year == year and role.mistake:
            report = MISTAKES[role.mistake].make(report, random)
        report = report if role.has_dates else replace(report, signed_on=None)
        found.append(Publication(report, role.body, role.has_dates))
    return tuple(found)


def _of_portal(portal: str, published: Mapping[str, tuple[Publication, ...]]) -> list[Publication]:
    """What stands in the portal's shared column."""
    return [one for role in ROLES if role.portal == portal and role.column is None for one in published[role.id]]


def _county(year: int, published: Mapping[str, tuple[Publication, ...]]) -> PortalPlan:
    menu = (Link("首页", "/"), Link("政务公开", "/zwgk/"), Link("办事服务", "/bsfw/"), Link("互动交流", "/hdjl/"))
    look = Look("澄湖县人民政府", "9901230001", menu)
    random = Random(f"{year} chenghu")
    pages = {
        "/": homepage(look, [*menu, Link("政府信息公开", "/zfxxgk/")]),
        "/zfxxgk/": _blocks_page(look, {REPORT_COLUMN: "./zfxxgknb/"}),
        ROBOTS: Page(b"User-agent: *\nDisallow: /admin/\n", "text/plain"),
        **trs_column(look, COUNTY_COLUMN, _of_portal("chenghu", published), _county_news(year), random, is_old=False),
        **trs_column(look, ZONE_COLUMN, _neighbours(year, random), _zone_news(year), random, is_old=True),
    }
    site = Site(pages, (COUNTY_COLUMN, ZONE_COLUMN))
    return PortalPlan("chenghu", "澄湖县人民政府", site, (COUNTY_COLUMN,), "trs")


def _county_news(year: int) -> list[Row]:
    """Rows of the county's column that are no reports, or reports on something else."""
    titles = (
        (f"澄湖县{year}年法治政府建设年度报告", date(year + 1, 1, 21)),
        (f"澄湖县人民政府门户网站{year}年度工作报表", date(year + 1, 1, 14)),
        (f"关于做好{year}年政府信息公开工作年度报告编制工作的通知", date(year, 12, 20)),
        ("澄湖县举办政府信息公开业务培训班", date(year, 11, 8)),
        (f"图解：{year - 1}年政府信息公开工作年度报告", date(year, 2, 19)),
        (f"澄湖县{year - 1}年部门决算公开汇总", date(year, 8, 30)),
        ("县政务服务大厅调整周末值班安排", date(year - 1, 9, 12)),
        (f"澄湖县{year - 2}年行政执法统计年报", date(year - 1, 3, 6)),
    )
    return [_news_row(number, title, day) for number, (title, day) in enumerate(titles)]


def _zone_news(year: int) -> list[Row]:
    """News in the development zone's column for reports."""
    titles = (
        ("开发区召开项目推进调度会", date(year + 1, 1, 9)),
        ("园区新引进两家装备制造企业", date(year, 10, 17)),
        ("开发区标准厂房二期封顶", date(year, 5, 24)),
        ("开发区开展安全生产大检查", date(year - 1, 6, 2)),
        ("一季度园区用电量稳步回升", date(year - 1, 4, 13)),
        ("园区消防救援站投入使用", date(year - 2, 12, 1)),
        ("开发区举行秋季招聘会", date(year - 2, 9, 27)),
    )
    return [_news_row(number, title, day) for number, (title, day) in enumerate(titles)]


def _news_row(number: int, title: str, day: date) -> Row:
    return Row(title, f"./{day:%Y%m}/t{day:%Y%m%d}_{1_900_000 + number}.html", day)


def _neighbours(year: int, random: Random) -> list[Publication]:
    """Reports of others that the development zone re-posted: nothing of its own is among them."""
    names = ("澄湖县望川街道办事处", "澄湖县石梁镇人民政府", "澄湖县青禾乡人民政府")
    return [
        Publication(
            made_up_report(
                random,
                year=year - age,
                agency=name,
                activity=0.0,
                published_on=date(year + 1 - age, 3, random.randint(2, 28)) if age else date(year + 1, 1, 28),
            ),
            "typed",
        )
        for name in names
        for age in range(YEARS)
    ]


def _city(published: Mapping[str, tuple[Publication, ...]]) -> PortalPlan:
    menu = (Link("首页", "/"), Link("政府信息公开", "/zwgk/"), Link("便民服务", "/bmfw/"))
    look = Look("青槐市人民政府", "9902000001", menu)
    random = Random("qinghuai")
    own = [role for role in ROLES if role.portal == "qinghuai" and role.column]
    links = [Link(role.name, role.column) for role in own if role.column]
    pages = {
        "/": old_page(look, "首页", "<table><tr><td>欢迎访问</td></tr></table>"),
        "/zwgk/": old_page(
            look, "政府信息公开", f"<table><tr>{block_links({REPORT_COLUMN: '/zwgk/gknb/'})}</tr></table>"
        ),
        **static_column(look, CITY_COLUMN, _of_portal("qinghuai", published), random, links=links),
    }
    for role in own:
        if role.column:
            pages |= static_column(look, role.column, published[role.id], random)
    return PortalPlan("qinghuai", "青槐市人民政府", Site(pages, (CITY_COLUMN, *(link.address for link in links))))


def _district() -> PortalPlan:
    """A portal that was rebuilt: the column that the registry knows is gone, and nothing leads to a new one."""
    menu = (Link("首页", "/"), Link("新闻中心", "/xw/"), Link("走进砚川", "/zjyc/"))
    look = Look("砚川区人民政府", "9902020001", menu)
    pages = {"/": homepage(look, [*menu, Link("栏目升级改造公告", "/xw/3.html")])}
    return PortalPlan("yanchuan", "砚川区人民政府", Site(pages, (DISTRICT_COLUMN,)), (DISTRICT_COLUMN,))


def _weather() -> PortalPlan:
    """A portal that answers 503."""
    return PortalPlan("weather", "青槐市气象局", Site({}, (WEATHER_COLUMN,)), (WEATHER_COLUMN,), mode=Mode.UNAVAILABLE)


def _blocks_page(look: Look, addresses: Mapping[str, str]) -> Page:
    page = homepage(look, [Link(title, address) for title, address in addresses.items()])
    return replace(page, body=page.body.replace(b"<title>", "<title>政府信息公开_".encode()))
