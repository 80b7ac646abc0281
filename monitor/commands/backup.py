"""`backup` and `restore`: a verified copy of the data, and its way back."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.commands.session import Session, configuration_of, language_of
from monitor.texts import say

DEFAULT_FOLDER = "backups"
"""Beside the configuration; a backup on the same disk outlives a mistake, not the disk."""
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("folder", metavar="[DIR]", type=FOLDER, required=False)
@click.option("--keep", metavar="N", type=click.IntRange(1, 10_000), help="只留最近 N 个备份，默认全留。")
@click.pass_obj
def backup(session: Session, folder: Path | None, keep: int | None) -> None:
    """把数据库、名录和存档备份到 DIR（默认为配置文件旁的 backups）下的新文件夹并核对；服务运行时也可以做。"""
    from monitor.service.backups import make_backup

    configuration = configuration_of(session)
    place = folder or configuration.path.parent / DEFAULT_FOLDER
    done = make_backup(configuration, place, session.now(), keep=keep)
    values = (done.folder, done.captures, done.copied, done.removed)
    click.echo(say(configuration.language, "backed_up", *values))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--to", "target", metavar="DATA", required=True, type=FOLDER, help="新的数据文件夹，不能已有内容。")
@click.pass_obj
def restore(session: Session, folder: Path, target: Path) -> None:
    """核对备份 DIR 并恢复成新的数据文件夹 DATA；之后一段时间发出的通知都标明可能重复。"""
    from monitor.agency_years.proofs import minute_text
    from monitor.notices.restored import DOUBT
    from monitor.service.backups import restore_backup

    language, now = language_of(session), session.now()
    done = restore_backup(folder, target, now)
    click.echo(say(language, "restored", done.folder, target, minute_text(done.made_at)))
    click.echo(say(language, "restored_next", minute_text(now + DOUBT)))
