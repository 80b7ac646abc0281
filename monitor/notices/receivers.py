"""What receivers of messages are like: how much they take how often, and how their answers are to be read.

Pure, and light to import: the process that delivers uses it, and so does the one that plans. HTTP 200 is no
receipt: a robot's own code counts, a page of HTML is somebody else's answer, and half an answer says nothing. What
receivers of any make answer is read in `monitor.notices.any_answers`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from monitor.notices.any_answers import LONGEST_WORDS, trouble_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Word(StrEnum):
    """What is known of a message: the receiver has it, has it not, or nobody can say."""

    TAKEN = "taken"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Receipt(NamedTuple):
    """The end of one attempt. `said`: why it was not taken. `is_permanent`: no later attempt can do better as
    things are set up. `wait`: seconds for which the receiver asks to be left alone."""

    word: Word
    said: str = ""
    is_permanent: bool = False
    wait: float | None = None


TAKEN = Receipt(Word.TAKEN)

WRITING = "writing"
"""What the process that delivers says before anything of the message leaves."""


class Code(NamedTuple):
    """What a robot's own code of failure means; with `words` only where its message has them."""

    code: int
    is_permanent: bool
    wait: float | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A kind of receiver. `most_bytes` of one message in UTF-8 and `per_minute`: None where it states no limit.

    `success`: the keys of which one must be 0 in its answer; empty for receivers of any make.
    """

    key: str
    schemes: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    most_bytes: int | None = None
    per_minute: int | None = None
    success: tuple[str, ...] = ()
    codes: tuple[Code, ...] = field(default=(), repr=False)


MINUTE = 60.0
TEN_MINUTES = 600.0

# What these pages say was read in copies: WeCom, developer.work.weixin.qq.com/document/path/91770 (20 a minute, text
# of 2048 bytes) and path/90455 (-1, 45009), 93000 as reported by its users; DingTalk,
# open.dingtalk.com/document/orgapp/custom-robots-send-group-messages (20 a minute, else ten minutes' rest; codes)
# with 130101, 300005 and 90030 as reported by users; Feishu and Lark, open.larkoffice.com/document/ukTMukTMukTM/
# ucTM5YjL3ETO24yNxkjN (100 a minute and 5 a second, 20 KB, 11232), codes as reported by users. Five a
# second are never reached: each message has a process of its own. What is in no list is tried again later.
WECOM = Receiver(
    "wecom",
    ("wecombot",),
    ("qyapi.weixin.qq.com",),
    most_bytes=2048,
    per_minute=20,
    success=("errcode",),
    codes=(
        Code(93000, is_permanent=True),  # the key is wrong, or the robot was removed
        Code(93004, is_permanent=True),  # the robot was disabled
        Code(93008, is_permanent=True),  # not in the group; both not verified
        Code(45009, is_permanent=False, wait=MINUTE),
    ),
)
DINGTALK = Receiver(
    "dingtalk",
    ("dingtalk",),
    ("oapi.dingtalk.com",),
    most_bytes=19_900,
    per_minute=20,
    success=("errcode",),
    codes=(
        Code(310000, is_permanent=False, words="timestamp"),  # our clock is wrong, not the secret
        Code(310000, is_permanent=True),  # keyword, signature or address not admitted
        *(Code(code, is_permanent=True) for code in (300001, 300005, 400013, 400101, 400102, 400106)),
        *(Code(code, is_permanent=False, wait=TEN_MINUTES) for code in (130101, 410100, 90030)),
    ),
)
_FEISHU_CODES = (
    *(Code(code, is_permanent=True) for code in (19001, 19021, 19022, 19024)),
    *(Code(9499, is_permanent=False, wait=MINUTE, words=words) for words in ("too many", "frequency")),
    Code(9499, is_permanent=True),
    Code(11232, is_permanent=False, wait=MINUTE),
)
FEISHU = Receiver(
    "feishu", ("feishu",), ("open.feishu.cn",), 19_900, 100, success=("code", "StatusCode"), codes=_FEISHU_CODES
)
LARK = Receiver(
    "lark", ("lark",), ("open.larksuite.com",), 19_900, 100, success=("code", "StatusCode"), codes=_FEISHU_CODES
)
# Nothing is promised by these: what mail servers and web servers usually take, with room for HTML and quoting.
MAIL = Receiver("mail", ("mailto", "mailtos"), most_bytes=600_000)
ANY = Receiver("any", (), most_bytes=400_000)
RECEIVERS = (WECOM, DINGTALK, FEISHU, LARK, MAIL)

PERMANENT_STATUSES = frozenset({401, 403, 404, 410})
TOO_MANY = 429
GATEWAY_STATUSES = frozenset({502, 504})
"""A gateway speaks for a receiver that it lost: the message may have gone through."""


def receiver_of(url: str) -> Receiver:
    """The kind of receiver behind an address that Apprise knows, its own web address included."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    except ValueError:
        return ANY
    for receiver in RECEIVERS:
        if scheme in receiver.schemes or (scheme in {"http", "https"} and host in receiver.hosts):
            return receiver
    return ANY


