"""The run folder: whole or invisible, and nothing in it that was altered is read."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from crawler.requests import CrawlRequest, Place, places, request_from_json, request_to_json, work_of
from crawler.run_records import capture_from_json, capture_to_json, scan_from_json, scan_to_json
from crawler.runs import (
    BODIES,
    MANIFEST,
    REQUEST,
    RunWriter,
    finished_runs,
    new_run,
    only_crawl,
    read_run,
    run_body,
    run_id,
)
from storage.enclosures import Enclosure, EnclosureKind
from storage.errors import CrawlError, RunFolderError
from storage.records import SHANGHAI, Agency, AgencyKind, Candidate, Capture, Outcome, Portal, Scan, ScanPage

NOW = datetime(2025, 2, 10, 9, tzinfo=SHANGHAI)
URL = "http://www.example.gov.cn/nb/"
PORTAL = Portal(
    "chenghu", "澄湖县人民政府", "http://www.example.gov.cn/", ("www.example.gov.cn:80",), "trs", (URL,), 5.0
)
AGENCY = Agency(
    "cz",
    "澄湖县财政局",
    AgencyKind.LOCAL_DEPARTMENT,
    "990123",
    "chenghu",
    aliases=("财政局",),
    active_from=date(2019, 3, 1),
    due=(3, 31),
    due_basis="县政府办公室通知",
)
REQUEST_OF_TEST = CrawlRequest(now=NOW, portals=(PORTAL,), agencies=(AGENCY,), years=(2024,), control_years=(2023,))
BODY = "政府信息公开年报".encode()
SCAN = Scan(
    id="s1",
    run="r",
    portal="chenghu",
    column_url=URL,
    agencies=("cz",),
    started_at=NOW,
    finished_at=NOW,
    outcome=Outcome.INCOMPLETE,
    detail="第 2 页没有内容",
    pages=(ScanPage(URL, 200, "d" * 64, 3), ScanPage(f"{URL}index_1.html", None, None, 0)),
    rows_seen=3,
    stated_total=9,
    end_proof=None,
    control_title="澄湖县气象局2023年政府信息公开工作年度报告",
    control_url=f"{URL}1.html",
    bulk_dates=(date(2024, 1, 1),),
)
CANDIDATE = Candidate("s1", "澄湖县财政局2024年政府信息公开工作年度报告", f"{URL}2.html", date(2025, 1, 20), "cz", 2024)
CAPTURE = Capture(
    digest="d" * 64,
    scan="s1",
    url=CANDIDATE.url,
    final_url=CANDIDATE.url,
    status=200,
    media_type="text/html",
    fetched_at=NOW.astimezone(UTC),
    size=len(BODY),
    title=CANDIDATE.title,
    listed_on=None,
    agency="cz",
    report_year=2024,
    headers={"ETag": '"1"'},
    part_of=URL,
    enclosures=(
        Enclosure(EnclosureKind.FILE, f"{URL}1.pdf", CANDIDATE.url, "./1.pdf", "e" * 64, "application/pdf"),
        Enclosure(EnclosureKind.PICTURE, f"{URL}1.png", CANDIDATE.url, "1.png", None, failure="status"),
    ),
)


def unfinished(runs):
    return RunWriter(new_run(runs, REQUEST_OF_TEST))


def finished(runs):
    writer = unfinished(runs)
    writer.add_scan(SCAN)
    writer.add_candidate(CANDIDATE)
    writer.add_capture(replace(CAPTURE, digest=writer.keep(BODY)))
    return writer.finish()


def test_a_finished_run_gives_back_what_was_written(tmp_path):
    path = finished(tmp_path)

    run = read_run(path)

    assert (run.id, run.scans, run.candidates) == (path.name, (SCAN,), (CANDIDATE,))
    assert run.captures == (replace(CAPTURE, digest=run.captures[0].digest),)
    assert run_body(path, run.captures[0].digest) == BODY


def test_the_headers_of_a_list_page_come_back_and_older_runs_have_none():
    page = ScanPage(URL, 200, "d" * 64, 3, {"Date": "Mon, 10 Feb 2025 01:00:00 GMT"})
    values = json.loads(json.dumps(scan_to_json(replace(SCAN, pages=(page,)))))
    older = {**values, "pages": [{key: page for key, page in values["pages"][0].items() if key != "headers"}]}

    assert [one.headers for one in scan_from_json(values).pages] == [page.headers]
    assert [one.headers for one in scan_from_json(older).pages] == [{}]


def test_from_which_report_year_on_was_looked_comes_back_and_older_runs_do_not_tell():
    values = json.loads(json.dumps(scan_to_json(replace(SCAN, from_year=2021))))
    older = {key: value for key, value in values.items() if key != "from_year"}

    assert (scan_from_json(values).from_year, scan_from_json(older).from_year) == (2021, None)


def test_a_run_of_the_first_edition_has_nothing_enclosed():
    values = capture_to_json(CAPTURE)
    older = {key: value for key, value in values.items() if key not in {"part_of", "enclosures"}}

    assert capture_from_json(older) == replace(CAPTURE, part_of=None, enclosures=())


def test_a_request_comes_back_without_its_proxy(tmp_path):
    request = replace(REQUEST_OF_TEST, proxy="http://user:secret@proxy:3128", language="en", page_budget=7)
    part = new_run(tmp_path, request)
    text = (part / REQUEST).read_text(encoding="utf-8")

    assert "secret" not in text
    assert request_from_json(json.loads(text)) == replace(request, proxy="")
    assert request_from_json(json.loads(text), proxy=request.proxy) == request


@pytest.mark.parametrize("wrong", [-1, "2", None, True, float("nan"), 1e9])
def test_a_wrong_delay_in_a_request_means_the_usual_one(wrong):
    values = request_to_json(replace(REQUEST_OF_TEST, delay=wrong, portals=(replace(PORTAL, delay=wrong),)))

    request = request_from_json(values)

    assert (request.delay, request.portals[0].delay) == (2.0, None)


def test_a_request_without_a_zone_is_refused():
    values = request_to_json(REQUEST_OF_TEST) | {"now": "2025-02-10T09:00:00"}

    with pytest.raises(ValueError, match="2025-02-10"):
        request_from_json(values)


def test_equal_bytes_are_kept_once(tmp_path):
    writer = unfinished(tmp_path)

    assert writer.keep(BODY) == writer.keep(BODY)
    assert writer.body(writer.keep(BODY)) == BODY
    assert len(list((writer.part / BODIES).iterdir())) == 1
    writer.close()


def test_an_unfinished_run_is_not_seen(tmp_path):
    writer = unfinished(tmp_path)
    writer.add_scan(SCAN)
    writer.close()

    assert finished_runs(tmp_path) == ()
    assert finished_runs(tmp_path / "absent") == ()


def test_runs_come_in_the_order_of_their_instants(tmp_path):
    later = RunWriter(
        new_run(tmp_path, replace(REQUEST_OF_TEST, now=datetime(2025, 2, 11, 0, tzinfo=SHANGHAI)))
    ).finish()
    earlier = RunWriter(
        new_run(tmp_path, replace(REQUEST_OF_TEST, now=datetime(2025, 2, 10, 15, 59, tzinfo=UTC)))
    ).finish()

    assert finished_runs(tmp_path) == (earlier, later)


def alter_a_body(path):
    body = next((path / BODIES).iterdir())
    body.write_bytes(body.read_bytes()[:-1] + b"x")


def alter_a_scan(path):
    scans = path / "scans.jsonl"
    scans.write_text(scans.read_text(encoding="utf-8").replace("incomplete", "complete"), encoding="utf-8")


def add_a_file(path):
    (path / "more.jsonl").write_text("{}", encoding="utf-8")


def drop_a_file(path):
    (path / "candidates.jsonl").unlink()


def drop_the_manifest(path):
    (path / MANIFEST).unlink()


def break_the_manifest(path):
    (path / MANIFEST).write_text("{", encoding="utf-8")


@pytest.mark.parametrize(
    "change", [alter_a_body, alter_a_scan, add_a_file, drop_a_file, drop_the_manifest, break_the_manifest]
)
def test_a_run_that_was_altered_is_not_read(tmp_path, change):
    path = finished(tmp_path)
    change(path)

    with pytest.raises(RunFolderError, match=path.name):
        read_run(path)


def test_a_run_is_the_one_that_is_written_in_it_whatever_its_folder_is_called(tmp_path):
    path = finished(tmp_path)
    run = read_run(path)

    moved = path.rename(tmp_path / "other")

    assert (run_id(moved), read_run(moved)) == (path.name, run)


def test_a_body_that_is_absent_or_another_is_not_given(tmp_path):
    path = finished(tmp_path)
    digest = read_run(path).captures[0].digest
    (path / BODIES / f"{'0' * 64}.zst").write_bytes((path / BODIES / f"{digest}.zst").read_bytes())

    with pytest.raises(RunFolderError, match="no readable body"):
        run_body(path, "1" * 64)
    with pytest.raises(RunFolderError, match="other bytes"):
        run_body(path, "0" * 64)


def test_only_one_crawl_writes_into_a_folder_and_it_clears_what_a_killed_one_left(tmp_path):
    whole = finished(tmp_path)
    unfinished(tmp_path).close()

    with only_crawl(tmp_path):
        with pytest.raises(CrawlError, match="another crawl"), only_crawl(tmp_path, patience=0.0):
            pass
        assert [path for path in tmp_path.iterdir() if path.is_dir()] == [whole]


def agency_at(key, column=None, portal="chenghu"):
    return replace(AGENCY, id=key, column_url=column, portal=portal)


def test_agencies_of_one_column_share_its_place():
    own, shared, silent, foreign = (
        agency_at("own", f"{URL}own/"),
        agency_at("shared", URL),
        agency_at("silent"),
        agency_at("foreign", portal="else"),
    )

    assert places(PORTAL, (own, shared, silent, foreign)) == (
        Place(f"{URL}own/", (own,)),
        Place(URL, (shared, silent)),
    )


def test_an_agency_without_a_column_is_looked_for_in_each_of_the_portals():
    portal = replace(PORTAL, columns=(URL, f"{URL}2/"))

    assert places(portal, (AGENCY,)) == (Place(URL, (AGENCY,)), Place(f"{URL}2/", (AGENCY,)))


def test_without_any_column_the_place_is_to_be_found():
    portal = replace(PORTAL, columns=())

    assert places(portal, (AGENCY,)) == (Place(None, (AGENCY,)),)


def test_a_portal_at_which_nothing_is_looked_for_is_not_visited():
    assert work_of(replace(REQUEST_OF_TEST, agencies=())) == ()
