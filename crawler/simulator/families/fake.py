"""What a fake portal is: its site, where its lists are, and the quirks that can be switched on."""

from __future__ import annotations

from html import escape
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.portals import UTF8, footer, menu_items
from crawler.simulator.renderers.markup import plain_body
from crawler.simulator.site import Page
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.simulator.families.holding import Entry, Holding
    from crawler.simulator.portals import Look
    from crawler.simulator.site import Site

NO_COLUMNS: Mapping[str, str] = {}


class FakePortal(NamedTuple):
    """A built portal. `columns` are the paths that the registry names for it, none where they must be found
    from the homepage; `agency_columns`: agency → the path of its own list, where it has one; `is_by_year`: each
    report year has a column of its own, so that only those of wanted years are entered."""

    site: Site
    columns: tuple[str, ...] = ()
    agency_columns: Mapping[str, str] = NO_COLUMNS
    is_by_year: bool = False


class Quirk(NamedTuple):
    """A way in which such portals misbehave, and what a scan must come to then.

    `finds_all`: every report is found all the same.
    """

    key: str
    what: str
    outcome: Outcome = Outcome.COMPLETE
    finds_all: bool = True


class Fake(NamedTuple):
    """One fake portal of a family: `build` makes it with these quirks; `needs_browser` where scripts draw its rows.

    `key` is its own; a family may have several fakes.
    """

    key: str
    family: str
    title: str
    build: Callable[[Holding, frozenset[str]], FakePortal]
    quirks: tuple[Quirk, ...] = ()
    needs_browser: bool = False
    outcome: Outcome = Outcome.COMPLETE


def article_page(
    look: Look, entry: Entry, *, container: str = '<div class="TRS_Editor">', body: str | None = None
) -> Page:
    """The page of an entry with the meta tags that portals must have; `body` None: the report, or a few words."""
    inside = body if body is not None else body_of(entry)
    tags = {
        "SiteName": look.site_name,
        "SiteIDCode": look.site_id_code,
        "ColumnName": "政府信息公开年报",
        "ArticleTitle": entry.title,
        "PubDate": f"{entry.day.isoformat()} 10:30",
        "ContentSource": entry.agency or look.site_name,
    }
    metas = "\n".join(f'<meta name="{name}" content="{escape(value)}">' for name, value in tags.items())
    text = f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(entry.title)}</title>
{metas}
</head><body><ul class="nav">{menu_items(look)}</ul>
<h1>{escape(entry.title)}</h1><p class="info">发布时间：{entry.day.isoformat()} 10:30</p>
{container}{inside}</div>
{footer(look)}</body></html>
"""
    return Page(text.encode(), UTF8)


def body_of(entry: Entry) -> str:
    """The markup of an entry's report, or a few words where it is none."""
    if entry.report is None:
        return f"<p>{escape(entry.title)}。有关工作正在按计划推进，详情以正式公告为准。</p>"
    return plain_body(entry.report, has_title=False)


def shuffled(entries: tuple[Entry, ...], seed: int) -> tuple[Entry, ...]:
    """The entries in another order: some portals sort by nothing that can be seen."""
    order = list(entries)
    Random(seed).shuffle(order)
    return tuple(order)
