"""List pages in every shape we know: which links are its rows, where the next page is, when the end is proven."""

from base64 import b64encode
from datetime import date
from urllib.parse import quote

import pytest

from crawler.columns import disclosure_pages, report_columns, sub_columns
from crawler.listings import WAYS, PageRequest, Paging, read_list
from crawler.pagers import article_parts, stated_totals
from crawler.pages import is_garbled, read_page, visible_words
from crawler.parts import joined_parts
from crawler.portals import ARTICLE, FAMILIES, Listing, family_of
from crawler.rows import bulk_dates, list_rows, read_rows, without_twins

COLUMN = "http://www.example.gov.cn/zwgk/zfxxgknb/index.html"
FOLDER = "http://www.example.gov.cn/zwgk/zfxxgknb/"
END, SINGLE = Paging(is_end=True), Paging(is_single=True)


def page(body, url=COLUMN):
    return read_page(f"<html><body>{body}</body></html>".encode(), url)


def rows_of(body, url=COLUMN):
    return list_rows(read_rows(page(body, url)), url)


def paging(body, *, number=1, url=COLUMN, opening=None):
    this = page(body, url)
    first = page(opening) if opening is not None else this
    return walked(first, this, number)


def walked(first, this, number):
    return read_list(
        family_of(first.text).listing(first.text), first, this, number, PageRequest(this.url)
    ).paging._replace(values=())


def following(*names):
    return Paging(tuple(PageRequest(FOLDER + name) for name in names))


def guessed(*names):
    return following(*names)._replace(fault="pager_unreadable")


def doubted(*names):
    return following(*names)._replace(is_end=True, is_doubted=True)


def encoded(markup):
    return b64encode(quote(markup).encode()).decode()


def unclear(fault):
    return Paging(fault=fault)


ENCODED = '<a href="index_1.html">下一页</a><span>共3页</span>'
PAGERS = {
    '<script>createPageHTML(3, 0, "index", "html");</script>': following("index_1.html", "index_2.html"),
    "<script>createPageHTML(3,0,'index','shtml',\"black2\",136);</script>": following("index_1.shtml", "index_2.shtml"),
    "<script>createPageHTML('paging',25,1,'index','html',500);</script>": following("index_2.html", "index_1.html"),
    "<script>createPageHTML('page_div',10,1,'xxgk_list','shtml',149)</script>": following(
        "xxgk_list_2.shtml", "xxgk_list_1.shtml"
    ),
    '<script>createPageHTML(1, 0, "index", "html");</script>': END,
    "<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName){}</script>": SINGLE,
    "<script>createPageHTML('2', pages, name, 'html')</script>": unclear("pager_unreadable"),
    '<script>var currentPage = 0;var countPage = 2//共多少页\nx("index"+"_"+i+"."+"htm\\">")</script>': following(
        "index_1.htm", "index_2.htm"
    ),
    "<script>maxPage = parseInt('4');</script>": following("2.html"),
    '<a href="list_2.html">下一页</a>': following("list_2.html"),
    '<a href="?page=2" title="后翻">下一页 &gt;</a>': Paging((PageRequest(f"{COLUMN}?page=2"),)),
    '<a href="list_2.html">2</a><a href="list_3.html">3</a>': following("list_2.html"),
    '<span class="p_t">共52条</span><a href="zfxxgknb/10.htm">下页</a><a href="zfxxgknb/1.htm">尾页</a>1/11': following(
        "zfxxgknb/10.htm"
    ),
    "<p>共 1 页</p><span>上一页</span><span>下一页</span>": END,
    '<span class="p_next_d p_fun_d">下页</span>': END,
    '<a href="index.html">下一页</a>': unclear("pager_unreadable"),
    '<a href="index.html">下一页</a><a href="index.html">尾页</a>': END,
    '<a href="index.html">1</a><a href="index.html">下一页</a>': END,
    '<a class="page-disabled" href="#">下一页</a>': END,
    '<span class="end">下一页</span>': END,
    '<p>附件（共1页）</p><a href="list_2.html">下一页</a>': doubted("list_2.html"),
    '<script>createPageHTML(1, 0, "index", "html")</script><a href="list_2.html">下一页</a>': doubted("list_2.html"),
    '<script>createPageHTML(5, 0, "hot", "html")</script><a href="list_2.html">下一页</a>': following("list_2.html"),
    '<script>createPageHTML(1, 0, "hot", "html");kkpager.generPageHtml({total:3})</script>': unclear(
        "pager_unreadable"
    ),
    '<a href="javascript:void(0)" class="disabled">下一页</a>': END,
    '<a href="javascript:goPage(2)">下一页</a>': unclear("pager_unreadable"),
    '<a href="#" class="next">下一页</a>': unclear("pager_unreadable"),
    '<span onclick="turn()">下一页</span>': unclear("pager_unreadable"),
    '<div id="page" class="pagination"></div>': unclear("pager_unreadable"),
    '<script>laypage.render({elem:"p", count: total});</script>': unclear("pager_unreadable"),
    "<script>Ls.pagination('#p',{pageIndex:1,pageCount:12})</script>": unclear("pager_unreadable"),
    "<div class='nav'>首页 &gt; 信息公开</div>": SINGLE,
    "<p>2024/01/30</p>": SINGLE,
    '<a href="2024n/">2024</a><a href="2023n/">2023</a>': SINGLE,
    "<p>返回上一页</p>": SINGLE,
    '<a href="list_2.html"><img src="next.gif" alt="下一页"></a>': following("list_2.html"),
    '<a href="javascript:more()">加载更多</a>': unclear("pager_unreadable"),
    '<select onchange="go()"><option value="index_1.html">第2页</option></select>': following("index_1.html"),
    '<select onchange="go()"><option value="index_4.html">第5页</option></select>': unclear("pager_unreadable"),
    "<a onclick=\"location='list_2.html'\">2</a>": following("list_2.html"),
    "<a href=\"javascript:location.href='list_2.html'\">下一页</a>": following("list_2.html"),
    "<a href=\"javascript:location.href='http://other.example/2.html'\">下一页</a>": unclear("pager_unreadable"),
    '<div id="pages">JTNDYQ==</div><script>show(atob(x))</script>': unclear("pager_unreadable"),
    f'<div id="pages">{encoded(ENCODED)}</div><script>show(atob(x))</script>': following("index_1.html"),
    f"<script>show(atob('{encoded(ENCODED)}'))</script>": following("index_1.html"),
    f'<div id="pages"><a data-to="{encoded("index_1.html")}">下一页</a></div>': following("index_1.html"),
}


