"""Does the text agree with the tables and with itself, and does it say what it must?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.checks.findings import found
from monitor.checks.rules import Words
from monitor.checks.wording import item_name, listed, plain, quoted, row_name, section_numeral, sum_words
from storage.agency_names import plain_name
from storage.law import GOVERNMENTS
from storage.records import AgencyKind
from storage.report import StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from monitor.checks.subject import Subject
    from storage.forms import Form
    from storage.records import Finding
    from storage.report import Breakdown, Number, Report, Statement

_NEW, _OVER = "new_received", "carried_over"
STATED_ROWS: Mapping[StatementKind, tuple[str, tuple[tuple[str, ...], ...]]] = {
    StatementKind.APPLICATIONS_NONE: ("applications", ((_NEW,),)),
    StatementKind.APPLICATIONS_RECEIVED: ("applications", ((_NEW,),)),
    StatementKind.APPLICATIONS_RECEIVED_WITH_CARRIED_OVER: ("applications", ((_NEW, _OVER), (_NEW,))),
    StatementKind.APPLICATIONS_HANDLED: ("applications", (("outcome_total",),)),
    StatementKind.APPLICATIONS_CARRIED_FORWARD: ("applications", (("carried_forward",),)),
    StatementKind.REVIEWS: ("reviews", (("administrative_review",),)),
    StatementKind.REVIEWS_NONE: ("reviews", (("administrative_review",),)),
    StatementKind.LITIGATION: ("reviews", (("litigation_without_review", "litigation_after_review"),)),
    StatementKind.LITIGATION_NONE: ("reviews", (("litigation_without_review", "litigation_after_review"),)),
}
"""What a statement must equal: the total column's sum over the rows of a table, or of an alternative."""

_PART_WORDS = re.compile(
    r"其中|网络|网上|在线|网站|信函|信件|邮寄|邮件|当面|现场|传真|平台|信箱|窗口|渠道|自然人|法人|企业|公民|个人"
)
_DENIAL = re.compile(r"(?:未|没有|无)[^,，。;；]{0,30}")
# A bureau of justice decides reviews and handles suits that have nothing to do with disclosure.
_OTHERS_CASES = re.compile(r"(?:办理|审理|受理|审结|承办|代理|处理)[^,，。;；]{0,10}行政(?:复议|诉讼|应诉)")
_DISPUTES = frozenset({StatementKind.REVIEWS, StatementKind.LITIGATION})
WORDS_BEFORE = 20
"""Characters before a figure that say what it counts."""
_SHARE = re.compile(r"(\d+)\s*[条件][,，(（]*占[^%％。；;]{0,12}?(\d+(?:\.\d+)?)\s*[%％]")
_FEE_WORDS = re.compile(r"处理费|收费|收取[^。；;]{0,12}费")
_NO_FEE_NOTICE = re.compile(r"(?:未|没有|无)[^。；;，,]{0,8}收费通知|收费通知(?:书)?\s*0\s*[件份次]")
_ASSESSMENT = (
    (re.compile("考核"), Words("工作考核", "assessment")),
    (re.compile("评议"), Words("社会评议", "public review")),
    (re.compile("责任追究|追责|问责|追究责任"), Words("责任追究", "accountability")),
)
_ASSESSED_KINDS = GOVERNMENTS | {AgencyKind.TOWNSHIP_GOVERNMENT}
FEES_FORM = "2021"


def narrative_findings(subject: Subject, form: Form) -> Iterator[Finding]:
    """Figures in the text against the tables and each other, and the statements that must be there."""
    yield from _statements(subject, form)
    for breakdown in subject.report.breakdowns:
        yield from _parts(subject, breakdown)
        yield from _shares(subject, breakdown)
    yield from _fee_statement(subject, form)
    yield from _assessment(subject)


def _statements(subject: Subject, form: Form) -> Iterator[Finding]:
    first: dict[StatementKind, Statement] = {}
    for statement in subject.report.statements:
        if _is_of_others(statement):
            continue
        key, alternatives = STATED_ROWS[statement.kind]
        value = statement.value or 0
        sums = [_rows(subject.report, key, rows) for rows in alternatives]
        known = [rows for rows in sums if rows is not None]
        if not known:
            other = first.setdefault(statement.kind, statement)
            if (other.value or 0) != value and not _is_part(other) and not _is_part(statement):
                yield _contradiction(subject, statement, "self", {"other": quoted(other.text)}, {"other": other.value})
        elif all(sum(rows.values()) != value for rows in known):
            # «网络申请3件» beside a total of 5 is a part, not another total.
            if value < sum(known[0].values()) and _is_part(statement):
                continue
            yield _against_table(subject, form, statement, key, known[0])


def _rows(report: Report, key: str, rows: Sequence[str]) -> dict[str, Number] | None:
    values = {row: report.number(key, row, "total") for row in rows}
    known = {row: value for row, value in values.items() if value is not None}
    return known if len(known) == len(values) else None


def _is_of_others(statement: Statement) -> bool:
    text = statement.text
    return statement.kind in _DISPUTES and "信息公开" not in text and _OTHERS_CASES.search(text) is not None