def read_answer(receiver: Receiver, status: int, headers: Mapping[str, str], body: bytes) -> Receipt:
    """What an HTTP answer that came whole says about the message."""
    said = f"HTTP {status}"
    if not 200 <= status < 300:  # noqa: PLR2004 - the class of success
        return _failed(status, headers, said)
    if receiver.success:
        return _robots_answer(receiver, _json(body), said)
    trouble = trouble_in(body)
    return Receipt(Word.REFUSED, f"{said}, {trouble}") if trouble else TAKEN


def _failed(status: int, headers: Mapping[str, str], said: str) -> Receipt:
    wait = _seconds(headers)
    if status in GATEWAY_STATUSES:
        return Receipt(Word.UNKNOWN, said, wait=wait)
    if status == TOO_MANY:
        return Receipt(Word.REFUSED, said, wait=wait or MINUTE)
    return Receipt(Word.REFUSED, said, is_permanent=status in PERMANENT_STATUSES, wait=wait)


def together(receipts: Sequence[Receipt]) -> Receipt:
    """What several exchanges for one message come to: taken when each was; partly taken is unknown."""
    if all(receipt.word is Word.TAKEN for receipt in receipts):
        return TAKEN
    worst = next(receipt for receipt in receipts if receipt.word is not Word.TAKEN)
    words = {receipt.word for receipt in receipts}
    if words == {Word.REFUSED}:
        return worst
    said = worst.said if len(receipts) == 1 else f"{worst.said} (part of it may have arrived)"
    return worst._replace(word=Word.UNKNOWN, said=said)


def _robots_answer(receiver: Receiver, answer: object, said: str) -> Receipt:
    codes = [answer[key] for key in receiver.success if key in answer] if isinstance(answer, dict) else []
    if not isinstance(answer, dict) or not codes:
        return Receipt(Word.REFUSED, f"{said}, code none")
    if all(code == 0 and not isinstance(code, bool) for code in codes):
        return TAKEN
    code = next(code for code in codes if code != 0 or isinstance(code, bool))
    message = str(answer.get("errmsg") or answer.get("msg") or "")[:LONGEST_WORDS]
    said = f"{said}, code {code} {message}".rstrip()
    for known in receiver.codes:
        if known.code == code and known.words in message.lower():
            return Receipt(Word.REFUSED, said, known.is_permanent, known.wait)
    return Receipt(Word.REFUSED, said)


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _seconds(headers: Mapping[str, str]) -> float | None:
    """For how long the receiver asks to be left alone: Retry-After, in seconds or as an instant."""
    text = headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
        since = parsedate_to_datetime(headers.get("Date", ""))
    except (ValueError, OverflowError):
        return None
    known = [at if at.tzinfo else at.replace(tzinfo=UTC) for at in (until, since)]
    return max(0.0, (known[0] - known[1]).total_seconds())
