"""The worker's own program: it is started with its orders on the command line and answers calls until told to end.

It talks over what were its standard input and output; whatever a library prints goes nowhere.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import os
import pickle
import signal
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING, Any

from crawler.sandbox.calls import DONE, FAILED, HEAD, LIMITS, MIB, READY, Call, Limits, packed
from crawler.sandbox.fence import Meter, close_network, die_with, resident_memory
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from typing import BinaryIO

MAX_RESIDENT = 1024 * MIB
"""Bytes held after a document, beyond which a fresh worker is cheaper; the models for pictures take 200 MiB."""

MAX_CALLS = 500
"""Documents after which a worker is replaced: what leaks in native code leaks slowly."""

OUT_OF_MEMORY = b"m"
"""FAILED, by a call whose remains may be anywhere in memory."""

_TRACE = 8000


def main(parent: int, ordinary: Limits, most: Limits, preload: list[str]) -> None:
    """Answer calls from standard input until it ends."""
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calls = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1):
        os.dup2(nowhere, standard)
    faulthandler.enable()
    for module in preload:
        import_module(module)
    close_network()
    meter = Meter(ordinary, most)
    gc.freeze()
    _send(answers, READY)
    for count in range(1, MAX_CALLS + 1):
        head = calls.read(HEAD.size)
        if len(head) < HEAD.size:
            return
        kind, content = _answer(calls.read(HEAD.unpack(head)[-1]), meter, ordinary, answers)
        is_worn = resident_memory() > MAX_RESIDENT or not meter.has_room() or kind == OUT_OF_MEMORY
        is_last = is_worn or count == MAX_CALLS
        _send(answers, FAILED if kind == OUT_OF_MEMORY else kind, content, is_last=is_last)
        if is_last:
            return


def _answer(data: bytes, meter: Meter, ordinary: Limits, answers: BinaryIO) -> tuple[bytes, bytes]:
    """The kind and content of the message that says what became of a call."""
    limits = meter.grant(ordinary)
    try:
        call: Call = pickle.loads(data)  # noqa: S301 (from the process that started this one)
        del data
        if call.limits_of is not None:
            limits = meter.grant(call.limits_of(*call.arguments))
            _send(answers, LIMITS, packed(tuple(limits)))
        return DONE, packed(call.function(*call.arguments))
    except MemoryError:
        return OUT_OF_MEMORY, packed(("out_of_memory", f"more than {limits.memory // MIB} MiB", ""))
    except UnreadableError as error:
        return FAILED, packed((error.reason, error.detail, ""))
    except Exception as error:  # noqa: BLE001 (a fault of ours on one document must not stop the others)
        return FAILED, packed(("parser_failed", f"{type(error).__name__}: {error}", traceback.format_exc()[-_TRACE:]))


def _send(answers: BinaryIO, kind: bytes, content: bytes = b"", *, is_last: bool = False) -> None:
    for part in (HEAD.pack(kind, is_last, len(content)), content):
        rest = memoryview(part)
        while rest:
            rest = rest[answers.write(rest) :]


def _orders(text: str) -> dict[str, Any]:
    orders: dict[str, Any] = json.loads(text)
    return orders


if __name__ == "__main__":
    given = _orders(sys.argv[1])
    main(given["parent"], Limits(*given["ordinary"]), Limits(*given["most"]), given["preload"])
