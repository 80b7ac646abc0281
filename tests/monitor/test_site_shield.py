"""What the site refuses, and what it sends along with everything: nobody can write, run or read what is not theirs."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import http.client
import io
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from urllib.parse import quote

import pytest

from monitor.site import Site, application, serve
from monitor.site.shield import HEADERS
from tests.monitor.site_database import FORMULA, SCRIPT, site_database

ODD = (
    *("'", '"', "]", "[", "`", ";", "' or 1=1 --", '" union select 1 --', "]; drop table agencies; --", SCRIPT),
    *("%", "%00", "../../etc/passwd", "~ZZ", "$null", "NaN", "-1", "9" * 30, "1e999", "²", "", " ", "公开", "\u202e"),
    *('{"a":1}', '{"table":"outbox","column":"x","value":"1"}', ":_", "\\", "*", "NEAR(", "max", "0", "1,2", "[]"),
)
ARGUMENTS = (
    *("year", "q", "report", "agency", "digits", "region_prefix", "_sort", "_sort_desc", "_next", "_size", "_facet"),
    *("_facet_date", "_facet_array", "_facet_size", "_col", "_nocol", "_where", "_search", "_fts_table", "_through"),
    *("_timelimit", "_trace", "_labels", "_label", "_shape", "_ttl", "_filter_column", "_stream", "_extras", "sql"),
    *("status", "status__contains", "status__gt", "status__in", "status__glob", "status__arraycontains", "x]", 'x"'),
)
PATHS = (
    *("/", "/nianbao", "/agency/liuhe", "/nianbao/obligations", "/nianbao/missing.csv", "/nianbao/search.json"),
    *("/nianbao/evidence", "/nianbao/agency_years", "/nianbao/applications", "/nianbao/applications.csv"),
    *("/nianbao/alerts.json", "/nianbao/agencies", "/nianbao/obligations/2024,liuhe"),
)


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return site_database(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def site(database):
    found = Site(database)
    yield found
    found.close()


def get(site, path, method="GET"):
    return asyncio.run(site.client.request(method, path))


@pytest.mark.parametrize("path", ["/", "/static/site.css", "/nothing", "/-/settings", "/nianbao/agencies.json"])
def test_every_response_bears_the_same_strict_headers(site, path):
    headers = get(site, path).headers

    assert {name: headers.get_list(name) for name in map(bytes.decode, HEADERS)} == {
        name.decode(): [value.decode()] for name, value in HEADERS.items()
    }
    assert "script-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_nothing_but_reading_is_allowed(site, method):
    assert [get(site, path, method).status_code for path in ("/", "/nianbao/alerts")] == [405, 405]


@pytest.mark.parametrize(
    "path",
    [
        *(
            "/-/settings",
            "/-/metadata.json",
            "/-/versions",
            "/-/permissions",
            "/-/auth-token",
            "/-/logout",
            "/-/plugins",
        ),
        *("/-/databases.json", "/-/threads", "/-/actor", "/%2D/settings", "/-%2Fsettings", "/_internal", "/_memory"),
        *("/nianbao.db", "/nianbao.json", "/nianbao.csv?sql=select+1", "/:memory:", "/_internal/databases"),
    ],
)
def test_pages_for_developers_are_closed(site, path):
    assert get(site, path).status_code in {302, 404}


@pytest.mark.parametrize("table", ["outbox", "deliveries", "facts", "cells", "runs", "OUTBOX", "section_words"])
def test_tables_that_are_not_promised_are_not_shown(site, table):
    for path in (f"/nianbao/{table}", f"/nianbao/{table}.json", f"/nianbao/{table}.csv", f"/nianbao/{table}/1"):
        assert get(site, path).status_code in {403, 404}


def test_nobody_runs_sql_of_their_own(site):
    assert "agencies</code>" in get(site, "/nianbao?sql=select+1").text
    assert get(site, "/nianbao/alerts?_where=1=1").status_code == 403
    assert get(site, '/nianbao/alerts?_through={"table":"outbox","column":"transition","value":"1"}').status_code == 400


def test_csv_from_portals_is_no_formula_and_is_read_as_chinese(site):
    response = get(site, "/nianbao/portals.csv")
    (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    report = get(site, "/nianbao/report_versions/1.csv").content.decode("utf-8-sig")
    title = next(csv.DictReader(io.StringIO(report)))["title"]

    assert response.content.startswith(b"\xef\xbb\xbf")
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"] == 'attachment; filename="portals.csv"'
    assert (row["name"], row["delay"]) == (f"'{FORMULA}", "")
    assert title.startswith(f"'{FORMULA}")


def test_json_is_left_as_it_is(site):
    assert get(site, "/nianbao/portals.json?_shape=array").json()[0]["name"] == FORMULA


def test_csv_with_labels_is_no_formula_either(site):
    text = get(site, "/nianbao/agencies.csv?_labels=on&id=liuhe").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))

    assert row["portal_label"] == f"'{FORMULA}"


def test_nonsense_is_refused_without_an_error_of_ours_or_a_change(site, database, caplog):
    before = hashlib.sha256(database.read_bytes()).digest()
    random = Random(20250210)

    for _ in range(400):
        path = f"{random.choice(PATHS)}?{quote(random.choice(ARGUMENTS))}={quote(random.choice(ODD))}"
        response = get(site, path)

        assert response.status_code < 500, path
        assert SCRIPT not in response.text or "html" not in response.headers["content-type"], path
    for odd in ODD:
        for base in ("/nianbao/", "/nianbao/agencies/", "/agency/", "/capture/", "/", "/static/", "/nianbao/scans/"):
            assert get(site, base + quote(odd, safe="")).status_code < 500, (base, odd)

    assert hashlib.sha256(database.read_bytes()).digest() == before
    assert caplog.records == []


def test_an_error_page_escapes_what_was_asked(site):
    response = get(site, f"/nianbao/agencies?_sort={quote(SCRIPT)}")

    assert (response.status_code, SCRIPT in response.text) == (400, False)
    assert get(site, "/nianbao/agencies.json?_sort=x").json() == {
        "ok": False,
        "status": 400,
        "error": "Cannot sort table by x",
    }


def test_a_page_that_fails_is_told_to_the_log_and_not_to_the_visitor(site, caplog, monkeypatch):
    monkeypatch.setattr("monitor.site.pages.overview", lambda *_, **__: 1 / 0)

    response = get(site, "/")

    assert (response.status_code, "出错了" in response.text, "division" in response.text) == (500, True, False)
    assert [record.message for record in caplog.records] == ["a page failed: /"]


def test_search_engines_are_asked_to_stay_away(site):
    assert get(site, "/robots.txt").text == "User-agent: *\nDisallow: /\n"


def test_the_application_is_an_asgi_application(database):
    site_application = application(database)
    sent = []

    async def receive():
        return {"type": "http.request"}

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/robots.txt", "raw_path": b"/robots.txt", "headers": []}
    asyncio.run(site_application({**scope, "query_string": b"", "scheme": "http"}, receive, send))

    assert [message.get("status") for message in sent] == [200, None]


def test_a_taken_port_is_told_at_once(database):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        serve(database, "127.0.0.1", taken.getsockname()[1])


def test_the_site_is_served_until_it_is_interrupted(database):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = f"from pathlib import Path; from monitor.site import serve; serve(Path({str(database)!r}), port={port})"
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen([sys.executable, "-c", program], cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    try:
        answer = _first_answer(port, process)
    finally:
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=30)

    assert ("平川市柳河镇人民政府" in answer, status) == (True, 0)


def _first_answer(port, process):
    for _ in range(300):
        assert process.poll() is None
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read().decode()
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError(f"nothing answers at port {port}")
