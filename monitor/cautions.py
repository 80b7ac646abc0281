"""What is in order in the operator's files and yet does not do what they may think: `registry check` says so.

Pure but for `cautions_of`, which looks up in which lines it stands. A caution stops nothing; it is told by its
name, with its place and what to do.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from monitor.agency_years.obligations import prevailing_rule
from monitor.alerts.book import OPERATOR
from storage.faults import LANGUAGES
from storage.law import LAWS
from storage.operator_files import key_lines
from storage.registry import AGENCIES_FILE, read_agency_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from storage.configuration import Configuration
    from storage.records import Agency, Registry

DUE_LATER, OPERATOR_UNHEARD, NO_CHANNEL = "due-later-than-statute", "operator-unheard", "no-channel"
SHARED_NAME = "shared-name"

TEXTS: Mapping[str, tuple[str, str]] = {
    DUE_LATER: (
        (
            "“{agency}”所列 {own}（{paper}）晚于法定期限 {lawful}（{law}），认定时不采用；"
            "请删去该行的 due 和 due_basis，或改为不晚于 {lawful} 的日期"
        ),
        (
            "{own} of “{agency}” ({paper}) is later than the statute's {lawful} ({law}) and is not used: empty due and "
            "due_basis of that row, or write a date up to {lawful}"
        ),
    ),
    SHARED_NAME: (
        (
            "“{agency}”的别名“{alias}”也是“{other}”的名称或别名，同一网站上以此为题的年报分不清属于谁，两个机关都不会据此"
            "认定；请从其中一个机关删去这个名称"
        ),
        (
            "“{alias}”, an alias of “{agency}”, is a name of “{other}” too: a report under it on their portal is "
            "neither's; take it from one of them"
        ),
    ),
    OPERATOR_UNHEARD: (
        (
            "没有渠道接收 operator 事件：渠道失效、磁盘不足、时钟有误、需要人工核查等事项无人收到"
            "（因网站异常而暂缓的告警，改由其中一个渠道代为告知）；请在其中一节的 events 中加上 “operator”"
        ),
        (
            "no channel hears of the event operator: nobody is told of dead channels, a full disk, a wrong clock or "
            "what a person must look at (what holds alerts back is told by one of the others): add “operator” to the "
            "events of a section"
        ),
    ),
    NO_CHANNEL: (
        (
            "没有任何一节 [[notify]]：告警只在 nianbao alerts 和网站上可见，不会通知任何人；请至少写一节，"
            "events 中含 “operator”"
        ),
        (
            "there is no section [[notify]]: alerts stand in `nianbao alerts` and on the site, and nobody is told: "
            "write one at least, with “operator” among its events"
        ),
    ),
}
"""Name → what is not as it seems and what to do, in Chinese and in English."""


class Caution(NamedTuple):
    """One thing that an operator should know of: its `name`, and where it stands as an editor shows it."""

    name: str
    path: Path
    line: int
    column: str
    text: str

    def __str__(self) -> str:
        """As faults are listed, with the name before the words."""
        return f"{self.path}:{self.line}: {self.column}: [{self.name}] {self.text}"


def cautions_of(configuration: Configuration, registry: Registry, report_year: int) -> tuple[Caution, ...]:
    """Every caution about a registry that has no faults, for the reports on that year."""
    return (
        *_later_dates(configuration, registry, report_year),
        *_shared_names(configuration, registry, report_year),
        *_unheard(configuration, registry),
    )


def _later_dates(configuration: Configuration, registry: Registry, report_year: int) -> Iterator[Caution]:
    rules = [(agency, prevailing_rule(agency, report_year)) for agency in registry.agencies if agency.due is not None]
    if not any(rule for _, rule in rules):
        return
    table = read_agency_file(configuration.registry, configuration.language)
    lines = {row.cell("id"): row.line for row in table.rows}
    for agency, rule in rules:
        if rule is not None and agency.due is not None:
            text = _said(
                DUE_LATER,
                configuration.language,
                agency=agency.name,
                own="{:02}-{:02}".format(*agency.due),
                paper=agency.due_basis or "",
                lawful=f"{rule.month:02}-{rule.day:02}",
                law=LAWS[rule.law].citation,
            )
            yield Caution(DUE_LATER, configuration.registry / AGENCIES_FILE, lines.get(agency.id, 1), "due", text)


def _shared_names(configuration: Configuration, registry: Registry, report_year: int) -> Iterator[Caution]:
    """Aliases that another agency of the same portal bears too, where both exist in that year or after."""
    bearers: dict[tuple[str, str], list[Agency]] = defaultdict(list)
    for agency in registry.agencies:
        for name in {agency.name, *agency.aliases}:
            bearers[agency.portal, name].append(agency)
    shared = [
        (agency, alias, other)
        for agency in registry.agencies
        for alias in agency.aliases
        for other in bearers[agency.portal, alias]
        if other.id != agency.id and _exist_together(agency, other, report_year)
    ]
    if not shared:
        return
    table = read_agency_file(configuration.registry, configuration.language)
    lines = {row.cell("id"): row.line for row in table.rows}
    for agency, alias, other in shared:
        text = _said(SHARED_NAME, configuration.language, agency=agency.name, alias=alias, other=other.name)
        yield Caution(SHARED_NAME, configuration.registry / AGENCIES_FILE, lines.get(agency.id, 1), "aliases", text)


def _exist_together(one: Agency, other: Agency, report_year: int) -> bool:
    begins = max(one.active_from or date.min, other.active_from or date.min, date(report_year, 1, 1))
    return begins <= min(one.active_to or date.max, other.active_to or date.max)


def _unheard(configuration: Configuration, registry: Registry) -> Iterator[Caution]:
    """An empty registry has nothing to tell."""
    if not registry.agencies or any(OPERATOR in channel.events for channel in configuration.notify):
        return
    name = OPERATOR_UNHEARD if configuration.notify else NO_CHANNEL
    line = key_lines(configuration.path.read_text(encoding="utf-8-sig")).get(("notify", 0), 1)
    yield Caution(name, configuration.path, line, "notify", _said(name, configuration.language))


def _said(name: str, language: str, **values: str) -> str:
    return TEXTS[name][LANGUAGES.index(language)].format(**values)
