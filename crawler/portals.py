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

    JPAGE = "jpage"
    """The first rows lie in the page as XML, the rest comes from dataproxy.jsp."""

    XXGK_SEARCH = "xxgk_search"
    """An agency's directory: fragments of a table from module/xxgk/search.jsp."""

    JPAAS_UNITS = "jpaas_units"
    """A shell whose blocks are units, each fetched from the publish-server."""

    JPAAS_SEARCH = "jpaas_search"
    """A column's rows as JSON from the same vendor's search server."""

    UCAP_SEARCH = "ucap_search"
    """A channel's rows as JSON from common/search."""

    GKMLPT = "gkmlpt"
    """A tree of columns inside the page, a column's rows as JSON from gkmlpt/api."""

    LONSUN = "lonsun"
    """An agency's reports behind a menu of years, or its catalogue as fragments from site/label/8888."""

    OPENNESS = "openness"
    """A branch's page that links each year's report by its year alone."""

    EPOINT = "epoint"
    """A category's rows as JSON from getgovinfolist."""

    TRUECMS = "truecms"
    """The first rows hidden in the page, the rest as XML in JSON from getMessage.do."""

    EASTTONE = "easttone"
    """A channel's rows as JSON from front/api/data/search."""

    CHINATAX = "chinatax"
    """A code's files as JSON from getFileListByCodeId."""

    WAS_SEARCH = "was_search"
    """A search's rows as JSON, or as pages, from was5/web/search."""

    POSTBACK = "postback"
    """A form that is posted back with the number of the next page."""

    BROWSER = "browser"
    """Rows that only a script draws, and no endpoint that is known."""


class Way(NamedTuple):
    """One way in which a family lists: taken where `sign` is found in the opening page's source, "" always."""

    sign: str
    listing: Listing


class Family(NamedTuple):
    """One content system. `signs` are looked for in the page's source; one that matches is enough.

    `ways` are asked in order, the first whose sign is there is taken; the last has none. `is_newest_first` is
    false where pages are numbered from the last on: what stands on which page moves with every new row.
    """

    key: str
    title: str
    signs: tuple[str, ...]
    ways: tuple[Way, ...]
    is_newest_first: bool = True

    def listing(self, source: str) -> Listing:
        """How the list that begins with a page of this source is walked."""
        return next(way.listing for way in self.ways if re.search(way.sign, source))


