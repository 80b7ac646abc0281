"""What a unified form is made of. A form is a value that checks itself when it is made."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NewType

from storage.errors import FormError

if TYPE_CHECKING:
    from collections.abc import Sequence

Label = NewType("Label", str)
"""A label as it is compared: see `label()`."""

# Chinese and Latin punctuation, quotes and brackets all vary between word processors and portals.
_NOISE = re.compile(r"""[\s\u200b-\u200f\ufeff\u00ad“”‘’"'`「」『』()〔〕\[\]【】,、。.;:!?·…_\-—–―~/\\|<>《》*]+""")
_NUMERAL = re.compile(
    r"""^[\s\u200b\ufeff*]*(?:
        [((]\s*[一二三四五六七八九十\d]{1,2}\s*[))]
      | [一二三四五六七八九十]{1,2}\s*[、..,,:)]
      | \d{1,2}\s*[、..,,::。)](?!\d)
      | \d{1,2}\s*(?=[\u4e00-\u9fff])
    )\s*""",
    re.VERBOSE,
)
# NFKC makes a plain digit of ①, which then stands against the next word without a mark.
_CIRCLED = {ord("①") + number: f"({number + 1})" for number in range(20)}


def label(text: str) -> Label:
    """The text as labels are compared: NFKC, without white space, punctuation and leading numeral."""
    return Label(_NOISE.sub("", _NUMERAL.sub("", unicodedata.normalize("NFKC", text.translate(_CIRCLED)))))


@dataclass(frozen=True, slots=True)
class Line:
    """One row or column: its key, its official label, and the labels met in real reports.

    `unit` is empty for plain counts. `is_money` admits decimals, `is_signed` admits negatives.
    `group` is the key of the printed group label the row stands under, empty for none.
    """

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    unit: str = ""
    is_money: bool = False
    is_signed: bool = False
    group: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A printed label over rows that carries no numbers of its own."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a table that share their columns; `label` is the printed block header, empty for none."""

    label: str
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """A sum that must hold: Σ `left` = Σ `right`, over keys of one axis, along every line of the other.

    `rule` is the rule that a breach is reported under, `axis` is `rows` or `columns`.
    """

    rule: str
    axis: str
    left: tuple[str, ...]
    right: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormTable:
    """One statistical table. `is_flat`: all its numbers are printed in one row (table 4)."""

    key: str
    title: str
    section: int
    blocks: tuple[Block, ...]
    groups: tuple[Group, ...] = ()
    identities: tuple[Identity, ...] = ()
    is_flat: bool = False
    corner: str = ""

    @property
    def rows(self) -> tuple[Line, ...]:
        """Every data row, in printed order."""
        return tuple(row for block in self.blocks for row in block.rows)

    def columns(self, row: str) -> tuple[Line, ...]:
        """The columns of a row, in printed order; KeyError for a row the table does not have."""
        for block in self.blocks:
            if any(line.key == row for line in block.rows):
                return block.columns
        raise KeyError(row)

    @property
    def cell_count(self) -> int:
        """How many numbers the table holds when complete."""
        return sum(len(block.rows) * len(block.columns) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class FormSection:
    """One of the six sections: its number, official heading and how a heading is recognised."""

    number: int
    heading: str
    keywords: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    may_say_nothing: bool = True


@dataclass(frozen=True, slots=True)
class Form:
    """One unified form: for which report years, by which notice, with which sections and tables.

    `markers` are labels that only this form has; none may be part of a label of the other form.
    `carried_forward` links a row of this year to a row of the next year's report (table, from, to).
    """

    key: str
    first_year: int
    last_year: int | None
    notice: str
    sections: tuple[FormSection, ...]
    tables: tuple[FormTable, ...]
    markers: tuple[str, ...]
    carried_forward: tuple[str, str, str] = ("applications", "carried_forward", "carried_over")
    _by_key: dict[str, FormTable] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        faults = list(_faults(self))
        if faults:
            raise FormError(f"form {self.key}: " + "; ".join(faults))
        object.__setattr__(self, "_by_key", {table.key: table for table in self.tables})

    def table(self, key: str) -> FormTable:
        """The table of that key; KeyError where the form has none."""
        return self._by_key[key]


def _faults(form: Form) -> list[str]:
    found = _repeated([table.key for table in form.tables], "table")
    for table in form.tables:
        rows = [row.key for row in table.rows]
        found += _repeated(rows, f"{table.key} row")
        groups = {group.key for group in table.groups}
        found += [
            f"{table.key}: row {row.key} names unknown group {row.group}"
            for row in table.rows
            if row.group and row.group not in groups
        ]
        named: list[Line | Group] = [*table.rows, *table.groups]
        texts = [label(text) for line in named for text in (line.label, *line.aliases)]
        found += _repeated(texts, f"{table.key} label")
        for block in table.blocks:
            found += _repeated([column.key for column in block.columns], f"{table.key} column")
        for identity in table.identities:
            axis = set(rows) if identity.axis == "rows" else {c.key for b in table.blocks for c in b.columns}
            found += [
                f"{table.key}: {identity.rule} names {key}, not one of its {identity.axis}"
                for key in (*identity.left, *identity.right)
                if key not in axis
            ]
    return found


def _repeated(values: Sequence[str], what: str) -> list[str]:
    return [f"{what} {value!r} twice" for value in sorted(set(values)) if values.count(value) > 1]
