"""The house keeps its own rules: size, floors, documents, lock file."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

import crawler
import monitor
import storage
from monitor.cli import main

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("storage", "crawler", "monitor")
FOLDERS = {".ci", "crawler", "docs", "monitor", "storage", "tests"}
FILES = {
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "README.zh.md",
    "pyproject.toml",
    "requirements.lock",
    "scrapy.cfg",
}
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def kept_files() -> list[Path]:
    """What git keeps or would keep; every file where this is no checkout (an unpacked archive)."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        return [path for path in (ROOT / name for name in names) if path.is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not is_made_here(path.relative_to(ROOT))]


def is_made_here(path: Path) -> bool:
    """Environments, caches and the demo's data: what tools leave in a checkout."""
    made = {"__pycache__", "demo-data", "data"}
    return any(part in made or (part.startswith(".") and part not in {".ci", ".gitignore"}) for part in path.parts)


def verbs(group: click.Group, prefix: str = "") -> list[str]:
    found = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += verbs(command, f"{prefix}{name} ")
            if not command.invoke_without_command:
                continue
        found.append(prefix + name)
    return sorted(found)


@pytest.mark.parametrize("package", [storage, crawler, monitor], ids=lambda package: package.__name__)
def test_the_packages_that_are_imported_are_those_of_this_repository(package):
    assert Path(package.__file__).is_relative_to(ROOT)


def test_no_module_is_longer_than_400_lines():
    lengths = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in MODULES}

    assert {name: length for name, length in lengths.items() if length > 400} == {}


def test_every_module_says_what_it_is_for():
    silent = [str(path.relative_to(ROOT)) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))]

    assert silent == []


def test_nothing_is_named_utils():
    assert [path for path in MODULES if path.stem in {"utils", "helpers", "misc", "common_utils"}] == []


def test_the_root_holds_what_it_should_and_nothing_else():
    relative = [path.relative_to(ROOT) for path in kept_files()]

    assert {path.parts[0] for path in relative if len(path.parts) > 1} == FOLDERS
    assert {path.name for path in relative if len(path.parts) == 1} == FILES


def test_no_kept_file_names_a_folder_of_one_machine_or_a_package_index():
    folder = re.compile(r"(?<![\w.:/}\])-])/(?:home|root|Users|work|farm|opt/(?:pypi|wheels))/")
    index = re.compile(
        r"(?i)--(?:extra-)?index-url|index_url\s*=|--find-links|pypi\.org/simple|files\.pythonhosted|/simple/\s*$",
        re.MULTILINE,
    )
    # The Makefile tells pip-compile to leave addresses out; this file names what it looks for.
    exempt = {"LICENSE", "tests/test_house.py"}
    faults = []
    for path in kept_files():
        name = path.relative_to(ROOT).as_posix()
        if name in exempt:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        text = text.replace("--no-emit-index-url", "").replace("--no-emit-find-links", "")
        faults += [f"{name}: {found.group()}" for pattern in (folder, index) for found in pattern.finditer(text)]

    assert faults == []


def test_every_locked_package_has_hashes_and_every_dependency_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(line for extra in project["optional-dependencies"].values() for line in extra),
    ]
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text())
    locked = {block.split("==")[0]: block for block in blocks if "==" in block.splitlines()[0]}

    without_hash = [name for name, block in locked.items() if "--hash=sha256:" not in block]
    names = {re.split(r"[^\w.-]", line)[0].lower().replace("_", "-").replace(".", "-") for line in wanted}
    assert without_hash == []
    assert names - set(locked) == set()


@pytest.mark.parametrize("document", ["README.md", "README.zh.md", "docs/operations.md"])
def test_every_verb_of_the_command_line_is_documented(document):
    text = (ROOT / document).read_text()

    assert [verb for verb in verbs(main) if f"`{verb}" not in text and f"nianbao {verb}" not in text] == []


def test_every_verb_and_option_explains_itself():
    def silent(command: click.Command, path: str) -> list[str]:
        found = [] if command.help else [path]
        found += [
            f"{path} {option.opts[0]}"
            for option in command.params
            if isinstance(option, click.Option) and not option.help
        ]
        if isinstance(command, click.Group):
            found += [fault for name, sub in command.commands.items() for fault in silent(sub, f"{path} {name}")]
        return found

    assert silent(main, "nianbao") == []


def test_imports_go_down_only():
    result = run([str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"])

    assert result.returncode == 0, result.stdout


def test_the_generated_documents_are_fresh():
    result = run([sys.executable, "docs/generate.py", "--check"])

    assert (result.returncode, result.stderr) == (0, "")


def test_scrapy_finds_the_one_spider_from_the_root():
    result = run([sys.executable, "-m", "scrapy", "list"])

    assert (result.returncode, result.stdout) == (0, "reports\n"), result.stderr


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.stem)
def test_a_decision_is_short_and_says_what_it_costs(path):
    text = path.read_text()
    lines = text.splitlines()

    headings = [line for line in lines if line.startswith("## ")]
    assert headings == ["## Context", "## Choice", "## What we gave up"]
    assert len(lines) <= 40


def test_links_between_documents_lead_somewhere():
    broken = []
    for path in kept_files():
        if path.suffix == ".md":
            targets = re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", path.read_text())
            broken += [f"{path.name}: {target}" for target in targets if not (path.parent / target).exists()]

    assert broken == []


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONUTF8": "1"}
    )
