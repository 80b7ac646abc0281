"""A message handed to the process that delivers it, and what is known of it when that process has ended."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from monitor.notices.receivers import WRITING, Receipt, Word

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.notices.digest_pages import Page

LONGEST_ERROR = 300
STARTING = 30.0
"""Seconds that the process may take to start, and to find its way to the receiver."""


def posted(url: str, page: Page, html: str, at: datetime, limit: float) -> Receipt:
    """What became of a message within `limit` seconds from when it began to leave; then its process is killed.

    What is said may hold parts of the address (`monitor.notices.channels.redacted`). Whatever ends the process after
    it began to write leaves it unknown whether the message has arrived.
    """
    message = {
        "url": url,
        "id": page.id,
        "title": page.title,
        "body": page.body,
        "html": html,
        "at": at.isoformat(),
        "limit": limit,
    }
    try:
        run = subprocess.run(
            [sys.executable, "-P", "-m", "monitor.notices.delivery"],
            input=json.dumps(message).encode(),
            capture_output=True,
            timeout=limit + STARTING,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return _interrupted(late.stdout or b"", f"no answer within {limit + STARTING:g} seconds")
    if run.returncode == -signal.SIGALRM:
        return _interrupted(run.stdout, f"no answer within {limit:g} seconds")
    *_, last = run.stdout.splitlines() or [b""]
    try:
        return Receipt(**{**json.loads(last), "word": Word(json.loads(last)["word"])})
    except (ValueError, TypeError, KeyError):
        error = run.stderr.decode(errors="replace")[-LONGEST_ERROR:]
        return _interrupted(run.stdout, f"delivery ended with {run.returncode}: {error}")


def _interrupted(written: bytes, said: str) -> Receipt:
    if WRITING.encode() in written.splitlines():
        return Receipt(Word.UNKNOWN, f"{said}; the message may have arrived")
    return Receipt(Word.REFUSED, said)
