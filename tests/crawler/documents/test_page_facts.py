"""When and by whom a page says its article was published: what stands by the article counts, not what stands around."""

from __future__ import annotations

import pytest

from crawler.documents import read_document
from crawler.parser.calendar import read_stamp
from crawler.parser.parsing import parse, stated_dates
from storage.report import DateSource

TITLE = "澄湖县水务局2024年政府信息公开工作年度报告"
WORDS = "全年围绕供水、河道和防汛发布信息，按时答复群众来信，每季度核对栏目，没有发生延误。"
NEWS = (
    "<div><h4>相关信息</h4><ul><li>召开防汛会议 2024-05-06</li>"
    "<li>澄湖县水务局2023年政府信息公开工作年度报告 发布日期：2024-01-09</li></ul></div>"
)


def read(line, *, inside="", below=NEWS, head=""):
    return read_document(
        f"<html><head>{head}</head><body><div>今天是2025年3月5日 星期三</div><h1>{TITLE}</h1>{line}"
        f"<div class='TRS_Editor'>{inside}<p>{WORDS}</p><p>{WORDS}</p></div>{below}</body></html>".encode()
    )


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("<p>发布日期：2025-01-22</p>", "2025-01-22"),
        ("<p>发布时间:2025/1/22 13:24 浏览次数：12</p>", "2025/1/22"),
        ("<p><b>发布日期</b>：<i>2025年1月22日</i></p>", "2025年1月22日"),
        ("<p>发布日期：二〇二五年一月二十二日</p>", "二〇二五年一月二十二日"),
        ("<p>发布日期：\n 2025- 01-\n 22</p>", "2025-01-22"),
        ("<ul><li>发布日期</li><li>2025-01-22</li></ul>", "2025-01-22"),
        ("<p>来源：澄湖县水务局发布时间：2025-01-22 字号：大</p>", "2025-01-22"),
        ("<p>[2025-01-22]</p>", "2025-01-22"),
        ("<p>2025-01-22 阅读 12 次</p>", "2025-01-22"),
        ("<p>更新日期：2025-02-01 日期：2025-01-22</p>", "2025-01-22"),
        ("<p>公布日期：2025.1.22</p>", "2025.1.22"),
        ("<p>发稿时间：2025-01-22 09:00</p>", "2025-01-22"),
        ("<p>上传时间：2025-01-22</p>", "2025-01-22"),
        ("<p>录入时间：2025-01-22</p>", "2025-01-22"),
        ("<p>录入时间：2025-01-22 发布时间：2025-02-03</p>", "2025-02-03"),
        ("<p>发布日期 : 25-01-22</p>", "25-01-22"),
        ("<p><time datetime='2025-01-22'>1月22日</time></p>", "2025-01-22"),
        ("<p>发布日期：<time datetime='2025-01-22T09:00:00+08:00'>三天前</time></p>", "2025-01-22"),
        ("<p>更新时间：<time datetime='2025-02-03'>2月3日</time></p>", None),
        ("<p>页面生成时间：2025-02-03 10:00</p>", None),
        ("<table><tr><td>文号</td><td>1</td></tr><tr><td>发布日期</td><td>2025-01-22</td></tr></table>", "2025-01-22"),
        ("<p>打印时间：2025-02-01</p>", None),
        ("<p>发布时间：</p>", None),
        ("", None),
    ],
)  # fmt: skip
def test_the_date_by_the_title_is_the_articles(line, published):
    assert read(line).items.get("published") == published


@pytest.mark.parametrize(
    "inside",
    [
        "<table><tr><td>发布日期</td><td>2025-01-22</td><td>文号</td><td>无</td></tr></table>",
        "<p>2025-01-22 09:30 来源：本局</p>",
    ],
)
def test_the_date_may_stand_in_the_body(inside):
    assert read("", inside=inside).items["published"] == "2025-01-22"


def test_the_date_nearest_to_the_body_counts():
    line = "<ul><li>防汛通知 发布日期：2024-06-01</li></ul><p>发布日期：2025-01-22</p>"

    assert read(line).items["published"] == "2025-01-22"


def test_a_date_below_the_body_counts_where_it_stands_by_itself():
    assert read("", below="<p>发布日期：2025-01-22</p>" + NEWS).items["published"] == "2025-01-22"


def test_the_agency_ends_where_the_next_label_begins():
    assert read("<p>信息来源：澄湖县水务局发布时间：2025-01-22</p>").items["agency"] == "澄湖县水务局"


@pytest.mark.parametrize("mark", ["_", " - ", "|", "-"])
def test_the_sites_name_is_no_part_of_the_title(mark):
    title = f"<title>{TITLE}{mark}澄湖县人民政府</title>"
    page = f"<html><head>{title}</head><body><div id='zoom'><p>{WORDS}</p></div></body></html>"

    assert read_document(page.encode()).title == TITLE