@pytest.mark.parametrize("body", PAGERS)
def test_the_first_page_says_where_the_next_is_or_that_there_is_none(body):
    assert paging(body) == PAGERS[body]


GUESSES = {
    '<p>共52条</p><a href="javascript:turn(2)">下一页</a>': guessed("index_1.html", "index_2.html"),
    "<p>第1页/共3页</p>": guessed("index_1.html", "index_2.html"),
    '<p>第1页/共3页</p><a href="javascript:turn(2)">下一页</a>': guessed("index_1.html", "index_2.html"),
    "<p>第1页/共3页</p><script>go('?channel=1&page=' + n)</script>": guessed("index.html?channel=1&page=2"),
    "<p>第1页/共3页</p><script>go('iList.jsp?cur_page=' + n + '&cat_id=3')</script>": guessed(
        "iList.jsp?cur_page=2&cat_id=3"
    ),
}


@pytest.mark.parametrize("body", GUESSES)
def test_a_pager_that_only_states_its_pages_is_looked_for_by_the_shape_of_the_address(body):
    row = '<ul><li><a href="t20250120_1.html">甲局2024年政府信息公开工作年度报告</a></li></ul>'

    assert paging(row + body) == GUESSES[body]
    # Where a script has still to draw the rows, its pages are its own affair.
    assert paging(body) == unclear("pager_unreadable")


