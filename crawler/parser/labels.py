"""The forms' labels turned round: from a printed label to the rows, groups and headers it may be."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from storage.forms import FORMS, Form, FormTable, Label, Line, label
from storage.forms.common import APPLICANT_HEADER, ITEM_HEADER, LITIGATION_HEADER, ORGANISATION_HEADER
from storage.report import Cell

_LEADING = re.compile(r"^[一二三四五六七八九十\d]{1,2}(?=[\u4e00-\u9fff]{4})")
_DECORATION = re.compile(
    r"(?:\s*(?:[\[(〔【（](?:注?[\d①-⑳]{0,2}|件|项|条|宗|单位[::：].{1,4})[\])〕】）]|[①-⑳★☆*※#]))+\s*$"
)
_SIMILAR = 85.0
"""Similarity (0–100) from which a misspelt label is taken; one wrong character in eight passes."""
_MIN_FUZZY = 7
_MIN_PREFIX = 4

_COLUMNS = tuple(
    column for form in FORMS.values() for table in form.tables for block in table.blocks for column in block.columns
)
HEADER_WORDS = frozenset(
    label(text)
    for text in (
        *(ITEM_HEADER, APPLICANT_HEADER, ORGANISATION_HEADER, LITIGATION_HEADER),
        *("商业", "科研", "社会公益", "法律服务"),
        *(column.label for column in _COLUMNS),
        *(alias for column in _COLUMNS for alias in column.aliases),
    )
) - {label("其他"), label("总计")}
"""Words of header rows; 其他 and 总计 are rows as well and decide nothing."""
COLUMN_LABELS = {column.label: tuple(label(text) for text in (column.label, *column.aliases)) for column in _COLUMNS}
"""A column's official label → all ways in which headers print it."""

AMBIGUOUS = frozenset({label("其他"), label("总计")})
"""Rows of table 3 whose labels head columns as well, of table 4 too."""

_REVIEWS = next(iter(FORMS.values())).table("reviews")
GROUP_LINES = {label(row.label): row for row in _REVIEWS.rows}
RESULT_LINES = {label(column.label): column for column in _REVIEWS.columns(_REVIEWS.rows[0].key)}
"""The names of table 4's three groups, and of the five results under each."""
REVIEW_HEADERS = frozenset({*GROUP_LINES, *RESULT_LINES, label(LITIGATION_HEADER)}) - AMBIGUOUS
_LAWSUIT = label(LITIGATION_HEADER)
_REVIEW_NOISE = re.compile(rf"{_LAWSUIT}|情况|案件|结果$")
_LONGEST_GROUP = 20
CORNER = label(next(table.corner for form in FORMS.values() for table in form.tables if table.corner))


class FoundRow(NamedTuple):
    """A data row of a form. `is_exact` False: the printed label differs from every listed spelling."""

    table: FormTable
    line: Line
    columns: tuple[Line, ...]
    cells: tuple[Cell, ...]
    is_exact: bool


def _found(table: FormTable, line: Line, *, is_exact: bool) -> FoundRow:
    columns = table.columns(line.key)
    return FoundRow(table, line, columns, tuple(Cell(table.key, line.key, column.key) for column in columns), is_exact)


class FormLabels:
    """Every label of one form, for look-ups by what was printed."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.rows: dict[Label, FoundRow] = {}
        self.groups: dict[Label, str] = {}
        for table in form.tables:
            # The groups of a flat table are printed as headers, not as rows.
            for line in () if table.is_flat else table.rows:
                for text in (line.label, *line.aliases):
                    self.rows[label(text)] = _found(table, line, is_exact=True)
            for group in table.groups:
                self.groups.update((label(text), group.key) for text in (group.label, *group.aliases))
            self.groups.update((label(block.label), block.label) for block in table.blocks if block.label)
        # «2.其他» on one page and «法律行政法规禁止公开» on the next: a label that begins another may be torn.
        self.beginnings = frozenset(
            text for text in self.rows if any(other != text and other.startswith(text) for other in self.rows)
        )
        self._add_joined_labels(form)
        self.markers = tuple((text, label(text)) for text in form.markers)

    def _add_joined_labels(self, form: Form) -> None:
        """Rows whose group is printed in the same cell («（三）不予公开 1.属于国家秘密»)."""
        for table in form.tables:
            groups = {group.key: group for group in table.groups}
            # The group over all outcomes stands above the others.
            above = table.groups[0].label if table.groups else ""
            for line in table.rows:
                group = groups.get(line.group)
                if group is not None:
                    for prefix in (group.label, above + group.label):
                        for joined in (label(prefix + line.label), Label(label(prefix) + label(line.label))):
                            self.rows.setdefault(joined, _found(table, line, is_exact=False))

    def row(self, printed: Label) -> FoundRow | None:
        """The row of exactly this label."""
        return self.rows.get(printed)

    @lru_cache(maxsize=2048)  # noqa: B019 (two instances, made once)
    def similar_row(self, printed: Label) -> FoundRow | None:
        """The row whose label this can only be: cut short, with words added, or misspelt; None if in doubt."""
        if printed in self.groups or printed in HEADER_WORDS or not printed:
            return None
        bare = Label(_LEADING.sub("", printed))
        if bare in self.rows:
            return self.rows[bare]._replace(is_exact=False)
        if len(printed) >= _MIN_PREFIX:
            begun = {
                id(found.line): found
                for text, found in self.rows.items()
                if text.startswith(printed) or (len(text) >= _MIN_PREFIX and printed.startswith(text))
            }
            if len(begun) == 1:
                return next(iter(begun.values()))._replace(is_exact=False)
        if len(printed) < _MIN_FUZZY:
            return None
        best = process.extract(printed, list(self.rows), scorer=fuzz.ratio, score_cutoff=_SIMILAR, limit=2)
        if not best or (len(best) > 1 and best[0][1] == best[1][1]):
            return None
        return self.rows[best[0][0]]._replace(is_exact=False)


FORM_LABELS = {key: FormLabels(form) for key, form in FORMS.items()}
ROW_LABELS = frozenset(text for labels in FORM_LABELS.values() for text in labels.rows)


@lru_cache(maxsize=4096)
def review_group(printed: Label) -> Line | None:
    """The group of table 4 that this label names, alone or with the words that stand over it; None for any other."""
    exact = GROUP_LINES.get(printed)
    if exact is not None or not printed or len(printed) > _LONGEST_GROUP or printed in RESULT_LINES:
        return exact
    bare = Label(_REVIEW_NOISE.sub("", printed))
    if bare in GROUP_LINES:
        return GROUP_LINES[bare]
    # «经复议后起诉», «行政诉讼：直接起诉»: of the two kinds of suits only one can be meant.
    suits = list(GROUP_LINES.items())[1:]
    meant = [line for name, line in suits if name in bare or (len(bare) >= _MIN_PREFIX and bare in name)]
    return meant[0] if len(meant) == 1 else None


@lru_cache(maxsize=8192)
def cell_label(text: str) -> Label:
    """The label of a cell without footnote marks and units; empty for a cell too long to be one."""
    return label(_DECORATION.sub("", text)) if len(text) <= 200 else Label("")  # noqa: PLR2004 (the longest label has 45 characters)
