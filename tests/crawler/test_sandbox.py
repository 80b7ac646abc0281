"""Whatever a call does to its worker, it costs that call and no other."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crawler.sandbox import Call, Limits, Pool
from storage.errors import SandboxError
from storage.records import Outcome
from tests.crawler import sandbox_calls as calls

MIB = 1024 * 1024
SMALL = Limits(memory=200 * MIB, cpu_seconds=1, wall_seconds=4)


@pytest.fixture(scope="module")
def pool():
    with Pool(2, limits=SMALL, most=Limits(1000 * MIB, 30, 30)) as made:
        yield made


def outcome(pool, call):
    (result,) = pool.run([call])
    return result.value if result.error is None else result.error.reason


ENDS = {
    "a loop without end": (Call(calls.loop), "too_slow"),
    "a sleep": (Call(calls.sleep, (60,)), "too_slow"),
    "memory without bound": (Call(calls.allocate), "out_of_memory"),
    "a crash in native code": (Call(calls.crash), "worker_died"),
    "an exit": (Call(calls.leave, (0,)), "worker_died"),
    "a refusal of its own": (Call(calls.refuse), "encrypted"),
    "a fault of ours": (Call(calls.fail), "parser_failed"),
    "a record that is none of ours": (Call(calls.foreign_record), "worker_died"),
    "a member of an enumeration, by its name": (Call(calls.member_by_name), Outcome.COMPLETE),
    "a method by its name": (Call(calls.method_by_name), "worker_died"),
    "noise on every output": (Call(calls.shout), "heard"),
    "50 MB out": (Call(calls.many_bytes, (50 * MIB,)), b"x" * 50 * MIB),
    "50 MB in": (Call(calls.size_of, (b"x" * 50 * MIB,)), 50 * MIB),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_call_ends_as_it_should_and_the_next_one_is_answered(pool, name):
    call, expected = ENDS[name]

    assert outcome(pool, call) == expected
    assert [outcome(pool, Call(calls.double, (number,))) for number in (1, 2, 3)] == [2, 4, 6]


def test_what_killed_a_call_is_said(pool):
    results = list(pool.run([Call(calls.crash), Call(calls.leave, (3,)), Call(calls.refuse), Call(calls.fail)]))

    assert [result.error.detail for result in results] == [
        "SIGSEGV",
        "exit code 3",
        "an encrypted document",
        "KeyError: 'no such cell'",
    ]
    assert ["sandbox_calls.py" in result.trace for result in results] == [True, False, False, True]


def test_of_twenty_calls_five_die_and_fifteen_are_exact_in_their_order(pool):
    deadly = {
        2: Call(calls.crash),
        5: Call(calls.leave, (1,)),
        9: Call(calls.allocate),
        13: Call(calls.loop),
        14: Call(os.abort),
    }

    results = list(pool.run(deadly.get(number, Call(calls.double, (number,))) for number in range(20)))

    assert {number: result.error.reason for number, result in enumerate(results) if result.error} == {
        2: "worker_died",
        5: "worker_died",
        9: "out_of_memory",
        13: "too_slow",
        14: "worker_died",
    }
    assert [result.value for result in results if not result.error] == [
        number * 2 for number in range(20) if number not in deadly
    ]


def test_a_worker_that_somebody_killed_leaves_its_document_to_a_fresh_one(tmp_path):
    with Pool(1) as fresh:
        assert outcome(fresh, Call(calls.be_killed_once, (str(tmp_path / "killed"),))) == "read"

    assert (tmp_path / "killed").exists()


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (Call(calls.hold, (400 * MIB,)), "out_of_memory"),
        (Call(calls.hold, (400 * MIB,), limits_of=calls.more_memory), 400 * MIB),
        (Call(calls.sleep, (5,), limits_of=calls.more_time), None),
    ],
)
def test_a_call_that_needs_more_asks_for_it(pool, call, expected):
    assert outcome(pool, call) == expected


@pytest.mark.parametrize("function", [calls.connect, calls.resolve])
def test_a_worker_has_no_network(pool, function):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arguments = (listener.getsockname()[1],) if function is calls.connect else ()
        (result,) = pool.run([Call(function, arguments)])

    assert (result.value, result.error.reason) == (None, "parser_failed")
    assert "without network" in result.error.detail


def test_a_worker_knows_no_secret_of_its_parent_and_is_another_process(pool, monkeypatch):
    monkeypatch.setenv("WEBHOOK_KEY", "canary")
    with Pool(1) as other:
        assert outcome(other, Call(os.getenv, ("WEBHOOK_KEY",))) is None
        assert outcome(other, Call(calls.process_id)) != os.getpid()


def test_calls_are_taken_only_some_way_ahead_of_what_is_asked_for(pool):
    taken = []

    def endless():
        while True:
            taken.append(len(taken))
            yield Call(calls.double, (len(taken),))

    results = pool.run(endless())
    first = [next(results).value for _ in range(3)]
    results.close()

    assert (first, len(taken) <= 3 + 4 * 2) == ([2, 4, 6], True)


def test_a_worker_that_cannot_start_is_no_fault_of_a_document():
    with Pool(1, preload=("no_such_module",)) as broken, pytest.raises(SandboxError, match="no_such_module"):
        list(broken.run([Call(calls.double, (1,))]))


PARENT = """
import signal, sys
from crawler.sandbox import Call, Pool
from tests.crawler import sandbox_calls as calls

if __name__ == "__main__":
    # A shell's background process is deaf to Ctrl-C, and so is all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Pool(2) as pool:
        print(*{result.value for result in pool.run([Call(calls.process_id)] * 8)}, flush=True)
        list(pool.run([Call(calls.sleep, (60,)), Call(calls.loop)]))
"""


def is_alive(process):
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_no_worker_outlives_its_parent(repository, number):
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as parent:
        workers = [int(word) for word in parent.stdout.readline().split()]
        before = [is_alive(worker) for worker in workers]
        parent.send_signal(number)
        parent.communicate(timeout=30)

    until = time.monotonic() + 10
    while any(map(is_alive, workers)) and time.monotonic() < until:
        time.sleep(0.01)
    assert (workers != [], all(before), [worker for worker in workers if is_alive(worker)]) == (True, True, [])
