"""The families of content systems as data: how a page gives its family away, and how its lists are walked.

A family is a row here and one way of walking from the closed set `Listing`; never a class of its own.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class Listing(StrEnum):
    """The closed set of ways to walk a list; `crawler.listings` has one function for each."""

    LINKED_PAGES = "linked_pages"
    """The page links its further pages: 下一页, or their numbers."""

    SCRIPT_PAGER = "script_pager"
    """A script call states the number of pages and how their files are named."""

    NONE = "none"
    """Known by its signs, not walked yet: nothing is concluded from such a page."""


class Family(NamedTuple):
    """One content system. `signs` are looked for in the page's source; one that matches is enough."""

    key: str
    title: str
    listing: Listing
    signs: tuple[str, ...]


ARTICLE = re.compile(
    r"/t\d{8}_\d+(?:_wap)?\.s?html?"  # TRS
    r"|/content_\w+\.s?html?|/c_\d+\.s?html?|/c\d+/content\.html|/c\d+_\d+\.s?html?"
    r"|/art_[0-9a-z_]{8,}\.html|/art/\d+/"  # Hanweb
    r"|post_\d+\.html|pnidpv\d+\.html"
    r"|/\d{4}[-/]?\d{2}(?:[-/]?\d{2})?/\w{3,}\.s?html?"
    r"|/[0-9a-f]{32}\.s?html?|/[0-9a-f-]{36}\.s?html?"
    r"|/\d{4,}/index\.s?html?|/\d{8}/[0-9a-f]+/c\.html"
    r"|/(?:info|doc|public|show|article|content|detail|news)/(?:[\w/-]*/)?\w*\d+\.s?html?"
    r"|/\d{3,}\.s?html?|[?&](?:id|articleid|contentid|infoid|artid)=\w+",
    re.IGNORECASE,
)
"""Addresses that an article has in one system or another. A folder's index.html may be an article too."""

FILE = re.compile(
    r"\.(?:pdf|docx?|wps|ofd|xlsx?|et|rtf|zip|rar|jpe?g|png)(?:\?|$)|/down(?:file|load)?\.(?:jsp|do)\b", re.IGNORECASE
)
"""Addresses of files that a list may link in place of an article."""

FAMILIES: Mapping[str, Family] = {
    family.key: family
    for family in (
        Family("hanweb", "大汉 JCMS", Listing.NONE, (r"dataproxy\.jsp", r"\.jpage\(", r"/module/xxgk/")),
        Family("jpaas", "大汉 jpaas", Listing.NONE, (r"jpaas-publish-server", r"unitbuild\.js")),
        Family("truecms", "TrueCMS", Listing.NONE, (r"messageController/getMessage\.do",)),
        Family("epoint", "新点", Listing.NONE, (r"webBuilderCommon\.js", r"/EWB-FRONT", r"getgovinfolist")),
        Family("gkmlpt", "南方 gkmlpt", Listing.NONE, (r"window\._CONFIG\s*=", r"/gkmlpt/api/")),
        Family("lonsun", "龙讯", Listing.NONE, (r"/site/label/8888", r"publicInfoList")),
        Family("openness", "科讯", Listing.NONE, (r"/OpennessContent/", r"opennessAnnualReport")),
        Family("easttone", "东网", Listing.NONE, (r"new\s+CMS\(",)),
        Family("aspx", "ASP.NET", Listing.NONE, (r"__doPostBack\('[^']*[Pp]ager",)),
        Family(
            "trs",
            "拓尔思 WCM",
            Listing.SCRIPT_PAGER,
            (
                r"createPageHTML\s*\(\s*['\"\d]",
                r"\bcountPage\s*=\s*(?:parseInt\()?['\"]?\d",
                r"\bmaxPage\s*=\s*(?:parseInt\()?['\"]?\d",
                r"/t\d{8}_\d+(?:_wap)?\.s?html?",
                r"TRS_(?:Editor|UEDITOR|PreAppendix)",
            ),
        ),
        Family("static", "静态页面", Listing.LINKED_PAGES, ()),
    )
}
"""Key → family, in the order in which a page is asked for their signs; the last takes what is left."""


def family_of(source: str, key: str | None = None) -> Family:
    """The family that the registry names, else the one whose signs the page's source bears.

    `static` in the registry claims nothing, nor does a name that no family bears: a page that bears a
    system's signs is read as that system's.
    """
    named = FAMILIES.get(key or "static", FAMILIES["static"])
    if named.key != "static":
        return named
    for family in FAMILIES.values():
        if any(re.search(sign, source) for sign in family.signs):
            return family
    return FAMILIES["static"]
