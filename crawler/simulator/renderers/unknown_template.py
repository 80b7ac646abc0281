"""A page whose template nobody knows: the report must be found among everything else on it."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from crawler.simulator.renderers.markup import page, plain_body
from crawler.simulator.renderers.portal_pages import random_chrome

if TYPE_CHECKING:
    from random import Random

    from crawler.simulator.made_up import MadeUpReport, MadeUpSection
    from crawler.simulator.renderers.portal_pages import Chrome, Link

_HEAD = """<link rel="stylesheet" href="/static/css/app.7c1e0b.css">
<script src="/static/js/chunk.9f2a.js"></script>
"""
_TOPICS = ("就业创业", "社会保险", "不动产登记", "户籍迁移", "公积金提取", "婚姻登记", "高龄津贴", "企业开办")
_ACTS = ("网上预约", "材料清单", "办理进度", "常见问答", "收费标准", "表格下载", "窗口地址", "投诉建议")
_BLURBS = (
    "本站提醒：请通过正规渠道缴纳费用，谨防冒充工作人员的来电，遇有疑问可先到服务大厅核实。",
    "受降雪影响，山区班线可能临时调整，请出行前留意客运站公告并预留充足时间。",
    "图书漂流活动本周末在文化广场举行，市民可携带闲置书籍前来交换，现场备有热饮。",
    "惠民体检车下月起分批进村，六十五岁以上老人凭证件免费检查，请村干部协助登记。",
)


def html_unknown_template(report: MadeUpReport, random: Random) -> str:
    """The report in a `div` without a telling name, with some headings lost, among menus, news and notices.

    Either all numerals of the headings are lost, or one of sections 2–4 has no heading at all
    (its table says what it is).
    """
    chrome = random_chrome(random, replace(report, report_year=report.report_year - 1))
    return page(
        head=_HEAD,
        title=f"{chrome.site_name} 信息详情",
        body=_surroundings(random, report, chrome, _body(random, report)),
    )


def _body(random: Random, report: MadeUpReport) -> str:
    body = plain_body(report)
    if random.randrange(2):
        for section in report.sections:
            body = body.replace(_heading(section), f"<p><strong>{escape(section.heading)}</strong></p>", 1)
        return body
    lost = [section for section in report.sections if not section.paragraphs]
    return body.replace(_heading(random.choice(lost)), "", 1) if lost else body


def _heading(section: MadeUpSection) -> str:
    return f"<p><strong>{escape(section.line)}</strong></p>"


def _surroundings(random: Random, report: MadeUpReport, chrome: Chrome, body: str) -> str:
    name = f"b{random.randrange(16**6):06x}"
    services = "".join(
        f'<li><a href="/s/{number}{place}">{topic}{act}</a></li>'
        for number, topic in enumerate(_TOPICS)
        for place, act in enumerate(random.sample(_ACTS, k=6))
    )
    blurbs = "".join(f"<div class='{name}n'><p>{text}</p></div>" for text in random.sample(_BLURBS, k=3))
    return f"""<div class="{name}a"><ul>{_list(chrome.menu)}</ul><form action="/q"><input name="w"></form></div>
<div class="{name}b"><ul>{services}</ul></div>
<div class="{name}c">
<div class="{name}d">{blurbs}</div>
<div class="{name}e"><div class="{name}f"><span>{report.published_on:%Y-%m-%d}</span><span>阅读 1204 次</span></div>
<div>
{body}
</div></div>
<div class="{name}g"><h4>猜你想看</h4><ul>{_list(chrome.sidebar)}</ul></div>
</div>
<div class="{name}h"><p>{random.choice(_BLURBS)}</p>
<p>主办：{escape(chrome.site_name)}　标识码 {chrome.site_id_code}</p>
<p>建议使用分辨率不低于一千二百像素的屏幕浏览，联系网站维护人员请在工作时间致电服务台。</p></div>"""


def _list(links: tuple[Link, ...]) -> str:
    return "".join(f'<li><a href="{escape(link.address)}">{escape(link.title)}</a> {link.day}</li>' for link in links)
