"""ZIP bundles: which of their files may hold a report. A name in an archive is a label, never a path to write to."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from crawler.documents.archive import Archive
from crawler.documents.sniff import Kind, binary_kind
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawler.documents.model import Document

MAX_DEPTH = 2
"""An archive, and archives in it; what lies deeper is listed and not opened."""
MAX_MEMBERS = 200
"""Files of all depths that are looked at; a bundle holds one report and its attachments, or a county's fifty."""
MAX_ARCHIVES = 50
MAX_UNPACKED = 128 * 1024 * 1024
"""All members together. Documents are packed themselves: a bundle unpacks to little more than its own size."""
_LISTED = 8
_RUBBISH_FOLDERS = frozenset({"__macosx", "$recycle.bin", ".git", ".svn"})
_RUBBISH_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})
_RUBBISH_STARTS = ("~$", "._", ".~lock", "~wrl")


class Member(NamedTuple):
    """A file of a bundle: its name as its author typed it, below the names of the archives that hold it."""

    name: str
    data: bytes


def members_of(data: bytes) -> tuple[Member, ...]:
    """The files of an archive that may hold a report, in its order, those of archives inside it with them.

    Folders, empty files, and what operating systems and editors leave behind are passed over. An inner
    archive that cannot be opened is a member like any other: reading it says why. Raises UnreadableError
    `damaged`, `encrypted`, `unsafe_archive`.
    """
    found: list[Member] = []
    unpacked = 0
    for member in _members(_Opened(), data, "", 1):
        unpacked += len(member.data)
        if unpacked > MAX_UNPACKED:
            raise UnreadableError(
                "unsafe_archive", f"more than {MAX_UNPACKED} bytes unpacked from archives in archives"
            )
        found.append(member)
        if len(found) > MAX_MEMBERS:
            raise UnreadableError("unsafe_archive", f"more than {MAX_MEMBERS} files that may hold a report")
    return tuple(found)


def read_bundle(data: bytes) -> Document:
    """The document of an archive that holds exactly one.

    Raises UnreadableError: `empty` (no file in it), `unsupported` (several documents: whoever wants them
    reads the members one by one), the first member's reason where none can be read, and as `members_of`.
    """
    # The reader of an archive's members is the reader of archives.
    from crawler.documents import read_document  # noqa: PLC0415

    members = members_of(data)
    if not members:
        raise UnreadableError("empty", "an archive without any file that may hold a report")
    documents: list[tuple[str, Document]] = []
    failures: list[tuple[str, UnreadableError]] = []
    for name, content in members:
        if _is_archive(content):
            failures.append((name, UnreadableError("unsupported", f"an archive more than {MAX_DEPTH} deep")))
            continue
        try:
            documents.append((name, read_document(content)))
        except UnreadableError as error:
            failures.append((name, error))
        if len(documents) > 1:
            names = "、".join(member.name for member in members[:_LISTED])
            raise UnreadableError("unsupported", f"an archive of {len(members)} files; read them one by one: {names}")
    if not documents:
        name, first = failures[0]
        raise UnreadableError(first.reason, f"{name} in the archive: {first.detail}") from first
    return documents[0][1]


@dataclass(slots=True)
class _Opened:
    """How many archives have been opened on the way."""

    count: int = 0


def _members(opened: _Opened, data: bytes, prefix: str, depth: int) -> Iterator[Member]:
    opened.count += 1
    if opened.count > MAX_ARCHIVES:
        raise UnreadableError("unsafe_archive", f"more than {MAX_ARCHIVES} archives in one another")
    with Archive(data) as archive:
        for member in archive.members:
            if not member.size or _is_rubbish(member.name):
                continue
            content = archive.read(member.name)
            name = prefix + member.name
            if depth < MAX_DEPTH and _is_archive(content):
                yield from _members(opened, content, f"{name}/", depth + 1)
            else:
                yield Member(name, content)


def _is_archive(content: bytes) -> bool:
    """Is this a plain archive, not an office document in one?"""
    try:
        return binary_kind(content) is Kind.ZIP
    except UnreadableError:
        return False


def _is_rubbish(name: str) -> bool:
    folder, file = posixpath.split(name.replace("\\", "/").lower())
    return (
        file in _RUBBISH_FILES or file.startswith(_RUBBISH_STARTS) or not _RUBBISH_FOLDERS.isdisjoint(folder.split("/"))
    )
