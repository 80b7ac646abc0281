"""Traps on list pages: what was met is named and kept as evidence, other portals of the same run are read as ever."""

import pytest

from crawler.simulator.families import FAKES
from storage.records import Outcome
from tests.crawler.families import crawl_fakes

BY_KEY = {fake.key: fake for fake in FAKES}
NAMED = {
    "redirect_loop": "循环跳转",
    "gzip_bomb": "内容超过上限",
    "brotli_bomb": "内容超过上限",
    "huge": "内容超过上限",
    "torn": "传输中断",
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    cases = [(BY_KEY["traps"], frozenset({quirk})) for quirk in NAMED]
    crawled = crawl_fakes([*cases, (BY_KEY["trs"], frozenset())], tmp_path_factory.mktemp("traps"))
    return dict(zip([*NAMED, "trs"], crawled, strict=True))


@pytest.mark.parametrize("quirk", NAMED)
def test_a_trap_is_named_with_its_address_and_what_was_read_before_is_kept(seen, quirk):
    (scan,) = (scan for scan in seen[quirk].run.scans if scan.portal == f"portal-{list(NAMED).index(quirk)}")

    assert scan.outcome == Outcome.INCOMPLETE
    assert NAMED[quirk] in scan.detail
    assert scan.pages[0].digest is not None
    assert scan.pages[-1].url.endswith("/zwgk/list.jsp?page=2")
    assert scan.rows_seen == 20


def test_a_portal_beside_the_traps_is_read_as_ever(seen):
    assert seen["trs"].outcomes == (Outcome.COMPLETE,)
    assert set(seen["trs"].found) == seen["trs"].expected
