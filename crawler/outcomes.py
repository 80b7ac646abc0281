"""What an answer or a whole list came to: refused, moved, unreachable, incomplete, complete. Signatures are data.

A page is held against them before it is parsed, and on 200s too: many refusals come with 200.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from storage.records import EndProof, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

SEEN = 65536
"""Bytes of a body that signatures are looked for in; refusals are short."""

REFUSED_STATUSES = frozenset({401, 403, 405, 406, 412, 418, 422, 429, 451, 468, 512, 521})
CHALLENGE_STATUSES = frozenset({412, 418, 468, 512, 521})
"""Statuses that only a firewall sends: also for robots.txt they are its refusal, not a missing file."""

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504, 522, 524})
WRONG_METHOD = 405
"""An address takes only GET, or only POST; some firewalls refuse with it too, and say so in the body."""

PROXY_STATUS = 407
"""Only a proxy asks for it: ours does not know us."""

GONE_STATUSES = frozenset({404, 410})


class Refusal(NamedTuple):
    """How one firewall's refusal is known. `is_bare`: only on a page without links, since the same
    scripts and words also stand on pages that the firewall lets through."""

    name: str
    pattern: str
    is_bare: bool = False


REFUSALS = (
    Refusal("瑞数", r"\$_ts\s*=\s*window\s*\[|_\$gW\(\)|<meta[^>]+\br=['\"]m['\"]", is_bare=True),
    Refusal("加速乐", r"__jsl_clearance|document\.cookie\s*=\s*\('_'\)|\bgo\(\s*\{\s*\"bts\"", is_bare=True),
    Refusal("创宇盾", r"当前访问疑似黑客攻击|365cyd\.com|notice-jiasule"),
    Refusal("360 网站卫士", r"请开启JavaScript并刷新该页|wzws_(?:cid|sessionid)", is_bare=True),
    Refusal("360 云防护", r"您的访问可能对网站造成威胁.{0,12}已被云防护拦截"),
    Refusal("安恒玄武盾", r"error\.websaas\.cn|dbappwaf"),
    Refusal("阿里云", r"errors\.aliyun\.com|/waf_block\.html|由于您访问的URL有可能对网站造成安全威胁"),
    Refusal("阿里云 acw", r"\bvar\s+arg1\s*=\s*['\"][0-9A-Fa-f]{20,}|acw_sc__v[23]", is_bare=True),
    Refusal("腾讯云", r"waf-static\.tencent\.com|/501page\.html"),
    Refusal("华为云", r"YOUR REQUEST HAS BEEN DENIED|HWWAFSES(?:ID|TIME)", is_bare=True),
    Refusal("雷池", r"安全检测能力由|<!--\s*event[ _]id:"),
    Refusal("启明星辰", r"触发WAF防护"),
    Refusal("宝塔", r"您的请求带有不合法参数.{0,6}已被网站管理员设置拦截"),
    Refusal("安全狗", r"404\.safedog\.cn|<title>[^<]{0,20}(?:网站)?(?:访问报错|防火墙)[^<]{0,20}</title>"),
    Refusal("安全狗", r"safedog", is_bare=True),
    Refusal("云锁", r"yunsuo_session", is_bare=True),
    Refusal("网宿", r"_bot_sbu|sbu_fpcm\.js", is_bare=True),
    Refusal("访问频率", r"(?:访问|请求|操作)(?:过于|太)频繁|您的IP.{0,12}(?:限制|封禁|禁止)访问", is_bare=True),
    Refusal("验证码", r"请(?:输入|完成|进行)(?:安全)?验证码?.{0,12}(?:继续|后).{0,4}访问", is_bare=True),
)
"""One row a firewall, as seen by scrapers and in wafw00f's fingerprints; a row is added when one is met."""

