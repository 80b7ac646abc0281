"""Who signed under the text, and when."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from crawler.parser.calendar import read_date

if TYPE_CHECKING:
    from datetime import date

SIGNERS = (
    *("政府", "局", "办公室", "办公厅", "办", "办事处", "委员会", "厅", "委", "管委会", "部", "署", "院", "中心", "会"),
    *("镇", "乡", "街道", "处", "大队", "总队", "支队", "公司", "站", "所"),
)
"""How the names of those who sign end."""

_NAME = re.compile(r"^[\u4e00-\u9fff()·、]{2,40}$")
_BRACKETS = re.compile(r"^\((.*)\)$")
_SEAL = re.compile(r"\(?(?:盖章|公章|印章|签章|章)\)?$")
_MARKS = re.compile(r"[\s,:。]+")
_FILES = re.compile(r"^(?:附件|相关附件|下载)|\.(?:pdf|docx?|xlsx?|wps|ofd|zip|rar|jpg|png)$", re.IGNORECASE)
_LONGEST = 60
_LINES = 2


class Signature(NamedTuple):
    """The name and date under the text; each None where absent."""

    name: str | None
    signed_on: date | None


class _Signed(NamedTuple):
    name: str | None
    day: date | None


def take_signature(lines: list[str]) -> Signature:
    """The signer and date at the end of the last section, taken out of its lines.

    Names of attached files may follow it. A name alone, without a date, counts only as the very last line.
    """
    end = len(lines)
    while end and _FILES.search(lines[end - 1]):
        end -= 1
    end += _part(lines, end)
    found = [_signed(line) for line in lines[max(0, end - _LINES) : end]]
    if not found or found[-1] is None:
        return Signature(None, None)
    taken = found[-1:]
    if len(found) == _LINES and found[0] is not None and bool(found[0].day) != bool(found[1] and found[1].day):
        taken = found
    names = [part.name for part in taken if part is not None and part.name]
    days = [part.day for part in taken if part is not None and part.day]
    if len(names) > 1 or (not days and end == 1):
        return Signature(None, None)
    del lines[end - len(taken) :]
    return Signature(names[0] if names else None, days[0] if days else None)


def _part(lines: list[str], end: int) -> int:
    """Part a signer's name from the sentence before it, which a page's lines may leave as one; how many were parted."""
    parted = 0
    for at in range(end - 1, max(-1, end - 1 - _LINES), -1):
        sentence, stop, name = lines[at].rpartition("。")
        if sentence and name.strip() and _signed(name) is not None:
            lines[at : at + 1] = [sentence + stop, name.strip()]
            parted += 1
    return parted


def _signed(line: str) -> _Signed | None:
    """What a line of a signature says; None for a line that is none."""
    if len(line) > _LONGEST:
        return None
    line = unicodedata.normalize("NFKC", line)
    read = read_date(line)
    if read is None:
        name = _name(line)
        return _Signed(name, None) if name and name.endswith(SIGNERS) and not name.startswith("无") else None
    if _MARKS.sub("", read.after).strip("()"):
        return None
    before = _MARKS.sub("", read.before).rstrip("(")
    name = _name(before) if before else None
    return _Signed(name, read.date) if name or not before else None


def _name(text: str) -> str | None:
    if "。" in text.strip().rstrip("。"):
        return None
    flat = _SEAL.sub("", _MARKS.sub("", text))
    bracketed = _BRACKETS.match(flat)
    flat = bracketed[1] if bracketed else flat
    return flat if _NAME.match(flat) else None
