"""What an answer or a list came to; the signatures of refusals, and pages that only look like one."""

import re

import pytest

from crawler.details import DETAILS, detail
from crawler.outcomes import (
    REFUSALS,
    ListVerdict,
    Trouble,
    answer_trouble,
    conclude,
    is_home_page,
    is_soft_404,
    page_instead,
    page_redirect,
    refusal,
    says_it_is_empty,
)
from storage.records import EndProof, Outcome

URL = "http://www.example.gov.cn/nb/"
HOME = "http://www.example.gov.cn/"
UNREADABLE = Trouble(Outcome.INCOMPLETE, "pager_unreadable", (URL,))

SIGNED = {
    "瑞数": "<html><meta id='a' r='m'><script r='m'>$_ts=window['$_ts'];</script></html>",
    "加速乐": "<script>document.cookie=('_')+('_')+('j')+('s')+('l');location.href=location.pathname</script>",
    "创宇盾": "<p>当前访问疑似黑客攻击，已被网站管理员设置拦截</p><a href='/'>返回</a>",
    "360 网站卫士": "<noscript>请开启JavaScript并刷新该页.</noscript><script>eval(function(p,a,c){})</script>",
    "360 云防护": "抱歉！您的访问可能对网站造成威胁，已被云防护拦截",
    "安恒玄武盾": "<img src='//error.websaas.cn/img/403s.png'>",
    "阿里云": "<img src='https://errors.aliyun.com/images/x.png'>",
    "阿里云 acw": "<script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';</script>",
    "腾讯云": "<script>location='https://waf-static.tencent.com/501page.html'</script>",
    "华为云": "<h1>YOUR REQUEST HAS BEEN DENIED!</h1>",
    "雷池": "<p>安全检测能力由某产品提供</p><!-- event id: 12 -->",
    "启明星辰": "触发WAF防护：xss",
    "宝塔": "您的请求带有不合法参数，已被网站管理员设置拦截！",
    "安全狗": "<a href='http://404.safedog.cn/sitedog_stat.html'>详情</a>",
    "云锁": "<script>document.cookie='yunsuo_session_verify=1'</script>",
    "网宿": "<script src='/sbu_fpcm.js'></script>",
    "访问频率": "<p>您的访问过于频繁，请稍后再试</p>",
    "验证码": "<p>请输入验证码后继续访问</p>",
}


def test_every_row_of_the_table_has_its_sample_here():
    assert set(SIGNED) == {row.name for row in REFUSALS}


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_refusal_is_known_by_its_signature_whatever_its_status(name, encoding):
    assert refusal(200, SIGNED[name].encode(encoding)) == name


@pytest.mark.parametrize(
    "text",
    [
        "<ul><li><a href='/a/1.html'>关于网站登录需输入验证码的说明</a></li></ul><p>请输入验证码后继续访问</p>",
        "<noscript>请开启JavaScript并刷新该页</noscript><a href='/nb/t20250120_1.html'>年报</a>",
        "<script>$_ts=window['$_ts'];</script><ul><li><a href='/a/1.html'>通知</a></li></ul>",
        "<p>本机关2024年未发生访问过于频繁的情形。</p><a href='/'>首页</a>",
        "<html><body><div id=app></div><script src=/app.js></script></body></html>",
        "",
    ],
)
def test_an_honest_page_is_not_taken_for_a_refusal(text):
    assert refusal(200, text.encode()) is None


def test_a_short_page_without_words_whose_script_sets_a_cookie_is_a_challenge():
    assert refusal(200, b"<html><script>document.cookie='a=1';location.reload()</script></html>") == "script"


@pytest.mark.parametrize(
    "text",
    [
        "<html><head></head><body><script>var _0x1a=['a'];(function(b){b()})(function(){})</script></body></html>",
        "<script>" + "f(1);" * 230 + "</script>",
        "<html><head><title></title><script>$_q=1;</script></head></html>",
    ],
)
def test_a_short_page_that_is_nothing_but_a_script_is_a_challenge(text):
    assert refusal(200, text.encode()) == "script"


