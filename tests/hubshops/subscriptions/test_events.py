"""A station's events by the API: in order, complete, also while others write; nothing personal."""

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import State
from hubshops.stations.actions import make_key
from hubshops.subscriptions.queries import events_after
from hubshops.subscriptions.rules import Cursor
from tests.factories import MORNING, make_package, make_packages, make_shop, make_station
from tests.hubshops.subscriptions.helpers import wait_for_neighbours, write_events

# Transactions matter here: each write is one of its own.
pytestmark = pytest.mark.django_db(transaction=True)
EVENTS = "/api/v1/stations/FAY/events"


@pytest.fixture
def station():
    cache.clear()
    return make_station()


@pytest.fixture
def ask(client, station):
    _key, token = make_key(station=station, name="Events", at=MORNING)

    def get(address=EVENTS, **words):
        wait_for_neighbours()
        return client.get(address, words, headers={"Authorization": f"Bearer {token}"})

    return get


def walk(ask, after="", limit=200) -> tuple[list[int], str]:
    """All events from a cursor on, and the cursor at the end."""
    ids = []
    while True:
        page = ask(after=after, limit=limit).json()
        ids += [event["id"] for event in page["events"]]
        after = page["next"]
        if not page["more"]:
            return ids, after


def test_a_day_is_told_in_order(ask, station):
    shop = make_shop(station=station)
    package = make_package(shop=shop, state=State.DELIVERED)
    page = ask().json()
    kinds = [event["kind"] for event in page["events"]]
    assert kinds == ["announced", "assigned", "manifested", "received", "delivered"]
    last = page["events"][-1]
    assert last["tracking_id"] == package.tracking_id
    assert (last["state"], last["shop"]) == ("DELIVERED", shop.slug)
    assert page["more"] is False


def test_events_hold_nothing_personal(ask, station):
    package = make_package(recipient_name="Ines Bell", address1="412 Franklin Ave", phone="4795550")
    write_events(package)
    text = ask().content.decode()
    assert package.tracking_id in text
    for word in ("Ines", "Franklin", "4795550", "Ring twice"):
        assert word not in text
    assert set(ask().json()["events"][0]) == {
        *("id", "tracking_id", "service_day", "kind", "state", "happened_at", "received_at"),
        *("shop", "reason", "outcome", "amends"),
    }


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 1000])
def test_pages_of_any_size_hold_each_event_once(ask, station, limit):
    make_packages(3, shop=make_shop(station=station), state=State.DELIVERED)
    everything = list(PackageEvent.objects.order_by("pk").values_list("pk", flat=True))
    ids, after = walk(ask, limit=limit)
    assert ids == everything
    package = make_package()
    more = write_events(package, 4)
    ids, after = walk(ask, after, limit)
    assert ids[1:] == more
    assert walk(ask, after, limit)[0] == []


def test_another_stations_events_are_not_told(ask, station):
    make_package(station=make_station("NSH"))
    assert ask().json()["events"] == []
    assert ask("/api/v1/stations/NSH/events").status_code == 404
    assert ask("/api/v1/stations/fay/events").status_code == 200


@pytest.mark.parametrize("after", ["x", "1", "1-2", "1-2-3-4", "g-1-1", "-1-1-1", "1" * 99])
def test_what_is_no_cursor_is_refused(ask, after):
    answer = ask(after=after)
    assert answer.status_code == 422
    assert "as you got it" in answer.json()["detail"]


@pytest.mark.parametrize("after", [Cursor(0, 2**50), Cursor(2**50, 2**50), Cursor(9, 5)])
def test_a_cursor_of_another_time_says_how_to_start_again(ask, after):
    answer = ask(after=str(after))
    assert answer.status_code == 410
    assert "Start again without one" in answer.json()["detail"]


@pytest.mark.parametrize("limit", [0, 1001, "many"])
def test_a_limit_that_cannot_be_is_refused(ask, limit):
    assert ask(limit=limit).status_code == 422


def test_a_page_costs_the_same_for_one_event_and_for_many(station):
    package = make_package(station=station)
    with CaptureQueriesContext(connection) as few:
        events_after(station, Cursor(), 200)
    write_events(package, 60)
    with CaptureQueriesContext(connection) as many:
        events_after(station, Cursor(), 200)
    assert len(few) == len(many) == 2


# --- Races ---------------------------------------------------------------------------------------

INSERT = """
INSERT INTO package_event (package_id, kind, from_state, to_state, happened_at, received_at,
    counted_at, reason, outcome, note)
VALUES (%s, 'changed', '', 'ANNOUNCED', now(), now(), now(), '', '', '') RETURNING id
"""


def other_connection():
    return psycopg.connect(**connection.get_connection_params())


def insert(line, package) -> int:
    return line.execute(INSERT, [package.pk]).fetchone()[0]


def test_an_event_that_was_numbered_first_and_committed_last_is_not_passed_over(ask, station):
    one, two = make_packages(2, station=station)
    _ids, after = walk(ask)
    with other_connection() as slow, other_connection() as fast:
        early = insert(slow, one)
        late = insert(fast, two)
        fast.commit()
        seen, after = walk(ask, after)
        slow.commit()
        rest, _after = walk(ask, after)
    assert early < late
    assert seen + rest == [early, late]


def test_one_that_is_rolled_back_holds_nobody_up(ask, station):
    one, two = make_packages(2, station=station)
    _ids, after = walk(ask)
    with other_connection() as slow, other_connection() as fast:
        insert(slow, one)
        late = insert(fast, two)
        fast.commit()
        assert walk(ask, after)[0] == []
        slow.rollback()
        assert walk(ask, after)[0] == [late]


def test_a_packages_events_keep_their_order_whoever_began_first(ask, station):
    """The second writer's transaction began before the first's, and waited for the package."""
    one, two = make_packages(2, station=station)
    _ids, after = walk(ask)
    lock = "SELECT FROM package WHERE id = %s FOR UPDATE"
    with other_connection() as began_first, other_connection() as wrote_first:
        began_first.execute(lock, [two.pk])
        wrote_first.execute(lock, [one.pk])
        first = insert(wrote_first, one)
        wrote_first.commit()
        seen, after = walk(ask, after)
        began_first.execute(lock, [one.pk])
        second = insert(began_first, one)
        began_first.commit()
        rest, _after = walk(ask, after)
    assert seen + rest == [first, second]


def test_readers_at_different_moments_all_hear_everything_once(ask, station):
    """Transactions of all lengths, overlapping; a reader looks after each step."""
    packages = make_packages(4, station=station)
    _ids, after = walk(ask)
    lines = [other_connection() for _ in packages]
    seen, written = [], []
    try:
        for step in range(24):
            place = step * 7 % 4
            written.append(insert(lines[place], packages[place]))
            if step % 3 == 2:
                lines[(place + step) % 4].commit()
            heard, after = walk(ask, after, limit=2)
            seen += heard
    finally:
        for line in lines:
            line.commit()
            line.close()
    seen += walk(ask, after, limit=2)[0]
    assert sorted(seen) == sorted(written)
    of = dict(PackageEvent.objects.values_list("pk", "package_id"))
    for package in packages:
        mine = [one for one in seen if of[one] == package.pk]
        assert mine == sorted(mine)
