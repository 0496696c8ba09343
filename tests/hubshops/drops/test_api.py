"""The drop as phones see it: docs/door.md is the agreement."""

import json
import re
import uuid

import pytest
import time_machine
import zxingcpp
from PIL import Image

from hubshops.drops.models import Handover, HandoverRemark
from hubshops.packages.rules import State
from kernel.qr import qr_svg
from tests.factories import DAY, make_member, make_package, make_packages, make_shop
from tests.hubshops.drops.helpers import LATER, give, opened

pytestmark = pytest.mark.django_db
URL = "/api/v1/door/drop"


@pytest.fixture
def shop():
    return make_shop()


@pytest.fixture
def phone(client, shop):
    client.force_login(make_member(shop, "Rosa"))
    with time_machine.travel(LATER, tick=False):
        yield client


@pytest.fixture
def packages(shop):
    return make_packages(3, shop=shop, state=State.MANIFESTED)


def body(**fields) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "day": str(DAY),
        "number": 1,
        "counted_at": LATER.isoformat(),
        "taken_count": 3,
        "returns_given_count": 0,
    } | fields


def remark(kind, tracking_id, **fields) -> dict:
    return {
        "id": str(uuid.uuid4()),
        "kind": kind,
        "tracking_id": tracking_id,
        "happened_at": LATER.isoformat(),
        "note": "",
    } | fields


def send(phone, sent):
    return phone.post(URL, json.dumps(sent), content_type="application/json")


def test_a_phone_opens_the_days_hand_over(phone, shop, packages):
    make_package(shop=shop, state=State.RETURN_PENDING, day=DAY.replace(day=19))
    answer = phone.get(URL, {"day": str(DAY)}).json()
    handover = Handover.objects.get()
    assert answer["driver"].pop("qr") == qr_svg(f"HTTP://127.0.0.1:8000/H/{handover.token}")
    assert answer == {
        "day": str(DAY),
        "number": 1,
        "announced": 3,
        "to_return": 1,
        "status": "opened",
        "taken_count": None,
        "returns_given_count": None,
        "driver": {
            "url": f"HTTP://127.0.0.1:8000/H/{handover.token}",
            "given_count": None,
            "returns_taken_count": None,
            "name": "",
        },
    }
    again = phone.get(URL).json()
    del again["driver"]["qr"]
    assert again == answer


def test_a_phone_signs_and_hears_what_became_of_it(phone, shop, packages):
    give(opened(shop), 3)
    short, stranger = remark("short", packages[0].tracking_id), remark("short", "NOBODYS1")
    answer = send(phone, body(taken_count=2, remarks=[short, stranger]))
    assert answer.status_code == 200
    told = answer.json()
    assert (told["number"], told["status"], told["result"]) == (1, "disputed", "recorded")
    assert [(one["id"], one["result"]) for one in told["remarks"]] == [
        (short["id"], "recorded"),
        (stranger["id"], "refused"),
    ]


def test_the_same_count_again_is_already_recorded(phone, packages):
    sent = body(remarks=[remark("short", packages[0].tracking_id)])
    first, second = send(phone, sent).json(), send(phone, sent).json()
    assert second["result"] == second["remarks"][0]["result"] == "already_recorded"
    assert first["message"] == second["message"]
    assert HandoverRemark.objects.count() == 1


@pytest.mark.parametrize(
    "bad",
    [
        "no remark",
        {},
        {"kind": "lost"},
        {"id": "7"},
        {"tracking_id": ""},
        {"tracking_id": "A\x00B"},
        {"tracking_id": "A" * 41},
        {"happened_at": "2026-11-20T09:00:00"},
        {"kind": "returned"},
    ],
)
def test_a_remark_that_cannot_be_read_is_refused_and_the_others_are_kept(phone, packages, bad):
    wrong = remark("short", packages[0].tracking_id) | bad if isinstance(bad, dict) and bad else bad
    answer = send(phone, body(remarks=[wrong, remark("short", packages[1].tracking_id)]))
    assert answer.status_code == 200
    first, second = answer.json()["remarks"]
    assert (first["result"], first["reason"]) == ("refused", "bad_remark")
    assert first["id"] == (wrong["id"] if isinstance(wrong, dict) and wrong else "")
    assert second["result"] == "recorded"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id": "x"}, "id"),
        ({"taken_count": -1}, "taken_count"),
        ({"taken_count": 10**9}, "taken_count"),
        ({"day": "soon"}, "day"),
        ({"counted_at": "2026-11-20T09:00:00"}, "counted_at"),
        ({"driver_said": {"given_count": 1}}, "returns_taken_count"),
        ({"remarks": "none"}, "remarks"),
    ],
)
def test_a_count_that_cannot_be_read_names_its_field(phone, packages, wrong, field):
    answer = send(phone, body(**wrong))
    assert answer.status_code == 422
    assert field in answer.json()["detail"]
    assert not Handover.objects.exists()


