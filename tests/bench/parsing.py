"""Bytes to findings, against what the libraries alone need for the same bytes."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import trafilatura
from lxml import html

from crawler.documents import read_document
from crawler.parser import read_report
from crawler.simulator.made_up import MadeUpReport, made_up_report
from crawler.simulator.renderers.shapes import SHAPES
from monitor.checks import Subject, judge
from tests.bench.timing import Measured, against

if TYPE_CHECKING:
    from collections.abc import Iterator

PAIRS = 60


def known_template(pairs: int = PAIRS) -> Iterator[tuple[str, ...]]:
    """A Word-pasted page of some 160 KB against a bare lxml parse."""
    data = _page("html_word_verbose")
    measured = against(lambda: judge(Subject(read_report(data))), lambda: html.document_fromstring(data), pairs=pairs)
    yield _row(
        f"Word-pasted HTML, {len(data) // 1000} KB: bytes → report + findings | bare lxml parse", measured, "≤ 4.0"
    )


def unknown_template(pairs: int = PAIRS) -> Iterator[tuple[str, ...]]:
    """A page without known container and headings, against trafilatura alone."""
    data = _unknown_page()
    measured = against(lambda: judge(Subject(read_report(data))), lambda: trafilatura.extract(data), pairs=pairs)
    yield _row(f"unknown template, {len(data) // 1000} KB: bytes → report + findings | trafilatura", measured, "≤ 1.5")


def _page(shape: str) -> bytes:
    source = random.Random(2024)
    return SHAPES[shape].render(_report(source), source)


def _report(source: random.Random) -> MadeUpReport:
    return made_up_report(source, year=2024, agency="安丘市教育局", activity=0.5)


def _unknown_page() -> bytes:
    """The first page drawn of which trafilatura has to find the body."""
    for seed in range(100):
        source = random.Random(seed)
        data = SHAPES["html_unknown_template"].render(_report(source), source)
        if read_document(data).isolated_by == "trafilatura":
            return data
    raise LookupError("no page of the unknown template needs trafilatura")


def _row(what: str, measured: Measured, wanted: str) -> tuple[str, ...]:
    return what, f"{measured.ours:.2f} ms", f"{measured.limit:.2f} ms", f"{measured.ratio:.2f}", wanted
