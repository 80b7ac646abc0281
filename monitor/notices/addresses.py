"""Whether Apprise can make anything of a channel's address: asked before the first alert, not after it.

Importing this imports Apprise, with every plugin that it has.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from apprise import Apprise
from apprise.manager_plugins import NotificationManager

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def is_usable(url: str) -> bool:
    """Is it an address that Apprise knows? Where variables are still in it, its scheme alone is looked at."""
    if "${" not in url:
        with _plugins_loading():
            return Apprise.instantiate(url) is not None
    scheme = url.partition("://")[0].lower()
    # Of web addresses Apprise knows some by their hosts, which a variable may hold.
    return "${" in scheme or scheme in {"http", "https"} or scheme in _schemas()


def _schemas() -> Mapping[str, object]:
    manager = cast("Callable[[], NotificationManager]", NotificationManager)()
    with _plugins_loading():
        return cast("Callable[[], Mapping[str, object]]", manager.schemas)()


@contextmanager
def _plugins_loading() -> Iterator[None]:
    """Some plugins import modules that Python is about to drop; that is Apprise's affair."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield
