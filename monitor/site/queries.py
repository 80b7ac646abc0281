"""The canned queries: questions with a name, for pages, CSV and JSON alike.

Their SQL is written for SQLite as datasette runs it: parameters are bound, and three functions are added by
`prepare_connection` (`search_words`, `excerpt`, `column_label`). A count of missing reports never stands
without the unknown and unscanned beside it: the list of the missing holds those too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.checks.rules import RULES, Words
from storage.forms import FORMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SEARCH_LIMIT = 100

_YEAR = """WITH asked(year) AS (
    SELECT CAST(coalesce(nullif(trim(:year), ''), (SELECT max(report_year) FROM obligations)) AS INTEGER))
"""

_PLACE = "a.region LIKE trim(:region_prefix) || '%'"

_AS_OF = "(SELECT c.as_of FROM checks AS c WHERE c.report_year = o.report_year) AS as_of"
"""What stands as it did keeps its row: all of a year stands so as of its last check."""

_COUNTS = f"""{_YEAR}SELECT o.report_year, o.status, count(*) AS agencies,
    count(*) FILTER (WHERE o.reason = 'not_scanned') AS not_scanned, {_AS_OF}
FROM obligations AS o JOIN asked ON o.report_year = asked.year
GROUP BY o.report_year, o.status
ORDER BY agencies DESC"""  # noqa: S608 (nothing but the text above)

_MISSING = f"""{_YEAR}SELECT o.agency, a.name, a.kind, a.region, o.report_year, o.due, o.status, o.reason, {_AS_OF}
FROM obligations AS o JOIN asked ON o.report_year = asked.year JOIN agencies AS a ON a.id = o.agency
WHERE o.status IN ('missing', 'withdrawn', 'suspected_missing', 'unknown') AND {_PLACE}
ORDER BY CASE o.status WHEN 'missing' THEN 0 WHEN 'withdrawn' THEN 1 WHEN 'suspected_missing' THEN 2 ELSE 3 END,
    a.region, o.agency"""  # noqa: S608 (as above)

_LATE = f"""{_YEAR}SELECT o.agency, a.name, a.kind, a.region, o.report_year, o.due, o.published_on, o.days_late,
    o.proof, o.url, {_AS_OF}
FROM obligations AS o JOIN asked ON o.report_year = asked.year JOIN agencies AS a ON a.id = o.agency
WHERE o.status = 'late' AND {_PLACE}
ORDER BY o.days_late DESC, a.region, o.agency"""  # noqa: S608 (as above)

_CONTENT_RULES = ", ".join(f"'{rule.name}'" for rule in RULES.values() if rule.counts_towards_content)

_MALFORMED = f"""{_YEAR}SELECT o.agency, a.name, a.kind, a.region, o.report_year, o.errors, o.warnings,
    (SELECT group_concat(DISTINCT f.rule) FROM findings AS f
        WHERE f.agency = o.agency AND f.report_year = o.report_year AND f.severity = 'error'
            AND +f.rule IN ({_CONTENT_RULES})) AS rules, o.url, {_AS_OF}
FROM obligations AS o JOIN asked ON o.report_year = asked.year JOIN agencies AS a ON a.id = o.agency
WHERE o.content = 'malformed' AND {_PLACE}
ORDER BY o.errors DESC, a.region, o.agency"""  # noqa: S608 (as above, with rule names of our own)

_SEARCH = f"""SELECT r.agency, a.name, r.report_year, s.number AS section, s.heading, excerpt(s.text, :q) AS excerpt,
    r.id AS report
FROM section_words AS w
    JOIN sections AS s ON s.id = w.rowid
    JOIN reports AS r ON r.id = s.report
    JOIN agencies AS a ON a.id = r.agency
