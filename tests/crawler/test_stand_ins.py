"""Pages in another's place, and pages that only look like it."""

import pytest

from crawler.pages import read_page
from crawler.stand_ins import is_index_instead, names_reports

TITLE = "澄湖县财政局2024年政府信息公开工作年度报告"
NEWS = "".join(f'<li><a href="/xw/t2025010{n}_{n}.html">全县第{n}次工作例会召开</a></li>' for n in range(1, 9))
MENU = f'<ul class="nav"><a href="/">首页</a><a href="/nb/">政府信息公开年报</a></ul><ul>{NEWS}</ul>'


def page(text):
    return read_page(f"<html>{text}</html>".encode(), "http://www.example.gov.cn/nb/")


@pytest.mark.parametrize(
    "text",
    [
        f"<title>政府信息公开年报</title>{MENU}",
        f"<title>澄湖县</title><meta name='ColumnName' content='年度报告'>{MENU}",
        f"<h2>信息公开年度报告</h2>{MENU}",
        f'<div class="position"><a href="/">首页</a>&gt;<a href="/nb/">信息公开年报</a></div>{MENU}',
        f'<ul><li class="on"><a href="/nb/">公开年报</a></li></ul>{MENU}',
        f"<script>var TREE=[{{name:'政府信息公开年报',id:7}}]</script>{MENU}",
    ],
)
def test_a_column_says_somewhere_that_it_is_one_of_reports(text):
    assert names_reports(page(text))


@pytest.mark.parametrize("title", ["澄湖县人民政府门户网站", "政务公开", ""])
def test_a_page_whose_menu_leads_to_the_column_is_not_the_column(title):
    assert not names_reports(page(f"<title>{title}</title>{MENU}"))


@pytest.mark.parametrize(
    "text",
    [
        f"<title>{TITLE}</title>{MENU}",
        f"<h1>{TITLE}</h1>{MENU}",
        f"<meta name='ArticleTitle' content='{TITLE}'>{MENU}",
        f"<h1>2024年政府信息公开年报</h1>{MENU}",
        "<h1>附件</h1><a href='/a.pdf'>下载</a>",
        f"<p>一、总体情况</p><p>二、主动公开政府信息情况</p>{MENU}",
    ],
)
def test_an_article_with_the_portals_news_beside_it_is_no_index(text):
    assert not is_index_instead(page(text), TITLE)


@pytest.mark.parametrize("text", [f"<title>政务公开</title>{MENU}", f'<ul><a href="/nb/1.html">{TITLE}</a>{NEWS}</ul>'])
def test_an_index_under_an_articles_address_is_known_even_if_it_links_the_article(text):
    assert is_index_instead(page(text), TITLE)
