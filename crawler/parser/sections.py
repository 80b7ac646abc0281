"""The blocks of a document to title lines, preamble, six sections, and signature."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.model import Paragraph, Picture, Table
from crawler.parser.calendar import read_date
from storage.forms import ReadHeading, read_heading
from storage.report import Doubt, DoubtKind, Section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from crawler.documents.model import Block

SECTION_COUNT = 6

_EXTRA = re.compile(r"^\s*([七八九])[、..,,:]\s*(.{2,38})$")
_FOOTER = re.compile(
    r"^(?:上一篇|下一篇|上一条|下一条|【?打印|【?关闭|分享到?|扫一扫|版权所有|主办单位|主办[::]|承办|网站标识码|地址[::].*邮编|备案|责任编辑|相关(?:链接|附件|文章)|附件下载|返回顶部|[A-Za-z]*ICP备|.{0,4}ICP备|.{0,6}公网安备|您访问|浏览次数|字体[::]|友情链接|网站地图|联系我们)"
)
_PAGE_NUMBER = re.compile(r"^[\s\-—–―·第]*\d{1,3}[\s\-—–―·页]*(?:[/共]\s*\d{1,3}\s*页?)?$")
_SIGNER = re.compile(r"^[\u4e00-\u9fff()()·、\s]{2,40}$")
_MARKS = re.compile(r"[\s,,::()。]+")
_MAX_SIGNATURE = 60


class Signature(NamedTuple):
    """The name and date under the text; each None where absent."""

    name: str | None
    signed_on: date | None


class Divided(NamedTuple):
    """A document by its sections. `head` are the paragraphs before section 1, titles among them."""

    head: tuple[str, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    signature: Signature
    doubts: tuple[Doubt, ...]


@dataclass(slots=True)
class _Open:
    heading: ReadHeading
    lines: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)


def divide(blocks: Sequence[Block]) -> Divided:
    """The sections of a document, by the words of their headings; rows of tables are never headings."""
    start = _first_section(blocks)
    head: list[str] = []
    parts: list[_Open] = []
    tables: list[Table] = []
    captions: list[_Open] = []
    for number, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            if not _PAGE_NUMBER.match(block.text):
                _take_line(block.text, head, parts, is_inside=number >= start)
        elif isinstance(block, Table):
            tables.append(block)
            captions.extend(_caption_headings(block))
            if parts:
                parts[-1].pictures.extend(block.pictures)
        elif parts:
            (parts[-1].pictures if isinstance(block, Picture) else parts[-1].attachments).append(block.source)
    _cut_footer(parts)
    signature = _take_signature(parts)
    parts = _with_captions(parts, captions)
    sections = tuple(
        Section(
            part.heading.number,
            part.heading.words,
            "\n".join(part.lines),
            tuple(part.pictures),
            tuple(part.attachments),
        )
        for part in parts
    )
    return Divided(tuple(head), sections, tuple(tables), signature, tuple(_doubts(parts)))


def _take_line(text: str, head: list[str], parts: list[_Open], *, is_inside: bool) -> None:
    heading = read_heading(text) if is_inside else None
    if heading is None and parts and parts[-1].heading.number >= SECTION_COUNT:
        extra = _EXTRA.match(text)
        if extra is not None:
            numeral = "一二三四五六七八九".index(extra[1]) + 1
            heading = ReadHeading(numeral, numeral, extra[2].strip(), is_official=False)
    if heading is not None and not _is_repeat(parts, heading):
        parts.append(_Open(heading))
    elif parts:
        parts[-1].lines.append(text)
    else:
        head.append(text)


def _first_section(blocks: Sequence[Block]) -> int:
    """Where the report's own section 1 starts: after a table of contents, if there is one.

    A list of contents shows the same headings with nothing under them; the last heading of section 1
    that is followed by text before the next heading is the real one.
    """
    last_heading = -1
    starts = []
    for number, block in enumerate(blocks):
        if not isinstance(block, Paragraph):
            if last_heading >= 0 and isinstance(block, Table | Picture):
                break
            continue
        heading = read_heading(block.text)
        if heading is None:
            if last_heading >= 0:
                break
        else:
            if heading.number == 1:
                starts.append(number)
            last_heading = number
    return starts[-1] if len(starts) > 1 else 0


def _is_repeat(parts: Sequence[_Open], heading: ReadHeading) -> bool:
    """A heading repeated as a caption right under itself."""
    return (
        bool(parts) and parts[-1].heading.number == heading.number and heading.numeral is None and not parts[-1].lines
    )


def _caption_headings(table: Table) -> list[_Open]:
    found = []
    for row in table.rows:
        printed = [cell.text for cell in row if cell.text.strip()]
        if len(printed) == 1:
            heading = read_heading(printed[0])
            if heading is not None:
                found.append(_Open(heading))
    return found


def _with_captions(parts: list[_Open], captions: list[_Open]) -> list[_Open]:
    """A section whose heading is only its table's first row is there all the same."""
    present = {part.heading.number for part in parts}
    missing = {part.heading.number: part for part in captions if part.heading.number not in present}
    if not missing or not parts:
        return parts
    result: list[_Open] = []
    for part in parts:
        result.extend(missing.pop(number) for number in sorted(missing) if number < part.heading.number)
        result.append(part)
    return result + [missing[number] for number in sorted(missing)]