def test_a_form_that_counts_the_page_is_sent_with_the_next_number():
    row = '<ul><li><a href="t20250120_1.html">甲局2024年政府信息公开工作年度报告</a></li></ul>'
    fields = '<input type="hidden" name="id" value="7"><input type="hidden" name="cpage" value="1">'
    form = f'<form{{}} action="list.do">{fields}</form><p>共3页</p>'
    posted, got = (paging(row + form.format(method)).requests for method in (' method="post"', ""))

    assert [(request.method, request.url, request.body) for request in posted] == [
        ("POST", f"{FOLDER}list.do", b"id=7&cpage=2")
    ]
    assert [(request.method, request.url) for request in got] == [("GET", f"{FOLDER}list.do?id=7&cpage=2")]
    assert paging(row + form.format("") * 2) == guessed("index_1.html", "index_2.html")
    search = form.format("").replace("</form>", '<input name="words"></form>')
    assert paging(row + search) == guessed("index_1.html", "index_2.html")


WINDOW = '<a href="list_1.html">1</a><a href="list_2.html">2</a><b>3</b>'
LATER_PAGERS = {
    ("list_2.html", 2, '<a href="list_1.html">上一页</a><span>下一页</span>'): END,
    ("list_3.html", 3, '<a href="list_1.html">1</a><a href="list_2.html">2</a><b>3</b>'): END,
    ("list_3.html", 3, "<p>3/3页</p>"): END,
    ("list_3.html", 3, f'{WINDOW}<a href="list_4.html">...</a>'): guessed("list_4.html"),
    ("list_3.html", 3, f'{WINDOW}<a href="list_6.html">尾页</a>'): guessed("list_4.html"),
    ("list_3.html", 3, f'{WINDOW}<a href="list_4.html">下一组</a>'): guessed("list_4.html"),
    ("list_3.html", 3, f'{WINDOW}<a href="javascript:group(2)">下5页</a>'): guessed("list_4.html"),
    ("list_3.html", 3, f'{WINDOW}<a href="list_3.html">尾页</a>'): END,
    ("list.jsp?page=3&cid=5", 3, f'{WINDOW}<a href="list.jsp?page=6&cid=5">尾页</a>'): guessed("list.jsp?page=4&cid=5"),
    ("list.jsp?page=3&cid=5", 3, f'{WINDOW}<a href="list.jsp?cid=5&page=3">尾页</a>'): END,
    ("list_3.html", 3, '<a href="list_1.html">1</a> <a href="list_2.html">...</a> 3'): END,
    ("list_6.html", 6, '<a href="list_3.html">...</a><a href="list_4.html">4</a><a href="list_5.html">5</a>6'): END,
    ("list_2.html", 2, ""): unclear("pager_gone"),
    ("list_2.html", 2, '<a href="index.html">上一页</a>'): unclear("pager_unreadable"),
    ("list_2.html", 2, '<a href="list_3.html">下一页</a><a href="list_9.html">尾页</a>'): following("list_3.html"),
    ("list_9.html", 9, '<a href="list_9.html">尾页</a><a href="list_9.html">下一页</a>'): END,
}


@pytest.mark.parametrize(("name", "number", "body"), LATER_PAGERS)
def test_a_later_page_goes_on_or_shows_the_end(name, number, body):
    assert paging(body, number=number, url=FOLDER + name) == LATER_PAGERS[name, number, body]


@pytest.mark.parametrize(("name", "expected"), [("index_1.html", "index_2.html"), ("index_2.html", "index_3.html")])
def test_the_numbering_that_fitted_the_second_page_is_kept(name, expected):
    opening = '<script>createPageHTML(9, 0, "index", "html");</script>'

    assert paging("", number=2, url=FOLDER + name, opening=opening) == following(expected)


def test_a_page_that_gives_itself_another_number_is_not_taken_for_the_next():
    opening = '<script>createPageHTML(9, 0, "index", "html");</script>'
    third = '<script>createPageHTML(9, 2, "index", "html");</script>'

    assert paging(third, number=2, url=f"{FOLDER}index_2.html", opening=opening) == unclear("page_misnumbered")
    assert paging(opening, number=2, url=f"{FOLDER}index_1.html", opening=opening) == following("index_2.html")


CUT = {
    "<html><body><ul><li><a href='t20240101_1.html'>甲</a><span>2024-01-0": True,
    "<html><body><table><tr><td>": True,
    "<html><body><ul><li>甲</li></ul><p>老页面没有结尾": False,
    "<html><body><ul><li>甲</li></ul><p>本页到此为止</p><p class='pag": True,
    "<html><body><div><ul><li>甲</li></ul>": True,
    "<html><body><div><ul><li>甲</li></ul></div>": False,
    "<ul><li>接口给出的片段": False,
    "<html><body><ul><li>甲</ul></body>": False,
}


