"""What `nianbao init` writes: a commented configuration and a registry, empty or with real examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from storage.agency_table import COLUMNS
from storage.configuration import DEFAULT_FILE
from storage.errors import ConfigurationError
from storage.faults import wording
from storage.registry import AGENCIES_FILE, PORTALS_FILE, WAIVERS_FILE
from storage.sample_registry import sample_agencies, sample_portals
from storage.successions import SUCCESSIONS_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CONFIGURATION = """\
# nianbao 的设置。每一项都可以省略，省略时取这里写的值。相对路径从本文件所在的文件夹算起。
# Settings. Every key may be left out and then has the value shown. Relative paths start at this file's folder.

language = "zh"            # 消息的语言 / language of messages: zh, en

[paths]
data = "data"              # 数据库、存档、抓取记录 / nianbao.db, captures/, runs/
registry = "registry"      # agencies.csv, portals.toml, waivers.toml, successions.toml

[crawl]
# 请改成自己的联系方式：网站管理员从 User-Agent 里看到它，才能找到您。
# Put your own here: a portal's administrator sees it in the User-Agent and can reach you.
contact = "mailto:ops@example.org"
delay = 2.0                # 对同一网站两次请求之间的秒数 / seconds between two requests to one portal
browser = "auto"           # auto, never, 或浏览器程序的路径 / or the path of a Chromium
allow_private_hosts = false  # true 仅供演示和测试 / true is for the demo and tests only
proxy = ""                 # 单位的 HTTP 代理 / an office's HTTP proxy: http://host:port

[watch]
confirm_after_hours = 20   # 两次完整查找相隔多少小时才认定未公布 / hours between the two scans that confirm "missing"
grace_days = 0             # 期限之后宽限的天数 / days of grace after the due date
repeat_days = 0            # 未处理的告警隔几天再提醒，0 为不提醒 / days until an open alert is told again; 0: never

[service]
# nianbao run 怎样运行。heartbeat_url：每轮都顺利才访问一次的外部地址（如 Healthchecks），它收不到就说明巡查停了。
# How `nianbao run` lives. heartbeat_url is asked for after each good cycle only: when it stays silent, look here.
log = "text"               # 日志：text，或供程序读的 json（每行一个对象） / text, or json for programs
heartbeat_url = ""         # 可写 "${HEARTBEAT_URL}"，取自环境变量 / "${HEARTBEAT_URL}" is taken from the environment
heartbeat_every = "5m"     # 至少隔多久 / at least so far apart
lease = "2m"               # 多久没有消息就由另一台接替 / silent for so long, and another service takes over
every = { scan = "10m", ingest = "5m", check = "15m", notify = "1m", upkeep = "1m" }  # 多久查一次 / how often
# min_free_mib = 2048      # 磁盘至少留多少 MiB；省略时为 2048 与磁盘的 5% 中较小者 / left out: 2048 or 5 % of the disk

