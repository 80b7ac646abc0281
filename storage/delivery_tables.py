"""The tables by which the service knows what it tried to tell whom, as one migration of `storage.schema` makes them."""

from __future__ import annotations

DELIVERY_TABLES = """
    CREATE TABLE attempts (
        number INTEGER PRIMARY KEY, message TEXT NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL,
        started_at TEXT NOT NULL, ended_at TEXT, transitions TEXT NOT NULL, error TEXT
    ) STRICT;
    CREATE INDEX attempts_of_a_channel ON attempts(channel, started_at);
    CREATE INDEX attempts_under_way ON attempts(channel) WHERE state = 'sending';
    CREATE TABLE channel_states (
        channel TEXT PRIMARY KEY NOT NULL, address_mark TEXT NOT NULL, failures INTEGER NOT NULL,
        failing_since TEXT, rest_until TEXT, asked_until TEXT, last_sent_at TEXT, last_error TEXT, dead_since TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rounds (
        channel TEXT NOT NULL, "group" TEXT NOT NULL, "at" TEXT NOT NULL, PRIMARY KEY (channel, "group")
    ) STRICT, WITHOUT ROWID;
"""
"""`attempts`: every try to tell a channel something; `channel_states`: how the channels fare; `rounds`: the last
whole digests."""