@pytest.mark.parametrize("source", CUT)
def test_a_page_that_breaks_off_in_its_list_is_not_whole(source):
    this = read_page(source.encode(), COLUMN)

    assert (walked(this, this, 1) == unclear("truncated")) is CUT[source]


def test_a_page_without_the_end_that_the_opening_has_breaks_off():
    opening = page("<script>createPageHTML(2, 0, 'index', 'html');</script>")
    this = read_page(b"<html><body><ul><li>a</li></ul>", f"{FOLDER}index_1.html")

    assert walked(opening, this, 2) == unclear("truncated")


def test_a_count_that_grew_meanwhile_is_followed():
    opening = '<script>createPageHTML(2, 0, "index", "html");</script>'
    body = '<script>createPageHTML(3, 1, "index", "html");</script>'

    assert paging(body, number=2, url=f"{FOLDER}index_1.html", opening=opening) == following("index_2.html")


@pytest.mark.parametrize(
    ("body", "totals"),
    [
        ("<p>共52条</p>", {52}),
        ("<p>共有 <b>52</b> 条记录</p>", {52}),
        ("<p>总记录数：52</p>", {52}),
        ("<script>createPageHTML(7,0,'index','shtml','black2',136)</script>", {136}),
        ("<p>共52条</p><p>共计53条</p>", {52, 53}),
        ("<p>本页共15条</p>", set()),
        ('<a href="x.html">去年共办理建议52条</a>', set()),
        ("<p>共公开信息52条，共3页</p>", set()),
        ("<p>全年共收到申请12件</p>", set()),
    ],
)
def test_totals_are_those_that_the_list_states_about_itself(body, totals):
    assert stated_totals(page(body)) == totals


@pytest.mark.parametrize(
    "path",
    [
        "/2024-01/29/content_123.shtml",
        "/2024-01/29/c_123.htm",
        "/20240129/8f3a9b/c.html",
        "/web/zwgk/170654321012/index.shtml",
        "/2292928/index.html",
        "/202401/0123456789abcdef0123456789abcdef.shtml",
        "/xc/pnidpv12345.html",
        "/n1/c123456/content.html",
        "/columns/56a14661-1bd1-4d29-8f0c-33f1f5b3a9c2/202401/29/56a14661-1bd1-4d29-8f0c-33f1f5b3a9c3.html",
        "/2024/1/9/0123456789abcdef0123456789abcdef.shtml",
        "/doc/2022/01/14/1012008.shtml",
        "/zfxxgk/content/post_1.html",
        "/info/1021/1234.htm",
        "/gongkai/channel_0123456789abcdef01234567/doc_0123456789abcdef01234567.html",
        "/zwgk/zfxxgkzl/xtjdbnb/ct/49959.htm",
        "/xxgk/show.php?id=5",
        "/cqsdj/zfxxgknb_73584/202301/t20230118_11520599_wap.html",
        "/hljwch/c111341/202301/c01_592213.shtml",
        "/lintao/art/2023/1/3/art_6924_1618518.html",
        "/Xxgknb/show/4021.html",
    ],
)
def test_addresses_of_articles_are_known_in_every_system(path):
    assert ARTICLE.search(f"http://www.example.gov.cn{path}")


@pytest.mark.parametrize(
    "path",
    [
        "/zwgk/zfxxgknb/index_2.html",
        "/zbgg/10.htm",
        "/col/col284/index.html",
        "/public/column/6600401?type=3",
        "/c100442/list.shtml",
        "/info/iList.jsp?node_id=GKmzs&cat_id=15971",
        "/class/HFLDAALF/2",
        "/xxgk-list-nb.html",
        "/list_wj.asp?s=188",
    ],
)
def test_addresses_of_lists_are_not_taken_for_articles(path):
    assert not ARTICLE.search(f"http://www.example.gov.cn{path}")


CALENDAR = (
    "<table><tr><th>日</th><th>一</th><th>二</th><th>三</th><th>四</th><th>五</th><th>六</th></tr>"
    '<tr><td><a href="?day=1">1</a></td><td><a href="?day=2">2</a></td>'
    '<td><a href="?month=2">&gt;</a></td></tr></table>'
)


