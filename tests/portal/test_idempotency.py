"""`Idempotency-Key` from outside: the same request is carried out once and answered the same."""

import time
import uuid

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hubshops.packages.models import PackageEvent
from hubshops.packages.rules import State
from kernel.idempotency.models import IdempotentAnswer
from tests.factories import make_member, make_package, make_person, make_shop
from tests.portal.test_api import SYNC, is_problem, item, phone_of
from tests.races.test_door import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def sam(shop):
    return phone_of(make_member(shop, "Sam", "helper"))


def post(client, body, key=None):
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(SYNC, body, content_type="application/json", headers=headers)


def load(shop) -> dict:
    return {"items": [item("load", make_package(shop=shop, state=State.AT_SHOP))]}


def test_the_same_request_gets_the_same_answer_byte_by_byte(sam, shop):
    body, key = load(shop), str(uuid.uuid4())
    first = post(sam, body, key)
    events = PackageEvent.objects.count()
    again = post(sam, body, key)
    assert first.json()["receipts"][0]["result"] == "recorded"
    assert (again.status_code, again.content) == (200, first.content)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert PackageEvent.objects.count() == events


def test_without_a_key_nothing_is_kept(sam, shop):
    body = load(shop)
    post(sam, body)
    assert post(sam, body).json()["receipts"][0]["result"] == "already_recorded"
    assert not IdempotentAnswer.objects.exists()


def test_the_same_key_with_another_request_is_refused_and_does_nothing(sam, shop):
    post(sam, load(shop), "k1")
    before = PackageEvent.objects.count()
    problem = is_problem(post(sam, load(shop), "k1"), 422)
    assert "was used for another request" in problem["detail"]
    other_day = sam.post(
        SYNC + "?x=1", {}, content_type="application/json", headers={"Idempotency-Key": "k1"}
    )
    is_problem(other_day, 422)
    assert before + 2 * 4 >= PackageEvent.objects.count()
    assert PackageEvent.objects.filter(kind="loaded").count() == 1


def test_each_caller_has_keys_of_its_own(sam, shop):
    zeds = make_shop("Zed's Flowers")
    zed = phone_of(make_member(zeds, "Zed"))
    post(sam, load(shop), "same")
    heard = post(zed, load(zeds), "same")
    assert heard.json()["receipts"][0]["result"] == "recorded"
    assert "Idempotency-Replayed" not in heard.headers


def test_who_may_no_longer_come_in_gets_no_old_answer(shop):
    person = make_member(shop, "Sam", "helper")
    sam, body = phone_of(person), load(shop)
    post(sam, body, "k")
    person.memberships.update(ended_at=shop.opened_at)
    is_problem(post(sam, body, "k"), 404)


def test_strangers_spend_no_key(client):
    is_problem(post(client, {"items": []}, "k"), 401)
    is_problem(post(phone_of(make_person("Zed")), {"items": []}, "k"), 404)
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.parametrize("key", ["", "a b", "ñ", "x" * 201])
def test_what_can_be_no_key_is_refused(sam, key):
    problem = is_problem(post(sam, {"items": []}, key), 400)
    assert "1 to 200 visible ASCII characters" in problem["detail"]


@pytest.mark.parametrize(("body", "status"), [("no json", 400), ({"items": 7}, 422)])
def test_what_is_wrong_with_the_request_itself_is_kept(sam, body, status):
    first, again = post(sam, body, "k"), post(sam, body, "k")
    assert again.content == first.content
    is_problem(again, status)
    assert again.headers["Idempotency-Replayed"] == "true"


BREAK = """
CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
CREATE TRIGGER break_down AFTER UPDATE ON package EXECUTE FUNCTION break_down();
"""


def test_a_failure_keeps_neither_act_nor_key(sam, shop):
    body = load(shop)
    sam.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute(BREAK)
        assert post(sam, body, "k").status_code == 500
        cursor.execute("DROP TRIGGER break_down ON package")
    assert not PackageEvent.objects.filter(kind="loaded").exists()
    assert post(sam, body, "k").json()["receipts"][0]["result"] == "recorded"


def statements(sam, body, key=None) -> list[str]:
    with CaptureQueriesContext(
        connection,
    ) as heard:
        assert post(sam, body, key).status_code == 200
    return [one["sql"] for one in heard if "SAVEPOINT" not in one["sql"]]


def test_a_key_costs_two_statements_and_no_key_none(sam, shop):
    post(sam, load(shop))
    plain = statements(sam, load(shop))
    with_key = statements(sam, load(shop), "k")
    assert len(with_key) == len(plain) + 2
    assert not [one for one in plain if "idempotent" in one]


@pytest.mark.django_db(transaction=True)
def test_of_twins_at_the_same_time_one_is_carried_out(shop):
    """The first waits for its package; its twin is told to come back, then gets its answer."""
    person = make_member(shop, "Sam", "helper")
    body = load(shop)
    with psycopg.connect(**connection.get_connection_params()) as others:
        others.execute("SELECT FROM package FOR UPDATE")

        def second():
            try:
                wait_until_somebody_waits()
                return post(phone_of(person), body, "twins")
            finally:
                others.rollback()

        first, told_off = at_once(lambda: post(phone_of(person), body, "twins"), second)
    assert "still running" in is_problem(told_off, 409)["detail"]
    assert told_off.headers["Retry-After"] == "1"
    assert first.json()["receipts"][0]["result"] == "recorded"
    assert post(phone_of(person), body, "twins").content == first.content
    assert PackageEvent.objects.filter(kind="loaded").count() == 1


def wait_until_somebody_waits() -> None:
    with connection.cursor() as cursor:
        for _ in range(1000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")
