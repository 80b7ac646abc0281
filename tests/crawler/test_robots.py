"""robots.txt: what admits us, what keeps us out, and what leaves us not knowing."""

import pytest
from scrapy.exceptions import DownloadTimeoutError, ResponseDataLossError

from crawler.middlewares import ForeignHostError
from crawler.robots import MAX_CRAWL_DELAY, not_had, read_robots
from storage.records import Outcome

URL = "http://www.example.gov.cn/robots.txt"
COLUMN = "http://www.example.gov.cn/zwgk/nb/"


def outcome(status, body=b"", headers=None):
    rules = read_robots(status, body, URL, headers)
    if rules.trouble is not None:
        return rules.trouble.outcome
    return Outcome.ROBOTS_REFUSED if rules.refuses(COLUMN) else None


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408, 302, 304])
def test_a_robots_txt_that_cannot_be_had_keeps_us_out(status):
    assert outcome(status, b"User-agent: *\nAllow: /\n") == Outcome.ROBOTS_UNREACHABLE


@pytest.mark.parametrize(
    ("error", "key", "values"),
    [
        (ForeignHostError("http://cdn.example.cn/r.txt"), "robots_off_host", (URL, "http://cdn.example.cn/r.txt")),
        (DownloadTimeoutError(), "robots_timeout", (URL, "DownloadTimeoutError")),
        (ResponseDataLossError(), "robots_unreachable", ("ResponseDataLoss", URL)),
    ],
)
def test_why_a_robots_txt_could_not_be_had_is_said_in_words_that_help(error, key, values):
    assert not_had(error, URL, COLUMN) == (Outcome.ROBOTS_UNREACHABLE, key, values)


@pytest.mark.parametrize("status", [401, 403])
def test_a_server_that_does_not_give_its_robots_txt_does_not_admit_us(status):
    assert outcome(status, b"User-agent: *\nAllow: /\n") == Outcome.ROBOTS_REFUSED


@pytest.mark.parametrize("status", [400, 404, 410])
def test_a_robots_txt_that_does_not_exist_has_no_rules_whatever_the_error_page_says(status):
    assert outcome(status, b"User-agent: *\nDisallow: /\n") is None


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, "<script>$_ts=window['$_ts'];_$gW();</script>"), (200, "触发WAF防护：1"), (412, ""), (521, ""), (418, "")],
)
def test_a_firewalls_answer_is_a_refusal(status, body):
    assert outcome(status, body.encode()) == Outcome.BLOCKED


@pytest.mark.parametrize(
    ("rules", "refused"),
    [
        ("", False),
        ("User-agent: *\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /zwgk/\n", True),
        ("User-agent: *\nDisallow: /admin/\n", False),
        ("User-agent: *\nDisallow: /\nAllow: /zwgk/nb/\n", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: NianBao\nDisallow: /x/\n", False),
        ("User-agent: nianbao\nDisallow: /\n", True),
        ("User-agent: Baiduspider\nDisallow: /\n", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Baiduspider\nAllow: /\n", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", True),
        ("<!DOCTYPE html><html><body>User-agent: *\nDisallow: /\n</body></html>", False),
        ("  <html>\nUser-agent: *\nDisallow: /\n</html>", False),
    ],
)
def test_the_rules_for_us_decide(rules, refused):
    assert outcome(200, rules.encode()) == (Outcome.ROBOTS_REFUSED if refused else None)


def test_rules_in_another_encoding_still_count():
    assert outcome(200, "# 澄湖县政府网站\nUser-agent: *\nDisallow: /\n".encode("gb18030")) == Outcome.ROBOTS_REFUSED


@pytest.mark.parametrize(
    ("asked", "kept"), [("5", 5.0), ("0.5", 0.5), ("99999", MAX_CRAWL_DELAY), ("x", 0.0), ("", 0.0)]
)
def test_a_crawl_delay_is_kept_within_bounds(asked, kept):
    assert read_robots(200, f"User-agent: *\nCrawl-delay: {asked}\n".encode(), URL).crawl_delay() == kept


def test_rules_are_read_as_far_as_the_standard_asks():
    rules = "# x\n" * 120_000 + "User-agent: *\nDisallow: /\n"

    assert outcome(200, rules.encode()) == Outcome.ROBOTS_REFUSED
