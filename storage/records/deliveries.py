"""What became of telling people: attempts at one message, and how a channel fares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class AttemptState(StrEnum):
    """`sending` until the receiver's word is known. `refused` is known not to have arrived; of `uncertain` nobody
    knows: the request was written and no answer came, or the sender died meanwhile."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel fares, by its key.

    `address_mark` is a short digest of its address with all variables filled in: enough to see that the address
    has changed, too short to confirm a guess of a secret. `failures` count since the last success, from
    `failing_since` on. `rest_until` is our own patience after a failure, `asked_until` what the receiver asked
    for. `dead_since`: it cannot work as it is set up, and is left alone until that changes or a person says so.
    """

    channel: str
    address_mark: str = ""
    failures: int = 0
    failing_since: datetime | None = None
    rest_until: datetime | None = None
    asked_until: datetime | None = None
    last_sent_at: datetime | None = None
    last_error: str | None = None
    dead_since: datetime | None = None
