"""`make fuzz`: damaged pages through the reader. Whatever the bytes, it answers or says why it cannot.

`python -m tests.bench.fuzz [SECONDS]`. A failure is printed with the seed that makes it again.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from random import Random

from crawler.parser import read_report
from crawler.simulator.made_up import made_up_report
from crawler.simulator.renderers.clean import html_clean, html_gbk
from crawler.simulator.renderers.dialect_p import text_p
from crawler.simulator.renderers.unknown_template import html_unknown_template
from crawler.simulator.renderers.word import html_word
from monitor.checks import Subject, judge
from storage.errors import UnreadableError
from storage.report import UNREADABLE_REASONS

SECONDS = 600.0
SLOW = 20.0
"""Seconds of processor time that no page of ordinary size may take."""

RENDERERS = (html_clean, html_gbk, html_word, html_unknown_template, text_p)
FRAGMENTS = (
    b"<table><tr><td colspan=10000 rowspan=10000>", b"</table>", b"<td>", b"</td></tr>", b"<div>" * 500,
    b"\x00\xff\xfe", b"<!--", b"<script>", "一、总体情况".encode(), "（七）总计".encode("gbk"), b"&nbsp;&#x0;",
    b"9" * 5000,
    "二、主动公开政府信息情况".encode(), b"<meta charset=utf-16>", "〇１２".encode(), b"-0.00", b"1e999", b"\r\n\t",
)  # fmt: skip


def fuzz(first_seed: int, seconds: float) -> Counter[str]:
    """How many pages gave a report, and how many which reason; raises what the reader must never raise."""
    outcomes: Counter[str] = Counter()
    until = time.monotonic() + seconds
    seed = first_seed
    while time.monotonic() < until:
        outcomes[outcome(seed)] += 1
        seed += 1
    return outcomes


def outcome(seed: int) -> str:
    """What the page of that seed comes to: `read`, or the reason why not."""
    data = damaged(Random(seed))
    began = time.process_time()
    try:
        report = read_report(data)
        judge(Subject(report, expected_names=("云河县水利局",), report_year=2024))
    except UnreadableError as error:
        if error.reason not in UNREADABLE_REASONS:
            raise AssertionError(f"seed {seed}: {error.reason} is no reason") from error
        return error.reason
    except Exception as error:
        raise AssertionError(f"seed {seed} ({len(data)} bytes): {error!r}") from error
    finally:
        if time.process_time() - began > SLOW:
            raise AssertionError(f"seed {seed} ({len(data)} bytes) took more than {SLOW:g} seconds")
    return "read"


def damaged(random: Random) -> bytes:
    """A report in some shape, with some of its bytes cut, repeated, exchanged or drowned."""
    report = made_up_report(random, year=random.choice((2019, 2020, 2021, 2024)), agency="云河县水利局")
    made = random.choice(RENDERERS)(report, random)
    data = bytearray(made if isinstance(made, bytes) else made.encode())
    for _ in range(random.choice((0, 1, 3, 30, 300))):
        place = random.randrange(len(data) + 1)
        end = min(len(data), place + random.choice((1, 2, 9, 200, 5000)))
        match random.randrange(5):
            case 0:
                del data[place:end]
            case 1:
                data[place:place] = data[place:end]
            case 2:
                data[place:place] = random.choice(FRAGMENTS)
            case 3:
                data[place:end] = random.randbytes(end - place)
            case _:
                other = random.randrange(len(data) + 1)
                data[place:end] = data[other : other + end - place]
        data = data or bytearray(b" ")
    return bytes(data)


if __name__ == "__main__":
    begin = time.time_ns() % 1_000_000_000
    wanted = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    print(f"from seed {begin}, {wanted:g} seconds", flush=True)
    for name, count in fuzz(begin, wanted).most_common():
        print(f"{count:8} {name}")
