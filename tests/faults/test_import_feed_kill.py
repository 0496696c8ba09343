"""A loader killed in the middle of a feed leaves nothing half written, and the next one all."""

import json
import signal

import pytest

from hubshops.packages.models import FeedBatch, Package, PackageEvent
from tests.factories import DAY, make_package, make_station
from tests.faults.test_money_kill import started

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]
HEADER = "tracking_id,recipient_name,address1,postal_code,latitude,longitude\n"
ROWS = 3_000


@pytest.fixture
def feed(tmp_path):
    path = tmp_path / "feed.csv"
    rows = [f"K{n:05d},Ines Bell,{n} Oak St,72701,36.08,-94.17\n" for n in range(ROWS)]
    path.write_text(HEADER + "".join(rows))
    return path


@pytest.mark.parametrize(
    ("failpoint", "is_first"), [("feed_copied", True), ("feed_inserted", False)]
)
def test_a_killed_loader_leaves_nothing_and_the_next_one_all(feed, failpoint, is_first):
    station = make_station()
    there = 0 if is_first else 1
    if not is_first:
        make_package(station=station, tracking_id="OTHER")
    command = ("import_feed", str(feed), "--station=FAY", f"--day={DAY}", "--json")

    code, words = started(*command, failpoint=failpoint)

    assert code == -signal.SIGKILL, words
    assert Package.objects.count() == PackageEvent.objects.count() == there
    assert FeedBatch.objects.count() == there

    code, words = started(*command)

    assert code == 0, words
    answer = json.loads(words)
    assert (answer["accepted"], answer["version"]) == (ROWS, there + 1)
    assert Package.objects.count() == PackageEvent.objects.count() == ROWS + there
    assert set(PackageEvent.objects.values_list("package_id", flat=True)) == set(
        Package.objects.values_list("pk", flat=True)
    )
