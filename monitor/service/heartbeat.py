"""A sign of life to an outside address after each good cycle, so that somebody notices when it stays away.

The address is of another kind than the channels of the notices: what silences those must not silence this.
It may hold a key and reaches neither log nor database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import requests

from monitor.service.health import LONGEST_SCAN
from storage.configuration import channel_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from storage.database.acts import Act
    from storage.service_settings import ServiceSettings

TIMEOUT = 15.0
OF_A_CYCLE = ("scan", "ingest", "check", "notify")
BUSY = "busy"
"""Why a scan did not begin though something was due."""

_GOOD = range(200, 300)


def is_good_cycle(acts: Mapping[str, Act], since: datetime | None, now: datetime) -> bool:
    """Has every act ended well since the last sign of life, with none that failed after?

    `since` None: there was none yet. A scan that is under way counts, for a day; one that could not begin because
    somebody else's crawl did not end does not.
    """
    for name in OF_A_CYCLE:
        act = acts.get(name)
        if act is None:
            return False
        if act.outcome is None:
            if name != "scan" or now - act.started_at > LONGEST_SCAN:
                return False
        elif (
            act.outcome != "good"
            or act.detail.get("why") == BUSY
            or act.ended_at is None
            or (since is not None and act.ended_at <= since)
        ):
            return False
    return True


def beat(settings: ServiceSettings, environ: Mapping[str, str], language: str, *, proxy: str = "") -> str | None:
    """Ask for the address once; None where it answered with 2xx, else what went wrong, without the address.

    ConfigurationError where a variable of the address is not set. `proxy` is the office's, empty for none.
    """
    address = channel_url(settings.heartbeat_url, environ, language)
    try:
        with requests.get(
            address,
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
            proxies={"http": proxy, "https": proxy} if proxy else None,
        ) as answer:
            return None if answer.status_code in _GOOD else f"HTTP {answer.status_code}"
    except requests.RequestException as error:
        # Its text holds the address.
        return type(error).__name__