# 通知谁，可写多节。地址是 Apprise 的格式；${NAME} 取自环境变量，密码不必写在这里。
# Whom to tell; as many sections as you like. ${NAME} is taken from the environment, so no password stands here.
# [[notify]]
# url = "mailtos://monitor:${MAIL_PASSWORD}@example.org?to=ops@example.org"
# events = ["missing", "late", "withdrawn", "malformed", "operator"]
# regions = []             # 空：全部；否则是区划代码前缀 / empty: all, else prefixes of region codes
# 以下只约束 run；notify 立即全部发出。时间为北京时间。
# These bind `run` alone, `notify` sends everything at once. Times are those of Asia/Shanghai.
# group = "recipient"      # 一份摘要的范围：recipient 全部、portal 每个网站、region 每个城市 / what one digest is about
# interval_hours = 24      # 两份摘要至少相隔的小时数，0 为随时 / hours between two digests, 0: at once
# digest_at = "08:30"      # 每天此时之后才发摘要 / no digest before this time of the day
# quiet_hours = ["22:00", "07:00"]   # 此间不发，可跨午夜；省略时没有 / nothing is sent between them; left out: none
"""

PORTALS = """\
# 每个网站一节，节名就是 agencies.csv 里 portal 一列要写的编号。
# One section a portal; its name is what the column `portal` of agencies.csv refers to.
#
# [anqiu]
# name = "安丘市人民政府"
# base_url = "http://www.anqiu.gov.cn/"
# hosts = ["zwgk.anqiu.gov.cn"]      # 也算本网站的其他主机 / further hosts whose pages count as its own
# columns = ["http://www.anqiu.gov.cn/zfxxgknb/"]   # 年报栏目；省略时自动查找 / found when absent
# family = "trs"                     # 建站系统；省略时自动识别 / recognised when absent
# delay = 5.0                        # 秒 / seconds
# listing = "linked_pages"           # 列表的翻页方式，识别有误时才写 / how its lists are paged, where that is mistaken
# max_pages = 400                    # 一个栏目最多看几页列表 / list pages that one column may take
"""

WAIVERS = """\
# 不予追究的情形，每一节一条。rule 是规则名，"*" 表示全部规则；until 之后不再有效。
# What is not held against an agency. `rule` is a rule's name or "*"; void after `until`.
#
# [[waiver]]
# agency = "anqiu-huiqu"
# year = 2024
# rule = "late"
# reason = "机构改革，经主管部门同意延期"
# by = "张三"
# until = 2025-03-31
"""

SUCCESSIONS = """\
# 机构改革：谁的职责由谁承继，每一节一条。承继机关同年度的报告可以满足原机关的义务。
# 只是换了名称、编号不变的，把旧名写进 agencies.csv 的 aliases 即可，不必写在这里。
# Who took over from whom. The successor's report on a year may satisfy what its predecessor owed.
# An agency that only changed its name keeps its id: put the old name into `aliases` of agencies.csv instead.
#
# kind: merged 并入 / renamed 更名并启用新编号 / split 部分职责划出，原机关仍在 / dissolved 撤销（可以没有承继机关）
#
# [[succession]]
# agency = "anqiu-nongji"            # 终止或缩小的机关 / that ended or shrank
# successor = "anqiu-nongye"         # 承继的机关 / that took over
# on = 2024-11-01                    # 自此日起 / from that day on
# kind = "merged"
# paper = "安编〔2024〕5号"          # 依据 / the document that says so
"""


class Starter(NamedTuple):
    """`written` files are new; `kept` ones were there already and were not touched."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def write_starter(folder: Path) -> Starter:
    """Write the files that a new watch needs into a folder, made if absent; no file is ever overwritten.

    ConfigurationError where the folder cannot be written to.
    """
    return _write(folder, agencies=",".join(COLUMNS) + "\n", portals=PORTALS)


def write_sample(folder: Path) -> Starter:
    """Write the same files with real portals in the registry, marked as unverified. Errors as of `write_starter`."""
    return _write(folder, agencies=sample_agencies(), portals=PORTALS + "\n" + sample_portals())


def _write(folder: Path, *, agencies: str, portals: str) -> Starter:
    registry = folder / "registry"
    texts = {
        folder / DEFAULT_FILE: CONFIGURATION,
        registry / AGENCIES_FILE: agencies,
        registry / PORTALS_FILE: portals,
        registry / WAIVERS_FILE: WAIVERS,
        registry / SUCCESSIONS_FILE: SUCCESSIONS,
    }
    try:
        registry.mkdir(parents=True, exist_ok=True)
        return _written(texts)
    except OSError as error:
        raise ConfigurationError(wording("not_written", "zh", error.filename, error.strerror)) from error


def _written(texts: Mapping[Path, str]) -> Starter:
    written, kept = [], []
    for path, text in texts.items():
        try:
            with path.open("x", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
            written.append(path)
        except FileExistsError:
            kept.append(path)
    return Starter(tuple(written), tuple(kept))
