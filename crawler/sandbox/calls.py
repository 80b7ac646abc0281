"""What goes into a worker, what comes out of it, and how it is written on the pipe between."""

from __future__ import annotations

import io
import pickle
import struct
import sys
from enum import Enum, EnumType
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.errors import UnreadableError

MIB = 1024 * 1024


class Limits(NamedTuple):
    """What one call may use: bytes of address space beyond what the idle worker has, seconds of processor
    and of the clock on the wall."""

    memory: int
    cpu_seconds: float
    wall_seconds: float


# The clock's limit is the looser one: what a busy machine is slow at must still come out the same.
ORDINARY = Limits(1024 * MIB, 60, 120)


class Call(NamedTuple):
    """A function of a module with its arguments; both must be picklable.

    `limits_of` is asked in the worker, with the same arguments and under the pool's ordinary limits, how
    much this call may use; None: the ordinary limits.
    """

    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    limits_of: Callable[..., Limits] | None = None


class Result(NamedTuple):
    """What a call came to: its value, or the error that says why there is none.

    The error's reason is the call's own where it raised UnreadableError, `parser_failed` for any other
    exception, `too_slow`, `out_of_memory` or `worker_died` where the worker had to be given up. `trace`
    is for the log: the traceback, or what a dying worker said last.
    """

    value: Any = None
    error: UnreadableError | None = None
    trace: str = ""


HEAD = struct.Struct("<c?Q")
"""Before every message: its kind, whether its sender ends after it, and the number of bytes that follow."""

CALL = b"c"
READY, LIMITS, DONE, FAILED = b"r", b"l", b"d", b"f"
"""A worker's messages: it has started; the limits of this call; the value; the reason, detail and trace of
why there is none."""

MAX_RESULT = 512 * MIB

_PLAIN = frozenset(
    {
        ("builtins", "bytearray"),
        ("builtins", "complex"),
        ("builtins", "frozenset"),
        ("builtins", "set"),
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("datetime", "timezone"),
        ("decimal", "Decimal"),
    }
)
_GETATTR = ("builtins", "getattr")
"""By which Pythons before 3.11.4 write the members of enumerations."""
_OURS = ("crawler.", "storage.")


def packed(value: object) -> bytes:
    """The value as bytes for the pipe."""
    return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)


class _Unpickler(pickle.Unpickler):
    """Pickle runs what it is told to; a worker that hostile bytes have taken over may only name our records."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 (as pickle declares it)
        if (module, name) in _PLAIN:
            return super().find_class(module, name)
        if (module, name) == _GETATTR:
            return _member
        if module.startswith(_OURS) and "." not in name:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"a worker sent {module}.{name}, which is none of our records")


def _member(enumeration: object, name: str) -> Enum:
    if isinstance(enumeration, EnumType):
        member: Enum = enumeration[name]
        return member
    raise pickle.UnpicklingError(f"a worker asked {enumeration!r} for its {name}, and it is no enumeration")


def unpacked(data: bytes) -> Any:  # noqa: ANN401 (whatever the function gave)
    """The value in bytes that a worker sent. UnpicklingError, or whatever broken pickles raise, for others."""
    return _Unpickler(io.BytesIO(data)).load()


def search_path() -> str:
    """Where this process finds its modules, so that a worker finds the same."""
    return ":".join(part for part in sys.path if part)
