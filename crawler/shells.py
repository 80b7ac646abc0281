"""Articles whose text their own script asks for: from the empty page to the request, from the answer to the text. Pure.

A row here is one content system's habit. What the page's script would ask for is asked for once; nothing of
the script is run.
"""

from __future__ import annotations

import json
import re
from html import escape
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from crawler.files import holds
from crawler.listings.answers import fields, parsed, part, plain_title
from crawler.listings.epoint import site_info, site_scripts
from crawler.listings.model import PageRequest, form_request, get_request
from crawler.outcomes import Trouble
from crawler.pages import words_outside_links
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.pages import Page

MAX_STEPS = 4
"""Requests that one article's text may take."""

CONTAINER = "zoom"
"""The name of the element that the text is put into: one that readers of articles know."""

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_EPOINT_ADDRESS = re.compile(
    rf"[?&](?:infoGuid|infoid|id)=({_UUID})|/showinfo\.html\?(?:.*&)?\w+=({_UUID})", re.IGNORECASE
)
_EPOINT_SOURCE = re.compile(r"getGovInfoDetail|webBuilderCommon|info_spnContent|webbuilder\.get", re.IGNORECASE)
_EPOINT_ACTION = re.compile(r"['\"]((?:/[\w-]+)*/rest/\w+/getGovInfoDetail)['\"]", re.IGNORECASE)
_EPOINT_USUAL = "/rest/frontAppNotNeedLoginAction/getGovInfoDetail"
_ART_ADDRESS = re.compile(r"/art/info/[^/]+/([^/]+)/?$", re.IGNORECASE)
_ART_ACTION = "/html/info/detail"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FEW_WORDS = 400
"""Characters that the page around an article shows at most."""


class Content(NamedTuple):
    """What an article's own endpoint gave: its markup, and what else it says of the article; empty: nothing."""

    markup: str
    title: str = ""
    published: str = ""
    source: str = ""


Step = PageRequest | Content | Trouble | None
"""What comes next: a request, the text, what is wrong; None: the page is no shell, or not one that is known."""


def next_step(page: Page, answers: Sequence[Page]) -> Step:
    """What is to be done for the text of an article, after these answers to the requests so far."""
    for is_shell, step in _SHELLS:
        if is_shell(page):
            return step(page, answers)
    return None


def filled(page: Page, content: Content) -> bytes:
    """The shell with its text inside, in UTF-8. The tree of `page` is used up."""
    body = page.root.find("body")
    body = page.root if body is None else body
    markup = f'<div id="{CONTAINER}">{_CONTROL.sub("", content.markup)}</div>'.encode("utf-8", "replace")
    box = etree.fromstring(markup, etree.HTMLParser(encoding="utf-8", remove_pis=True, no_network=True))
    own = box.find(f".//div[@id='{CONTAINER}']")
    body.insert(0, box if own is None else own)
    if content.title:
        heading = etree.Element("h1")
        heading.text = content.title
        body.insert(0, heading)
    head = page.root.find("head")
    if head is not None:
        said = {"ArticleTitle": content.title, "PubDate": content.published, "ContentSource": content.source}
        for name, value in said.items():
            if value:
                etree.SubElement(head, "meta", name=name, content=value)
    return etree.tostring(page.root, method="html", encoding="utf-8")


def _is_bare(page: Page) -> bool:
    return holds(page).is_nothing and len(words_outside_links(page)) <= _FEW_WORDS


def _is_epoint(page: Page) -> bool:
    return bool(_EPOINT_ADDRESS.search(page.url) and _EPOINT_SOURCE.search(page.text)) and _is_bare(page)


def _epoint(page: Page, answers: Sequence[Page]) -> Step:
    """showinfo.html of the Shanghai districts: getGovInfoDetail gives `infocontent`, or `pdflist`."""
    custom = part(parsed(answers[-1].text), "custom") if answers else None
    if custom is not None:
        custom = parsed(custom) if isinstance(custom, str) else custom
        return _epoint_content(fields(part(custom, "data") or custom), answers[-1].url)
    sources = [page.text, *(answer.text for answer in answers)]
    path = _epoint_path(sources)
    if path is not None and (not answers or _epoint_path(sources[:-1]) is None):
        address = _EPOINT_ADDRESS.search(page.url)
        params = json.dumps({"infoid": (address[1] or address[2]) if address else ""})
        return form_request(urljoin(page.url, path), {"params": params}, referer=page.url)
    scripts = site_scripts(page)[len(answers) :] if path is None else ()
    return get_request(scripts[0], referer=page.url) if scripts else _not_understood((answers or [page])[-1].url)


def _epoint_path(sources: Sequence[str]) -> str | None:
    """Where the text is asked for, as page and scripts say; None where they do not say it yet."""
    action = next((match[1] for source in sources if (match := _EPOINT_ACTION.search(source))), None)
    if action is not None and not action.startswith("/rest/"):
        return action
    info = next((found for source in sources if (found := site_info(source)) is not None), None)
    return info.project + (action or _EPOINT_USUAL) if info is not None else None


def _epoint_content(data: Mapping[str, object], url: str) -> Step:
    markup = data.get("infocontent") or data.get("infoContent")
    files = data.get("pdflist") or data.get("pdfList")
    links = "".join(_file_link(fields(item)) for item in files) if isinstance(files, list) else ""
    text = (markup if isinstance(markup, str) else "") + links
    if not text.strip():
        return _not_understood(url)
    title = plain_title(data.get("realtitle")) or plain_title(data.get("title"))
    return Content(text, title, plain_title(data.get("infodate")))


def _file_link(item: Mapping[str, object]) -> str:
    url = next((str(item[name]) for name in ("attachurl", "attachUrl", "url", "path") if item.get(name)), "")
    name = plain_title(item.get("attachname") or item.get("attachName")) or "附件"
    return f'<p><a href="{escape(url)}">{escape(name)}</a></p>' if url else ""


def _is_art(page: Page) -> bool:
    return _ART_ADDRESS.search(urlsplit(page.url).path) is not None and _is_bare(page)


def _art(page: Page, answers: Sequence[Page]) -> Step:
    """/art/info/:column/:article of 奉贤: /html/info/detail gives `data.body`."""
    if not answers:
        match = _ART_ADDRESS.search(urlsplit(page.url).path)
        identity = unquote(match[1]) if match else ""
        return form_request(urljoin(page.url, _ART_ACTION), {"id": identity}, referer=page.url)
    answer = parsed(answers[-1].text)
    data = fields(part(answer, "data"))
    markup = data.get("body") or data.get("content")
    if part(answer, "success") is False or not isinstance(markup, str) or not markup.strip():
        return _not_understood(answers[-1].url)
    return Content(markup, plain_title(data.get("title")), source=plain_title(data.get("dept")))


def _not_understood(url: str) -> Trouble:
    return Trouble(Outcome.INCOMPLETE, "answer_not_understood", (url,))


_SHELLS: tuple[tuple[Callable[[Page], bool], Callable[[Page, Sequence[Page]], Step]], ...] = (
    (_is_epoint, _epoint),
    (_is_art, _art),
)
