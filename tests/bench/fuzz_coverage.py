"""`make fuzz` by coverage: atheris looks which damage takes a reader to places where it has not been.

`python -m tests.bench.fuzz_coverage FORMAT SECONDS`. It reads in its own process: a document that ends it is still
in the file that it names first.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

import atheris

KEPT = Path(tempfile.gettempdir()) / "nianbao-fuzz"

# Only what is loaded in here is watched; a reader is loaded when its format is first met.
with atheris.instrument_imports(include=["crawler.documents", "crawler.parser"]):
    from tests.bench.fuzz_corpus import SOUND, sound
    from tests.bench.fuzz_damage import damaged, raw
    from tests.bench.fuzz_oracle import verdict

    if len(sys.argv) > 1:
        verdict(sound(sys.argv[1], 0))


def main(kind: str, seconds: str) -> None:
    """Fuzz a format; atheris ends the process when it has had its time or found a fault."""
    folder, last = KEPT / f"corpus-{kind}", KEPT / f"last-{kind}"
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(SOUND):
        (folder / f"sound-{number}").write_bytes(sound(kind, number))
    print(f"the document being read is in {last}", flush=True)

    def read(data: bytes) -> None:
        last.write_bytes(data)
        verdict(data)

    def mutated(data: bytes, at_most: int, seed: int) -> bytes:
        random = Random(seed)
        try:
            return damaged(kind, data or b" ", random)[:at_most]
        except Exception:  # noqa: BLE001 (what is no archive any more can only be damaged as bytes)
            return raw(data or b" ", random)[:at_most]

    options = (f"-max_total_time={seconds}", "-max_len=2000000", f"-artifact_prefix={KEPT}/{kind}-", "-timeout=60")
    atheris.Setup([sys.argv[0], *options, "-rss_limit_mb=4000", str(folder)], read, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