def _is_part(statement: Statement) -> bool:
    """Do the words about the figure name a channel or kind of applicant, of which others may have more?"""
    if statement.value is None:
        match = _DENIAL.search(statement.text)
        about = match[0] if match else statement.text
    else:
        figure = re.search(rf"(?<![0-9]){statement.value}(?![0-9])", statement.text)
        end = figure.start() if figure else len(statement.text)
        about = statement.text[max(0, end - WORDS_BEFORE) : end]
    return _PART_WORDS.search(about) is not None


def _against_table(subject: Subject, form: Form, statement: Statement, key: str, rows: Mapping[str, Number]) -> Finding:
    language, table = subject.language, form.table(key)
    name = row_name if table.is_flat else item_name
    said = sum_words([(name(table, row, language), value) for row, value in rows.items()], language)
    total = {"zh": "表格“总计”列", "en": "in the table's total column "}[language]
    evidence = {"table": {f"{key}/{row}/total": plain(value) for row, value in rows.items()}}
    return _contradiction(subject, statement, "figure", {"table_says": total + said}, evidence)


def _contradiction(
    subject: Subject, statement: Statement, variant: str, words: Mapping[str, object], evidence: Mapping[str, object]
) -> Finding:
    where = f"sections/{statement.section}"
    number = section_numeral(statement.section, subject.language)
    words = {"section": number, "quote": quoted(statement.text), **words}
    evidence = {"stated": statement.value or 0, "text": quoted(statement.text), **evidence}
    return found("narrative-contradiction", where, subject.language, words, evidence=evidence, variant=variant)


def _parts(subject: Subject, breakdown: Breakdown) -> Iterator[Finding]:
    total = sum(breakdown.parts)
    if total == breakdown.total:
        return
    words = {
        "section": section_numeral(breakdown.section, subject.language),
        "total": breakdown.total,
        "parts": "＋".join(map(str, breakdown.parts)),
        "sum": total,
        "difference": abs(total - breakdown.total),
    }
    evidence = {"total": breakdown.total, "parts": list(breakdown.parts), "text": quoted(breakdown.text)}
    yield found("breakdown-mismatch", f"sections/{breakdown.section}", subject.language, words, evidence=evidence)


def _shares(subject: Subject, breakdown: Breakdown) -> Iterator[Finding]:
    """«6条，占18%»: a stated share may be rounded, by one point at most."""
    if not breakdown.total or "占" not in breakdown.text:
        return
    for match in _SHARE.finditer(breakdown.text):
        part, stated = int(match[1]), float(match[2])
        actual = part / breakdown.total * 100
        if part in breakdown.parts and abs(stated - actual) > 1:
            words = {
                "section": section_numeral(breakdown.section, subject.language),
                "part": part,
                "total": breakdown.total,
                "stated": match[2],
                "actual": f"{actual:.1f}",
            }
            evidence = {"part": part, "total": breakdown.total, "stated": stated, "actual": round(actual, 2)}
            where = f"sections/{breakdown.section}"
            yield found("narrative-contradiction", where, subject.language, words, evidence=evidence, variant="share")


def _fee_statement(subject: Subject, form: Form) -> Iterator[Finding]:
    report = subject.report
    section = report.section(6)
    if form.key != FEES_FORM or section is None or section.pictures or section.attachments:
        return
    if not _FEE_WORDS.search(section.text):
        yield found("fee-statement-missing", "sections/6", subject.language, {})
        return
    unpaid = report.number("applications", "other_fee_unpaid", "total")
    denial = _NO_FEE_NOTICE.search(section.text) if unpaid else None
    if unpaid and denial:
        table = form.table("applications")
        said = {"zh": "表格“总计”列", "en": "in the table's total column "}[subject.language]
        said += sum_words([(row_name(table, "other_fee_unpaid", subject.language), unpaid)], subject.language)
        words = {"section": section_numeral(6, subject.language), "quote": denial[0], "table_says": said}
        evidence = {"table": {"applications/other_fee_unpaid/total": plain(unpaid)}, "text": denial[0]}
        yield found(
            "narrative-contradiction", "sections/6", subject.language, words, evidence=evidence, variant="figure"
        )


def _assessment(subject: Subject) -> Iterator[Finding]:
    """Of governments only (Art. 50(4)); where the words stand in sections 1 or 6 does not matter."""
    overview = subject.report.section(1)
    if not _is_government(subject) or overview is None or overview.pictures or overview.attachments:
        return
    texts = [part.text for part in subject.report.sections if part.number in {1, 6}]
    lacking = [words for pattern, words in _ASSESSMENT if not any(pattern.search(text) for text in texts)]
    if lacking:
        names = listed((words.spoken(subject.language) for words in lacking), subject.language)
        evidence = {"lacking": [words.zh for words in lacking]}
        yield found(
            "assessment-statement-missing", "sections/1", subject.language, {"lacking": names}, evidence=evidence
        )


def _is_government(subject: Subject) -> bool:
    """Without a kind of the registry the name tells: 官元镇 is a government, a street office (街道) is not one."""
    if subject.agency is not None:
        return subject.agency.kind in _ASSESSED_KINDS
    names = subject.expected_names or ((subject.report.agency_name,) if subject.report.agency_name else ())
    return any(name.endswith("人民政府") or plain_name(name).endswith(("镇", "乡")) for name in names)
