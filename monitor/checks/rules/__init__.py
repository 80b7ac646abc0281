"""The rule catalogue: every name that a finding can carry, in the order people read them.

The catalogue checks itself when it is imported and names every fault at once.
"""

from __future__ import annotations

from types import MappingProxyType

from monitor.checks.rules.figures import CELL_RULES, DISCLOSURE_RULES, HISTORY_RULES, SUM_RULES
from monitor.checks.rules.model import Rule, Words, rule_faults
from monitor.checks.rules.publication import PUBLICATION_RULES
from monitor.checks.rules.structure import STRUCTURE_RULES
from monitor.checks.rules.text import NARRATIVE_RULES, RESIDUE_RULES
from storage.errors import RuleError

_ALL = (
    *PUBLICATION_RULES,
    *STRUCTURE_RULES,
    *CELL_RULES,
    *SUM_RULES,
    *DISCLOSURE_RULES,
    *HISTORY_RULES,
    *NARRATIVE_RULES,
    *RESIDUE_RULES,
)


def _catalogue(rules: tuple[Rule, ...]) -> dict[str, Rule]:
    faults = list(rule_faults(rules))
    if faults:
        raise RuleError("; ".join(faults))
    return {rule.name: rule for rule in rules}


RULES = MappingProxyType(_catalogue(_ALL))
"""Name → rule."""

__all__ = ["RULES", "Rule", "Words", "rule_faults"]
