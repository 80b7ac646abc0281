"""What of the channels is well written and yet tells nobody: `registry check` says so, and the service at its start.

A region in which no agency lies, agencies of which no channel hears, an address that cannot be used, a variable that
is not set here. No address is repeated, only the line in which it stands.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, NamedTuple

from monitor.alerts.book import OPERATOR
from monitor.cautions import Caution
from storage.configuration import channel_url
from storage.errors import ConfigurationError
from storage.faults import LANGUAGES
from storage.notify_settings import region_prefix
from storage.operator_files import key_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from storage.configuration import Channel, Configuration
    from storage.records import Agency, Registry

EMPTY_REGION, AGENCY_UNHEARD = "empty-region", "agency-unheard"
ADDRESS_UNKNOWN, VARIABLE_UNSET = "address-unknown", "variable-unset"

TEXTS: Mapping[str, tuple[str, str]] = {
    EMPTY_REGION: (
        "名录中没有代码以 {found} 开头的机关，这个渠道不会因 {region} 收到任何告警；请核对 regions",
        "no agency's code begins with {found}: the channel hears of nothing in {region}; see its regions",
    ),
    AGENCY_UNHEARD: (
        "有 {count} 个机关（如“{agency}”，{region}）的告警没有渠道接收；请核对各节的 regions，或加一个不限地区的渠道",
        "alerts on {count} agencies (“{agency}”, {region}) are heard by no channel: see regions, or have one of all",
    ),
    ADDRESS_UNKNOWN: (
        "不是可用的 Apprise 地址，这个渠道无法送达；请核对协议名和写法（密码中的 @ : / 等须写成 %40 %3A %2F）",
        (
            "not an address that Apprise can use, nothing gets through: see its scheme and form (@ : / of a password "
            "are written %40 %3A %2F)"
        ),
    ),
    VARIABLE_UNSET: (
        "{said}；如果服务的环境文件里也没有，这个渠道无法送达",
        "{said}: nothing gets through, unless the service's environment file has it",
    ),
}
"""Name → what is not as it seems and what to do, in Chinese and in English."""


def channel_cautions(
    configuration: Configuration,
    registry: Registry,
    environ: Mapping[str, str],
    is_usable: Callable[[str], bool] | None = None,
) -> tuple[Caution, ...]:
    """Every caution about the channels. It reads the file for its lines.

    `is_usable` says of an address whether it can be used; with variables in it, where they are not set. None: nobody
    is asked.
    """
    if not configuration.notify:
        return ()
    lines = _lines(configuration.path)
    found = (*_regions(configuration, registry), *_addresses(configuration, environ, is_usable))
    return tuple(
        Caution(
            one.name,
            configuration.path,
            lines.get(("notify", one.section, one.key), lines.get(("notify", one.section), 1)),
            f"notify.{one.key}".rstrip("."),
            TEXTS[one.name][LANGUAGES.index(configuration.language)].format(**one.values),
        )
        for one in found
    )


def _lines(path: Path) -> Mapping[tuple[str | int, ...], int]:
    """Where the keys stand; nothing where the file has gone or is being edited since it was read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        tomllib.loads(text)
    except (OSError, ValueError):
        return {}
    return key_lines(text)


class _Found(NamedTuple):
    """One thing to say: of which section, of which key (empty: of the section), with what in its words."""

    name: str
    section: int
    key: str
    values: Mapping[str, object]


def _regions(configuration: Configuration, registry: Registry) -> Iterator[_Found]:
    """An empty registry has nothing to tell."""
    if not registry.agencies:
        return
    for section, channel in enumerate(configuration.notify):
        for region in channel.regions:
            prefix = region_prefix(region)
            if not any(agency.region.startswith(prefix) for agency in registry.agencies):
                yield _Found(EMPTY_REGION, section, "regions", {"region": region, "found": prefix})
    unheard = [agency for agency in registry.agencies if not _is_heard(agency, configuration.notify)]
    if unheard:
        first = unheard[0]
        values = {"count": len(unheard), "agency": first.name, "region": first.region}
        yield _Found(AGENCY_UNHEARD, 0, "", values)


def _addresses(
    configuration: Configuration, environ: Mapping[str, str], is_usable: Callable[[str], bool] | None
) -> Iterator[_Found]:
    for section, channel in enumerate(configuration.notify):
        url = channel.url
        try:
            url = channel_url(url, environ, configuration.language)
        except ConfigurationError as unset:
            yield _Found(VARIABLE_UNSET, section, "url", {"said": str(unset)})
        if is_usable is not None and not is_usable(url):
            yield _Found(ADDRESS_UNKNOWN, section, "url", {})


def _is_heard(agency: Agency, channels: tuple[Channel, ...]) -> bool:
    """Does any channel hear of anything but the operator's incidents where the agency lies?"""
    return any(
        set(channel.events) != {OPERATOR}
        and (not channel.regions or agency.region.startswith(tuple(map(region_prefix, channel.regions))))
        for channel in channels
    )
