"""What the recogniser confuses, put right where the surroundings leave no doubt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crawler.documents.picture.letters import Reading

_TO_DIGITS = str.maketrans(
    {
        "O": "0",
        "o": "0",
        "〇": "0",
        "Q": "0",
        "D": "0",
        "l": "1",
        "I": "1",
        "|": "1",
        "i": "1",
        "。": ".",
        "·": ".",
        "，": ",",
        "．": ".",
        "Z": "2",
        "z": "2",
        "S": "5",
        "s": "5",
        "B": "8",
        "b": "6",
        "−": "-",
        "—": "-",
        "－": "-",
    }
)
_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?")
_CORRECTED = 0.8
"""The confidence of a number in which a letter was taken for a digit is so much lower."""
HARDLY = 0.6
"""What was read with less certainty is hardly legible: no second look at the same points makes it sure."""
_REST = re.compile(r"[二=_]*([+-]?\d[\d,]*(?:\.\d+)?)[-−—－一=_]*")
"""A number and what a ruling line beside it left."""
_TRADITIONAL = "規內關國請報開條處辦計結維數據總況務項區單發廢現範類機構組織個業據會議訴訟複還統農"
_SIMPLIFIED = "规内关国请报开条处办计结维数据总况务项区单发废现范类机构组织个业据会议诉讼复还统农"
_CONFUSED = str.maketrans("曰" + _TRADITIONAL, "日" + _SIMPLIFIED)
"""Characters that no report prints, and what they are when print is small or narrowed."""
_CHINESE = r"\u4e00-\u9fff（），。、；：“”"
_GAP = re.compile(rf"(?<=[{_CHINESE}]) +| +(?=[{_CHINESE}])")
_ZERO = re.compile(r"(?<=[\u4e00-\u9fff])[OＯ](?=[\u4e00-\u9fff])")
_HALF_WIDTH = (
    (re.compile(rf"\((?=[{_CHINESE}])"), "（"),
    (re.compile(rf"(?<=[{_CHINESE}])\)"), "）"),
    (re.compile(rf"(?<=[{_CHINESE}]),|,(?=[{_CHINESE}])"), "，"),
    (re.compile(rf"(?<=[{_CHINESE}]):|:(?=[{_CHINESE}])"), "："),
    (re.compile(rf"(?<=[{_CHINESE}]);|;(?=[{_CHINESE}])"), "；"),
)
"""Chinese print has Chinese stops; narrowed they look like Latin ones."""


def cell_reading(reading: Reading) -> Reading:
    """The reading of a cell: a number where all of it can only be one, else words."""
    text = reading.text.strip()
    number = text.replace(" ", "").translate(_TO_DIGITS)
    if number != text and _NUMBER.fullmatch(number) and any(character.isdigit() for character in text):
        return reading._replace(text=number, confidence=reading.confidence * _CORRECTED)
    if number == "0" and text in {"O", "o", "〇", "D", "Q"}:
        return reading._replace(text="0", confidence=reading.confidence * _CORRECTED)
    rest = _REST.fullmatch(text.replace(" ", ""))
    if rest and rest[1] != text:
        return reading._replace(text=rest[1], confidence=reading.confidence * _CORRECTED)
    return reading._replace(text=line_text(text))


def is_number(text: str) -> bool:
    """Is all of it one number?"""
    return bool(_NUMBER.fullmatch(text))


def line_text(text: str) -> str:
    """The text of a line: without the gaps that are seen between Chinese characters, with their own brackets."""
    plain = _GAP.sub("", text.translate(_CONFUSED))
    plain = _ZERO.sub("0", plain)
    for half, full in _HALF_WIDTH:
        plain = half.sub(full, plain)
    return plain
