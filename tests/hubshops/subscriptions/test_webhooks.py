"""Telling a station's system, on real sockets: in order, each message at least once, whatever the
other side does."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import signal

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from hubshops.packages.models import PackageEvent
from hubshops.subscriptions import actions, tasks
from hubshops.subscriptions.actions import sending
from hubshops.subscriptions.gateways import http
from hubshops.subscriptions.models import Attempt, Message, Subscription
from hubshops.subscriptions.queries import CursorIsUnknown
from hubshops.subscriptions.rules import Cursor, parse_cursor
from kernel.audit.models import Decision
from kernel.jobs.actions import perform_job
from kernel.jobs.models import Job
from tests.factories import MORNING, make_package, make_staff, make_station
from tests.hubshops.subscriptions.helpers import receiving, wait_for_neighbours, write_events
from tests.races.test_door import at_once

pytestmark = pytest.mark.django_db(transaction=True)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _local_addresses_may_be_told(settings):
    settings.WEBHOOK_LOCAL_ADDRESSES = True


@pytest.fixture
def station():
    return make_station()


@pytest.fixture
def package(station):
    package = make_package(station=station)
    wait_for_neighbours()
    return package


@pytest.fixture
def receiver():
    with receiving() as server:
        yield server


@pytest.fixture
def told(station, package, receiver):
    """The receiver's subscription and its secret; the package was announced before."""
    return actions.subscribe(station=station, url=receiver.url, at=MORNING, by=None)


def send(subscription, at=MORNING) -> int:
    wait_for_neighbours()
    return actions.send_messages(subscription_id=subscription.pk, clock=lambda: at)


def ids_of(heard) -> list[int]:
    """The ids of the events that were heard, in order."""
    return [event["id"] for _headers, body in heard for event in json.loads(body)["events"]]


def test_what_happens_from_now_on_is_told(told, package, receiver):
    subscription, _secret = told
    assert send(subscription) == 0
    ids = write_events(package, 3)
    assert send(subscription) == 1
    headers, body = receiver.heard[0]
    content = json.loads(body)
    assert ids_of(receiver.heard) == ids
    assert (content["type"], content["station"]) == ("package.events", "FAY")
    assert headers["path"] == "/events?for=us"
    assert headers["content-type"] == "application/json"
    assert "Ring twice" not in body.decode()
    assert send(subscription) == 0
    attempt = Attempt.objects.get()
    assert (attempt.status, attempt.answer, attempt.error) == (200, "thanks", "")


def test_an_address_can_hear_everything_from_the_start(station, package, receiver):
    subscription, _secret = actions.subscribe(
        station=station, url=receiver.url, from_the_start=True, at=MORNING, by=None
    )
    send(subscription)
    assert ids_of(receiver.heard) == list(PackageEvent.objects.values_list("pk", flat=True))


def test_a_receiver_can_tell_that_it_is_us(told, package, receiver, settings):
    subscription, secret = told
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key" * 10
    write_events(package)
    send(subscription)
    headers, body = receiver.heard[0]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert "v1," + expected in headers["webhook-signature"].split(" ")
    assert int(headers["webhook-timestamp"]) == int(MORNING.timestamp())


def test_many_events_come_in_messages_in_order(told, package, receiver, monkeypatch):
    monkeypatch.setattr(sending, "EVENTS_A_MESSAGE", 4)
    ids = write_events(package, 10)
    assert send(told[0]) == 3
    assert ids_of(receiver.heard) == ids
    assert len({headers["webhook-id"] for headers, _body in receiver.heard}) == 3


@pytest.mark.parametrize(
    ("mood", "status", "error"),
    [
        ("500", 500, ""),
        ("404", 404, ""),
        ("redirecting", 302, ""),
        ("talkative", 500, ""),
        ("half_way", None, "BadStatusLine"),
        ("silent", None, "TimeoutError"),
        ("dripping", None, "took too long"),
    ],
)
def test_whatever_goes_wrong_the_very_message_comes_again(
    told, package, receiver, monkeypatch, mood, status, error
):
    monkeypatch.setattr(http, "SECONDS_A_STEP", 0.5)
    monkeypatch.setattr(http, "SECONDS_IN_ALL", 1.0)
    subscription, _secret = told
    ids = write_events(package, 2)
    receiver.moods = [mood]
    assert send(subscription) == 0
    attempt = Attempt.objects.get()
    assert attempt.status == status
    assert error in attempt.error
    assert bool(attempt.error) == bool(error)
    assert len(attempt.answer) <= 500
    write_events(package, 2)
    assert send(subscription, MORNING + MINUTE / 2) == 0  # its pause is not over
    assert send(subscription, MORNING + MINUTE) == 2
    (first, body), (again, same_body), _more = receiver.heard
    assert again["webhook-id"] == first["webhook-id"]
    assert body == same_body
    assert again["webhook-timestamp"] != first["webhook-timestamp"]
    assert ids_of(receiver.heard)[:2] == ids
    subscription.refresh_from_db()
    assert (subscription.failures, subscription.state) == (0, "working")