def test_the_days_of_a_calendar_are_no_pages():
    assert paging(CALENDAR) == SINGLE
    assert paging(CALENDAR.replace("<table>", '<div id="rili">').replace("一", "")) == SINGLE
    assert paging(CALENDAR + '<a href="index_1.html">2</a>') == following("index_1.html")


def test_the_rows_of_a_list_are_kept_that_calls_their_dates_a_calendar():
    title = "甲局2023年政府信息公开工作年度报告"
    body = f'<div class="calendar"><a href="t20240129_1.html">{title}</a><a href="?day=29">29</a></div>'

    assert [row.title for row in read_rows(page(body))] == [title]


def test_a_session_in_an_address_does_not_make_another_article():
    first = (
        '<a href="show.jsp;jsessionid=A1B2.node1?id=1">甲</a><a href="/(S(0123456789abcdefghij))/b.aspx?id=2">乙</a>'
    )

    assert [row.url for row in read_rows(page(first))] == [
        f"{FOLDER}show.jsp?id=1",
        "http://www.example.gov.cn/b.aspx?id=2",
    ]


@pytest.mark.parametrize(
    ("queries", "kept"),
    [
        (["s={0}&id=1", "id=2&s={0}", "id=3&s={0}&p=1"], ["id=1", "id=2", "id=3&p=1"]),
        (["s={0}", "s={1}", "s={2}"], ["s={0}", "s={1}", "s={2}"]),
        (["s={0}&id=1", "id=2"], ["s={0}&id=1", "id=2"]),
        (["s=188&id=1", "s=188&id=2", "s=188&id=3"], ["s=188&id=1", "s=188&id=2", "s=188&id=3"]),
    ],
)
def test_a_long_value_that_all_links_of_a_page_share_is_a_session(queries, kept):
    values = ["0a1b2c3d4e5f6a7b8c9d", "1a1b2c3d4e5f6a7b8c9d", "2a1b2c3d4e5f6a7b8c9d"]
    links = "".join(f'<a href="show.jsp?{query.format(*values)}">甲</a>' for query in queries)

    assert [row.url for row in read_rows(page(links))] == [
        f"{FOLDER}show.jsp?{query.format(*values)}" for query in kept
    ]


REPORT = "平川县水利局2024年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    "title",
    [
        REPORT.encode().decode("latin-1"),
        REPORT.encode("gbk").decode("latin-1"),
        REPORT.encode().decode("gbk", "ignore"),
        "锟斤拷锟斤拷2024锟斤拷锟斤拷",
        "?????2024???????????",
        "平川县\ufffd\ufffd局",
    ],
)
def test_a_title_in_a_wrong_encoding_cannot_be_read(title):
    assert is_garbled(title)


@pytest.mark.parametrize(
    "title", [REPORT, "你问我答？？？", "2024 annual report", "面积约50×60㎡，±5℃·°", "骞县2024年年报", "什么???", ""]
)
def test_a_title_with_rare_signs_can_be_read(title):
    assert not is_garbled(title)


def test_what_a_link_shows_counts_where_its_title_attribute_is_last_years():
    last = REPORT.replace("2024", "2023")
    cut = f'<li><a href="c.html" title="{last}">{last[:12]}…</a></li>'
    body = f'<li><a href="w.html" title="{last}">{REPORT}</a></li>{cut}'

    assert [row.title for row in read_rows(page(body))] == [REPORT, last]


def test_a_title_holds_no_script_and_nothing_unseen():
    body = '<a href="t1_1.html">\u200b甲局\x00信息\u202e公开<script>alert(1)</script>\x1b</a>'

    assert [row.title for row in read_rows(page(body))] == ["甲局信息公开"]
    assert not page(body).is_damaged


def test_every_family_is_walked_in_a_way_of_the_closed_set():
    assert set(WAYS) == set(Listing)
    assert {way.listing for family in FAMILIES.values() for way in family.ways} == set(Listing)


def test_the_registry_may_name_the_family():
    assert [family_of("", "trs").key, family_of("", "unheard of").key, family_of("", None).key] == [
        "trs",
        "static",
        "static",
    ]


