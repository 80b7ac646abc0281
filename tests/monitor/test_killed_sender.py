"""A sender that was killed: what it may have sent is told again, and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitor.notices.channels import recipients
from monitor.notices.sending import send_unsent
from storage.database import begin_attempt, unsent_transitions
from tests.loopback import serving
from tests.monitor.stub_receivers import Webhook
from tests.monitor.telling import MAYBE, NOW, attempt_states, configured, opened, opened_database


@pytest.fixture
def db(tmp_path):
    database = opened_database(tmp_path)
    yield database
    database.close()


def test_what_a_killed_sender_left_is_sent_again_with_a_mark(db, tmp_path):
    with serving(Webhook()) as hook:
        configuration = configured(tmp_path, hook.url())
        opened(db)
        (key,) = [recipient.key for recipient in recipients(configuration.notify)]
        begin_attempt(db, "m1", key, [entry.id for entry in unsent_transitions(db)], NOW)

        send_unsent(db, configuration, NOW + timedelta(hours=1), {})

        assert (attempt_states(db), unsent_transitions(db)) == (["uncertain", "sent"], ())
        assert [message["title"].startswith(MAYBE) for message in hook.messages] == [True]
