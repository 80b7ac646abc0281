"""An alert book with somebody to tell: what the tests of delivery start from."""

from __future__ import annotations

from datetime import datetime

from storage.configuration import Channel, Configuration
from storage.database import alerts, open_database, save_registry, save_transitions
from storage.records import SHANGHAI, Agency, AgencyKind, Alert, AlertState, Portal, Registry, Transition

NOW = datetime(2025, 2, 3, 9, tzinfo=SHANGHAI)
MAYBE = "【可能重复】"
PORTAL = Portal("pingchuan", "平川市人民政府", "http://127.0.0.1/", ("127.0.0.1:80",))
AGENCY = Agency("caizheng", "平川市财政局", AgencyKind.LOCAL_DEPARTMENT, "370799", "pingchuan")
OTHER = Agency("shuili", "澄湖县水利局", AgencyKind.LOCAL_DEPARTMENT, "370626", "chenghu")
REGISTRY = Registry((AGENCY, OTHER), (PORTAL, Portal("chenghu", "澄湖县人民政府", "http://127.0.0.2/", ())), ())


def opened_database(folder):
    """A database with the registry in it."""
    db = open_database(folder / "data" / "nianbao.db")
    save_registry(db, REGISTRY, NOW)
    return db


def configured(folder, *channels, language="zh"):
    """The configuration with these channels; an address alone is a channel that hears of everything."""
    own = tuple(Channel(channel) if isinstance(channel, str) else channel for channel in channels)
    return Configuration(folder / "nianbao.toml", folder / "data", folder / "registry", language, notify=own)


def opened(db, key="a1", *, rule="missing", agency="caizheng", at=NOW, message=None, evidence=(), subject=""):
    """An alert of that id, opened and put into the outbox."""
    words = message or f"截至2025-02-03，未检索到{agency}2024年度报告"
    year = None if agency is None else 2024
    alert = Alert(key, agency, year, rule, subject, AlertState.OPEN, at, words, evidence)
    save_transitions(db, [(alert, Transition(key, at, None, AlertState.OPEN, "开启"))])
    return alert


def moved(db, key, state, *, at=NOW, reason="已检索到该报告", by=""):
    """The alert of that id in another state, which is put into the outbox."""
    (alert,) = [one for one in alerts(db) if one.id == key]
    after = Alert(
        key,
        alert.agency,
        alert.report_year,
        alert.rule,
        alert.subject,
        AlertState(state),
        alert.opened_at,
        alert.message,
        alert.evidence,
    )
    save_transitions(db, [(after, Transition(key, at, alert.state, AlertState(state), reason, by))])


def attempt_states(db):
    """The states of all attempts, in their order."""
    return [state for (state,) in db.execute("SELECT state FROM attempts ORDER BY number").fetchall()]