ROWS = {
    '<ul><li><a href="./202401/t20240129_1.html" title="全名全名全名">全名全…</a><span>2024-01-29</span></li></ul>': (
        "全名全名全名",
        "202401/t20240129_1.html",
        date(2024, 1, 29),
    ),
    '<table><tr><td><a href="t20240129_1.html">名</a></td><td>[2024/1/29]</td></tr></table>': (
        "名",
        "t20240129_1.html",
        date(2024, 1, 29),
    ),
    '<div><a href="t20240129_1.html">名</a> 2024年1月29日<br><a href="t20240129_2.html">二</a></div>': (
        "名",
        "t20240129_1.html",
        date(2024, 1, 29),
    ),
    '<dl><dt><a href="t20240129_1.html">名</a></dt><dd>2024.01.29</dd></dl>': (
        "名",
        "t20240129_1.html",
        date(2024, 1, 29),
    ),
    '<li><a href="t20240129_1.html">名 <i>2024-01-29</i></a></li>': ("名", "t20240129_1.html", date(2024, 1, 29)),
    '<li><a href="t20240129_1.html">名</a><span>2024-\n 01-\n 29</span></li>': (
        "名",
        "t20240129_1.html",
        date(2024, 1, 29),
    ),
    '<ul><li>1</li><li><a href="t20240129_1.html">名</a></li><li>2024-01-29</li></ul>': (
        "名",
        "t20240129_1.html",
        date(2024, 1, 29),
    ),
    '<li><a href=" t20240129_1.html\n">名</a><span>2024-02-30</span></li>': ("名", "t20240129_1.html", None),
    '<li><a href="t20240129_1.html">2024-01-29至2024-01-30公告</a></li>': (
        "至2024-01-30公告",
        "t20240129_1.html",
        date(2024, 1, 29),
    ),
}


@pytest.mark.parametrize("body", ROWS)
def test_a_row_has_its_full_title_its_address_and_the_date_beside_it(body):
    row = rows_of(body)[0]

    assert (row.title, row.url.removeprefix(FOLDER), row.listed_on) == ROWS[body]


@pytest.mark.parametrize(
    "href",
    [
        "javascript:void(0)",
        "mailto:a@b.cn",
        "#top",
        "",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://a/b",
        "http://[x/",
    ],
)
def test_what_is_no_page_is_no_row(href):
    assert read_rows(page(f'<a href="{href}">名</a>')) == ()


def test_navigation_and_news_beside_are_not_the_list():
    body = (
        '<ul class="nav"><li><a href="../">信息公开</a></li><li><a href="../zcwj/">政策文件</a></li></ul>'
        '<ul class="news">'
        + "".join(f'<li><a href="/xw/t20240101_{n}.html">要闻{n}</a><span>2024-01-01</span></li>' for n in range(8))
        + '</ul><ul class="list"><li><a href="t20240129_1.html">某甲局2023年政府信息公开工作年度报告</a></li>'
        '<li><a href="http://other.example.org/x.html">某乙局2023年政府信息公开工作年度报告</a></li></ul>'
    )

    assert [row.url for row in rows_of(body)] == [f"{FOLDER}t20240129_1.html", "http://other.example.org/x.html"]


def test_two_articles_in_one_row_of_a_table_keep_their_own_dates():
    body = (
        '<table><tr><td><a href="t20240129_1.html">甲</a></td><td>2024-01-29</td>'
        '<td><a href="t20240130_2.html">乙</a></td><td>2024-01-30</td></tr></table>'
    )

    assert [(row.title, row.listed_on) for row in rows_of(body)] == [
        ("甲", date(2024, 1, 29)),
        ("乙", date(2024, 1, 30)),
    ]


def test_the_agency_that_a_row_links_beside_its_article_is_no_row_of_its_own():
    body = (
        '<table><tr><td><a href="/czj/">财政局</a></td><td><a href="t20240129_1.html">甲</a></td>'
        '<td>2024-01-29</td></tr><tr><td><a href="/mzj/">民政局</a></td><td><a href="t20240130_2.html">乙</a></td>'
        "<td>2024-01-30</td></tr></table>"
    )

    assert [(row.title, row.listed_on) for row in rows_of(body)] == [
        ("甲", date(2024, 1, 29)),
        ("乙", date(2024, 1, 30)),
    ]


