"""What a rule is made of: severity, words for people in two languages, and the paper behind it."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, NamedTuple

from storage.law import LAWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from storage.records import Severity

FORM = ("regulations-2019-50-2", "form-2019", "form-2021")
"""The papers behind every rule on how the unified form is filled in."""


class Words(NamedTuple):
    """The same words in Chinese and English."""

    zh: str
    en: str

    def spoken(self, language: str) -> str:
        """The words in `zh` or `en`; AttributeError for any other language."""
        return str(getattr(self, language))


@dataclass(frozen=True, slots=True)
class Rule:
    """One named condition that a report or an agency-year can break.

    `severity` is the usual one, `also` those that it takes under conditions its check states.
    `title` is what is wrong, `advice` what the agency should do. `law` are keys of `LAWS`.
    `messages` are templates by variant; most rules have one, under `""`.
    `counts_towards_content` False: breaking it says nothing about what the report contains.
    """

    name: str
    severity: Severity
    title: Words
    advice: Words
    law: tuple[str, ...]
    messages: Mapping[str, Words]
    also: tuple[Severity, ...] = ()
    counts_towards_content: bool = True


def rule_faults(rules: Iterable[Rule]) -> Iterator[str]:
    """Every fault in a catalogue: repeated names, empty words, unknown laws, templates that differ."""
    seen: set[str] = set()
    for rule in rules:
        if rule.name in seen:
            yield f"{rule.name} is declared twice"
        seen.add(rule.name)
        if not all((*rule.title, *rule.advice)):
            yield f"{rule.name} lacks a title or an advice in one language"
        if rule.severity in rule.also:
            yield f"{rule.name} repeats its severity {rule.severity}"
        if not rule.law:
            yield f"{rule.name} has no legal basis"
        if not rule.messages:
            yield f"{rule.name} has no message"
        yield from (f"{rule.name} cites unknown law {law}" for law in rule.law if law not in LAWS)
        for variant, words in rule.messages.items():
            if not all(words):
                yield f"{rule.name}: message {variant!r} is empty in one language"
            elif _fields(words.zh) != _fields(words.en):
                yield f"{rule.name}: message {variant!r} names {_fields(words.zh)} in zh, {_fields(words.en)} in en"


def _fields(template: str) -> list[str]:
    return sorted({field for _, field, _, _ in Formatter().parse(template) if field is not None})
