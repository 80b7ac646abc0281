"""LibreOffice converts what only it reads, many files at a time; one that it cannot read fails alone."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from crawler.documents.sniff import Kind, binary_kind
from crawler.office import Converter, OfficeFile, remove_stale_profiles
from crawler.parser import read_report
from storage.errors import UnreadableError
from tests.accuracy import random_reports, wrong_cells
from tests.writers.office_writer import FILTERS, saved_as
from tests.writers.word_writer import python_docx_report

CORRUPT = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000)


@pytest.fixture(scope="module")
def converter():
    with Converter() as made:
        yield made


@pytest.fixture(scope="module")
def reports():
    """One made-up report, and what LibreOffice saved it as: format → bytes."""
    ((made, source),) = random_reports("office formats", 1)
    written = python_docx_report(made, source)
    return made, {kind: saved_as(kind, [written])[0] for kind in FILTERS}


@pytest.mark.office
@pytest.mark.parametrize("kind", FILTERS)
def test_every_format_of_word_processors_becomes_a_docx_with_every_cell(converter, reports, kind):
    made, saved = reports

    (converted,) = converter.convert([OfficeFile(kind, saved[kind])])

    assert (binary_kind(saved[kind]), binary_kind(converted)) == (kind, Kind.DOCX)
    assert wrong_cells(made, read_report(converted)) == []


@pytest.mark.office
def test_a_corrupt_file_fails_alone(converter, reports):
    good = OfficeFile(Kind.DOC, reports[1][Kind.DOC])
    cut = OfficeFile(Kind.DOC, good.data[: len(good.data) // 2])

    made = converter.convert([good, good, cut, good, good])

    assert [data[:2] if isinstance(data, bytes) else data.reason for data in made] == [
        *(b"PK", b"PK"),
        "office_failed",
        *(b"PK", b"PK"),
    ]


def test_what_a_killed_process_left_behind_is_removed_a_day_later_and_nothing_else(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = {
        "killed": f"nianbao-office-{ended.pid}-a",
        "of an older version": "nianbao-office-abc",
        "at work": f"nianbao-office-{os.getpid()}-b",
        "of others": "office-c",
    }
    for name in names.values():
        (tmp_path / name / "profile").mkdir(parents=True)
    (tmp_path / "target").mkdir()
    (tmp_path / "nianbao-office-link").symlink_to(tmp_path / "target")

    remove_stale_profiles(time.time() + 3600)
    kept = {path.name for path in tmp_path.iterdir()}
    remove_stale_profiles(time.time() + 2 * 24 * 3600)

    assert kept == {*names.values(), "target", "nianbao-office-link"}
    assert {path.name for path in tmp_path.iterdir()} == kept - {names["killed"], names["of an older version"]}


def test_without_libreoffice_what_to_install_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "")

    with Converter() as converter:
        (refused,) = converter.convert([OfficeFile(Kind.DOC, CORRUPT)])

    assert isinstance(refused, UnreadableError)
    assert (refused.reason, "libreoffice-writer-nogui" in refused.detail) == ("office_missing", True)


HANGS = "#!/bin/sh\nsleep 600 &\necho $! > {pids}\necho $$ >> {pids}\nwait\n"


def is_alive(process):
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_a_libreoffice_that_hangs_is_ended_with_all_it_started(monkeypatch, tmp_path):
    pids = tmp_path / "pids"
    program = tmp_path / "soffice"
    program.write_text(HANGS.format(pids=pids))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("crawler.office.START_SECONDS", 1.0)
    monkeypatch.setattr("crawler.office.FILE_SECONDS", 0.0)

    with Converter() as converter:
        (refused,) = converter.convert([OfficeFile(Kind.DOC, CORRUPT)])

    until = time.monotonic() + 10
    while any(map(is_alive, pids.read_text().split())) and time.monotonic() < until:
        time.sleep(0.01)
    assert refused.reason == "office_failed"
    assert [process for process in pids.read_text().split() if is_alive(process)] == []
