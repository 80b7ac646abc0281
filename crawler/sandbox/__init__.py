"""Work on what strangers made, in processes that may be killed: a dead one costs one document and nothing else."""

from __future__ import annotations

from crawler.sandbox.calls import ORDINARY, Call, Limits, Result
from crawler.sandbox.pool import MAX_WORKERS, Pool, worker_count

__all__ = ["MAX_WORKERS", "ORDINARY", "Call", "Limits", "Pool", "Result", "worker_count"]
