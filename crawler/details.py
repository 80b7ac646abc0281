"""Why a scan came to its outcome, in a sentence for the person who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

DETAILS: Mapping[str, tuple[str, str]] = {
    "refused": ("网站拒绝访问（{0}）：{1}", "the portal refused us ({0}): {1}"),
    "refused_lately": (
        "{1} 曾被网站拒绝（{0}），一日之内不再访问：{2}",
        "the portal refused us at {1} ({0}) and is not asked again within a day: {2}",
    ),
    "rests": (
        "网站要求在 {0} 之前不要访问",
        "the portal asks to be left alone until {0}",
    ),
    "stopped": (
        "本网站已连续拒绝 {0} 次，本次不再访问",
        "the portal refused {0} documents, it is not asked again in this run",
    ),
    "robots_refused": ("robots.txt 不允许访问：{0}", "robots.txt does not admit us: {0}"),
    "robots_closed": (
        "robots.txt 拒绝提供（{0}），无法确认是否允许访问，因此不访问：{1}",
        "the server does not give us its robots.txt ({0}), so we stay out: {1}",
    ),
    "robots_unreachable": ("无法取得 robots.txt（{0}），因此不访问：{1}", "robots.txt could not be had ({0}): {1}"),
    "robots_off_host": (
        "robots.txt 转到本网站以外的地址 {1}（原址 {0}），因此不访问；若确属本网站，请加入 hosts",
        "{0} leads off the portal's own hosts to {1}, so we stay out; if it is its own, add it to hosts",
    ),
    "robots_timeout": ("取 robots.txt 超时，因此不访问：{0}", "robots.txt timed out, so we stay out: {0}"),
    "dns": (
        "域名无法解析，或只解析到配置（crawl.allow_private_hosts）不允许访问的内网地址：{0}",
        "no address, or only private ones, which the configuration (crawl.allow_private_hosts) does not admit: {0}",
    ),
    "private_address": (
        "{0} 是内网或本机地址，配置（crawl.allow_private_hosts）不允许访问",
        "{0} is a private or loopback address, which the configuration (crawl.allow_private_hosts) does not admit",
    ),
    "connection": ("无法连接：{0}（{1}）", "no connection: {0} ({1})"),
    "proxy_refused": (
        "配置的代理（crawl.proxy）未能连接：{0}（{1}）",
        "the configured proxy (crawl.proxy) did not connect: {0} ({1})",
    ),
    "timeout": ("超时：{0}", "timed out: {0}"),
    "status": ("服务器返回 {0}：{1}", "the server answered {0}: {1}"),
    "truncated": ("传输中断，内容不完整：{0}", "the transfer broke off: {0}"),
    "too_large": ("内容超过上限：{0}", "larger than what is fetched: {0}"),
    "redirect_loop": ("循环跳转：{0}", "redirected in a circle: {0}"),
    "off_host": (
        "跳转到本网站以外的地址 {1}（原址 {0}）；若确属本网站，请加入 hosts",
        "{0} leads off the portal's own hosts to {1}; if it is its own, add it to hosts",
    ),
    "not_fetchable": ("无法访问的地址：{0}（{1}）", "not an address that can be fetched: {0} ({1})"),
    "home_page": ("转到了首页：{0}", "leads to the home page: {0}"),
    "soft_404": ("页面提示不存在或转到首页：{0}", "the page says that it does not exist, or is the home page: {0}"),
    "undecodable": ("页面文字无法识别：{0}", "the page's text cannot be read: {0}"),
    "damaged": ("列表中有无法识别的文字：{0}", "the list's text is damaged: {0}"),
    "no_rows": (
        "页面中没有可辨认的年报链接，列表可能由脚本生成，或链接文字不是标题：{0}",
        "no links that could be reports: the list may be drawn by a script, or its links may not bear titles: {0}",
    ),
    "login_page": (
        "栏目地址给出的是登录页面，须登录才能查看：{0}",
        "the column's address answers with a log-in page: {0}",
    ),
    "maintenance": (
        "网站正在升级维护，暂不提供栏目：{0}",
        "the portal says that it is under maintenance: {0}",
    ),
    "parked": (
        "该域名已出售、过期或停放，不再是原网站，请更正 base_url 或 columns：{0}",
        "the domain is for sale, expired or parked, the portal is elsewhere; correct base_url or columns: {0}",
    ),
    "no_browser": (
        "列表由脚本生成，需要浏览器，而配置（crawl.browser）未提供：{0}",
        "the list is drawn by a script, and the configuration (crawl.browser) gives no browser: {0}",
    ),
    "not_drawn": ("浏览器未能画出页面：{0}", "the browser could not draw the page: {0}"),
    "rows_without_address": (
        "有 {0} 行像是年报，但点击后得不到地址：{1}",
        "{0} rows read like reports, but a click shows no address: {1}",
    ),
    "not_the_column": (
        "页面中没有任何年报，也看不出是年报栏目，可能以别的页面代替：{0}",
        "the page holds no report and does not call itself a column of reports; it may stand in for another: {0}",
    ),
    "another_page": (
        "返回的是一个目录页，不是标题所说的文章：{0}",
        "an index came in place of the article that the title names: {0}",
    ),
    "unverified": (
        "服务器证书未通过验证（{0}），仅凭本次访问不能认定未公开：{1}",
        "the server's certificate is not verified ({0}), so this look alone proves no absence: {1}",
    ),
    "broken_off": (
        "列表页中有服务器报错或限制访问的字样，内容可能不全：{0}",
        "the list page holds words of a server's failure or refusal, rows may be missing: {0}",
    ),
    "stale_copy": (
        "得到的是缓存中 {0} 小时前的旧页面，不能说明现在的情况：{1}",
        "what came is a copy {0} hours old from a cache, which tells nothing of today: {1}",
    ),
    "front_page": (
        "栏目地址给出的是网站首页的内容：{0}",
        "the column's address answers with the portal's front page: {0}",
    ),
    "may_go_on": (
        "列表只有一页，恰好 {0} 行，且其中没有该机关任何年度的年报，可能还有未显示的行，因此不能据此认定未公开：{1}",
        "the list is one page of just {0} rows, none of them this agency's of any year; more may not be shown: {1}",
    ),
    "stub": ("第 {0} 页没有内容：{1}", "page {0} holds no rows: {1}"),
    "page_misnumbered": ("第 {0} 页自称是另一页：{1}", "page {0} gives itself another number: {1}"),
    "repeats": ("第 {0} 页与前面的页相同：{1}", "page {0} repeats an earlier one: {1}"),
    "pager_unreadable": ("还有后续页，但无法取得：{0}", "there are further pages that cannot be told: {0}"),
    "pager_gone": ("后续页上没有翻页标记，无法确认到底：{0}", "a later page has no pager, the end is not proven: {0}"),
    "pager_circle": ("翻页链接回到已看过的页：{0}", "the pager leads back to a page seen: {0}"),
    "answer_not_understood": (
        "接口返回的内容无法识别：{0}",
        "the endpoint's answer is not in a form that is known: {0}",
    ),
    "no_report_node": (
        "目录树中没有年报栏目：{0}",
        "the tree of columns has none for annual reports: {0}",
    ),
    "answer_empty": (
        "接口称没有任何内容，可能只回答浏览器：{0}",
        "the endpoint says that there is nothing; it may answer browsers only: {0}",
    ),
    "list_needs_token": (
        "列表接口要求浏览器生成的令牌：{0}",
        "the list's endpoint asks for a token that a browser makes: {0}",
    ),
    "answer_without_list": (
        "接口称未能生成列表（{0}）：{1}",
        "the endpoint says that it has no such list ({0}): {1}",
    ),
    "total_differs": ("列表称共 {0} 条，实得 {1} 条：{2}", "the list states {0} rows, {1} were seen: {2}"),
    "totals_contradict": ("列表自称的总数互相矛盾：{0}", "the list states totals that contradict each other: {0}"),
    "budget": ("超过 {0} 页仍未到底：{1}", "no end within {0} pages: {1}"),
    "column_is_report": ("栏目页本身就是一份年报，没有列表：{0}", "the column is itself one report, not a list: {0}"),
    "catalogue_not_told": (
        "看不到本机关的信息公开目录，无法确认其中有无年报：{0}",
        "the agency's catalogues cannot be seen, there may be reports in them: {0}",
    ),
    "rows_of_whole_site": (
        "接口返回的不是本栏目的内容：{0}",
        "the endpoint answers with rows of other columns: {0}",
    ),
    "column_not_found": ("在网站首页上没有找到年报栏目：{0}", "no column of annual reports is linked from {0}"),
    "columns_left": (
        "名称相同的年报栏目太多，还有 {0} 个未看：{1}",
        "too many columns are named alike, {0} were not looked at: {1}",
    ),
    "column_gone": ("栏目已不存在（{0}），网站首页正常：{1}", "the column is gone ({0}), the portal is well: {1}"),
    "columns_too_deep": ("栏目套栏目超过 {0} 层，未再进入：{1}", "columns lie more than {0} levels deep: {1}"),
    "column_sent_on": (
        "栏目地址 {0} 转到了 {1}，无法确认后者就是原栏目，请核对 column_url",
        "the column {0} sends its readers on to {1}, which may be another one; check column_url",
    ),
    "column_found": ("原栏目 {0} 已不存在，改看 {1}", "the column {0} is gone, {1} was looked at instead"),
    "article_failed": ("有 {0} 份报告未能取得：{1}", "{0} reports could not be fetched: {1}"),
    "report_budget": ("年报超过 {0} 份，其余未取", "more than {0} reports, the rest was not fetched"),
    "file_failed": (
        "有 {0} 个附件、图片或内嵌页面未能取得：{1}",
        "{0} attached files, pictures or frames could not be had: {1}",
    ),
    "file_off_host": (
        "附件在本网站以外的 {0}；若确属本网站，请加入 hosts",
        "{0} is attached from off the portal's own hosts; if it is its own, add it to hosts",
    ),
    "file_budget": ("同一篇文章的附件超过 {0} 个，其余未取：{1}", "more than {0} of its kind in one article: {1}"),
    "file_is_page": (
        "附件地址给出的是网页，不是文件，也没有年报内容：{0}",
        "what answers for the file is a page without a report: {0}",
    ),
    "files_refused": ("网站已拒绝 {0} 个附件，本次不再取附件", "{0} files were refused, none is asked for any more"),
    "row_off_host": (
        "列表中“{0}”指向本网站以外的 {1}；若确属本网站，请加入 hosts",
        "the row “{0}” leads off the portal's own hosts to {1}; if it is its own, add it to hosts",
    ),
    "row_not_had": (
        "列表中“{0}”（{1}）未能取得，且标题未写明属于哪个机关、哪一年，因此不能据此认定有关机关未公开",
        "the row “{0}” ({1}) could not be fetched and does not say whose or of which year, so no absence is proven",
    ),
    "other_words": (
        "返回的页面里已没有原来的标题，也不像年报：{0}",
        "the page that came bears another title and does not read like a report: {0}",
    ),
    "unlisted_there": (
        "有 {0} 份年报列表中已不再列出，但原地址仍可打开：{1}",
        "{0} reports are listed no longer and still stand at their addresses: {1}",
    ),
    "unlisted_gone": (
        "有 {0} 份年报列表中已不再列出，原地址也已打不开：{1}",
        "{0} reports are listed no longer and are gone from their addresses too: {1}",
    ),
    "unlisted_unsure": (
        "列表中已不再列出“{0}”，其原地址这次未能核实，因此不能据此认定已撤下：{1}",
        "“{0}” is listed no longer, and its address could not be checked, so it is not proven withdrawn: {1}",
    ),
    "row_unlinked": (
        "页面上写有“{0}”，但没有可访问的地址，因此不能据此认定有关机关未公开：{1}",
        "the page names “{0}” without a link to it, so the absence of whom it may be of is not proven: {1}",
    ),
    "in_source": (
        "页面源码（脚本、属性、菜单或重复的链接）中有“{0}”，却不在已读的各行中，因此不能据此认定其未公开：{1}",
        "the page's source holds “{0}” (script, attribute, menu, second link) outside the rows read, no proof: {1}",
    ),
    "part_unseen": (
        "页面中还有一部分（{0}）没有看到，已读各行又未提及该机关，因此不能据此认定其未公开：{1}",
        "a part of the page ({0}) was not looked into and no row names this agency, so no absence is proven: {1}",
    ),
    "part_failed": (
        "列表页上写着“{0}”，内容可能不全：{1}",
        "the list page says “{0}”, rows may be missing: {1}",
    ),
    "year_unread": (
        "页面上有“{0}”的入口，但其内容需点击才能看到，因此不能据此认定未公开：{1}",
        "the page offers “{0}” behind a click that leads to no address, so no absence in it is proven: {1}",
    ),
    "row_of_some": (
        "列表中“{0}”（{1}）可能是有关机关的年报，但无法确认，因此不能据此认定其未公开",
        "the row “{0}” ({1}) may be these agencies' report, so their absence is not proven",
    ),
    "row_renamed": (
        "列表中“{0}”（{1}）的机关名称未登记，可能是本机关的新名称或误写，因此不能据此认定其未公开",
        "nobody registered bears the name in “{0}” ({1}); it may be this agency's, whose absence is not proven",
    ),
    "family_unknown": (
        "登记的网站系统“{0}”不认识，已改为自动识别",
        "the registry names an unknown content system “{0}”, it was recognised instead",
    ),
    "row_of_nobody": (
        "列表中“{0}”（{1}）未写明机关，无法判断属于谁，因此不能据此认定其他机关未公开",
        "the row “{0}” ({1}) does not say whose report it is, so nobody's absence is proven",
    ),
    "organ_not_found": (
        "各机关分别列出年报，但其中没有找到本机关，因此不能据此认定其未公开：{0}",
        "each agency has a list of its own there, but none is this one's, so its absence is not proven: {0}",
    ),
    "our_failure": ("本程序出错（{0}），与网站无关", "this program failed ({0}); it says nothing about the portal"),
}
"""Key → wording in Chinese and English; the numbers stand for values."""


def detail(language: str, key: str, *values: object) -> str:
    """The sentence of a key in `zh` or `en`."""
    chinese, english = DETAILS[key]
    return (english if language == "en" else chinese).format(*values)
