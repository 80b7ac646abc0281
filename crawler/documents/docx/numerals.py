"""The numbers of automatic lists as Word prints them: 二十一, ③, ⑴, 贰, xi."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SMALL = "〇一二三四五六七八九"
_COUNTED = "零一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_UNITS = ("", "十", "百", "千")
_LEGAL_UNITS = ("", "拾", "佰", "仟")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"),
    (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_MAX_COUNTED = 9999
_MAX_ROMAN = 3999
_MAX_LETTERS = 26 * 20


def numeral(number: int, kind: str) -> str:
    """The number in Word's format of that name; in Arabic digits where the format is unknown or has no such number."""
    write = _FORMATS.get(kind)
    return (write(number) if write is not None else "") or str(number)


def _counted(number: int, digits: str, units: tuple[str, ...], *, leads_with_one: bool) -> str:
    """一百零五: digits and units, as counted aloud."""
    if number == 0:
        return digits[0]
    if not 0 < number <= _MAX_COUNTED:
        return ""
    text = ""
    is_gap = False
    for place in reversed(range(len(units))):
        digit = number // 10**place % 10
        if digit:
            text += (digits[0] if is_gap else "") + digits[digit] + units[place]
            is_gap = False
        else:
            is_gap = bool(text)
    return text if leads_with_one or not text.startswith(digits[1] + units[1]) else text[1:]


def _thousands(number: int) -> str:
    return _counted(number, _COUNTED, _UNITS, leads_with_one=False)


def _counting(number: int) -> str:
    # Up to 99 as counted aloud, beyond digit by digit (一〇五).
    return _thousands(number) if 0 < number < 100 else _digits(number)  # noqa: PLR2004


def _digits(number: int) -> str:
    return "".join(_SMALL[int(digit)] for digit in str(number)) if number >= 0 else ""


def _from(first: str, count: int, start: int = 1) -> Callable[[int], str]:
    """Signs that stand in Unicode one after the other, `start` being the first one's number."""
    return lambda number: chr(ord(first) + number - start) if start <= number < start + count else ""


def _circled(number: int) -> str:
    for first, start, count in (("①", 1, 20), ("㉑", 21, 15), ("㊱", 36, 15)):
        if start <= number < start + count:
            return chr(ord(first) + number - start)
    return "⓪" if number == 0 else ""


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)] if number > 0 else ""


def _sexagenary(number: int) -> str:
    return _cycle(_STEMS)(number) + _cycle(_BRANCHES)(number)


def _roman(number: int) -> str:
    if not 0 < number <= _MAX_ROMAN:
        return ""
    text = ""
    for value, sign in _ROMAN:
        text += sign * (number // value)
        number %= value
    return text


def _letters(number: int) -> str:
    # After z come aa, bb, cc.
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= _MAX_LETTERS else ""


def _wide(number: int) -> str:
    return "".join(chr(ord("０") + int(digit)) for digit in str(number)) if number >= 0 else ""


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "numberInDash": lambda number: f"- {number} -",
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "chineseCounting": _counting,
    "chineseCountingThousand": _thousands,
    "taiwaneseCounting": _counting,
    "taiwaneseCountingThousand": _thousands,
    "japaneseCounting": _thousands,
    "koreanCounting": _thousands,
    "ideographDigital": _digits,
    "japaneseDigitalTenThousand": _digits,
    "taiwaneseDigital": _digits,
    "koreanDigital2": _digits,
    "chineseLegalSimplified": lambda number: _counted(number, _LEGAL, _LEGAL_UNITS, leads_with_one=True),
    "ideographLegalTraditional": lambda number: _counted(number, _LEGAL_TRADITIONAL, _LEGAL_UNITS, leads_with_one=True),
    "japaneseLegal": lambda number: _counted(number, _LEGAL_TRADITIONAL, _LEGAL_UNITS, leads_with_one=True),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _from("⒈", 20),
    "decimalEnclosedParen": _from("⑴", 20),
    "ideographEnclosedCircle": _from("㊀", 10),
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "ideographZodiacTraditional": _sexagenary,
}
