"""What is handed out for machines: units that systemd understands, an image that runs without privileges."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

UNITS = ("nianbao.service", "nianbao-backup.service", "nianbao-backup.timer")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze on this machine")
def test_systemd_understands_the_units(repository, tmp_path):
    for name in UNITS:
        text = (repository / "docs" / "deploy" / name).read_text(encoding="utf-8")
        # The program is not installed on the machine that runs the tests.
        (tmp_path / name).write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")

    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / name) for name in UNITS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    ours = [line for line in result.stderr.splitlines() if "nianbao" in line]
    assert (result.returncode, ours) == (0, []), result.stderr


@pytest.mark.parametrize("unit", [name for name in UNITS if name.endswith(".service")])
def test_a_unit_runs_as_a_user_of_its_own_behind_a_fence(repository, unit):
    text = (repository / "docs" / "deploy" / unit).read_text(encoding="utf-8")

    for line in (
        "User=nianbao",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "CapabilityBoundingSet=",
    ):
        assert f"\n{line}\n" in text


def test_the_image_runs_without_privileges_and_knows_whether_it_is_well(repository):
    lines = (repository / "docs" / "deploy" / "Containerfile").read_text(encoding="utf-8").splitlines()
    steps = [line for line in lines if re.match(r"[A-Z]+ ", line)]

    assert steps[0] == "FROM debian:bookworm-slim"
    assert [line.split()[1] for line in steps if line.startswith("USER ")] == ["nianbao"]
    assert any("/healthz" in line for line in lines)
    assert steps.index("USER nianbao") < next(place for place, line in enumerate(steps) if line.startswith("CMD "))
