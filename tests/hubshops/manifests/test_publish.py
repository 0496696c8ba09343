"""Manifests: numbered, versioned, each package on one of them, stops by door."""

import csv
import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from hubshops.manifests.actions import plan_and_publish
from hubshops.manifests.models import Manifest, ManifestLine
from hubshops.manifests.queries import manifest_of, stops_of
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import EventKind, State
from kernel.audit.models import Decision
from tests.factories import (
    DAY,
    MORNING,
    make_package,
    make_packages,
    make_shop,
    make_staff,
    make_station,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def shop(station):
    return make_shop(station=station)


def publish(station, **options):
    return plan_and_publish(station=station, service_day=DAY, at=MORNING, **options)


def test_a_planned_shop_gets_a_numbered_manifest(station, shop):
    packages = make_packages(3, station=station)

    answer = publish(station)

    assert (answer.manifests, answer.plan.assigned) == (1, 3)
    manifest = manifest_of(shop, DAY)
    assert (manifest.number, manifest.version) == ("FAY-2026-11-20-rosas-bodega", 1)
    assert manifest.lines.count() == 3
    assert set(Package.objects.values_list("state", flat=True)) == {State.MANIFESTED}
    kinds = PackageEvent.objects.filter(package=packages[0]).values_list("kind", flat=True)
    assert list(kinds) == [EventKind.ANNOUNCED, EventKind.ASSIGNED, EventKind.MANIFESTED]


def test_packages_for_one_door_are_one_stop_with_their_units(station, shop):
    make_package(station=station, address1="418 Oak Street", address2="Apt 2")
    make_package(station=station, address1="418 oak st.", address2="Apt 1")
    make_package(station=station, address1="420 Oak St")
    publish(station)

    stops = stops_of(manifest_of(shop, DAY))

    assert [stop.number for stop in stops] == [1, 2]
    by_house = {stop.house_number: stop for stop in stops}
    assert {package.address2 for package in by_house["418"].packages} == {"Apt 1", "Apt 2"}


def test_stops_follow_the_tour_from_the_shop(station, shop):
    for metres in (3, 1, 2):
        make_package(
            station=station,
            address1=f"{metres} Oak St",
            latitude=shop.latitude + metres / 1000,
            longitude=shop.longitude,
        )
    publish(station)
    order = [stop.house_number for stop in stops_of(manifest_of(shop, DAY))]
    assert order in (["1", "2", "3"], ["3", "2", "1"])


def test_a_later_plan_is_a_new_version_and_keeps_the_numbers_of_earlier_stops(station, shop):
    make_package(station=station, address1="1 Oak St", latitude=36.083)
    make_package(station=station, address1="2 Oak St", latitude=36.084)
    publish(station)
    before = dict(ManifestLine.objects.values_list("package_id", "stop"))
    same_door = make_package(station=station, address1="2 OAK STREET", latitude=36.084)
    new_door = make_package(station=station, address1="9 Oak St", latitude=36.0825)

    answer = publish(station)

    manifest = manifest_of(shop, DAY)
    assert (answer.manifests, manifest.version) == (1, 2)
    lines = {line.package_id: line for line in manifest.lines.all()}
    assert {package: lines[package].stop for package in before} == before
    assert lines[new_door.pk].stop == 3
    assert lines[same_door.pk].stop in before.values()
    assert {line.added_in for line in lines.values()} == {1, 2}


def test_planning_again_publishes_nothing_new(station, shop):
    make_packages(2, station=station)
    publish(station)
    events = PackageEvent.objects.count()
    publish(station)
    assert manifest_of(shop, DAY).version == 1
    assert PackageEvent.objects.count() == events


def test_who_planned_is_kept(station, shop):
    olga = make_staff("Olga")
    publish(station, by=olga)
    assert Decision.objects.get(action="plan_day").by == olga


def test_a_long_name_still_gets_a_number(station):
    make_shop("Very Long " * 12, station=station, slug="very-long-" * 5 + "very-long")
    make_package(station=station)
    publish(station)
    assert Manifest.objects.get().number.endswith("very-long")


@pytest.mark.parametrize("count", [1, 12])
def test_publishing_costs_the_same_statements_for_one_shop_and_twelve(
    station, count, django_assert_num_queries
):
    for number in range(count):
        make_shop(f"Shop {number}", station=station, daily_cap=3)
    make_packages(count * 3, station=station)
    with django_assert_num_queries(57):
        publish(station)
    assert Manifest.objects.count() == count


def test_law_package_on_one_manifest(station, shop):
    package = make_package(station=station)
    publish(station)
    other = Manifest.objects.create(
        shop=shop, service_day=DAY + dt.timedelta(days=1), number="X", published_at=MORNING
    )
    with pytest.raises(IntegrityError, match="package_on_one_manifest"), transaction.atomic():
        ManifestLine.objects.create(manifest=other, package=package, stop=1)
    ManifestLine.objects.filter(package=package).update(withdrawn_in=2)
    ManifestLine.objects.create(manifest=other, package=package, stop=1)


def test_law_manifest_once_a_shop_day(station, shop):
    make_package(station=station)
    publish(station)
    with pytest.raises(IntegrityError, match="manifest_once_a_shop_day"), transaction.atomic():
        Manifest.objects.create(shop=shop, service_day=DAY, number="X", published_at=MORNING)


def export() -> list[list[str]]:
    out = io.StringIO()
    call_command("export_day", "--station", "FAY", "--day", str(DAY), stdout=out)
    return list(csv.reader(io.StringIO(out.getvalue())))


def test_the_day_is_exported_by_shop_stop_and_tracking_id(station, shop):
    make_package(station=station, tracking_id="Z9", latitude=0.0, longitude=0.0)
    make_package(station=station, tracking_id="B", address1="1 Oak St")
    make_package(station=station, tracking_id="A", address1="1 Oak St")
    publish(station)

    header, *rows = export()

    assert header == [
        "tracking_id",
        "shop",
        "shop_name",
        "state",
        "stop",
        "distance_m",
        "attempts",
        "last_event_at",
    ]
    assert [row[:5] for row in rows] == [
        ["A", "rosas-bodega", "Rosa's Bodega", "MANIFESTED", "1"],
        ["B", "rosas-bodega", "Rosa's Bodega", "MANIFESTED", "1"],
        ["Z9", "", "", "ANNOUNCED", ""],
    ]
    assert rows[0][7] == "2026-11-20T15:00:00Z"
    assert rows[0][5].isdigit()


def test_an_export_runs_no_formula(station):
    make_shop("=1+1", station=station, slug="sum")
    make_package(station=station, tracking_id="=cmd|' /C calc'!A0")
    publish(station)
    (row,) = export()[1:]
    assert (row[0], row[2]) == ("'=cmd|' /C calc'!A0", "'=1+1")


def test_a_day_without_packages_exports_its_header(station):
    assert len(export()) == 1
