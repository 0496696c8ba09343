"""Waiting for a van: asked, confirmed by mail, left at any time."""

import datetime as dt
import re

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction

from hubshops.applications import actions
from hubshops.applications.models import WaitlistEntry
from hubshops.stations.models import Station
from kernel import clock
from kernel.accounts.models import User
from kernel.jobs.actions import perform_job, start_job
from kernel.notifications.models import Mail
from portal.schedule import SCHEDULE
from tests.factories import MORNING, make_staff, make_station

pytestmark = pytest.mark.django_db
NEWS = "A van comes to your ZIP code now"
ROSA = {
    "name": "Rosa Marte",
    "email": "rosa@shop.test",
    "trade": "bodega",
    "postal_code": "10001-1234",
}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def text(answer):
    return answer.content.decode()


def without_tokens(body):
    """A page without what differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", body)


def join(**facts):
    return actions.join_waitlist(**ROSA | {"language": "en", "at": MORNING} | facts)


def test_who_asks_is_confirmed_by_the_link_in_her_mail(client):
    assert 'value="10001"' in text(client.get("/waitlist/", {"zip": "10001"}))
    assert "Look into your mail" in text(client.post("/waitlist/", ROSA))
    entry = WaitlistEntry.objects.get()
    assert (entry.postal_code, entry.confirmed_at) == ("10001", None)
    url = f"/waitlist/{entry.reference}/"
    assert url in Mail.objects.get().body
    assert "Was it you?" in text(client.get(url))
    assert "You are on the list" in text(client.post(url, follow=True))
    assert not User.objects.exists()


def test_who_is_on_the_list_already_hears_the_same(client):
    first = text(client.post("/waitlist/", ROSA))
    again = text(client.post("/waitlist/", ROSA | {"name": "Zed"}))
    assert without_tokens(first) == without_tokens(again)
    assert WaitlistEntry.objects.get().name == "Rosa Marte"
    assert Mail.objects.count() == 2


def test_who_leaves_is_deleted(client):
    url = f"/waitlist/{join().reference}/"
    answer = client.post(url, {"leave": "yes"}, follow=True)
    assert answer.status_code == 410
    assert "You are not on the list" in text(answer)
    assert not WaitlistEntry.objects.exists()
    with pytest.raises(actions.NoSuchEntry, match="not on the waiting list any more"):
        actions.leave_waitlist(reference="nobody")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"postal_code": "1000"}, "five digits of the ZIP code"),
        ({"email": "rosa"}, "Enter a valid email address."),
        ({"name": ""}, "Write your name."),
        ({"trade": ""}, "Choose what kind of shop it is."),
        ({"website_address": "x"}, "Leave this field empty"),
    ],
)
def test_a_bad_answer_keeps_what_was_typed(client, typed, words):
    answer = client.post("/waitlist/", ROSA | typed)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not WaitlistEntry.objects.exists()


def test_one_connection_asks_five_times_an_hour(client):
    for number in range(5):
        client.post("/waitlist/", ROSA | {"email": f"r{number}@shop.test"})
    assert client.post("/waitlist/", ROSA).status_code == 429
    assert WaitlistEntry.objects.count() == 5


def test_what_nobody_confirms_is_dropped_after_thirty_days():
    join()
    sure = join(email="ana@shop.test")
    actions.confirm_waitlist(reference=sure.reference, at=MORNING)
    assert actions.tidy_waitlist(at=MORNING + dt.timedelta(days=30)) == 1
    assert WaitlistEntry.objects.get() == sure


def sweep():
    """What the scheduler starts each day."""
    job = start_job("applications.tell_who_waits", at=clock.now())
    assert perform_job(job_id=job.pk, clock=clock.now)


def told():
    return Mail.objects.filter(subject__in=[NEWS, "Ya pasa una camioneta por su código postal"])


def test_who_waits_is_told_once_when_a_van_comes(client):
    assert any(one.job == "applications.tell_who_waits" for one in SCHEDULE)
    sure, elsewhere = join(), join(email="ana@shop.test", postal_code="94105")
    join(email="zed@shop.test")  # never said that it was he
    for entry in (sure, elsewhere):
        actions.confirm_waitlist(reference=entry.reference, at=MORNING)
    make_station(latitude=36.06, longitude=-94.16)
    sweep()
    assert not told().exists()
    new_york = make_station("NYC", latitude=40.75, longitude=-73.99)
    Station.objects.filter(pk=new_york.pk).update(opened_at=clock.now() + dt.timedelta(days=9))
    sweep()
    assert not told().exists()
    Station.objects.filter(pk=new_york.pk).update(opened_at=MORNING)
    sweep()
    sweep()
    letter = told().get()
    assert letter.to == "rosa@shop.test"
    assert "a van comes to 10001 now" in letter.body
    assert "/apply/" in letter.body
    assert "You can apply" in text(client.get(f"/waitlist/{sure.reference}/"))
    client.force_login(make_staff("Olga", "reviewer"))
    body = text(client.get("/ops/waitlist/"))
    assert body.count("Told ") == 1
    assert "Confirmed" in body


def test_who_waits_is_told_in_her_language():
    entry = join(language="es")
    actions.confirm_waitlist(reference=entry.reference, at=MORNING)
    make_station("NYC", latitude=40.75, longitude=-73.99)
    sweep()
    assert "pasa una camioneta por 10001" in told().get().body


def test_staff_see_who_waits(client, django_assert_num_queries):
    client.force_login(make_staff("Olga", "reviewer"))
    assert "Nobody waits" in text(client.get("/ops/waitlist/"))
    join()
    body = text(client.get("/ops/waitlist/"))
    for words in ("Rosa Marte", "10001 New York, NY", "Bodega or grocery", "Not confirmed"):
        assert words in body
    assert "/ops/waitlist/" in text(client.get("/ops/applications/"))


def test_the_list_costs_the_same_for_one_and_for_thirty(client, django_assert_num_queries):
    from django.db import connection as wire
    from django.test.utils import CaptureQueriesContext

    client.force_login(make_staff("Olga", "reviewer"))
    join()
    client.get("/ops/waitlist/")
    with CaptureQueriesContext(wire) as few:
        client.get("/ops/waitlist/")
    for number in range(30):
        join(email=f"r{number}@shop.test")
    with django_assert_num_queries(len(few)):
        client.get("/ops/waitlist/")


@pytest.mark.parametrize(
    ("words", "law"),
    [
        ("confirmed_at = asked_at - interval '1 day'", "waitlist_entry_asked_before_confirmed"),
        ("email = 'ana@shop.test'", "waitlist_entry_once"),
        ("told_at = now()", "waitlist_entry_confirmed_before_told"),
    ],
)
def test_postgresql_holds_the_laws_of_the_list(words, law):
    entry = join()
    join(email="ana@shop.test")
    with (
        pytest.raises(IntegrityError, match=law),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE waitlist_entry SET {words} WHERE id = {entry.pk}")
