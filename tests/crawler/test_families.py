"""Every fake portal in one crawl: all reports found, none given to another, the end proven; quirks never hidden."""

from __future__ import annotations

import pytest

from crawler.simulator.families import FAKES, Holding
from storage.records import Outcome
from tests.crawler.families import crawl_fakes

CASES = [(fake, frozenset(quirks)) for fake in FAKES for quirks in ([], *([quirk.key] for quirk in fake.quirks))]
NAMES = [f"{fake.key}+{'+'.join(quirks)}" if quirks else fake.key for fake, quirks in CASES]
PLAIN = [case for case in zip(NAMES, CASES, strict=True) if not case[1][0].needs_browser]
DRAWN = [case for case in zip(NAMES, CASES, strict=True) if case[1][0].needs_browser]


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    names = [name for name, _ in PLAIN]
    return dict(zip(names, crawl_fakes([case for _, case in PLAIN], tmp_path_factory.mktemp("fakes")), strict=True))


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    cases = [case for _, case in DRAWN]
    data = tmp_path_factory.mktemp("drawn")
    return dict(zip([name for name, _ in DRAWN], crawl_fakes(cases, data, browser="auto"), strict=True))


@pytest.mark.parametrize(("name", "case"), PLAIN, ids=[name for name, _ in PLAIN])
def test_a_fake_portal_is_read_as_far_as_it_lets_itself_be_read(seen, name, case):
    holds_as_expected(seen[name], *case)


@pytest.mark.browser
@pytest.mark.parametrize(("name", "case"), DRAWN, ids=[name for name, _ in DRAWN])
def test_what_only_a_script_draws_is_read_through_the_browser(drawn, name, case):
    fake, quirks = case
    this = drawn[name]
    holds_as_expected(this, fake, quirks)
    wanted = {str(entry.number) for entry in this.holding.entries if entry.report_year == 2024 and entry.report}
    fetched = {number for number in wanted if any(number in path for path in this.captured)}
    assert fetched == wanted or quirks
    own = {
        pair: {str(entry.number) for entry in this.holding.of(pair[0]) if entry.report_year == pair[1]}
        for pair in this.found
    }
    linked = {pair: [path for path in paths if "#" not in path or "#/" in path] for pair, paths in this.found.items()}
    assert all(any(number in path for number in own[pair]) for pair, paths in linked.items() for path in paths)


def test_without_a_browser_a_drawn_list_is_said_to_need_one(seen_without_browser):
    assert {outcome for this in seen_without_browser for outcome in this.outcomes} == {Outcome.NEEDS_BROWSER}
    assert not any(this.found for this in seen_without_browser)


@pytest.fixture(scope="module")
def seen_without_browser(tmp_path_factory):
    plain = [(fake, quirks) for _, (fake, quirks) in DRAWN if not quirks]
    return crawl_fakes(plain, tmp_path_factory.mktemp("undrawn"))


def holds_as_expected(this, fake, quirks):
    quirk = next((quirk for quirk in fake.quirks if quirk.key in quirks), None)
    expected = quirk.outcome if quirk else fake.outcome
    # What ails one agency's own list says nothing of the others.
    others = {Outcome.COMPLETE} if Outcome.COMPLETE in this.outcomes else set()
    assert set(this.outcomes) == {expected} | others, this.details
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
    missed = {agency for agency, _ in this.expected - set(this.found)}
    assert not this.whole & missed


def test_a_fake_portal_publishes_enough_to_be_a_test():
    holding = Holding("澄湖县", 7)
    assert len(holding.entries) >= 60
    assert len({entry.agency for entry in holding.entries if entry.agency}) >= 8
    assert len({entry.report_year for entry in holding.entries if entry.report}) == 5