def _cut_footer(parts: Sequence[_Open]) -> None:
    if not parts:
        return
    lines = parts[-1].lines
    for number, line in enumerate(lines):
        if _FOOTER.match(line):
            del lines[number:]
            return


def _take_signature(parts: Sequence[_Open]) -> Signature:
    """The signer and date at the end of the last section, taken out of its text."""
    if not parts:
        return Signature(None, None)
    lines = parts[-1].lines
    signed_on = None
    name = None
    if lines and len(lines[-1]) <= _MAX_SIGNATURE:
        read = read_date(lines[-1])
        if read is not None:
            signed_on = read.date
            before = re.sub(_MARKS, "", read.before)
            if not re.sub(_MARKS, "", read.after) and (not before or _SIGNER.match(before)):
                lines.pop()
                name = before or None
            else:
                signed_on = None
    if name is None and len(lines) > 1 and _is_signer(lines[-1]):
        name = lines.pop()
    return Signature(re.sub(r"\s+", "", name) if name else None, signed_on)


def _is_signer(line: str) -> bool:
    flat = re.sub(r"\s+", "", line)
    return (
        bool(_SIGNER.match(line))
        and flat.endswith(
            (
                "政府",
                "局",
                "办公室",
                "办事处",
                "委员会",
                "厅",
                "委",
                "管委会",
                "部",
                "署",
                "院",
                "中心",
                "镇",
                "乡",
                "街道",
                "大队",
                "总队",
                "支队",
            )
        )
        and "无" not in flat[:1]
    )


def _doubts(parts: Sequence[_Open]) -> list[Doubt]:
    doubts = []
    numbers = [part.heading.number for part in parts]
    regular = [number for number in numbers if number <= SECTION_COUNT]
    if regular != sorted(set(regular)):
        doubts.append(
            Doubt(
                DoubtKind.SECTION_ORDER,
                "sections",
                "、".join(map(str, regular)),
                "章节顺序与格式不同或有重复",
                {"numbers": numbers},
            )
        )
    for part in parts:
        heading = part.heading
        if heading.number > SECTION_COUNT:
            doubts.append(
                Doubt(DoubtKind.SECTION_EXTRA, f"sections/{heading.number}", heading.words, "格式只有六个部分")
            )
        elif not heading.is_official or heading.numeral not in {heading.number, None}:
            doubts.append(
                Doubt(DoubtKind.HEADING_VARIANT, f"sections/{heading.number}", heading.words, "标题与格式的写法不同")
            )
    return doubts
