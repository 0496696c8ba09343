"""Keys of stations' own systems: shown once, kept as a hash, closed at once."""

import datetime as dt
import json

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import ResolverMatch

from hubshops.stations.actions import (
    KeyIsGone,
    KeyNameIsTaken,
    UnknownKey,
    make_key,
    revoke_key,
    use_key,
)
from hubshops.stations.models import StationKey
from kernel.audit.models import Decision
from kernel.web.answers import HttpNo
from portal import machines
from tests.factories import MORNING, make_staff, make_station

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def station():
    return make_station()


def make(station, name="Feeds", **more):
    return make_key(station=station, name=name, at=MORNING, **more)


def test_a_key_opens_the_door_of_its_station(station):
    key, token = make(station)
    assert use_key(token=token, at=MORNING) == key
    assert token.startswith("hub_")
    assert len(token) == len("hub_") + 43  # 256 random bits


def test_only_its_hash_is_kept(station):
    _key, token = make(station, by=make_staff("Pavel", "admin"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT station_key::text FROM station_key")
        rows = str(cursor.fetchall())
        cursor.execute("SELECT decision::text FROM decision")
        rows += str(cursor.fetchall())
    assert token not in rows
    assert token[:10] in rows
    assert token[10:20] not in rows


@pytest.mark.parametrize("token", ["", "hub_", "hub_wrong", "\x00", "ñ" * 500])
def test_a_wrong_key_opens_nothing(station, token):
    make(station)
    with pytest.raises(UnknownKey):
        use_key(token=token, at=MORNING)


def test_a_revoked_key_is_closed_at_once_and_that_is_written_down(station):
    pavel = make_staff("Pavel", "admin")
    key, token = make(station, by=pavel)
    revoke_key(key_id=key.pk, station=station, at=MORNING, by=pavel)
    with pytest.raises(UnknownKey):
        use_key(token=token, at=MORNING)
    with pytest.raises(KeyIsGone):
        revoke_key(key_id=key.pk, station=station, at=MORNING, by=pavel)
    done = Decision.objects.order_by("pk").values_list("action", "by__name")
    assert list(done) == [("make_key", "Pavel"), ("revoke_key", "Pavel")]


def test_a_key_of_another_station_is_not_revoked_by_mistake(station):
    key, token = make(station)
    with pytest.raises(KeyIsGone):
        revoke_key(key_id=key.pk, station=make_station("NSH"), at=MORNING, by=None)
    use_key(token=token, at=MORNING)


def test_a_key_runs_out(station):
    _key, token = make(station, expires_at=MORNING + MINUTE)
    use_key(token=token, at=MORNING)
    with pytest.raises(UnknownKey):
        use_key(token=token, at=MORNING + MINUTE)


def test_its_use_is_noted_once_a_minute(station):
    key, token = make(station)
    for seconds, noted in [(0, 0), (59, 0), (60, 60), (100, 60)]:
        at = MORNING + dt.timedelta(seconds=seconds)
        use_key(token=token, at=at)
        key.refresh_from_db()
        assert key.last_used_at == MORNING + dt.timedelta(seconds=noted)
    with CaptureQueriesContext(connection) as heard:
        use_key(token=token, at=MORNING + dt.timedelta(seconds=101))
    assert len(heard) == 1


def test_a_name_is_one_working_key_of_a_station(station):
    key, _token = make(station)
    with pytest.raises(KeyNameIsTaken) as no:
        make(station, "  Feeds ")
    assert no.value.sentence == "There is a key called “Feeds” already. Choose another name."
    make(make_station("NSH"))
    revoke_key(key_id=key.pk, station=station, at=MORNING, by=None)
    make(station)


# --- By the API ----------------------------------------------------------------------------------


def come_in(rf, header=None, code=None):
    """What the API's guard makes of a request for an address of the station `code`."""
    request = rf.get("/", headers={} if header is None else {"Authorization": header})
    kwargs = {} if code is None else {"code": code}
    request.resolver_match = ResolverMatch(lambda: None, (), kwargs)
    machines.StationBearer()(request)
    return request


def test_the_guard_finds_the_station(rf, station):
    key, token = make(station)
    for header in (f"Bearer {token}", f"bearer {token}"):
        request = come_in(rf, header, code="fay")
        assert (request.station, request.station_key) == (station, key)


def test_whatever_is_wrong_with_a_key_the_answer_is_the_same(rf, station):
    old, old_token = make(station, "Old")
    revoke_key(key_id=old.pk, station=station, at=MORNING, by=None)
    _gone, gone_token = make(station, "Gone", expires_at=MORNING + MINUTE)
    _key, token = make(station)
    heard = set()
    wrong = [None, "", "Bearer", "Bearer x", f"Basic {token}", token, f"Bearer {old_token}"]
    for header in [*wrong, f"Bearer {gone_token}"]:
        with pytest.raises(HttpNo) as no, time_machine.travel(MORNING + MINUTE):
            come_in(rf, header)
        heard.add((no.value.status_code, str(no.value), *no.value.headers.items()))
    realm = ("WWW-Authenticate", 'Bearer realm="stations"')
    assert heard == {(401, "Send a working key of your station.", realm)}


def test_another_stations_address_is_not_there(rf, station):
    _key, token = make(station)
    make_station("NSH")
    for code in ("NSH", "NOPE"):
        with pytest.raises(Http404):
            come_in(rf, f"Bearer {token}", code=code)


def test_a_key_is_slowed_down_and_others_are_not(rf, station, monkeypatch):
    cache.clear()
    monkeypatch.setattr(machines, "MOST_A_MINUTE", 2)
    (_one, token), (_two, other) = make(station), make(station, "Events")
    for _ in range(2):
        come_in(rf, f"Bearer {token}")
    with pytest.raises(HttpNo) as no:
        come_in(rf, f"Bearer {token}")
    assert (no.value.status_code, no.value.headers) == (429, {"Retry-After": "60"})
    come_in(rf, f"Bearer {other}")


# --- By staff ------------------------------------------------------------------------------------


@pytest.fixture
def pavel(client):
    client.force_login(make_staff("Pavel", "admin"))
    return client


def keys_page(station) -> str:
    return f"/ops/stations/{station.code}/keys/"


def test_staff_make_a_key_and_see_it_once(pavel, station):
    page = pavel.post(keys_page(station), {"name": "Feeds"})
    key = StationKey.objects.get()
    token = page.context["token"]
    assert use_key(token=token, at=MORNING) == key
    assert token in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert token not in str(pavel.session.items())
    assert token not in pavel.get(keys_page(station)).text


def test_a_form_sent_twice_makes_one_key(pavel, station):
    pavel.post(keys_page(station), {"name": "Feeds"})
    page = pavel.post(keys_page(station), {"name": "Feeds"})
    assert page.status_code == 422
    assert "There is a key called “Feeds” already." in page.text
    assert StationKey.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": ""}, "Give the key a name."),
        ({"name": "x" * 61}, "at most 60 characters"),
        ({"name": "A", "last_day": "2020-01-01"}, "This day is over."),
        ({"name": "A", "last_day": "soon"}, "Write the day like 2026-11-20."),
    ],
)
def test_a_form_that_makes_no_sense_makes_no_key(pavel, station, sent, sentence):
    page = pavel.post(keys_page(station), sent)
    assert page.status_code == 422
    assert sentence in page.text
    assert not StationKey.objects.exists()


