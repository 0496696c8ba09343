"""Versions that a shop makes itself, by ordering or sharing: what they say, and their paper."""

import pypdfium2
import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from hubshops.assignment.actions import move_packages
from hubshops.assignment.models import DayBoard
from hubshops.manifests.actions import back_to_shortest, draw_paper, publish_day, save_own_order
from hubshops.manifests.actions import split_day as split
from hubshops.manifests.documents import current_paper, paper_fingerprint
from hubshops.manifests.models import Manifest, ManifestVersion, StoredPaper
from hubshops.manifests.queries import manifest_of, paper_of, stops_of
from hubshops.packages.rules import State
from kernel import clock
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from tests.factories import DAY, MORNING, make_member, make_packages, make_shop, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def rosa(shop):
    return make_member(shop)


@pytest.fixture
def sam(shop):
    return make_member(shop, "Sam", role="helper")


@pytest.fixture
def manifest(shop, rosa, sam):
    for number in range(1, 5):
        where = shop.latitude + number / 1000
        make_packages(
            1,
            shop=shop,
            state=State.ASSIGNED,
            address1=f"{number} Oak St",
            latitude=where,
            longitude=shop.longitude,
        )
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    return manifest_of(shop, DAY)


def turned(manifest, by) -> Manifest:
    order = [stop.number for stop in stops_of(manifest)][::-1]
    return save_own_order(
        manifest=manifest, version=manifest.version, order=order, at=MORNING, by=by
    )


def shared(manifest, helpers, by) -> Manifest:
    keys = [one.pk for one in helpers]
    return split(manifest=manifest, version=manifest.version, helpers=keys, at=MORNING, by=by)


def test_the_list_of_versions_and_today_say_in_words_who_ordered_and_shared(
    client, shop, rosa, sam, manifest
):
    client.force_login(sam)
    manifest = turned(manifest, rosa)
    manifest = shared(manifest, [rosa, sam], rosa)
    manifest = shared(manifest, [], sam)
    with time_machine.travel(MORNING, tick=False):
        today = client.get("/shop/").content.decode()
    back_to_shortest(manifest=manifest, version=4, at=MORNING, by=rosa)
    with time_machine.travel(MORNING, tick=False):
        page = client.get(f"/shop/manifests/{DAY}/").content.decode()
    for words in (
        "Version 2, today 9:00 am: order changed by Rosa",
        "Version 3, today 9:00 am: shared among Rosa and Sam",
        "Version 4, today 9:00 am: one tour again, by Sam",
        "Version 5, today 9:00 am: back to the shortest tour, by Rosa",
    ):
        assert words in page
    assert "0 added" not in page
    assert "Version 4, today 9:00 am: one tour again, by Sam" in today


@pytest.mark.parametrize("change", ["order", "shortest", "share", "join"])
def test_a_paper_is_never_stale_after_a_shop_ordered_or_shared_its_stops(
    rosa, sam, manifest, change, monkeypatch
):
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    manifest = turned(manifest, rosa) if change == "shortest" else manifest
    manifest = shared(manifest, [rosa, sam], rosa) if change == "join" else manifest
    draw_paper(manifest_id=manifest.pk, version=manifest.version, at=MORNING)
    StoredPaper.objects.update(content=b"stale")
    assert current_paper(manifest) == b"stale"

    if change == "order":
        manifest = turned(manifest, rosa)
    elif change == "shortest":
        manifest = back_to_shortest(
            manifest=manifest, version=manifest.version, at=MORNING, by=rosa
        )
    else:
        manifest = shared(manifest, [rosa, sam] if change == "share" else [], rosa)

    manifest = Manifest.objects.select_related("shop__station").get(pk=manifest.pk)
    assert current_paper(manifest).startswith(b"%PDF")
    job = Job.objects.get(key=f"manifests.draw:{manifest.pk}:{manifest.version}")
    assert perform_job(job_id=job.pk, clock=lambda: MORNING)
    StoredPaper.objects.filter(version=manifest.version).update(content=b"drawn ahead")
    assert current_paper(manifest) == b"drawn ahead"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE manifest_line SET stop = 9 WHERE stop = 1",
        "UPDATE manifest_line SET tour = tour + 2",
        "UPDATE person SET name = 'Rosalind' WHERE name = 'Rosa'",
        "UPDATE tour SET number = 7 WHERE number = 1",
        "UPDATE manifest SET version = version + 1",
    ],
)
def test_a_papers_fingerprint_covers_stops_tours_names_and_version(rosa, sam, manifest, sql):
    manifest = shared(manifest, [rosa, sam], rosa)
    before = paper_fingerprint(paper_of(manifest))
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("person", rosa._meta.db_table))
        assert cursor.rowcount
    manifest = Manifest.objects.select_related("shop__station").get(pk=manifest.pk)
    assert paper_fingerprint(paper_of(manifest)) != before


@pytest.mark.parametrize("write", ["order", "shortest", "share"])
def test_a_list_whose_stop_was_given_away_can_be_ordered_and_shared_before_it_is_published_again(
    shop, rosa, sam, manifest, write
):
    other = make_shop("Zed's Flowers", station=shop.station)
    first = stops_of(manifest)[0].packages[0]
    move_packages(
        station=shop.station,
        service_day=DAY,
        package_ids=[first.pk],
        to_shop=other,
        version=DayBoard.objects.get().version,
        at=MORNING,
        by=make_staff("Olga"),
    )
    if write == "order":
        turned(manifest, rosa)
    elif write == "share":
        shared(manifest, [rosa, sam], rosa)
    else:
        back_to_shortest(manifest=manifest, version=1, at=MORNING, by=rosa)
    assert [stop.number for stop in stops_of(manifest)] == [1, 2, 3]
    publish_day(station=shop.station, service_day=DAY, at=MORNING)
    assert [stop.number for stop in stops_of(manifest)] == [1, 2, 3]
    assert manifest.lines.get(package=first).withdrawn_in == 3


def test_a_shared_paper_names_each_helper(rosa, sam, manifest):
    manifest = shared(manifest, [rosa, sam], rosa)
    pages = pypdfium2.PdfDocument(current_paper(manifest))
    text = " ".join(page.get_textpage().get_text_range() for page in pages)
    assert "Tour 1: Rosa" in text
    assert "Tour 2: Sam" in text


def test_a_shop_that_orders_a_day_that_is_over_promises_no_paper(rosa, manifest):
    late = MORNING.replace(day=25)
    order = [stop.number for stop in stops_of(manifest)][::-1]
    save_own_order(manifest=manifest, version=1, order=order, at=late, by=rosa)
    assert not Job.objects.filter(key=f"manifests.draw:{manifest.pk}:2").exists()


@pytest.mark.parametrize(
    ("law", "fields"),
    [
        ("manifest_version_cause_is_known", {"cause": "whim"}),
        ("manifest_version_only_publishing_brings", {"cause": "own_order", "added": 1}),
        ("manifest_version_only_publishing_brings", {"cause": "shared", "withdrawn": 1}),
    ],
)
def test_law_causes_of_versions(manifest, law, fields):
    row = {"added": 0, "withdrawn": 0, "packages": 4, "stops": 4} | fields
    with pytest.raises(IntegrityError, match=law), transaction.atomic():
        ManifestVersion.objects.create(
            manifest=manifest, version=2, published_at=MORNING, published_by=None, **row
        )
