"""An agency list from another program into the registry: what would change, and the change itself."""

from __future__ import annotations

from monitor.registry_import.plan import AgencyChange, FieldChange, ImportPlan, apply_import, read_import

__all__ = ["AgencyChange", "FieldChange", "ImportPlan", "apply_import", "read_import"]
