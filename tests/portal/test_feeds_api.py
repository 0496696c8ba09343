"""A station's own system sends its feed and asks what became of it."""

import datetime as dt
import json
import uuid

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hubshops.packages import tasks
from hubshops.packages.actions import forget_uploads, remember_columns
from hubshops.packages.models import FeedBatch, FeedUpload
from hubshops.packages.rules import State
from hubshops.stations.actions import make_key
from kernel.idempotency.models import IdempotentAnswer
from kernel.jobs.models import Job
from kernel.progress import teller
from tests.factories import make_batch, make_package, make_station
from tests.portal.test_api import is_problem

pytestmark = pytest.mark.django_db
DAY = "2026-11-23"
NOW = dt.datetime(2026, 11, 22, 15, tzinfo=dt.UTC)
HEADER = "tracking_id,recipient_name,address1,postal_code\n"
FEED = HEADER + "A1,Ines Bell,12 Oak St,72701\nA2,,14 Oak St,72701\n"
FEEDS = "/api/v1/stations/FAY/feeds"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def system(station) -> Client:
    return system_of(station)


def system_of(station, **fields) -> Client:
    """A client that carries a key of the station."""
    _key, token = make_key(station=station, name="Night system", at=NOW, **fields)
    return Client(headers={"Authorization": f"Bearer {token}"})


def send(client, body=FEED, *, day=DAY, path=FEEDS, kind="text/csv", query="", **headers):
    return client.post(f"{path}?day={day}{query}", body, content_type=kind, headers=headers)


def do_the_jobs() -> None:
    """What a worker would do."""
    for job in Job.objects.filter(name="packages.load"):
        tasks.load(**job.args)


def told(client, answer) -> dict:
    return client.get(f"/api/v1/feeds/{answer.json()['batch']}").json()


def test_a_feed_is_taken_then_loaded_by_a_job(system):
    answer = send(system)

    assert answer.status_code == 202
    batch = answer.json()["batch"]
    assert answer.json() == {"batch": batch}
    waiting = told(system, answer)
    assert (waiting["status"], waiting["accepted"]) == ("loading", None)
    assert waiting["progress"] == {"rows": 0, "total": 0}
    assert Job.objects.get().run_after == NOW
    teller(f"feed:{batch}")(40, 100)
    assert told(system, answer)["progress"] == {"rows": 40, "total": 100}

    do_the_jobs()

    found = told(system, answer)
    assert (found["status"], found["version"], found["day"]) == ("loaded", 1, DAY)
    assert (found["accepted"], found["updated"], found["withdrawn"]) == (1, 0, 0)
    assert found["rejected"][0].keys() == {"line", "field", "reason"}
    assert (found["rejected"][0]["line"], found["rejected"][0]["field"]) == (3, "recipient_name")
    assert found["progress"] is None
    assert FeedBatch.objects.get().pk == batch
    assert FeedBatch.objects.get().file_name == "Night system"


def test_what_is_known_outlives_the_file(system):
    answer = send(system)
    do_the_jobs()
    before = told(system, answer)
    forget_uploads(at=NOW + dt.timedelta(days=2))
    assert told(system, answer) == before


def test_a_feed_loaded_in_a_terminal_has_the_same_kind_of_number(system, station):
    batch = make_batch(station)
    assert system.get(f"/api/v1/feeds/{batch.pk}").json()["status"] == "loaded"


def test_the_same_bytes_for_the_same_day_are_the_same_batch(system):
    first = send(system)
    assert send(system).json() == first.json()
    do_the_jobs()
    assert send(system).json() == first.json()
    assert Job.objects.count() == 1
    assert send(system, day="2026-11-24").json() != first.json()


def test_json_and_the_whole_list(system, station):
    gone = make_package(station=station, day=DAY)
    rows = [
        {"tracking_id": "A1", "recipient_name": "Ines", "address1": "Oak 1", "postal_code": "72701"}
    ]
    body = json.dumps(rows)
    answer = send(system, body, kind="application/json", query="&whole_list=true")
    do_the_jobs()
    found = told(system, answer)
    assert (found["accepted"], found["withdrawn"]) == (1, 1)
    gone.refresh_from_db()
    assert gone.state == State.CANCELLED