@pytest.mark.parametrize(
    "text",
    [
        "<body><div id=app></div><script>window.__STATE__={}</script><script src=/app.js></script></body>",
        "<body><script src=/static/app.js></script></body>",
        '<script>window.location.href="/nb/list/"</script>',
        '<script type="text/xml"><datastore></datastore></script>',
        '<ul id="list"></ul><script>load(7)</script>',
        'cb({"total":0,"rows":[]})',
    ],
)
def test_a_short_page_that_a_script_fills_or_leads_on_is_none(text):
    assert refusal(200, text.encode()) is None


def test_a_script_with_202_is_a_challenge():
    assert refusal(202, b"<script src=/x.js></script><a href='/a'>x</a>") == "202"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, None),
        *((status, Outcome.BLOCKED) for status in (401, 403, 405, 406, 412, 418, 422, 429, 468, 512, 521)),
        *((status, Outcome.MOVED) for status in (404, 410)),
        *((status, Outcome.UNREACHABLE) for status in (500, 502, 503, 504, 522)),
        *((status, Outcome.INCOMPLETE) for status in (204, 206, 302, 400)),
    ],
)
def test_a_status_alone_has_its_outcome(status, outcome):
    trouble = answer_trouble(status, b"", URL)

    assert (trouble.outcome if trouble else None) == outcome


def test_a_signature_outranks_the_status():
    assert answer_trouble(503, SIGNED["创宇盾"].encode(), URL) == Trouble(
        Outcome.BLOCKED, "refused", ("503 创宇盾", URL)
    )


@pytest.mark.parametrize(
    ("text", "title", "is_one"),
    [
        ("您访问的页面不存在", "", True),
        ("抱歉，该网页已删除", "提示", True),
        ("一" * 3000, "404 Not Found", True),
        ("一" * 3000 + "您访问的页面不存在", "年报", False),
        ("政府信息公开年报", "年报", False),
    ],
)
def test_a_page_that_says_it_does_not_exist_is_a_soft_404(text, title, is_one):
    assert is_soft_404(text, title) is is_one


@pytest.mark.parametrize(
    ("asked", "answered", "is_one"),
    [
        (URL, HOME, True),
        (URL, f"{HOME}index.html", True),
        (URL, URL, False),
        (HOME, HOME, False),
        (URL, f"{URL}list/", False),
        (URL, f"{HOME}?id=3", False),
    ],
)
def test_the_home_page_in_a_columns_place_is_noticed(asked, answered, is_one):
    assert is_home_page(asked, answered, HOME) is is_one


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ('<meta http-equiv="refresh" content="0;url=/nb/list.html">', "/nb/list.html"),
        ("<meta http-equiv=refresh content='3; URL=list.html'>", "list.html"),
        ('<meta http-equiv="refresh" content="300;url=/nb/">', None),
        ('<script>window.location.href="/zwgk/";</script>', "/zwgk/"),
        ("<script>location.replace('/zwgk/')</script>", "/zwgk/"),
        ("<script>location.href=location.pathname+'?x=1'</script>", None),
        ("<script>document.cookie='a=1';location.href='/zwgk/'</script>", None),
        ('<script>if(isPhone())location.href="/m/";</script><a href="/a/">要闻</a>', None),
        ('<script>if(isPhone()){location.href="/m/"}else{location.href="/w/"}</script>', None),
    ],
)
def test_a_page_is_followed_only_where_it_plainly_sends_its_reader(source, target):
    assert page_redirect(source.encode()) == target


def test_an_empty_list_says_so_but_a_template_does_not_count():
    assert says_it_is_empty("暂无相关信息", "<div>暂无相关信息</div>")
    assert not says_it_is_empty("暂无数据", '<div id="app"><p v-if="!rows.length">暂无数据</p></div>')
    assert not says_it_is_empty("政府信息公开年报", "<div></div>")


