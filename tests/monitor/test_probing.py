"""`registry probe`: every portal visited once, what it is said in a table, in JSON and as TOML; nothing is kept."""

from __future__ import annotations

import json
import tomllib
from contextlib import ExitStack

import pytest
from click.testing import CliRunner

from crawler.simulator.families import FAKES, Holding
from crawler.simulator.server import Mode, PortalServer
from monitor.cli import main

PLACES = {
    "trs": ("trs", Mode.OK),
    "hanweb_jpage": ("hanweb_jpage", Mode.OK),
    "jpaas": ("jpaas", Mode.OK),
    "lonsun": ("lonsun", Mode.OK),
    "channel": ("channel", Mode.OK),
    "closed": ("trs", Mode.ROBOTS_DISALLOW),
    "challenged": ("trs", Mode.CHALLENGE),
    "moved": ("trs", Mode.MOVED),
}


@pytest.fixture(scope="module")
def looked(tmp_path_factory):
    """The table, the lines of JSON by portal, the TOML, and the requests that each portal saw in each of the three."""
    folder = tmp_path_factory.mktemp("office")
    with ExitStack() as stack:
        sections, servers, columns = [], {}, {}
        for key, (name, mode) in PLACES.items():
            built = next(fake for fake in FAKES if fake.key == name).build(Holding("澄湖县", 7), frozenset())
            servers[key] = server = stack.enter_context(PortalServer(built.site, mode))
            columns[key] = [server.base_url + path.removeprefix("/") for path in built.columns]
            sections.append(f'[{key}]\nname = "澄湖县"\nbase_url = "{server.base_url}"\ndelay = 0\n')
            if built.columns:
                sections.append(f"columns = {json.dumps(columns[key])}\n")
        CliRunner().invoke(main, ["init", str(folder)])
        (folder / "registry" / "portals.toml").write_text("".join(sections), encoding="utf-8")
        (folder / "nianbao.toml").write_text(
            '[crawl]\nallow_private_hosts = true\nbrowser = "never"\ndelay = 0\n', encoding="utf-8"
        )

        def call(*options):
            result = CliRunner().invoke(main, ["--config", str(folder / "nianbao.toml"), "registry", "probe", *options])
            assert result.exit_code == 0, result.output
            return result.output

        lines = {line["portal"]: line for line in map(json.loads, call("--json").splitlines())}
        visits = {key: [visit.path for visit in server.visits] for key, server in servers.items()}
        table = call("--portal", "trs", "--portal", "closed")
        sections = tomllib.loads(call("--write", "--portal", "trs", "--portal", "hanweb_jpage", "--portal", "closed"))
        yield folder, lines, visits, table, sections, columns


@pytest.mark.parametrize(
    ("key", "family", "robots", "outcome", "has_column"),
    [
        ("trs", "trs", "admitted", "complete", True),
        ("hanweb_jpage", "hanweb", "admitted", "complete", True),
        ("jpaas", "jpaas", "admitted", "complete", True),
        ("lonsun", "lonsun", "admitted", "complete", True),
        ("channel", "channel", "admitted", "needs_browser", False),
        ("closed", None, "refused", "robots_refused", False),
        ("challenged", None, "admitted", "blocked", False),
        ("moved", None, "admitted", "moved", False),
    ],
)
def test_a_portal_is_told_by_family_column_robots_and_outcome(looked, key, family, robots, outcome, has_column):
    line = looked[1][key]

    assert (line["family"], line["robots"], line["outcome"]) == (family, robots, outcome), line
    assert (line["column"] is not None) == has_column
    assert outcome == "complete" or line["detail"]


@pytest.mark.parametrize("key", PLACES)
def test_a_portal_is_asked_for_little_and_what_it_was_asked_for_is_counted(looked, key):
    _, lines, visits, *_ = looked

    assert len(visits[key]) == lines[key]["requests"] == len(set(visits[key]))
    assert len(visits[key]) <= 6


def test_nothing_that_a_scan_would_leave_is_left(looked):
    folder = looked[0]

    assert not (folder / "data" / "nianbao.db").exists()
    assert [path for path in (folder / "data").rglob("*") if path.is_file() and path.name != ".lock"] == []


def test_the_table_names_what_was_found(looked):
    table = looked[3]

    assert ["trs", "trs", "允许", "完整"] in [line.split()[:4] for line in table.splitlines()]
    assert any(line.split()[:3] == ["closed", "禁止", "禁止"] for line in table.splitlines())


def test_what_was_found_can_be_pasted(looked):
    sections, columns = looked[4], looked[5]

    assert (sections["trs"]["family"], sections["trs"]["columns"]) == ("trs", columns["trs"])
    assert sections["hanweb_jpage"]["columns"][0].endswith("/col/col284/index.html")
    assert sections["closed"]["columns"] == columns["closed"]
    assert "family" not in sections["closed"]


def test_a_portal_that_the_registry_does_not_have_is_bad_usage(tmp_path):
    CliRunner().invoke(main, ["init", str(tmp_path)])

    result = CliRunner().invoke(
        main, ["--config", str(tmp_path / "nianbao.toml"), "registry", "probe", "--portal", "nobody"]
    )
    assert result.exit_code == 2