ARTICLE = re.compile(
    r"/t\d{8}_\d+(?:_wap)?\.s?html?"  # TRS
    r"|/content_\w+\.s?html?|/c_\d+\.s?html?|/c\d+/content\.html|/c\d+_\d+\.s?html?"
    r"|/art_[0-9a-z_]{8,}\.html|/art/\d+/"  # Hanweb
    r"|post_\d+\.html|pnidpv\d+\.html"
    r"|/\d{4}[-/]?\d{2}(?:[-/]?\d{2})?/\w{3,}\.s?html?"
    r"|/[0-9a-f]{32}\.s?html?|/[0-9a-f-]{36}\.s?html?|/doc_[0-9a-f]{24}\.s?html?"
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


def leads_to_article(url: str) -> bool:
    """Does the address look like an article's, or like a file's that stands in place of one?"""
    return ARTICLE.search(url) is not None or FILE.search(url) is not None


_PLAIN_HANWEB = (
    r"(?s)\A(?!.*(?:jpaas-publish-server|unitbuild\.js)).*?(?:<meta name=['\"]Maketime"
    r"|href\s*=\s*['\"]?/(?:col/(?:col\d+|\d+_\d+)/index\.html|art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d))"
)
"""Hanweb's front pages and older columns, which call no script of its own; jpaas took its addresses over."""

FAMILIES: Mapping[str, Family] = {
    family.key: family
    for family in (
        # Its pages call jpage too, so it is asked for before Hanweb.
        Family(
            "truecms",
            "TrueCMS",
            (r"messageController/getMessage\.do", r"\bid=['\"]?initData\b"),
            (Way("", Listing.TRUECMS),),
        ),
        Family(
            "hanweb",
            "大汉 JCMS",
            (
                r"dataproxy\.jsp",
                r"\.jpage\(",
                r"/module/xxgk/|\bvc_xxgkarea=",
                _PLAIN_HANWEB,
            ),
            (
                Way(r"dataproxy\.jsp|\.jpage\(|<datastore", Listing.JPAGE),
                Way(r"/module/xxgk/|\bvc_xxgkarea=", Listing.XXGK_SEARCH),
                Way("", Listing.SCRIPT_PAGER),
            ),
        ),
        Family(
            "jpaas",
            "大汉 jpaas",
            (r"jpaas-publish-server", r"unitbuild\.js", r"/search-front-server/api/search/info"),
            (Way(r"/search-front-server/api/search/info", Listing.JPAAS_SEARCH), Way("", Listing.JPAAS_UNITS)),
        ),
        Family(
            "epoint",
            "新点",
            (
                r"webBuilderCommon\.js",
                r"/EWB-FRONT",
                r"getgovinfolist",
                r"/ajaxReq\.js",
                r"/govInfoPub\w*\.(?:js|html)",
            ),
            (Way("", Listing.EPOINT),),
        ),
        Family("gkmlpt", "南方 gkmlpt", (r"window\._CONFIG\s*=", r"/gkmlpt/api/"), (Way("", Listing.GKMLPT),)),
        Family(
            "lonsun",
            "龙讯",
            (r"/site/label/8888", r"publicInfoList", r"/public/column/\d+\?type="),
            (Way("", Listing.LONSUN),),
        ),
        Family(
            "openness",
            "科讯",
            (r"(?i)/(?:branch)?openness(?:content|annualreport|guide)/", r"/Xxgknb/"),
            (Way("", Listing.OPENNESS),),
        ),
        Family("easttone", "东网", (r"new\s+CMS\(",), (Way("", Listing.EASTTONE),)),
        Family("chinatax", "税务、国资委", (r"getFileListByCodeId",), (Way("", Listing.CHINATAX),)),
        Family(
            "ucap",
            "开普云",
            (
                r"createPageHTML\s*\(\s*['\"]page_div",
                r"(?i)<ucap(?:title|content)",
                r"/common/search/[0-9a-f]{16,}",
                r"\bchannelId['\"]?\s*[=:]\s*['\"][0-9a-f]{32}",
            ),
            (
                Way(r"/(?:common/search|searchList|search)/[0-9a-f]{16,}|\bchannelId['\"]", Listing.UCAP_SEARCH),
                Way(r"\bchannelId\s*[=:]", Listing.UCAP_SEARCH),
                Way("", Listing.SCRIPT_PAGER),
            ),
        ),
        Family(
            "vsb",
            "博达",
            (r"\bpb_sys_common", r"\bvsb_content", r"_content/download\.jsp", r"\bp_next(?:_d)? p_fun"),
            (Way("", Listing.LINKED_PAGES),),
            is_newest_first=False,
        ),
        Family("ilist", "iList.jsp", (r"\biList\.jsp\?",), (Way("", Listing.LINKED_PAGES),)),
        Family("channel", "山东 channel_", (r"/gongkai/channel_[0-9a-f]{24}",), (Way("", Listing.BROWSER),)),
        Family("aspx", "ASP.NET", (r"__VIEWSTATE\b", r"__doPostBack\("), (Way("", Listing.POSTBACK),)),
        Family(
            "trs",
            "拓尔思 WCM",
            (
                r"createPageHTML\s*\(\s*['\"\d]",
                r"\bcountPage\s*=\s*(?:parseInt\()?['\"]?\d",
                r"\bmaxPage\s*=\s*(?:parseInt\()?['\"]?\d",
                r"/t\d{8}_\d+(?:_wap)?\.s?html?",
                r"TRS_(?:Editor|UEDITOR|PreAppendix)",
                r"/was\d+/(?:web/)?search\?[^'\"<>\s]*\b(?:classsql|templet)=",
            ),
            (
                Way(r"/was\d+/(?:web/)?search\?[^'\"<>\s]*\b(?:classsql|templet)=", Listing.WAS_SEARCH),
                Way("", Listing.SCRIPT_PAGER),
            ),
        ),
        Family("static", "静态页面", (), (Way("", Listing.LINKED_PAGES),)),
    )
}
"""Key → family, in the order in which a page is asked for their signs; the last takes what is left."""


def listing_of(source: str, family: Family, override: str | None) -> Listing:
    """How a list is walked: as the registry says, else as the family does where it begins with such a page."""
    named = (listing for listing in Listing if listing.value == override)
    return next(named, None) or family.listing(source)


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
