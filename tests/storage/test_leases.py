"""Of two processes on one database only one does a thing, also when the first was only asleep."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import (
    Database,
    holds_lease,
    lease_holder,
    open_database,
    release_lease,
    renew_lease,
    require_lease,
    take_lease,
)
from storage.errors import LeaseLostError

pytestmark = pytest.mark.clock

NOW = datetime(2027, 1, 31, 16, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return open_database(tmp_path / "nianbao.db")


def test_a_second_owner_gets_nothing_until_the_first_ones_lease_has_ended(db: Database) -> None:
    first = take_lease(db, "service", "a", NOW, MINUTE)
    assert first is not None
    assert take_lease(db, "service", "b", NOW + MINUTE / 2, MINUTE) is None
    second = take_lease(db, "service", "b", NOW + MINUTE, MINUTE)
    assert second is not None
    assert second > first


def test_who_renews_keeps_lease_and_token(db: Database) -> None:
    token = take_lease(db, "service", "a", NOW, MINUTE)
    assert token is not None
    assert renew_lease(db, "service", token, NOW + MINUTE / 2, MINUTE)
    assert take_lease(db, "service", "b", NOW + MINUTE, MINUTE) is None
    assert take_lease(db, "service", "a", NOW + MINUTE, MINUTE) == token
    assert lease_holder(db, "service") == ("a", NOW + 2 * MINUTE)


def test_who_slept_too_long_can_neither_renew_nor_write(db: Database) -> None:
    first = take_lease(db, "service", "a", NOW, MINUTE)
    second = take_lease(db, "service", "b", NOW + 2 * MINUTE, MINUTE)
    assert first is not None
    assert second is not None
    assert not renew_lease(db, "service", first, NOW + 2 * MINUTE, MINUTE)
    with pytest.raises(LeaseLostError):
        require_lease(db, "service", first, NOW + 2 * MINUTE)
    require_lease(db, "service", second, NOW + 2 * MINUTE)


def test_an_expired_lease_guards_nothing_even_where_nobody_took_it(db: Database) -> None:
    token = take_lease(db, "service", "a", NOW, MINUTE)
    assert token is not None
    assert not holds_lease(db, "service", token, NOW + MINUTE)


def test_a_lease_that_is_given_back_goes_on_at_once_under_a_greater_token(db: Database) -> None:
    first = take_lease(db, "service", "a", NOW, MINUTE)
    assert first is not None
    release_lease(db, "service", first, NOW)
    assert lease_holder(db, "service") is None
    second = take_lease(db, "service", "b", NOW, MINUTE)
    assert second is not None
    assert second > first
    release_lease(db, "service", first, NOW)
    assert holds_lease(db, "service", second, NOW)


def test_a_clock_that_ran_ahead_holds_nobody_back_for_long(db: Database) -> None:
    assert take_lease(db, "service", "a", NOW + timedelta(days=40), MINUTE) is not None
    assert take_lease(db, "service", "b", NOW, MINUTE) is not None


def test_who_waited_for_the_database_takes_nothing_away(db: Database) -> None:
    assert take_lease(db, "service", "a", NOW + timedelta(seconds=50), MINUTE) is not None
    assert take_lease(db, "service", "b", NOW, MINUTE) is None


def test_leases_of_different_names_know_nothing_of_each_other(db: Database) -> None:
    assert take_lease(db, "service", "a", NOW, MINUTE) is not None
    assert take_lease(db, "notify", "b", NOW, MINUTE) is not None
