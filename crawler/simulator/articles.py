"""What is inside an article page: a report's body in one of the ways that portals' editors receive it."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from crawler.simulator.renderers.broken_tables import caption_rows_body, page_broken_body
from crawler.simulator.renderers.dialect_p import text_p, text_p_phantom
from crawler.simulator.renderers.dialect_w import text_w
from crawler.simulator.renderers.markup import plain_body
from crawler.simulator.renderers.preformatted import pre_p_body, pre_w_body
from crawler.simulator.renderers.word import word_body, wps_body

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from crawler.simulator.made_up import MadeUpReport


def _typed(report: MadeUpReport, random: Random) -> str:
    del random
    return plain_body(report, has_title=False)


BODIES: Mapping[str, Callable[[MadeUpReport, Random], str]] = {
    "typed": _typed,
    "word": word_body,
    "wps": wps_body,
    "caption_rows": caption_rows_body,
    "page_broken": page_broken_body,
    "pre_w": pre_w_body,
    "pre_p": pre_p_body,
}
"""Name → the markup inside the article's container."""

TEXT_FILES: Mapping[str, Callable[[MadeUpReport, Random], str]] = {
    "file_w": text_w,
    "file_p": text_p,
    "file_p_phantom": text_p_phantom,
}
"""Name → the text of a file that the list links to in place of an article."""


def white_picture() -> bytes:
    """A PNG without a mark on it, in place of a photographed table."""
    width, height = 640, 360
    rows = b"".join(b"\x00" + b"\xff" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
