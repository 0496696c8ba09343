"""Feeds, plans, shops and fees, two at once on real connections."""

import datetime as dt
import itertools

import pytest
from django.db import connection, transaction

from hubshops.assignment.models import Assignment
from hubshops.manifests.actions import plan_and_publish
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.packages.actions import (
    CannotUndo,
    confirm_upload,
    ingest_feed,
    load_upload,
    look_at_upload,
    receive_and_load,
    receive_upload,
    undo_load,
)
from hubshops.packages.models import FeedBatch, FeedUpload, Package, PackageEvent
from hubshops.packages.rules import EventKind, State
from hubshops.shops.actions import (
    LastOwnerStays,
    TeamLinkIsOver,
    change_role,
    end_membership,
    join_by_link,
    make_team_link,
    save_shop,
)
from hubshops.shops.models import Membership, Shop
from hubshops.stations.models import Station
from kernel.audit.models import Decision
from payouts.rates.actions import agree_rate
from payouts.rates.models import Rate
from tests.factories import (
    DAY,
    MORNING,
    make_member,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)
from tests.races.test_door import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def feed(first: int, last: int, name: str = "Ines Bell") -> bytes:
    lines = ["tracking_id,recipient_name,address1,postal_code,latitude,longitude"]
    lines += [f"R{n:05d},{name},{n} Oak St,72701,36.08,-94.17" for n in range(first, last)]
    return "\n".join(lines).encode()


def loader(station, content, day=DAY):
    return lambda: ingest_feed(
        station=station, service_day=day, content=content, file_name="f.csv", at=MORNING
    )


def planner(station):
    return lambda: plan_and_publish(station=station, service_day=DAY, at=MORNING)


def test_a_file_is_looked_at_while_another_one_of_the_station_is_written():
    station = make_station()
    upload = sent_in(station, feed(0, 5))

    def look_in_time():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            look_at_upload(upload_id=upload.pk, at=MORNING)

    with transaction.atomic():
        Station.objects.select_for_update(no_key=True).get(pk=station.pk)
        at_once(look_in_time)
    upload.refresh_from_db()
    assert upload.report["accepted"] == 5


def test_the_same_file_twice_at_once_is_one_batch():
    station = make_station()
    content = feed(0, 500)

    reports = at_once(*[loader(station, content)] * 3)

    assert len({report.batch for report in reports}) == 1
    assert sorted(report.accepted for report in reports) == [0, 0, 500]
    assert (FeedBatch.objects.count(), Package.objects.count()) == (1, 500)
    assert PackageEvent.objects.count() == 500


def test_overlapping_files_at_once_know_each_others_packages():
    station = make_station()

    reports = at_once(
        loader(station, feed(0, 300)),
        loader(station, feed(150, 450, name="Bo Lind")),
        loader(station, feed(0, 300), day=DAY + dt.timedelta(days=1)),
    )

    assert sum(report.accepted for report in reports) == 450
    assert Package.objects.count() == 450
    changed = PackageEvent.objects.filter(kind=EventKind.CHANGED).count()
    assert changed == sum(report.updated for report in reports)


def test_files_of_a_day_loaded_at_once_are_numbered_without_gaps():
    station = make_station()

    reports = at_once(*[loader(station, feed(n * 100, n * 100 + 150)) for n in range(4)])

    assert sorted(report.version for report in reports) == [1, 2, 3, 4]
    assert Package.objects.count() == PackageEvent.objects.filter(kind="announced").count() == 450


def test_planners_at_once_keep_every_cap_and_place_nobody_twice():
    station = make_station()
    shops = [
        make_shop(f"Shop {n}", station=station, daily_cap=7, latitude=36.08 + n / 1000)
        for n in range(3)
    ]
    make_packages(30, station=station)

    answers = at_once(*[planner(station)] * 4)

    assert {answer.plan.assigned for answer in answers} == {21}
    assert {answer.plan.total_m for answer in answers} == {answers[0].plan.total_m}
    for shop in shops:
        assert Assignment.objects.filter(shop=shop).count() == 7
        assert Manifest.objects.get(shop=shop).version == 1
    assert ManifestLine.objects.count() == 21
    assert PackageEvent.objects.filter(kind=EventKind.ASSIGNED).count() == 21


def test_planners_at_once_with_packages_going_and_coming_stay_lawful():
    station = make_station()
    shop = make_shop(station=station, daily_cap=10, daily_minimum=4)
    make_shop("Next door", station=station, daily_cap=10, latitude=36.083)
    packages = make_packages(20, station=station)
    planner(station)()
    gone = [package.pk for package in packages[:6]]
    Package.objects.filter(pk__in=gone).update(state=State.CANCELLED)
    make_packages(9, station=station)

    answers = at_once(*[planner(station)] * 3)

    assert [answer.plan.assigned for answer in answers] == [20] * 3
    assert sorted(answer.plan.released for answer in answers)[:2] == [0, 0]
    assert [list(answer.plan.unplaced.values()) for answer in answers] == [["full"] * 3] * 3
    assert not Assignment.objects.filter(package__in=gone).exists()
    slots = Assignment.objects.filter(shop=shop).values_list("slot", flat=True)
    assert sorted(slots) == list(range(1, 11))


def test_a_feed_and_a_plan_at_once_leave_whole_packages():
    station = make_station()
    make_shop(station=station, daily_cap=400)
    loader(station, feed(0, 200))()

    at_once(
        planner(station),
        loader(station, feed(0, 200, name="Bo Lind")),
        planner(station),
        loader(station, feed(200, 300)),
    )
    planner(station)()

    assert Package.objects.filter(state=State.MANIFESTED).count() == 300
    assert Package.objects.filter(recipient_name="Bo Lind").count() == 200
    for package in Package.objects.prefetch_related("events"):
        events = list(package.events.all())
        assert events[-1].to_state == package.state
        assert all(a.to_state == b.from_state for a, b in itertools.pairwise(events))


