"""`make fuzz`: damaged documents through the readers. Whatever the bytes, they answer or say why they cannot.

`python -m tests.bench.fuzz [SECONDS] [FORMAT] [--atheris]`. Without a format, each has its share of the time.
A document that is read as none may be is kept, and its file and seed are printed. With `--atheris` one format is
fuzzed by coverage, see fuzz_coverage.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from crawler.sandbox import Call, Limits, Pool
from tests.bench.fuzz_corpus import FORMATS, SOUND, sound
from tests.bench.fuzz_damage import damaged, raw
from tests.bench.fuzz_oracle import verdict

SECONDS = 600.0
LIMITS = Limits(3 * 1024 * 1024 * 1024, 60, 120)
"""Those of a document of pictures: what a reader takes is measured elsewhere, here it must not run away."""

KEPT = Path(tempfile.gettempdir()) / "nianbao-fuzz"
FAULTS = frozenset({"parser_failed", "worker_died", "too_slow", "out_of_memory"})


def fuzz(kind: str, first_seed: int, seconds: float) -> Counter[str]:
    """How many damaged documents of a format gave a report, and how many which reason; `FAULT …` for what must not be.

    Each is read in a worker, so that one that kills it costs nothing but itself.
    """
    for number in range(SOUND):
        sound(kind, number)
    outcomes: Counter[str] = Counter()
    until = time.monotonic() + seconds
    seed = first_seed
    with Pool(1, limits=LIMITS, preload=("tests.bench.fuzz_oracle",)) as pool:
        while time.monotonic() < until:
            data = made(kind, seed)
            ((value, error, _trace),) = pool.run([Call(verdict, (data,))])
            if error is not None and error.reason in FAULTS:
                print(f"{kind} seed {seed}: {error.reason}: {error.detail}: {_keep(kind, seed, data)}", flush=True)
                outcomes[f"FAULT {error.reason}"] += 1
            else:
                outcomes[value if error is None else error.reason] += 1
            seed += 1
    return outcomes


def made(kind: str, seed: int) -> bytes:
    """The damaged document of that seed; every sixteenth is whole."""
    random = Random(seed)
    whole = sound(kind, random.randrange(SOUND))
    return whole if random.randrange(16) == 0 else damaged(kind, whole, random)


def outcome(seed: int) -> str:
    """What the damaged page of that seed comes to, read in this process: `read`, or the reason why not."""
    random = Random(seed)
    whole = sound("html", random.randrange(SOUND))
    data = raw(whole, random) if random.randrange(5) else whole
    try:
        return verdict(data)
    except Exception as error:
        raise AssertionError(f"seed {seed} ({len(data)} bytes): {error!r}") from error


def _keep(kind: str, seed: int, data: bytes) -> Path:
    KEPT.mkdir(exist_ok=True)
    path = KEPT / f"{kind}-{seed}"
    path.write_bytes(data)
    return path


def main(words: list[str]) -> int:
    """Fuzz what the command line names; 1 where anything was found."""
    plain = [word for word in words if not word.startswith("--")]
    seconds = float(plain[0]) if plain else SECONDS
    kinds = plain[1:] or list(FORMATS)
    if "--atheris" in words:
        command = [sys.executable, "-m", "tests.bench.fuzz_coverage", kinds[0], f"{seconds:.0f}"]
        return subprocess.run(command, check=False).returncode
    begin = time.time_ns() % 1_000_000_000
    found = 0
    for kind in kinds:
        print(f"{kind} from seed {begin}, {seconds / len(kinds):.0f} seconds", flush=True)
        outcomes = fuzz(kind, begin, seconds / len(kinds))
        for name, count in outcomes.most_common():
            print(f"{count:8} {name}", flush=True)
            found += count * name.startswith("FAULT")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