def test_columns_are_read_as_staff_said(system, station):
    remember_columns(station=station, answers={"parcel": "tracking_id"}, at=NOW, by=None)
    answer = send(system, FEED.replace("tracking_id", "Parcel"))
    do_the_jobs()
    assert told(system, answer)["accepted"] == 1


def test_a_body_that_is_no_feed_is_refused_later_with_its_reason(system):
    answer = send(system, "a,b\n1,2\n")
    do_the_jobs()
    found = told(system, answer)
    assert found["status"] == "refused"
    assert found["problem"].startswith("The first line is not a header.")
    assert send(system, "a,b\n1,2\n").json() == answer.json()


def test_a_file_of_bad_rows_alone_tells_each_of_them(system):
    answer = send(system, HEADER + "A1,,1 Oak St,72701\n")
    do_the_jobs()
    found = told(system, answer)
    assert (found["status"], len(found["rejected"])) == ("refused", 1)
    assert not FeedBatch.objects.exists()


@pytest.mark.parametrize("day", ["2026-02-30", "soon", "", "2062-01-01", "0"])
def test_a_day_that_cannot_be_is_422(system, day):
    is_problem(send(system, day=day), 422)
    assert not FeedUpload.objects.exists()


def test_what_cannot_be_a_feed_is_refused_at_once(system, settings):
    is_problem(send(system, kind="text/html"), 415)
    is_problem(system.post(f"{FEEDS}?day={DAY}", {"file": "x"}), 415)
    is_problem(send(system, " \n"), 422)
    in_pieces = {"CONTENT_TYPE": "text/csv", "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = system.post(f"{FEEDS}?day={DAY}", "", "text/csv", **in_pieces)
    assert "Content-Length" in is_problem(answer, 411)["detail"]
    settings.FEED_MAX_BYTES = 20
    assert "at most" in is_problem(send(system), 413)["detail"]
    assert not FeedUpload.objects.exists()


def test_a_long_feed_fits_with_and_without_an_idempotency_key(system):
    long = FEED + "A3,Bo,1 Oak St,72701\n" * 150_000  # more than a form may hold
    assert send(system, long).status_code == 202
    key = str(uuid.uuid4())
    first = send(system, long + "\n", **{"Idempotency-Key": key})
    again = send(system, long + "\n", **{"Idempotency-Key": key})
    assert (first.status_code, again.content) == (202, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert IdempotentAnswer.objects.count() == 1


def test_a_feed_too_long_is_413_with_an_idempotency_key_too(system, settings):
    body = b"x" * (settings.FEED_MAX_BYTES + 1)
    is_problem(send(system, body), 413)
    is_problem(send(system, body, **{"Idempotency-Key": "k-1"}), 413)


def test_only_the_stations_own_key_opens(system, station):
    other = make_station("NSH")
    stranger = system_of(other)
    answer = send(system)
    is_problem(send(stranger), 404)
    is_problem(stranger.get(f"/api/v1/feeds/{answer.json()['batch']}"), 404)
    is_problem(send(system, path="/api/v1/stations/NSH/feeds"), 404)
    is_problem(send(system, path="/api/v1/stations/NOPE/feeds"), 404)
    is_problem(send(Client()), 401)
    is_problem(send(Client(headers={"Authorization": "Bearer hub_wrong"})), 401)
    assert FeedUpload.objects.count() == 1


def test_an_expired_key_is_401(station, time_machine):
    client = system_of(station, expires_at=NOW + dt.timedelta(hours=1))
    assert send(client).status_code == 202
    time_machine.move_to(NOW + dt.timedelta(hours=2))
    is_problem(send(client), 401)


@pytest.mark.parametrize("batch", ["0", "-1", "99999999999999999999999", "x", "1.5"])
def test_a_number_that_is_no_feed(system, batch):
    assert system.get(f"/api/v1/feeds/{batch}").status_code in (404, 422)


class AnyBytes(TestCase):
    """Whatever is sent: an answer, never a crash, and nothing half loaded."""

    @hypothesis_settings(max_examples=60)
    @given(
        st.binary(min_size=1, max_size=300)
        | st.text(max_size=200).map(lambda t: (HEADER + t).encode())
    )
    def test_any_bytes_end_loaded_or_refused(self, body):
        client = system_of(make_station())
        answer = send(client, body)
        assert answer.status_code in (202, 422)
        if answer.status_code == 202:
            do_the_jobs()
            assert told(client, answer)["status"] in ("loaded", "refused")
