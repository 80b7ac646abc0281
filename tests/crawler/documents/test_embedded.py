"""Articles that stand in a page's script alone are read as if the page showed them."""

import json
import time

import pytest

from crawler.belongings import wanted_of
from crawler.documents import read_document
from crawler.documents.embedded import config_value, config_values, unfolded
from crawler.documents.model import Attachment, Paragraph, Table
from crawler.pages import read_page

REPORT = "平川县财政局2023年政府信息公开工作年度报告"
BODY = (
    "<p>一、总体情况</p><p>2023年，我局认真贯彻落实条例，主动公开政府信息共计120条。</p>"
    "<table><tr><td>信息内容</td><td>本年制发</td></tr><tr><td>规章</td><td>0</td></tr></table>"
    "<p>六、其他需要报告的事项</p><p>本年度没有收取信息处理费。</p>"
)


def in_script(value):
    text = json.dumps(value)
    return text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026").replace("'", "\\u0027")


def shell(detail, *, before="SITE_NAME: '某厅', SID: '175',", head="", body='<div id="app"></div>'):
    source = detail if isinstance(detail, str) else in_script(detail)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8">{head}<title>某厅</title></head><body>{body}\n'
        f"<script>window._CONFIG = {{ {before} DETAIL: {source}, TREE: [], AREA: 1 }}</script></body></html>"
    ).encode()


def detail(**more):
    return {"title": REPORT, "content": BODY, "create_time": 1706603104, "publisher": "平川县财政局", **more}


def kinds(document):
    return [type(block) for block in document.blocks]


def shown(document):
    return [
        block.text if isinstance(block, Paragraph) else [[cell.text for cell in row] for row in block.rows]
        for block in document.blocks
    ]


def test_the_article_of_a_script_is_the_body_of_the_document():
    document = read_document(shell(detail()))

    assert document.isolated_by == "container"
    assert kinds(document) == [Paragraph, Paragraph, Table, Paragraph, Paragraph]
    assert document.title == REPORT
    assert document.meta["pubdate"] == "2024-01-30 16:25:04"
    assert document.meta["contentsource"] == "平川县财政局"


def test_it_reads_like_the_same_article_in_a_plain_page():
    plain = f'<html><head><title>x</title></head><body><div class="article-content">{BODY}</div></body></html>'

    assert shown(read_document(shell(detail()))) == shown(read_document(plain.encode()))


def test_what_the_page_says_in_tags_of_its_own_stays():
    head = '<meta name="PubDate" content="2024-01-31 09:00">'

    document = read_document(shell(detail(), head=head))

    assert document.meta["pubdate"] == "2024-01-31 09:00"
    assert document.title == REPORT


def test_files_that_the_text_does_not_link_are_linked_behind_it():
    files = [
        {"name": "报告.doc", "url": "https://www.example.gov.cn/attachment/0/1/12541123.docx"},
        {"name": "附表.xls", "url": "/attachment/0/1/2.xls"},
        {"name": "无地址"},
        "odd",
    ]
    content = f'{BODY}<p><a class="nfw-cms-attachment" href="/attachment/0/1/2.xls" alt="附表.xls">附表.xls</a></p>'

    document = read_document(shell(detail(content=content, attachment=files)))

    sources = [block.source for block in document.blocks if isinstance(block, Attachment)]
    assert sources == ["/attachment/0/1/2.xls", "https://www.example.gov.cn/attachment/0/1/12541123.docx"]


def test_a_report_that_is_only_attached_is_fetched_with_its_article():
    files = [{"name": "报告.doc", "url": "/attachment/0/619/619258/4921838.docx"}]
    page = read_page(unfolded(shell(detail(content="", attachment=files))), "http://www.example.gov.cn/gkmlpt/1.html")

    named = wanted_of(page).named

    assert [each.url for each in named] == ["http://www.example.gov.cn/attachment/0/619/619258/4921838.docx"]


def test_photographed_pages_are_fetched_with_their_article():
    content = (
        '<p><img class="nfw-cms-img" src="http://www.example.gov.cn/img/0/11/1.png" width="900" height="1200"></p>'
    )
    page = read_page(unfolded(shell(detail(content=content))), "http://www.example.gov.cn/gkmlpt/1.html")

    named = wanted_of(page).named

    assert [each.url for each in named] == ["http://www.example.gov.cn/img/0/11/1.png"]


def test_a_title_of_escapes_is_readable():
    title = "".join(f"%u{ord(character):04X}" for character in REPORT)

    assert read_document(shell(detail(title=title))).title == REPORT


@pytest.mark.parametrize(
    "content", [json.dumps(BODY), in_script(BODY), in_script(BODY)[1:-1]], ids=["quoted", "escaped", "bare"]
)
def test_a_text_that_was_escaped_twice_is_the_same_text(content):
    assert shown(read_document(shell(detail(content=content)))) == shown(read_document(shell(detail())))


def test_a_page_that_shows_its_article_is_left_alone():
    page = shell(detail(), body=f'<div class="article-content"><div>{BODY}</div></div>')

    assert unfolded(page) == page


def test_a_page_in_gbk_is_unfolded_too():
    page = shell(detail(), head="<!-- 政府信息公开 -->").decode().encode("gb18030")

    assert "总体情况" in unfolded(page).decode()


@pytest.mark.parametrize(
    "source",
    [
        "{broken",
        "null",
        "[]",
        "{}",
        '{"content":""}',
        '{"content":null}',
        '{"content":5}',
        "'text'",
        "{a: 1}",
        "{" * 3000,
    ],
)
def test_a_script_without_an_article_changes_nothing(source):
    page = shell(source)

    assert unfolded(page) == page


def test_a_page_without_such_a_script_is_the_same_object():
    page = b"<html><body>DETAIL</body></html>"

    assert unfolded(page) is page


def test_values_are_told_apart_with_braces_quotes_and_commas_inside_them():
    text = (
        "x; window._CONFIG = { A: 'it\\'s, {', \"B\": [\"]\", {'c': '}'}], // 说明\n"
        ' C: {"d": "\\"}"}, E: getIt({a: 1}, 2), \'F\': 7 } ; other = {G: 1}'
    )

    values = config_values(text)

    assert list(values) == ["A", "B", "C", "E", "F"]
    assert config_value(values["A"]) == "it's, {"
    assert config_value(values["C"]) == {"d": '"}'}
    assert config_value(values["F"]) == 7
    assert config_value(values["E"]) is None
    assert config_value(None) is None


def test_a_script_that_breaks_off_gives_what_was_whole():
    assert list(config_values('window._CONFIG = { A: 1, B: {"c": \'never')) == ["A"]
    assert config_values("window._CONFIG = {") == {}


def test_a_large_article_takes_no_more_than_its_size():
    paragraphs = "<p>主动公开政府信息共计120条。</p>"
    sizes = (2_000, 16_000)
    costs = []
    for size in sizes:
        page = shell(detail(content=paragraphs * size))
        started = time.process_time()
        found = unfolded(page)
        costs.append(time.process_time() - started)
        assert found.count("120条".encode()) == size
    assert len(costs) == len(sizes)
