"""The API from outside: who gets in, what is answered in which shape."""

import datetime as dt
import io
import json
import uuid

import pytest
from django.db import connection
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from PIL import Image

from hubshops.deliveries.models import DayClose, Delivery, Device, Proof
from hubshops.drops.models import Handover
from hubshops.packages.models import Package, PackageEvent
from hubshops.packages.rules import State
from kernel import clock
from kernel.limits import Rest
from tests.factories import (
    MORNING,
    make_member,
    make_package,
    make_packages,
    make_person,
    make_shop,
)

pytestmark = pytest.mark.django_db
SYNC, MANIFEST = "/api/v1/door/sync", "/api/v1/door/manifest"
PROBLEM = "application/problem+json"


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def phone(shop):
    """Sam's phone: signed in, with the CSRF token of its cookie."""
    return phone_of(make_member(shop, "Sam", "helper"))


def phone_of(person) -> Client:
    token = _get_new_csrf_string()
    client = Client(enforce_csrf_checks=True, headers={"X-CSRFToken": token})
    client.force_login(person)
    client.cookies["csrftoken"] = token
    return client


def item(act: str, package: Package | str, **fields: object) -> dict:
    tracking_id = package if isinstance(package, str) else package.tracking_id
    now = "2026-11-20T12:00:00-06:00"
    return {
        "id": str(uuid.uuid4()),
        "act": act,
        "tracking_id": tracking_id,
        "happened_at": now,
    } | fields


def post(client: Client, body: object, path: str = SYNC):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.post(path, data, content_type="application/json")


def a_picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(kept, "PNG")
    return kept.getvalue()


def is_problem(response, status: int) -> dict:
    assert (response.status_code, response.headers["Content-Type"]) == (status, PROBLEM)
    body = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["type"] == "about:blank"
    return body


# --- Who gets in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "path"), [("post", SYNC), ("get", MANIFEST)])
def test_without_a_session_it_is_401(method, path):
    problem = is_problem(getattr(Client(enforce_csrf_checks=True), method)(path), 401)
    assert problem["detail"] == "Sign in first."


def test_without_the_csrf_token_it_is_403_and_nothing_is_written(shop):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(shop))
    package = make_package(shop=shop, state=State.AT_SHOP)
    before = PackageEvent.objects.count()
    is_problem(post(client, {"items": [item("load", package)]}), 403)
    assert PackageEvent.objects.count() == before


def test_a_person_without_a_shop_finds_nothing():
    is_problem(post(phone_of(make_person("Zed")), {"items": []}), 404)


def test_unknown_addresses_and_methods_are_problems(phone):
    is_problem(phone.get("/api/v1/door/nothing"), 404)
    refused = phone.get(SYNC)
    assert "GET" in is_problem(refused, 405)["detail"]
    assert refused.headers["Allow"] == "POST"
    is_problem(phone.delete(MANIFEST), 405)


# --- What is answered ----------------------------------------------------------------------------


def test_a_phone_sends_its_day(phone, shop):
    package = make_package(shop=shop, state=State.MANIFESTED)
    items = [
        item("receive", package, outcome=None, reason=None, latitude=None, longitude=None),
        item("deliver", package, outcome="neighbour", latitude=36.1, longitude=-94.2, note="ok"),
    ]
    answer = post(phone, {"items": items, "app": "1.0"})
    assert answer.status_code == 200
    assert answer.json()["receipts"] == [
        {"id": items[0]["id"], "result": "recorded", "reason": "", "message": "Counted in."},
        {"id": items[1]["id"], "result": "recorded", "reason": "", "message": "Delivered."},
    ]
    assert Delivery.objects.get().outcome == "neighbour"
    again = post(phone, {"items": items}).json()["receipts"]
    assert [receipt["result"] for receipt in again] == ["already_recorded"] * 2
    assert PackageEvent.objects.filter(kind="delivered").count() == 1


