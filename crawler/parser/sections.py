"""The blocks of a document to title lines, preamble, six sections, and signature."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.model import Paragraph, Picture, Table
from crawler.parser.calendar import read_date
from crawler.parser.signature import Signature, take_signature
from storage.forms import FORMS, ReadHeading, label, read_heading
from storage.forms.common import APPLICANT_HEADER, ITEM_HEADER, LITIGATION_HEADER, ORGANISATION_HEADER
from storage.report import Doubt, DoubtKind, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.documents.model import Block, TableCell

SECTION_COUNT = 6

_NUMERAL = re.compile(
    r"^\s*(?:第?[一二三四五六七八九](?:部分|章)?[、.．,，:：]|第[一二三四五六七八九](?:部分|章)|[(（][一二三四五六七八九][)）]|[1-9][、.．])"
)
_EXTRA = re.compile(r"^\s*([七八九])[、.．,，:：]\s*(.{2,38})$")
_FOOTER = re.compile(
    r"^(?:上一篇|下一篇|上一条|下一条|【?打印|【?关闭|分享到?|扫一扫|版权所有|主办单位|主办[:：]|承办|网站标识码|地址[:：].*邮编|备案|责任编辑|相关(?:链接|附件|文章|新闻|信息|阅读|稿件|文件|报道|推荐)|附件下载|(?:信息来源|来源|编辑|责编|作者|审核|供稿)[:：]|【?(?:纠错|收藏)|微信扫|返回顶部|[A-Za-z]*ICP备|.{0,4}ICP备|.{0,6}公网安备|您访问|浏览次数|字体[:：]|友情链接|网站地图|联系我们)"
)
_PAGE_NUMBER = re.compile(r"^[\s\-—–―·第]*\d{1,3}[\s\-—–―·页]*(?:[/共]\s*\d{1,3}\s*页?)?$")
_LEADER = re.compile(
    r"[.。…·\s\d\-—–_;；,，]*(?:错误[!！]\s*(?:未定义书签|未找到引用源)|Error[:!].{0,40})?[.。…·\s\d\-—–_;；,，]*$"
)
"""What follows a heading in a list of contents; Word and LibreOffice put an error where they lost the page."""
_CAPTIONS = frozenset(
    (table.section, label(block.label))
    for form in FORMS.values()
    for table in form.tables
    for block in table.blocks
    if block.label
)
"""The titles of a table's blocks, with the section that it stands in."""
_UNIT = re.compile(r"\s*[(（]?\s*(?:计量)?单位\s*[:：]\s*[件条项宗次个、/万元亿]{1,6}\s*[)）]?\s*")
_SPANNING = (APPLICANT_HEADER, ORGANISATION_HEADER, ITEM_HEADER, LITIGATION_HEADER)
_HEADS = {
    table.section: (
        re.compile(
            "|".join(
                sorted(
                    {
                        label(name)
                        for form in FORMS.values()
                        for one in form.tables
                        if one.key == table.key
                        for name in (
                            *_SPANNING,
                            *(column.label for block in one.blocks for column in block.columns),
                            *(row.label for row in one.rows if one.is_flat),
                        )
                    },
                    key=len,
                    reverse=True,
                )
            )
        ),
        "|".join((label(table.corner), *(label(column.label) for column in table.columns(table.rows[0].key)))),
    )
    for table in next(iter(FORMS.values())).tables
}
"""For each section with a table the names of its columns, and the words in its corner."""
_MAX_HEAD = 240
_MAX_TORN = 30
_MIN_LISTED = 3
_MAX_LISTED = 120
_MAX_SIGNED_ROWS = 4


class Divided(NamedTuple):
    """A document by its sections. `head` are the paragraphs before section 1, titles among them.

    `captions`: a section's number → lines of it that are heads of its table and no part of its text.
    """

    head: tuple[str, ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    signature: Signature
    doubts: tuple[Doubt, ...]
    captions: Mapping[int, str]


@dataclass(slots=True)
class _Open:
    heading: ReadHeading
    lines: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)


def divide(blocks: Sequence[Block]) -> Divided:
    """The sections of a document, by the words of their headings; rows of tables are never headings."""
    blocks = list(_with_whole_headings(blocks))
    listed = _contents_list(blocks)
    head: list[str] = []
    parts: list[_Open] = []
    tables: list[Table] = []
    captions: list[_Open] = []
    for number, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            if len(block.text) > _MAX_TORN or not _PAGE_NUMBER.match(block.text):
                _take_line(block.text, head, parts, is_listed=number in listed)
        elif isinstance(block, Table):
            if parts and parts[-1].heading.number >= SECTION_COUNT and _is_signed(block):
                parts[-1].lines.extend(cell.text for row in block.rows for cell in row if cell.text)
                continue
            tables.append(block)
            captions.extend(_caption_headings(block))
            if parts:
                parts[-1].pictures.extend(block.pictures)
        elif parts:
            (parts[-1].pictures if isinstance(block, Picture) else parts[-1].attachments).append(block.source)
    _cut_footer(parts)
    signature = take_signature(parts[-1].lines) if parts else Signature(None, None)
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
    heads = {part.heading.number: "\n".join(part.captions) for part in parts if part.captions}
    return Divided(tuple(head), sections, tuple(tables), signature, tuple(_doubts(parts)), heads)


