"""How answers of receivers are read: their own code counts, and what no list knows is tried again."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.notices.receivers import (
    ANY,
    DINGTALK,
    FEISHU,
    MAIL,
    RECEIVERS,
    TAKEN,
    WECOM,
    Receipt,
    Word,
    read_answer,
    receiver_of,
    together,
)

REFUSED = Receipt(Word.REFUSED)
UNKNOWN = Receipt(Word.UNKNOWN)

# receiver, status, headers, body, word, is_permanent, wait
ANSWERS = [
    (WECOM, 200, {}, '{"errcode": 0, "errmsg": "ok"}', "taken", False, None),
    (WECOM, 200, {}, '{"errcode": 93000, "errmsg": "invalid webhook url"}', "refused", True, None),
    (WECOM, 200, {}, '{"errcode": 45009, "errmsg": "api freq out of limit"}', "refused", False, 60),
    (WECOM, 200, {}, '{"errcode": -1, "errmsg": "system busy"}', "refused", False, None),
    (WECOM, 200, {}, '{"errcode": false}', "refused", False, None),
    (WECOM, 200, {}, "<html>login</html>", "refused", False, None),
    (WECOM, 200, {}, "[]", "refused", False, None),
    (WECOM, 200, {}, "", "refused", False, None),
    (DINGTALK, 200, {}, '{"errcode": 0}', "taken", False, None),
    (DINGTALK, 200, {}, '{"errcode": 310000, "errmsg": "keywords not in content"}', "refused", True, None),
    (DINGTALK, 200, {}, '{"errcode": 310000, "errmsg": "invalid timestamp, more: …"}', "refused", False, None),
    (DINGTALK, 200, {}, '{"errcode": 300001, "errmsg": "token is not exist"}', "refused", True, None),
    (DINGTALK, 200, {}, '{"errcode": 130101, "errmsg": "send too fast"}', "refused", False, 600),
    (FEISHU, 200, {}, '{"StatusCode": 0, "code": 0}', "taken", False, None),
    (FEISHU, 200, {}, '{"code": 19001, "msg": "param invalid"}', "refused", True, None),
    (FEISHU, 400, {}, '{"code": 9499, "msg": "Bad Request"}', "refused", False, None),
    (FEISHU, 200, {}, '{"code": 9499, "msg": "too many request"}', "refused", False, 60),
    (FEISHU, 200, {}, '{"code": 9499, "msg": "Bad Request"}', "refused", True, None),
    (FEISHU, 200, {}, '{"code": 11232, "msg": "frequency limited"}', "refused", False, 60),
    (ANY, 200, {}, "", "taken", False, None),
    (ANY, 204, {}, "", "taken", False, None),
    (ANY, 200, {}, "ok", "taken", False, None),
    (ANY, 200, {}, '{"code": 200, "msg": "success"}', "taken", False, None),
    (ANY, 200, {}, '{"code": "0"}', "taken", False, None),
    (ANY, 200, {}, '{"code": 1, "success": true}', "taken", False, None),
    (ANY, 200, {}, '{"code": "500", "msg": "error"}', "refused", False, None),
    (ANY, 200, {}, '{"ok": false, "error": "x"}', "refused", False, None),
    (ANY, 200, {}, "\ufeff <!DOCTYPE HTML><title>login</title>", "refused", False, None),
    (ANY, 301, {"Location": "http://a.example/"}, "", "refused", False, None),
    (ANY, 400, {}, "", "refused", False, None),
    (ANY, 401, {}, "", "refused", True, None),
    (ANY, 404, {}, "", "refused", True, None),
    (ANY, 429, {"Retry-After": "90"}, "", "refused", False, 90),
    (ANY, 429, {}, "", "refused", False, 60),
    (
        ANY,
        503,
        {"Retry-After": "Mon, 03 Feb 2025 01:05:00 GMT", "Date": "Mon, 03 Feb 2025 01:00:00 GMT"},
        "",
        "refused",
        False,
        300,
    ),
    (ANY, 503, {"Retry-After": "soon"}, "", "refused", False, None),
    (ANY, 503, {"Retry-After": "9" * 400}, "", "refused", False, math.inf),
    (ANY, 503, {"Retry-After": f"Mon, 03 Feb 2025 01:05:00 +{'9' * 20}"}, "", "refused", False, None),
    (ANY, 500, {}, "", "refused", False, None),
    (ANY, 502, {}, "", "unknown", False, None),
    (ANY, 504, {}, "", "unknown", False, None),
]


@pytest.mark.parametrize(("receiver", "status", "headers", "body", "word", "is_permanent", "wait"), ANSWERS)
def test_an_answer_is_read_for_what_it_says(receiver, status, headers, body, word, is_permanent, wait):
    receipt = read_answer(receiver, status, headers, body.encode())

    assert (receipt.word, receipt.is_permanent, receipt.wait) == (word, is_permanent, wait)
    assert bool(receipt.said) is (word != "taken")


# What a receiver of any make answers with 200, and whether it is one's word for having taken the message.
PLAIN = [
    ("<script>top.self.location.href='http://10.1.1.1/eportal/index.jsp?wlanuserip=x'</script>", False),
    ("<head><meta http-equiv='refresh' content='0;url=http://login/'></head>", False),
    ("<!-- gateway -->\n<html><body>login</body></html>", False),
    ("<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0//EN'><html></html>", False),
    ("<?xml version='1.0'?><ocs><meta><status>ok</status></meta></ocs>", True),
    ("<?xml version='1.0'?><ocs><meta><status>failure</status></meta></ocs>", False),
    ("<soap:Envelope><soap:Body><soap:Fault/></soap:Body></soap:Envelope>", False),
    ("<PublishResponse xmlns='http://sns.example/'><MessageId>1</MessageId></PublishResponse>", True),
    ('{"error": "invalid token"}', False),
    ('{"error": {"code": 5}}', False),
    ('{"error": null, "errors": [], "id": "x"}', True),
    ('{"code": 0, "error": "SUCCESS", "errno": 0}', True),
    ('{"errno": 1024, "errmsg": "bad pushtoken"}', False),
    ('{"errmsg": "ok"}', True),
    ('{"errmsg": "no such user"}', False),
    ('{"status": "error", "message": "no such hook"}', False),
    ('{"status": "success"}', True),
    ('{"status": 1, "request": "x"}', True),
    ('{"status": 401, "path": "/h"}', False),
    ('{"result": "error", "code": "BAD_REQUEST"}', False),
    ('{"ok": true, "result": {"message_id": 5}}', True),
    ('{"code": "invalid_token", "msg": "unauthorized"}', False),
    ('{"code": "OK"}', True),
    ('{"code": "A0000"}', True),
    ('{"success": true, "errcode": 93000}', False),
    ('{"success": "false"}', False),
    ('{"success": 1, "failure": 0}', True),
    ("error: no such hook", False),
    ("无效的 key", False),
    ("no errors", True),
    ("[" * 100_000, True),
]


@pytest.mark.parametrize(("body", "is_taken"), PLAIN)
def test_an_answer_of_any_make_is_no_receipt_where_it_is_a_page_or_tells_of_a_failure(body, is_taken):
    receipt = read_answer(ANY, 200, {}, body.encode())

    assert receipt.word is (Word.TAKEN if is_taken else Word.REFUSED)


def test_a_failure_in_a_chinese_encoding_is_read_too():
    receipt = read_answer(ANY, 200, {}, '{"code": 500, "msg": "失败"}'.encode("gb18030"))

    assert receipt == Receipt(Word.REFUSED, "HTTP 200, code 500")


@given(
    st.sampled_from([*RECEIVERS, ANY]),
    st.integers(100, 599),
    st.dictionaries(st.sampled_from(["Retry-After", "Date"]), st.text(max_size=30)),
    st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["errcode", "code", "StatusCode", "ok", "error", "status", "errmsg"]),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
    ),
)
def test_no_answer_is_too_strange_to_be_read(receiver, status, headers, body):
    receipt = read_answer(receiver, status, headers, body)

    assert receipt.word is not Word.TAKEN or 200 <= status < 300
    assert receipt.wait is None or receipt.wait >= 0


TOGETHER = [
    ([TAKEN, TAKEN], Word.TAKEN),
    ([REFUSED], Word.REFUSED),
    ([TAKEN, REFUSED], Word.UNKNOWN),
    ([UNKNOWN], Word.UNKNOWN),
    ([REFUSED, REFUSED], Word.REFUSED),
]


@pytest.mark.parametrize(("receipts", "word"), TOGETHER)
def test_a_message_in_parts_is_taken_when_all_of_it_is(receipts, word):
    assert together(receipts).word is word


KINDS = [
    ("wecombot://key", WECOM),
    ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x", WECOM),
    ("dingtalk://SEC@token/", DINGTALK),
    ("mailtos://u:p@example.org", MAIL),
    ("json://127.0.0.1/x", ANY),
    ("https://hooks.example/x", ANY),
    ("json://[::1", ANY),
    ("", ANY),
]


@pytest.mark.parametrize(("url", "receiver"), KINDS)
def test_a_receiver_is_known_by_its_address(url, receiver):
    assert receiver_of(url) is receiver