def test_a_phone_of_the_third_version_tells_of_itself_and_of_others(phone, shop):
    ana = make_member(shop, "Ana", "helper")
    package, key = make_package(shop=shop, state=State.MANIFESTED), str(uuid.uuid4())
    items = [
        item("deliver", package, outcome="front_door", sequence=2, by=ana.pk, code="481926"),
        item("receive", package, sequence=1),
    ]
    sent = {"protocol": 3, "device": key, "name": "Android", "unsent": 2, "items": items}
    body = post(phone, sent | {"sent_at": "yesterday", "unsent_photos": -1}).json()
    assert [one["message"] for one in body["receipts"]] == ["Delivered.", "Counted in."]
    event = PackageEvent.objects.get(kind="delivered")
    assert (event.by, str(event.device_id), event.device_sequence) == (ana, key, 2)
    device = Device.objects.get()
    assert (device.name, device.unsent, device.unsent_photos) == ("Android", 2, 0)
    assert body["me"] == device.user_id
    assert dt.datetime.fromisoformat(body["server_at"]).tzinfo


@pytest.mark.parametrize("protocol", [None, 1, "3", -1, True, [], 10**30])
def test_a_phone_of_any_version_is_heard(phone, shop, protocol):
    package = make_package(shop=shop, state=State.AT_SHOP)
    sent = {"protocol": protocol, "device": "x", "items": [item("load", package, sequence="x")]}
    [receipt] = post(phone, sent).json()["receipts"]
    assert receipt["result"] == "recorded"


def test_a_phone_without_acts_may_say_what_it_holds(phone, shop):
    sent = {"protocol": 2, "device": str(uuid.uuid4()), "unsent": 0, "items": []}
    assert post(phone, sent).json()["receipts"] == []
    assert Device.objects.get().unsent == 0


def test_each_odd_item_has_its_own_receipt_and_the_others_are_recorded(phone, shop):
    package = make_package(shop=shop, state=State.AT_SHOP)
    items = [
        7,
        item("load", package, latitude=123, longitude=0),
        item("load", "NOBODYS"),
        item("load", package),
        {"id": ["x"]},
        item("deliver", package),
    ]
    receipts = post(phone, {"items": items}).json()["receipts"]
    assert [(one["result"], one["reason"]) for one in receipts] == [
        ("refused", "not_an_act"),
        ("refused", "bad_place"),
        ("refused", "not_on_your_list"),
        ("recorded", ""),
        ("refused", "bad_id"),
        ("refused", "outcome_needed"),
    ]
    assert [one["id"] for one in receipts[1:4]] == [one["id"] for one in items[1:4]]
    assert all(one["message"] for one in receipts)
    package.refresh_from_db()
    assert package.state == State.OUT_FOR_DELIVERY


def test_a_receipt_spells_the_id_as_the_phone_does(phone, shop):
    loud = item("load", make_package(shop=shop, state=State.AT_SHOP))
    loud["id"] = loud["id"].upper()
    [receipt] = post(phone, {"items": [loud]}).json()["receipts"]
    assert (receipt["id"], receipt["result"]) == (loud["id"], "recorded")


def test_receipts_speak_the_callers_language(shop):
    """The sentence is made for the asker at the time of asking."""
    client = phone_of(make_member(shop))
    [receipt] = post(client, {"items": [item("load", "NOBODYS")]}).json()["receipts"]
    assert receipt["message"].startswith("This package is not on your list.")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"items": [NaN]}', 400),
        (b"[" * 100_000, 400),
        (b'{"items": 1' + b"0" * 5000 + b"}", 400),
        (b"[]", 422),
        (b"null", 422),
        (b'"items"', 422),
        (b"{}", 422),
        (b'{"items": null}', 422),
        (b'{"items": {"id": "x"}}', 422),
    ],
)
def test_a_body_we_cannot_read_is_a_problem(phone, body, status):
    assert is_problem(post(phone, body), status)["detail"]


