"""What a list page shows of reports that no link of it leads to: rows and menus of years that only a script opens.

Such a page reads like a whole list of one page, and proves nobody's absence from what it keeps behind a click. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from crawler.columns import YEAR_NAME
from crawler.links import owners_of, possible_owners
from crawler.page_source import names_in_menus, titles_in_source
from crawler.pages import address, base_address, squeezed, words
from crawler.rows import Row
from crawler.titles import MAX_TITLE, read_title, report_year

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from crawler.pages import Page
    from storage.records import Agency

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "caption", "th", "title", "head", "script", "style"})
_ENTRIES = frozenset({"li", "dd", "dt", "tr", "a", "button", "option", "img", "area", "input"})
"""What a row or an entry of a menu is made of; elsewhere a bare title is a heading."""
_MENU_TAGS = ("option", "li", "a", "button", "span", "em", "i", "b", "strong", "div", "dd", "label", "p", "input")
_PLACE = re.compile(r"crumb|position|location|dqwz|weizhi|cur_?pos", re.IGNORECASE)
_CALENDAR = re.compile(r"calendar|laydate|datepick|rili", re.IGNORECASE)
_CURRENT = re.compile(
    r"(?:^|[\s_-])(?:on|cur|curr|current|active|selected|checked|this|hover|now)(?:$|[\s_-])", re.IGNORECASE
)
_ALL_YEARS = re.compile(r"^(?:全部|所有|不限|请?选择)?(?:年份|年度|年)?(?:\(全部\))?$|^--.*--$")
_SENTENCE = re.compile(r"[。，；!?！？]")
_ADDRESS = re.compile(r"[/.]")
_FEWEST, _MOST = 2, 25
"""Years of a menu; a calendar offers more."""
_CLIMB = 6


class Unread(NamedTuple):
    """An entry of a page without an address. `text` as shown; `year` is its report year, None for a bare name of an
    agency; `is_year`: a menu's year. `is_source`: it stands anywhere in the source, and may be that of a row too.
    `is_part`: it is a part of the page that was not looked into.
    """

    text: str
    year: int | None
    is_year: bool
    is_source: bool = False
    is_part: bool = False


def unread_entries(page: Page) -> tuple[Unread, ...]:
    """The reports and years that a page names and does not link, each once."""
    base = base_address(page)
    return tuple(dict.fromkeys((*_titles(page, base), *_years(page, base))))


def source_entries(page: Page) -> Iterator[Unread]:
    """What a page's source holds of reports and agencies, that of its rows too."""
    for text, year in titles_in_source(page):
        yield Unread(text, year, is_year=False, is_source=True)
    for name in names_in_menus(page):
        yield Unread(name, None, is_year=False, is_source=True)


def linked_years(page: Page) -> tuple[Row, ...]:
    """The years of a menu whose choices are addresses, as links: `<option value="/nb/2024/">2024年</option>`."""
    base = base_address(page)
    found = []
    for option in page.root.iter("option"):
        name, value = words(option), option.get("value") or ""
        url = address(base, value) if _ADDRESS.search(value) else None
        if url is not None and _year(name) is not None:
            found.append(Row(f"{_year(name)}年", url, None))
    return tuple(found)


def may_be_of(entry: Unread, agencies: Sequence[Agency], years_read: frozenset[int]) -> frozenset[str]:
    """The ids of the agencies whose report may stand behind an entry. `years_read`: of which rows were read: there a
    menu's year, and a title that names nobody, tell nothing new."""
    name = None if entry.is_year else read_title(entry.text).agency_name
    if name is not None:
        return frozenset(owners_of(name, agencies) or possible_owners(name, agencies))
    return frozenset() if entry.year in years_read else frozenset(agency.id for agency in agencies)


def _titles(page: Page, base: str) -> Iterator[Unread]:
    for element in page.root.iter():
        for text in _texts(element):
            if "公开" not in text or "报" not in text or len(text) > MAX_TITLE or _SENTENCE.search(text):
                continue
            reading = read_title(text)
            is_report = reading.is_report or reading.of_many
            if not is_report or reading.report_year is None or _is_apart(element, base):
                continue
            if reading.agency_name is not None or _is_entry(element):
                yield Unread(squeezed(text), reading.report_year, is_year=False)


