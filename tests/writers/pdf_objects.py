"""PDFs written object by object, as no program would write them."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def plain_pdf(
    content: bytes, *, more: Iterable[bytes] = (), resources: bytes = b"<<>>", box: bytes = b"0 0 595 842"
) -> bytes:
    """A PDF of one page written object by object; those of `more` begin with number 5."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources %s>>" % (box, resources),
        packed_stream(content),
        *more,
    ]
    made = bytearray(b"%PDF-1.4\n")
    places = []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj%s endobj\n" % (number, each)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(made + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


def cid_font(cmap: bytes) -> list[bytes]:
    """Objects 5 to 7: a font of two-byte codes with that table of what they mean."""
    return [
        b"<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(A)/Ordering(I)/Supplement 0>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(cmap), cmap),
    ]


def image(width: int, height: int, data: bytes, *, filters: bytes = b"") -> bytes:
    """An image of one bit a pixel."""
    head = b"/Type/XObject/Subtype/Image/BitsPerComponent 1/ColorSpace/DeviceGray"
    return b"<<%s/Width %d/Height %d%s/Length %d>>stream\n%s\nendstream" % (
        head, width, height, filters, len(data), data
    )  # fmt: skip


def form(content: bytes) -> bytes:
    """A form that may draw object 5, by the name X."""
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X 5 0 R>>>>"
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (head, len(content), content)


def packed_stream(content: bytes) -> bytes:
    """A stream as most are: packed by zlib."""
    packed = zlib.compress(content)
    return b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed)
