"""The book of versions: what came, what went, who was told."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from hubshops.manifests.actions import publish_day
from hubshops.manifests.models import Manifest, ManifestLine, ManifestVersion
from hubshops.manifests.queries import changes_of, manifest_of, stops_of
from hubshops.packages.actions import move_custody
from hubshops.packages.models import Package
from hubshops.packages.rules import EventKind, Move, State
from hubshops.shops.models import Membership
from kernel.jobs.models import Job
from kernel.notifications.models import Mail
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop, make_station

pytestmark = pytest.mark.django_db
LATER = MORNING + dt.timedelta(hours=1)


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def shop(station):
    return make_shop(station=station)


def assigned(shop, count=1, **fields) -> list[Package]:
    return make_packages(count, shop=shop, state=State.ASSIGNED, **fields)


def publish(shop, at=MORNING, by=None) -> Manifest | None:
    publish_day(station=shop.station, service_day=DAY, at=at, by=by)
    return manifest_of(shop, DAY)


def move(package, to_state, shop=None) -> None:
    kind = EventKind.WITHDRAWN if to_state == State.CANCELLED else EventKind.ASSIGNED
    shop_id = shop.pk if shop else None
    one = Move(
        package_id=package.pk, kind=kind, to_state=to_state, happened_at=LATER, shop_id=shop_id
    )
    move_custody(moves=[one], at=LATER)


def book(shop) -> list[tuple[int, int, int, int, int]]:
    rows = ManifestVersion.objects.filter(manifest__shop=shop).order_by("version")
    return list(rows.values_list("version", "added", "withdrawn", "packages", "stops"))


def test_the_first_version_says_what_came(shop):
    assigned(shop, 2, address1="1 Oak St")
    assigned(shop, address1="2 Oak St")
    manifest = publish(shop)
    assert book(shop) == [(1, 3, 0, 3, 2)]
    assert manifest.versions.get().published_at == MORNING


def test_a_new_door_never_gets_the_number_of_a_stop_that_was_taken_off(shop):
    assigned(shop, 3)
    publish(shop)
    last = ManifestLine.objects.get(stop=3)
    move(last.package, State.CANCELLED, shop)
    publish(shop, at=LATER)
    assigned(shop, address1="99 Elm St")

    manifest = publish(shop, at=LATER)

    assert [stop.number for stop in stops_of(manifest)] == [1, 2, 4]


def test_a_withdrawn_package_is_taken_off_in_a_new_version_and_stops_keep_their_numbers(shop):
    packages = assigned(shop, 3)
    before = publish(shop)
    numbers = dict(before.lines.values_list("package_id", "stop"))
    move(packages[1], State.CANCELLED, shop)

    after = publish(shop, at=LATER)

    assert (after.version, after.published_at) == (2, LATER)
    assert book(shop) == [(1, 3, 0, 3, 3), (2, 0, 1, 2, 2)]
    left = {package.pk: stop.number for stop in stops_of(after) for package in stop.packages}
    assert left == {key: stop for key, stop in numbers.items() if key != packages[1].pk}
    assert ManifestLine.objects.get(package=packages[1]).withdrawn_in == 2


def test_a_withdrawn_package_that_has_no_shop_any_more_is_taken_off_too(shop):
    (package,) = assigned(shop)
    publish(shop)
    move(package, State.CANCELLED)
    assert publish(shop, at=LATER).version == 2


def test_packages_that_came_and_went_are_one_version(shop):
    first = assigned(shop, 2)
    publish(shop)
    move(first[0], State.CANCELLED, shop)
    (new,) = assigned(shop)

    manifest = publish(shop, at=LATER)

    latest, original = changes_of(manifest)
    assert [line.package_id for line in latest.came] == [new.pk]
    assert [line.package_id for line in latest.went] == [first[0].pk]
    assert (original.came, original.went) == ([], [])
    assert book(shop)[1:] == [(2, 1, 1, 2, 2)]


def test_a_package_given_to_another_shop_changes_both_lists(shop, station):
    zeds = make_shop("Zed's", station=station)
    (package,) = assigned(shop)
    assigned(zeds)
    publish(shop)
    move(package, State.ASSIGNED, zeds)

    publish(shop, at=LATER)

    assert book(shop) == [(1, 1, 0, 1, 1), (2, 0, 1, 0, 0)]
    assert book(zeds) == [(1, 1, 0, 1, 1), (2, 1, 0, 2, 2)]
    package.refresh_from_db()
    assert (package.state, package.shop) == (State.MANIFESTED, zeds)


def test_a_package_that_went_and_came_back_before_publishing_changes_nothing(shop, station):
    zeds = make_shop("Zed's", station=station)
    (package,) = assigned(shop)
    publish(shop)
    move(package, State.ASSIGNED, zeds)
    move(package, State.ASSIGNED, shop)

    publish(shop, at=LATER)

    assert book(shop) == [(1, 1, 0, 1, 1)]
    package.refresh_from_db()
    assert package.state == State.MANIFESTED


def test_a_package_planned_for_another_day_leaves_the_old_days_list(shop):
    (package,) = assigned(shop)
    publish(shop)
    tomorrow = DAY + dt.timedelta(days=1)
    move(package, State.ASSIGNED, shop)
    Package.objects.filter(pk=package.pk).update(service_day=tomorrow)

    publish_day(station=shop.station, service_day=tomorrow, at=LATER)

    assert manifest_of(shop, DAY).version == 2
    assert stops_of(manifest_of(shop, DAY)) == []
    assert len(stops_of(manifest_of(shop, tomorrow))) == 1


def test_a_manifest_whose_packages_are_all_gone_stays_with_none(shop):
    packages = assigned(shop, 2)
    publish(shop)
    for package in packages:
        move(package, State.CANCELLED, shop)
    manifest = publish(shop, at=LATER)
    assert stops_of(manifest) == []
    assert book(shop)[-1] == (2, 0, 2, 0, 0)


def test_nothing_changed_is_no_version(shop):
    assigned(shop)
    publish(shop)
    letters = Mail.objects.count()
    publish(shop, at=LATER)
    assert len(book(shop)) == 1
    assert Mail.objects.count() == letters


def test_the_difference_is_told_on_the_list_and_on_today(client, shop):
    client.force_login(make_member(shop, "Rosa"))
    packages = assigned(shop, 2)
    publish(shop)
    with time_machine.travel(LATER, tick=False):
        assert "Version 1" not in client.get("/shop/").content.decode()
        move(packages[0], State.CANCELLED, shop)
        assigned(shop, 2)
        publish(shop, at=LATER)
        today = client.get("/shop/").content.decode()
        page = client.get(f"/shop/manifests/{DAY}/").content.decode()
    assert "Version 2, today 10:00 am: 2 added, 1 taken off" in today
    assert "Version 2, today 10:00 am: 2 added, 1 taken off" in page
    assert "Version 1, today 9:00 am: 2 packages" in page
    assert packages[0].tracking_id in page


def test_a_list_with_nothing_left_says_so(client, shop):
    client.force_login(make_member(shop, "Rosa"))
    (package,) = assigned(shop)
    publish(shop)
    move(package, State.CANCELLED, shop)
    publish(shop, at=LATER)
    page = client.get(f"/shop/manifests/{DAY}/").content.decode()
    assert "No packages are left on this list" in page


# --- Letters -------------------------------------------------------------------------------------


def test_a_shops_people_get_one_letter_with_counts_in_their_language(shop):
    make_member(shop, "Rosa")
    make_member(shop, "Sam", role="helper", language="es")
    gone = make_member(shop, "Gus", role="helper")
    Membership.objects.filter(user=gone).update(ended_at=MORNING)
    assigned(shop, 2, address1="1 Oak St", recipient_name="Canary Bird")

    publish(shop)

    letters = {mail.person.name: mail for mail in Mail.objects.all()}
    assert set(letters) == {"Rosa", "Sam"}
    assert letters["Rosa"].subject == "2 packages for Fri Nov 20"
    assert "That is 1 stop." in letters["Rosa"].body
    assert f"/shop/manifests/{DAY}/" in letters["Rosa"].body
    assert not any(word in letters["Rosa"].body for word in ("Canary", "Oak"))
    assert Job.objects.filter(name="notifications.send").count() == 2


def test_a_change_is_told_in_numbers(shop):
    make_member(shop, "Rosa")
    packages = assigned(shop, 2)
    publish(shop)
    move(packages[0], State.CANCELLED, shop)
    assigned(shop, 2)
    publish(shop, at=LATER)
    letter = Mail.objects.order_by("pk").last()
    assert letter.subject == "Changed list for Fri Nov 20: 2 more, 1 taken off"
    assert "1 package taken off: do not deliver it" in letter.body
    assert "In all it is 3 packages now" in letter.body


def test_a_day_that_is_over_is_published_without_letters(shop):
    make_member(shop, "Rosa")
    assigned(shop)
    publish(shop, at=MORNING + dt.timedelta(days=1))
    assert not Mail.objects.exists()
    assert not Job.objects.exists()


# --- Laws ----------------------------------------------------------------------------------------


def insert(manifest, version) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO manifest_version"
            " (manifest_id, version, published_at, added, withdrawn, packages, stops)"
            " VALUES (%s, %s, now(), 0, 0, 0, 0)",
            [manifest.pk, version],
        )


def test_law_manifest_versions_are_gapless(shop):
    assigned(shop)
    manifest = publish(shop)
    with pytest.raises(IntegrityError, match="manifest_versions_are_gapless"):
        insert(manifest, 3)
    with pytest.raises(IntegrityError, match="manifest_versions_start_at_one"):
        insert(manifest, 0)
    with pytest.raises(IntegrityError, match="manifest_version_once"):
        insert(manifest, 1)
    insert(manifest, 2)
    insert(manifest, 3)


@pytest.mark.parametrize("change", ["DELETE FROM", "UPDATE"])
def test_law_a_published_version_is_never_rewritten(shop, change):
    assigned(shop)
    publish(shop)
    tail = "" if change == "DELETE FROM" else " SET added = 9"
    refused = pytest.raises(IntegrityError, match="append-only")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{change} manifest_version{tail}")
