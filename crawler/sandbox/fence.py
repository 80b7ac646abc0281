"""What a worker may not do, set by itself before it meets the first document: leave, grow, last, and phone."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys

from crawler.sandbox.calls import MIB, Limits

MAX_FILE = 64 * MIB
"""Bytes of a file that a worker may write: none is needed, and none shall fill the disk."""

_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_NETWORK = frozenset(
    {
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "socket.gethostbyaddr",
        "socket.gethostbyname",
        "socket.sendmsg",
        "socket.sendto",
    }
)
_PAGE = resource.getpagesize()


def die_with(parent: int) -> None:
    """Have the kernel end this process when the one that started it ends, however that is."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was quicker
        os._exit(1)


def close_network() -> None:
    """No network for this process and what it starts, where the kernel lets us; none for Python code in any case."""
    libc = ctypes.CDLL(None, use_errno=True)
    # A refusal (no user namespaces in this container) is why there are two fences.
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, _arguments: tuple[object, ...]) -> None:
    if event in _NETWORK:
        raise PermissionError(f"{event}: documents are read without network")


class Meter:
    """The limits of this process: those of a call that asks for none, and what no call may raise them above."""

    def __init__(self, ordinary: Limits, most: Limits) -> None:
        self._most = most
        self._ordinary = ordinary
        # What one call loads stays (the models for pictures do), and the next must still have its share.
        self._top = used_memory() + most.memory + ordinary.memory
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _lower(resource.RLIMIT_FSIZE, MAX_FILE)

    def grant(self, asked: Limits) -> Limits:
        """Set the limits of a call that begins now; gives those that hold."""
        most = self._most
        granted = Limits(
            min(asked.memory, most.memory),
            min(asked.cpu_seconds, most.cpu_seconds),
            min(asked.wall_seconds, most.wall_seconds),
        )
        used = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_AS, min(used_memory() + granted.memory, self._top))
        _lower(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + granted.cpu_seconds) + 1)
        return granted

    def has_room(self) -> bool:
        """May another call still use as much as an ordinary one may?"""
        return used_memory() + self._ordinary.memory <= self._top


def used_memory() -> int:
    """Bytes of address space of this process."""
    return _statm(0)


def resident_memory() -> int:
    """Bytes of memory that this process holds."""
    return _statm(1)


def _statm(field: int) -> int:
    with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 (read after every document)
        return int(file.read().split()[field]) * _PAGE


def _lower(kind: int, soft: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
