"""What `[service]` may say, and that a fault in it is named without repeating a secret."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.configuration import load_configuration
from storage.errors import ConfigurationError
from storage.service_settings import ACTS, ServiceSettings

MINUTE = timedelta(minutes=1)


def read(folder, text):
    path = folder / "nianbao.toml"
    path.write_text("[service]\n" + text, encoding="utf-8")
    return load_configuration(path).service


def test_everything_may_be_left_out(tmp_path):
    assert read(tmp_path, "") == ServiceSettings()
    assert ServiceSettings().every == ACTS


def test_lengths_of_time_are_a_number_and_a_unit(tmp_path):
    found = read(tmp_path, 'lease = "90s"\nheartbeat_every = "1h"\nevery = { scan = "2m", check = "500ms" }\n')

    assert (found.lease, found.heartbeat_every) == (1.5 * MINUTE, 60 * MINUTE)
    assert found.every == {**ACTS, "scan": 2 * MINUTE, "check": timedelta(milliseconds=500)}


@pytest.mark.parametrize("url", ["", "https://example.org/ping/x", "${HEARTBEAT_URL}", "http://127.0.0.1:9/${KEY}"])
def test_an_address_of_the_heartbeat_may_come_from_the_environment(tmp_path, url):
    assert read(tmp_path, f'heartbeat_url = "{url}"\n').heartbeat_url == url


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('lease = "2"', "service.lease: 应为“数字加单位”的时长"),
        ("lease = 120", "service.lease: 应为“数字加单位”的时长"),
        ('lease = "8d"', '最长 "7d"'),
        ('lease = "0s"', "service.lease"),
        ('every = "10m"', "service.every: 应为 { 名称"),
        ('every = { crawl = "10m" }', "应为下列之一：check, ingest"),
        ('every = { scan = "soon" }', "service.every: 应为“数字加单位”的时长"),
        ('log = "xml"', "service.log: 应为下列之一"),
        ("min_free_mib = -1", "service.min_free_mib: 应为 0 到"),
        ('heartbeat = "x"', "没有这个设置；可用的：heartbeat_"),
    ],
)
def test_a_fault_is_named_with_what_was_expected(tmp_path, text, says):
    with pytest.raises(ConfigurationError) as fault:
        read(tmp_path, text + "\n")

    assert says in str(fault.value)


@pytest.mark.parametrize(
    "url", ["ftp://example.org/s3cret", "example.org/s3cret", "https://${1}/s3cret", "https://a b/s3cret"]
)
def test_a_wrong_address_of_the_heartbeat_is_not_repeated(tmp_path, url):
    with pytest.raises(ConfigurationError) as fault:
        read(tmp_path, f'heartbeat_url = "{url}"\n')

    assert "service.heartbeat_url" in str(fault.value)
    assert "s3cret" not in str(fault.value)


def test_the_heartbeats_address_is_not_shown_where_the_settings_are_printed():
    assert "s3cret" not in repr(ServiceSettings(heartbeat_url="https://example.org/s3cret"))