def test_a_form_of_parts_is_no_day(phone):
    is_problem(phone.post(SYNC, {"items": "[]"}), 400)


def test_two_hundred_items_and_no_more(phone, shop):
    packages = make_packages(200, shop=shop, state=State.AT_SHOP)
    items = [item("load", package) for package in packages]
    before = PackageEvent.objects.count()
    is_problem(post(phone, {"items": [*items, items[0]]}), 422)
    assert PackageEvent.objects.count() == before
    receipts = post(phone, {"items": items}).json()["receipts"]
    assert [one["result"] for one in receipts] == ["recorded"] * 200


def test_a_body_too_large_to_be_a_day_is_refused(phone):
    is_problem(post(phone, {"items": [], "padding": "x" * 3_000_000}), 413)


@pytest.mark.parametrize("count", [1, 50, 200])
def test_a_call_costs_twelve_queries_whatever_it_holds(
    phone, shop, count, django_assert_max_num_queries
):
    """Who asks, what is locked, events, deliveries, the phone; the transaction's ends are two."""
    packages = make_packages(count, shop=shop, state=State.AT_SHOP)
    items = [
        item("deliver", one, outcome="front_door", sequence=number)
        for number, one in enumerate(packages)
    ]
    sent = {"protocol": 3, "device": str(uuid.uuid4()), "name": "Android", "items": items}
    with django_assert_max_num_queries(12):
        answer = post(phone, sent)
    assert {one["result"] for one in answer.json()["receipts"]} == {"recorded"}
    assert Delivery.objects.count() == count


# --- Later, never lost ---------------------------------------------------------------------------


def test_the_work_of_one_shop_is_not_sent_in_the_session_of_another(phone, shop):
    package = make_package(shop=shop, state=State.AT_SHOP)
    body = {"protocol": 3, "items": [item("load", package)]}
    theirs = make_shop("Zed's Flowers")
    said = is_problem(post(phone, body | {"shop": theirs.pk}), 409)
    assert said["code"] == "another_shops"
    assert not PackageEvent.objects.filter(kind="loaded").exists()
    [receipt] = post(phone, body | {"shop": shop.pk}).json()["receipts"]
    assert receipt["result"] == "recorded"


def test_no_work_of_one_shop_is_taken_in_the_session_of_another(phone, shop):
    theirs = make_shop("Zed's Flowers").pk
    now = clock.now()
    common = {"day": str(clock.local_day(now, shop.zone)), "id": str(uuid.uuid4())}
    count = common | {"counted_at": now.isoformat(), "taken_count": 0, "returns_given_count": 0}
    calls = {
        "drop": lambda more: phone.post(
            "/api/v1/door/drop", json.dumps(count | more), content_type="application/json"
        ),
        "close": lambda more: phone.post(
            "/api/v1/door/close",
            json.dumps(common | {"closed_at": now.isoformat()} | more),
            content_type="application/json",
        ),
        "proofs": lambda more: phone.put(
            f"/api/v1/door/proofs/{uuid.uuid4()}",
            a_picture(),
            content_type="image/png",
            query_params={"kind": "photo"} | more,
        ),
    }
    for call in calls.values():
        assert is_problem(call({"shop": theirs}), 409)["code"] == "another_shops"
    assert not Handover.objects.exists()
    assert not DayClose.objects.exists()
    assert not Proof.objects.exists()
    for call in calls.values():
        assert call({"shop": shop.pk}).status_code in (200, 201)
        assert call({}).status_code in (200, 201)


