"""Writes the demo's configuration and registry: the same files that an operator writes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from storage.agency_table import COLUMNS, write_agency_table
from storage.configuration import DEFAULT_FILE
from storage.records import Agency
from storage.registry import AGENCIES_FILE, PORTALS_FILE, WAIVERS_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crawler.simulator.roles import Role
    from crawler.simulator.scenario import PortalPlan, Scenario
    from crawler.simulator.server import PortalServer

DELAY = 0.02
_CONFIGURATION = f"""language = "zh"

[paths]
data = "data"
registry = "registry"

[crawl]
contact = "mailto:demo@example.org"
delay = {DELAY}
browser = "never"
allow_private_hosts = true

[watch]
confirm_after_hours = 20
grace_days = 0
"""
_WAIVERS = """# 每一条豁免写成一个 [[waiver]]：
# [[waiver]]
# agency = "chenghu-water"
# year = 2024
# rule = "late"
# reason = "门户网站迁移期间无法发布，已书面说明"
# by = "值班员"
# until = 2025-03-31
"""


def write_demo_registry(folder: Path, portals: Mapping[str, PortalServer], scenario: Scenario) -> Path:
    """Everything that a scan of the running portals needs, under `folder`; the path of `nianbao.toml`."""
    registry = folder / "registry"
    registry.mkdir(parents=True, exist_ok=True)
    agencies = [_agency(role, portals[role.portal]) for role in scenario.roles]
    (registry / AGENCIES_FILE).write_text(write_agency_table(agencies, COLUMNS), encoding="utf-8")
    tables = [_portal_table(plan, portals[plan.id]) for plan in scenario.portals]
    (registry / PORTALS_FILE).write_text("\n".join(tables), encoding="utf-8")
    (registry / WAIVERS_FILE).write_text(_WAIVERS, encoding="utf-8")
    path = folder / DEFAULT_FILE
    path.write_text(_CONFIGURATION, encoding="utf-8")
    return path


def _agency(role: Role, portal: PortalServer) -> Agency:
    return Agency(
        id=role.id,
        name=role.name,
        kind=role.kind,
        region=role.region,
        portal=role.portal,
        column_url=urljoin(portal.base_url, role.column) if role.column else None,
        parent=role.parent,
    )


def _portal_table(plan: PortalPlan, portal: PortalServer) -> str:
    values: dict[str, object] = {"name": plan.name, "base_url": portal.base_url}
    if plan.family:
        values["family"] = plan.family
    if plan.columns:
        values["columns"] = [urljoin(portal.base_url, path) for path in plan.columns]
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join([f"[{plan.id}]", *lines, ""])