def sent_in(station, content):
    """A file that waits to be looked at."""
    return receive_upload(
        station=station, service_day=DAY, content=content, file_name="f.csv", at=MORNING
    )


def test_of_two_dispatchers_one_loads_the_file():
    olga, pavel = make_staff("Olga"), make_staff("Pavel")
    upload = sent_in(make_station(), feed(0, 100))
    look_at_upload(upload_id=upload.pk, at=MORNING)

    def click(by):
        def act():
            confirmed = confirm_upload(upload_id=upload.pk, look=1, at=MORNING, by=by)
            load_upload(upload_id=upload.pk, at=MORNING)
            return confirmed is not None

        return act

    assert sorted(at_once(click(olga), click(pavel), click(olga))) == [False, False, True]
    assert FeedBatch.objects.get().accepted == 100
    assert Decision.objects.filter(action="load_feed").count() == 1
    assert PackageEvent.objects.count() == 100


def test_the_same_file_received_at_once_is_one_file():
    station = make_station()
    content = feed(0, 10)

    def by_machine():
        upload = receive_and_load(
            station=station,
            service_day=DAY,
            content=content,
            file_name="f.csv",
            is_whole_list=False,
            at=MORNING,
        )
        load_upload(upload_id=upload.pk, at=MORNING)
        return upload

    uploads = at_once(by_machine, lambda: sent_in(station, content), by_machine)

    assert len({upload.pk for upload in uploads}) == 1
    assert FeedUpload.objects.get().status == "loaded"
    assert (FeedBatch.objects.get().pk, Package.objects.count()) == (uploads[0].pk, 10)


def test_a_plan_and_an_undo_at_once_leave_no_planned_package_withdrawn():
    station = make_station()
    make_shop(station=station, daily_cap=400)
    batch = loader(station, feed(0, 100))().batch

    def undo():
        try:
            return undo_load(batch_id=batch, at=MORNING, by=None)
        except CannotUndo:
            return None

    _plan, one, other = at_once(planner(station), undo, undo)

    states = set(Package.objects.values_list("state", flat=True))
    assert states == ({State.CANCELLED} if one or other else {State.MANIFESTED})
    assert not (one and other)


def test_shops_of_one_name_opened_at_once_get_slugs_of_their_own():
    stations = [make_station(), make_station("NSH")]
    facts = {
        "trade": "bodega",
        "contact_name": "Ana",
        "email": "ana@shop.test",
        "phone": "",
        "city": "Fayetteville",
        "state": "AR",
        "postal_code": "72701",
        "latitude": 36.0,
        "longitude": -94.0,
        "radius_m": 500,
        "daily_cap": 5,
        "weekdays": "12345",
    }

    def opener(station, street):
        return lambda: save_shop(
            station=station, name="Corner Shop", address1=street, at=MORNING, **facts
        )

    at_once(*[opener(station, f"{n} Oak St") for station in stations for n in range(3)])

    slugs = sorted(Shop.objects.values_list("slug", flat=True))
    assert slugs == ["corner-shop", *[f"corner-shop-{n}" for n in range(2, 7)]]
    assert Membership.objects.count() == 6


def test_of_two_owners_who_leave_at_once_one_stays():
    shop = make_shop()
    make_member(shop, "Rosa")
    make_member(shop, "Ana")
    ids = list(Membership.objects.values_list("pk", flat=True))

    def leave(membership_id):
        def act():
            try:
                end_membership(shop=shop, membership_id=membership_id, at=MORNING)
            except LastOwnerStays:
                return "stays"
            return "left"

        return act

    assert sorted(at_once(*map(leave, ids))) == ["left", "stays"]
    assert Membership.objects.current().count() == 1


def test_of_two_owners_who_demote_each_other_one_stays():
    shop = make_shop()
    make_member(shop, "Rosa")
    make_member(shop, "Ana")

    def demote(membership_id):
        def act():
            try:
                change_role(shop=shop, membership_id=membership_id, role="helper", at=MORNING)
            except LastOwnerStays:
                return "stays"
            return "demoted"

        return act

    ids = Membership.objects.values_list("pk", flat=True)
    assert sorted(at_once(*map(demote, ids))) == ["demoted", "stays"]
    assert Membership.objects.filter(role="owner").count() == 1


def test_of_two_people_with_one_link_one_joins():
    shop = make_shop()
    link = make_team_link(shop=shop, role="helper", at=MORNING, by=make_member(shop, "Rosa"))

    def join(name):
        def act():
            try:
                join_by_link(link_id=link.pk, at=MORNING, email=f"{name}@shop.test", name=name)
            except TeamLinkIsOver:
                return "over"
            return "joined"

        return act

    assert sorted(at_once(*map(join, ["sam", "zed"]))) == ["joined", "over"]
    assert shop.memberships.count() == 2


def test_fees_agreed_at_once_never_overlap():
    shop = make_shop()
    agree_rate(shop=shop, amount_cents=100, first_day=DAY, at=MORNING)

    def agree(number):
        first_day = DAY + dt.timedelta(days=number)
        return lambda: agree_rate(
            shop=shop, amount_cents=100 + number, first_day=first_day, at=MORNING
        )

    at_once(*[agree(number) for number in range(1, 5)])

    fees = list(Rate.objects.order_by("valid"))
    assert fees[0].valid.lower is None
    assert fees[-1].valid.upper is None
    for one, following in itertools.pairwise(fees):
        assert one.valid.upper == following.valid.lower
