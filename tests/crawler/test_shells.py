"""Articles whose text another address has: what is asked for, and the one page that is made of the answers."""

import json

import pytest

from crawler.listings import PageRequest
from crawler.outcomes import Trouble
from crawler.pages import page_title, read_page, visible_words
from crawler.shells import Content, filled, next_step
from storage.records import Outcome

SITE = "http://www.example.gov.cn"
GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"
EPOINT = f"{SITE}/govxxgk/showinfo.html?infoGuid={GUID}"
ART = f"{SITE}/art/info/1899/i20240126-77"
SCRIPT = 'var siteInfo={"siteGuid":"g","projectName":"/shhk-zwgk"};'
ACTION = '<script>post(siteInfo.projectName + "/rest/frontAppNotNeedLoginAction/getGovInfoDetail")</script>'
TITLE = "平川县财政局2023年政府信息公开工作年度报告"
TEXT = "<p>一、总体情况</p><p>本年工作正常。</p>"


def page(source, url):
    return read_page(source.encode(), url)


def shell(inside="", *, script="/js/webBuilderCommon.js"):
    return page(f'<html><head><script src="{script}"></script></head><body><div></div>{inside}</body></html>', EPOINT)


def route():
    return page('<html><head><title>平川县</title></head><body><div id="app"></div></body></html>', ART)


def answer(value, url=f"{SITE}/answer"):
    return page(value if isinstance(value, str) else json.dumps(value), url)


def test_an_epoint_shell_asks_its_sites_script_then_its_text():
    article = shell(ACTION)

    first = next_step(article, ())
    second = next_step(article, (answer(SCRIPT),))

    assert isinstance(first, PageRequest)
    assert first.url == f"{SITE}/js/webBuilderCommon.js"
    assert isinstance(second, PageRequest)
    assert second.url == f"{SITE}/shhk-zwgk/rest/frontAppNotNeedLoginAction/getGovInfoDetail"
    assert second.body == b"params=%7B%22infoid%22%3A+%22" + GUID.encode() + b"%22%7D"
    assert dict(second.headers)["Referer"] == EPOINT


def test_a_shell_that_writes_its_whole_address_needs_no_script():
    step = next_step(shell('<script>post("/shhk-zwgk/rest/shhkAction/getGovInfoDetail")</script>'), ())

    assert isinstance(step, PageRequest)
    assert step.url == f"{SITE}/shhk-zwgk/rest/shhkAction/getGovInfoDetail"


@pytest.mark.parametrize("wrap", [lambda data: {"custom": {"data": data}}, lambda data: {"custom": data}])
def test_the_text_of_an_epoint_article(wrap):
    data = {"title": TITLE, "infodate": "2024-01-26", "infocontent": TEXT}

    step = next_step(shell(ACTION), (answer(SCRIPT), answer(wrap(data))))

    assert step == Content(TEXT, TITLE, "2024-01-26")


def test_an_article_that_is_a_file_links_it():
    files = [{"attachname": "年报.pdf", "attachurl": "/files/1.pdf?a=1&b=2"}]

    step = next_step(
        shell(ACTION), (answer(SCRIPT), answer({"custom": {"data": {"infotype": "pdf", "pdflist": files}}}))
    )

    assert step == Content('<p><a href="/files/1.pdf?a=1&amp;b=2">年报.pdf</a></p>')


def test_a_route_asks_for_its_article_by_its_identity():
    step = next_step(route(), ())

    assert isinstance(step, PageRequest)
    assert (step.url, step.body) == (f"{SITE}/html/info/detail", b"id=i20240126-77")


@pytest.mark.parametrize("key", ["body", "content"])
def test_the_text_of_a_route(key):
    data = {"title": TITLE, "dept": "财政局", key: TEXT}

    assert next_step(route(), (answer({"data": data}),)) == Content(TEXT, TITLE, source="财政局")


@pytest.mark.parametrize(
    ("article", "before", "value"),
    [
        (route(), (), {"success": False, "data": {"body": "<p>x</p>"}}),
        (route(), (), {"data": None}),
        (route(), (), "<html><body>登录</body></html>"),
        (route(), (), {"data": {"body": "  "}}),
        (shell(ACTION), (SCRIPT,), {"custom": {"status": "false"}}),
        (shell(ACTION), (SCRIPT,), {"custom": {"data": {"infocontent": "", "pdflist": []}}}),
        (shell(ACTION), (SCRIPT,), "<html><body>登录</body></html>"),
        (shell(ACTION), (), "var other = 1;"),
    ],
)
def test_an_answer_without_a_text_is_no_report(article, before, value):
    answers = (*(answer(text) for text in before), answer(value))

    assert next_step(article, answers) == Trouble(Outcome.INCOMPLETE, "answer_not_understood", (f"{SITE}/answer",))


def test_a_page_that_has_its_text_is_no_shell():
    sections = "".join(f"<h2>{name}</h2>" for name in ("一、总体情况", "二、主动公开政府信息情况"))
    article = shell(f"{sections}<p>{'工作情况。' * 200}</p>")

    assert next_step(article, ()) is None
    assert next_step(page("<html><body></body></html>", f"{SITE}/a/1.html"), ()) is None


def test_the_page_that_is_made_holds_text_title_and_date():
    made = read_page(filled(route(), Content(f"{TEXT}<table><tr><td>1</td></tr></table>", TITLE, "2024-01-26")), ART)

    assert page_title(made) == TITLE
    assert visible_words(made) == f"{TITLE}一、总体情况 本年工作正常。 1"
    assert made.root.find(".//meta[@name='PubDate']").get("content") == "2024-01-26"
    assert made.root.find(".//div[@id='zoom']/table") is not None


@pytest.mark.parametrize(
    "markup", ["</div></body></html><p>x", "\x00\x07正文", "<p>正文", "正文\ud800", "<![CDATA[正文]]>"]
)
def test_odd_markup_makes_a_page_all_the_same(markup):
    made = read_page(filled(route(), Content(markup)), ART)

    assert made.root.find(".//div[@id='zoom']") is not None
