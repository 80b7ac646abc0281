"""Articles that a page holds in its script alone: `window._CONFIG = {…, DETAIL: {…}}` of gkmlpt, put into its body.

The portal's script writes `DETAIL.content` into the page. Here the same is done without running anything: the
markup is put where it would be seen, with the title, day and publisher that the script prints beside it.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from crawler.documents.encoding import as_utf8
from storage.errors import UnreadableError
from storage.records import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CONFIG = re.compile(r"\bwindow\s*\.\s*_CONFIG\s*=\s*\{")
_NAME = re.compile(
    r"(?:[\s,]|//[^\n]*|/\*.*?\*/)*+(?:(?P<mark>['\"])(?P<quoted>[^'\"\n]*)(?P=mark)|(?P<bare>[A-Za-z_$][\w$]*))\s*:\s*",
    re.DOTALL,
)
_STRING = re.compile(
    r"'[^'\\]*+(?:\\.[^'\\]*+)*+'|\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"|`[^`\\]*+(?:\\.[^`\\]*+)*+`", re.DOTALL
)
_STOPS = re.compile(r"['\"`{}()\[\],]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_SCRIPTED = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "v": "", "0": "", "\n": ""}
_ESCAPED_TITLE = re.compile(r"%u([0-9a-fA-F]{4})")
_BODY_END = re.compile(rb"</body\s*>", re.IGNORECASE)
_HEAD = re.compile(rb"<head\b[^>]*>", re.IGNORECASE)
_SHOWN = re.compile(rb"<div\b[^<>]*class=['\"][^'\"]*\barticle-content\b[^<>]*>\s*(?!</|<script)", re.IGNORECASE)
_SECONDS = range(10**8, 10**11)
_MIN_CONTENT = 1


def config_values(text: str) -> Mapping[str, str]:
    """Name → source of each value of the page's `window._CONFIG`; empty where it has none, or one that breaks off."""
    start = _CONFIG.search(text)
    return dict(_values(text, start.end())) if start is not None else {}


def config_value(source: str | None) -> object:
    """The value that such a source stands for; None for what is no plain string, number, list or object."""
    text = (source or "").strip()
    if text[:1] == "'" and _STRING.fullmatch(text):
        return _ESCAPE.sub(_escaped, text[1:-1])
    try:
        value: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    return value


def unfolded(data: bytes) -> bytes:
    """The page with the article of its script standing in its body, in UTF-8; the same bytes where it has none."""
    if data.find(b"_CONFIG") < 0 or data.find(b"DETAIL") < 0:
        return data
    try:
        page = as_utf8(data)
    except UnreadableError:
        return data
    detail = config_value(config_values(page.decode("utf-8", "replace")).get("DETAIL"))
    # Inside the script the markup is escaped: what stands there plainly is shown.
    if not isinstance(detail, dict) or _SHOWN.search(page):
        return data
    content = _content(detail.get("content"))
    files = "".join(_files(detail, content))
    if len(content) + len(files) < _MIN_CONTENT:
        return data
    body = f'<div class="article-content">{content}{files}</div>'.encode("utf-8", "replace")
    head = "".join(_tags(detail, page)).encode("utf-8", "replace")
    ends = list(_BODY_END.finditer(page))
    end = ends[-1].start() if ends else len(page)
    begin = _HEAD.search(page)
    top = begin.end() if begin is not None and begin.end() <= end else 0
    return page[:top] + head + page[top:end] + body + page[end:]


def _values(text: str, place: int) -> Iterator[tuple[str, str]]:
    while (name := _NAME.match(text, place)) is not None:
        end = _value_end(text, name.end())
        if end is None:
            return
        yield name["bare"] or name["quoted"] or "", text[name.end() : end]
        place = end


def _value_end(text: str, place: int) -> int | None:
    """Where the value that begins here ends: before a comma or brace not inside it; None where it breaks off."""
    depth = 0
    while (stop := _STOPS.search(text, place)) is not None:
        mark, place = stop[0], stop.end()
        if mark in "'\"`":
            string = _STRING.match(text, stop.start())
            if string is None:
                return None
            place = string.end()
        elif mark in "{[(":
            depth += 1
        elif depth == 0:
            return stop.start()
        elif mark != ",":
            depth -= 1
    return None


def _content(value: object) -> str:
    """The article's markup; some portals wrote it as a string inside the string."""
    text = value if isinstance(value, str) else ""
    if re.match(r"\s*\"", text):
        inner = config_value(text)
        text = inner if isinstance(inner, str) else text
    if "\\u003" in text and "<" not in text:
        text = _ESCAPE.sub(_escaped, text)
    return text


def _files(detail: Mapping[str, object], content: str) -> Iterator[str]:
    """Links to the attached files that the markup does not link itself."""
    attached = detail.get("attachment")
    for each in attached if isinstance(attached, list) else ():
        url = each.get("url") if isinstance(each, dict) else None
        if isinstance(url, str) and url and url.rpartition("/")[2] not in content:
            name = escape(str(each.get("name") or url.rpartition("/")[2]))
            yield f'<p><a class="nfw-cms-attachment" href="{escape(url)}" alt="{name}">{name}</a></p>'


def _tags(detail: Mapping[str, object], page: bytes) -> Iterator[str]:
    """What the script prints above the article, as meta tags; not what the page has in tags of its own."""
    title = detail.get("title")
    tags = {
        "ArticleTitle": _ESCAPED_TITLE.sub(lambda code: chr(int(code[1], 16)), title) if isinstance(title, str) else "",
        "PubDate": _day(detail),
        "ContentSource": str(detail.get("publisher") or "").replace("本网", ""),
    }
    lower = page.lower()
    for name, value in tags.items():
        if value and f'"{name.lower()}"'.encode() not in lower:
            yield f'<meta name="{name}" content="{escape(value)}">'


def _day(detail: Mapping[str, object]) -> str:
    """The day of publication: the portal shows `create_time` as it, and `date` as the day of signing."""
    for name in ("create_time", "display_publish_time"):
        seconds = detail.get(name)
        if isinstance(seconds, int) and seconds in _SECONDS:
            return datetime.fromtimestamp(seconds, SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    printed = detail.get("created_at") or detail.get("date")
    return printed if isinstance(printed, str) else ""


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    return chr(int(code, 16)) if code else _SCRIPTED.get(match[3], match[3])
