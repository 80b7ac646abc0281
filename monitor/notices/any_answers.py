"""Whether an answer with HTTP 2xx, from a receiver of which nothing is known, says by itself that it failed.

Pure. Gateways, portals to log in, proxies and error handlers answer anything with 200. A page is nobody's receipt;
JSON and plain words are read by the keys and words that interfaces commonly use. What says nothing is no failure:
to take it for one would send the same message again for ever.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGE = "a page of HTML in place of an answer"
LONGEST_WORDS = 120
LONGEST_SENTENCE = 200
"""Bytes of plain text that are still one sentence, and not somebody's document."""

_BEFORE_A_PAGE = re.compile(r"(?:\s|\ufeff|<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z))*", re.DOTALL)
# Nextcloud and Amazon answer in XML, and so does whatever speaks SOAP.
_ANSWER_IN_XML = re.compile(r"<(?:[\w.-]+:)?(?:ocs|envelope|[\w.-]*response|[\w.-]*result)[\s>/]", re.IGNORECASE)
_FAILURE_IN_XML = re.compile(
    r"<(?:[\w.-]+:)?(?:fault|error|errorresponse)[\s>/]|<status>\s*(?:failure|error)\s*<", re.IGNORECASE
)

_FAILURE = re.compile(
    r"err|fail|invalid|illegal|unauth|denied|den(?:y|ies)\b|forbid|refus|reject|expire|unknown|no[t_ ]{1,2}found"
    r"|missing|bad[_ ]|exceed|limit|timeout|失败|错误|无效|非法|拒绝|过期|不存在|未授权|异常",
    re.IGNORECASE,
)
_NO_FAILURE = re.compile(
    r"(?:ok|okay|success|succeed(?:ed)?|successful(?:ly)?|none|null|nil|no|false|0+|(?:no|without) errors?|成功|正常)?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"[\"'({\[]?\s*(?:error|err|fail|failed|failure|invalid|unauthorized|unauthorised|forbidden|access denied|denied"
    r"|bad request|not found|失败|错误|无效|拒绝)(?![a-z])",
    re.IGNORECASE,
)


def trouble_in(body: bytes) -> str:
    """Why these words are no receipt; empty where they may be one."""
    text = _decoded(body)
    start = text[_BEFORE_A_PAGE.match(text).end() :]  # type: ignore[union-attr] # it matches nothing too
    if start.startswith("<"):
        if not _ANSWER_IN_XML.match(start):
            return PAGE
        failure = _FAILURE_IN_XML.search(start)
        return f"XML {failure[0]}" if failure else ""
    try:
        answer = json.loads(start)
    except (ValueError, RecursionError):
        return start[:LONGEST_WORDS] if len(body) <= LONGEST_SENTENCE and _SENTENCE.match(start) else ""
    return _trouble_in_object(answer) if isinstance(answer, dict) else ""


def _trouble_in_object(answer: Mapping[str, object]) -> str:
    """By the first key that says so; where it says that it succeeded, other systems' codes mean something else."""
    is_praised = any(answer.get(key) is True for key in ("ok", "success"))
    for key, fails in _SAYING.items():
        if fails(answer.get(key)) and not (is_praised and key in _EXCUSED):
            return f"{key} {str(answer[key])[:LONGEST_WORDS]}"
    is_without_code = not any(key in answer for key in ("errcode", "errno", "code"))
    words = answer.get("errmsg")
    if is_without_code and isinstance(words, str) and not _NO_FAILURE.fullmatch(words.strip()):
        return f"errmsg {words[:LONGEST_WORDS]}"
    return ""


def _is_denied(value: object) -> bool:
    """False in any writing; what is absent denies nothing."""
    return value is False or value == 0 or (isinstance(value, str) and value.strip().lower() in {"false", "0", "no"})


def _is_error(value: object) -> bool:
    """Words, or anything that is not empty, under a key that is for errors alone."""
    if isinstance(value, str):
        return not _NO_FAILURE.fullmatch(value.strip())
    return bool(value)


def _is_code(value: object) -> bool:
    """A number other than 0 and the 200s, or a word for a failure; other words are no code that we know."""
    number = _number(value)
    if number is not None:
        return number != 0 and not 200 <= number < 300  # noqa: PLR2004 - the class of success
    return isinstance(value, str) and not _NO_FAILURE.fullmatch(value.strip()) and bool(_FAILURE.search(value))


def _is_status(value: object) -> bool:
    """As HTTP counts them, since 1 and 0 mean either to one or another; or a word for a failure."""
    number = _number(value)
    if number is not None:
        return number < 0 or number >= 400  # noqa: PLR2004 - the classes of errors
    return value is False or (isinstance(value, str) and _is_code(value))


def _number(value: object) -> int | None:
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,18}", value.strip()):
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_SAYING: Mapping[str, Callable[[object], bool]] = {
    "ok": _is_denied,
    "success": _is_denied,
    "errcode": _is_code,
    "errno": _is_code,
    "code": _is_code,
    "StatusCode": _is_code,
    "error": _is_error,
    "errors": _is_error,
    "status": _is_status,
    "status_code": _is_status,
    "statusCode": _is_status,
    "result": _is_status,
}
"""Key of an answer → does its value tell of a failure?"""

_EXCUSED = frozenset({"code", "StatusCode", "status", "status_code", "statusCode", "result"})


def _decoded(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("gb18030", errors="replace")