def test_a_page_of_nothing_but_navigation_has_no_rows():
    assert rows_of('<ul><li><a href="../">信息公开</a></li><li><a href="/xw/">要闻</a></li></ul>') == ()


def test_phone_twins_are_one_article_at_its_address_for_computers():
    rows = read_rows(page('<a href="t1_2_wap.html">甲</a><a href="t1_2.html">甲</a><a href="t1_3_wap.html">乙</a>'))

    assert [row.url.removeprefix(FOLDER) for row in without_twins(rows)] == ["t1_2.html", "t1_3_wap.html"]


def test_a_date_that_twenty_rows_share_is_a_bulk_date():
    body = "".join(
        f'<li><a href="t20240101_{n}.html">甲{n}</a><span>2024-01-0{1 + n // 20}</span></li>' for n in range(39)
    )

    assert bulk_dates(read_rows(page(f"<ul>{body}</ul>"))) == (date(2024, 1, 1),)


def test_an_article_that_is_split_names_its_further_pages():
    text = '<script>createPageHTML(3,0,"t20240129_1","html")</script>'

    assert article_parts(text, f"{FOLDER}t20240129_1.html") == (
        f"{FOLDER}t20240129_1_1.html",
        f"{FOLDER}t20240129_1_2.html",
    )
    assert article_parts(text, f"{FOLDER}t20240129_2.html") == ()
    assert article_parts('<script>createPageHTML(3,0,"index","html")</script>', COLUMN) == (
        f"{FOLDER}index_1.html",
        f"{FOLDER}index_2.html",
    )


def part(body, *, frame="<div class='{0}'>{1}</div>", name="TRS_Editor"):
    chrome = "<div class='top'>澄湖县人民政府</div><table><tr><td>{0}</td></tr></table><div>主办：县政府办公室</div>"
    return page(chrome.format(frame.format(name, body)))


@pytest.mark.parametrize("name", ["TRS_Editor", "nr"])
def test_the_parts_of_an_article_become_one_page_without_a_second_frame(name):
    tables = [f"<table><tr><td>表{number}</td></tr></table>" for number in (1, 2, 3)]
    whole = read_page(
        joined_parts([part(f"<p>第{n}部分</p>{t}", name=name) for n, t in enumerate(tables, start=1)]), COLUMN
    )

    assert visible_words(whole).split() == [
        "澄湖县人民政府",
        "第1部分",
        "表1",
        "第2部分",
        "表2",
        "第3部分",
        "表3",
        "主办：县政府办公室",
    ]


def test_the_tables_of_two_parts_are_not_mixed():
    whole = read_page(
        joined_parts([part(f"<table><tr><td>表{n}</td></tr></table>", name="nr") for n in (1, 2)]), COLUMN
    )

    assert len([table for table in whole.root.iter("table") if table.find(".//table") is None]) == 2


def test_the_column_is_known_by_its_name_and_by_an_ambiguous_one_only_where_that_is_allowed():
    rows = read_rows(page('<a href="/tjj/nb/">年报</a><a href="/zwgk/nb/">政府信息公开年报</a><a href="/jx/">绩效</a>'))

    assert report_columns(rows, lambda _: True) == ("http://www.example.gov.cn/zwgk/nb/",)
    assert report_columns(rows[:1], lambda _: False) == ()
    assert report_columns(rows[:1], lambda _: True) == ("http://www.example.gov.cn/tjj/nb/",)


def test_a_report_in_a_menu_is_not_taken_for_the_column():
    rows = read_rows(page('<a href="/a/t20240129_1.html">政府信息公开年报</a><a href="/b/">2023年政府信息公开年报</a>'))

    assert report_columns(rows, lambda _: True) == ()


def test_the_front_page_of_a_numbered_folder_may_be_the_column():
    rows = read_rows(page('<a href="/zhengwugongkai/4081330/4081347/index.html">政府信息公开年报</a>'))

    assert report_columns(rows, lambda _: True) == (rows[0].url,)


def test_pages_on_disclosure_are_looked_into_most_telling_first():
    rows = read_rows(page('<a href="/zw/">政务公开</a><a href="/zfxxgk/">政府信息公开</a><a href="/jd/">政策解读</a>'))

    assert disclosure_pages(rows) == ("http://www.example.gov.cn/zfxxgk/", "http://www.example.gov.cn/zw/")


