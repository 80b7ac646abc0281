"""Every error of the house, named for what the person who meets it should do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.error_texts import ERROR_TEXTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class ReportsError(Exception):
    """Something a person must act on; the message says what, where, and what was expected."""


class SpokenError(ReportsError):
    """An error whose message is one of ERROR_TEXTS; `values` fill its braces. As text it says both languages."""

    def __init__(self, key: str, *values: object) -> None:
        self.key = key
        self.values = values
        super().__init__(f"{self.spoken('zh')} / {self.spoken('en')}")

    def spoken(self, language: str) -> str:
        """The message in that language."""
        text = ERROR_TEXTS[self.key]
        return (text.zh if language == "zh" else text.en).format(*self.values)


class ConfigurationError(ReportsError):
    """`nianbao.toml` or an option cannot be used as written: correct it and call again."""


class RegistryError(ReportsError):
    """Files of the registry hold faults: `faults` lists all of them, in the order of the files."""

    def __init__(self, faults: Sequence[RegistryFault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


class RegistryFault(ReportsError):  # noqa: N818 (a fault in a list, raised only as part of RegistryError)
    """One fault in one registry file. `line` and `column` count from 1, as an editor shows them."""

    def __init__(self, path: Path, line: int, column: str, expected: str) -> None:
        super().__init__(f"{path}:{line}: {column}: {expected}")
        self.path = path
        self.line = line
        self.column = column
        self.expected = expected


class UnreadableError(ReportsError):
    """A document could not be read, and that is ours to solve; never an accusation.

    `reason` is one of `UNREADABLE_REASONS` in `storage.report`.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class SandboxError(ReportsError):
    """The processes that read documents cannot be started here; no document is judged by it."""


class CaptureMissingError(ReportsError):
    """Archived bytes that the database names are not on disk: restore them from a backup."""

    def __init__(self, digest: str, path: Path) -> None:
        super().__init__(f"capture {digest} is not at {path}")
        self.digest = digest
        self.path = path


class CaptureDamagedError(ReportsError):
    """Archived bytes are not those of their digest: nothing is proven by them. Restore them from a backup."""

    def __init__(self, digest: str, path: Path | str) -> None:
        super().__init__(f"{path} does not hold the bytes of {digest}")
        self.digest = digest
        self.path = path


class RunFolderError(SpokenError):
    """A run folder is incomplete or was altered, or this program fails at it: it is left where it is and nothing of it
    counts."""


class CrawlError(ReportsError):
    """The crawl's own process failed; no agency is judged by it."""


class FormError(ReportsError):
    """A form's own declaration contradicts itself; raised at import, naming every fault."""


class RuleError(ReportsError):
    """A rule's own declaration is incomplete or contradicts itself; raised at import, naming every fault."""


class DatabaseError(SpokenError):
    """The database cannot be opened or is of a newer version than this program."""


class AlertError(ReportsError):
    """There is no such alert, or its state does not allow what was asked; `alert` is its id."""

    def __init__(self, alert: str, message: str) -> None:
        super().__init__(message)
        self.alert = alert


class BusyError(ReportsError):
    """Another process is doing this very thing; it holds the lock file `path`. Wait until it has ended."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is held by another process, which is doing this very thing")
        self.path = path


class LeaseLostError(ReportsError):
    """Another process has taken over the lease `name` meanwhile: what this one was about to write is not written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the lease {name} has gone to another process; nothing was written")
        self.name = name


class CrawlFailedError(CrawlError):
    """The crawl's process ended with `code` before its run was whole; `log` is its file, `last` its last line."""

    def __init__(self, code: int, log: Path, last: str) -> None:
        super().__init__(f"the crawl ended with code {code} before its run was whole; {log} ends with: {last}")
        self.code = code
        self.log = log
        self.last = last


class CrawlBusyError(CrawlError):
    """Another crawl is writing to the same folder of runs; wait until it has ended."""


class BackupError(SpokenError):
    """A backup could not be made or brought back; nothing that was there has changed."""
