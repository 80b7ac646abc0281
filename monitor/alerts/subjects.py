"""What an incident of the operator's is about, in words: kinds of incidents by name, portals and agencies by theirs.

Pure. The book keeps subjects as `kind` or `kind:id`, which stay the same when somebody is renamed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.faults import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Mapping

FLAPPING = "flapping"

SUBJECTS: Mapping[str, tuple[str, str]] = {
    "portal": ("网站疑似异常", "portal that looks broken"),
    "portals": ("多个网站疑似异常", "many portals that look broken"),
    "fleet": ("全部网站疑似异常", "all portals look broken"),
    "network": ("本系统的网络", "our network"),
    "no-control": ("没有对照", "no control"),
    "backdated": ("疑似倒签", "perhaps backdated"),
    "cannot-look": ("未能完成检索", "cannot be looked at"),
    FLAPPING: ("告警反复", "alerts that flap"),
    "channel": ("通知渠道", "channel"),
    "clock": ("系统时钟", "our clock"),
    "clock_back": ("系统时钟倒退", "our clock went back"),
    "disk": ("磁盘空间", "disk"),
    "registry": ("名录", "registry"),
    "wal": ("数据库日志", "the database's log"),
    "damage": ("数据库损坏", "the database is damaged"),
}
"""Kind of subject → Chinese and English."""

_BRACKETS: Mapping[str, str] = {"zh": "{name}（{key}）", "en": "{name} ({key})"}
_OF: Mapping[str, str] = {"zh": "{what}：{whom}", "en": "{what}: {whom}"}


def subject_text(subject: str, portals: Mapping[str, str], agencies: Mapping[str, str], language: str) -> str:
    """The subject in words; `portals` and `agencies` are names by id. One of an unknown kind stays as it is."""
    kind, _, key = subject.partition(":")
    if kind not in SUBJECTS:
        return subject
    what = SUBJECTS[kind][LANGUAGES.index(language)]
    whom = named(key, agencies if kind == FLAPPING else portals, language)
    return _OF[language].format(what=what, whom=whom) if key else what


def named(key: str, names: Mapping[str, str], language: str) -> str:
    """A name with the id that the registry has for it; the id alone where there is no other name."""
    name = names.get(key, key)
    return key if name == key else _BRACKETS[language].format(name=name, key=key)
