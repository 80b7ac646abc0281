"""The browser for scrapy-playwright: started when the first page is to be drawn, not before."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from scrapy.exceptions import NotSupported
from scrapy_playwright.provider import PlaywrightBrowserProvider

if TYPE_CHECKING:
    from playwright.async_api import Browser, BrowserContext
    from scrapy_playwright.handler import Config

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--no-pings",
    "--disable-shared-workers",
    "--js-flags=--max-old-space-size=512",
    # By its new name and its old one: a version that does not know the name says nothing and lets UDP out.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    # Names are for the gate to resolve: the browser itself finds none, and no address but the gate's.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
"""Chromium's own traffic is kept in; what a page wants goes through the gate."""


def launch_options(program: str) -> dict[str, object]:
    """What Playwright starts the browser with. Chromium's own fence does not work for root, so root goes without."""
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    # Contexts bring the gate as their proxy; Chromium wants to know at its start that they will.
    return {"executable_path": program, "args": arguments, "proxy": {"server": "http://127.0.0.1:9"}}


class LazyBrowser:
    """Starts Playwright's driver together with the browser: most crawls draw nothing.

    The setting PLAYWRIGHT_BROWSER_PROVIDER of scrapy-playwright names it.
    """

    def __init__(self, config: Config) -> None:
        self._provider = PlaywrightBrowserProvider(config)

    async def start(self) -> None:
        """Nothing: `launch_browser` starts what it needs."""

    async def launch_browser(self) -> Browser:
        """The browser, with the driver started where it was not yet."""
        if self._provider.browser_type is None:
            await self._provider.start()
        browser: Browser = await self._provider.launch_browser()
        return browser

    async def launch_persistent_context(self, context_kwargs: dict[str, object]) -> BrowserContext:
        """Not offered: what a portal leaves in the browser ends with the crawl."""
        raise NotSupported(f"no persistent context is opened: {sorted(context_kwargs)}")

    async def close(self) -> None:
        """Ends browser and driver, if they were ever started."""
        await self._provider.close()