def test_the_title_by_the_body_is_taken_before_those_of_other_reports():
    others = "".join(f"<h2>澄湖县水务局{year}年政府信息公开工作年度报告</h2>" for year in (2022, 2023))
    page = f"<html><body>{others}<h2>{TITLE}</h2><div id='zoom'><p>{WORDS}</p></div></body></html>"

    assert read_document(page.encode()).title == TITLE


@pytest.mark.parametrize(
    ("line", "trail"),
    [
        (
            "<p>当前位置：<a href='/'>首页</a> &gt; <a href='/b/'>部门信息公开目录</a> &gt; 区住建局 &gt; 年度报告</p>",
            "区住建局",
        ),
        ("<div>您现在的位置：<a>首页</a>&gt;&gt;<a>澄湖县水务局</a>&gt;&gt;<a>年报</a></div>", "澄湖县水务局"),
        ("<div>您的位置：首页 › 柳河镇 › 政府信息公开年报</div>", "柳河镇"),
        ("<div>所在位置: 首页 / 街道 / 东湖街道 / 年报</div>", "东湖街道"),
        ("<div>当前位置：首页</div>", None),
        ("<p>职位：局长 &gt; 副局长</p>", None),
        ("", None),
    ],
)
def test_the_way_to_an_article_is_kept_with_its_steps(line, trail):
    steps = read(line).items.get("trail", "").split(">")

    assert (steps == [""]) if trail is None else (trail in steps and "首页" in steps)


@pytest.mark.parametrize(
    ("trail", "agency"),
    [
        ("首页 &gt; 部门信息公开目录 &gt; 区住建局 &gt; 年度报告", "区住建局"),
        ("首页 &gt; 澄湖县人民政府 &gt; 水务局 &gt; 年报", "水务局"),
        ("首页 &gt; 政务公开 &gt; 年报", None),
    ],
)
def test_the_last_body_on_the_way_is_what_the_trail_names(trail, agency):
    line = f"<p>当前位置：{trail}</p>"
    heads = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "存在的主要问题及改进情况")
    inside = "".join(f"<p>{number}、{head}</p><p>{WORDS}</p>" for number, head in zip("一二三五", heads, strict=True))

    assert parse(read(line, inside=inside)).agency_readings.get("trail") == agency


@pytest.mark.parametrize(
    "stamp",
    [
        "20250122",
        "20250122093000",
        "2025012209",
        "1737511200",
        "1737511200000",
        "Wed, 22 Jan 2025 10:00:00 GMT",
        "Wed Jan 22 10:00:00 CST 2025",
        "Jan 22, 2025 10:00:00 AM",
        "25-01-22 10:00",
        "2025-01-22T20:00:00Z",
        "二〇二五年一月二十二日",
    ],
)
def test_a_stamp_is_read_in_every_spelling_of_the_content_systems(stamp):
    assert read_stamp(stamp).isoformat() == "2025-01-22"


@pytest.mark.parametrize("stamp", ["20251322", "2025年", "123456", "2025-13-45", "1月22日", "null", ""])
def test_what_is_no_moment_is_no_stamp(stamp):
    assert read_stamp(stamp) is None


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("PubDate", DateSource.META_PUBDATE),
        ("publishdate", DateSource.META_PUBDATE),
        ("firstpublishedtime", DateSource.META_PUBDATE),
        ("article:published_time", DateSource.META_PUBDATE),
        ("DC.date", DateSource.META_OTHER),
        ("createDate", DateSource.META_OTHER),
        ("date", DateSource.META_OTHER),
        ("Maketime", None),
        ("lastModified", None),
    ],
)
def test_a_tag_states_the_publication_where_its_name_says_so(name, source):
    found = stated_dates(read("", head=f"<meta name='{name}' content='20250122'>"))

    assert [(stated.source, stated.date.isoformat()) for stated in found] == (
        [(source, "2025-01-22")] if source else []
    )


@pytest.mark.parametrize(
    ("line", "head", "unread"),
    [
        ("", "<meta name='PubDate' content='2025年初'>", "2025年初"),
        ("<p>发布日期：2025-13-45</p>", "", "2025-13-45"),
        ("", "<meta name='PubDate' content='0000-00-00 00:00:00'>", None),
        ("", "<meta name='PubDate' content='null'>", None),
        ("<p>发布日期：</p><p>浏览次数：12</p>", "", None),
        ("<p>发布日期：2025-01-22</p>", "", None),
    ],
)
def test_a_stated_date_that_cannot_be_read_is_a_doubt(line, head, unread):
    heads = ("总体情况", "主动公开政府信息情况", "收到和处理政府信息公开申请情况", "存在的主要问题及改进情况")
    inside = "".join(f"<p>{number}、{part}</p><p>{WORDS}</p>" for number, part in zip("一二三五", heads, strict=True))

    doubts = [doubt for doubt in parse(read(line, inside=inside, head=head)).doubts if doubt.where == "published_on"]

    assert [doubt.text for doubt in doubts] == ([] if unread is None else [unread])
