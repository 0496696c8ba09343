"""A file comes in, is looked at, is loaded once or left; the database holds the laws."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from hubshops.packages import actions
from hubshops.packages.models import ColumnMapping, FeedBatch, FeedUpload, Package, PackageEvent
from hubshops.stations.models import Station
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from tests.factories import DAY, MORNING, make_shop, make_staff, make_station

pytestmark = pytest.mark.django_db
FEED = b"tracking_id,recipient_name,address1,postal_code\nA1,Ines Bell,12 Oak St,72701\n"
BAD = b"tracking_id,recipient_name,address1,postal_code\nA1,,12 Oak St,72701\n"
LATER = MORNING + dt.timedelta(minutes=5)


@pytest.fixture
def station():
    return make_station()


def receive(station: Station, content: bytes = FEED, at: dt.datetime = MORNING) -> FeedUpload:
    return actions.receive_upload(
        station=station, service_day=DAY, content=content, file_name="f.csv", at=at
    )


def looked_at(station: Station, content: bytes = FEED) -> FeedUpload:
    upload = receive(station, content)
    actions.look_at_upload(upload_id=upload.pk, at=MORNING)
    upload.refresh_from_db()
    return upload


def loaded(station: Station, content: bytes = FEED, at: dt.datetime = MORNING) -> FeedBatch:
    upload = looked_at(station, content)
    actions.confirm_upload(upload_id=upload.pk, look=upload.looks, at=at, by=None)
    actions.load_upload(upload_id=upload.pk, at=at)
    return FeedBatch.objects.get(pk=upload.pk)


def test_a_file_has_the_number_of_the_batch_it_becomes(station):
    upload = receive(station)
    other = loaded(station, FEED.replace(b"A1", b"A2"))
    assert loaded(station).pk == upload.pk != other.pk


def test_the_same_bytes_are_the_same_file_for_as_long_as_they_count(station):
    upload = receive(station)
    assert receive(station, at=LATER).pk == upload.pk
    batch = loaded(station)
    assert receive(station, at=LATER).status == "loaded"
    FeedUpload.objects.all().delete()
    again = receive(station, at=LATER)
    assert (again.pk, again.status) == (batch.pk, "loaded")


def test_a_list_that_was_overtaken_can_come_again(station):
    first = loaded(station)
    loaded(station, FEED.replace(b"Ines", b"Ana"), LATER)
    again = looked_at(station)
    assert (again.pk, again.status, again.report["updated"]) == (first.pk, "looked_at", 1)


def test_a_list_that_comes_again_keeps_its_batch_and_changes_packages_at_its_own_time(station):
    first = loaded(station)
    loaded(station, FEED.replace(b"Ines", b"Ana"), LATER)
    again = LATER + dt.timedelta(hours=1)
    assert loaded(station, at=again) == first
    changed = PackageEvent.objects.latest("pk")
    assert (changed.kind, changed.happened_at, changed.received_at) == ("changed", again, again)
    assert FeedBatch.objects.get(pk=first.pk).loaded_at == MORNING


def test_a_file_of_bad_rows_alone_leaves_nothing_behind(station):
    upload = looked_at(station, BAD)
    actions.confirm_upload(upload_id=upload.pk, look=1, at=MORNING, by=None)
    actions.load_upload(upload_id=upload.pk, at=MORNING)
    upload.refresh_from_db()
    assert (upload.status, upload.problem) == ("refused", "Every row was refused.")
    assert not FeedBatch.objects.exists()


def test_a_job_stands_behind_every_request(station, monkeypatch):
    """A request that dies after it took the file in, and one that dies after the click."""
    upload = receive(station)
    job = Job.objects.get()
    assert job.run_after > MORNING
    assert perform_job(job_id=job.pk, clock=lambda: LATER)
    upload.refresh_from_db()
    assert upload.status == "looked_at"
    actions.confirm_upload(upload_id=upload.pk, look=1, at=MORNING, by=None)
    assert perform_job(job_id=Job.objects.latest("pk").pk, clock=lambda: LATER)
    assert Package.objects.count() == 1
    actions.load_upload(upload_id=upload.pk, at=LATER)
    actions.look_at_upload(upload_id=upload.pk, at=LATER)
    assert FeedUpload.objects.get().status == "loaded"


def test_a_day_old_file_is_forgotten_and_its_batch_stays(station):
    batch = loaded(station)
    assert actions.forget_uploads(at=MORNING + dt.timedelta(hours=23)) == 0
    assert actions.forget_uploads(at=MORNING + dt.timedelta(hours=25)) == 1
    assert FeedBatch.objects.get() == batch


def test_a_load_with_planned_packages_is_not_undone(station):
    batch = loaded(station)
    shop = make_shop(station=station)
    Package.objects.update(state="ASSIGNED", shop=shop)
    with pytest.raises(actions.CannotUndo, match="planned already"):
        actions.undo_load(batch_id=batch.pk, at=LATER, by=None)
    assert FeedBatch.objects.count() == 1


def test_only_the_latest_load_is_undone(station):
    batch = loaded(station)
    loaded(station, FEED.replace(b"A1", b"A2"), LATER)
    with pytest.raises(actions.CannotUndo, match="later list"):
        actions.undo_load(batch_id=batch.pk, at=LATER, by=None)


def test_undoing_leaves_what_was_there_before(station):
    loaded(station)
    both = FEED + b"A2,Bo Lind,14 Oak St,72701\n"
    batch = loaded(station, both.replace(b"Ines", b"Ana"), LATER)
    actions.undo_load(batch_id=batch.pk, at=LATER, by=make_staff())
    states = dict(Package.objects.values_list("tracking_id", "state"))
    assert states == {"A1": "ANNOUNCED", "A2": "CANCELLED"}


# --- Laws ----------------------------------------------------------------------------------------


def breaks(law: str, sql: str, *values: object) -> bool:
    """Whether the database refuses this statement by this law."""
    with (
        pytest.raises(IntegrityError, match=law),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return True


def test_a_files_laws_hold_in_sql(station):
    upload, batch = receive(station), loaded(station, FEED.replace(b"A1", b"A2"))
    change = "UPDATE feed_upload SET {} WHERE id = %s"
    assert breaks("feed_upload_status_is_known", change.format("status = 'lost'"), upload.pk)
    assert breaks(
        "feed_upload_is_its_batch",
        change.format(f"batch_id = {batch.pk + 1000}, status = 'loaded'"),
        upload.pk,
    )
    assert breaks("feed_upload_loaded_has_its_batch", change.format("status = 'loaded'"), upload.pk)
    assert breaks("feed_upload_refused_says_why", change.format("status = 'refused'"), upload.pk)
    assert breaks("feed_upload_refused_says_why", change.format("problem = 'odd'"), upload.pk)
    twin = "INSERT INTO feed_upload SELECT (upload).* FROM (SELECT feed_upload AS upload) AS one"
    columns = [field.column for field in FeedUpload._meta.concrete_fields if field.column != "id"]
    names = ", ".join(f'"{name}"' for name in columns)
    twin = f"INSERT INTO feed_upload (id, {names}) SELECT 987654, {names} FROM feed_upload"
    assert breaks("feed_upload_once", f"{twin} WHERE id = %s", upload.pk)


def test_a_load_is_undone_once_in_sql(station):
    batch = loaded(station)
    undo = actions.undo_load(batch_id=batch.pk, at=LATER, by=None)
    columns = [field.column for field in FeedBatch._meta.concrete_fields if field.column != "id"]
    values = [{"version": "9", "fingerprint": "'x'"}.get(name, f'"{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    twin = f"INSERT INTO feed_batch ({names}) SELECT {', '.join(values)} FROM feed_batch"
    assert breaks("undoes", f"{twin} WHERE id = %s", undo.pk)


def test_a_name_of_a_station_means_one_thing(station):
    answers = {"colour": "", "street": "address1"}
    actions.remember_columns(station=station, answers=answers, at=MORNING, by=None)
    actions.remember_columns(station=station, answers={"street": "city"}, at=LATER, by=None)
    known = dict(ColumnMapping.objects.values_list("header", "column"))
    assert known == {"colour": "", "street": "city"}
    twin = (
        'INSERT INTO column_mapping (station_id, header, "column", agreed_at)'
        " VALUES (%s, %s, 'city', now())"
    )
    assert breaks("column_mapping_header_once", twin, station.pk, "street")
    assert breaks("column_mapping_has_a_header", twin, station.pk, "")


def test_a_station_has_no_boundless_number_of_names(station):
    answers = {f"name {number}": "" for number in range(501)}
    with pytest.raises(actions.TooManyNames):
        actions.remember_columns(station=station, answers=answers, at=MORNING, by=None)
    assert not ColumnMapping.objects.exists()


ROW = b"A%d,Ines Bell,12 Oak St,72701\n"
HEADER = FEED.split(b"\n")[0] + b"\n"


@pytest.mark.parametrize(
    ("content", "is_large"),
    [
        (HEADER + b"".join(ROW % number for number in range(3_000)), False),
        (HEADER + b"x\n" * 21_000, True),
        (HEADER.replace(b"\n", b"\r") + b"x\r" * 21_000, True),
        (b"[" + b"{}," * 21_000 + b"{}]", True),
        (b"[" + b"1," * 400_000 + b"1]", True),
        (b"PK\x03\x04" + bytes(100_000), False),
        (b"PK\x03\x04" + bytes(200_000), True),
        (b"x" * 2_000_001, True),
    ],
)
def test_what_may_take_seconds_is_large_however_few_its_bytes(content, is_large):
    assert actions.is_large(FeedUpload(content=content, size=len(content))) == is_large


def test_a_file_of_countless_bad_rows_is_refused_as_a_whole(station, monkeypatch):
    monkeypatch.setattr("hubshops.packages.actions.feeds.MOST_REFUSED", 3)
    good = ROW % 1
    assert loaded(station, HEADER + good + b"x\n" * 3).accepted == 1
    upload = looked_at(station, HEADER + ROW % 2 + b"x\n" * 4)
    assert upload.status == "refused"
    assert upload.problem.startswith("More than 3 rows of this file can't be taken, so")
    assert Package.objects.count() == 1