def test_a_session_that_calls_too_often_is_told_to_come_later(phone, shop):
    for _ in range(120):
        assert post(phone, {"items": []}).status_code == 200
    package = make_package(shop=shop, state=State.AT_SHOP)
    items = [item("load", package)]
    late = post(phone, {"items": items})
    assert "Nothing is lost" in is_problem(late, 429)["detail"]
    assert late.headers["Retry-After"] == "60"
    assert not PackageEvent.objects.filter(kind="loaded").exists()
    is_problem(phone.get(MANIFEST), 429)
    at_the_van = phone.get("/api/v1/door/drop")
    assert "Nothing is lost" in is_problem(at_the_van, 429)["detail"]
    assert at_the_van.headers["Retry-After"] == "60"
    assert not Handover.objects.exists()
    other = phone_of(make_member(shop, "Ana", "helper"))
    [receipt] = post(other, {"items": items}).json()["receipts"]
    assert receipt["result"] == "recorded"


def test_a_cache_that_is_away_never_blocks_the_door(phone, shop, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    package = make_package(shop=shop, state=State.AT_SHOP)
    [receipt] = post(phone, {"items": [item("load", package)]}).json()["receipts"]
    assert receipt["result"] == "recorded"
    Rest.until = 0.0


@pytest.mark.django_db(transaction=True)
def test_while_the_database_is_away_the_phone_comes_later_and_sends_the_same(phone, shop):
    """Its connection is cut in the middle, as by a restart: 503, and the same acts afterwards."""
    package = make_package(shop=shop, state=State.AT_SHOP)
    items = [item("load", package)]
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as sql:
        sql.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    phone.raise_request_exception = False
    answer = post(phone, {"items": items})
    is_problem(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0
    connection.close()
    [receipt] = post(phone, {"items": items}).json()["receipts"]
    assert receipt["result"] == "recorded"


# --- The list to carry along ---------------------------------------------------------------------


def test_the_phones_copy_tells_no_more_than_a_door_needs(phone, shop):
    package = make_package(
        shop=shop,
        state=State.MANIFESTED,
        recipient_name="Inés María Bellamar",
        phone="479-555-0199",
        instructions="Ring twice",
    )
    answer = phone.get(MANIFEST, {"day": "2026-11-20"})
    assert answer.status_code == 200
    body = answer.json()
    [row] = body["packages"]
    assert (row["tracking_id"], row["name"]) == (package.tracking_id, "Inés B.")
    assert row["instructions"] == "Ring twice"
    text = answer.content.decode()
    assert not any(secret in text for secret in ("555", "Bellamar", "cents", "fee"))
    assert {"code": "NOT_HOME", "label": "Nobody home", "next_step": "retry"}.items() <= body[
        "reasons"
    ][0].items()
    assert "front_door" in [outcome["code"] for outcome in body["outcomes"]]
    assert answer.headers["Cache-Control"] == "no-store"


def test_held_packages_of_earlier_days_come_along(phone, shop):
    day, before = dt.date(2026, 11, 19), MORNING - dt.timedelta(days=1)
    held = make_package(shop=shop, state=State.ATTEMPTED, day=day, at=before)
    make_package(shop=shop, state=State.DELIVERED, day=day, at=before)
    make_package(shop=make_shop("Zed's Florist"), state=State.MANIFESTED)
    today = make_package(shop=shop, state=State.MANIFESTED)
    body = phone.get(MANIFEST, {"day": "2026-11-20"}).json()
    assert [row["tracking_id"] for row in body["packages"]] == [
        held.tracking_id,
        today.tracking_id,
    ]


def test_a_day_that_is_none_is_a_problem(phone):
    problem = is_problem(phone.get(MANIFEST, {"day": "tomorrow"}), 422)
    assert "day" in problem["detail"]


# --- The description -----------------------------------------------------------------------------


def test_the_description_is_open_and_describes_the_calls(client):
    schema = client.get("/api/v1/openapi.json").json()
    assert {SYNC, MANIFEST} <= set(schema["paths"])
    sync = schema["paths"][SYNC]["post"]
    assert "items" in json.dumps(sync["requestBody"])


def test_the_documentation_is_a_page_of_the_house(client):
    page = client.get("/api/v1/docs")
    assert page.status_code == 200
    html = page.content.decode()
    assert "/api/v1/door/sync" in html
    assert "items[].tracking_id" in html
    assert "<script" not in html
