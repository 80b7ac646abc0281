"""`make soak`: season after season on the sample portals, and what grows that should not.

`python -m tests.bench.soak [ROUNDS]`. Every round is one more day: crawl, check and notify as the service
calls them, by the real command line. Ends with 1 where memory of a crawl or the number of alerts grows.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.simulator.demo_registry import write_demo_registry
from crawler.simulator.scenario import demo_scenario, running_portals
from storage.records import SHANGHAI
from tests.bench.processes import Child, measured

ROUNDS = 60
GROWTH = 1.2
"""How many times the second round's memory the last round's may be."""


def soak(folder: Path, rounds: int) -> list[str]:
    """What grew that should not, over so many days of scans; empty where all is well."""
    scenario = demo_scenario(datetime(2026, 6, 1, tzinfo=SHANGHAI))
    crawls: list[Child] = []
    alerts: list[int] = []
    with running_portals(scenario) as portals:
        configuration = write_demo_registry(folder, portals, scenario)
        for number in range(rounds):
            now = scenario.scans[0] + timedelta(days=number)
            options = ["-m", "monitor.cli", "--config", str(configuration), "--now", now.isoformat()]
            crawls.append(measured([sys.executable, *options, "crawl"]))
            measured([sys.executable, *options, "check"])
            alerts.append(len(_json(options, "alerts")))
            size = sum(path.stat().st_size for path in (folder / "data").rglob("*") if path.is_file())
            print(
                f"day {number + 1:3}  crawl {crawls[-1].seconds:5.1f} s {crawls[-1].megabytes:6.1f} MB"
                f"  alerts {alerts[-1]:3}  on disk {size / 1e6:7.1f} MB",
                flush=True,
            )
        states = {row["id"]: row["status"] for row in _json(options, "status")["agencies"]}
    faults = []
    if rounds > 2 and crawls[-1].megabytes > GROWTH * crawls[1].megabytes:
        faults.append(f"a crawl took {crawls[1].megabytes:.0f} MB on day 2 and {crawls[-1].megabytes:.0f} MB at last")
    if rounds > 2 and alerts[-1] > alerts[1] + len(states):
        faults.append(f"{alerts[1]} alerts on day 2, {alerts[-1]} at last")
    accused = {key for key, state in states.items() if state in {"missing", "late", "withdrawn"}}
    expected = {role.id for role in scenario.roles if role.expectation.status in {"missing", "late", "not_due"}}
    if not accused <= expected:
        faults.append(f"accused without reason: {', '.join(sorted(accused - expected))}")
    return faults


def _json(options: list[str], verb: str) -> Any:
    done = subprocess.run([sys.executable, *options, verb, "--json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        found = soak(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
    print("\n".join(found) or "nothing grew that should not")
    sys.exit(1 if found else 0)
