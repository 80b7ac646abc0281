"""Which browser this machine has. Apart from the rest, which takes a third of a second to load."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser(wanted: str) -> str | None:
    """The browser's program: `wanted` is `auto`, `never` or a path; None where there is none or none is wanted."""
    if wanted == "never":
        return None
    if wanted != "auto":
        return wanted if Path(wanted).is_file() and os.access(wanted, os.X_OK) else None
    return next((path for path in map(shutil.which, NAMES) if path is not None), None)
