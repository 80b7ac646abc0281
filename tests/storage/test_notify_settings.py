"""When a channel is told, as an operator writes it; every fault named with its line, and no address repeated."""

from __future__ import annotations

from datetime import time

import pytest

from storage.configuration import load_configuration
from storage.errors import ConfigurationError
from storage.notify_settings import Pace, region_prefix

URL = 'url = "json://hunter2@127.0.0.1"\n'


def loaded(folder, lines, language="zh"):
    path = folder / "nianbao.toml"
    path.write_text(f'language = "{language}"\n[[notify]]\n{URL}{lines}', encoding="utf-8")
    return load_configuration(path).notify[0].pace


GOOD = [
    ("", Pace("recipient", 24, time(8, 30), None)),
    ('group = "portal"', Pace(group="portal")),
    ('group = "region"\ninterval_hours = 0.5', Pace(group="region", interval_hours=0.5)),
    ('digest_at = "00:00"', Pace(digest_at=time(0))),
    ('quiet_hours = ["22:00", "07:00"]', Pace(quiet_hours=(time(22), time(7)))),
    ("quiet_hours = []", Pace()),
    (
        'digest_at = "23:00"\nquiet_hours = ["22:00", "23:30"]',
        Pace(digest_at=time(23), quiet_hours=(time(22), time(23, 30))),
    ),
    ('interval_hours = 0\nquiet_hours = ["08:00", "00:00"]', Pace(interval_hours=0, quiet_hours=(time(8), time(0)))),
    ('events = ["operator"]\nquiet_hours = ["08:00", "00:00"]', Pace(quiet_hours=(time(8), time(0)))),
]


@pytest.mark.parametrize(("lines", "pace"), GOOD)
def test_a_channels_hours_are_read_and_may_be_left_out(tmp_path, lines, pace):
    assert loaded(tmp_path, lines) == pace


BAD = [
    ('group = "recipients"', "4: notify.group: 应为下列之一：recipient；现为 'recipients'"),
    ("interval_hours = -1", "4: notify.interval_hours: 应为 0 到 744 之间的数，现为 -1"),
    ("interval_hours = nan", "4: notify.interval_hours: 应为 0 到 744 之间的数，现为 nan"),
    ('digest_at = "8:30"', '4: notify.digest_at: 应为 "时:分"，如 "08:30"，现为 \'8:30\''),
    ("digest_at = 8", '4: notify.digest_at: 应为 "时:分"，如 "08:30"，现为 8'),
    ('quiet_hours = ["22:00"]', "4: notify.quiet_hours: 应为两个不同的时刻"),
    ('quiet_hours = ["22:00", "22:00"]', "4: notify.quiet_hours: 应为两个不同的时刻"),
    ('quiet_hours = ["24:00", "07:00"]', '4: notify.quiet_hours: 应为 "时:分"，如 "08:30"，现为 \'24:00\''),
    (
        'digest_at = "22:30"\nquiet_hours = ["22:00", "07:00"]',
        "5: notify.quiet_hours: 从 digest_at（22:30）到 24:00 全在",
    ),
    ('quiet_hours = ["08:00", "00:00"]', "4: notify.quiet_hours: 从 digest_at（08:30）到 24:00 全在免打扰时段内"),
    ('quiet_hours = "22:00-07:00"', "4: notify.quiet_hours: 应为两个不同的时刻"),
]


@pytest.mark.parametrize(("lines", "fault"), BAD)
def test_a_wrong_hour_is_a_fault_with_its_line(tmp_path, lines, fault):
    with pytest.raises(ConfigurationError) as caught:
        loaded(tmp_path, lines)

    assert fault in str(caught.value)
    assert "hunter2" not in str(caught.value)


PREFIXES = ["37", "370000", "3707", "370700", "370783", "370783001", "370783000", "370000000", "110000", "370710"]


def test_a_region_is_understood_with_its_zeros_and_without():
    assert list(map(region_prefix, PREFIXES)) == [
        *("37", "37", "3707", "3707", "370783", "370783001", "370783", "37", "11", "370710")
    ]


def test_faults_are_told_in_english_too(tmp_path):
    with pytest.raises(ConfigurationError, match=r'expected two different times such as \["22:00", "07:00"\]'):
        loaded(tmp_path, "quiet_hours = 7", language="en")
