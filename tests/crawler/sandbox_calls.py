"""Calls that documents made by strangers may come to; a worker finds them here by name."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time

from crawler.sandbox import Limits
from storage.errors import UnreadableError
from storage.records import Outcome, Scan

MIB = 1024 * 1024


def double(number):
    return number * 2


def size_of(data):
    return len(data)


def many_bytes(count):
    return b"x" * count


def loop():
    while True:
        pass


def sleep(seconds):
    time.sleep(seconds)


def allocate():
    kept = []
    while True:
        kept.append(bytearray(16 * MIB))


def hold(count):
    return len(bytearray(count))


def crash():
    ctypes.string_at(0)


def leave(code):
    os._exit(code)


def be_killed_once(path):
    """What somebody else does to a worker: SIGKILL, the first time."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return "read"
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it is still alive")


def refuse():
    raise UnreadableError("encrypted", "an encrypted document")


def fail():
    raise KeyError("no such cell")


def shout():
    sys.stdout.write("HEAD" * 10_000)
    sys.stderr.write("noise" * 10_000)
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(1, b"f\x00\x00" * 1000)
    os.write(2, b"noise")
    return "heard"


def connect(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5):
        return "connected"


def resolve():
    return socket.getaddrinfo("localhost", 80)


def process_id():
    return os.getpid()


def more_memory(_count):
    return Limits(600 * MIB, 20, 20)


def more_time(_seconds):
    return Limits(64 * MIB, 20, 20)


class NotOurs:
    """A record of a module that a worker may not name."""


def foreign_record():
    return NotOurs()


class Asked:
    """Something that pickle writes as an attribute to be asked for, as Pythons before 3.11.4 write enumerations."""

    def __init__(self, owner, name):
        self.asked = owner, name

    def __reduce__(self):
        return getattr, self.asked


def member_by_name():
    return Asked(Outcome, "COMPLETE")


def method_by_name():
    return Asked(Scan, "__init__")
