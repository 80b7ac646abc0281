"""What the command line says when something failed or was called wrongly, in Chinese and in English."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.texts import say
from storage.errors import (
    BusyError,
    CaptureDamagedError,
    CaptureMissingError,
    CrawlBusyError,
    CrawlError,
    CrawlFailedError,
    ReportsError,
    SpokenError,
)
from storage.faults import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

FAILURES: Mapping[type[Exception], tuple[str, str]] = {
    BusyError: (
        "已有进程正在做这件事（锁文件 {error.path}），请等它结束",
        "another process is doing this already ({error.path} is locked): wait until it has ended",
    ),
    CrawlBusyError: ("另有一次采集正在进行，请等它结束", "{error}"),
    CrawlFailedError: (
        "采集没有完成（退出码 {error.code}），所涉机构均未判断；日志 {error.log}：{error.last}",
        "{error}",
    ),
    CrawlError: ("采集没有完成，所涉机构均未判断：{error}", "{error}"),
    CaptureDamagedError: (
        "存档文件 {error.path} 的内容与其摘要不符，不能作为证据，请从备份恢复",
        "{error}: it proves nothing, restore it from a backup",
    ),
    CaptureMissingError: ("存档文件缺失，请从备份恢复：{error.path}", "{error}"),
    ReportsError: ("{error}", "{error}"),
    OSError: ("系统错误：{error}", "{name}: {error}"),
    sqlite3.Error: ("数据库出错：{error}", "{name}: {error}"),
}
"""Error → Chinese and English; an error takes the words of the nearest of its classes."""

SYSTEM: Mapping[int, str] = {
    errno.ENOSPC: "磁盘已满，无法写入 {0}",
    errno.EDQUOT: "磁盘配额已用完，无法写入 {0}",
    errno.EFBIG: "文件大小已达系统限制，无法写入 {0}",
    errno.EIO: "磁盘读写失败：{0}",
    errno.EROFS: "文件系统是只读的，无法写入 {0}",
    errno.EACCES: "没有权限读写 {0}，请检查文件及所在文件夹的权限",
    errno.EPERM: "没有权限读写 {0}，请检查文件及所在文件夹的权限",
    errno.ENOENT: "没有文件 {0}",
    errno.EEXIST: "{0} 已存在，无法建立",
    errno.ENOTDIR: "{0} 的上级不是文件夹",
    errno.EISDIR: "{0} 是文件夹，应为文件",
    errno.EMFILE: "本进程打开的文件过多，无法打开 {0}",
    errno.ENFILE: "系统打开的文件过多，无法打开 {0}",
}
"""What the operating system says of a file → Chinese, with the file's name in it."""

USAGE: Mapping[str, tuple[str, str]] = {
    "usage": ("用法：", "Usage: "),
    "hint": ("用 {0} --help 查看帮助。", "Try '{0} --help' for help."),
    "no_such_option": ("没有选项 {0}{1}", "No such option: {0}{1}"),
    "no_such_command": ("没有命令 {0}{1}", "No such command: {0}{1}"),
    "meant": ("；是否指 {0}？", " Did you mean {0}?"),
    "missing": ("缺少 {0}", "Missing {0}"),
    "bad_option": ("选项 {0} 的写法不对，是否缺少它的值？", "Option {0} is not used rightly: is its value missing?"),
    "bad_value": ("{0} 的值不对：{1}", "Invalid value for {0}: {1}"),
    "whole_number": ("应为 {0} 到 {1} 之间的整数", "expected a whole number from {0} to {1}"),
    "date": ("应为 YYYY-MM-DD 的日期", "expected a date YYYY-MM-DD"),
    "no_folder": ("没有文件夹 {0}", "there is no folder {0}"),
    "folder": ("没有这个文件夹，或不是文件夹", "there is no such folder, or it is none"),
    "path": ("没有这个文件，或不是文件", "there is no such file, or it is none"),
}
"""Key → Chinese and English of what click says in English only."""


def failure_text(error: Exception, language: str) -> str:
    """One failure in words."""
    if isinstance(error, SpokenError):
        return error.spoken(language)
    if isinstance(error, FileNotFoundError) and error.filename is not None:
        folder = Path(os.fsdecode(error.filename)).parent
        if not folder.exists():
            return _words("no_folder", language, folder)
    if language == "zh" and isinstance(error, OSError) and error.filename is not None:
        known = SYSTEM.get(error.errno or 0)
        if known is not None:
            return known.format(error.filename)
    kind = next(kind for kind in type(error).__mro__ if kind in FAILURES)
    return FAILURES[kind][LANGUAGES.index(language)].format(error=error, name=type(error).__name__)


def print_failure(text: str, language: str) -> None:
    """A failure on standard error, as every verb tells it."""
    click.echo(say(language, "error", text), err=True)


def print_usage_error(error: click.ClickException, language: str) -> None:
    """What is wrong with a call, after the line that shows how the verb is called where click knows which."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    if isinstance(error, click.UsageError) and error.ctx is not None:
        usage = error.ctx.get_usage().removeprefix("Usage:").lstrip()
        click.echo(_words("usage", language) + usage, err=True)
        click.echo(_words("hint", language, error.ctx.command_path) + "\n", err=True)
    print_failure(_usage_text(error, language), language)


def _usage_text(error: click.ClickException, language: str) -> str:
    match error:
        case click.NoSuchOption():
            return _words("no_such_option", language, error.option_name, _meant(error.possibilities, language))
        case click.exceptions.NoSuchCommand():
            return _words("no_such_command", language, error.command_name, _meant(error.possibilities, language))
        case click.BadOptionUsage():
            return _words("bad_option", language, error.option_name)
        case click.MissingParameter(param=click.Parameter() as param):
            return _words("missing", language, param.get_error_hint(error.ctx))
        case click.BadParameter(param=click.Parameter() as param):
            return _words("bad_value", language, param.get_error_hint(error.ctx), _expected(error, param, language))
    return error.format_message()


def _expected(error: click.BadParameter, param: click.Parameter, language: str) -> str:
    match param.type:
        case click.IntRange(min=low, max=high):
            return _words("whole_number", language, low, high)
        case click.DateTime():
            return _words("date", language)
        case click.Path(file_okay=False):
            return _words("folder", language)
        case click.Path():
            return _words("path", language)
    return error.message


def _meant(names: list[str] | None, language: str) -> str:
    return _words("meant", language, ", ".join(names)) if names else ""


def _words(key: str, language: str, *values: object) -> str:
    return USAGE[key][LANGUAGES.index(language)].format(*values)
