"""Acts told afterwards, by a file."""

import datetime as dt
import io
import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from hubshops.deliveries.models import Delivery
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from tests.factories import (
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_shop,
    make_staff,
)

pytestmark = pytest.mark.django_db
NOON = (MORNING + dt.timedelta(hours=3)).isoformat()


@pytest.fixture
def shop():
    shop = make_shop()
    make_member(shop, "Sam", "helper")
    return shop


def line(package: Package | str, act: str = "load", **fields: object) -> dict:
    tracking_id = package if isinstance(package, str) else package.tracking_id
    usual = {"id": str(uuid.uuid4()), "act": act, "tracking_id": tracking_id, "happened_at": NOON}
    return usual | {"shop": "rosas-bodega", "by": "sam@shop.test"} | fields


@pytest.fixture
def replay(tmp_path):
    """Write lines to a file and replay it: (exit status, answer)."""

    def run(*lines: dict | str | bytes) -> tuple[int, dict]:
        file, out = tmp_path / "acts.jsonl", io.StringIO()
        words = [one if isinstance(one, str | bytes) else json.dumps(one) for one in lines]
        file.write_bytes(b"\n".join(w if isinstance(w, bytes) else w.encode() for w in words))
        try:
            call_command("record_events", str(file), "--json", stdout=out, stderr=io.StringIO())
            status = 0
        except SystemExit as end:
            status = end.code
        return status, json.loads(out.getvalue())

    return run


def test_a_file_is_replayed_once_however_often_it_is_told(replay, shop):
    packages = make_packages(3, shop=shop, state=State.AT_SHOP)
    lines = [line(one, "deliver", outcome="front_door") for one in packages]
    assert replay(*lines) == (0, {"recorded": 3, "already_recorded": 0, "refused": []})
    assert replay(*lines) == (0, {"recorded": 0, "already_recorded": 3, "refused": []})
    assert Delivery.objects.count() == 3
    event = PackageEvent.objects.filter(kind="delivered").first()
    assert event.by.email == "sam@shop.test"
    assert event.counted_at.isoformat() == "2026-11-20T18:00:00+00:00"


def test_what_cannot_be_recorded_is_listed_by_line_and_the_rest_is(replay, shop):
    package = make_package(shop=shop, state=State.AT_SHOP)
    make_member(make_shop("Zed's Florist"), "Zed")
    status, answer = replay(
        b"\xef\xbb\xbf" + json.dumps(line(package)).encode(),
        "",
        "{not json",
        "[1, 2]",
        b"\xff\xfe\x00",
        line(package, shop="nowhere"),
        line(package, by="zed@shop.test"),
        line(package, by="nobody@shop.test"),
        line(package, shop=None),
        line(package, by=7),
        line(package, happened_at="yesterday"),
        line(package, "deliver"),
        line("UNKNOWN"),
    )
    assert (status, answer["recorded"]) == (2, 1)
    assert [(row["line"], row["reason"]) for row in answer["refused"]] == [
        (3, "not_json"),
        (4, "not_json"),
        (5, "not_json"),
        (6, "unknown_shop"),
        (7, "not_a_member"),
        (8, "not_a_member"),
        (9, "unknown_shop"),
        (10, "not_a_member"),
        (11, "bad_happened_at"),
        (12, "outcome_needed"),
        (13, "not_on_your_list"),
    ]
    assert all(row["message"] for row in answer["refused"])


def test_a_file_of_nothing_usable_ends_with_1(replay, shop):
    before = PackageEvent.objects.count()
    status, answer = replay("{", line("UNKNOWN"))
    assert (status, len(answer["refused"])) == (1, 2)
    assert PackageEvent.objects.count() == before


def test_an_empty_file_is_done(replay, shop):
    assert replay("") == (0, {"recorded": 0, "already_recorded": 0, "refused": []})


def test_a_missing_file_is_one_line():
    with pytest.raises(CommandError, match="there is no file") as no:
        call_command("record_events", "/nowhere/acts.jsonl")
    assert no.value.returncode == 1


def test_who_left_the_shop_is_still_believed(replay, shop):
    shop.memberships.update(ended_at=MORNING)
    assert replay(line(make_package(shop=shop, state=State.AT_SHOP)))[0] == 0


@pytest.mark.parametrize(
    ("role", "status"), [("support", 0), ("dispatcher", 0), ("reviewer", 1), ("finance_drafter", 1)]
)
def test_staff_who_help_shops_may_tell(replay, shop, role, status):
    make_staff("Olga", role)
    package = make_package(shop=shop, state=State.AT_SHOP)
    assert replay(line(package, by="Olga@shop.test"))[0] == status


def test_two_people_of_two_shops_take_turns(replay, shop):
    other = make_shop("Zed's Florist")
    make_member(other, "Zed")
    make_member(shop, "Rosa")
    one, two = (
        make_package(shop=shop, state=State.AT_SHOP),
        make_package(shop=other, state=State.AT_SHOP),
    )
    theirs = {"shop": "zeds-florist", "by": "zed@shop.test"}
    status, answer = replay(
        line(one),
        line(two, **theirs),
        line(one, "attempt", reason="NOT_HOME", by="rosa@shop.test"),
        line(two, "deliver", outcome="neighbour", **theirs),
        line(one, "deliver", outcome="front_door"),
        line(two, by="rosa@shop.test"),
    )
    assert (status, answer["recorded"]) == (2, 5)
    assert [row["reason"] for row in answer["refused"]] == ["not_on_your_list"]
    events = one.events.filter(act_id__isnull=False).order_by("pk")
    assert [(event.kind, event.by.name) for event in events] == [
        ("loaded", "Sam"),
        ("attempted", "Rosa"),
        ("delivered", "Sam"),
    ]


def test_the_clock_told_is_believed(replay, shop):
    package = make_package(shop=shop, state=State.AT_SHOP)
    late = "2027-01-05T12:00:00-06:00"
    replay(line(package, "deliver", outcome="front_door", happened_at=late))
    assert Delivery.objects.get().delivered_on == dt.date(2027, 1, 5)


def test_a_mistyped_year_is_refused_and_moves_no_clock(replay, shop):
    late, fine = make_packages(2, shop=shop, state=State.AT_SHOP)
    far = line(late, happened_at="2099-11-20T12:00:00-06:00")
    status, answer = replay(far, line(fine))
    assert (status, answer["recorded"]) == (2, 1)
    assert [one["reason"] for one in answer["refused"]] == ["far_ahead"]
    late.refresh_from_db()
    assert late.state == State.AT_SHOP
    assert PackageEvent.objects.get(package=fine, kind="loaded").received_at.year < 2099


def test_a_thousand_lines_of_two_shops_cost_two_batches(
    replay, shop, django_assert_max_num_queries
):
    other = make_shop("Zed's Florist")
    make_member(other, "Zed")
    theirs = {"shop": "zeds-florist", "by": "zed@shop.test"}
    mine = make_packages(250, shop=shop, state=State.AT_SHOP)
    others = make_packages(250, shop=other, state=State.AT_SHOP)
    lines = []
    for one, two in zip(mine, others, strict=True):
        lines += [line(one), line(two, **theirs)]
        lines += [line(one, "deliver", outcome="front_door")]
        lines += [line(two, "deliver", outcome="front_door", **theirs)]
    with django_assert_max_num_queries(30):
        assert replay(*lines)[1]["recorded"] == 1000
