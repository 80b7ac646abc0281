"""Every shape a report is published in, as a table: how it is made and what it cannot carry."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from crawler.simulator.renderers.broken_tables import html_caption_rows, html_page_broken
from crawler.simulator.renderers.clean import (
    html_clean,
    html_fullwidth,
    html_gb18030_labelled_utf8,
    html_gbk,
    html_utf8_labelled_gb2312,
)
from crawler.simulator.renderers.dialect_p import text_p, text_p_phantom
from crawler.simulator.renderers.dialect_w import text_w
from crawler.simulator.renderers.plain_text import text_lines, text_pipe
from crawler.simulator.renderers.portal_pages import html_nested, html_trs
from crawler.simulator.renderers.preformatted import html_pre_p, html_pre_w
from crawler.simulator.renderers.unknown_template import html_unknown_template
from crawler.simulator.renderers.word import html_word, html_wps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from crawler.simulator.made_up import MadeUpReport

    Draw = Callable[[MadeUpReport, Random], str | bytes]

_HTML = "text/html"
_TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape. `draw` makes it; text is encoded as UTF-8.

    `carries_blanks` False: a blank cell leaves no trace, so blanks must not be asked of it.
    `carries_headings` False: a heading or all numerals may be lost. `carries_published_on`: the
    portal's date is printed. `only_zeros`: it renders only reports whose every cell is zero.
    """

    media_type: str
    draw: Draw
    carries_blanks: bool = True
    carries_headings: bool = True
    carries_published_on: bool = False
    only_zeros: bool = False

    def render(self, report: MadeUpReport, random: Random) -> bytes:
        """The report as bytes; the same for the same state of `random`."""
        drawn = self.draw(report, random)
        return drawn if isinstance(drawn, bytes) else drawn.encode()


SHAPES: Mapping[str, Shape] = {
    "html_clean": Shape(_HTML, html_clean),
    "html_word": Shape(_HTML, html_word),
    "html_word_verbose": Shape(_HTML, partial(html_word, is_verbose=True)),
    "html_wps": Shape(_HTML, html_wps),
    "html_nested": Shape(_HTML, html_nested, carries_published_on=True),
    "html_trs": Shape(_HTML, html_trs, carries_published_on=True),
    "html_unknown_template": Shape(_HTML, html_unknown_template, carries_headings=False),
    "html_caption_rows": Shape(_HTML, html_caption_rows),
    "html_page_broken": Shape(_HTML, html_page_broken),
    "html_fullwidth": Shape(_HTML, html_fullwidth),
    "html_gbk": Shape(_HTML, html_gbk),
    "html_gb18030_labelled_utf8": Shape(_HTML, html_gb18030_labelled_utf8),
    "html_utf8_labelled_gb2312": Shape(_HTML, html_utf8_labelled_gb2312),
    "html_pre_w": Shape(_HTML, html_pre_w),
    "html_pre_p": Shape(_HTML, html_pre_p, carries_blanks=False),
    "text_w": Shape(_TEXT, text_w),
    "text_p": Shape(_TEXT, text_p, carries_blanks=False),
    "text_p_phantom": Shape(_TEXT, text_p_phantom, carries_blanks=False, only_zeros=True),
    "text_pipe": Shape(_TEXT, text_pipe),
    "text_lines": Shape(_TEXT, text_lines, carries_blanks=False),
}
"""Name → shape. Labels may vary (html_wps), lines may break inside words (text_w, text_p)."""
