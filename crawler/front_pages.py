"""Which content system a portal runs, as far as its front page lets it be told: by its scripts, then by its addresses.

A column is recognised from its own page (`crawler.portals`); this is for a portal whose column is not known or
could not be had. Only what points to one system alone counts: nothing is better than a wrong one.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from crawler.portals import FAMILIES, family_of
from crawler.rows import read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.pages import Page

ADDRESSES: Mapping[str, str] = {
    "hanweb": r"/art/\d{4}/\d{1,2}/\d{1,2}/art_\d+_\d+\.html|[?&]vc_xxgkarea=|/module/xxgk/|/col/\d+_\d+/",
    "jpaas": r"/art/\d{4}/art_[0-9a-f]{32}\.html",
    "truecms": r"(?i)/truecms/",
    "epoint": r"[?&]categorynum=\d|/govInfoPub\w*\.html",
    "gkmlpt": r"/gkmlpt/",
    "lonsun": r"/public/column/\d+",
    "openness": r"(?i)/(?:branch)?openness(?:content|annualreport|guide)/|/xxgknb/show/\d",
    "ucap": r"/c\d{6}/(?:\d{6}/)?(?:[0-9a-f]{32}|c\d+_\d+|(?:pc/)?list|\w*xxgk\w*|rlist)\.shtml",
    "vsb": r"/info/\d{4}/\d+\.htm(?!l)",
    "ilist": r"/iList\.jsp\?",
    "channel": r"/gongkai/channel_[0-9a-f]{24}",
    "chinatax": r"/c\d{4,9}/content\.html",
    "trs": r"/t\d{8}_\d+(?:_wap)?\.s?html?",
}
"""Family → addresses that its portals alone have. `/col/col1/` is not among them: Hanweb and jpaas share it."""

_LINK = re.compile(r"<a\s[^>]*>", re.IGNORECASE)


def family_of_front(page: Page, is_own: Callable[[str], bool]) -> str | None:
    """The key of the family that a front page gives away; None where nothing does, or two families are as likely.

    `is_own` says whether an address is the portal's own: links to the systems of others say nothing of it.
    """
    source = _LINK.sub("", page.text)
    for family in FAMILIES.values():
        if any(re.search(sign, source) for sign in family.signs):
            return family.key
    own = {row.url for row in read_rows(page) if is_own(row.url)}
    found = Counter(key for key, address in ADDRESSES.items() for url in own if re.search(address, url))
    best = found.most_common(2)
    if not best or (len(best) > 1 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def family_of_column(source: str, url: str) -> str:
    """The key of the family of the column at this address: what its page bears, else what its address is alone to have.

    A shell that a script fills may show nothing but its address.
    """
    key = family_of(source).key
    if key != "static":
        return key
    return next((other for other, address in ADDRESSES.items() if re.search(address, url)), key)