def test_a_key_with_a_last_day_works_until_that_day_is_over_at_the_station(pavel, station):
    with time_machine.travel(MORNING):
        pavel.post(keys_page(station), {"name": "Feeds", "last_day": "2026-11-20"})
    key = StationKey.objects.get()
    assert key.expires_at.isoformat() == "2026-11-21T06:00:00+00:00"


def test_staff_revoke_a_key(pavel, station):
    key, token = make(station)
    page = pavel.post(f"{keys_page(station)}{key.pk}/revoke/", follow=True)
    assert "“Feeds” is revoked." in page.text
    assert "Revoked" in page.text
    with pytest.raises(UnknownKey):
        use_key(token=token, at=MORNING)
    page = pavel.post(f"{keys_page(station)}{key.pk}/revoke/", follow=True)
    assert "This key was revoked already." in page.text


def test_the_list_says_how_many_keys_work(pavel, station):
    make(station)
    gone, _token = make(station, "Old")
    revoke_key(key_id=gone.pk, station=station, at=MORNING, by=None)
    page = pavel.get("/ops/stations/")
    assert [one.working_keys for one in page.context["stations"]] == [1]


def test_lists_cost_the_same_for_one_row_and_for_many(pavel, station):
    make(station)
    for address in (keys_page(station), "/ops/stations/"):
        with CaptureQueriesContext(connection) as few:
            pavel.get(address)
        for number in range(20):
            make(station, f"{address} {number}", by=None)
        with CaptureQueriesContext(connection) as many:
            pavel.get(address)
        assert len(many) == len(few)


# --- By terminal ---------------------------------------------------------------------------------


def test_the_command_prints_a_key_once(station, capsys):
    call_command("make_station_key", "fay", "--name", "Feeds", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["station"], answer["name"]) == ("FAY", "Feeds")
    assert use_key(token=answer["key"], at=MORNING).name == "Feeds"


def test_the_command_refuses_in_one_line(station):
    for words in [("NOPE", "--name", "A"), ("FAY", "--name", "x" * 61)]:
        with pytest.raises(CommandError) as no:
            call_command("make_station_key", *words)
        assert (no.value.returncode, "\n" in str(no.value)) == (1, False)


# --- Laws ----------------------------------------------------------------------------------------


def broken_by(law):
    return pytest.raises(IntegrityError, match=law)


def test_law_a_hash_is_one_key(station):
    make(station)
    same = StationKey.objects.values_list("hash", flat=True)[0]
    with broken_by("station_key_hash_once"), transaction.atomic():
        StationKey.objects.create(station=station, name="B", hash=same, made_at=MORNING)


def test_law_a_key_works_for_a_while(station):
    with broken_by("station_key_works_for_a_while"), transaction.atomic():
        make(station, expires_at=MORNING)


def test_law_revoked_by_has_a_moment(station):
    make(station)
    pavel = make_staff("Pavel", "admin")
    with broken_by("station_key_revoked_by_has_a_moment"), transaction.atomic():
        StationKey.objects.update(revoked_by=pavel)
