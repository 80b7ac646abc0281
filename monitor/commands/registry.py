"""`init` and `registry`: the files that an operator writes."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.printing import portal_bar, print_table
from monitor.commands.session import Session, configuration_of, registry_of
from monitor.texts import heading, say, word
from storage.errors import ConfigurationError, RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.probing import Probe
    from monitor.registry_import import ImportPlan


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--sample", "is_sample", is_flag=True, help="名录里写入真实网站的例子（栏目地址未经核实）。")
def init(folder: Path, *, is_sample: bool) -> None:
    """生成带注释的 nianbao.toml 和空名录；已有的文件不动。"""
    from storage.starter import write_sample, write_starter

    starter = write_sample(folder) if is_sample else write_starter(folder)
    for path in starter.written:
        click.echo(say("zh", "written", path))
    for path in starter.kept:
        click.echo(say("zh", "kept", path))
    click.echo(say("zh", "init_next"))


@click.group()
def registry() -> None:
    """名录：检查、导入、试访。"""


@registry.command("check")
@click.pass_obj
def check_registry(session: Session) -> None:
    """一次列出名录中的全部错误：文件、行、列、应为什么；写法无误但不起作用的，另作提醒。"""
    from monitor.cautions import cautions_of
    from monitor.channel_cautions import channel_cautions
    from monitor.notices.addresses import is_usable

    configuration = configuration_of(session)
    language = configuration.language
    try:
        found = registry_of(configuration)
    except RegistryError as error:
        print_faults(error, language)
        raise SystemExit(1) from error
    cautions = (
        *cautions_of(configuration, found, session.default_year()),
        *channel_cautions(configuration, found, os.environ, is_usable),
    )
    for caution in cautions:
        click.echo(str(caution))
    counts = map(len, (found.agencies, found.portals, found.waivers, found.successions))
    click.echo(say(language, "registry_good", *counts))
    if cautions:
        click.echo(say(language, "registry_cautions", len(cautions)))


@registry.command("import")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--yes", "is_agreed", is_flag=True, help="不再询问，直接写入。")
@click.pass_obj
def import_registry(session: Session, file: Path, *, is_agreed: bool) -> None:
    """从 CSV 或 XLSX 导入机构：先列出新增、修改、撤下，再询问是否写入 agencies.csv。"""
    from monitor.registry_import import apply_import, read_import

    configuration = configuration_of(session)
    language = configuration.language
    try:
        plan = read_import(file, configuration.registry, language)
    except RegistryError as error:
        print_faults(error, language)
        raise SystemExit(1) from error
    if plan.ignored:
        click.echo(say(language, "import_ignored", "、".join(plan.ignored)))
    if plan.is_empty:
        click.echo(say(language, "import_same"))
        return
    headings = [heading(language, key) for key in ("change", "id", "name", "detail")]
    print_table(headings, _plan_rows(plan, language))
    unchanged = len(plan.agencies) - len(plan.added) - len(plan.changed)
    counts = (len(plan.added), len(plan.changed), len(plan.dropped), unchanged)
    click.echo(say(language, "import_counts", *counts))
    target = configuration.registry / "agencies.csv"
    if not is_agreed and not click.confirm(say(language, "import_ask", target)):
        click.echo(say(language, "import_refused"))
        return
    apply_import(plan)
    click.echo(say(language, "import_done", target))


@registry.command("probe")
@click.option("--portal", "portals", multiple=True, metavar="ID", help="只看这个网站，可重复；默认全部。")
@click.option("--json", "is_json", is_flag=True, help="每个网站一行 JSON。")
@click.option(
    "--write", "is_written", is_flag=True, help="改为打印可粘贴进 portals.toml 的各节，填好所见的 family 和 columns。"
)
@click.pass_obj
def probe_registry(session: Session, portals: tuple[str, ...], *, is_json: bool, is_written: bool) -> None:
    """客气地访问每个网站一次（robots.txt、首页、栏目第一页），列出所见；不改动任何文件。"""
    from monitor.probing import as_toml, probe

    configuration = configuration_of(session)
    language = configuration.language
    found = registry_of(configuration)
    by_id = {portal.id: portal for portal in found.portals}
    for key in portals:
        if key not in by_id:
            raise ConfigurationError(say(language, "no_portal", key))
    chosen = tuple(portal for portal in found.portals if not portals or portal.id in portals)
    with portal_bar(language) as progress:
        probes = probe(configuration, chosen, found.agencies, session.now(), progress)
    if is_json:
        for one in probes:
            click.echo(json.dumps(dataclasses.asdict(one), ensure_ascii=False))
    elif is_written:
        click.echo("\n".join(as_toml(by_id[one.portal], one) for one in probes), nl=False)
    else:
        keys = ("portal", "family", "robots", "outcome", "rows", "requests", "column", "detail")
        print_table([heading(language, key) for key in keys], (_probe_row(one, language) for one in probes))


def _probe_row(one: Probe, language: str) -> tuple[str, ...]:
    counts = (str(one.rows), str(one.requests))
    robots = word(language, f"robots_{one.robots}")
    return one.portal, one.family or "", robots, word(language, one.outcome), *counts, one.column or "", one.detail


def print_faults(error: RegistryError, language: str) -> None:
    """Every fault on a line of its own, on standard output: it is the answer of these verbs."""
    for fault in error.faults:
        click.echo(str(fault))
    click.echo(say(language, "registry_bad", len(error.faults)))


def _plan_rows(plan: ImportPlan, language: str) -> Iterator[tuple[str, str, str, str]]:
    for agency in plan.added:
        yield say(language, "added"), agency.id, agency.name, ""
    for change in plan.changed:
        cells = "；".join(f"{cell.column}: {cell.before or '∅'} → {cell.after or '∅'}" for cell in change.fields)
        yield say(language, "renamed" if change.is_renamed else "changed"), change.id, change.name, cells
    for agency in plan.dropped:
        yield say(language, "dropped"), agency.id, agency.name, ""
