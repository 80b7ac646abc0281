"""The element and attribute names of WordprocessingML that a reader must know, with their namespaces."""

from __future__ import annotations

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_VML = "{urn:schemas-microsoft-com:vml}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"

BODY, PARAGRAPH, RUN, TEXT, TABLE, ROW, CELL = (W + name for name in ("body", "p", "r", "t", "tbl", "tr", "tc"))
PARAGRAPH_MARKS, RUN_MARKS, ROW_MARKS, CELL_MARKS = (W + name for name in ("pPr", "rPr", "trPr", "tcPr"))
VALUE = W + "val"

GRID_SPAN, VERTICAL_MERGE, HORIZONTAL_MERGE, GRID_BEFORE = (
    W + name for name in ("gridSpan", "vMerge", "hMerge", "gridBefore")
)
ROW_HIDDEN, CELL_DELETED, DELETED, MOVED_AWAY = (W + name for name in ("hidden", "cellDel", "del", "moveFrom"))
STYLE_USED, RUN_STYLE, NUMBERED, OUTLINE_LEVEL = (W + name for name in ("pStyle", "rStyle", "numPr", "outlineLvl"))
NUMBER_LIST, NUMBER_LEVEL = W + "numId", W + "ilvl"
VANISH, RAISED, FIELD_MARK = W + "vanish", W + "vertAlign", W + "fldChar"
TAB, ALIGNED_TAB, BREAK, RETURN, HYPHEN, SYMBOL = (
    W + name for name in ("tab", "ptab", "br", "cr", "noBreakHyphen", "sym")
)
TEXT_BOX, EMBEDDED_FILE = W + "txbxContent", W + "altChunk"
DRAWING, OLD_DRAWING, EMBEDDED_OBJECT = W + "drawing", W + "pict", W + "object"
FORMULA_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"

ALTERNATIVES, CHOICE, FALLBACK = _MC + "AlternateContent", _MC + "Choice", _MC + "Fallback"
BITMAP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
OLD_BITMAP, LETTERED_SHAPE = _VML + "imagedata", _VML + "textpath"
EMBEDDED, LINKED, TARGET_ID = _R + "embed", _R + "link", _R + "id"
RELATION = _PACKAGE + "Relationship"

NEVER_PRINTED = (
    *(W + f"{name}Change" for name in ("pPr", "rPr", "tblPr", "tblPrEx", "trPr", "tcPr", "sectPr", "tblGrid")),
    *(W + name for name in ("numberingChange", "sdtPr", "sdtEndPr", "customXmlPr", "smartTagPr", "tabs", "ffData")),
    *(W + name for name in ("instrText", "delText", "delInstrText", "fldData", "rt", "rubyPr", "binData")),
    *(W + name for name in ("del", "moveFrom", "footnotePr", "endnotePr", "sectPr")),
)
"""Taken out with all they hold: earlier formatting, field codes, deleted and moved text, the reading above a word."""

WRAPPERS = (
    *(W + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "hyperlink", "fldSimple", "dir", "bdo")),
    *(W + name for name in ("ins", "moveTo", "ruby", "rubyBase")),
    ALTERNATIVES,
    CHOICE,
    FALLBACK,
)
"""Taken away around what they hold."""

STRICT_NAMESPACES = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", W[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/officeDocument/relationships", _R[1:-1].encode()),
    (b"http://purl.oclc.org/ooxml/drawingml/main", b"http://schemas.openxmlformats.org/drawingml/2006/main"),
)
"""ISO 29500 Strict → what every other program writes; the elements are the same."""


def is_on(value: str | None) -> bool:
    """A switch without value is on."""
    return value not in {"0", "false", "off", "none"}