SOFT_404 = re.compile(
    r"您?(?:要)?(?:访问|查看|浏览)的(?:页面|网页|栏目|信息|内容|文件)(?:已)?(?:不存在|被删除|删除|找不到)"
    r"|(?:页面|网页|栏目)(?:找不到|不存在|未找到|已删除|走丢)|找不到(?:该|您?要?访问的)?(?:页面|网页|栏目)"
    r"|(?:该|本|此)(?:信息|文章|内容|文件|报告|稿件)已(?:经|被)?(?:撤[回稿下销除]|下[线架]|删除|移除)"
    r"|抱歉.{0,16}(?:不存在|已删除|找不到)|404\s*(?:not found|错误|页面)|page not found",
    re.IGNORECASE,
)
BROKEN_OFF = re.compile(
    r"Microsoft OLE DB|ODBC .{0,20}Driver|Fatal error\s*:|Maximum execution time|Parse error\s*:|Warning\s*:\s*mysqli?_"
    r"|(?:Sql|SQL|NullPointer|Runtime|OutOfMemory)\w*(?:Exception|Error)\b|服务器(?:内部|运行)?错误|数据库连接(?:失败|错误)"
    r"|(?:访问|请求|操作)(?:过于|太)频繁.{0,12}(?:部分|暂不|稍后|暂停)|部分内容暂不显示",
)
"""What a server prints in the middle of a page that it could not finish, or did not want to."""
LOGIN_TITLE = re.compile(
    r"登[录陆](?:页面|界面|系统|平台|$)|^(?:用户|会员|系统)?登[录陆]|身份认证|^(?:sign|log)\s?in\b", re.IGNORECASE
)
LOGIN_PATH = re.compile(r"/(?:login|signin|sso|cas|passport)(?:[./?]|$)", re.IGNORECASE)
MAINTENANCE = re.compile(
    r"(?:网站|系统|平台|栏目)(?:正在|正|目前|现在)?(?:进行)?(?:系统)?(?:升级|维护|改造|改版|割接)(?:维护|改造|改版)?(?:中|[,，。!！]|，?暂停)"
    r"|(?:升级|维护|改造|改版).{0,12}(?:暂停|停止)(?:访问|服务)|(?:暂停|停止)(?:访问|服务).{0,12}(?:升级|维护|改造|改版)"
    r"|正在(?:进行)?(?:系统|网站)?(?:升级|维护|改造|改版)"
)
PARKED = re.compile(
    r"域名.{0,8}(?:出售|转让|待售|已过期|已到期|停放)|(?:出售|转让).{0,4}域名"
    r"|domain(?: name)? (?:is |may be )?(?:for sale|expired|parked)|buy this domain",
    re.IGNORECASE,
)
"""What a page without rows may be instead of a list that a script draws; a browser would show no more of it."""
STALE_SECONDS = 86_400
"""From this `Age` on a copy in a cache tells of another day."""
_WHOLE = 200
_OWN_FAILURES = 500
"""From there on a status is the server's own failure."""