def test_an_answer_that_ends_with_its_connection_and_never_ends_is_cut_off(
    told, package, receiver, monkeypatch
):
    """Its last byte is when the connection closes; each one before comes in time."""
    monkeypatch.setattr(http, "SECONDS_IN_ALL", 0.5)
    write_events(package)
    receiver.moods = ["never_ending"]
    assert send(told[0]) == 0
    assert "took too long" in Attempt.objects.get().error
    assert receiver.was_cut_off.wait(5)


def test_nobody_listening_is_a_failure_like_others(station, package):
    with receiving() as gone:
        subscription, _secret = actions.subscribe(
            station=station, url=gone.url, at=MORNING, by=None
        )
    write_events(package)
    assert send(subscription) == 0
    assert "ConnectionRefused" in Attempt.objects.get().error


def test_after_the_last_pause_a_person_has_to_look(told, package, receiver):
    subscription, _secret = told
    ids = write_events(package)
    receiver.moods = ["503"] * 7
    at, waits = MORNING, []
    while not subscription.paused_at:
        assert send(subscription, at) == 0
        subscription.refresh_from_db()
        waits.append(subscription.next_try_at - at)
        at = max(at, subscription.next_try_at)
    assert [wait.total_seconds() / 60 for wait in waits[:-1]] == [1, 5, 30, 120, 360, 1440]
    assert subscription.state == "given_up"
    assert send(subscription, at + 100 * MINUTE) == 0
    assert len(receiver.heard) == 7
    actions.resume_subscription(subscription_id=subscription.pk, at=at, by=None)
    assert send(subscription, at) == 1
    assert ids_of(receiver.heard[-1:]) == ids
    assert len({headers["webhook-id"] for headers, _body in receiver.heard}) == 1


def test_an_address_that_says_it_is_gone_is_left_alone(told, package, receiver):
    subscription, _secret = told
    write_events(package)
    receiver.moods = ["410"]
    send(subscription)
    subscription.refresh_from_db()
    assert subscription.state == "given_up"


def test_two_workers_at_once_tell_each_message_once(told, package, receiver, monkeypatch):
    monkeypatch.setattr(sending, "EVENTS_A_MESSAGE", 5)
    ids = write_events(package, 40)
    taken = at_once(*[lambda: send(told[0])] * 3)
    assert sum(taken) == 8
    assert ids_of(receiver.heard) == ids


def test_a_worker_killed_after_the_answer_leaves_the_message_to_the_next(told, package, receiver):
    """The receiver took it, the worker never wrote that down: it comes again, the same."""
    subscription, _secret = told
    ids = write_events(package, 2)
    assert killed_at("webhook_answered", subscription) == -signal.SIGKILL
    assert not Attempt.objects.exists()
    assert send(subscription, MORNING + MINUTE / 2) == 0  # the dead worker's lease
    assert send(subscription, MORNING + MINUTE) == 1
    (first, body), (again, same_body) = receiver.heard
    assert (again["webhook-id"], same_body) == (first["webhook-id"], body)
    assert ids_of(receiver.heard[1:]) == ids


def killed_at(failpoint: str, subscription) -> int:
    """Send in a fork of this process that dies at a named place; how it ended."""
    child = os.fork()
    if not child:
        connection.connection = None
        os.environ["FAILPOINT"] = failpoint
        try:
            send(subscription)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_an_answer_that_comes_too_late_changes_nothing(told, package, receiver):
    """The first worker was slow, its lease ran out, and another told the message meanwhile."""
    subscription, _secret = told
    write_events(package)
    message = sending.claim_message(subscription_id=subscription.pk, at=MORNING)
    assert send(subscription, MORNING + MINUTE) == 1
    late = http.Answer(500, "", 1)
    assert not sending.note_answer(message=message, answer=late, at=MORNING + 2 * MINUTE)
    subscription.refresh_from_db()
    assert (subscription.failures, subscription.state) == (0, "working")
    assert Message.objects.get().taken_at is not None


