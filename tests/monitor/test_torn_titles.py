"""A list whose titles were torn on their way: who is in it cannot be told, so nobody is said to be missing."""

from __future__ import annotations

from datetime import datetime

import pytest

from crawler.simulator.server import PortalServer
from crawler.simulator.site import Page, Site
from monitor import jobs
from storage.configuration import load_configuration
from storage.database import load_standings, open_database
from storage.records import SHANGHAI, Agency, AgencyKind, Portal, Registry, Status

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
NAMES = ("澄湖县财政局", "澄湖县粮食局")


def listed(titles):
    rows = b"".join(f'<li><a href="/nb/a{n}.html">'.encode() + title + b"</a></li>" for n, title in enumerate(titles))
    pager = b'<script>createPageHTML(1, 0, "index", "html");</script>'
    head = '<html><head><meta charset="utf-8"><title>政府信息公开年报</title></head><body>'.encode()
    return Page(head + b"<ul>" + rows + b"</ul>" + pager + b"</body></html>", "text/html; charset=utf-8")


@pytest.fixture
def config(tmp_path):
    (tmp_path / "nianbao.toml").write_text(
        '[crawl]\nallow_private_hosts = true\ndelay = 0.0\nbrowser = "never"\n', encoding="utf-8"
    )
    return load_configuration(tmp_path / "nianbao.toml")


def test_a_title_that_was_torn_on_the_way_leaves_everybody_unknown(config):
    whole = f"{NAMES[0]}2024年政府信息公开工作年度报告".encode()
    torn = f"{NAMES[1]}2024年政府信息公开工作年度报告".encode()
    # The first byte of the name is lost: what is left of its first character makes no sense.
    site = Site({"/nb/": listed([whole, torn[1:]])}, ("/nb/",))
    with PortalServer(site) as server:
        base = server.base_url
        portal = Portal("town", "澄湖县", base, (server.host,), None, (f"{base}nb/",), 0.0)
        agencies = tuple(
            Agency(str(number), name, AgencyKind.LOCAL_DEPARTMENT, "990123", "town")
            for number, name in enumerate(NAMES)
        )
        registry = Registry(agencies, (portal,), ())
        db = open_database(config.database)
        list(jobs.scan(db, registry, config, lambda: NOW, agencies))
        jobs.check(db, registry, config, NOW, 2024)
        standings = {standing.agency: (standing.status, standing.reason) for standing in load_standings(db, 2024)}
        db.close()

    assert standings["1"] == (Status.UNKNOWN, "undecodable")