@pytest.mark.parametrize(
    ("title", "text", "url", "told"),
    [
        ("用户登录", "账号 密码 登录", "http://a.cn/nb/", (Outcome.BLOCKED, "login_page")),
        ("澄湖县人民政府", "请先登录", "http://a.cn/login?from=%2Fnb%2F", (Outcome.BLOCKED, "login_page")),
        ("统一身份认证平台", "", "http://a.cn/nb/", (Outcome.BLOCKED, "login_page")),
        ("系统维护", "网站升级维护中，暂停访问，敬请谅解。", "http://a.cn/nb/", (Outcome.UNREACHABLE, "maintenance")),
        (
            "澄湖县人民政府",
            "本网站正在进行升级改造，预计2月恢复",
            "http://a.cn/nb/",
            (Outcome.UNREACHABLE, "maintenance"),
        ),
        ("域名出售 yuming.com", "立即购买", "http://a.cn/nb/", (Outcome.MOVED, "parked")),
        ("a.cn", "This domain is for sale! Buy this domain", "http://a.cn/nb/", (Outcome.MOVED, "parked")),
        ("政府信息公开年报", "用户登录 注册 正在加载", "http://a.cn/nb/", None),
        ("政府信息公开年报", "市政设施维护 " + "办事指南 " * 200, "http://a.cn/nb/", None),
        ("政府信息公开年报", "", "http://a.cn/blogindex/", None),
    ],
)
def test_a_page_without_rows_says_what_it_is_instead(title, text, url, told):
    found = page_instead(text, title, url)

    assert (found and (found.outcome, found.key)) == told


def test_every_reason_has_words_in_both_languages_with_the_same_values():
    numbers = {key: [set(re.findall(r"\{\d\}", wording)) for wording in wordings] for key, wordings in DETAILS.items()}

    assert {key: found for key, found in numbers.items() if found[0] != found[1]} == {}


def test_a_reason_is_worded_in_the_operators_language():
    assert detail("zh", "timeout", URL) == f"超时：{URL}"
    assert detail("en", "timeout", URL) == f"timed out: {URL}"


def verdict(*, trouble=None, proof=None, totals=(), counted=(8,)):
    return conclude(url=URL, trouble=trouble, proof=proof, totals=frozenset(totals), counted=frozenset(counted))


def incomplete(key, *values):
    return ListVerdict(None, Trouble(Outcome.INCOMPLETE, key, values))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"proof": EndProof.SINGLE_PAGE}, ListVerdict(EndProof.SINGLE_PAGE, None)),
        ({"proof": EndProof.LAST_PAGE, "totals": [8]}, ListVerdict(EndProof.STATED_TOTAL, None)),
        ({"proof": EndProof.LAST_PAGE, "totals": [9]}, incomplete("total_differs", 9, 8, URL)),
        ({"proof": EndProof.LAST_PAGE, "totals": [8, 9]}, incomplete("totals_contradict", URL)),
        ({"proof": EndProof.LAST_PAGE, "totals": [9], "counted": (8, 9)}, ListVerdict(EndProof.STATED_TOTAL, None)),
        ({"trouble": UNREADABLE, "totals": [8]}, ListVerdict(EndProof.STATED_TOTAL, None)),
        ({"trouble": UNREADABLE, "totals": [9]}, ListVerdict(None, UNREADABLE)),
        ({"trouble": UNREADABLE}, ListVerdict(None, UNREADABLE)),
        (
            {"trouble": Trouble(Outcome.BLOCKED, "refused"), "totals": [8]},
            ListVerdict(None, Trouble(Outcome.BLOCKED, "refused")),
        ),
    ],
)
def test_a_list_is_whole_only_where_its_end_is_proven_and_nothing_speaks_against_it(found, expected):
    assert verdict(**found) == expected


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("waf_acw_sc_v2_200.html", "阿里云 acw"),
        ("waf_aliyun_405.html", "阿里云"),
        ("waf_jsl_521.html", "加速乐"),
        ("waf_ruishu_412.html", "瑞数"),
        ("waf_wzws_200.html", "360 网站卫士"),
        ("trs_ordos_engebei_xxgknb_index.html", None),
        ("hanweb_jcms_js_fzggw_col284_index.html", None),
        ("gkmlpt_index_skeleton.html", None),
    ],
)
def test_the_sample_pages_are_told_apart(shared, name, signature):
    assert refusal(200, (shared / "portal_samples" / name).read_bytes()) == signature
