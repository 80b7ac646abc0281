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

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LOW = 24
"""Of the quick form's input, in pixels."""
_GRAPH, _NODE, _INITIALIZER, _INPUT, _OUTPUT, _VALUE_INFO = 7, 1, 5, 11, 12, 13
_FULL_HEIGHT = b"\x02\x08\x30"
"""A dimension of 48."""
_POOL, _LOW_POOL = b"@\x03@\x02", b"@\x02@\x02"
"""The last rows are made one: three of them, now two."""
_WEIGHTS, _BIASES = b"linear_8.w_0", b"linear_8.b_0"
_KEPT, _KEPT_WEIGHTS, _KEPT_BIASES = b"kept", b"kept.w", b"kept.b"
_INT64 = 7
_ALSO = frozenset("〇²³√✓☑☐□■ ")
_IDEOGRAPHS = ("\u3400", "\u9fff")


class UnknownModelError(ValueError):
    """The model is not the one whose form is known."""


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

    Raises UnknownModelError where a part of it is not as in PP-OCRv6_rec_small.
    """
    fields = list(_fields(model))
    if _GRAPH not in (number for number, _, _ in fields):
        empty = "there is no graph in the model"
        raise UnknownModelError(empty)
    return b"".join(
        _field(_GRAPH, _quick_graph(value, kept)) if number == _GRAPH else raw for number, value, raw in fields
    )


def _quick_graph(graph: bytes, kept: Sequence[int]) -> bytes:
    parts, changes = [], 0
    for number, value, raw in _fields(graph):
        changed = value
        match number:
            case _ if number == _VALUE_INFO:
                continue  # the shapes in between, as they were
            case _ if number == _INPUT:
                changed = value.replace(_FULL_HEIGHT, b"\x02\x08" + bytes([LOW]))
            case _ if number == _OUTPUT:
                # Its name alone, without its shape: a string, then a tensor of floats.
                name = next(part for field, part, _ in _fields(value) if field == 1)
                changed = _field(1, name) + _field(2, _field(1, _integer(1, 1)))
            case _ if number == _NODE and b"AveragePool" in value:
                changed = value.replace(_POOL, _LOW_POOL)
            case _ if number == _NODE:
                changed = value.replace(_field(1, _WEIGHTS), _field(1, _KEPT_WEIGHTS))
                changed = changed.replace(_field(1, _BIASES), _field(1, _KEPT_BIASES))
        changes += changed != value
        parts.append(raw if changed == value else _field(number, changed))
    if changes != 5:  # noqa: PLR2004 (input, pool, weights, biases, output)
        message = f"{changes} of 5 parts of the model are as in PP-OCRv6_rec_small"
        raise UnknownModelError(message)
    classes = np.asarray(kept, dtype="<i8").tobytes()
    dimensions = _integer(1, len(kept))
    parts += [
        _field(_INITIALIZER, dimensions + _integer(2, _INT64) + _field(8, _KEPT) + _field(9, classes)),
        _field(_NODE, _gathered(_WEIGHTS, _KEPT_WEIGHTS, axis=1)),
        _field(_NODE, _gathered(_BIASES, _KEPT_BIASES, axis=0)),
    ]
    return b"".join(parts)


def _gathered(table: bytes, name: bytes, *, axis: int) -> bytes:
    attribute = _field(1, b"axis") + _integer(3, axis) + _integer(20, 2)
    inputs = _field(1, table) + _field(1, _KEPT)
    return inputs + _field(2, name) + _field(3, name) + _field(4, b"Gather") + _field(5, attribute)


def _fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Number, content and whole of each field of a protobuf message; the content of a number is empty."""
    place = 0
    while place < len(message):
        start = place
        key, place = _varint(message, place)
        first = place
        match key & 7:
            case 0:
                _, place = _varint(message, place)
                first = place
            case 1:
                place += 8
            case 2:
                length, first = _varint(message, place)
                place = first + length
            case 5:
                place += 4
            case other:
                message_type = f"a field of type {other}"
                raise UnknownModelError(message_type)
        yield key >> 3, message[first:place], message[start:place]


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value, shift = 0, 0
    while place < len(message):
        part = message[place]
        place += 1
        value |= (part & 0x7F) << shift
        shift += 7
        if part < 0x80:  # noqa: PLR2004 (the highest bit says that more follows)
            return value, place
    torn = "the model is torn"
    raise UnknownModelError(torn)


def _as_varint(value: int) -> bytes:
    parts = []
    while value > 0x7F:  # noqa: PLR2004 (seven bits each)
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _field(number: int, content: bytes) -> bytes:
    return _as_varint(number << 3 | 2) + _as_varint(len(content)) + content


def _integer(number: int, value: int) -> bytes:
    return _as_varint(number << 3) + _as_varint(value)
