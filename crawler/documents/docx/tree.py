"""The main part of a Word document to a tree whose text nodes are the printed text, and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

from crawler.documents.docx import names as n
from crawler.documents.whitespace import LINE_BREAK, inner_text
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lxml.etree import _Element

MAX_WEIGHT = 320 * 1024 * 1024
"""Estimated bytes of the tree. A report has 30,000 elements, which is 10 MB."""
_HEAD = 8000
_SMALL = 8 * 1024 * 1024
_ELEMENT_WEIGHT, _ATTRIBUTE_WEIGHT = 150, 250
_UNICODE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
# What is renamed to this is freed by one pass in C; to remove subtrees one by one is a hundred times slower.
_DROPPED = n.W + "dropped"
_FEW = 100
"""So many, a pass over all of the tree takes longer than to remove each."""
_CHANGES = (n.DELETED, n.MOVED_AWAY, n.CELL_DELETED, n.ROW_HIDDEN)
_STYLED = (n.STYLE_USED, n.RUN_STYLE)
_PRINTED_MARKS = (n.TAB, n.ALIGNED_TAB, n.BREAK, n.RETURN, n.HYPHEN, n.SYMBOL)
"""What prints something by being there."""
_BEFORE_ELEMENTS = re.compile(rb"[^<]+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
"""What stands before the first element besides a document type declaration."""
_PRIVATE_USE = range(0xE000, 0xF900)
_SYMBOL_PAGE = 0xF000
_SYMBOL_FONT = "symbol"


def part_tree(data: bytes, name: str) -> _Element:
    """The tree of one part in the namespaces that all programs but strict ones write.

    Raises UnreadableError: `damaged` (no XML, or a document type declaration, which no Office program
    writes), `nested_too_deeply`, `too_large`.
    """
    data = usual_form(data)
    if _is_declared(data):
        raise UnreadableError("damaged", f"{name} holds a document type declaration")
    weight = (
        0
        if len(data) < _SMALL
        else (data.count(b"<") - data.count(b"</")) * _ELEMENT_WEIGHT + data.count(b"=") * _ATTRIBUTE_WEIGHT
    )
    if weight > MAX_WEIGHT:
        raise UnreadableError("too_large", f"{name} would take {weight >> 20} MB, {MAX_WEIGHT >> 20} are read at most")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_blank_text=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = str(error)
        reason = "nested_too_deeply" if "depth" in message else "too_large" if "limit" in message else "damaged"
        raise UnreadableError(reason, f"{name}: {message[:200]}") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableError("damaged", f"{name} holds a document type declaration")
    return root


def _is_declared(data: bytes) -> bool:
    """Does a document type declaration stand before the first element?"""
    # Not by one pattern that repeats: before Python 3.11.5 a possessive group forgets where it failed.
    end = 0
    while (skipped := _BEFORE_ELEMENTS.match(data, end)) is not None:
        end = skipped.end()
    return data.startswith(b"<!", end)


def usual_form(data: bytes) -> bytes:
    """The part in UTF-8 and in the namespaces of ISO 29500 Transitional."""
    if data.startswith(_UNICODE_MARKS):
        data = _DECLARATION.sub("", data.decode("utf-16", "replace")).encode()
    # Whoever writes strict declares it at the top.
    if data.find(b"purl.oclc.org/ooxml", 0, _HEAD) >= 0:
        for strict, usual in n.STRICT_NAMESPACES:
            data = data.replace(strict, usual)
    return data


def by_name(root: _Element, *names: str) -> Mapping[str, list[_Element]]:
    """All elements of these names under this one, those of each name in the order of the document."""
    found: dict[str, list[_Element]] = {name: [] for name in names}
    for element in root.iter(*names):
        found[element.tag].append(element)  # type: ignore[index]
    return found


def keep_the_printed(
    root: _Element, data: bytes, hides: Callable[[str], bool], *wanted: str
) -> Mapping[str, list[_Element]]:
    """Takes out of the tree what is not printed, and writes into it as text what is printed otherwise.

    Tracked changes are taken as accepted. `data` are the part's bytes; `hides` answers whether text in a
    style is not printed. The answer are the elements that are left of the names that are `wanted`.
    """
    emptied = _drop_unaccepted(root)
    marks = by_name(root, n.VANISH, *_STYLED, *_PRINTED_MARKS, n.FIELD_MARK, n.RAISED, *n.WRAPPERS, *wanted)
    is_dropped = _drop_hidden(marks, hides)
    # A text that begins or ends with a blank and does not say that it is printed.
    if re.search(rb"<%st>(?:\s|[^<]*+(?<=\s))" % (f"{root.prefix}:".encode() if root.prefix else b""), data):
        _trim(root)
    for name in _PRINTED_MARKS:
        for element in marks[name]:
            element.text = _printed(element)
    if marks[n.FIELD_MARK]:
        _empty_field_codes(root)
    if any(marks[name] for name in n.WRAPPERS):
        etree.strip_tags(root, *n.WRAPPERS)
    for mark in marks[n.RAISED]:
        _mark_note(mark)
    for paragraph in emptied:
        if not inner_text(paragraph).strip():
            paragraph.tag = _DROPPED
            is_dropped = True
    if not is_dropped:
        return marks
    etree.strip_elements(root, _DROPPED, with_tail=False)
    return by_name(root, *wanted)


def _drop_unaccepted(root: _Element) -> list[_Element]:
    """Drops what is not shown of alternatives and changes, and all that is never printed.

    The answer are the paragraphs whose mark is deleted: they go when they are empty.
    """
    found = by_name(root, n.ALTERNATIVES, *_CHANGES, *n.NEVER_PRINTED)
    for alternatives in found[n.ALTERNATIVES]:
        _choose(alternatives)
    if found[n.ALTERNATIVES]:
        etree.strip_elements(root, _DROPPED, with_tail=False)
        found = by_name(root, *_CHANGES, *n.NEVER_PRINTED)
    emptied, deleted = _deleted(found)
    _drop(root, [*deleted, *(each for name in n.NEVER_PRINTED for each in found[name])])
    return emptied


def _drop(root: _Element, elements: Sequence[_Element]) -> None:
    """Takes elements out of the tree, with all they hold; what stands behind them stays."""
    if len(elements) > _FEW or any(each.tail for each in elements):
        for element in elements:
            element.tag = _DROPPED
        etree.strip_elements(root, _DROPPED, with_tail=False)
        return
    for element in elements:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _choose(alternatives: _Element) -> None:
    """Keeps the one alternative that is shown: the first choice with text or a picture in it, else the fallback."""
    choices = alternatives.iterchildren(n.CHOICE, n.FALLBACK)
    shown = (n.TEXT, n.TEXT_BOX, n.BITMAP, n.OLD_BITMAP, n.BREAK, n.TAB, n.PARAGRAPH, n.LETTERED_SHAPE)
    kept = next((choice for choice in choices if next(choice.iter(*shown), None) is not None), None)
    for choice in alternatives.iterchildren(n.CHOICE, n.FALLBACK):
        if choice is not kept:
            choice.tag = _DROPPED


def _deleted(changes: Mapping[str, list[_Element]]) -> tuple[list[_Element], list[_Element]]:
    """The paragraphs whose mark is deleted, which go when they are empty; the rows and cells that are deleted."""
    emptied: list[_Element] = []
    deleted: list[_Element] = []
    for mark in (mark for name in _CHANGES for mark in changes[name]):
        marks = mark.getparent()
        owner = marks.getparent() if marks is not None else None
        if marks is None or owner is None:
            continue
        if marks.tag == n.ROW_MARKS:
            if mark.tag != n.ROW_HIDDEN or n.is_on(mark.get(n.VALUE)):
                deleted.append(owner)
        elif marks.tag == n.CELL_MARKS:
            deleted.append(owner)
        elif owner.tag == n.PARAGRAPH_MARKS:
            paragraph = owner.getparent()
            if paragraph is not None:
                emptied.append(paragraph)
    return emptied, deleted


def _drop_hidden(marks: Mapping[str, list[_Element]], hides: Callable[[str], bool]) -> bool:
    """Drops the runs and paragraphs that say of themselves, or in whose style it is said, that they are not printed.

    Were there any?
    """
    hidden = [mark for mark in marks[n.VANISH] if n.is_on(mark.get(n.VALUE))]
    for name in _STYLED:
        styles = {style for style in {_value(mark) for mark in marks[name]} if hides(style)}
        hidden.extend(mark for mark in marks[name] if styles and _value(mark) in styles)
    for mark in hidden:
        holder = mark.getparent()
        owner = holder.getparent() if holder is not None else None
        if owner is None or holder is None:
            continue
        if owner.tag == n.RUN or (holder.tag == n.PARAGRAPH_MARKS and owner.tag == n.PARAGRAPH):
            owner.tag = _DROPPED
    return bool(hidden)


def _value(mark: _Element) -> str:
    return mark.get(n.VALUE) or ""


def _trim(root: _Element) -> None:
    """Blanks at the ends of a text are printed only where it says so."""
    for text in root.iter(n.TEXT):
        if text.text and text.get(n.SPACE) != "preserve":
            text.text = text.text.strip(" \t\r\n")


def _printed(element: _Element) -> str:
    if element.tag in {n.BREAK, n.RETURN}:
        return LINE_BREAK
    if element.tag == n.HYPHEN:
        return "-"
    if element.tag != n.SYMBOL:
        return "\t"
    try:
        code = int(element.get(n.W + "char") or "", 16)
    except ValueError:
        return ""
    if code in _PRIVATE_USE:
        # Wingdings and its like draw a box or an arrow where the same code is a letter elsewhere.
        is_text = (element.get(n.W + "font") or "").lower() == _SYMBOL_FONT
        code = code - _SYMBOL_PAGE if is_text else 0
        return chr(code) if 0x20 <= code < 0x40 else ""  # noqa: PLR2004 (digits and punctuation, as in ASCII)
    is_writable = 0x20 <= code < 0xD800 or 0xF900 <= code < 0xFFFE or 0x10000 <= code < 0x110000  # noqa: PLR2004
    return chr(code) if is_writable else ""


@dataclass(slots=True)
class _Field:
    codes: list[_Element] = field(default_factory=list)
    is_code: bool = True


def _empty_field_codes(root: _Element) -> None:
    """What stands between a field's beginning and its result is its code, even where it looks like text."""
    opened: list[_Field] = []
    for element in root.iter(n.FIELD_MARK, n.TEXT, n.TAB, n.BREAK, n.SYMBOL):
        if element.tag != n.FIELD_MARK:
            outer = next((each for each in opened if each.is_code), None) if opened else None
            if outer is not None:
                outer.codes.append(element)
            continue
        kind = element.get(n.W + "fldCharType")
        if kind == "begin":
            opened.append(_Field())
        elif opened and kind in {"separate", "end"}:
            # A field that never ends hides nothing: what follows is the rest of the document.
            if opened[-1].is_code:
                for code in opened[-1].codes:
                    code.text = None
                opened[-1].is_code = False
            if kind == "end":
                opened.pop()


def _mark_note(mark: _Element) -> None:
    """A raised number behind text is put into brackets: 12 with a raised 1 is not 121."""
    marks = mark.getparent()
    run = marks.getparent() if marks is not None else None
    if run is None or run.tag != n.RUN or mark.get(n.VALUE) != "superscript":
        return
    raised = inner_text(run).strip()
    if not raised.isalnum():
        return
    before = run.getprevious()
    while before is not None and not inner_text(before).strip():
        before = before.getprevious()
    texts = list(run.iter(n.TEXT))
    if before is not None and texts:
        texts[0].text = f"[{texts[0].text or ''}"
        texts[-1].text = f"{texts[-1].text or ''}]"


def own_text(paragraph: _Element) -> str:
    """The text of a paragraph in which drawings are anchored, without what stands in them."""
    printed = paragraph.iter(
        n.PARAGRAPH_MARKS, n.TEXT, n.FORMULA_TEXT, n.TAB, n.ALIGNED_TAB, n.BREAK, n.RETURN, n.HYPHEN, n.SYMBOL
    )
    return "".join(
        (element.tail if element.tag == n.PARAGRAPH_MARKS else element.text) or ""
        for element in printed
        if next(element.iterancestors(n.PARAGRAPH), None) is paragraph
    )
