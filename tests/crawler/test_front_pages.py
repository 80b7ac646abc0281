"""The family of a portal from its front page or its column: the right one, or none, never another's."""

from __future__ import annotations

import pytest

from crawler.columns import disclosure_pages, frames, report_columns
from crawler.front_pages import ADDRESSES, family_of_column, family_of_front
from crawler.listings.gkmlpt import tree_links
from crawler.pages import read_page
from crawler.portals import FAMILIES
from crawler.rows import read_rows
from crawler.simulator.families import FAKES, Holding
from crawler.simulator.site import Asked

HOLDING = Holding("澄湖县", 7)
HOME = "http://www.chenghu.example.cn/"
MOST_PAGES = 8


def is_own(url):
    return url.startswith(HOME)


def page(body, url=HOME):
    return read_page(body if isinstance(body, bytes) else f"<html><body>{body}</body></html>".encode(), url)


def served(site, path):
    """What a fake answers to a GET of this path, by its pages or its endpoints; None where there is nothing."""
    name, _, query = path.partition("?")
    if path in site.pages or name in site.pages:
        return site.pages.get(path, site.pages.get(name)).body
    fields = dict(part.partition("=")[::2] for part in query.split("&") if part)
    for beginning in sorted(site.endpoints, key=len, reverse=True):
        if name == beginning or (beginning.endswith("/") and name.startswith(beginning)):
            return site.endpoints[beginning](Asked("GET", name, fields, {"Host": "www.chenghu.example.cn"}, b"")).body
    return None


@pytest.mark.parametrize("fake", FAKES, ids=[fake.key for fake in FAKES])
def test_a_front_page_is_its_own_familys_or_says_nothing(fake):
    front = served(fake.build(HOLDING, frozenset()).site, "/")

    assert family_of_front(page(front), is_own) in {fake.family, None}


def columns_of(built):
    """The pages of the columns that the registry names, or that are found from the front page, with their frames."""
    columns = [HOME.rstrip("/") + path for path in (*built.columns, *built.agency_columns.values())]
    waiting = [HOME]
    seen = {}
    for url in waiting:
        body = served(built.site, url.partition("#")[0].removeprefix(HOME.rstrip("/")))
        if body is None or url in seen or len(seen) > MOST_PAGES:
            continue
        seen[url] = read = page(body, url)
        rows = (*read_rows(read), *tree_links(read))
        found = report_columns(rows, lambda _: True)
        columns += [*found, *(frames(read) if url in columns else ())]
        waiting += [*(disclosure_pages(rows) if not found else ()), *columns]
    return [read for url, read in seen.items() if url in columns]


@pytest.mark.parametrize("fake", FAKES, ids=[fake.key for fake in FAKES])
def test_a_column_is_recognised_as_its_own_familys(fake):
    families = {family_of_column(column.text, column.url) for column in columns_of(fake.build(HOLDING, frozenset()))}

    # A page framed by a column may bear no system's signs.
    assert fake.family in families <= {fake.family, "static"}


@pytest.mark.parametrize(
    ("family", "address"),
    [
        ("hanweb", "/art/2024/1/29/art_284_11138001.html"),
        ("hanweb", "/col/18073_668815/index.html"),
        ("jpaas", "/col/col1229123351/art/2026/art_0123456789abcdef0123456789abcdef.html"),
        ("truecms", "/truecms/dir/dir.html"),
        ("epoint", "/dynamic/zwgk/govInfoPub.html?deptcode=&categorynum=003002"),
        ("gkmlpt", "/zqhjj/gkmlpt/index"),
        ("lonsun", "/zwgk/public/column/6600401?type=3"),
        ("openness", "/Xxgknb/show/4021.html"),
        ("ucap", "/hljwch/c111341/202301/c01_592213.shtml"),
        ("ucap", "/zgq/c108645/list.shtml"),
        ("vsb", "/info/1021/1234.htm"),
        ("ilist", "/info/iList.jsp?node_id=GKmzs&cat_id=15971"),
        ("channel", "/gongkai/channel_0123456789abcdef01234567/"),
        ("chinatax", "/c102242/content.html"),
        ("trs", "/sxgp/202401/t20240129_1926722.shtml"),
    ],
)
def test_an_address_that_only_one_system_has_gives_it_away(family, address):
    front = page(f'<a href="{address}">通知</a><a href="/xw/1.html">要闻</a>')

    assert family_of_front(front, is_own) == family


def test_addresses_that_two_systems_share_or_that_are_anothers_say_nothing():
    shared = page('<a href="/col/col1/index.html">政务公开</a>')
    foreign = page('<a href="http://www.other.example.cn/202401/t20240129_1.html">转载</a>')
    torn = page('<a href="/202401/t20240129_1.html">甲</a><a href="/art/2024/1/2/art_1_2.html">乙</a>')
    mostly = page(
        '<a href="/202401/t20240129_1.html">甲</a><a href="/202401/t20240130_2.html">丙</a>'
        '<a href="/art/2024/1/2/art_1_2.html">乙</a>'
    )

    assert [family_of_front(front, is_own) for front in (shared, foreign, torn, mostly)] == [None, None, None, "trs"]


def test_every_row_is_of_a_family():
    assert set(ADDRESSES) <= set(FAMILIES)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("hanweb_jcms_js_fzggw_col284_index.html", "hanweb"),
        ("hanweb_jpaas_zj_fzggw_col1229565788_index.html", "jpaas"),
        ("gkmlpt_index_skeleton.html", "gkmlpt"),
        ("ucap_list_page.html", "ucap"),
        ("trs_ordos_engebei_xxgknb_index.html", "trs"),
        ("vsb_boda_pager_real.html", "vsb"),
    ],
)
def test_a_real_page_gives_its_family_away_as_a_front_page_would(shared, name, family):
    assert family_of_front(page((shared / "portal_samples" / name).read_bytes()), is_own) == family