# --- Where we post to ----------------------------------------------------------------------------


def test_our_own_network_is_never_posted_to(told, package, receiver, settings):
    """The name was fine when it was given, and leads inside now."""
    settings.WEBHOOK_LOCAL_ADDRESSES = False
    write_events(package)
    assert send(told[0]) == 0
    assert receiver.heard == []
    assert "not on the open internet" in Attempt.objects.get().error


def test_an_address_inside_is_refused_when_it_is_given(station, settings):
    settings.WEBHOOK_LOCAL_ADDRESSES = False
    with pytest.raises(actions.AddressIsUnusable):
        actions.subscribe(station=station, url="http://127.0.0.1/", at=MORNING, by=None)
    assert not Subscription.objects.exists()


# --- What staff decide ---------------------------------------------------------------------------


@pytest.fixture
def pavel(client):
    client.force_login(make_staff("Pavel", "admin"))
    return client


def press(pavel, subscription, button, **sent):
    return pavel.post(f"/ops/webhooks/{subscription.pk}/{button}/", sent, follow=True)


def test_staff_give_an_address_and_see_its_secret_once(pavel, station, receiver):
    address = f"/ops/stations/{station.code}/webhooks/"
    page = pavel.post(address, {"url": receiver.url})
    secret = page.context["secret"]
    assert secret.startswith("whsec_")
    assert secret in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert secret not in pavel.get(address).text
    page = pavel.post(address, {"url": receiver.url})
    assert page.status_code == 422
    assert "This address is told already." in page.text
    page = pavel.post(address, {"url": "gopher://x"})
    assert "Give an address that starts with https://" in page.text
    assert Subscription.objects.count() == 1
    assert Decision.objects.get().action == "subscribe"


def test_staff_pause_and_go_on(pavel, told, package, receiver):
    subscription, _secret = told
    assert "Paused." in press(pavel, subscription, "pause").text
    ids = write_events(package)
    assert send(subscription, MORNING + MINUTE) == 0
    assert "within a minute" in press(pavel, subscription, "resume").text
    subscription.refresh_from_db()
    assert send(subscription, subscription.next_try_at) == 1
    assert ids_of(receiver.heard) == ids


def test_staff_have_events_told_again(pavel, told, package, receiver):
    subscription, _secret = told
    ids = write_events(package, 5)
    send(subscription)
    new = write_events(package)
    page = press(pavel, subscription, "replay", event_id=ids[3])
    assert f"from event {ids[3]} on" in page.text
    subscription.refresh_from_db()
    send(subscription, subscription.next_try_at)
    assert ids_of(receiver.heard[1:]) == ids[3:] + new
    for wrong, words in [("", "Give the id"), ("x", "a whole number"), (0, "1 or more")]:
        assert words in press(pavel, subscription, "replay", event_id=wrong).text


def test_going_back_while_a_message_waits_loses_none_of_it(told, package, receiver):
    subscription, _secret = told
    ids = write_events(package, 3)
    receiver.moods = ["500"]
    send(subscription)
    actions.go_back(subscription_id=subscription.pk, event_id=ids[2], at=MORNING, by=None)
    send(subscription, MORNING)
    assert set(ids_of(receiver.heard[1:])) >= set(ids[2:])
    heard_well = ids_of(receiver.heard[1:])
    assert heard_well == sorted(heard_well)
    assert set(ids) <= set(heard_well)


def test_staff_end_it(pavel, told, package, receiver):
    subscription, _secret = told
    write_events(package)
    assert "Ended." in press(pavel, subscription, "end").text
    assert send(subscription, MORNING + MINUTE) == 0
    for button in ("pause", "resume", "end", "ping"):
        assert "This webhook has ended, so" in press(pavel, subscription, button).text
    actions.subscribe(station=subscription.station, url=receiver.url, at=MORNING, by=None)


