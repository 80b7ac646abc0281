"""A short piece of a text around the words that were searched for."""

from __future__ import annotations

import re
import unicodedata

BEFORE, LENGTH = 24, 90
OPEN, CLOSE = "⟦", "⟧"
"""They stand around the hit: no report uses them, and pages turn them into a mark."""

_WORD = re.compile(r"[^\W_]+")


def excerpt(text: str, words: str) -> str:
    """About a line of the text with its first hit in brackets; its beginning where only the heading has it."""
    flat = " ".join(text.split())
    hit = first_hit(flat, words)
    if hit is None:
        return flat[:LENGTH] + ("…" if len(flat) > LENGTH else "")
    start, end = hit
    left = max(0, start - BEFORE)
    right = max(end, left + LENGTH)
    return (
        ("…" if left else "")
        + flat[left:start]
        + OPEN
        + flat[start:end]
        + CLOSE
        + flat[end:right]
        + ("…" if right < len(flat) else "")
    )


def first_hit(text: str, words: str) -> tuple[int, int] | None:
    """Begin and end of the earliest of the words, found as the index finds them: width and case aside."""
    normal = _normal(text)
    places = list(range(len(text) + 1))
    if len(normal) != len(text):
        # Some characters become several (… → ...), so positions are looked up character by character.
        pieces = [_normal(character) for character in text]
        normal = "".join(pieces)
        places = [index for index, piece in enumerate(pieces) for _ in piece] + [len(text)]
    hits = [(start, len(word)) for word in _WORD.findall(_normal(words)) if (start := normal.find(word)) >= 0]
    if not hits:
        return None
    start, length = min(hits)
    return places[start], places[start + length - 1] + 1


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
