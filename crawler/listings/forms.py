"""Forms of a page as requests: every field that a browser would send, in the encoding of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

from crawler.listings.model import PageRequest
from crawler.pages import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.etree import _Element

    from crawler.pages import Page

_CHARSET = re.compile(r"<meta[^>]+charset\s*=\s*['\"]?\s*gb\w+", re.IGNORECASE)
_COUNTER = re.compile(
    r"(?:^|[._$])(?:c|cur|curr|current|now)?_?page(?:no|num|number|index|now)?$|^pn$|^p$", re.IGNORECASE
)
_TICKED = frozenset({"checkbox", "radio"})
_NOT_SENT = frozenset({"submit", "button", "image", "reset", "file"})


def submitted(page: Page, form: _Element, changed: Sequence[tuple[str, str]]) -> PageRequest:
    """The request of a form with these fields in place of its own of the same names, or beside them."""
    names = {name for name, _ in changed}
    fields = [*(field for field in form_fields(form) if field[0] not in names), *changed]
    # The old pages read what they are sent in the encoding in which they were written.
    encoding = "gb18030" if _CHARSET.search(page.text) else "utf-8"
    data = urlencode(fields, encoding=encoding, errors="xmlcharrefreplace")
    target = urljoin(page.url, (form.get("action") or "").strip() or page.url)
    if (form.get("method") or "get").strip().lower() != "post":
        return PageRequest(f"{target.partition('?')[0]}?{data}")
    headers = (("Content-Type", "application/x-www-form-urlencoded"), ("Referer", page.url))
    return PageRequest(target, "POST", data.encode(), headers)


def next_of_form(page: Page, number: int) -> PageRequest | None:
    """The next page by the form whose field counts this one as page `number`; None where there is no such one form."""
    found = [
        (form, name)
        for form in page.root.iter("form")
        for name, value in form_fields(form)
        if _COUNTER.search(name) and value.strip() == str(number) and not _is_search(page, form)
    ]
    if len(found) != 1:
        return None
    form, name = found[0]
    return submitted(page, form, ((name, str(number + 1)),))


def _is_search(page: Page, form: _Element) -> bool:
    """Does a form ask for something else than this page's list: words to search for, at another address?"""
    target = urljoin(page.url, (form.get("action") or "").strip() or page.url)
    takes_words = any((element.get("type") or "text").lower() in {"text", "search"} for element in form.iter("input"))
    return takes_words and urlsplit(target).path != urlsplit(page.url).path


def form_fields(form: _Element) -> Iterator[tuple[str, str]]:
    """What a browser would send of a form without any button pressed."""
    for element in form.iter("input", "select", "textarea"):
        name, kind = element.get("name"), (element.get("type") or "text").lower()
        if not name or element.get("disabled") is not None:
            continue
        if element.tag == "select":
            options = list(element.iter("option"))
            chosen = [option for option in options if option.get("selected") is not None] or options[:1]
            yield from ((name, option.get("value") or words(option)) for option in chosen[:1])
        elif element.tag == "textarea":
            yield name, element.text or ""
        elif kind in _TICKED:
            if element.get("checked") is not None:
                yield name, element.get("value") or "on"
        elif kind not in _NOT_SENT:
            yield name, element.get("value") or ""