@pytest.mark.parametrize(("mood", "words"), [("200", "thanks"), ("500", "500")])
def test_staff_send_a_test(pavel, told, receiver, mood, words):
    subscription, _secret = told
    receiver.moods = [mood]
    press(pavel, subscription, "ping")
    job = Job.objects.get(name="subscriptions.ping")
    assert perform_job(job_id=job.pk, clock=lambda: job.run_after)
    assert json.loads(receiver.heard[0][1])["type"] == "ping"
    page = pavel.get(f"/ops/webhooks/{subscription.pk}/")
    assert words in page.text
    subscription.refresh_from_db()
    assert subscription.failures == 0
    assert actions.send_ping(message_id=Message.objects.get().pk, clock=lambda: MORNING) is False


def test_what_an_address_answers_is_shown_as_words_alone(pavel, told, package, receiver):
    write_events(package)
    message = sending.claim_message(subscription_id=told[0].pk, at=MORNING)
    answer = http.Answer(500, "<script>alert(1)</script>", 1)
    sending.note_answer(message=message, answer=answer, at=MORNING)
    page = pavel.get(f"/ops/webhooks/{told[0].pk}/")
    assert "&lt;script&gt;" in page.text
    assert "<script>alert" not in page.text


# --- Jobs ----------------------------------------------------------------------------------------


def test_the_sweep_promises_one_job_a_minute_for_each_address(told):
    subscription, _secret = told
    for seconds in (0, 10, 59):
        actions.start_sending(at=MORNING + dt.timedelta(seconds=seconds))
    assert Job.objects.filter(name="subscriptions.send").count() == 1
    actions.start_sending(at=MORNING + MINUTE)
    assert Job.objects.filter(name="subscriptions.send").count() == 2
    assert Job.objects.first().args == {"subscription_id": subscription.pk}


def test_the_jobs_do_it(told, package, receiver):
    ids = write_events(package)
    wait_for_neighbours()
    with time_machine.travel(MORNING, tick=True):
        tasks.start_sending()
        job = Job.objects.get(name="subscriptions.send")
        assert perform_job(job_id=job.pk, clock=lambda: MORNING)
    assert ids_of(receiver.heard) == ids


def test_old_messages_are_forgotten_and_waiting_ones_are_not(told, package, receiver):
    write_events(package)
    send(told[0])
    write_events(package)
    receiver.moods = ["500"]
    send(told[0])
    assert actions.forget_messages(at=MORNING + 29 * 1440 * MINUTE) == 0
    assert actions.forget_messages(at=MORNING + 31 * 1440 * MINUTE) == 2
    assert Message.objects.get().taken_at is None


def test_a_restored_dump_is_settled_and_goes_on_where_it_was(told, package, receiver, capsys):
    """Events and cursors carry numbers that the new server has not reached."""
    subscription, _secret = told
    write_events(package, 3)
    assert send(subscription) == 1
    untold = write_events(package, 2)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE package_event DISABLE TRIGGER package_event_append_only")
        cursor.execute("UPDATE package_event SET written_in = written_in + 1000000")
        cursor.execute("ALTER TABLE package_event ENABLE TRIGGER package_event_append_only")
    subscription.refresh_from_db()
    here = parse_cursor(subscription.after)
    subscription.after = str(Cursor(here.low + 1_000_000, here.high + 1_000_000, here.last))
    subscription.save()
    with pytest.raises(CursorIsUnknown):
        send(subscription)
    call_command("settle_events", "--json")
    assert json.loads(capsys.readouterr().out) == {"subscriptions": 1}
    more = write_events(package)
    send(subscription)
    assert ids_of(receiver.heard[1:]) == untold + more
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        PackageEvent.objects.update(note="")


# --- Laws ----------------------------------------------------------------------------------------


def broken_by(law):
    return pytest.raises(IntegrityError, match=law)


def test_law_one_message_of_events_waits_at_a_time(told, package):
    write_events(package)
    message = sending.claim_message(subscription_id=told[0].pk, at=MORNING)
    with broken_by("webhook_message_one_waits"), transaction.atomic():
        Message.objects.create(
            uid="9b3f5a52-7d6b-4d5c-9f0b-2f1c1c6f7a10", subscription=told[0], made_at=MORNING
        )
    with broken_by("webhook_message_taken_or_dropped"), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(taken_at=MORNING, dropped_at=MORNING)


def test_law_given_up_is_paused(told):
    with broken_by("subscription_given_up_is_paused"), transaction.atomic():
        Subscription.objects.update(is_given_up=True)
