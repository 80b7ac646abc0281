"""The machine on a database that sends for real: through Apprise, in processes of their own, to two receivers.

What the receivers believe is read from the very words that they were sent.
"""

from __future__ import annotations

import re
import threading
from functools import cache

from hypothesis import strategies as st

from monitor.notices.channels import channel_key
from monitor.notices.digest_texts import TEXTS
from monitor.notices.escalation import SUBJECT
from monitor.notices.sending import send_unsent
from storage.configuration import Channel, Configuration
from tests.monitor.stub_receivers import Webhook
from tests.monitor.watch_machine import StoredMachine, step
from tests.monitor.watch_world import CHANNELS, STEPS

BEHAVIOURS = {"up": "ok", "down": "broken", "uncertain": "reset"}
_ITEM = re.compile(r"- \[([0-9a-f]+)\]")
_HEADING = "■ "
_CORRECTED = _HEADING + TEXTS["zh"]["corrected"]


@cache
def webhooks():
    """One receiver a channel for the whole process."""
    servers = {key: Webhook() for key in CHANNELS}
    for server in servers.values():
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return servers


class ToldMachine(StoredMachine):
    """On a real database, with real messages."""

    @step(channel=st.sampled_from(tuple(CHANNELS)), mode=st.sampled_from(("up", "down", "uncertain")))
    def receiver(self, channel, mode):
        """A receiver refuses, recovers, or takes a message and is gone before it says so."""
        STEPS[f"receiver {mode}"] += 1
        self.receivers.mode[channel] = mode

    def send(self):
        """What is unsent leaves; whoever took it has read it."""
        servers = webhooks()
        self.own_troubles = {
            key: f"{SUBJECT}{channel_key(Channel(server.url(key)))}" for key, server in servers.items()
        }
        for key, server in servers.items():
            server.behaviour = BEHAVIOURS[self.receivers.mode[key]]
            server.messages.clear()
        own = [Channel(servers[key].url(key), events=one.events, regions=one.regions) for key, one in CHANNELS.items()]
        folder = self.layer.path.parent
        configuration = Configuration(folder / "nianbao.toml", folder, folder, notify=tuple(own))
        send_unsent(self.layer.db, configuration, self.now, {}, limit=10.0)
        for key, server in servers.items():
            if self.receivers.mode[key] != "down":
                for message in server.messages:
                    self._read(key, message["message"])

    def _read(self, key, text):
        heading = ""
        for line in text.splitlines():
            heading = line if line.startswith(_HEADING) else heading
            item = _ITEM.match(line)
            if item:
                STEPS["read an item"] += 1
                is_live = not heading.startswith(_CORRECTED)
                self.receivers.believe(key, item[1], is_live=is_live)
