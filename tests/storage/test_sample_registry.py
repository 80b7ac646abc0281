"""The real portals that `init --sample` writes: in order, marked, on their own hosts, not of something else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from crawler.portals import FAMILIES
from storage.hosts import hosts_of_url
from storage.registry import read_registry
from storage.sample_registry import SAMPLES, UNVERIFIED
from storage.starter import write_sample

OTHER_COLUMNS = ("fzggw.jiangsu.gov.cn", "fzggw.zj.gov.cn")
"""Hosts whose columns the papers show because of their markup: they hold notices and rules, not annual reports."""


@pytest.fixture
def registry(tmp_path):
    write_sample(tmp_path)
    return read_registry(tmp_path / "registry", families=FAMILIES)


def test_what_is_written_is_in_order_and_whole(registry):
    assert [portal.id for portal in registry.portals] == [portal.id for portal in SAMPLES]
    assert [portal.columns for portal in registry.portals] == [portal.columns for portal in SAMPLES]
    assert [agency.id for agency in registry.agencies] == [agency.id for one in SAMPLES for agency in one.agencies]
    assert {agency.portal for agency in registry.agencies} == {portal.id for portal in registry.portals}


def test_every_portal_is_marked_as_unverified(tmp_path):
    write_sample(tmp_path)
    lines = (tmp_path / "registry" / "portals.toml").read_text("utf-8").splitlines()

    heads = [number for number, line in enumerate(lines) if line.startswith("[")]
    assert len(heads) == len(SAMPLES)
    assert all(lines[number - 1].startswith(f"# {UNVERIFIED}") for number in heads)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_a_portal_is_a_government_site_whose_columns_are_its_own(sample):
    own = {*hosts_of_url(sample.base_url), *sample.hosts}

    assert urlsplit(sample.base_url).hostname.endswith(".gov.cn")
    assert urlsplit(sample.base_url).hostname not in OTHER_COLUMNS
    assert all(set(hosts_of_url(column)) <= own for column in sample.columns)
    assert sample.known_from in {"column", "report"}


@pytest.mark.shared
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_the_papers_know_the_columns_path(sample, shared):
    papers = (shared / "portals.md").read_text("utf-8")
    papers += (shared / "portal_samples" / "annual_report_pages.jsonl").read_text("utf-8")

    for column in sample.columns:
        path = urlsplit(column).path.removesuffix("index.html").removeprefix("/")
        assert len(path) > len("gknb")
        assert path in papers
