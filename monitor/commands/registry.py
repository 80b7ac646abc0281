"""`init` and `registry`: the files that an operator writes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.printing import print_table
from monitor.commands.session import Session, configuration_of, registry_of
from monitor.commands.texts import heading, say
from storage.errors import RegistryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.registry_import import ImportPlan


@click.command()
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=Path())
def init(folder: Path) -> None:
    """生成带注释的 nianbao.toml 和空名录；已有的文件不动。"""
    from storage.starter import write_starter

    starter = write_starter(folder)
    for path in starter.written:
        click.echo(say("zh", "written", path))
    for path in starter.kept:
        click.echo(say("zh", "kept", path))
    click.echo(say("zh", "init_next"))


@click.group()
def registry() -> None:
    """名录：检查、导入。"""


@registry.command("check")
@click.pass_obj
def check_registry(session: Session) -> None:
    """一次列出名录中的全部错误：文件、行、列、应为什么。"""
    configuration = configuration_of(session)
    language = configuration.language
    try:
        found = registry_of(configuration)
    except RegistryError as error:
        print_faults(error, language)
        raise SystemExit(1) from error
    click.echo(say(language, "registry_good", len(found.agencies), len(found.portals), len(found.waivers)))


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
