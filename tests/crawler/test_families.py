"""Every fake portal in one crawl: all reports found, none given to another, the end proven; quirks never hidden."""

from __future__ import annotations

import pytest

from crawler.simulator.families import FAKES, Holding
from storage.records import Outcome
from tests.crawler.families import crawl_fakes

CASES = [(fake, frozenset(quirks)) for fake in FAKES for quirks in ([], *([quirk.key] for quirk in fake.quirks))]
NAMES = [f"{fake.key}+{'+'.join(quirks)}" if quirks else fake.key for fake, quirks in CASES]
PLAIN = [case for case in zip(NAMES, CASES, strict=True) if not case[1][0].needs_browser]


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    names = [name for name, _ in PLAIN]
    return dict(zip(names, crawl_fakes([case for _, case in PLAIN], tmp_path_factory.mktemp("fakes")), strict=True))


@pytest.mark.parametrize(("name", "case"), PLAIN, ids=[name for name, _ in PLAIN])
def test_a_fake_portal_is_read_as_far_as_it_lets_itself_be_read(seen, name, case):
    fake, quirks = case
    quirk = next((quirk for quirk in fake.quirks if quirk.key in quirks), None)
    expected = quirk.outcome if quirk else fake.outcome
    this = seen[name]
    assert set(this.outcomes) == {expected}, this.details
    assert set(this.found) <= this.expected
    if quirk is None or quirk.finds_all:
        assert set(this.found) == this.expected
    else:
        assert set(this.found) < this.expected


@pytest.mark.parametrize(("name", "case"), PLAIN, ids=[name for name, _ in PLAIN])
def test_a_row_is_given_to_the_agency_and_year_that_it_is_of(seen, name, case):
    del case
    this = seen[name]
    for (agency, year), paths in this.found.items():
        own = {str(entry.number) for entry in this.holding.of(agency) if entry.report_year == year}
        for path in paths:
            assert any(number in path for number in own), (agency, year, path)


@pytest.mark.parametrize(("name", "case"), PLAIN, ids=[name for name, _ in PLAIN])
def test_nobody_is_said_to_be_absent_who_may_be_there(seen, name, case):
    this = seen[name]
    proven_absent = Outcome.COMPLETE in this.outcomes and set(this.outcomes) == {Outcome.COMPLETE}
    assert not proven_absent or set(this.found) == this.expected


def test_a_fake_portal_publishes_enough_to_be_a_test():
    holding = Holding("澄湖县", 7)
    assert len(holding.entries) >= 60
    assert len({entry.agency for entry in holding.entries if entry.agency}) >= 8
    assert len({entry.report_year for entry in holding.entries if entry.report}) == 5
