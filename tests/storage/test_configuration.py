"""`nianbao.toml`: what it says, what it leaves out, and every fault in it at once."""

from __future__ import annotations

import pytest

from storage.configuration import (
    Channel,
    Configuration,
    CrawlSettings,
    WatchSettings,
    channel_url,
    load_configuration,
)
from storage.errors import ConfigurationError

WHOLE = """
language = "en"
[paths]
data = "../kept"
registry = "/srv/registry"
[crawl]
contact = "https://example.org/bot"
delay = 5
browser = "never"
allow_private_hosts = true
proxy = "http://user:hunter2@proxy:3128"
[watch]
confirm_after_hours = 0.5
grace_days = 3
[[notify]]
url = "mailtos://me:${MAIL_PASSWORD}@example.org"
events = ["late", "operator", "late"]
regions = ["3707", "230523100"]
[[notify]]
url = "${HOOK}"
"""

FAULTY = """\
language = "fr"
colour = "red"
[paths]
data = 3
registry = ""
[crawl]
contact = "ops"
delay = nan
brows = "auto"
browser = "chrome"
allow_private_hosts = "yes"
proxy = "socks5://me:hunter2@proxy"
[watch]
confirm_after_hours = true
grace_days = 1.5
[[notify]]
url = "no address of hunter2"
events = []
regions = ["37x"]
[[notify]]
events = ["late", "never"]
[[notify]]
url = "json://${1}"
to = "x"
"""


def _written(folder, text):
    path = folder / "nianbao.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _faults(folder, text):
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(_written(folder, text))
    return [line.removeprefix(f"{folder}/nianbao.toml:") for line in str(caught.value).splitlines()]


def test_an_empty_file_gives_the_defaults(tmp_path):
    configuration = load_configuration(_written(tmp_path, ""))

    assert configuration == Configuration(
        path=tmp_path / "nianbao.toml",
        data=tmp_path / "data",
        registry=tmp_path / "registry",
        language="zh",
        crawl=CrawlSettings("mailto:ops@example.org", 2.0, "auto", allow_private_hosts=False, proxy=""),
        watch=WatchSettings(20.0, 0),
        notify=(),
    )
    assert configuration.database == tmp_path / "data" / "nianbao.db"
    assert configuration.captures == tmp_path / "data" / "captures"
    assert configuration.runs == tmp_path / "data" / "runs"


def test_everything_that_is_written_is_taken(tmp_path):
    configuration = load_configuration(_written(tmp_path, WHOLE))

    assert configuration == Configuration(
        path=tmp_path / "nianbao.toml",
        data=tmp_path / "../kept",
        registry=configuration.registry,
        language="en",
        crawl=CrawlSettings(
            "https://example.org/bot", 5.0, "never", allow_private_hosts=True, proxy="http://user:hunter2@proxy:3128"
        ),
        watch=WatchSettings(0.5, 3),
        notify=(
            Channel("mailtos://me:${MAIL_PASSWORD}@example.org", ("late", "operator"), ("3707", "230523100")),
            Channel("${HOOK}", ("missing", "late", "withdrawn", "malformed", "operator"), ()),
        ),
    )
    assert configuration.registry.as_posix() == "/srv/registry"


def test_relative_paths_start_at_the_file_and_not_where_the_command_was_called(tmp_path, monkeypatch):
    (tmp_path / "watch").mkdir()
    _written(tmp_path / "watch", '[paths]\ndata = "kept"')
    monkeypatch.chdir(tmp_path)

    configuration = load_configuration((tmp_path / "watch" / "nianbao.toml").relative_to(tmp_path))

    assert configuration.data == tmp_path / "watch" / "kept"


def test_a_browser_may_be_a_program_that_is_there(tmp_path):
    (tmp_path / "chromium").write_text("", "utf-8")

    configuration = load_configuration(_written(tmp_path, '[crawl]\nbrowser = "./chromium"'))

    assert configuration.crawl.browser == str(tmp_path / "chromium")


def test_every_fault_is_named_at_once_with_its_line_and_key(tmp_path):
    faults = _faults(tmp_path, FAULTY)

    assert sorted(int(fault.split(":")[0]) for fault in faults) == [
        *range(1, 3),
        *range(4, 6),
        *range(7, 13),
        *range(14, 16),
        *range(17, 21),
        21,
        23,
        24,
    ]
    assert {fault.split(": ")[1] for fault in faults} == {
        "language",
        "colour",
        "paths.data",
        "paths.registry",
        "crawl.contact",
        "crawl.delay",
        "crawl.brows",
        "crawl.browser",
        "crawl.allow_private_hosts",
        "crawl.proxy",
        "watch.confirm_after_hours",
        "watch.grace_days",
        "notify.url",
        "notify.events",
        "notify.regions",
        "notify.to",
    }


def test_a_fault_is_worded_in_the_language_of_the_file(tmp_path):
    assert _faults(tmp_path, '[crawl]\ndelay = "2"') == ["2: crawl.delay: 应为 0 到 3600 之间的数，现为 '2'"]
    assert _faults(tmp_path, 'language = "en"\n[crawl]\ndelay = "2"') == [
        "3: crawl.delay: expected a number from 0 to 3600, found '2'"
    ]


def test_a_misspelt_key_is_told_the_right_one(tmp_path):
    assert _faults(tmp_path, 'language = "en"\n[crawl]\ncontakt = "x"') == [
        "3: crawl.contakt: unknown key; known are contact"
    ]


@pytest.mark.parametrize("text", ["crawl = 3", "[[crawl]]\ndelay = 1", "notify = 'x'", "[notify]\nurl = 'json://x'"])
def test_a_section_of_the_wrong_shape_is_a_fault(tmp_path, text):
    assert len(_faults(tmp_path, text)) == 1


def test_what_is_no_toml_is_a_fault_with_its_line(tmp_path):
    assert _faults(tmp_path, "language = 'zh'\n[crawl\n")[0].startswith("2: *: 不是合法的 TOML")
    assert _faults(tmp_path, 'language = "中文"'.encode("gbk"))[0].startswith("1: *: 不是 UTF-8 编码（GBK）")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert load_configuration(_written(tmp_path, b'\xef\xbb\xbflanguage = "en"')).language == "en"


def test_an_absent_file_says_how_to_make_one(tmp_path):
    with pytest.raises(ConfigurationError, match="nianbao init"):
        load_configuration(tmp_path / "nianbao.toml")


def test_secrets_stand_in_no_repr_and_in_no_fault(tmp_path):
    configuration = load_configuration(_written(tmp_path, WHOLE.replace("${MAIL_PASSWORD}", "hunter2")))

    assert "hunter2" not in repr(configuration)
    assert not any("hunter2" in fault for fault in _faults(tmp_path, FAULTY))
    assert not any("hunter2" in fault for fault in _faults(tmp_path, "notify = ['json://hunter2@x']"))


def test_variables_are_taken_from_the_environment_when_they_are_needed():
    environ = {"USER_1": "me", "PASSWORD": "s3cret/@", "HOOK": "wecombot://key"}

    assert channel_url("mailtos://${USER_1}:${PASSWORD}@x", environ) == "mailtos://me:s3cret/@@x"
    assert channel_url("${HOOK}", environ) == "wecombot://key"
    assert channel_url("json://plain/$x", environ) == "json://plain/$x"


def test_a_variable_that_is_not_set_is_named_without_the_address():
    with pytest.raises(ConfigurationError) as caught:
        channel_url("mailtos://hunter2:${B}@${A}/${C}", {"C": "s3cret", "B": ""}, "en")

    assert str(caught.value) == "environment variables not set: A, B"
