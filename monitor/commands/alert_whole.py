"""`alerts show` and `alerts bundle`: one alert with all that is known of it, on the screen and as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.commands.account_texts import spoken
from monitor.commands.session import Session, configuration_of, reader_of
from monitor.texts import say
from storage.errors import AlertError
from storage.records import LIVE_STATES

if TYPE_CHECKING:
    from sqlite_utils import Database

    from storage.records import Alert


@click.command()
@click.argument("alert", metavar="ID")
@click.pass_obj
def show(session: Session, alert: str) -> None:
    """一条告警的全部：内容、依据、检索、经过、异议与答复、告知了谁。"""
    from monitor.commands.account import account
    from monitor.commands.alert_evidence import material_of

    configuration = configuration_of(session)
    language = configuration.language
    with reader_of(configuration) as db:
        material = material_of(db, find_alert(db, alert, language))
    for line in account(material, language):
        click.echo(line)


@click.command()
@click.argument("alert", metavar="ID")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="写到哪个文件，默认 nianbao-alert-ID.zip。"
)
@click.pass_obj
def bundle(session: Session, alert: str, out: Path | None) -> None:
    """把一条告警连同网页存档、应答头、规则和法规打成一个 ZIP，第三方可用 sha256sum 核验。"""
    from monitor.alerts.bundles import absent_bodies, bundle_files, packed
    from monitor.commands.account import explanation
    from monitor.commands.alert_evidence import bodies_of, material_of, versions_of
    from storage.captures import Captures

    configuration = configuration_of(session)
    language = configuration.language
    with reader_of(configuration) as db:
        material = material_of(db, find_alert(db, alert, language))
    bodies = bodies_of(Captures(configuration.captures), material)
    # For a third party: in Chinese, whatever language the operator reads.
    words = explanation(material, bodies, "zh")
    files = bundle_files(material, bodies, explanation=words, versions=versions_of(material.alert))
    path = out or Path(f"nianbao-alert-{material.alert.id}.zip")
    _write_whole(path, packed(files))
    click.echo(say(language, "written", path))
    absent = absent_bodies(material, bodies)
    if absent:
        click.echo(spoken(language, "bundle_lacks", count=len(absent)), err=True)


def find_alert(db: Database, key: str, language: str) -> Alert:
    """The alert of that id, or of the only id that begins so; AlertError where there is none, or several."""
    from storage.database import alerts as every_alert

    found = [alert for alert in every_alert(db) if key and alert.id.startswith(key)]
    exact = [alert for alert in found if alert.id == key]
    if len(exact or found) == 1:
        return (exact or found)[0]
    live = [alert for alert in found if alert.state in LIVE_STATES]
    if len(live) == 1:
        return live[0]
    raise AlertError(key, say(language, "many_alerts" if found else "no_alert", key))


def _write_whole(path: Path, data: bytes) -> None:
    """The file is there whole, or as it was before."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