WHERE w.tokens MATCH search_words(:q)
ORDER BY w.rowid DESC LIMIT {SEARCH_LIMIT}"""  # noqa: S608 (as above)

_EVIDENCE = """WITH asked(id) AS (SELECT CAST(:report AS INTEGER)), found AS (
SELECT 0 AS place, 'report' AS kind, r.fetched_at AS at, coalesce(r.title, '') AS what, coalesce(r.reason, '') AS note,
    r.url, c.digest
FROM report_versions AS r JOIN asked ON r.id = asked.id JOIN captures AS c ON c.id = r.capture
UNION ALL
SELECT 1, 'capture', c.first_fetched_at, c.media_type || ', ' || c.size || ' B',
    'HTTP ' || c.status, c.final_url, c.digest
FROM captures AS c JOIN report_versions AS r ON r.url = c.url JOIN asked ON r.id = asked.id
UNION ALL
SELECT 2, p.value ->> 'kind', r.fetched_at, p.value ->> 'media_type', p.value ->> 'failure', p.value ->> 'url',
    p.value ->> 'digest'
FROM report_versions AS r JOIN asked ON r.id = asked.id, json_each(r.enclosures) AS p
UNION ALL
SELECT 3, 'date', stated.value ->> 'date', stated.value ->> 'source', '', r.url, NULL
FROM report_versions AS r JOIN asked ON r.id = asked.id, json_each(r.dates) AS stated
UNION ALL
SELECT 4, 'sighting', s.started_at, c.title, coalesce(c.listed_on, ''), c.url, NULL
FROM report_versions AS r JOIN asked ON r.id = asked.id
    JOIN candidates AS c ON c.url = r.url JOIN sightings AS g ON g.candidate = c.id JOIN scans AS s ON s.number = g.scan
UNION ALL
SELECT 5, 'scan', s.started_at, s.outcome, coalesce(s.control_title, ''), s.column_url, NULL
FROM report_scans AS x JOIN asked ON x.report = asked.id JOIN scans AS s ON s.number = x.scan
)
SELECT kind, at, what, note, url, digest FROM found ORDER BY place, at"""


def canned_queries(report_years: Iterable[int], language: str) -> dict[str, dict[str, Any]]:
    """Name → query as datasette takes it. `report_years` become columns where years stand side by side."""
    return {
        "counts": _query(_COUNTS, Words("各状态机关数", "Agencies by status"), _COUNTS_WORDS, language),
        "missing": _query(_MISSING, Words("未公开", "Missing"), _MISSING_WORDS, language),
        "late": _query(_LATE, Words("逾期公开", "Late"), _LATE_WORDS, language),
        "malformed": _query(_MALFORMED, Words("内容不合规", "Malformed"), _MALFORMED_WORDS, language),
        "search": _query(_SEARCH, Words("全文检索", "Search the reports"), _SEARCH_WORDS, language),
        "agency_years": _query(
            _agency_years(report_years), Words("一个机关的各年度申请情况", "An agency's years"), _YEARS_WORDS, language
        ),
        "outcomes_by_region": _query(
            _outcomes_by_region(), Words("各地申请办理结果", "Outcomes by region"), _OUTCOMES_WORDS, language
        ),
        "evidence": _query(_EVIDENCE, Words("一份报告的证据", "Evidence of a report"), _EVIDENCE_WORDS, language),
    }


_COUNTS_WORDS = Words("一个年度各种状态的机关数。", "How many agencies are in which status.")
_MISSING_WORDS = Words(
    "一个年度未公开和撤下的机关；疑似未公开与无法确认的一并列出，它们不等于未公开。",
    "Agencies without a report; suspected and unknown ones stand beside them and are not missing.",
)
_LATE_WORDS = Words("一个年度逾期公开的机关，逾期最久的在前。", "Who published late, the latest first.")
_MALFORMED_WORDS = Words("报告内容有错误的机关，错误最多的在前。", "Reports with errors, those with most first.")
_SEARCH_WORDS = Words(
    f"在现行版本的正文中查找，可以是单字、双字词或更长；空格分开的字词须同时出现。最多列出{SEARCH_LIMIT}处，新入库的在前。",
    f"Sections that hold all the words, newest first, at most {SEARCH_LIMIT}; one and two characters are found too.",
)
_YEARS_WORDS = Words(
    "第三部分表格的每一格，各年度并列。", "Every cell of the applications table, the years side by side."
)
_OUTCOMES_WORDS = Words(
    "按行政区划代码前几位汇总申请的办理结果；只计已读出报告的机关，机关数一并列出。",
    "Outcomes of applications, summed up by the first digits of the region.",
)
_EVIDENCE_WORDS = Words(
    "报告的存档及其摘要、所附的文件和图片、各处日期及来源、见到它的检索。",
    "Captures with digests, attached files and pictures, dates with sources, and the scans that saw it.",
)


def _query(sql: str, title: Words, description: Words, language: str) -> dict[str, Any]:
    return {
        "sql": sql,
        "title": title.spoken(language),
        "description": description.spoken(language),
        "hide_sql": True,
    }


def _agency_years(report_years: Iterable[int]) -> str:
    years = "".join(
        f',\n    max(f.value) FILTER (WHERE r.report_year = {year:d}) AS "{year:d}"'
        for year in sorted(set(report_years))
    )
    return f"""SELECT c.row_key AS "row", w.label, c.column_key AS "column",
    column_label('applications', c.column_key) AS column_label{years}
FROM reports AS r
    JOIN facts AS f ON f.report = r.id
    JOIN cells AS c ON c.id = f.cell AND c.table_key = 'applications'
    LEFT JOIN (SELECT row_key, min(position) AS position, max(form) AS form, label FROM form_rows
        WHERE table_key = 'applications' GROUP BY row_key) AS w ON w.row_key = c.row_key
WHERE r.agency = :agency
GROUP BY c.row_key, c.column_key
ORDER BY w.position, c.id"""  # noqa: S608 (years are integers)


def _outcomes_by_region() -> str:
    sums = "".join(
        f",\n    sum(f.value) FILTER (WHERE c.row_key IN ({', '.join(map(repr, rows))})) AS {name}"
        for name, rows in _outcome_lines().items()
    )
    return f"""{_YEAR}, wide(digits) AS (SELECT CAST(coalesce(nullif(trim(:digits), ''), 4) AS INTEGER))
SELECT substr(a.region, 1, wide.digits) AS region, asked.year AS report_year, count(DISTINCT r.id) AS reports{sums}
FROM asked JOIN wide JOIN reports AS r ON r.report_year = asked.year
    JOIN agencies AS a ON a.id = r.agency
    JOIN cells AS c ON c.table_key = 'applications' AND c.column_key = 'total'
    JOIN facts AS f ON f.report = r.id AND f.cell = c.id
GROUP BY 1 ORDER BY 1"""  # noqa: S608 (names of our own forms)


def _outcome_lines() -> Mapping[str, tuple[str, ...]]:
    """Result column → the rows of any form that it sums: what was received, every group of outcomes, what remains."""
    lines: dict[str, dict[str, None]] = {}
    for form in FORMS.values():
        for row in form.table("applications").rows:
            # «其他处理» is one row of the older form and a group of the newer.
            is_other = row.key == "other" or row.group == "other_handling"
            name = "other_handling" if is_other else row.key if row.group in {"", "outcomes"} else row.group
            lines.setdefault(name, {})[row.key] = None
    return {name: tuple(rows) for name, rows in lines.items()}
