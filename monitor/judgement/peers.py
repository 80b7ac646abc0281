"""Which reports of a group may be copies of each other, found without comparing every pair.

Pure. Of every text the shingles with the smallest hashes are kept, so that equal texts keep equal ones;
texts that share most of them are worth a real comparison (`monitor.checks.similarity`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from heapq import nsmallest
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Mapping

SHINGLE = 8
KEPT = 32
SHARE = 0.6
MOST = 5


def likely_copies(texts: Mapping[int, str]) -> dict[int, tuple[int, ...]]:
    """Key → the keys of up to MOST other texts that share most of its sampled shingles, likest first."""
    samples = {key: _sample(text) for key, text in texts.items()}
    holders: dict[int, list[int]] = defaultdict(list)
    for key, sample in samples.items():
        for shingle in sample:
            holders[shingle].append(key)
    found: dict[int, tuple[int, ...]] = {}
    for key, sample in samples.items():
        shared = Counter(other for shingle in sample for other in holders[shingle] if other != key)
        alike = [other for other, count in shared.most_common() if count >= SHARE * len(sample)]
        if alike:
            found[key] = tuple(alike[:MOST])
    return found


def _sample(text: str) -> frozenset[int]:
    hashes = {crc32(text[at : at + SHINGLE].encode()) for at in range(len(text) - SHINGLE + 1)}
    return frozenset(nsmallest(KEPT, hashes))