def _take_line(text: str, head: list[str], parts: list[_Open], *, is_listed: bool) -> None:
    heading = read_heading(text) if not is_listed else None
    if heading is None and parts and parts[-1].heading.number >= SECTION_COUNT:
        extra = _EXTRA.match(text)
        if extra is not None:
            numeral = "一二三四五六七八九".index(extra[1]) + 1
            heading = ReadHeading(numeral, numeral, extra[2].strip(), is_official=False)
    if heading is not None:
        if not _is_repeat(parts, heading):
            parts.append(_Open(heading))
    elif parts:
        is_caption = _is_caption(text, parts[-1].heading.number)
        (parts[-1].captions if is_caption else parts[-1].lines).append(text)
    else:
        head.append(text)


def _is_caption(text: str, section: int) -> bool:
    """Does this line belong to the section's table, though it is printed outside of its lines?"""
    if section not in _HEADS or len(text) > _MAX_HEAD:
        return False
    words = label(text)
    return (section, words) in _CAPTIONS or _UNIT.fullmatch(text) is not None or _is_torn_head(words, section)


def _is_torn_head(words: str, section: int) -> bool:
    """Is this nothing but the names of the table's columns, and pieces of what stands in its corner?"""
    names, printed = _HEADS[section]
    pieces = names.split(words)
    return bool(words) and (len(pieces) > 1 or "勾稽" in words) and all(_is_made_of(piece, printed) for piece in pieces)


def _is_made_of(piece: str, printed: str) -> bool:
    """Does it fall into pieces of what the table prints, of two letters at least?"""
    if piece in printed:
        return True
    longest = next((end for end in range(len(piece), 1, -1) if piece[:end] in printed), 0)
    return longest > 0 and _is_made_of(piece[longest:], printed)


def _with_whole_headings(blocks: Sequence[Block]) -> Iterator[Block]:
    """The blocks, with a heading that is broken over two or three lines as one."""
    position = 0
    while position < len(blocks):
        block = blocks[position]
        used = _lines_of_heading(blocks, position)
        if used > 1 and isinstance(block, Paragraph):
            parts = [part.text for part in blocks[position : position + used] if isinstance(part, Paragraph)]
            yield Paragraph("".join(parts), block.place, block.level)
        else:
            yield block
        position += used


def _lines_of_heading(blocks: Sequence[Block], position: int) -> int:
    block = blocks[position]
    if not isinstance(block, Paragraph) or len(block.text) > _MAX_TORN or not _NUMERAL.match(block.text):
        return 1
    own = read_heading(block.text)
    if own is not None and own.is_official:
        return 1
    text = block.text
    for count, following in enumerate(blocks[position + 1 : position + 3], start=2):
        if not isinstance(following, Paragraph) or len(following.text) > _MAX_TORN or _NUMERAL.match(following.text):
            return 1
        text += following.text
        whole = read_heading(text)
        if whole is not None and whole.is_official:
            return count
    return 1


def _contents_list(blocks: Sequence[Block]) -> frozenset[int]:
    """The lines of a list of contents: headings one after the other, all of which come again further on."""
    runs: list[list[tuple[int, int]]] = []
    is_run = False
    for position, block in enumerate(blocks):
        is_short = isinstance(block, Paragraph) and len(block.text) <= _MAX_LISTED
        heading = read_heading(_LEADER.sub("", block.text)) if is_short and isinstance(block, Paragraph) else None
        if heading is None:
            is_run = False
            continue
        if not is_run or heading.number <= runs[-1][-1][1]:
            runs.append([])
            is_run = True
        runs[-1].append((position, heading.number))
    listed: set[int] = set()
    later: set[int] = set()
    for run in reversed(runs):
        if len(run) >= _MIN_LISTED and all(section in later for _, section in run):
            listed.update(position for position, _ in run)
        later.update(section for _, section in run)
    return frozenset(listed)


def _is_repeat(parts: Sequence[_Open], heading: ReadHeading) -> bool:
    """A heading repeated as a caption right under itself."""
    return (
        bool(parts) and parts[-1].heading.number == heading.number and heading.numeral is None and not parts[-1].lines
    )


def _is_signed(table: Table) -> bool:
    """Does this table do nothing but set name and date to the right?"""
    printed = [cell.text for row in table.rows for cell in row if cell.text]
    return (
        len(table.rows) <= _MAX_SIGNED_ROWS
        and len(printed) <= _MAX_SIGNED_ROWS
        and bool(printed)
        and (read_date(printed[-1]) is not None)
    )


def _caption_headings(table: Table) -> list[_Open]:
    found = []
    for row in table.rows:
        alone = _only_text(row)
        heading = read_heading(alone) if alone is not None else None
        if heading is not None:
            found.append(_Open(heading))
    return found


def _only_text(row: Sequence[TableCell]) -> str | None:
    """The text of a row that prints one cell only, but for a unit; None for any other row."""
    only = None
    for cell in row:
        if cell.text and not cell.text.isspace() and not _UNIT.fullmatch(cell.text):
            if only is not None:
                return None
            only = cell.text
    return only


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
