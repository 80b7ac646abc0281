"""The text of a report by place, as the checks of wording read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.report import Report

_ADDRESS = re.compile(
    r"""(?:https?|ftp)[:：]?/+[!-~]*            # a web address, however it is written
      | (?<![A-Za-z0-9_.+-])[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9_.-]{1,255}     # an e-mail address
      | (?<![A-Za-z0-9_.-])(?:[A-Za-z0-9_-]{1,63}\.){1,8}[A-Za-z]{2,}(?:/[!-~]*)?
    """,
    re.VERBOSE,
)


class Passage(NamedTuple):
    """One stretch of text and where it stands."""

    where: str
    text: str


def passages(report: Report) -> tuple[Passage, ...]:
    """Title, preamble, sections and signature, those that are there, in printed order."""
    parts = [("title", report.title or ""), ("preamble", report.preamble)]
    parts += [(f"sections/{part.number}", part.text) for part in report.sections]
    parts.append(("signature", report.signature or ""))
    return tuple(Passage(where, text) for where, text in parts if text)


def joined(parts: Iterable[Passage]) -> str:
    """All passages as one text, to see at once whether a word occurs anywhere."""
    return "\n".join(part.text for part in parts)


def without_addresses(text: str) -> str:
    """The text with a blank for every web and e-mail address; they hold anything."""
    return _ADDRESS.sub(" ", text) if "/" in text or "@" in text or "." in text else text
