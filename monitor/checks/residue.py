"""Is anything left in the text that nobody meant to publish: templates, converters, broken links?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.passages import joined, passages, without_addresses
from monitor.checks.rules import Words
from monitor.checks.wording import listed, place_name, quoted
from storage.records import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.checks.passages import Passage
    from monitor.checks.subject import Subject
    from storage.forms import Form
    from storage.records import Finding

_X = "XxＸｘ×✕"
PLACEHOLDERS = (
    # 20XX年, XX镇; but not 138XXXX1234, a number that was masked.
    re.compile(rf"(?<![A-Za-z{_X}])(?<![0-9]{{3}})[{_X}]{{2,}}(?![A-Za-z0-9{_X}])"),
    re.compile(rf"20[0-9][{_X}](?=[年〕\])）])|[{_X}][年月][{_X}][月日]"),
    re.compile(r"(?<![A-Za-z_＿])[_＿]{3,}(?![A-Za-z_＿])"),
    re.compile(r"错误[!！]\s*未(?:找到|定义)[^\s。，,;；]{0,8}|Error! [A-Z][a-z]+ [a-z ]{3,30}"),
)
"""What a template leaves to be filled in; an error anywhere."""

PLACEHOLDERS_OUTSIDE_TITLES = (
    # 请填写《申请表》 is advice to the public, not to the writer of the report.
    re.compile(r"请(?:在此处?)?填写(?![^。\n]{0,15}(?:表|《))|此处填写"),
    re.compile(r"某(?:市(?![场民])|县(?!域)|局(?![部面限])|单位|年(?![轻龄级]))"),
)
"""The same, but the title of a book or paper (《…》) may use these words."""

HINTS = (re.compile("待定|示例"),)
"""Words that may be a template's; for the record only."""

CONVERTER_RESIDUE = (
    re.compile(r"\[bookmark:[^\]\n]{0,40}\]"),
    re.compile(r"(?:HYPERLINK|PAGEREF|INCLUDEPICTURE)\s+[\"\\_]\S{0,40}|MERGEFORMAT"),
    re.compile(r"&(?:nbsp|amp|lt|gt|quot|ldquo|rdquo|#[0-9]{2,5});"),
    re.compile(r"</?(?:p|span|br|div|td|tr|font|strong|o:p)\b[^>\n]{0,40}>"),
    re.compile(r"[Ll]orem ipsum"),
)

# The first two characters of anything above: one quick pass tells that nothing of it is there.
_PLACEHOLDER_CLUE = re.compile(rf"[{_X}_＿某填错待示E][{_X}_＿年月写误定例r〕\])）市县局单]")
_RESIDUE_CLUES = ("[bookmark", "HYPERLINK", "PAGEREF", "INCLUDEPICTURE", "MERGEFORMAT", "&", "<", "orem ipsum")
_BOOK_TITLE = re.compile(r"《[^《》\n]{0,80}》")
_ONLY_A_LINE = re.compile(r"(?m)^[ \t\u3000]*[_＿]+[ \t\u3000]*$")
_LINK = re.compile(r"(?<![A-Za-z])https?((?:\s?[:：;；/\\])+)\s?([^\s，。；、）)》”]*)", re.IGNORECASE)
_LOCAL_NUMBER = re.compile(r"[2-9][0-9]{6,7}")


def residue_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """Placeholders, converter residue, malformed links, and a contact line that lacks something."""
    parts = passages(subject.report)
    text = joined(parts)
    # Recognition takes stray marks for crosses and underscores.
    if _PLACEHOLDER_CLUE.search(text) and not subject.report.is_recognised:
        for part in parts:
            yield from _placeholders(subject, form, part)
    if any(clue in text for clue in _RESIDUE_CLUES):
        for part in parts:
            for quote in _first_matches(CONVERTER_RESIDUE, part.text):
                words = {"place": place_name(part.where, form, subject.language), "quote": quote}
                yield found("converter-residue", part.where, subject.language, words, evidence={"text": quote})
    if "ttp" in text or "TTP" in text:
        for part in parts:
            yield from _links(subject, form, part)
    yield from _contact(subject)


def _placeholders(subject: Subject, form: Form, part: Passage) -> Iterator[Finding]:
    text = _ONLY_A_LINE.sub("", without_addresses(part.text))
    outside_titles = _BOOK_TITLE.sub("《》", text)
    place = place_name(part.where, form, subject.language)
    quotes = [*_first_matches(PLACEHOLDERS, text), *_first_matches(PLACEHOLDERS_OUTSIDE_TITLES, outside_titles)]
    for quote in quotes:
        words = {"place": place, "quote": quote}
        yield found("placeholder-text", part.where, subject.language, words, evidence={"text": quote})
    if quotes:
        return
    for quote in _first_matches(HINTS, outside_titles):
        words, evidence = {"place": place, "quote": quote}, {"text": quote}
        yield found(
            "placeholder-text",
            part.where,
            subject.language,
            words,
            evidence=evidence,
            variant="hint",
            severity=Severity.INFO,
        )


def _first_matches(patterns: tuple[re.Pattern[str], ...], text: str) -> Iterator[str]:
    """The first match of each pattern, with a few characters about it."""
    for pattern in patterns:
        match = pattern.search(text)
        if match:
            yield quoted(text[max(0, match.start() - 6) : match.end() + 6])


def _links(subject: Subject, form: Form, part: Passage) -> Iterator[Finding]:
    for match in _LINK.finditer(part.text):
        separator, rest = "".join(match[1].split()), match[2]
        is_address = "/" in separator or rest.lower().startswith("www")
        if not is_address or (separator == "://" and rest and _may_be_a_host(rest)):
            continue
        quote = quoted(match[0])
        words = {"place": place_name(part.where, form, subject.language), "quote": quote}
        yield found("link-malformed", part.where, subject.language, words, evidence={"text": quote})


def _may_be_a_host(rest: str) -> bool:
    return (rest[0].isalnum() or rest[0] == "[") and not rest.lower().startswith(("http:", "https:", "http/"))


def _contact(subject: Subject) -> Iterator[Finding]:
    contact, language = subject.report.contact, subject.language
    lacking = []
    if not contact.phone:
        lacking.append(Words("联系电话", "telephone number"))
    if not contact.address:
        lacking.append(Words("联系地址", "address"))
    if lacking:
        names = listed((words.spoken(language) for words in lacking), language)
        evidence: dict[str, object] = {"lacking": [words.zh for words in lacking]}
        yield found("contact-missing", "contact", language, {"lacking": names}, evidence=evidence, variant="lacking")
    digits = "".join((contact.phone or "").split())
    if _LOCAL_NUMBER.fullmatch(digits):
        words = {"phone": digits}
        yield found("contact-missing", "contact", language, words, evidence=words, variant="area_code")