@pytest.mark.parametrize(
    ("href", "text", "is_entered"),
    [
        ("2024n/", "2024年", True),
        ("2024.html", "2024年", True),
        ("?year=2024", "2024", True),
        ("../zfxxgknb2024/", "2024年度", True),
        ("2018n/", "2018年", False),
        ("bm/", "县政府工作部门", True),
        ("list.html", "更多&gt;&gt;", True),
        ("../", "更多&gt;&gt;", False),
        ("xz/", "各乡镇（街道）", True),
        ("../zcwj/bm/", "县政府工作部门", False),
        ("t20240129_1.html", "2023年政府信息公开工作年度报告", False),
        ("2023nb.pdf", "2023年年报", False),
        ("2023n/", "2023年年报", True),
        ("http://other.example.org/zwgk/zfxxgknb/2024n/", "2024年", False),
        ("bmjj/", "部门简介", False),
    ],
)
def test_columns_inside_a_column_are_known_by_name_and_place(href, text, is_entered):
    rows = read_rows(page(f'<a href="{href}">{text}</a>'))

    assert bool(sub_columns(rows, COLUMN, from_year=2023)) is is_entered


@pytest.mark.shared
def test_a_real_pager_that_counts_down(shared):
    data = (shared / "portal_samples" / "vsb_boda_pager_real.html").read_bytes()
    this = read_page(data, f"{FOLDER}zbgg.htm")
    shown = read_list(family_of(this.text).listing(this.text), this, this, 1, PageRequest(this.url))

    assert (family_of(this.text).key, shown.paging, shown.totals) == ("vsb", following("zbgg/10.htm"), {52})


@pytest.mark.shared
def test_a_real_column_that_mixes_news_and_other_agencies_reports(shared):
    data = (shared / "portal_samples" / "trs_ordos_engebei_xxgknb_index.html").read_bytes()
    read = read_page(data, COLUMN)
    rows = list_rows(read_rows(read), COLUMN)

    assert len(rows) == 10
    assert rows[2].title == "鄂尔多斯市人民政府办公室2019年政府信息公开工作年度报告"
    assert rows[2].listed_on == date(2020, 3, 11)
    assert walked(read, read, 1).requests[0].url == f"{FOLDER}index_1.html"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("hanweb_jcms_js_fzggw_col284_index.html", "hanweb"),
        ("hanweb_jpaas_zj_fzggw_col1229565788_index.html", "jpaas"),
        ("gkmlpt_index_skeleton.html", "gkmlpt"),
        ("ucap_list_page.html", "ucap"),
        ("trs_ordos_engebei_xxgknb_index.html", "trs"),
        ("vsb_boda_pager_real.html", "vsb"),
    ],
)
def test_a_family_is_recognised_from_its_page(shared, name, family):
    assert family_of((shared / "portal_samples" / name).read_text(encoding="utf-8")).key == family


@pytest.mark.parametrize("mark", ["…", "...", "···", "⋯", "……"])
def test_a_title_that_is_cut_in_the_page_and_in_its_title_attribute_keeps_its_mark(mark):
    cut = f"澄湖县财政局2024年政府信息公开工作{mark}"
    (row,) = rows_of(f'<ul><li><a href="./202501/t20250120_1.html" title="{cut}">{cut}</a></li></ul>')

    assert row.title.startswith("澄湖县财政局2024年政府信息公开工作")
    assert row.title != "澄湖县财政局2024年政府信息公开工作"


def test_a_list_of_cut_titles_is_the_list_and_the_news_beside_it_is_not():
    reports = "".join(
        f'<li><a href="/old/{number}.html">澄湖县第{number}镇人民政府2024年政府信息…</a></li>'
        for number in range(101, 104)
    )
    news = "".join(
        f'<li><a href="/xw/202501/t20250120_{number}.html">要闻第{number}则</a>2025-01-20</li>' for number in range(9)
    )

    rows = rows_of(f'<ul class="nb">{reports}</ul><ul class="xw">{news}</ul>')

    assert [row.url for row in rows] == [f"http://www.example.gov.cn/old/{number}.html" for number in (101, 102, 103)]
