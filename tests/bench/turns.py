"""Two services on one database, stopped, continued and killed at random: only who holds the lease ever writes.

`python -m tests.bench.turns [ROUNDS] [SEED]`. The oracle is a trigger in the database itself: with every act
that is noted it writes down who noted it and who held the lease at that moment.
"""

from __future__ import annotations

import random
import signal
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from tests.monitor.service_process import Service, write_folder

ROUNDS, SEED = 100, 1
ORACLE = """
CREATE TABLE oracle (writer TEXT, holder TEXT, token INTEGER);
CREATE TRIGGER oracle_update AFTER UPDATE ON acts WHEN NEW.owner LIKE '%/%/%' BEGIN
    INSERT INTO oracle SELECT NEW.owner, owner, token FROM leases WHERE name = 'service';
END;
"""


def soak(rounds: int, seed: int, folder: Path) -> dict[str, int]:
    """What the oracle saw: writes, writes by one who did not hold the lease, turns; and what was done."""
    chance = random.Random(seed)
    config = write_folder(folder)
    database = folder / "data" / "nianbao.db"
    services = [Service(config)]
    services[0].wait_for(act="check", outcome="good")
    with closing(sqlite3.connect(database, timeout=60)) as conn:
        conn.executescript(ORACLE)
    services.append(Service(config))
    done = {"stops": 0, "kills": 0, "ends": 0}
    for _ in range(rounds):
        place = chance.randrange(2)
        service = services[place]
        what = chance.choices(("stops", "kills", "ends"), (6, 3, 1))[0]
        done[what] += 1
        if what == "stops":
            service.send(signal.SIGSTOP)
            time.sleep(chance.uniform(0.1, 3.0))
            service.send(signal.SIGCONT)
        elif what == "kills":
            service.send(signal.SIGKILL)
            service.end()
            services[place] = Service(config)
        else:
            # One that has hardly begun dies of the signal before it can end in order.
            code = service.end()
            assert code in {0, -signal.SIGTERM}, (code, service.lines[-5:])
            services[place] = Service(config)
        time.sleep(chance.uniform(0.0, 1.0))
    time.sleep(3.0)
    for service in services:
        service.end()
    with closing(sqlite3.connect(database)) as conn:
        writes, strangers, turns = conn.execute(
            "SELECT count(*), sum(writer != holder), count(DISTINCT token) FROM oracle"
        ).fetchone()
        sound = conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    return {**done, "writes": writes, "by strangers": strangers, "turns": turns, "sound": int(sound)}


def main(rounds: int = ROUNDS, seed: int = SEED) -> int:
    """Prints what was seen; 1 where a stranger wrote or the database is not sound."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = soak(rounds, seed, Path(folder))
    print(f"{rounds} rounds in {time.monotonic() - started:.0f} s: {found}")
    return int(bool(found["by strangers"]) or not found["sound"] or not found["writes"])


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
