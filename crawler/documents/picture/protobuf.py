"""The fields of protobuf messages, taken apart and put together: enough to change a model file in memory.

The encoding: https://protobuf.dev/programming-guides/encoding/; what the numbers of a model's fields mean:
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Values = NDArray[np.generic]

_DTYPES = {1: "<f4", 2: "|u1", 3: "|i1", 7: "<i8"}
_INTEGER, _INTEGERS = 2, 7
"""Kinds of an attribute."""


class UnknownModelError(ValueError):
    """The model is not the one whose form is known."""


class Field(NamedTuple):
    """A field of a message: its number, its content (of a number: empty) and its bytes, `value` if it is a number."""

    number: int
    content: bytes
    raw: bytes
    value: int


def fields(message: bytes) -> Iterator[Field]:
    """The fields of a message in order. Raises UnknownModelError for what is torn or no message."""
    place = 0
    while place < len(message):
        start, value = place, 0
        key, place = _varint(message, place)
        first = place
        match key & 7:
            case 0:
                value, place = _varint(message, place)
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
        yield Field(key >> 3, message[first:place], message[start:place], value)


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


def field(number: int, content: bytes) -> bytes:
    """A field that holds bytes, text or a message."""
    return _as_varint(number << 3 | 2) + _as_varint(len(content)) + content


def integer(number: int, value: int) -> bytes:
    """A field that holds a number, 0 or more."""
    return _as_varint(number << 3) + _as_varint(value)


def node(kind: bytes, inputs: tuple[bytes, ...], output: bytes, attributes: bytes = b"", domain: bytes = b"") -> bytes:
    """An operation of a model's graph, named by its output; an input without a name is left out."""
    wired = b"".join(field(1, name) for name in inputs) + field(2, output) + field(3, output)
    return wired + field(4, kind) + attributes + (field(7, domain) if domain else b"")


def attribute(name: bytes, value: int | tuple[int, ...]) -> bytes:
    """A node's attribute: one number or several."""
    if isinstance(value, int):
        return field(5, field(1, name) + integer(3, value) + integer(20, _INTEGER))
    return field(5, field(1, name) + b"".join(integer(8, each) for each in value) + integer(20, _INTEGERS))


def tensor(name: bytes, values: Values) -> bytes:
    """Values of a graph: floats, bytes or 64-bit numbers."""
    kind = next(kind for kind, dtype in _DTYPES.items() if np.dtype(dtype) == values.dtype)
    shape = b"".join(integer(1, size) for size in values.shape)
    return shape + integer(2, kind) + field(8, name) + field(9, np.ascontiguousarray(values).tobytes())


def tensor_values(message: bytes) -> Values:
    """What a tensor holds. Raises UnknownModelError where it is stored in another way than `tensor` does."""
    parts = list(fields(message))
    shape = [part.value for part in parts if part.number == 1]
    dtype = next((_DTYPES.get(part.value) for part in parts if part.number == 2), None)  # noqa: PLR2004 (the kind)
    data = next((part.content for part in parts if part.number == 9), b"")  # noqa: PLR2004 (the bytes)
    if dtype is None or len(data) != int(np.prod(shape)) * np.dtype(dtype).itemsize:
        unknown = "a tensor is stored in another way"
        raise UnknownModelError(unknown)
    return np.frombuffer(data, dtype=dtype).reshape(shape)


def texts(message: bytes, number: int) -> list[bytes]:
    """The contents of all fields of that number."""
    return [part.content for part in fields(message) if part.number == number]
