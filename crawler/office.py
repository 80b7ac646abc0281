"""Word 97, WPS, RTF and ODT to DOCX, by LibreOffice where it is installed.

Many files in one call: starting it takes ten times as long as a file. It has a profile of its own, no
network, no macros, and is killed at its time limit; a file that breaks it is found out and fails alone.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from crawler.documents.sniff import Kind
from crawler.sandbox import Limits
from crawler.sandbox.fenced import run_fenced
from storage.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BATCH = 20
"""Files in one call; twice as many gain nothing."""

START_SECONDS = 60.0
FILE_SECONDS = 3.0
MEMORY = 4 * 1024 * 1024 * 1024
MAX_DOCX = 64 * 1024 * 1024
STALE_SECONDS = 24 * 60 * 60.0

_FOLDER = "nianbao-office-"
_PROGRAMS = ("soffice", "libreoffice")
_SUFFIXES: Mapping[Kind, str] = {Kind.DOC: "doc", Kind.RTF: "rtf", Kind.ODT: "odt"}
_OPTIONS = ("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck", "--nofirststartwizard")
_FILTER = "docx:MS Word 2007 XML"
_HOW_TO = "LibreOffice is not installed: on Debian, apt-get install libreoffice-writer-nogui"

# Nothing in a document runs, nothing it links to is loaded.
_SETTINGS = (
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "0"),
    ("/org.openoffice.Office.Common/Misc", "FirstRun", "false"),
)
_ITEM = '<item oor:path="{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{}</oor:items>\n'
)


class OfficeFile(NamedTuple):
    """A document that only LibreOffice reads. `kind` is one of `crawler.documents.sniff.OFFICE`."""

    kind: Kind
    data: bytes


class Converter:
    """LibreOffice with a profile of its own, which is made on first need and gone after `with`.

    Two may work at the same time; one of them may not be used by two threads.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Remove the profile."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def convert(self, files: Sequence[OfficeFile]) -> list[bytes | UnreadableError]:
        """For each file the DOCX that it becomes, or the error `office_missing` or `office_failed`."""
        program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
        if program is None:
            return [UnreadableError("office_missing", f"{file.kind.value}: {_HOW_TO}") for file in files]
        results: list[bytes | UnreadableError] = []
        for start in range(0, len(files), BATCH):
            results += self._converted(program, files[start : start + BATCH])
        return results

    def _converted(self, program: str, files: Sequence[OfficeFile]) -> list[bytes | UnreadableError]:
        done: dict[int, bytes] = {}
        left = list(range(len(files)))
        while left:
            done |= self._run(program, {number: files[number] for number in left})
            missing = [number for number in left if number not in done]
            if len(left) > 1 and missing:
                # They are taken in their order: whatever stopped it, the first that is missing was on its table.
                done |= self._run(program, {missing[0]: files[missing[0]]})
            left = missing[1:]
        return [
            done[number]
            if number in done
            else UnreadableError("office_failed", f"LibreOffice made nothing of this {file.kind.value}")
            for number, file in enumerate(files)
        ]

    def _run(self, program: str, files: Mapping[int, OfficeFile]) -> dict[int, bytes]:
        """The files that one call converted, by their numbers."""
        profile = self._profile()
        with tempfile.TemporaryDirectory(dir=profile.parent) as name:
            folder = Path(name)
            made = folder / "made"
            paths = []
            for number, file in files.items():
                paths.append(folder / f"{number}.{_SUFFIXES[file.kind]}")
                paths[-1].write_bytes(file.data)
            seconds = START_SECONDS + FILE_SECONDS * len(files)
            run_fenced(
                (
                    *(program, *_OPTIONS, f"-env:UserInstallation={profile.as_uri()}"),
                    *("--convert-to", _FILTER, "--outdir", str(made), *map(str, paths)),
                ),
                Limits(MEMORY, seconds, seconds),
                {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(profile.parent), "LC_ALL": "C.UTF-8"},
            )
            found = {number: made / f"{number}.docx" for number in files}
            return {
                number: path.read_bytes()
                for number, path in found.items()
                if path.is_file() and not path.is_symlink() and 0 < path.stat().st_size <= MAX_DOCX
            }

    def _profile(self) -> Path:
        if self._folder is None:
            remove_stale_profiles(time.time())
            self._folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-"))
            user = self._folder / "profile" / "user"
            user.mkdir(parents=True)
            items = "".join(_ITEM.format(*setting) for setting in _SETTINGS)
            (user / "registrymodifications.xcu").write_text(_PROFILE.format(items), encoding="utf-8")
        return self._folder / "profile"


def remove_stale_profiles(now: float) -> None:
    """Remove what a killed process left behind: folders of ours that are a day old and whose process is gone."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        owner = folder.name.removeprefix(_FOLDER).partition("-")[0]
        try:
            facts = folder.lstat()
        except FileNotFoundError:
            continue
        is_ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid()
        if is_ours and now - facts.st_mtime > STALE_SECONDS and not (owner.isdecimal() and _lives(int(owner))):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