def test_what_is_no_json_is_said(phone):
    assert phone.post(URL, "[", content_type="application/json").status_code == 400
    assert phone.post(URL, {"a": "b"}).status_code == 400


def test_a_day_that_cannot_be_is_a_refusal(phone):
    for answer in (phone.get(URL, {"day": "2031-01-01"}), send(phone, body(day="2031-01-01"))):
        assert (answer.status_code, answer.json()["code"]) == (409, "no_such_drop_day")
    assert not Handover.objects.exists()


def test_a_day_at_the_end_of_time_is_a_refusal(phone):
    answer = phone.get(URL, {"day": "9999-12-31"})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_such_drop_day")


@pytest.mark.parametrize("code", ["４０２１１７", "٤٠٢١١٧", "é", "😀"])
def test_a_code_in_other_signs_is_a_wrong_code_and_stops_nothing(phone, shop, packages, code):
    give(opened(shop), packages=3)
    answer = send(phone, body(code=code))
    assert (answer.status_code, answer.json()["status"]) == (200, "agreed")
    assert "are not the driver's" in answer.json()["message"]
    assert Handover.objects.get().code_tries == 1


def test_what_is_counted_in_after_the_signature_is_the_next_vans(phone, shop, packages):
    send(phone, body(taken_count=0))
    assert phone.get(URL).json()["number"] == 1
    make_packages(2, shop=shop, state=State.AT_SHOP, at=LATER)
    assert phone.get(URL).json()["number"] == 2


def test_the_next_van_may_be_asked_for(phone, packages):
    assert phone.get(URL, {"next": "true"}).json()["number"] == 1
    send(phone, body())
    assert phone.get(URL, {"next": "true"}).json()["number"] == 2


def test_the_drivers_code_can_be_read(phone, packages):
    """What a camera reads off the drawing is the driver's address."""
    driver = phone.get(URL).json()["driver"]
    assert driver["qr"].startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert read_qr(driver["qr"]) == driver["url"]


def read_qr(svg: str) -> str:
    """Draw an SVG of squares and read it."""
    size = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    picture = Image.new("L", (size, size), 255)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-", svg):
        for step in range(int(width)):
            picture.putpixel((int(x) + step, int(y)), 0)
    [found] = zxingcpp.read_barcodes(picture.resize((size * 8, size * 8), Image.Resampling.NEAREST))
    return found.text


def test_signing_costs_the_same_for_one_remark_and_fifty(
    phone, shop, django_assert_max_num_queries
):
    packages = make_packages(51, shop=shop, state=State.MANIFESTED)
    with django_assert_max_num_queries(22):
        send(phone, body(remarks=[remark("short", packages[0].tracking_id)]))
    with django_assert_max_num_queries(22):
        many = [remark("short", one.tracking_id) for one in packages[1:]]
        answer = send(phone, body(number=2, remarks=many))
    assert {one["result"] for one in answer.json()["remarks"]} == {"recorded"}


def test_a_van_beyond_the_last_of_a_day_is_refused_in_words(phone, shop, packages):
    send(phone, body())
    Handover.objects.update(number=99)
    for answer in (phone.get(URL, {"day": str(DAY), "next": "true"}), send(phone, body())):
        assert answer.status_code == 409
        assert answer.json()["code"] == "too_many_vans"
        assert "99 vans" in answer.json()["detail"]
    assert Handover.objects.count() == 1
