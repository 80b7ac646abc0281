"""A text dump that an editor pasted into a page as it was: tabs and line breaks inside `<pre>`."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.renderers.dialect_p import text_p
from crawler.simulator.renderers.dialect_w import text_w
from crawler.simulator.renderers.markup import page

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport


def html_pre_w(report: MadeUpReport, random: Random) -> str:
    """A page with the text of a Word converter in it."""
    return page(head="", title=report.title, body=pre_w_body(report, random))


def html_pre_p(report: MadeUpReport, random: Random) -> str:
    """A page with the text of a PDF extractor in it; it carries no blanks."""
    return page(head="", title=report.title, body=pre_p_body(report, random))


def pre_w_body(report: MadeUpReport, random: Random) -> str:
    """Dialect W inside `<pre>`."""
    return f"<pre>\n{escape(text_w(report, random))}\n</pre>"


def pre_p_body(report: MadeUpReport, random: Random) -> str:
    """Dialect P inside `<pre>`."""
    return f"<pre>\n{escape(text_p(report, random))}\n</pre>"
