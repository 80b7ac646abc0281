"""pdfium's functions as they are called here: objects are handles, or plain addresses."""

from __future__ import annotations

from ctypes import (
    POINTER,
    PYFUNCTYPE,
    Structure,
    byref,
    c_char,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_size_t,
    c_uint,
    c_ulong,
    c_void_p,
    cast,
)
from typing import TYPE_CHECKING, Any

import pypdfium2  # noqa: F401 (starts the library)
from pypdfium2 import raw

if TYPE_CHECKING:
    from collections.abc import Callable
    from ctypes import _CArgObject

    Function = Callable[..., Any]
    Reference = _CArgObject


class Handle(c_void_p):
    """An object of pdfium's that quick functions take as it is; its `value` is its address."""


class Box(Structure):
    """A rectangle; `bottom` is below `top`, since y grows upwards in PDF."""

    _fields_ = (("left", c_float), ("top", c_float), ("right", c_float), ("bottom", c_float))


TEXT, PATH, IMAGE, FORM = 1, 2, 3, 5
"""The types of page objects that hold ink which is read."""
INVISIBLE = 3
"""The render mode of text that is not drawn: the text layer of a scan."""
WRITTEN_ANNOTATIONS = frozenset({3, 13, 20})
"""Free text, stamps and form fields: annotations that show words of their own."""

_DOUBLE = POINTER(c_double)


def _bound(name: str, answer: Any, *arguments: Any) -> Function:  # noqa: ANN401 (ctypes' own types)
    address = cast(getattr(raw, name), c_void_p).value or 0
    # Calls are short and thousands: letting go of the interpreter's lock for each would cost more than the call.
    function: Function = PYFUNCTYPE(answer, *arguments)(address)
    return function


def _quick(name: str, answer: Any) -> Function:  # noqa: ANN401 (ctypes' own types)
    """The same for what is called thousands of times a page, in half the time: arguments are not converted.

    Objects must be handles or references, buffers references: a plain address would lose its upper half.
    """
    return _bound(name, answer)


def reference(handle: Handle) -> Reference:
    """A handle as what quick functions take with the least ado, for those called many times with the same one."""
    return byref(c_char.from_address(handle.value or 0))


load_document = _bound("FPDF_LoadMemDocument64", c_void_p, c_char_p, c_ulong, c_char_p)
close_document = _bound("FPDF_CloseDocument", None, c_void_p)
last_error = _bound("FPDF_GetLastError", c_ulong)
page_count = _bound("FPDF_GetPageCount", c_int, c_void_p)
load_page = _bound("FPDF_LoadPage", Handle, c_void_p, c_int)
close_page = _bound("FPDF_ClosePage", None, c_void_p)
page_box = _bound("FPDF_GetPageBoundingBox", c_int, c_void_p, POINTER(Box))
page_rotation = _bound("FPDFPage_GetRotation", c_int, c_void_p)
annotation_count = _bound("FPDFPage_GetAnnotCount", c_int, c_void_p)
annotation = _bound("FPDFPage_GetAnnot", c_void_p, c_void_p, c_int)
annotation_type = _bound("FPDFAnnot_GetSubtype", c_int, c_void_p)
close_annotation = _bound("FPDFPage_CloseAnnot", None, c_void_p)
flatten = _bound("FPDFPage_Flatten", c_int, c_void_p, c_int)

count_objects = _bound("FPDFPage_CountObjects", c_int, c_void_p)
page_object = _quick("FPDFPage_GetObject", c_size_t)
object_type = _quick("FPDFPageObj_GetType", c_int)
object_bounds = _quick("FPDFPageObj_GetBounds", None)
object_matrix = _quick("FPDFPageObj_GetMatrix", None)
stroke_width = _bound("FPDFPageObj_GetStrokeWidth", c_int, c_void_p, c_void_p)
fill_color = _bound("FPDFPageObj_GetFillColor", c_int, c_void_p, *[POINTER(c_uint)] * 4)
stroke_color = _bound("FPDFPageObj_GetStrokeColor", c_int, c_void_p, *[POINTER(c_uint)] * 4)
count_form_objects = _bound("FPDFFormObj_CountObjects", c_int, c_void_p)
form_object = _bound("FPDFFormObj_GetObject", c_size_t, c_void_p, c_ulong)

text_page = _bound("FPDFText_LoadPage", Handle, c_void_p)
close_text_page = _bound("FPDFText_ClosePage", None, c_void_p)
count_characters = _bound("FPDFText_CountChars", c_int, c_void_p)
page_text = _bound("FPDFText_GetText", c_int, c_void_p, c_int, c_int, c_void_p)
character = _bound("FPDFText_GetUnicode", c_uint, c_void_p, c_int)
is_generated = _bound("FPDFText_IsGenerated", c_int, c_void_p, c_int)
character_object = _quick("FPDFText_GetTextObject", c_size_t)
character_box = _bound("FPDFText_GetCharBox", c_int, c_void_p, c_int, _DOUBLE, _DOUBLE, _DOUBLE, _DOUBLE)
character_origin = _bound("FPDFText_GetCharOrigin", c_int, c_void_p, c_int, _DOUBLE, _DOUBLE)
font_size = _quick("FPDFTextObj_GetFontSize", None)
render_mode = _bound("FPDFTextObj_GetTextRenderMode", c_int, c_void_p)

image_size = _bound("FPDFImageObj_GetImagePixelSize", c_int, c_void_p, POINTER(c_uint), POINTER(c_uint))

draw_mode = _quick("FPDFPath_GetDrawMode", None)
count_segments = _bound("FPDFPath_CountSegments", c_int, c_void_p)
path_segment = _bound("FPDFPath_GetPathSegment", c_void_p, c_void_p, c_int)
segment_point = _bound("FPDFPathSegment_GetPoint", c_int, c_void_p, c_void_p, c_void_p)
segment_type = _bound("FPDFPathSegment_GetType", c_int, c_void_p)
segment_closes = _bound("FPDFPathSegment_GetClose", c_int, c_void_p)
