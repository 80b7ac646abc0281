"""The three statistical tables: every row by its label, every number at its place, the rest in doubt."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from crawler.parser.labels import AMBIGUOUS, CORNER, FORM_LABELS, FormLabels, FoundRow, cell_label
from crawler.parser.numbers import read_number
from crawler.parser.placing import Placing
from crawler.parser.recovered import with_recovered_labels
from crawler.parser.review_table import ReviewTable
from crawler.parser.rows import PrintedRow, fitting_form, markers, printed_rows
from crawler.parser.torn import rejoined
from crawler.parser.values import Origin, PlacedValues, origin, reading_doubts
from crawler.parser.wrapped import unwrapped
from storage.forms import FORMS, label
from storage.report import Doubt, DoubtKind, Reading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.documents.model import Table, TableCell
    from storage.report import Cell, Fact


_LABEL_LINES = 5
_ITEM = re.compile(r"\s*\d{1,2}[.．、]")
TORN_ROW = "跨页断开的一行已按项目名称接上"


class ReadTables(NamedTuple):
    """What the tables say. `form` None: none of them is a table of a form.

    `origins` says where recognised cells stand; a number that was stored as text has none.
    """

    form: str | None
    tables: frozenset[str]
    facts: Mapping[Cell, Fact]
    doubts: tuple[Doubt, ...]
    origins: Mapping[Cell, Origin] = {}


def read_tables(tables: Sequence[Table], report_year: int | None) -> ReadTables:
    """The facts in all tables of a document, by the form that fits them best."""
    rows = printed_rows(tables)
    found = markers(rows)
    form = fitting_form(rows, found, report_year)
    if form is None:
        return ReadTables(None, frozenset(), {}, ())
    rows, recovered = with_recovered_labels(rows, FORM_LABELS[form])
    filling = _Filling(FORM_LABELS[form], Placing(rows, FORM_LABELS[form].rows))
    filling.fill(rows)
    whole, wrapped = unwrapped(FORMS[form], filling.facts)
    filling.facts.update(whole)
    doubts = [*filling.doubts, *recovered, *wrapped]
    if found.of_2019 and found.of_2021:
        doubts.append(
            Doubt(
                DoubtKind.FORM_MARKERS,
                "",
                "、".join((*found.of_2019, *found.of_2021)),
                "表格中同时出现两种格式的项目名称",
                {"markers_2019": list(found.of_2019), "markers_2021": list(found.of_2021)},
            )
        )
    return ReadTables(form, frozenset(filling.met), filling.facts, tuple(doubts), filling.origins)


@dataclass(slots=True)
class _Last:
    """The row just taken, so that its other half on the next page can be joined to it."""

    found: FoundRow
    text: str
    values: PlacedValues


class _Held(NamedTuple):
    """A row under a label that is none yet, or that begins another: the page may have torn it."""

    row: PrintedRow
    text: str
    values: Sequence[TableCell]
    found: FoundRow | None


@dataclass(slots=True)
class _Filling:
    labels: FormLabels
    placing: Placing
    facts: dict[Cell, Fact] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    origins: dict[Cell, Origin] = field(default_factory=dict)
    met: set[str] = field(default_factory=set)
    seen: set[tuple[str, str]] = field(default_factory=set)
    pending: tuple[str, ...] = ()
    last: _Last | None = None
    held: _Held | None = None

    def fill(self, rows: Sequence[PrintedRow]) -> None:
        relevant = {row.table for row in rows if any(name in self.labels.rows for name in row.labels)}
        reviews = ReviewTable(self.labels.form.table("reviews"))
        for row in rows:
            if (row.review_words or reviews.is_open) and not self._has_row(row):
                reviews.take(row)
                continue
            reviews.close()
            if row.header_words and not _any_number(row.cells):
                # It may be printed anew on every page, between the halves of a torn row.
                self.placing.heads.take(row)
            else:
                self.placing.heads.close()
                if self._completes_held(row):
                    continue
            self._take(row, is_relevant=row.table in relevant)
        self._release_held()
        self.facts.update(self.placing.late_facts())
        facts, doubts = reviews.read()
        if reviews.is_met:
            self.met.add("reviews")
        self.facts.update(facts)
        self.origins.update(reviews.origins)
        self.doubts.extend(doubts)

    def _has_row(self, row: PrintedRow) -> bool:
        return any(
            (name in self.labels.rows or name in self.labels.groups) and name not in AMBIGUOUS
            for name in row.labels
            if name
        )

    def _take(self, row: PrintedRow, *, is_relevant: bool) -> None:
        at, found = self._labelled(row)
        values = row.cells[at + 1 :] if at >= 0 else ()
        if (found is None or not found.is_exact) and self._runs_together(row):
            return
        if found is not None and values and not (self._is_header(row, at) and not _any_number(values)):
            if self._is_tail(row, at):
                self._join(row, values, row.cells[at].text)
            elif row.labels[at] in self.labels.beginnings:
                self.held = _Held(row, row.cells[at].text, values, found)
            else:
                self._place(row, found, row.cells[at].text, values)
            return
        self._take_unlabelled(row, is_relevant=is_relevant)

    def _runs_together(self, row: PrintedRow) -> bool:
        """Does a cell print the labels of several rows, as where no line between them was seen? None has a number."""
        for cell in row.cells:
            lines = cell.text.split("\n")
            met = [line for text in lines if (line := self.labels.rows.get(cell_label(text))) is not None]
            found = {line.line.key: line for line in met} if len(lines) > 1 else {}
            for each in found.values() if len(found) > 1 else ():
                self.met.add(each.table.key)
                why = "几个项目的行未能分开，请核对原件"
                self._doubt(DoubtKind.CELL_UNSURE, f"{each.table.key}/{each.line.key}", row.text, why, {"readings": []})
            if len(found) > 1:
                return True
        return False

    def _is_header(self, row: PrintedRow, at: int) -> bool:
        """Does this row head columns? 其他 and 总计 without a numeral may be a header's cells, each a row by itself."""
        return row.header_words > 0 or (row.labels[at] in AMBIGUOUS and row.cells[at].text.strip() == row.labels[at])

    def _labelled(self, row: PrintedRow) -> tuple[int, FoundRow | None]:
        """The right-most cell that is a row's label, exactly or else by similarity."""
        named = [at for at in range(len(row.labels) - 1, -1, -1) if row.labels[at]]
        # «（六）其他 | 1.申请人»: what a page break left of a group's name is no row of that name.
        if named and _ITEM.match(row.cells[named[0]].text):
            named = [at for at in named if row.labels[at] not in AMBIGUOUS or at == named[0]]
        for at in named:
            found = self.labels.rows.get(row.labels[at])
            if found is not None:
                return at, found
        if row.header_words:
            return -1, None
        for at in named:
            found = self.labels.similar_row(row.labels[at])
            if found is not None:
                return at, found
        return -1, None

    def _take_unlabelled(self, row: PrintedRow, *, is_relevant: bool) -> None:
        named = [at for at, name in enumerate(row.labels) if name]
        is_continued = bool(named) and (bool(self.pending) or self._is_tail(row, named[-1]))
        if not named or row.header_words or not (is_relevant or is_continued):
            self._unlabelled_numbers(row, named, is_relevant=is_relevant)
            return
        at = named[-1]
        name = row.labels[at]
        if name == CORNER:
            return
        values = row.cells[at + 1 :]
        if self._is_tail(row, at):
            self._join(row, values, row.cells[at].text)
            return
        whole = self._row_of_parts(row, named)
        if whole is not None and values:
            self._doubt(DoubtKind.ROWS_JOINED, whole.table.key + "/" + whole.line.key, row.text, TORN_ROW)
            self._place(row, whole, row.cells[at].text, values)
        elif not _any_number(values):
            self.pending = (
                (*self.pending[1 - _LABEL_LINES :], row.cells[at].text) if name not in self.labels.groups else ()
            )
        elif name in self.labels.groups:
            self._unexpected(row, "group_with_numbers", values)
        else:
            self.held = _Held(row, row.cells[at].text, values, None)

    def _completes_held(self, row: PrintedRow) -> bool:
        """Is this row the other half of the held one? Then both are one row of the form."""
        held = self.held
        if held is None:
            return False
        names = [at for at, name in enumerate(row.labels) if name]
        # The group's cell, left of the row's, may be torn by the same break; lines above may begin the label.
        wholes = (
            self.labels.rows.get(cell_label(begun + row.cells[at].text))
            for begun in self._begun(held.text)
            for at in names
        )
        found = next((whole for whole in wholes if whole is not None), None)
        if found is None:
            self._release_held()
            return False
        self.held = None
        where = f"{found.table.key}/{found.line.key}"
        self._doubt(DoubtKind.ROWS_JOINED, where, held.row.text, TORN_ROW)
        self._place(held.row, found, held.text, held.values)
        rest = row.cells[names[-1] + 1 :]
        if _any_number(rest):
            self._join(row, rest)
        return True

    def _begun(self, text: str) -> Iterator[str]:
        """The text, and the same with the lines above that belong to no row yet."""
        yield text
        for piece in reversed(self.pending):
            text = piece + text
            yield text

    def _release_held(self) -> None:
        held, self.held = self.held, None
        if held is not None and held.found is not None:
            self._place(held.row, held.found, held.text, held.values)
        elif held is not None:
            self._unexpected(held.row, "unknown_label", held.values)

    def _unlabelled_numbers(self, row: PrintedRow, named: list[int], *, is_relevant: bool) -> None:
        if is_relevant and not named and _any_number(row.cells):
            if self.last is not None and all(_is_blank(fact) for fact in self.last.values.facts):
                self._join(row, row.cells)
                return
            if self.last is not None and self._rejoins(
                self.last.found, self.placing.in_order(row, self.last.found, row.cells)
            ):
                self._doubt(DoubtKind.ROWS_JOINED, row.place, row.text, TORN_ROW)
                return
            self._doubt(DoubtKind.CELL_UNUSED, row.place, row.text, "一行数字没有项目名称，未采用")

    def _row_of_parts(self, row: PrintedRow, named: list[int]) -> FoundRow | None:
        """The row whose label was torn over two rows of the page, or over two cells of this one."""
        for above in islice(self._begun(row.cells[named[-1]].text), 1, None):
            found = self.labels.rows.get(cell_label(above))
            if found is not None:
                return found
        joined = ""
        for at in reversed(named):
            joined = row.cells[at].text + joined
            found = self.labels.rows.get(cell_label(joined))
            if found is not None:
                return found
        return None

    def _is_tail(self, row: PrintedRow, at: int) -> bool:
        """Is this row the rest of the one before, torn by a page break?"""
        if self.last is None or not row.labels[at] or row.labels[at] in self.labels.rows:
            return False
        begun = cell_label(self.last.text + row.cells[at].text)
        whole = self.labels.rows.get(begun)
        if whole is None:
            return label(self.last.found.line.label).startswith(begun)
        return whole.line.key == self.last.found.line.key

    def _join(self, row: PrintedRow, values: Sequence[TableCell], text: str = "") -> None:
        """Take a row as the rest of the one before; `text` is what it adds to the label."""
        last = self.last
        if last is None:
            return
        last.text += text
        lines = last.found.columns
        where = f"{last.found.table.key}/{last.found.line.key}"
        self._doubt(DoubtKind.ROWS_JOINED, where, row.text, TORN_ROW)
        if not _any_number(values):
            return
        cells = last.found.cells
        placed = self.placing.in_order(row, last.found, values)
        halves = [(cell, self.facts.get(cell), fact) for cell, fact in zip(cells, placed.facts, strict=True)]
        if placed.fits and all(_is_blank(before) or _is_blank(fact) for _, before, fact in halves):
            self.facts.update((cell, fact) for cell, _, fact in halves if fact is not None and not _is_blank(fact))
            if row.is_traced:
                self._note_origins(row, cells, placed)
            return
        if self._rejoins(last.found, placed):
            return
        # Numbers in both halves: a number itself may be torn, so that none of the row is certain.
        for cell in cells:
            self.facts.pop(cell, None)
        found = len(lines) + placed.found
        why = f"断开的一行两部分都有数，应有{len(lines)}个数"
        details = {"expected": len(lines), "found": found, "all_zero": False}
        self._doubt(DoubtKind.CELL_COUNT, where, row.text, why, details)

    def _rejoins(self, found: FoundRow, lower: PlacedValues) -> bool:
        """Are the numbers below a page break the rest of those above it? Then they are taken as such."""
        joined = rejoined(self.labels.form.key, found, self.facts, lower.facts) if lower.fits else None
        if joined is not None:
            self.facts.update(joined)
        return joined is not None

    def _place(self, row: PrintedRow, found: FoundRow, text: str, values: Sequence[TableCell]) -> None:
        self.pending = ()
        table, line = found.table, found.line
        where = f"{table.key}/{line.key}"
        self.met.add(table.key)
        if (table.key, line.key) in self.seen:
            self._unexpected(row, "repeated", values)
            return
        self.seen.add((table.key, line.key))
        columns = found.columns
        placed, doubts = self.placing.placed(row, found, values)
        self.doubts.extend(doubts)
        self.last = _Last(found, text, placed)
        if not found.is_exact:
            self._doubt(DoubtKind.LABEL_VARIANT, where, text, f"项目名称与格式不同，按“{line.label}”读取")
        if not placed.fits:
            self._doubt(
                DoubtKind.CELL_COUNT,
                where,
                row.text,
                f"这一行应有{len(columns)}个数，实有{placed.found}个",
                {"expected": len(columns), "found": placed.found, "all_zero": placed.all_zero},
            )
        for column, cell, fact in zip(columns, found.cells, placed.facts, strict=True):
            if fact is not None:
                self.facts[cell] = fact
                if not (fact.text.isascii() and fact.text.isdigit()):
                    self.doubts.extend(reading_doubts(cell, fact, column))
        if row.is_traced:
            self._note_origins(row, found.cells, placed)

    def _note_origins(self, row: PrintedRow, cells: Sequence[Cell], placed: PlacedValues) -> None:
        self.origins.update(
            (cell, origin(row.place, source, is_aligned=row.is_aligned))
            for cell, source in zip(cells, placed.sources, strict=False)
        )

    def _unexpected(self, row: PrintedRow, cause: str, values: Sequence[TableCell]) -> None:
        read = [read_number(cell.text, is_money=True, is_signed=True).fact for cell in values if cell.text.strip()]
        words = {
            "group_with_numbers": "分组标题不应有数",
            "repeated": "这一项目重复出现",
            "unknown_label": "格式中没有这一项目",
        }
        self._doubt(
            DoubtKind.ROW_UNEXPECTED,
            row.place,
            row.text,
            words[cause],
            {
                "label": next(
                    (cell.text for cell, name in zip(reversed(row.cells), reversed(row.labels), strict=True) if name),
                    "",
                ),
                "all_zero": all(fact.value == 0 for fact in read),
                "cause": cause,
            },
        )

    def _doubt(
        self, kind: DoubtKind, where: str, text: str, why: str, details: Mapping[str, object] | None = None
    ) -> None:
        self.doubts.append(Doubt(kind, where, text, why, details or {}))


def _is_blank(fact: Fact | None) -> bool:
    return fact is None or fact.reading is Reading.BLANK


def _any_number(cells: Sequence[TableCell]) -> bool:
    return any(
        cell.text.strip() and read_number(cell.text, is_money=True, is_signed=True).fact.reading is Reading.NUMBER
        for cell in cells
    )
