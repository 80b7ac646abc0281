"""Does the text publish personal data? What is found is never repeated, only shown masked."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.passages import joined, passages, without_addresses
from monitor.checks.wording import place_name
from storage.records import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.checks.subject import Subject
    from storage.forms import Form
    from storage.records import Finding
    from storage.report import Report

ACCOUNT_WORDS = ("卡号", "账号", "帐号")
SEVERITIES = {
    "identity_number": Severity.ERROR,
    "bank_card": Severity.ERROR,
    "mobile": Severity.WARNING,
    "name": Severity.WARNING,
}
NEAR = 20
"""Characters between a number and the word that makes it a bank card's."""

_FULL_WIDTH_DIGITS = "０１２３４５６７８９"
_TO_HALF_WIDTH = str.maketrans(_FULL_WIDTH_DIGITS + "Ｘｘ", "0123456789XX")
_LONG_NUMBER = re.compile(r"[0-9]{11}")
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])([1-8][0-9]{5})((?:19|20)[0-9]{6})([0-9]{3})([0-9Xx])(?![0-9A-Za-z])")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
_CARD = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){15,18}(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_CONTACT_WORDS = re.compile(r"(?:电话|手机|联系|咨询|热线|号码|传真)[^。；;\n]{0,30}$")
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱郭林罗郑梁谢宋唐许韩冯邓曹彭曾萧蔡潘袁董余"
    "苏叶吕魏蒋田杜丁沈姜范傅钟卢汪戴崔陆廖姚邹熊孟秦"
)
_NAME = re.compile(
    rf"(?:申请人|原告|信访人)[:：]?([{_SURNAMES}])"
    r"(?:某{1,2}|[\u4e00-\u9fff]{1,2}(?=先生|女士|提出|提交|诉|等[一二三四五六七八九十0-9]*人|[、，,。；;）)\s]|$))"
)
_NOT_NAMES = ("张贴", "周知", "周边", "田地", "余款", "许可", "曾经", "叶落")


def privacy_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """Identity and bank card numbers (errors), mobile numbers and applicants' names (warnings)."""
    parts = passages(subject.report)
    text = joined(parts)
    if any(digit in text for digit in _FULL_WIDTH_DIGITS):
        parts = tuple(part._replace(text=part.text.translate(_TO_HALF_WIDTH)) for part in parts)
        text = joined(parts)
    if _LONG_NUMBER.search(text) or any(word in text for word in ACCOUNT_WORDS):
        for part in parts:
            numbers = _numbers(without_addresses(part.text), part.where, subject.report)
            yield from _findings(subject, form, part.where, numbers)
    if "申请人" in text or "原告" in text or "信访人" in text:
        for part in parts:
            yield from _findings(subject, form, part.where, _names(part.text))


def _numbers(text: str, where: str, report: Report) -> Iterator[tuple[str, str]]:
    """The kind and value of every number in a text that belongs to a person."""
    for match in _IDENTITY.finditer(text):
        if _is_identity(match):
            yield "identity_number", match[0]
    if any(word in text for word in ACCOUNT_WORDS):
        for match in _CARD.finditer(text):
            about = text[max(0, match.start() - NEAR - 2) : match.end() + NEAR + 2]
            if any(word in about for word in ACCOUNT_WORDS) and _passes_luhn(match[0]):
                yield "bank_card", match[0]
    phone = re.sub(r"[^0-9]", "", report.contact.phone or "")
    for match in _MOBILE.finditer(text):
        before = text[max(0, match.start() - 2 * NEAR) : match.start()]
        is_official = match[0] in phone or (where == "preamble" and _CONTACT_WORDS.search(before) is not None)
        if not is_official:
            yield "mobile", match[0]


def _names(text: str) -> Iterator[tuple[str, str]]:
    for match in _NAME.finditer(text):
        name = match[0][match.start(1) - match.start() :]
        if not name.startswith(_NOT_NAMES):
            yield "name", name


def _findings(subject: Subject, form: Form, where: str, met: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    """One finding a place and kind, however many values there are."""
    values: dict[str, list[str]] = {}
    for kind, value in met:
        values.setdefault(kind, []).append(value)
    for kind, members in values.items():
        masked = _masked(members[0])
        more = {"zh": f"等{len(members)}处", "en": f" and {len(members) - 1} more"}[subject.language]
        words = {
            "place": place_name(where, form, subject.language),
            "masked": masked + more if len(members) > 1 else masked,
        }
        evidence = {"kind": kind, "masked": masked, "count": len(members)}
        severity = SEVERITIES[kind]
        yield found("personal-data", where, subject.language, words, evidence=evidence, variant=kind, severity=severity)


def _masked(value: str) -> str:
    """Enough to find the place again, never the value: 110***************."""
    shown = 1 if len(value) < len("13800000000") else 3
    return value[:shown] + "*" * (len(value) - shown)


def _is_identity(match: re.Match[str]) -> bool:
    """A date of birth that exists, and the check digit of GB 11643."""
    born, digits = match[2], match[0]
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    total = sum(weight * int(digit) for weight, digit in zip(_IDENTITY_WEIGHTS, digits, strict=False))
    return _IDENTITY_CHECKS[total % 11] == digits[-1].upper()


def _passes_luhn(number: str) -> bool:
    digits = [int(character) for character in number if character.isdigit()]
    doubled = [digit * 2 if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0 and any(digits)  # noqa: PLR2004
