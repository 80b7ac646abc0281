"""The ways in which portals keep a robot out, each with what a scan must come to: switched on per portal.

Bodies are made after the fingerprints of the firewalls; nothing in them can be solved, and nobody is to try.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from crawler.simulator.server import ROBOTS
from crawler.simulator.site import Cut, Page
from storage.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.simulator.site import Asked, Site

BURST, BURST_SECONDS, BLOCK_SECONDS = 2, 30.0, 60.0
"""So many requests within so many seconds shut the door for so long."""

_SHELL = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{0}</title></head><body>{1}</body></html>'
_RUISHU = (
    '<!DOCTYPE html><html><head><meta id="k3Pw" content="{qqr" r=\'m\'>'
    "<script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=71;</script></head>"
    "<body><script>_$gW();</script></body></html>"
)
_JIASULE = (
    "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+('_c')+'=1|-1|x;path=/';"
    "location.href=location.pathname</script>"
)
_WZWS = (
    "<html><body><noscript><h1>请开启JavaScript并刷新该页.</h1></noscript>"
    "<script>eval(function(p,a,c,k){}('0',0,0,''.split('|')))</script></body></html>"
)
_ALIYUN = '<div id="block_message">您的访问被阻断</div><img src="https://errors.aliyun.com/images/x.png">'
_ACW = "<html><script>var arg1='0F1E2D3C4B5A69788796A5B4C3D2E1F001234567';function reload(){}</script></html>"
_HUAWEI = "<h1>YOUR REQUEST HAS BEEN DENIED!</h1>"
_NEWS = "".join(
    f'<li><a href="/xw/202501/t202501{n:02}_{n}.html" title="全县第{n}次工作例会召开">全县第{n}次工作例会召开</a>'
    f"<span>2025-01-{n:02}</span></li>"
    for n in range(10, 22)
)
_INDEX = _SHELL.format("政务公开", f'<div class="list"><ul>{_NEWS}</ul></div>')
_HOME = _SHELL.format("澄湖县人民政府门户网站", f'<div class="list"><ul>{_NEWS}</ul></div>')
_STUB = (
    "<html><head></head><body><script>var _0x4f=['c3','9b'];(function(a){a()})(function(){});</script></body></html>"
)
_CLOSED = "<html><head><title>403 Forbidden</title></head><body><h1>403 Forbidden</h1></body></html>"


def _html(text: str, status: int = 200, **headers: str) -> Page:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(text.encode(), "text/html; charset=utf-8", status, named)


class Refusal(NamedTuple):
    """One way. `page`: what comes, None for what would come anyway. `outcome`: what a scan of a column comes to,
    where the portal refuses `robots`, every `page`, the `column` or the `articles`.

    `is_challenge`: no address is asked for twice. `scheme`: the address in the registry begins with it.
    """

    key: str
    outcome: Outcome
    page: Page | None
    place: str = "page"
    is_challenge: bool = True
    scheme: str = "http"


REFUSALS = (
    Refusal("rs412", Outcome.BLOCKED, _html(_RUISHU, 412, Set_Cookie="enable_4fHk=true")),
    Refusal("rs200", Outcome.BLOCKED, _html(_RUISHU)),
    Refusal("rs202", Outcome.BLOCKED, _html(_RUISHU, 202)),
    Refusal("jsl521", Outcome.BLOCKED, _html(_JIASULE, 521, Set_Cookie="__jsluid_s=00ff")),
    Refusal("wzws200", Outcome.BLOCKED, _html(_WZWS, Set_Cookie="wzws_sessionid=1")),
    Refusal("ali405", Outcome.BLOCKED, _html(_ALIYUN, 405)),
    Refusal("acw200", Outcome.BLOCKED, _html(_ACW, Set_Cookie="acw_tc=1")),
    Refusal("huawei418", Outcome.BLOCKED, _html(_HUAWEI, 418)),
    Refusal("403plain", Outcome.BLOCKED, _html(_CLOSED, 403)),
    Refusal("418", Outcome.BLOCKED, _html("", 418)),
    Refusal("stub200", Outcome.BLOCKED, _html(_STUB)),
    Refusal("articles412", Outcome.COMPLETE, _html(_RUISHU, 412), "articles"),
    Refusal("softindex200", Outcome.COMPLETE, _html(_INDEX), "articles"),
    Refusal("softindex200-column", Outcome.INCOMPLETE, _html(_INDEX), "column"),
    Refusal("homepage200", Outcome.INCOMPLETE, _html(_HOME), "column"),
    Refusal("homepage302", Outcome.SOFT_404, _html("", 302, Location="/"), "column"),
    Refusal("rst", Outcome.UNREACHABLE, Page(b"", cut=Cut.RESET), is_challenge=False),
    Refusal("blackhole", Outcome.UNREACHABLE, Page(b"", cut=Cut.SILENT), is_challenge=False),
    Refusal("badtls", Outcome.UNREACHABLE, None, is_challenge=False, scheme="https"),
    Refusal("burst-block", Outcome.BLOCKED, _html(_CLOSED, 403), "burst"),
    Refusal("429", Outcome.BLOCKED, _html("", 429, Retry_After="3600")),
    Refusal("robots403", Outcome.ROBOTS_REFUSED, _html(_CLOSED, 403), "robots"),
    Refusal("robots412", Outcome.BLOCKED, _html(_RUISHU, 412), "robots"),
    Refusal("robots503", Outcome.ROBOTS_UNREACHABLE, _html(_CLOSED, 503), "robots", is_challenge=False),
    Refusal("robots-html200", Outcome.COMPLETE, _html(_HOME + "\nUser-agent: *\nDisallow: /\n"), "robots"),
    Refusal("robots-disallow", Outcome.ROBOTS_REFUSED, Page(b"User-agent: *\nDisallow: /\n", "text/plain"), "robots"),
)
BY_KEY: Mapping[str, Refusal] = {refusal.key: refusal for refusal in REFUSALS}


class Switchboard:
    """One portal's refusal while it is on; what it holds is when its visitors came.

    `clock` gives seconds. Used by the threads of one server.
    """

    def __init__(self, refusal: Refusal, site: Site, clock: Callable[[], float] = time.monotonic) -> None:
        self.refusal = refusal
        self._site = site
        self._clock = clock
        self._lock = threading.Lock()
        self._came: list[float] = []
        self._shut_until = float("-inf")

    def answer(self, asked: Asked) -> Page | None:
        """What comes in place of the page that was asked for; None where that comes."""
        if self.refusal.place == "burst":
            return self.refusal.page if self._is_shut() else None
        return self.refusal.page if self._is_here(asked.path) else None

    def _is_here(self, path: str) -> bool:
        columns = self._site.columns
        return {
            "robots": path == ROBOTS,
            "page": path != ROBOTS,
            "column": path in columns,
            "articles": path not in {ROBOTS, "/", *columns} and not path.rpartition("/")[2].startswith("index"),
        }[self.refusal.place]

    def _is_shut(self) -> bool:
        with self._lock:
            now = self._clock()
            self._came = [at for at in self._came if now - at < BURST_SECONDS] + [now]
            if now < self._shut_until:
                return True
            if len(self._came) > BURST:
                self._shut_until = now + BLOCK_SECONDS
            return now < self._shut_until