def _texts(element: _Element) -> tuple[str, ...]:
    if not isinstance(element.tag, str):
        return ()
    own = (element.text, *(child.tail for child in element), element.get("title"), element.get("alt"))
    return tuple(squeezed(text) for text in own if text)


def _is_apart(element: _Element, base: str) -> bool:
    """Does it stand in a link that is followed, in a heading, or among the words that say where one is?"""
    for number, around in enumerate((element, *element.iterancestors())):
        if around.tag in _HEADINGS or (around.tag == "a" and address(base, around.get("href")) is not None):
            return True
        if number < _CLIMB and _PLACE.search(_names(around)):
            return True
    return any(address(base, anchor.get("href")) is not None for anchor in element.iter("a"))


def _is_entry(element: _Element) -> bool:
    around = (element, *element.iterancestors())[:_CLIMB]
    return any(each.tag in _ENTRIES or each.get("onclick") for each in around)


def _years(page: Page, base: str) -> Iterator[Unread]:
    menus: dict[_Element, dict[int, list[_Element]]] = defaultdict(lambda: defaultdict(list))
    for element in page.root.iter(*_MENU_TAGS):
        year = _year(_label(element)) if len(element) == 0 else None
        parent = element.getparent()
        if year is None or parent is None:
            continue
        menus[parent][year].append(element)
        above = parent.getparent()
        # Beside the title of its row a year is a date's.
        if above is not None and words(parent) == words(element):
            menus[above][year].append(element)
    told: set[int] = set()
    for menu, years in menus.items():
        if _FEWEST <= len(years) <= _MOST and not _shows_all(menu) and not _is_calendar(menu):
            for year, elements in years.items():
                if year not in told and not any(_is_told(element, menu, base) for element in elements):
                    told.add(year)
                    yield Unread(f"{year}年", year, is_year=True)


def _label(element: _Element) -> str:
    return squeezed(element.get("value") or "") if element.tag == "input" else words(element)


def _year(text: str) -> int | None:
    """The year that is all of a text or of its name of a column: 2024年, 二〇二四年, 2024年度报告; None for others."""
    named = YEAR_NAME.match(text.replace(" ", ""))
    if named is not None:
        return int(named[1])
    is_short = 4 <= len(text) <= 6 and text.startswith("二")  # noqa: PLR2004 (二〇二四, 二〇二四年度)
    return report_year(text) if is_short else None


def _is_told(element: _Element, menu: _Element, base: str) -> bool:
    """Is a menu's year the one that is shown, or does it lead to an address?"""
    if element.tag == "option":
        value = element.get("value") or ""
        is_linked = bool(_ADDRESS.search(value)) and address(base, value) is not None
        return is_linked or _is_chosen(element)
    inside = [element, *element.iterancestors()]
    own = inside[: inside.index(menu)]
    return any(
        (each.tag == "a" and address(base, each.get("href")) is not None) or _CURRENT.search(each.get("class") or "")
        for each in own
    )


def _is_chosen(option: _Element) -> bool:
    select = option.getparent()
    options = [] if select is None else list(select.iter("option"))
    chosen = [each for each in options if each.get("selected") is not None] or options[:1]
    return option in chosen


def _shows_all(menu: _Element) -> bool:
    """Does a menu of years stand at «全部»: are all years shown until one is chosen?"""
    entries = [each for each in menu.iter(*_MENU_TAGS) if len(each) == 0]
    everything = [each for each in entries if _ALL_YEARS.match(_label(each)) and _label(each)]
    if any(each.tag == "option" for each in entries):
        return any(_is_chosen(each) for each in everything if each.tag == "option")
    years = [each for each in entries if _year(_label(each)) is not None]
    return bool(everything) and not any(_CURRENT.search(each.get("class") or "") for each in years)


def _is_calendar(menu: _Element) -> bool:
    return any(_CALENDAR.search(_names(each)) for each in (menu, *menu.iterancestors()))


def _names(element: _Element) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''}"
