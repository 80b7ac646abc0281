"""What a person is told whose database or run folder cannot be used, in Chinese and in English."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class ErrorText(NamedTuple):
    """One message; `{0}` and so on stand for what the error is about."""

    zh: str
    en: str


ERROR_TEXTS: Mapping[str, ErrorText] = {
    # the database: {0} is its path
    "no_database": ErrorText(
        "还没有数据库 {0}；crawl 或 ingest 会建立它",
        "{0}: there is no database yet; a crawl or an ingest makes it",
    ),
    "emptied_database": ErrorText(
        "数据库 {0} 是空的，而旁边的 captures 文件夹里有存档：数据库已损坏，请从备份恢复"
        "（没有备份时，可移走该文件，再运行 nianbao ingest 由 runs 重建）",
        "{0}: is empty beside an archive of captures: it is damaged, restore it from a backup (without one, move the "
        "file away and let nianbao ingest rebuild it from the runs)",
    ),
    "no_folder": ErrorText("无法建立文件夹 {0}（{1}）", "{0}: cannot be made: {1}"),
    "other_program": ErrorText("{0} 是其他程序的数据库", "{0}: is a database of another program"),
    "newer_database": ErrorText(
        "数据库 {0} 的版本比本程序新（{1}），请升级本程序",
        "{0}: is of a newer version than this program, which does not know {1}",
    ),
    "older_database": ErrorText(
        "数据库 {0} 是旧版本；以写方式打开一次（如 nianbao check）即可升级",
        "{0}: is of an older version; open it for writing once to bring it up to date",
    ),
    "not_sqlite": ErrorText("{0} 不是 SQLite 数据库（{1}）", "{0}: is not an SQLite database ({1})"),
    "damaged": ErrorText("数据库 {0} 已损坏，请从备份恢复（{1}）", "{0}: is damaged: restore it from a backup ({1})"),
    "locked": ErrorText(
        "数据库 {0} 被另一个进程占用，等待超时（{1}）",
        "{0}: is locked by another process, which did not finish in time ({1})",
    ),
    "locked_here": ErrorText("数据库 {0} 被本进程占用（{1}）", "{0}: is locked by this process ({1})"),
    "not_opened": ErrorText(
        "数据库 {0} 无法打开，请检查所在文件夹是否存在、能否读写（{1}）",
        "{0}: cannot be opened: check that the folder exists and may be read and written ({1})",
    ),
    "read_only": ErrorText(
        "数据库 {0} 不可写，请检查文件及所在文件夹的权限（{1}）",
        "{0}: may not be written: check the permissions of the file and its folder ({1})",
    ),
    "no_permission": ErrorText("没有权限打开数据库 {0}（{1}）", "{0}: may not be opened: check its permissions ({1})"),
    "disk_full": ErrorText("磁盘已满，数据库 {0} 无法增大（{1}）", "{0}: cannot grow: the disk is full ({1})"),
    "disk_failed": ErrorText(
        "磁盘读写失败：数据库 {0}（{1}）", "{0}: cannot be read or written: the disk failed ({1})"
    ),
    "changed_meanwhile": ErrorText(
        "磁盘不能写入，只能直接读取数据库 {0}，而它在读取期间有变动，所示内容可能有误，请重新运行",
        "{0}: could only be read as it lies, and it changed meanwhile: what was shown may be wrong, run this again",
    ),
    "no_locking": ErrorText(
        "数据库 {0} 所在的文件系统不支持所需的锁（{1}）",
        "{0}: is locked in a way that its file system does not support ({1})",
    ),
    # what is in it
    "no_report": ErrorText("没有编号为 {0} 的报告", "there is no report {0}"),
    "report_unreadable": ErrorText("报告 {0} 未能读取（{1}）", "report {0} could not be read ({1})"),
    "not_stored": ErrorText("{0}（{1}）应已入库，实际没有", "{0} ({1}): said to be stored, but it is not"),
    "alert_is_live": ErrorText(
        "不能建立告警 {0}：同一事项的告警 {1} 尚未结束", "alert {0} cannot be opened: {1} is the same one and live"
    ),
    "alert_is_live_again": ErrorText(
        "不能重开告警 {0}：同一事项的告警 {1} 尚未结束",
        "alert {0} cannot be opened again: {1} is the same one and live",
    ),
    "alert_moved": ErrorText("告警 {0} 现为 {1}，应为 {2}：已被他人处理，请重新查看", "alert {0} is {1}, expected {2}"),
    "alert_absent": ErrorText("没有告警 {0}", "alert {0} does not exist, expected {1}"),
    # run folders: {0} is the path
    "run_not_whole": ErrorText(
        "采集目录 {0} 没有可读的 manifest.json，没有读入（{1}）", "{0} has no readable manifest.json: {1}"
    ),
    "run_other_files": ErrorText(
        "采集目录 {0} 里的文件与其 manifest.json 所列不符，没有读入：{1}",
        "{0} holds other files than its manifest.json lists: {1}",
    ),
    "run_altered": ErrorText(
        "采集目录里的 {0} 与 manifest.json 所记不符，没有读入", "{0} is not what its manifest.json says"
    ),
    "run_content": ErrorText(
        "采集目录 {0} 里不是采集结果，没有读入（{1}）", "{0} does not hold what a run folder holds: {1}"
    ),
    "judging_failed": ErrorText(
        "有 {0} 个机关的报告内容未能检查：本程序出错（如 {1}，见上面的记录）；其余均已检查",
        "the content of the reports of {0} agencies could not be checked, this program failed (of {1}, for one; see "
        "the log above); everything else was checked",
    ),
    "run_failed": ErrorText(
        "采集目录 {0} 未能读入：本程序出错（{1}）", "{0} could not be taken over, this program failed: {1}"
    ),
    "run_body_absent": ErrorText("采集目录 {0} 里没有可读的 {1}（{2}）", "{0} has no readable body {1}: {2}"),
    # backups: {0} is the path
    "backup_exists": ErrorText("备份 {0} 已经存在", "{0}: there is such a backup already"),
    "backup_none": ErrorText("{0} 里没有完整的备份", "{0}: holds no whole backup"),
    "backup_format": ErrorText("备份 {0} 的格式是 {1}，本程序不认识", "{0}: is of format {1}, which is not known"),
    "backup_manifest": ErrorText("备份 {0} 的 manifest.json 无法读取（{1}）", "{0}: its manifest cannot be read: {1}"),
    "backup_absent": ErrorText("备份缺少文件 {0}", "{0}: is missing from the backup"),
    "backup_altered": ErrorText("备份文件 {0} 与其 SHA-256 不符", "{0}: is not what its SHA-256 says"),
    "backup_damaged": ErrorText(
        "备份的数据库 {0} 未通过完整性检查（{1}）", "{0}: the copy of the database is damaged: {1}"
    ),
    "backup_counts": ErrorText(
        "备份的数据库 {0} 的行数不符，应为 {1}，实为 {2}", "{0}: expected the rows {1}, found {2}"
    ),
    "restore_target": ErrorText(
        "{0} 已经存在且不为空；恢复只写入新的文件夹",
        "{0}: is there and not empty; a backup is restored to a new folder",
    ),
    "run_body_other": ErrorText("采集目录 {0} 里 {1} 的字节与摘要不符", "{0} holds other bytes under {1}"),
}
"""Key → the message."""
