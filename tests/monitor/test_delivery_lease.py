"""Two senders on one database: each message leaves once, and who was overtaken writes nothing."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from monitor.notices.channels import channel_key
from monitor.notices.sending import OTHER_SENDER, send_unsent
from storage.database import (
    begin_attempt,
    live_alerts,
    open_database,
    release_lease,
    take_lease,
    unsent_transitions,
)
from tests.loopback import serving
from tests.monitor.stub_receivers import Webhook
from tests.monitor.telling import MAYBE, NOW, attempt_states, configured, opened, opened_database

LASTING = timedelta(minutes=2)


@pytest.fixture
def db(tmp_path):
    database = opened_database(tmp_path)
    yield database
    database.close()


def test_a_channel_that_another_process_serves_is_left_to_it(db, tmp_path):
    with serving(Webhook()) as hook:
        configuration = configured(tmp_path, hook.url())
        name = f"notify:{channel_key(configuration.notify[0])}"
        opened(db)
        token = take_lease(db, name, "other", NOW, LASTING)

        held = send_unsent(db, configuration, NOW, {})
        release_lease(db, name, token, NOW)
        free = send_unsent(db, configuration, NOW, {})

        assert [(delivery.error, delivery.is_waiting) for delivery in (*held, *free)] == [
            (OTHER_SENDER, True),
            (None, False),
        ]
        assert len(hook.messages) == 1


def test_senders_at_the_same_time_send_once(db, tmp_path):
    with serving(Webhook()) as hook:
        configuration = configured(tmp_path, hook.url())
        opened(db)

        def send():
            own = open_database(configuration.database)
            send_unsent(own, configuration, NOW, {})
            own.close()

        threads = [threading.Thread(target=send) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert (len(hook.messages), attempt_states(db), unsent_transitions(db)) == (1, ["sent"], ())


def test_what_a_killed_sender_was_sending_is_sent_again_with_a_mark(db, tmp_path):
    with serving(Webhook()) as hook:
        configuration = configured(tmp_path, hook.url())
        key = channel_key(configuration.notify[0])
        opened(db)
        take_lease(db, f"notify:{key}", "killed", NOW, LASTING)
        begin_attempt(db, "m1", key, [1], NOW)

        at_once = send_unsent(db, configuration, NOW, {})
        send_unsent(db, configuration, NOW + LASTING, {})

        assert ([delivery.error for delivery in at_once], attempt_states(db)) == ([OTHER_SENDER], ["uncertain", "sent"])
        assert hook.messages[0]["title"].startswith(MAYBE)
        assert "消息编号：m1" in hook.messages[0]["message"]


def test_a_sender_that_was_overtaken_while_it_waited_leaves_the_outcome_to_the_other(db, tmp_path):
    with serving(Webhook("hang")) as hook:
        configuration = configured(tmp_path, hook.url())
        key = channel_key(configuration.notify[0])
        opened(db)

        def overtake():
            hook.arrived.wait(20)
            own = open_database(configuration.database)
            # As if the first had slept for an hour: its lease is over.
            take_lease(own, f"notify:{key}", "other", NOW + timedelta(hours=1), LASTING)
            own.close()
            hook.released.set()

        other = threading.Thread(target=overtake)
        other.start()
        done = send_unsent(db, configuration, NOW, {}, limit=10)
        other.join()

        told = [(delivery.error, delivery.is_waiting) for delivery in done]
        assert (told, attempt_states(db), len(hook.messages)) == ([(OTHER_SENDER, True)], ["sending"], 1)
        assert live_alerts(db)[0].sent_at is None
