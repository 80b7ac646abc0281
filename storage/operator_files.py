"""Reads the text and TOML files that an operator wrote, and knows in which line each key stands."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from storage.faults import Faults

MAX_FILE = 50_000_000
"""Bytes. Every agency of the country with long addresses fits into it."""

WHOLE_FILE = "*"
"""The column of a fault that is about the file as a whole."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

Place = tuple[str | int, ...]


def read_operator_file(path: Path, faults: Faults, absent: str = "absent") -> bytes | None:
    """The bytes of a file; None after noting why they cannot be had. `absent` words a missing file."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    except FileNotFoundError:
        faults.add(1, WHOLE_FILE, absent)
        return None
    except OSError as error:
        faults.add(1, WHOLE_FILE, "not_a_file", error.strerror or type(error).__name__)
        return None
    if len(data) > MAX_FILE:
        faults.add(1, WHOLE_FILE, "too_large", MAX_FILE // 1_000_000)
        return None
    return data


def decode_utf8(data: bytes, faults: Faults) -> str | None:
    """The text of a UTF-8 file, a byte order mark dropped.

    Bytes that are not UTF-8 are a fault; where they are whole GB18030 (Excel's plain CSV in China)
    the text is given back all the same, so that the file's other faults are named in the same go.
    """
    if data.startswith(_UTF16_MARKS):
        faults.add(1, WHOLE_FILE, "utf16")
        return None
    if (place := data.find(b"\0")) >= 0:
        faults.add(_line_of_byte(data, place), WHOLE_FILE, "nul")
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_of_byte(data, error.start)
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        faults.add(line, WHOLE_FILE, "not_utf8", "")
        return None
    faults.add(line, WHOLE_FILE, "not_utf8", "（GBK）" if faults.language == "zh" else " (but GBK)")
    return text


def _line_of_byte(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


@dataclass(frozen=True, slots=True)
class TomlFile:
    """A parsed TOML file. `lines` maps the path of a key (`("anqiu", "hosts")`, `("waiver", 0)`) to its line."""

    values: Mapping[str, Any]
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line(self, *place: str | int) -> int:
        """The line of a key, or of the nearest table above it that has a line of its own."""
        for end in range(len(place), 0, -1):
            if place[:end] in self.lines:
                return self.lines[place[:end]]
        return 1

    def at(self, *place: str | int) -> Mapping[str, Any]:
        """The table at a place that is known to be one."""
        node: Any = self.values
        for part in place:
            node = node[part]
        return cast("Mapping[str, Any]", node)


def parse_toml(text: str, faults: Faults) -> TomlFile | None:
    """The values of a TOML text; None after noting where it stops being TOML."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        written = re.search(r" \(at line (\d+), column \d+\)$", str(error))
        line = int(written[1]) if written else text.rstrip("\n").count("\n") + 1
        faults.add(line, WHOLE_FILE, "toml", re.sub(r" \(at [^)]*\)$", "", str(error)))
        return None
    except (RecursionError, ValueError) as error:
        faults.add(1, WHOLE_FILE, "toml", type(error).__name__)
        return None
    return TomlFile(values, key_lines(text))


def read_keys(
    source: TomlFile,
    place: Place,
    readers: Mapping[str, Callable[[object], Any]],
    faults: Faults,
    *,
    required: Sequence[str] = (),
) -> dict[str, Any]:
    """The values of the table at a place that could be read; unknown, missing and wrong keys are noted."""
    table = source.at(*place)
    note_unknown_keys(source, place, readers, faults)
    for key in required:
        if key not in table:
            faults.add(source.line(*place), dotted(*place, key), "missing_key")
    read = {
        key: faults.read(source.line(*place, key), dotted(*place, key), reader, table[key])
        for key, reader in readers.items()
        if key in table
    }
    return {key: value for key, value in read.items() if value is not None}


def note_unknown_keys(source: TomlFile, place: Place, known: Iterable[str], faults: Faults) -> None:
    """Note every key of a table that is not known, with the known one that it resembles."""
    names = tuple(known)
    for key in source.at(*place):
        if key not in names:
            near = get_close_matches(key, names, n=1)
            faults.add(source.line(*place, key), dotted(*place, key), "unknown_key", ", ".join(near or names))


def dotted(*place: str | int) -> str:
    """A key as messages name it: `crawl.delay`; which element of an array is meant, the line says."""
    return ".".join(part for part in place if isinstance(part, str))


_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_KEY = re.compile(r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^="'\[\]\n#])+""")
_VALUE_PART = re.compile(
    r'''"""(?:[^"\\]|\\.|"(?!""))*"{3,5}|\'\'\'(?:[^']|'(?!''))*'{3,5}'''
    r"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[\[\]{}\n]|[^"'#\[\]{}\n]+""",
    re.DOTALL,
)


def key_lines(text: str) -> Mapping[Place, int]:
    """The line of every table header and key of a text that is valid TOML; keys inside inline tables have none."""
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    position, line, counted = 0, 1, 0
    while (position := _skipped(_BLANK, text, position)) < len(text):
        line += text.count("\n", counted, position)
        counted = position
        brackets = 2 if text.startswith("[[", position) else int(text.startswith("[", position))
        key = _KEY.match(text, position + brackets)
        if key is None:
            break
        written = _key_path(key[0])
        position = key.end() + max(brackets, 1)
        if brackets == 0:
            lines.setdefault((*table, *written), line)
            position = _value_end(text, position)
            continue
        table = _indexed(written, counts)
        if brackets == len("[["):
            lines.setdefault(table, line)
            counts[table] = counts.get(table, -1) + 1
            table = (*table, counts[table])
        lines.setdefault(table, line)
    return lines


def _skipped(pattern: re.Pattern[str], text: str, position: int) -> int:
    match = pattern.match(text, position)
    return match.end() if match else position


def _key_path(written: str) -> tuple[str, ...]:
    """`a."b.c"` → ("a", "b.c"), by the parser's own rules for quoted and dotted keys."""
    node: Any = tomllib.loads(f"{written.strip()} = 0")
    path: list[str] = []
    while isinstance(node, dict):
        key, node = next(iter(node.items()))
        path.append(key)
    return tuple(path)


def _indexed(written: tuple[str, ...], counts: Mapping[Place, int]) -> Place:
    """The path with the index of the latest element after every array of tables above the last key."""
    path: Place = ()
    for key in written[:-1]:
        path = (*path, key)
        if path in counts:
            path = (*path, counts[path])
    return (*path, written[-1])


def _value_end(text: str, position: int) -> int:
    depth = 0
    while position < len(text) and (part := _VALUE_PART.match(text, position)):
        position = part.end()
        if part[0] in "[{":
            depth += 1
        elif part[0] in "]}":
            depth -= 1
        elif part[0] == "\n" and depth == 0:
            break
    return position
