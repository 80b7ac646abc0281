"""One alert told whole: what it says, by which law, what was looked at, what happened, who was told.

`alerts show` prints it, and a bundle has it as `explain.txt`. Text from portals stands on lines of its own and
without control characters.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.agency_years.proofs import minute_text
from monitor.alerts.book import OPERATOR, REPEAT
from monitor.alerts.bundle_records import law_of, tls_note, whole_evidence
from monitor.alerts.bundles import absent_bodies, body_names
from monitor.alerts.subjects import named, subject_text
from monitor.checks import RULES
from monitor.commands.account_texts import TEXTS, spoken
from monitor.commands.printing import one_line
from monitor.notices.digests import is_objection
from monitor.texts import word
from storage.law import LAWS
from storage.records import SHANGHAI, AlertState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.alerts.bundle_records import Material
    from storage.records import Scan, Transition


def account(material: Material, language: str, *, names: Mapping[str, str] | None = None) -> Iterator[str]:
    """The alert in lines. `names`: digest → the name of its file in the bundle; without them digests are told."""
    # Titles, reasons and addresses come from outside: none of them may break a line or move the cursor.
    return map(one_line, _account(material, language, names or {}))


def _account(material: Material, language: str, names: Mapping[str, str]) -> Iterator[str]:
    yield from _head(material, language)
    yield from _part("law", _law(material, language), language)
    yield from _part("findings", _findings(material, language), language)
    if material.alert.rule == OPERATOR:
        yield from _part("held", _concerned(material, language), language)
    else:
        yield from _part("scans", _looked(material, language, names), language)
    yield from _part("history", _history(material, language), language)
    yield from _part("told", _told(material, language), language)


def explanation(material: Material, bodies: Mapping[str, bytes], language: str) -> str:
    """The account for somebody who has the bundle and not this program: how to verify it, and what it lacks."""
    lines = [*account(material, language, names=body_names(material, bodies)), ""]
    lines += [spoken(language, "part_verify"), *spoken(language, "verify").splitlines(), ""]
    lines.append(spoken(language, "part_absent"))
    lines += list(map(one_line, _absent(material, bodies, language))) or [spoken(language, "nothing_absent")]
    return "\n".join(lines) + "\n"


def _head(material: Material, language: str) -> Iterator[str]:
    alert = material.alert
    name = material.agency.name if material.agency else alert.agency
    subject = spoken(language, "year", name=name, year=alert.report_year) if name else _subject(material, language)
    yield spoken(language, "title", id=alert.id, subject=subject, rule=word(language, alert.rule))
    yield spoken(language, "state", state=word(language, alert.state), opened=minute_text(alert.opened_at))
    yield spoken(language, "message", message=alert.message)
    if alert.rule != OPERATOR:
        yield spoken(language, "as_told")


def _subject(material: Material, language: str) -> str:
    return subject_text(material.alert.subject, material.portals, material.agencies, language)


def _part(key: str, lines: Iterator[str], language: str) -> Iterator[str]:
    own = list(lines)
    if own:
        yield ""
        yield spoken(language, f"part_{key}")
        yield from own


def _law(material: Material, language: str) -> Iterator[str]:
    for entry in _of_kind(material, "law"):
        yield spoken(language, "law", due=entry["due"], citation=entry["citation"])
        key = law_of(material, entry)
        if key is not None and LAWS[key].text:
            yield spoken(language, "wording", text=LAWS[key].text)
        if not entry["is_statutory"]:
            yield spoken(language, "practice")
    rules = {material.alert.rule: None} | {str(entry["rule"]): None for entry in _of_kind(material, "finding")}
    for rule in (RULES[name] for name in rules if name in RULES):
        # Of rules on publication the basis that applied is told above; their papers hold for other years and kinds too.
        papers = "、".join(LAWS[basis].citation for basis in rule.law)
        law = spoken(language, "rule_law", law=papers) if rule.counts_towards_content else ""
        yield spoken(language, "rule", title=rule.title.spoken(language), law=law)


def _findings(material: Material, language: str) -> Iterator[str]:
    for entry in _of_kind(material, "finding"):
        yield f"- {entry['message']}（{word(language, entry['severity'])}）"


def _concerned(material: Material, language: str) -> Iterator[str]:
    for entry in material.alert.evidence:
        match entry["kind"]:
            case "agency":
                yield "- " + spoken(language, "agency", agency=named(entry["agency"], material.agencies, language))
            case "portal":
                yield "- " + spoken(language, "portal", portal=named(entry["portal"], material.portals, language))
            case "held":
                agency = named(entry["agency"], material.agencies, language)
                yield "- " + spoken(language, "held", agency=agency, rule=word(language, entry["rule"]))
            case _:
                pass


def _looked(material: Material, language: str, names: Mapping[str, str]) -> Iterator[str]:
    scans = {scan.id: scan for scan in material.scans}
    for entry in _of_kind(material, "scan"):
        if entry["id"] in scans:
            yield from _scan(scans[entry["id"]], language, names)
        else:
            values = {"id": entry["id"], "started": _instant(entry["started_at"]), "url": entry["column_url"]}
            yield spoken(language, "scan_not_stored", **values)
    if not _of_kind(material, "scan"):
        yield spoken(language, "no_scans")
    for entry in _of_kind(material, "report"):
        file = names.get(entry["digest"], entry["digest"])
        yield spoken(language, "report", url=entry["url"], fetched=_instant(entry["fetched_at"]), file=file)
    for entry in _of_kind(material, "date"):
        source = word(language, entry["source"])
        yield spoken(language, "date", date=entry["date"], source=source, url=entry["url"] or "").rstrip()
    for entry in _of_kind(material, "sighting"):
        seen = _instant(entry["last_seen_at"])
        yield spoken(language, "sighting", title=entry["title"], url=entry["url"], seen=seen)
    for entry in _of_kind(material, "attestation"):
        what = spoken(language, "word_absent" if entry["absent"] else "word_present")
        values = {"by": entry["by"], "reason": entry["reason"], "what": what}
        yield spoken(language, "word", at=_instant(entry["at"]), **values)


def _scan(scan: Scan, language: str, names: Mapping[str, str]) -> Iterator[str]:
    yield spoken(
        language,
        "scan",
        id=scan.id,
        started=_second(scan.started_at),
        finished=_second(scan.finished_at),
        url=scan.column_url,
        outcome=word(language, scan.outcome),
    )
    total = spoken(language, "total", count=scan.stated_total) if scan.stated_total is not None else ""
    proof = word(language, scan.end_proof or "none")
    yield spoken(language, "rows", pages=len(scan.pages), rows=scan.rows_seen, proof=proof, total=total)
    if scan.control_title:
        url = f" {scan.control_url}" if scan.control_url else ""
        yield spoken(language, "control", title=scan.control_title, url=url)
    else:
        yield spoken(language, "no_control")
    for page in scan.pages:
        yield spoken(
            language,
            "page",
            url=page.url,
            status=page.status if page.status is not None else word(language, "none"),
            rows=page.rows,
            tls=_known(tls_note(page.url, page.headers), language),
            file=names.get(page.digest, page.digest) if page.digest else spoken(language, "not_kept"),
        )


def _history(material: Material, language: str) -> Iterator[str]:
    for number, move in enumerate(material.history):
        yield _move(move, language)
        if number and move.message is not None:
            yield spoken(language, "said", message=move.message)
    for move in material.history:
        if is_objection(move):
            yield from _objection(move, material, language)


def _objection(objection: Transition, material: Material, language: str) -> Iterator[str]:
    values = {"reason": objection.reason, "at": minute_text(objection.at), "by": objection.by}
    yield spoken(language, "objection", **values)
    later = material.history[material.history.index(objection) + 1 :]
    answer = next((move for move in later if move.from_state is AlertState.OBJECTED is not move.to_state), None)
    if answer is None:
        yield spoken(language, "unanswered")
        return
    reason = f"，{answer.reason}" if answer.reason else ""
    yield spoken(
        language,
        "answer",
        after=word(language, answer.to_state),
        reason=reason,
        at=minute_text(answer.at),
        by=answer.by or "nianbao",
    )


def _move(move: Transition, language: str) -> str:
    reason = spoken(language, "repeat") if move.reason == REPEAT else move.reason
    at = minute_text(move.at)
    if move.from_state is None or (move.from_state is move.to_state and not move.by):
        return spoken(language, "stayed", at=at, reason=reason)
    by = spoken(language, "by", by=move.by) if move.by else ""
    before, after = word(language, move.from_state), word(language, move.to_state)
    return spoken(language, "moved", at=at, before=before, after=after, by=by, reason=reason).rstrip("：: ")


def _told(material: Material, language: str) -> Iterator[str]:
    for telling in material.tellings:
        what = _move(material.history[telling.number], language)
        if telling.sent_at is not None:
            yield spoken(language, "told", channel=telling.channel, at=minute_text(telling.sent_at), what=what)
        elif telling.stand_in is not None:
            yield spoken(language, "told_for", channel=telling.channel, stand_in=telling.stand_in, what=what)
        else:
            error = f"：{telling.error}" if telling.error else ""
            yield spoken(language, "not_told", channel=telling.channel, what=what, error=error)
    if not material.tellings:
        yield spoken(language, "nobody")


def _absent(material: Material, bodies: Mapping[str, bytes], language: str) -> Iterator[str]:
    for absent in absent_bodies(material, bodies):
        what = spoken(language, "body" if absent.what == "report" else absent.what)
        reason = _known(absent.reason, language)
        yield "- " + spoken(language, "absent", what=what, url=absent.url, digest=absent.digest or "", reason=reason)


def _of_kind(material: Material, kind: str) -> list[Mapping[str, Any]]:
    return [entry for entry in whole_evidence(material) if entry["kind"] == kind]


def _known(text: str, language: str) -> str:
    """A note in words where there are words for it, else as it is."""
    return spoken(language, text) if text in TEXTS else text


def _second(instant: datetime) -> str:
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _instant(text: str) -> str:
    return minute_text(datetime.fromisoformat(text))