_SHORT = 600
_SHORT_TITLE = 12
_LINK = re.compile(r"<a\s[^>]*\bhref\s*=\s*['\"]?(?!\s*(?:javascript:|#|['\"]))", re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b", re.IGNORECASE)
_STEERING = re.compile(r"document\.cookie\s*=|location\.reload|location(?:\.href)?\s*=\s*location|\beval\s*\(")
_OWN_SCRIPT = re.compile(
    r"<script\b(?![^>]*\b(?:src|type\s*=\s*['\"]?(?:text/xml|application/(?:ld\+)?json)))[^>]*>\s*[^\s<]",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"<(?:div|section|main|ul|table|i?frame|embed|object|img|form|meta\s[^>]*http-equiv\s*=\s*['\"]?refresh)\b",
    re.IGNORECASE,
)
_SILENT = re.compile(r"<(script|style|noscript|head)\b.*?(?:</\1\s*>|\Z)|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
_TEXT_FREE = 2048
_META_REFRESH = re.compile(
    r"<meta\b(?=[^>]*http-equiv\s*=\s*['\"]?refresh)[^>]*content\s*=\s*(['\"])\s*(\d+)(?:\.\d+)?\s*[;,]\s*url\s*=\s*['\"]?([^'\">]+)",
    re.IGNORECASE,
)
_SCRIPT_REDIRECT = re.compile(
    r"(?:window\.|self\.|top\.|parent\.|document\.)?location(?:\.href)?\s*(?:=|\.replace\(|\.assign\()\s*(['\"])([^'\"<>]+)\1\s*\)?\s*;?"
)
_REFRESH_SECONDS = 10
_NO_ROWS = re.compile(
    r"暂无(?:相关)?(?:信息|数据|内容|记录)|没有(?:找到|查询到)?(?:相关|符合条件的)?(?:信息|数据|内容|记录)|共\s*0\s*条"
)
_TEMPLATE = re.compile(
    r"\bv-(?:if|for|show|else)\b|\{\{|<div[^>]+id=['\"]?(?:app|root)\b|ng-(?:app|repeat)", re.IGNORECASE
)


class Trouble(NamedTuple):
    """Why something could not be looked at. `key` and `values` are for `crawler.details`."""

    outcome: Outcome
    key: str
    values: tuple[object, ...] = ()


def refusal(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> str | None:
    """The name of the firewall whose refusal this answer is, None for an honest answer."""
    source = readable_start(body)
    is_bare = _LINK.search(source) is None
    server = (headers or {}).get("Server", "")
    if status >= 400 and "jiasule-WAF" in server:  # noqa: PLR2004 (an error of any kind)
        return "创宇盾"
    for row in REFUSALS:
        if (is_bare or not row.is_bare) and re.search(row.pattern, source, re.DOTALL):
            return row.name
    if status == 202 and _SCRIPT.search(source):  # noqa: PLR2004 (202 is what one of them sends with its script)
        return "202"
    if is_bare and len(body) < _TEXT_FREE and not plain_words(source) and _is_riddle(body, source):
        return "script"
    return None


def _is_riddle(body: bytes, source: str) -> bool:
    """Is a page without words nothing but a script of its own, with no place in which it could draw anything?"""
    if page_redirect(body) is not None:
        return False
    return bool(_STEERING.search(source) or (_OWN_SCRIPT.search(source) and not _PLACE.search(source)))


def answer_trouble(status: int, body: bytes, url: str, headers: Mapping[str, str] | None = None) -> Trouble | None:
    """What is wrong with an answer by its status and signatures; None for a page that may be read."""
    signature = refusal(status, body, headers)
    if signature is not None:
        return Trouble(Outcome.BLOCKED, "refused", (f"{status} {signature}", url))
    if status in REFUSED_STATUSES:
        return Trouble(Outcome.BLOCKED, "refused", (status, url))
    if status == PROXY_STATUS:
        return Trouble(Outcome.UNREACHABLE, "proxy_refused", (url, status))
    return None if status == _WHOLE else Trouble(_outcome(status), "status", (status, url))


def is_wrong_method(trouble: Trouble | None) -> bool:
    """Does the server itself, with no firewall's words, say that the address is asked in another way?"""
    return trouble is not None and trouble.key == "refused" and trouble.values[:1] == (WRONG_METHOD,)


def _outcome(status: int) -> Outcome:
    """What a status comes to that is neither a whole page's nor a refusal."""
    if status in GONE_STATUSES:
        return Outcome.MOVED
    return Outcome.UNREACHABLE if status >= _OWN_FAILURES else Outcome.INCOMPLETE


def is_soft_404(text: str, title: str) -> bool:
    """Does a page that came with 200 say that it does not exist? `text` is what it shows."""
    return SOFT_404.search(title) is not None or (len(text) < _SHORT and SOFT_404.search(text) is not None)


def page_instead(text: str, title: str, url: str) -> Trouble | None:
    """What a page that shows no rows is instead of a list: a log-in, a notice of maintenance, a domain for sale.

    `text` is what it shows, `url` where it came from. None: it may be a list that only a script draws.
    """
    if PARKED.search(title) or (len(text) < _SHORT and PARKED.search(text)):
        return Trouble(Outcome.MOVED, "parked", (url,))
    if LOGIN_TITLE.search(title) or LOGIN_PATH.search(urlsplit(url).path):
        return Trouble(Outcome.BLOCKED, "login_page", (url,))
    if (len(title) < _SHORT_TITLE and "维护" in title) or (len(text) < _SHORT and MAINTENANCE.search(text)):
        return Trouble(Outcome.UNREACHABLE, "maintenance", (url,))
    return None


def stale_age(headers: Mapping[str, str]) -> int | None:
    """How old a cache's copy of a page is, in seconds, where that is a day and more; None for a fresh one."""
    age = {name.lower(): value for name, value in headers.items()}.get("age", "").strip()
    return int(age) if age.isdecimal() and int(age) >= STALE_SECONDS else None


def is_home_page(asked: str, answered: str, home: str) -> bool:
    """Was another page asked for, and the portal's front page given?"""
    paths = [urlsplit(url).path.removesuffix("index.html").rstrip("/") for url in (asked, answered, home)]
    return paths[0] != paths[1] and paths[1] in {"", paths[2]} and not urlsplit(answered).query


def page_redirect(body: bytes) -> str | None:
    """Where a page sends its reader by itself, as written there; None where it stays.

    A script counts only where the page is nothing but one plain address to go to: nothing is computed.
    """
    source = readable_start(body)
    refresh = _META_REFRESH.search(source)
    if refresh is not None:
        return refresh[3].strip() if int(refresh[2]) <= _REFRESH_SECONDS else None
    if len(body) > _TEXT_FREE * 2 or _LINK.search(source) or plain_words(source) or "document.cookie" in source:
        return None
    targets = {match[2] for match in _SCRIPT_REDIRECT.finditer(source)}
    return targets.pop().strip() if len(targets) == 1 else None


def says_it_is_empty(text: str, source: str) -> bool:
    """Does a list without rows say so itself, and not only in a template that a script fills?"""
    return _NO_ROWS.search(text) is not None and _TEMPLATE.search(source) is None


def readable_start(body: bytes, limit: int = SEEN) -> str:
    """The beginning of a body as text, without asking what encoding it is in; not for what a page says."""
    start = body[:limit].removeprefix(b"\xef\xbb\xbf")
    try:
        return start.decode("utf-8")
    except UnicodeDecodeError as error:
        is_torn_at_end = error.start > len(start) - 4
    return start.decode("utf-8" if is_torn_at_end else "gb18030", "replace")


def plain_words(source: str) -> str:
    """What a page's source shows without running scripts."""
    return re.sub(r"\s|&nbsp;", "", _SILENT.sub("", source))


class ListVerdict(NamedTuple):
    """What walking one list came to. `end_proof` None: the end was not proven; `trouble` None: complete."""

    end_proof: EndProof | None
    trouble: Trouble | None


def conclude(
    *, url: str, trouble: Trouble | None, proof: EndProof | None, totals: frozenset[int], counted: frozenset[int]
) -> ListVerdict:
    """Whether a list was read to its end.

    `trouble` is what stopped the walk, `proof` what its last page proved, `totals` the numbers of rows
    that the list states, `counted` the rows seen: with twins and without.
    """
    if len(totals) > 1:
        return ListVerdict(None, Trouble(Outcome.INCOMPLETE, "totals_contradict", (url,)))
    stated = next(iter(totals), None)
    is_pager_alone = trouble is not None and trouble.key in {"pager_unreadable", "pager_gone"}
    if stated is not None and stated in counted and (trouble is None or is_pager_alone):
        return ListVerdict(EndProof.STATED_TOTAL, None)
    if trouble is not None:
        return ListVerdict(None, trouble)
    if stated is not None:
        return ListVerdict(None, Trouble(Outcome.INCOMPLETE, "total_differs", (stated, min(counted), url)))
    return ListVerdict(proof, None)
